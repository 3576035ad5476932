package engine_test

import (
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
	if _, err := h.Adopt(ctx, "secretary", "arrears-chase", "  "); err == nil || !strings.Contains(err.Error(), "minute") {
		t.Errorf("without a minute: %v", err)
	}
	if _, err := h.Adopt(ctx, "secretary", "tea", "EC, item 7"); err == nil || !strings.Contains(err.Error(), "no playbook tea") {
		t.Errorf("a playbook that is not there: %v", err)
	}
	pb, err := h.Adopt(ctx, "secretary", "arrears-chase", "EC of 2 November, item 7")
	if err != nil {
		t.Fatal(err)
	}
	s := standing(t, h, "arrears-chase")
	if !s.Same || !s.Adopted.Equal(day0) || s.Minute != "EC of 2 November, item 7" || pb.Digest != s.Playbook.Digest {
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
