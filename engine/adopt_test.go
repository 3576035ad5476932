package engine_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// standing finds how a playbook stands.
func standing(t *testing.T, h *house, name string) engine.Standing {
	t.Helper()
	list, err := h.Standings(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range list {
		if s.Playbook.Name == name {
			return s
		}
	}
	t.Fatalf("%s is not among %d playbooks", name, len(list))
	return engine.Standing{}
}

// A playbook is adopted as it is; when the constituency changes it afterwards,
// that is said, and what is different.
func TestAdopt(t *testing.T) {
	h := newHouse(t, "")
	if s := standing(t, h, "arrears-chase"); s.On || !s.Adopted.IsZero() {
		t.Errorf("before anything it stands %+v", s)
	}
	if _, _, err := h.Adopt(ctx, "secretary", "arrears-chase", "  ", ""); err == nil || !strings.Contains(err.Error(), "minute") {
		t.Errorf("without a minute: %v", err)
	}
	if _, _, err := h.Adopt(ctx, "secretary", "tea", "EC, item 7", ""); err == nil || !strings.Contains(err.Error(), "no playbook tea") {
		t.Errorf("a playbook that is not there: %v", err)
	}
	_, _, err := h.Adopt(ctx, "secretary", "arrears-chase", "EC of 2 November, item 7", "")
	if err != nil {
		t.Fatal(err)
	}
	s := standing(t, h, "arrears-chase")
	if !s.Same || !s.Adopted.Equal(day0) || s.Minute != "EC of 2 November, item 7" {
		t.Errorf("adopted it stands %+v", s)
	}
	h.write("playbooks.yaml", "arrears-chase:\n  trust: each\n  settings: {leave_alone: 21 days}\n")
	if err := h.Reload(); err != nil {
		t.Fatal(err)
	}
	if s := standing(t, h, "arrears-chase"); s.Same || !s.Adopted.Equal(day0) {
		t.Errorf("changed since, it stands %+v", s)
	}
	d, err := h.SinceAdopted(ctx, "arrears-chase")
	if err != nil || !d.Adopted || !d.With.Equal(day0) || d.Minute != "EC of 2 November, item 7" {
		t.Fatalf("%+v, %v", d, err)
	}
	var got []string
	for _, c := range d.Changes {
		got = append(got, c.Path+" "+string(c.Fate)+" "+c.Then+" "+c.Now)
	}
	if strings.Join(got, "|") != "trust standing each each|settings.leave_alone ours 14 days 21 days" {
		t.Errorf("the differences are %v", got)
	}
}

// A committee's adoption lets a playbook that only observed ask, takes nothing
// from one that may do more, and gives what else the committee says and the
// files allow.
func TestAdoptionAndTrust(t *testing.T) {
	for _, c := range []struct {
		record, level string
		want          string
		is            playbook.Trust
	}{
		{"observe", "", "", playbook.Each},
		{"automatic", "", "", playbook.Automatic},
		{"each", "batch", "", playbook.Batch},
		{"automatic", "observe", "", playbook.Observe},
		{"each", "blindly", "no level of trust called blindly", playbook.Each},
	} {
		h := newHouse(t, "")
		if _, _, err := h.Trust(ctx, "secretary", "new-member-welcome", c.record, ""); err != nil {
			t.Fatal(err)
		}
		_, _, err := h.Adopt(ctx, "secretary", "new-member-welcome", "EC, item 7", c.level)
		if c.want != "" != (err != nil) || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s with %q: %v", c.record, c.level, err)
		}
		s := standing(t, h, "new-member-welcome")
		if s.Trust.Level != c.is || err != nil && !s.Adopted.IsZero() || c.level == "batch" && s.Given != "EC, item 7" {
			t.Errorf("%s with %q: it stands %+v", c.record, c.level, s)
		}
	}
}

// Letters of a playbook that is trusted with each are named one by one; those
// of one trusted with batches may be named together.
func TestApproveTogether(t *testing.T) {
	for level, yes := range map[string]int{"each": 0, "batch": 2, "automatic": 2} {
		h := newHouse(t, "")
		h.settled(20)
		if _, _, err := h.Trust(ctx, "secretary", "new-member-welcome", "each", ""); err != nil {
			t.Fatal(err)
		}
		h.members("2026-11-02", rows(old, 20), rows(fresh, 2))
		h.run()
		if _, _, err := h.Trust(ctx, "secretary", "new-member-welcome", level, ""); err != nil {
			t.Fatal(err)
		}
		shown, _, err := h.Pending(ctx)
		if err != nil || len(shown) != 2 {
			t.Fatalf("%d letters wait, %v", len(shown), err)
		}
		d, err := h.ApproveTogether(ctx, engine.Voice{Role: "membership_officer"}, shown)
		if err != nil || len(d.Done) != yes || len(d.Not) != 2-yes {
			t.Errorf("%s: together %+v, %v", level, d, err)
		}
		if yes > 0 {
			continue
		}
		if d, err = h.Approve(ctx, engine.Voice{Role: "membership_officer"}, shown); err != nil || len(d.Done) != 2 {
			t.Errorf("%s: by their numbers %+v, %v", level, d, err)
		}
	}
}

