package main

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// someDays are as many days of the year as the tests play, unless CLARION_YEAR
// is "whole".
const someDays = 120

// A posted letter is one that went to a member, with what the membership list
// said of the reader when it went.
type posted struct {
	person         dataset.Ref
	name           string
	address        string
	playbook, step string
	marketing      bool
	day            calendar.Date
	status         string
	consent        bool
	text           string
}

// A watched year is the sample's year with the whole library on, with every
// letter noted as it goes.
type watched struct {
	*sampleYear
	book    *yearBook
	letters []posted
	days    map[string]map[calendar.Date]int
	about   map[string][]string // what was asked or said about a member, in order
	calls   map[string]int      // by playbook and step: letters that became a line on a call sheet
	read    int                 // events of the log
}

func watchYear(t *testing.T) *watched {
	t.Helper()
	y, err := newSampleYear(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	w := &watched{sampleYear: y, book: newYearBook(y.Set), days: map[string]map[calendar.Date]int{}, about: map[string][]string{}, calls: map[string]int{}}
	days := someDays
	if os.Getenv("CLARION_YEAR") == "whole" {
		days = yearDays
	}
	err = y.live(context.Background(), demoDay.AddDays(days-1), func(h plan.Happening) {
		w.book.tell(h)
		w.note()
		if h.What == plan.CallSheet {
			w.calls[h.Playbook+"."+h.Step]++
		}
		if h.What == plan.TaskComes || h.What == plan.LetterGoes && slices.Equal(h.To, []string{h.About}) {
			w.about[h.About] = append(w.about[h.About], fmt.Sprintf("%d %s.%s", h.On-demoDay, h.Playbook, h.Step))
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	w.note()
	w.book.close(y.Play)
	return w
}

// note reads what has left since it last read.
func (w *watched) note() {
	for ; w.read < len(w.Log); w.read++ {
		sent, ok := w.Log[w.read].Change.(ledger.MessageSent)
		if !ok {
			continue
		}
		m, _ := w.Book.Message(sent.ID)
		day := w.Set.Constituency.Clock.Day(w.Log[w.read].At)
		if m.Kind == ledger.Digest {
			if w.days[m.Address] == nil {
				w.days[m.Address] = map[calendar.Date]int{}
			}
			w.days[m.Address][day]++
			continue
		}
		if m.Person == 0 { // to the holder of an office, as such
			continue
		}
		l := posted{person: m.Person, address: m.Address, playbook: m.Playbook, marketing: m.Basis == string(playbook.Marketing), day: day,
			name: w.Words(m.ID).ToName, text: w.Words(m.ID).Subject + "\n" + w.Words(m.ID).Text}
		if a, ok := w.Book.Action(m.Actions[0]); ok {
			l.step = a.Step
		}
		if t := w.Tables["members"]; t.ByRef(m.Person) != nil {
			status, _ := t.ByRef(m.Person).Get(t.Schema, "status")
			consent, _ := t.ByRef(m.Person).Get(t.Schema, "consent_marketing")
			l.status, l.consent = status.S, consent.Kind == dataset.YesNo && consent.N == 1
		}
		w.letters = append(w.letters, l)
	}
}

// TestTheYear plays the sample's year with every shipped playbook on, and holds
// what left against what was promised to members and officers: it looks at what
// went, and not at why. With -v it prints the numbers.
func TestTheYear(t *testing.T) {
	w := watchYear(t)
	if len(w.letters) < 1500 {
		t.Fatalf("only %d letters to members: this says little", len(w.letters))
	}
	w.legible(t)
	w.byPostOrPhone(t)
	w.withinBudget(t)
	w.peace(t)
	w.digestsAreOne(t)
	w.oneWelcome(t)
	if os.Getenv("CLARION_YEAR") == "whole" && len(w.book.Summary.Silent) > 0 {
		t.Errorf("nothing was heard of these playbooks all year: %s", strings.Join(w.book.Summary.Silent, ", "))
	}
	if w.book.Summary.LegalMissed > 0 {
		t.Errorf("%d legal deadlines were missed, although every task got its answer on its day", w.book.Summary.LegalMissed)
	}
	w.numbers(t)
}

// legible: what the officers of the sample write down can be read, to the cell.
// The dirt is in the lists that others type: the members' and the gifts'.
func (w *watched) legible(t *testing.T) {
	for name := range w.Set.Constituency.Data {
		if w.Tables[name] == nil {
			t.Errorf("%s was never read", name)
			continue
		}
		for _, r := range w.Tables[name].Rows {
			if name != "members" && name != "donations" && len(r.Problems) > 0 {
				t.Errorf("%s, %s: %v", name, r.Key, r.Problems)
			}
		}
	}
}

// withinBudget: no person and no address over the constituency's contact budget,
// and one letter a day. What goes to several at one address, by one step on one
// day, counts there once.
func (w *watched) withinBudget(t *testing.T) {
	b := w.Set.Constituency.Budget
	if b.LettersAWeek != 2 || b.MarketingAMonth != 3 || b.DaysBetween != 2 {
		t.Fatalf("the sample's budget is %+v", b)
	}
	by := map[string][]posted{}
	for _, l := range w.letters {
		who := fmt.Sprintf("person %d", l.person)
		by[who] = append(by[who], l)
		joint := slices.ContainsFunc(by[l.address], func(o posted) bool { return o.day == l.day && o.playbook == l.playbook && o.step == l.step })
		if !joint {
			by[l.address] = append(by[l.address], l)
		}
	}
	for _, who := range slices.Sorted(maps.Keys(by)) {
		all := by[who]
		sort.SliceStable(all, func(i, j int) bool { return all[i].day < all[j].day })
		for i, l := range all {
			week, month := 0, 0
			for _, o := range all[:i+1] {
				if l.day-o.day < 7 {
					week++
				}
				if l.day-o.day < 30 && o.marketing {
					month++
				}
			}
			switch last := all[max(0, i-1)]; {
			case i > 0 && last.day == l.day:
				t.Errorf("%s: two letters on %s: %s.%s and %s.%s", who, l.day, last.playbook, last.step, l.playbook, l.step)
			case i > 0 && l.marketing && l.day-last.day < calendar.Date(b.DaysBetween):
				t.Errorf("%s: %s.%s on %s, a day after %s.%s", who, l.playbook, l.step, l.day, last.playbook, last.step)
			case week > b.LettersAWeek:
				t.Errorf("%s: %d letters in the week until %s: %v", who, week, l.day, said(all[:i+1]))
			case l.marketing && month > b.MarketingAMonth:
				t.Errorf("%s: %d letters of marketing in the thirty days until %s", who, month, l.day)
			}
			if t.Failed() {
				return
			}
		}
	}
}

// said tells the last few letters in a row.
func said(all []posted) []string {
	var out []string
	for _, l := range all[max(0, len(all)-5):] {
		out = append(out, fmt.Sprintf("%s %s.%s to %d", l.day, l.playbook, l.step, l.person))
	}
	return out
}

// money are words by which a letter asks for some.
var money = []string{"donat", "fundrais", "raffle", "give what you can", "chip in", "crowdfund", "tickets are"}

// peace: nothing on quiet days, no marketing without consent, and nobody in
// arrears is asked for money.
func (w *watched) peace(t *testing.T) {
	for _, l := range w.letters {
		y, m, d := l.day.Civil()
		switch {
		case l.day.Weekday() == 0:
			t.Fatalf("%s.%s went on %s, a Sunday", l.playbook, l.step, l.day)
		case m == 12 && d >= 24 || m == 1 && d <= 2:
			t.Fatalf("%s.%s went on %s, between the years", l.playbook, l.step, l.day)
		case y == 2027 && (m == 3 && (d == 26 || d == 29) || m == 5 && (d == 3 || d == 31) || m == 8 && d == 30):
			t.Fatalf("%s.%s went on %s, a bank holiday", l.playbook, l.step, l.day)
		case l.marketing && !l.consent:
			t.Fatalf("%s.%s went to member %d, who has not agreed to marketing", l.playbook, l.step, l.person)
		case l.status == "arrears" && l.marketing:
			t.Fatalf("%s.%s went to member %d, who is in arrears and was asked for something", l.playbook, l.step, l.person)
		}
		if l.status != "arrears" {
			continue
		}
		for _, word := range money {
			if strings.Contains(strings.ToLower(l.text), word) && l.playbook != "thank-every-gift" {
				t.Fatalf("%s.%s went to member %d, who is in arrears, and says %q", l.playbook, l.step, l.person, word)
			}
		}
	}
}

// digestsAreOne: at most one digest a day for each officer, with what has a
// legal deadline before all else.
func (w *watched) digestsAreOne(t *testing.T) {
	for who, days := range w.days {
		for day, n := range days {
			if n > 1 {
				t.Errorf("%s got %d digests on %s", who, n, day)
			}
		}
	}
	legal := 0
	for _, m := range w.Book.MessagesIn(ledger.Sent) {
		if m.Kind != ledger.Digest {
			continue
		}
		text := w.Words(m.ID).Text
		at := strings.Index(text, "With a legal deadline")
		if at < 0 {
			continue
		}
		legal++
		for _, title := range []string{"\nTo do", "\nReminders", "\nPlease ring or write", "\nFor you to know"} {
			if other := strings.Index(text, title); other >= 0 && other < at {
				t.Errorf("a digest of %s has %q before what the law asks for", w.Set.Constituency.Clock.Day(m.SentAt), title[1:])
			}
		}
	}
	if legal < 10 {
		t.Errorf("only %d digests with a legal deadline: this says little", legal)
	}
}

// oneWelcome: a woman of 20 who joins is welcomed once, by one letter, and each
// of those who greet her has her turn.
func (w *watched) oneWelcome(t *testing.T) {
	want := []string{"14 new-member-welcome.welcome", "19 new-member-welcome.phone", "24 women-new-member.hello", "33 equalities-form.form",
		"35 new-member-welcome.check_in"}
	got := w.about["Tilly Ransome"]
	if len(got) < len(want) || !slices.Equal(got[:len(want)], want) {
		t.Errorf("Tilly Ransome, who is 20 and new, hears from us thus: %q, not %q", got, want)
	}
	for _, l := range w.letters {
		if l.name == "Tilly Ransome" && l.day < demoDay.AddDays(14+14) && l.playbook != "new-member-welcome" {
			t.Errorf("in her first two weeks Tilly Ransome also gets %s.%s", l.playbook, l.step)
		}
	}
}

// numbers prints the year for those who ask.
func (w *watched) numbers(t *testing.T) {
	s := w.book.Summary
	t.Logf("%d letters to %d members, most to one in a week %d, in four weeks %d", s.Letters, s.Members, s.MostInWeek, s.MostInMonth)
	t.Logf("%d tasks, %d reminders, %d to ring or write to, in %d digests; %d legal deadlines met", s.Tasks, s.Reminders, s.Calls, s.Digests, s.LegalMet)
	for _, o := range s.Offices {
		t.Logf("%-40s %4d tasks %4d reminders %4d calls %6d letters in its name", o.Title, o.Tasks, o.Reminders, o.Calls, o.Letters)
	}
	t.Logf("not heard of: %s", strings.Join(s.Silent, ", "))
	t.Logf("Tilly Ransome: %q", w.about["Tilly Ransome"])
}

// TestDemoYearIsPrinted holds the first month of the year against a golden file.
func TestDemoYearIsPrinted(t *testing.T) {
	month, all := firstMonth(t)
	compare(t, filepath.Join(goldenFolder(t), "year.txt"), month)
	for i, line := range strings.Split(all, "\n") {
		if utf8.RuneCountInString(line) > 80 {
			t.Errorf("line %d is wider than 80 characters: %s", i+1, line)
		}
	}
}

// The excerpt in README.md is what clarion demo --year prints.
func TestReadmeYearIsCurrent(t *testing.T) {
	month, _ := firstMonth(t)
	var kept []string
	for _, part := range strings.Split(strings.ReplaceAll(month, "\n  ", "\x00"), "\x00") {
		if strings.HasPrefix(part, "  ") {
			kept[len(kept)-1] += "\n  " + part
			continue
		}
		kept = append(kept, part)
	}
	picture := kept[0] + "\n"
	for _, office := range []string{"Letters to members:", "IT Coordinator:", "Treasurer:", "Women's Officer:", "Legal deadlines:"} {
		i := slices.IndexFunc(kept, func(s string) bool { return strings.HasPrefix(s, office) })
		if i < 0 {
			t.Fatalf("the first month has nothing of %s\n%s", office, month)
		}
		picture += "  " + strings.TrimRight(kept[i], "\n") + "\n"
	}
	text := readme(t)
	begin := strings.Index(text, "<!-- year:")
	if begin < 0 {
		t.Fatal("README.md shows nothing of the year")
	}
	begin += strings.Index(text[begin:], "```text\n") + len("```text\n")
	end := begin + strings.Index(text[begin:], "```")
	if text[begin:end] == picture {
		return
	}
	if !*updateReadme {
		t.Fatalf("the year in README.md is not what clarion demo --year prints; write it anew with: go test ./cmd/clarion -run Readme -update-readme\n%s", picture)
	}
	if err := os.WriteFile(readmePath, []byte(text[:begin]+picture+text[end:]), 0o644); err != nil {
		t.Fatal(err)
	}
}

// firstMonth is what the command prints of November, and all of it.
func firstMonth(t *testing.T) (month, all string) {
	t.Helper()
	code, all := printedYear()
	_, after, ok := strings.Cut(all, "\nNovember 2026\n")
	month, _, more := strings.Cut(after, "\n\n")
	if code != exitOK || !ok || !more {
		t.Fatalf("the year ended with %d; where is November?\n%s", code, all)
	}
	return "November 2026\n" + month + "\n", all
}

// printedYear runs the command for a little more than its first four weeks, once.
var printedYear = sync.OnceValues(func() (int, string) {
	var out bytes.Buffer
	return run([]string{"demo", "--year", "--on", "+28"}, strings.NewReader(""), &out, &out), out.String()
})

// byPostOrPhone: whoever cannot be written to is on a call sheet for every letter
// to members, but for those whose playbook says that nobody is rung for them.
// Of letters that went to a handful there may be nobody.
func (w *watched) byPostOrPhone(t *testing.T) {
	t.Helper()
	mailed := map[string]map[dataset.Ref]bool{}
	for _, l := range w.letters {
		name := l.playbook + "." + l.step
		if mailed[name] == nil {
			mailed[name] = map[dataset.Ref]bool{}
		}
		mailed[name][l.person] = true
	}
	for _, name := range slices.Sorted(maps.Keys(mailed)) {
		book, step, _ := strings.Cut(name, ".")
		if len(mailed[name]) > 25 && w.calls[name] == 0 && !w.spares(book, step) {
			t.Errorf("%s: nobody without an address was on a call sheet for it", name)
		}
	}
}

// spares reports whether a step, or its playbook, asks for an address.
func (w *watched) spares(book, step string) bool {
	for _, pb := range w.Set.Playbooks {
		for _, s := range pb.Steps {
			if pb.Name != book || s.ID != step {
				continue
			}
			text := ""
			if s.When != nil {
				text = s.When.Source()
			}
			for _, l := range pb.Let { // an audience may have its name from there
				text += l.Expr.Source()
			}
			for _, e := range s.To.Exprs {
				text += e.Source()
			}
			return strings.Contains(text, "email)")
		}
	}
	return false
}
