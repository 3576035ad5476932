package dataset_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
)

var (
	crowdSchema = &dataset.Schema{Name: "members", Singular: "member", Person: true, Email: "email", Key: []string{"membership_no"}, Columns: []dataset.Column{
		{Name: "title", Kind: dataset.Text}, {Name: "first_name", Kind: dataset.Text}, {Name: "preferred_name", Kind: dataset.Text},
		{Name: "last_name", Kind: dataset.Text}, {Name: "name", Kind: dataset.Text}, {Name: "email", Kind: dataset.Text},
		{Name: "phone", Kind: dataset.Text}, {Name: "postcode", Kind: dataset.Text}, {Name: "born", Kind: dataset.Date}}}
	giftsSchema = &dataset.Schema{Name: "donations", Singular: "donation", Event: true, Key: []string{"donation_id"}, Columns: []dataset.Column{
		{Name: "donor", Kind: dataset.Text}, {Name: "donor_type", Kind: dataset.Choice}, {Name: "person", Kind: dataset.Person}, {Name: "postcode", Kind: dataset.Text}}}
)

// human writes a member as "name=Jean Smith, postcode=NE1 1AA".
func human(ref dataset.Ref, cells string) *dataset.Row {
	return rowOf(crowdSchema, ref, fmt.Sprintf("A%d", ref), cells)
}

func rowOf(s *dataset.Schema, ref dataset.Ref, key, cells string) *dataset.Row {
	r := &dataset.Row{Ref: ref, Key: key, Cells: make([]dataset.Value, len(s.Columns))}
	for _, c := range strings.Split(cells, ", ") {
		name, text, _ := strings.Cut(c, "=")
		i, ok := s.Column(name)
		if !ok {
			panic(name)
		}
		switch s.Columns[i].Kind {
		case dataset.Date:
			d, err := calendar.ParseDate(text)
			if err != nil {
				panic(err)
			}
			r.Cells[i] = dataset.DateValue(d)
		case dataset.Choice:
			r.Cells[i] = dataset.ChoiceValue(text)
		case dataset.Person:
			who, ref, _ := strings.Cut(text, "#")
			n := 0
			fmt.Sscan(ref, &n)
			r.Cells[i] = dataset.PersonValue(who, dataset.Ref(n))
		default:
			r.Cells[i] = dataset.TextValue(text)
		}
	}
	return r
}

func tableOf(s *dataset.Schema, rows ...*dataset.Row) *dataset.Table {
	return dataset.NewTable(s, rows, time.Time{}, time.Time{}, "", "")
}

func nothing(dataset.Ref, dataset.Ref) bool { return false }

