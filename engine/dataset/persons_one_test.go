package dataset_test

import (
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine/dataset"
)

var (
	numbersSchema = &dataset.Schema{Name: "members", Singular: "member", Person: true, Email: "email", Key: []string{"membership_no"}, Columns: []dataset.Column{
		{Name: "membership_no", Kind: dataset.Text}, {Name: "name", Kind: dataset.Text}, {Name: "status", Kind: dataset.Choice},
		{Name: "no_phone", Kind: dataset.Text}, {Name: "last_contacted", Kind: dataset.Text}, {Name: "postcode", Kind: dataset.Text}}}
	talksSchema = &dataset.Schema{Name: "contact_log", Singular: "contact", Event: true, Key: []string{"log_id"}, Columns: []dataset.Column{
		{Name: "person", Kind: dataset.Person}, {Name: "membership_no", Kind: dataset.Reference, Of: "members"}}}
)

// TestAsOne: one record stands for all of a person, answers to every number, has
// what was noted of the others, and is named wherever they were.
func TestAsOne(t *testing.T) {
	number := func(ref dataset.Ref, key, cells string, local ...dataset.Fact) *dataset.Row {
		r := rowOf(numbersSchema, ref, key, "membership_no="+key+", "+cells)
		r.Local = local
		return r
	}
	note := func(column, text string, day int) dataset.Fact {
		return dataset.Fact{Column: column, Value: dataset.TextValue(text), At: time.Date(2026, 11, day, 9, 0, 0, 0, time.UTC)}
	}
	talk := func(ref dataset.Ref, key string, who dataset.Value, no string) *dataset.Row {
		return &dataset.Row{Ref: ref, Key: key, Cells: []dataset.Value{who, dataset.ReferenceValue(no)}}
	}
	for _, c := range []struct {
		what    string
		members []*dataset.Row
		died    bool
		facts   map[dataset.Ref][]dataset.Fact
		want    map[string]string // of the record that stands
	}{
		{"the one in force stands", []*dataset.Row{number(1, "A1", "name=Jo, status=active"), number(2, "A2", "name=Jo, status=lapsed")}, false, nil,
			map[string]string{"key": "A1", "status": "active"}},
		{"the newest of those in force", []*dataset.Row{number(1, "A1", "name=Jo, status=active"), number(2, "A2", "name=Jo, status=active")}, false, nil,
			map[string]string{"key": "A2"}},
		{"a suspended one before all", []*dataset.Row{number(1, "A1", "name=Jo, status=suspended"), number(2, "A2", "name=Jo, status=active")}, false, nil,
			map[string]string{"key": "A1"}},
		{"the dead are dead", []*dataset.Row{number(1, "A1", "name=Jo, status=deceased"), number(2, "A2", "name=Jo, status=active")}, false, nil,
			map[string]string{"key": "A2", "status": "deceased"}},
		{"though the list that said so is gone", []*dataset.Row{number(2, "A2", "name=Jo, status=active")}, true, nil,
			map[string]string{"key": "A2", "status": "deceased"}},
		{"what was noted of the old number", []*dataset.Row{number(2, "A2", "name=Jo, status=active, postcode=NE1 1AA", note("last_contacted", "spring", 3))}, false,
			map[dataset.Ref][]dataset.Fact{1: {note("no_phone", "yes", 1), note("postcode", "NE9 9ZZ", 9), note("last_contacted", "winter", 2), note("membership_no", "A1", 9)}},
			map[string]string{"key": "A2", "no_phone": "yes", "postcode": "NE1 1AA", "membership_no": "A2", "last_contacted": ""}},
		{"the later of two notes", []*dataset.Row{number(2, "A2", "name=Jo, status=active", note("last_contacted", "spring", 3))}, false,
			map[dataset.Ref][]dataset.Fact{1: {note("last_contacted", "autumn", 4)}}, map[string]string{"last_contacted": "autumn"}},
	} {
		t.Run(c.what, func(t *testing.T) {
			bystander := number(5, "A5", "name=Al, status=active")
			tables := dataset.Tables{"members": tableOf(numbersSchema, append(c.members, bystander)...), "contact_log": tableOf(talksSchema,
				talk(11, "L1", dataset.PersonValue("A1", 1), "A1"), talk(12, "L2", dataset.PersonValue("a1", 0), "A2"),
				talk(13, "L3", dataset.PersonValue("Al", 5), "A5"), talk(14, "L4", dataset.PersonValue("Somebody", 0), ""))}
			out := dataset.AsOne(tables, []dataset.Human{{Refs: []dataset.Ref{1, 2}, Keys: map[dataset.Ref]string{1: "A1", 2: "A2"}, Facts: c.facts, Died: c.died}}, nil)
			m := out["members"]
			one := m.ByKey("A1")
			if len(m.Rows) != 2 || one == nil || m.ByKey("A2") != one || m.ByRef(1) != one || m.ByRef(2) != one || m.ByKey("A5") != bystander {
				t.Fatalf("there are %d rows; A1 gives %+v", len(m.Rows), one)
			}
			for column, want := range c.want {
				got := one.Key
				if column != "key" {
					v, _ := one.Get(numbersSchema, column)
					got = v.S
				}
				if got != want {
					t.Errorf("its %s is %q, not %q", column, got, want)
				}
			}
			for i, want := range []struct {
				ref dataset.Ref
				no  string
			}{{one.Ref, one.Key}, {one.Ref, one.Key}, {5, "A5"}, {0, ""}} {
				r := out["contact_log"].Rows[i]
				if dataset.Ref(r.Cells[0].N) != want.ref || r.Cells[1].S != want.no {
					t.Errorf("%s names %d and %q, not %d and %q", r.Key, r.Cells[0].N, r.Cells[1].S, want.ref, want.no)
				}
			}
			if r := tables["contact_log"].Rows[1]; r.Cells[0].N != 0 || len(tables["members"].Rows) != len(c.members)+1 {
				t.Error("the tables that came in were changed")
			}
		})
	}
}