// What a playbook said when it was switched on is kept, so that there is
// something to compare with though nobody adopted it.
func TestWhatWasAtWorkIsKept(t *testing.T) {
	h := newHouse(t, "")
	d, err := h.SinceAdopted(ctx, "arrears-chase")
	if err != nil || !d.With.IsZero() || d.Adopted {
		t.Errorf("before the first run: %+v, %v", d, err)
	}
	h.members("2026-11-01", rows(old, 3))
	h.run()
	if s := standing(t, h, "arrears-chase"); !s.On || !s.Since.Equal(day0) {
		t.Errorf("after the first run it stands %+v", s)
	}
	h.pass(day)
	h.write("playbooks.yaml", "arrears-chase:\n  trust: each\n  steps: {phone: \"off\"}\n")
	if err := h.Reload(); err != nil {
		t.Fatal(err)
	}
	if d, err = h.SinceAdopted(ctx, "arrears-chase"); err != nil || d.Adopted || !d.With.Equal(day0) {
		t.Fatalf("%+v, %v", d, err)
	}
	found := false
	for _, c := range d.Changes {
		found = found || c.Path == "steps.phone" && c.Fate == playbook.Ours && c.Then == "task" && c.Now == "off"
	}
	if !found {
		t.Errorf("the step that was switched off is not among %+v", d.Changes)
	}
}

// TestCompareWithWhatWasAdopted: over the lists of the past the playbooks of
// today are played beside those that were adopted: their settings, letters and
// added steps as they were then, though the files have changed since.
func TestCompareWithWhatWasAdopted(t *testing.T) {
	h := welcomed(t)
	if _, err := h.Run(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := h.CompareAdopted(ctx, ""); err == nil || !strings.Contains(err.Error(), "no playbook has been adopted") {
		t.Errorf("before anything was adopted: %v", err)
	}
	const coffee = "  steps: {coffee: {after: welcome, email: coffee, at: 3 days after opening, to: member, subject: Coffee}}\n"
	h.write("letters/hello.md", "Hello {{ or member.first_name \"friend\" }}, this is us.\n")
	h.write("new-member-welcome/coffee.md", "Come for a coffee.\n")
	h.write("playbooks.yaml", "new-member-welcome:\n  settings: {check_in: 14 days}\n  letters: {welcome: letters/hello.md}\n"+coffee)
	if err := h.Reload(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.Adopt(ctx, "secretary", "new-member-welcome", "EC of 2 November, item 7", ""); err != nil {
		t.Fatal(err)
	}
	h.pass(30 * day)
	if same, err := h.CompareAdopted(ctx, "new-member-welcome"); err != nil || len(same.Playbooks)+len(same.Ours)+len(same.Theirs)+len(same.Moved)+len(same.Reworded) > 0 {
		t.Errorf("nothing was edited since: %+v, %v", same, err)
	}
	h.write("letters/hello.md", "Goodbye.\n")
	h.write("new-member-welcome/coffee.md", "Come for a cup of tea.\n")
	h.write("playbooks.yaml", "new-member-welcome:\n  settings: {check_in: 28 days}\n  letters: {welcome: letters/hello.md}\n"+coffee)
	if err := h.Reload(); err != nil {
		t.Fatal(err)
	}
	x, err := h.CompareAdopted(ctx, "")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range x.Moved {
		got = append(got, s.Ours.Step+" on "+s.Ours.On.String()+", not "+s.Theirs.On.String())
	}
	for _, s := range x.Reworded {
		got = append(got, s.Ours.Step+" reworded")
	}
	slices.Sort(got)
	want := []string{"check_in on 2026-11-30, not 2026-11-16", "check_in on 2026-11-30, not 2026-11-16",
		"coffee reworded", "coffee reworded", "welcome reworded", "welcome reworded"}
	if !slices.Equal(got, want) || !slices.Equal(x.Playbooks, []string{"new-member-welcome"}) || len(x.Ours)+len(x.Theirs) > 0 {
		t.Errorf("against the adopted: %q, only ours %d, only theirs %d, different %v, %v from %v until %v", got, len(x.Ours), len(x.Theirs), x.Playbooks, x.Counts, x.From, x.Until)
	}
	if _, err := h.CompareAdopted(ctx, "arrears-chase"); err == nil || !strings.Contains(err.Error(), "arrears-chase has not been adopted") {
		t.Errorf("one that was not adopted: %v", err)
	}
}