// TestWhoMayBeOne holds two members against each other.
func TestWhoMayBeOne(t *testing.T) {
	for _, c := range []struct {
		what, one, other, want string
	}{
		{"rejoined under a new number (4.3 b)", "name=Jean Smith, born=1970-05-01, postcode=NE1 1AA", "name=Jean Smith, born=1970-05-01", "strong: the same name, the same date of birth"},
		{"no date of birth, but the postcode", "name=Jean Smith, postcode=NE1 1AA", "name=Jean Smith, postcode=ne11aa", "likely: the same name, the same postcode"},
		{"the same mail address", "name=Jean Smith, email=jean@example.org", "name=Jean Smith, email=Jean@Example.org", "strong: the same name, the same mail address"},
		{"the telephone, with the code of the country", "name=Jean Smith, phone=+44 7700 900123", "name=Jean Smith, phone=07700900123", "likely: the same name, the same telephone number"},
		{"the name alone", "name=Jean Smith", "name=Jean Smith", ""},
		{"another date of birth is a no", "name=Jean Smith, born=1970-05-01, email=s@example.org", "name=Jean Smith, born=1999-05-01, email=s@example.org", ""},
		{"two of a family at one address", "name=Jean Smith, email=smiths@example.org, postcode=NE1 1AA, phone=0191 496 0000", "name=Tom Smith, email=smiths@example.org, postcode=NE1 1AA, phone=0191 496 0000", ""},
		{"twins", "name=Ada Smith, born=2001-01-01, postcode=NE1 1AA", "name=Ben Smith, born=2001-01-01, postcode=NE1 1AA", ""},
		{"Mr and Mrs J Smith", "name=Mr J Smith, postcode=NE1 1AA", "name=Mrs J Smith, postcode=NE1 1AA", ""},
		{"J Smith and Mrs Jean Smith (4.8)", "name=J Smith, postcode=NE1 1AA", "name=Mrs Jean Smith, postcode=NE1 1AA", "possible: the same family name, and an initial that fits, the same postcode"},
		{"an initial and the date of birth", "name=J. Smith, born=1970-05-01", "name=Jean Smith, born=1970-05-01", "likely: the same family name, and an initial that fits, the same date of birth"},
		{"an initial that does not fit", "name=T Smith, postcode=NE1 1AA", "name=Jean Smith, postcode=NE1 1AA", ""},
		{"a maiden name", "name=Jean Brown, born=1970-05-01, postcode=NE1 1AA", "name=Jean Smith, born=1970-05-01, postcode=NE1 1AA", "likely: the same first name, another family name, the same date of birth, the same postcode"},
		{"a maiden name, by the address of one person", "name=Jean Brown, email=jean@example.org", "name=Jean Smith, email=jean@example.org", "possible: the same first name, another family name, the same mail address"},
		{"namesakes of one birthday", "name=Jean Brown, born=1970-05-01", "name=Jean Smith, born=1970-05-01", ""},
		{"accents and apostrophes", "name=Zoë O'Neill, postcode=NE1 1AA", "name=Zoe ONeill, postcode=NE1 1AA", "likely: the same name, the same postcode"},
		{"letters without an accent to take off", "name=Bjørn Wałęsa, postcode=NE1 1AA", "name=Bjorn Walesa, postcode=NE1 1AA", "likely: the same name, the same postcode"},
		{"family name first", "name=Smith\u00a0Jean, postcode=NE1 1AA", "name=Jean Smith, postcode=NE1 1AA", "likely: the same name, the same postcode"},
		{"parts and the whole", "first_name=Jean, last_name=van der Berg, postcode=NE1 1AA", "name=Dr Jean Van Der Berg, postcode=NE1 1AA", "likely: the same name, the same postcode"},
		{"the name they go by", "first_name=Margaret, preferred_name=Peggy, last_name=Smith, postcode=NE1 1AA", "name=Peggy Smith, postcode=NE1 1AA", "likely: the same name, the same postcode"},
		{"two words or one", "name=Anne Marie Smith, postcode=NE1 1AA", "name=Anne-Marie Smith, postcode=NE1 1AA", "likely: the same name, the same postcode"},
		{"father and son", "name=John Albert Smith, postcode=NE1 1AA", "name=John Bernard Smith, postcode=NE1 1AA", ""},
		{"no family name", "name=Jean, postcode=NE1 1AA", "name=Jean, postcode=NE1 1AA", ""},
		{"no name at all", "email=a@example.org", "email=a@example.org", ""},
	} {
		t.Run(c.what, func(t *testing.T) {
			for _, rows := range [][]*dataset.Row{{human(1, c.one), human(2, c.other)}, {human(1, c.other), human(2, c.one)}} {
				got := ""
				for _, l := range dataset.Likenesses(dataset.Tables{"members": tableOf(crowdSchema, rows...)}, nil, nothing) {
					got += l.Strength + ": " + strings.Join(l.Why, ", ")
				}
				if got != c.want {
					t.Errorf("got %q, want %q", got, c.want)
				}
			}
		})
	}
}

