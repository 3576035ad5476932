package plan_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/sample"
)

// storyDay is day 0 of the sample's story.
var storyDay = calendar.NewDate(2026, time.November, 2)

// told is the sample played up to its day 0, once for all tests.
var told struct {
	sync.Once
	in plan.Input
}

// toldStory gives the sample on its day 0, to go on with.
func toldStory(t testing.TB) *story {
	told.Do(func() {
		s := newStory(t, sample.Make(1, storyDay))
		for day := -28; day <= 0; day++ {
			s.day(storyDay.AddDays(day))
		}
		told.in = s.Input()
	})
	if told.in.Book == nil {
		t.Fatal("the story could not be told")
	}
	return &story{Play: plan.Continue(told.in), t: t}
}

func forecast(t testing.TB, in plan.Input, until calendar.Date) plan.Forecast {
	t.Helper()
	f, err := plan.ForecastUntil(in, until)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// found gives the days, counted from the story's day 0, on which a thing happens
// that somebody gets or that is about somebody.
func found(f plan.Forecast, what plan.What, step, who string) []int {
	var on []int
	for _, d := range f.Days {
		for _, h := range d.Items {
			if h.What == what && h.Playbook+"."+h.Step == step && (h.About == who || slices.Contains(h.To, who) || strings.Contains(h.Line, who)) {
				on = append(on, calendar.DaysBetween(storyDay, d.Date))
			}
		}
	}
	return on
}

// TestAForecastOfTheSample holds the days ahead against the story: what the
// rules say of its people, if the lists stay as they are.
func TestAForecastOfTheSample(t *testing.T) {
	s := toldStory(t)
	f := forecast(t, s.Input(), storyDay+90)
	for _, x := range []struct {
		what plan.What
		step string
		who  string
		days []int
		why  string
	}{
		{plan.LetterGoes, "new-member-welcome.welcome", "Amara Okafor", nil, "welcomed on day 0, and not twice"},
		{plan.TaskComes, "new-member-welcome.phone", "Amara Okafor", []int{5}, "five days after opening"},
		{plan.TaskFalls, "new-member-welcome.phone", "Amara Okafor", []int{12}, "seven days later, and once"},
		{plan.LetterGoes, "new-member-welcome.check_in", "Amara Okafor", []int{21}, "21 days after opening"},
		{plan.LetterGoes, "new-member-welcome.welcome", "Isla Drummond", []int{10}, "she joins on day 10"},
		{plan.CallSheet, "new-member-welcome.check_in", "Tomasz Zielinski", nil, "he has no address, and is rung anyway"},
		{plan.CallSheet, "arrears-chase.second_letter", "Yusuf Rahman", []int{48}, "eight weeks after day -8, and he shares his address"},
		{plan.WasBarred, "new-member-welcome.check_in", "Gethin Prys", []int{21}, "he has not agreed to marketing"},
		{plan.LetterGoes, "arrears-chase.letter", "Maureen Tate", []int{10}, "somebody rang her on day -4"},
		{plan.LetterGoes, "arrears-chase.letter", "Desmond Clarke", nil, "no day on which the arrears began"},
		{plan.LetterGoes, "arrears-chase.letter", "Yusuf Rahman", nil, "he shares his address"},
		{plan.LetterGoes, "arrears-chase.second_letter", "Sofia Marino", []int{47}, "eight weeks after day -9, though her list would be old by then"},
		{plan.Reminded, "donation-permissibility.check", "Eleanor Marsh", []int{7, 11}, "9 and 5 days before"},
		{plan.TaskFalls, "donation-permissibility.check", "Eleanor Marsh", []int{16}, "29 days after day -13"},
	} {
		if got := found(f, x.what, x.step, x.who); !slices.Equal(got, x.days) {
			t.Errorf("%s %s, %s: on days %v, not %v: %s", x.what, x.step, x.who, got, x.days, x.why)
		}
	}
	for _, d := range f.Days {
		for _, h := range d.Items {
			if len(h.To) == 0 || h.Title == "" || h.On != d.Date {
				t.Errorf("on %s: %+v lacks a part", d.Date, h)
			}
		}
	}
	if len(f.CannotTell) == 0 || !slices.ContainsFunc(f.Holds, func(h plan.Hold) bool { return h.Kind == "backlog" }) {
		t.Errorf("what is left out is not said: %v, %v", f.CannotTell, f.Holds)
	}
}

// TestAForecastChangesNothing makes one twice, on an Input that stays as it was;
// a shorter one is the beginning of a longer one.
func TestAForecastChangesNothing(t *testing.T) {
	s := toldStory(t)
	in := s.Input()
	hash, tables := in.Book.Hash(), map[string]*dataset.Table{}
	for name, x := range in.Tables {
		tables[name] = x
	}
	long := forecast(t, in, storyDay+40)
	if again := forecast(t, in, storyDay+40); !reflect.DeepEqual(long, again) {
		t.Error("the same Input gives another forecast")
	}
	if in.Book.Hash() != hash {
		t.Error("the Book is another")
	}
	for name, x := range in.Tables {
		if tables[name] != x {
			t.Errorf("the table of %s is another", name)
		}
	}
	short := forecast(t, in, storyDay+14)
	var head []plan.Day
	for _, d := range long.Days {
		if d.Date <= short.Until {
			head = append(head, d)
		}
	}
	if !reflect.DeepEqual(head, short.Days) {
		t.Error("a shorter forecast says something else about its days")
	}
}

// TestAForecastIsWhatComes plays three weeks by hand, with the same lists and in
// the way in which a forecast says that they go, and compares the letters.
func TestAForecastIsWhatComes(t *testing.T) {
	s := toldStory(t)
	f := forecast(t, s.Input(), storyDay+21)
	var want, got []string
	for _, d := range f.Days {
		for _, h := range d.Items {
			if h.What == plan.LetterGoes {
				for _, to := range h.To {
					want = append(want, fmt.Sprintf("%s to %s: %s", d.Date, to, h.Line))
				}
			}
		}
	}
	clock := s.Set.Constituency.Clock
	for day := storyDay + 1; day <= storyDay+21; day++ {
		s.Now = clock.AtHour(day)
		for range 3 { // until its answers and its yes bring nothing more
			pl := s.must(s.Look())
			for _, m := range s.Book.MessagesIn(ledger.Proposed) {
				s.do(ledger.MessageApproved{ID: m.ID, Digest: m.Digest})
			}
			for _, h := range pl.Holds {
				if h.Kind == "brake" {
					t.Fatalf("a brake holds %s, for which this test does not provide", h.Playbook)
				}
			}
			s.must(s.Look())
			sent, err := s.Deliver()
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range sent {
				if m.Kind == ledger.Letter {
					w := s.Words(m.ID)
					got = append(got, fmt.Sprintf("%s to %s: %s", day, w.ToName, w.Subject))
				}
			}
			for _, task := range s.Book.Tasks() {
				if task.State != ledger.TaskOpen && task.State != ledger.TaskOverdue || clock.Day(task.Due) > day {
					continue
				}
				_, offers := plan.Ask(s.Input(), task)
				if err := s.Answer(task, offers[0]); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if len(got) < 8 || !slices.Equal(got, want) {
		t.Errorf("it came otherwise:\n%s\nforecast:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// must is for what the ledger does not refuse.
func (s *story) must(pl *plan.Plan, err error) *plan.Plan {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
	return pl
}

func (s *story) do(c ledger.Change) {
	s.t.Helper()
	s.must(nil, s.Do("officer", c))
}

// TestAForecastSaysWhatItAssumesAway: after a long sleep and after clarion stop
// nothing would happen; the forecast goes on, and says so.
func TestAForecastSaysWhatItAssumesAway(t *testing.T) {
	s := toldStory(t)
	if err := s.Do("secretary", ledger.HaltedAll{}); err != nil {
		t.Fatal(err)
	}
	in := s.Input()
	in.Now = s.Set.Constituency.Clock.AtHour(storyDay + 50)
	f := forecast(t, in, storyDay+60)
	said := strings.Join(f.Assumed, " ")
	if len(f.Days) == 0 || !strings.Contains(said, "The date is right") || !strings.Contains(said, "Letters go again") {
		t.Errorf("%d days, on: %s", len(f.Days), said)
	}
	in.Now = s.Set.Constituency.Clock.AtHour(storyDay - 10)
	if f = forecast(t, in, storyDay+60); len(f.Days) > 0 || len(f.Holds) != 1 || f.Holds[0].Kind != "date" {
		t.Errorf("with a clock that is behind: %d days, holds %v", len(f.Days), f.Holds)
	}
}

// BenchmarkForecast plays ninety days of the sample: 600 members, five playbooks.
func BenchmarkForecast(b *testing.B) {
	in := toldStory(b).Input()
	b.ReportAllocs()
	start := time.Now()
	for b.Loop() {
		forecast(b, in, storyDay+90)
	}
	if each := time.Since(start) / time.Duration(b.N); each > 3*time.Second {
		b.Errorf("%s for one forecast; the limit is 3 s", each)
	}
}
