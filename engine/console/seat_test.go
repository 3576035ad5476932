package console_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// TestWhoSitsWhere: an address gives the roles of its rows, today; a person who is
// in the members list those of all their addresses; and who shares an address has
// no role of another's.
func TestWhoSitsWhere(t *testing.T) {
	t.Parallel()
	h := newHouse(t, playbook.Web{}, func(h *house) {
		h.officers = `role,branch,person,email,from,until,deputy
secretary,,Ann Secretary,office@example.org,2024-01-01,,
chair,,Bob Chair,office@example.org,2024-01-01,,
treasurer,,Bob Chair,bob@example.org,2024-01-01,,
membership_officer,,A00001,members@example.org,2024-01-01,,
youth_officer,,A00001,youth@example.org,2024-01-01,,
policy_officer,,Pat Past,pat@example.org,2024-01-01,2026-11-01,
it_coordinator,,Ida Holder,ida@example.org,2024-01-01,,
it_coordinator,,Dee Deputy,dee@example.org,2024-01-01,,yes
auditor,,Dee Deputy,dee2@example.org,2024-01-01,,yes
branch_secretary,North,Nora North,nora@example.org,2024-01-01,,
branch_chair,,Nobody Where,nowhere@example.org,2024-01-01,,
`
	})
	l, err := h.Engine.Look(ctx)
	h.must(err)
	for address, want := range map[string]string{
		"office@example.org": "chair secretary", " OFFICE@example.org ": "chair secretary", "bob@example.org": "treasurer",
		"members@example.org": "membership_officer youth_officer", "youth@example.org": "membership_officer youth_officer",
		"pat@example.org": "", "ida@example.org": "it_coordinator", "dee@example.org": "", "dee2@example.org": "auditor", "nora@example.org": "branch_secretary",
		"nowhere@example.org": "", "olive1@example.com": "", "": "", "nobody@example.org": "",
	} {
		seat, ok := engine.SeatAt(l.In, address)
		if got := strings.Join(slices.Sorted(slices.Values(seat.Roles)), " "); got != want || ok != (want != "") {
			t.Errorf("%q sits for %q, want %q", address, got, want)
		}
		if again := engine.SeatOf(l.In, seat.Person); strings.Join(again.Roles, " ") != strings.Join(seat.Roles, " ") {
			t.Errorf("%q sits for %v when signing in, and for %v with the next page", address, seat.Roles, again.Roles)
		}
	}
	nora, _ := engine.SeatAt(l.In, "nora@example.org")
	if !nora.OfBranch("North") || nora.OfBranch("South") || nora.OfBranch("") || !nora.Bound() {
		t.Errorf("of a branch: %+v", nora)
	}
	if office, _ := engine.SeatAt(l.In, "office@example.org"); !office.OfBranch("South") || !office.OfBranch("") || office.Bound() {
		t.Errorf("of all branches: %+v", office)
	}
}