// TestWhoElseIsNamed: an old number, and the donors of gifts that no member was
// found for. Gifts that say the same of their donor are one proposal.
func TestWhoElseIsNamed(t *testing.T) {
	gift := func(ref dataset.Ref, cells string) *dataset.Row {
		return rowOf(giftsSchema, ref, fmt.Sprintf("R%d", ref), cells)
	}
	now := dataset.Tables{
		"members": tableOf(crowdSchema, human(1, "name=Jean Smith, postcode=NE1 1AA"), human(2, "name=Ola Reed, postcode=NE2 2AA")),
		"donations": tableOf(giftsSchema, gift(21, "donor=J Smith, postcode=NE1 1AA"), gift(22, "donor=J Smith, postcode=NE1 1AA"),
			gift(23, "donor=Mrs Jean Smith, postcode=NE1 1AA"), gift(24, "donor=Ola Reed, person=A2#2, postcode=NE2 2AA"),
			gift(25, "donor=Reed Ltd, donor_type=company, postcode=NE2 2AA"), gift(26, "donor=Ola Reed, donor_type=individual, postcode=NE9 9ZZ")),
	}
	former := dataset.Tables{"members": tableOf(crowdSchema, human(9, "name=Ola Reed, postcode=NE2 2AA"))}
	var got []string
	for _, l := range dataset.Likenesses(now, former, nothing) {
		got = append(got, fmt.Sprintf("%s %s %s former %v/%v more %d/%d", l.Strength, l.One.Key, l.Other.Key, l.One.Former, l.Other.Former, l.One.More, l.Other.More))
	}
	want := []string{
		"likely A1 R23 former false/false more 0/0", "likely A2 A9 former false/true more 0/0",
		"possible A1 R21 former false/false more 0/1", "possible R21 R23 former false/false more 1/0",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestCrowdsAreNotCompared: hundreds behind one address cost next to nothing, and
// what is decided is not asked again.
func TestCrowdsAreNotCompared(t *testing.T) {
	var rows []*dataset.Row
	for i := range 400 {
		rows = append(rows, human(dataset.Ref(i+1), "name=Pat Smith, email=office@example.org, postcode=NE1 1AA"))
	}
	if got := dataset.Likenesses(dataset.Tables{"members": tableOf(crowdSchema, rows...)}, nil, nothing); len(got) != 0 {
		t.Errorf("%d pairs are proposed of a crowd", len(got))
	}
	asked := 0
	got := dataset.Likenesses(dataset.Tables{"members": tableOf(crowdSchema, rows[:3]...)}, nil, func(a, b dataset.Ref) bool {
		asked++
		return a == 1 || b == 1
	})
	if len(got) != 1 || got[0].One.Ref != 2 || got[0].Other.Ref != 3 || asked != 3 {
		t.Errorf("asked %d times, got %+v", asked, got)
	}
}

// TestLikenessesDoNotDependOnOrder: whatever the order of the rows and whichever
// of them stand in the list no longer.
func TestLikenessesDoNotDependOnOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pick := func(list ...string) string { return rapid.SampledFrom(list).Draw(t, "cell") }
		var rows []*dataset.Row
		for i := range rapid.IntRange(2, 9).Draw(t, "people") {
			rows = append(rows, human(dataset.Ref(i+1), "name="+pick("Jean Smith", "J Smith", "Smith Jean", "Mrs Jean Brown", "Tom Smith", "Zoë Smith")+
				pick("", ", born=1970-05-01", ", born=1980-05-01")+pick("", ", email=a@example.org", ", email=b@example.org")+pick("", ", postcode=NE1 1AA")))
		}
		all := dataset.Likenesses(dataset.Tables{"members": tableOf(crowdSchema, rows...)}, nil, nothing)
		mixed := rapid.Permutation(rows).Draw(t, "order")
		cut := rapid.IntRange(0, len(rows)).Draw(t, "former")
		split := dataset.Likenesses(dataset.Tables{"members": tableOf(crowdSchema, mixed[:cut]...)}, dataset.Tables{"members": tableOf(crowdSchema, mixed[cut:]...)}, nothing)
		plain := func(list []dataset.Likeness) []dataset.Likeness {
			list = slices.Clone(list)
			for i := range list {
				list[i].One.Former, list[i].Other.Former = false, false
			}
			return list
		}
		if !reflect.DeepEqual(plain(all), plain(split)) {
			t.Fatalf("in order\n%+v\notherwise\n%+v", all, split)
		}
		for _, l := range all {
			if l.One.Ref == l.Other.Ref || len(l.Why) < 2 {
				t.Fatalf("a proposal without two reasons: %+v", l)
			}
		}
	})
}

func BenchmarkLikenesses(b *testing.B) {
	var rows []*dataset.Row
	for i := range 3000 {
		rows = append(rows, human(dataset.Ref(i+1), fmt.Sprintf("name=P%d Smith%d, email=p%d@example.org, postcode=NE%d 1AA", i%200, i%500, i, i%400)))
	}
	tables := dataset.Tables{"members": tableOf(crowdSchema, rows...)}
	for b.Loop() {
		dataset.Likenesses(tables, nil, nothing)
	}
}
