package playbooks_test

import (
	"slices"
	"testing"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
)

// The timetable of elections names only kinds of poll, nations and milestones
// that there are, and for each poll in each nation every milestone at most once:
// more would be two tasks of one name.
func TestTheTimetableOfElections(t *testing.T) {
	set := shipped(t)
	choices := func(data, column string) []string {
		s := set.Schemas[data]
		i, ok := s.Column(column)
		if !ok {
			t.Fatalf("%s has no %s", data, column)
		}
		return s.Columns[i].Choices
	}
	known := map[string][]string{"polls": choices("elections", "type"), "milestone": choices("election_dates", "milestone"),
		"nations": {"england_and_wales", "scotland", "northern_ireland"}, "about": {"candidates", "voters"}}
	table, ok := set.Law.On("election_milestones", calendar.NewDate(2027, 5, 6))
	if !ok || len(table.List) == 0 {
		t.Fatal("no timetable is in force on 6 May 2027")
	}
	seen := map[string]bool{}
	for _, row := range table.List {
		f := row.Fields
		for column, allowed := range known {
			values := f[column].List
			if !f[column].IsList {
				values = []dataset.Term{f[column]}
			}
			for _, v := range values {
				if !slices.Contains(allowed, v.Value.S) {
					t.Errorf("%s: %s %q is none of %v", row.Value.S, column, v.Value.S, allowed)
				}
			}
		}
		for _, poll := range f["polls"].List {
			for _, nation := range f["nations"].List {
				key := row.Value.S + " of " + poll.Value.S + " in " + nation.Value.S
				if seen[key] {
					t.Errorf("%s stands twice", key)
				}
				seen[key] = true
			}
		}
	}
	for _, poll := range known["polls"] {
		for _, nation := range known["nations"] {
			if !seen["register of "+poll+" in "+nation] {
				t.Errorf("%s in %s: nobody would know by when to register", poll, nation)
			}
		}
	}
}
