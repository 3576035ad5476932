package engine_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/store"
)

// seqOf is how many events the ledger has, and how many letters lie in the
// outbox.
func (h *house) seqOf() (seq int64, letters int) {
	h.t.Helper()
	err := h.store.View(ctx, func(tx *store.Tx) error {
		seq = tx.Book().Seq()
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
	list, _ := os.ReadDir(h.folder + "/outbox")
	return seq, len(list)
}

// welcomed is a house with a past: a first list a month ago, and two new members
// in the second.
func welcomed(t *testing.T) *house {
	h := newHouse(t, "")
	h.pass(-28 * day)
	h.write("data/members.csv", header+old(1)+"\n"+old(2)+"\n")
	if _, err := h.Run(ctx); err != nil {
		t.Fatal(err)
	}
	h.pass(28 * day)
	h.write("data/members.csv", header+old(1)+"\n"+old(2)+"\n"+fresh(1)+"\n"+fresh(2)+"\n")
	return h
}

func TestForecastWritesNothing(t *testing.T) {
	h := welcomed(t)
	if _, err := h.Run(ctx); err != nil {
		t.Fatal(err)
	}
	seq, letters := h.seqOf()
	today := h.Clock().Day(day0)
	f, err := h.Forecast(ctx, today+30)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range f.Days {
		for _, x := range d.Items {
			if x.What == plan.LetterGoes || x.What == plan.TaskComes {
				got = append(got, d.Date.String()+" "+string(x.What)+" "+x.Step+" "+x.About)
			}
		}
	}
	slices.Sort(got)
	want := []string{"2026-11-07 task phone Nia1 Newer", "2026-11-07 task phone Nia2 Newer",
		"2026-11-23 letter check_in Nia1 Newer", "2026-11-23 letter check_in Nia2 Newer"}
	if !slices.Equal(got, want) {
		t.Errorf("the days ahead:\n%s\nnot\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if s, l := h.seqOf(); s != seq || l != letters || letters == 0 {
		t.Errorf("%d events and %d letters became %d and %d", seq, letters, s, l)
	}
	for _, wrong := range []calendar.Date{today - 1, today + 1000} {
		if _, err := h.Forecast(ctx, wrong); err == nil {
			t.Errorf("a forecast until %s was made", wrong)
		}
	}
	// And it comes so: after 21 days the letter goes, whatever a forecast was made in between.
	h.pass(5 * day)
	if _, err := h.Run(ctx); err != nil {
		t.Fatal(err)
	}
	h.pass(16 * day)
	p, err := h.Run(ctx)
	if err != nil || p.Delivery.Sent < 2 {
		t.Errorf("on day 21: %+v, %v", p.Delivery, err)
	}
}

// TestCompareWithTheLibrary edits the folder and asks what would have been
// different, over the two lists that were imported.
func TestCompareWithTheLibrary(t *testing.T) {
	h := welcomed(t)
	if _, err := h.Run(ctx); err != nil {
		t.Fatal(err)
	}
	h.pass(30 * day)
	same, err := h.Compare(ctx, "")
	if err != nil || len(same.Ours)+len(same.Theirs)+len(same.Moved) > 0 {
		t.Errorf("nothing was edited: %+v, %v", same, err)
	}
	seq, _ := h.seqOf()
	h.write("letters/hello.md", "Hello {{ or member.first_name \"friend\" }}, this is us.\n")
	h.write("playbooks/supper.yaml", `name: supper
title: Ask new members to supper
role: membership_officer
basis: service
for: member in members
when: member.status == "active" and not member.baseline
again: never
steps:
  - email: supper
    at: 10 days after opening
    to: member
    subject: Supper on us
`)
	h.write("playbooks/supper/supper.md", "Come to supper.\n")
	h.write("playbooks.yaml", `new-member-welcome:
  trust: observe
  settings: {check_in: 14 days}
  letters: {welcome: letters/hello.md}
  steps: {phone: "off"}
arrears-chase: "off"
supper: {file: playbooks/supper.yaml}
`)
	x, err := h.Compare(ctx, "")
	if err != nil {
		t.Fatal(err)
	}
	line := func(x plan.Happening) string { return x.On.String() + " " + x.Step + " " + x.About }
	var ours, theirs, moved, reworded []string
	for _, o := range x.Ours {
		ours = append(ours, line(o))
	}
	for _, o := range x.Theirs {
		theirs = append(theirs, line(o))
	}
	for _, s := range x.Moved {
		moved = append(moved, line(s.Ours)+" not "+s.Theirs.On.String())
	}
	for _, s := range x.Reworded {
		reworded = append(reworded, line(s.Ours))
	}
	for _, want := range []struct {
		what string
		got  []string
		want []string
	}{
		{"only ours", ours, []string{"2026-11-12 supper Nia1 Newer", "2026-11-12 supper Nia2 Newer"}},
		{"only the library's", theirs, []string{"2026-11-07 phone Nia1 Newer", "2026-11-07 phone Nia2 Newer"}},
		{"moved", moved, []string{"2026-11-16 check_in Nia1 Newer not 2026-11-23", "2026-11-16 check_in Nia2 Newer not 2026-11-23"}},
		{"reworded", reworded, []string{"2026-11-02 welcome Nia1 Newer", "2026-11-02 welcome Nia2 Newer"}},
		{"edited", x.Playbooks, []string{"arrears-chase", "new-member-welcome", "supper"}},
	} {
		if !slices.Equal(want.got, want.want) {
			t.Errorf("%s: %q, not %q", want.what, want.got, want.want)
		}
	}
	if s, _ := h.seqOf(); s != seq {
		t.Errorf("comparing wrote %d events", s-seq)
	}
	// With an earlier copy of the folder in the place of the library.
	copied := t.TempDir()
	if err := os.CopyFS(copied, os.DirFS(h.folder)); err != nil {
		t.Fatal(err)
	}
	if x, err = h.Compare(ctx, copied); err != nil || len(x.Playbooks) > 0 {
		t.Errorf("with a copy: %v, %v", x.Playbooks, err)
	}
	h.write("constituency.yaml", "name: [\n")
	if _, err = h.Compare(ctx, ""); err == nil {
		t.Error("files with faults were played")
	}
}