// TestAGiftOfAMember: a gift that was said to be a member's makes that member the
// giver of every gift that says the same of its donor, and of no other.
func TestAGiftOfAMember(t *testing.T) {
	gift := func(ref dataset.Ref, key, cells string) *dataset.Row { return rowOf(giftsSchema, ref, key, cells) }
	tables := dataset.Tables{"members": tableOf(crowdSchema, human(1, "name=Jean Smith")), "donations": tableOf(giftsSchema,
		gift(21, "R1", "donor=J Smith, postcode=NE1 1AA"), gift(22, "R2", "donor=J Smith, postcode=NE1 1AA"), gift(23, "R3", "donor=J Smith, postcode=NE2 2AA"))}
	out := dataset.AsOne(tables, []dataset.Human{{Refs: []dataset.Ref{1, 21}, Keys: map[dataset.Ref]string{1: "A1"}}}, nil)
	for i, want := range []int64{1, 1, 0} {
		if v, _ := out["donations"].Rows[i].Get(giftsSchema, "person"); v.N != want {
			t.Errorf("gift %d is of person %d, not %d", i+1, v.N, want)
		}
	}
}

// TestTwoGiversAlike: a father and a son give under the same words; each gift is of
// whom an officer said, and one of which nothing was said is of neither. What was
// said to be somebody else's is not given away by likeness.
func TestTwoGiversAlike(t *testing.T) {
	gift := func(ref dataset.Ref, key string) *dataset.Row {
		return rowOf(giftsSchema, ref, key, "donor=J Smith, postcode=NE1 1AA")
	}
	tables := dataset.Tables{"members": tableOf(crowdSchema, human(1, "name=John Smith"), human(2, "name=John Smith")),
		"donations": tableOf(giftsSchema, gift(21, "R1"), gift(22, "R2"), gift(23, "R3"))}
	father := dataset.Human{Refs: []dataset.Ref{1, 21}, Keys: map[dataset.Ref]string{1: "A1"}}
	son := dataset.Human{Refs: []dataset.Ref{2, 22}, Keys: map[dataset.Ref]string{2: "A2"}}
	for _, c := range []struct {
		humans []dataset.Human
		apart  func(a, b dataset.Ref) bool
		want   []int64
	}{
		{[]dataset.Human{father, son}, nil, []int64{1, 2, 0}},
		{[]dataset.Human{father}, func(a, b dataset.Ref) bool { return a == 22 && b == 1 }, []int64{1, 0, 1}},
	} {
		out := dataset.AsOne(tables, c.humans, c.apart)
		for i, want := range c.want {
			if v, _ := out["donations"].Rows[i].Get(giftsSchema, "person"); v.N != want {
				t.Errorf("%d said: gift %d is of person %d, not %d", len(c.humans), i+1, v.N, want)
			}
		}
	}
}
