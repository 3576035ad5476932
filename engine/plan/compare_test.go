package plan_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/engine/sample"
	"github.com/clarion-clp/clarion/playbooks"
)

// pastOf gives the sample's lists up to its day 14, as they were imported, and a
// way to load its playbooks with another playbooks.yaml.
func pastOf(t *testing.T) (h plan.History, load func(tailoring string) *playbook.Set) {
	s := newStory(t, sample.Make(1, storyDay))
	s.lay(storyDay - 28)
	for _, day := range []int{-14, 0, 1, 7, 14} {
		s.lay(storyDay.AddDays(day))
		s.Now = s.Set.Constituency.Clock.AtHour(storyDay.AddDays(day))
		for _, name := range []string{"branches", "members", "officers", "donations", "documents", "meetings"} {
			was := s.Tables[name]
			s.fetch(name)
			if x := s.Tables[name]; x != was && x.Imported.Equal(s.Now) {
				h.Lists = append(h.Lists, plan.Snapshot{Table: x, Import: dataset.Import{Ref: dataset.Ref(9000 + len(h.Lists)), Dataset: name, At: s.Now, Full: true}})
			}
		}
	}
	return h, func(tailoring string) *playbook.Set {
		if err := os.WriteFile(filepath.Join(s.root, "playbooks.yaml"), []byte(tailoring), 0o600); err != nil {
			t.Fatal(err)
		}
		set, err := playbook.Load(playbooks.Library, os.DirFS(s.root))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range set.All() {
			t.Fatalf("%s\n%s", f.Error(), f.Caret())
		}
		return set
	}
}

// lines writes happenings by their days, counted from the story's day 0.
func lines(list []plan.Happening) []string {
	var out []string
	for _, h := range list {
		out = append(out, fmt.Sprintf("%+d %s %s.%s %s", calendar.DaysBetween(storyDay, h.On), h.What, h.Playbook, h.Step, h.About))
	}
	return out
}

// TestCompare holds edited playbooks against the library's over the sample's past lists:
// what is only in one of the two, and what moved, by name.
func TestCompare(t *testing.T) {
	h, load := pastOf(t)
	clock := load("{}").Constituency.Clock
	until := clock.AtHour(storyDay + 36)
	const others = "arrears-chase: {}\nminutes-circulate: {}\ndonation-permissibility: {}\n"
	const library = others + "new-member-welcome: {trust: automatic}\n"
	edited := others + `new-member-welcome:
  trust: observe
  settings: {check_in: 14 days}
  steps: {phone: "off"}
`
	ours := load(edited)
	x, err := plan.Compare(ours, load(library), h, until)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(x.Playbooks, []string{"new-member-welcome"}) {
		t.Errorf("different: %v", x.Playbooks)
	}
	theirs := lines(x.Theirs)
	if len(x.Ours) > 0 || !slices.Contains(theirs, "+5 task new-member-welcome.phone Amara Okafor") {
		t.Errorf("only ours: %q\nonly theirs: %q", lines(x.Ours), theirs)
	}
	for _, l := range theirs {
		if !strings.Contains(l, "new-member-welcome.phone") {
			t.Errorf("only theirs, and yet in both: %s", l)
		}
	}
	amara := slices.IndexFunc(x.Moved, func(s plan.Shift) bool { return s.Ours.About == "Amara Okafor" })
	if amara < 0 || x.Moved[amara].Ours.On != storyDay+16 || x.Moved[amara].Theirs.On != storyDay+21 || x.Moved[amara].Ours.Step != "check_in" {
		// not day 14: on that the minutes go to everybody, which are a service and come first
		t.Errorf("the letter to Amara Okafor did not move from day 21 to day 16: %+v", x.Moved)
	}
	if n := x.Counts["arrears-chase"]; n[0] != n[1] || n[0] == 0 {
		t.Errorf("a playbook that is the same did %v", n)
	}
	if one := x.Of("arrears-chase"); len(one.Theirs)+len(one.Moved)+len(one.Playbooks) > 0 || one.Counts["arrears-chase"][0] == 0 {
		t.Errorf("of another playbook: %+v", one)
	}

	// With itself there is nothing, even where the same text was loaded twice.
	z, err := plan.Compare(load(edited), load(edited), h, clock.AtHour(storyDay+3))
	if err != nil || len(z.Ours)+len(z.Theirs)+len(z.Moved)+len(z.Reworded)+len(z.Playbooks) > 0 {
		t.Errorf("with itself: %v %q %q %v", err, lines(z.Ours), lines(z.Theirs), z.Playbooks)
	}
}

// TestCompareKnowsWhatWasKnown: a fact counts from the day on which it was
// written down, and an import does not know what a later one says.
func TestCompareKnowsWhatWasKnown(t *testing.T) {
	h, load := pastOf(t)
	clock := load("{}").Constituency.Clock
	members := h.Lists[1].Table
	for _, s := range h.Lists {
		if s.Dataset == "members" {
			members = s.Table
		}
	}
	who := members.ByKey("A150001") // Bernard Hollis, in arrears from day 0 on
	h.Facts = []plan.Known{{Dataset: "members", Ref: who.Ref,
		Fact: dataset.Fact{Column: "last_contacted", Value: dataset.DateValue(storyDay + 6), By: "officer", At: clock.AtHour(storyDay + 6)}}}
	const same = "arrears-chase: {trust: each}\n"
	const quick = "arrears-chase: {trust: each, settings: {leave_alone: 7 days}}\n"
	x, err := plan.Compare(load(quick), load(same), h, clock.AtHour(storyDay+22))
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(x.Moved, func(s plan.Shift) bool { return s.Ours.About == "Bernard Hollis" && s.Ours.Step == "phone" })
	if i < 0 || x.Moved[i].Ours.On >= x.Moved[i].Theirs.On {
		t.Errorf("being left alone for a week or for two makes no difference: %+v", x.Moved)
	}
}

// Without a single list there is nothing to play.
func TestCompareWithoutAPast(t *testing.T) {
	_, load := pastOf(t)
	set := load("{}")
	x, err := plan.Compare(set, load("{}"), plan.History{}, set.Constituency.Clock.AtHour(storyDay))
	if err != nil || x.From != 0 || len(x.Ours) > 0 {
		t.Errorf("%+v, %v", x, err)
	}
}
