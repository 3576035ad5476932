package dataset_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
	"pgregory.net/rapid"
)

// law is the law of 2024: checked over £500, reported over £2,230.
func law(name string, on calendar.Date) (dataset.Value, bool) {
	if on < calendar.NewDate(2010, 1, 1) {
		return dataset.Value{}, false
	}
	if name == "donation_check_over" {
		return dataset.MoneyValue(50000), true
	}
	return dataset.MoneyValue(223000), true
}

var donationSchema = &dataset.Schema{Name: "donations", Singular: "donation", Event: true, Key: []string{"id"}, Columns: []dataset.Column{
	{Name: "donor", Kind: dataset.Text}, {Name: "amount", Kind: dataset.Money}, {Name: "accepted_on", Kind: dataset.Date},
	{Name: "status", Kind: dataset.Choice}, {Name: "donor_type", Kind: dataset.Choice}, {Name: "kind", Kind: dataset.Choice},
	{Name: "person", Kind: dataset.Person}, {Name: "returned_on", Kind: dataset.Date}, {Name: "register_ref", Kind: dataset.Text},
	{Name: "accounting_unit", Kind: dataset.Text}, {Name: "received_on", Kind: dataset.Date},
}}

var loanSchema = &dataset.Schema{Name: "loans", Singular: "loan", Event: true, Key: []string{"id"}, Columns: []dataset.Column{
	{Name: "lender", Kind: dataset.Text}, {Name: "amount", Kind: dataset.Money}, {Name: "entered_on", Kind: dataset.Date},
	{Name: "checked_on", Kind: dataset.Date}, {Name: "status", Kind: dataset.Choice},
}}

// record makes a row of "D1 donor=Ada Penny amount=60000 accepted_on=2026-01-05".
func record(t fataler, s *dataset.Schema, text string) *dataset.Row {
	key, rest, _ := strings.Cut(text, " ")
	row := &dataset.Row{Key: key, FirstSeen: noon(1), Cells: make([]dataset.Value, len(s.Columns))}
	for _, part := range strings.Split(rest, ";") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		name, val, _ := strings.Cut(part, "=")
		i, ok := s.Column(name)
		if !ok {
			t.Fatalf("no column %s", name)
		}
		switch s.Columns[i].Kind {
		case dataset.Money:
			var n int64
			if _, err := fmt.Sscan(val, &n); err != nil {
				t.Fatalf("%s: %v", val, err)
			}
			row.Cells[i] = dataset.MoneyValue(n * 100)
		case dataset.Date:
			d, err := calendar.ParseDate(val)
			if err != nil {
				t.Fatalf("%s: %v", val, err)
			}
			row.Cells[i] = dataset.DateValue(d)
		case dataset.Person:
			row.Cells[i] = dataset.PersonValue("someone", dataset.Ref(len(val)))
		case dataset.Choice:
			row.Cells[i] = dataset.ChoiceValue(val)
		default:
			row.Cells[i] = dataset.TextValue(val)
		}
	}
	return row
}

type fataler interface{ Fatalf(string, ...any) }

func TestGiftGroups(t *testing.T) {
	for _, c := range []struct {
		name         string
		gifts, loans []string
		want         []string // key (of an open one: open): status sum count gifts, small
	}{
		{"under the reporting line the group stays open", []string{"D1 donor=Ada; amount=1000; accepted_on=2026-01-05", "D2 donor=Ada; amount=1200; accepted_on=2026-03-05"}, nil,
			[]string{"open: open £2,200.00 2 [D1, D2] 0"}},
		{"exactly the line does not cross it", []string{"D1 donor=Ada; amount=1000; accepted_on=2026-01-05", "D2 donor=Ada; amount=1230; accepted_on=2026-03-05"}, nil,
			[]string{"open: open £2,230.00 2 [D1, D2] 0"}},
		{"a pound more does", []string{"D1 donor=Ada; amount=1000; accepted_on=2026-01-05", "D2 donor=Ada; amount=1231; accepted_on=2026-04-05"}, nil,
			[]string{"D2: closed £2,231.00 2 [D1, D2] 0 quarter 2"}},
		{"after it the count begins at nothing", []string{"D1 donor=Ada; amount=2300; accepted_on=2026-01-05", "D2 donor=Ada; amount=2000; accepted_on=2026-02-05", "D3 donor=Ada; amount=231; accepted_on=2026-02-06", "D4 donor=Ada; amount=600; accepted_on=2026-12-31"}, nil,
			[]string{"D1: closed £2,300.00 1 [D1] 1 quarter 1", "D4: closed £2,600.00 2 [D2, D4] 1 quarter 4"}},
		{"£500 exactly is no gift in law", []string{"D1 donor=Ada; amount=500; accepted_on=2026-01-05", "D2 donor=Ada; amount=501; accepted_on=2026-01-06"}, nil,
			[]string{"open: open £501.00 1 [D2] 1"}},
		{"many of £500 are counted beside it", []string{"D1 donor=Ada; amount=500; accepted_on=2026-01-05", "D2 donor=Ada; amount=500; accepted_on=2026-01-06", "D3 donor=Ada; amount=2231; accepted_on=2026-02-06"}, nil,
			[]string{"D3: closed £2,231.00 1 [D3] 2 quarter 1"}},
		{"the order of acceptance counts, not of arrival", []string{"D1 donor=Ada; amount=1500; accepted_on=2026-05-05; received_on=2026-01-01", "D2 donor=Ada; amount=1500; accepted_on=2026-02-05; received_on=2026-01-30"}, nil,
			[]string{"D1: closed £3,000.00 2 [D2, D1] 0 quarter 2"}},
		{"each calendar year by itself", []string{"D1 donor=Ada; amount=2000; accepted_on=2025-12-31", "D2 donor=Ada; amount=2000; accepted_on=2026-01-01"}, nil,
			[]string{"open: open £2,000.00 1 [D1] 0", "open: open £2,000.00 1 [D2] 0"}},
		{"each source by itself, however it is written", []string{"D1 donor=Ada Penny; amount=1200; accepted_on=2026-01-05", "D2 donor=MRS  Ada  PENNY.; amount=1200; accepted_on=2026-01-06", "D3 donor=Bo Ash; amount=2000; accepted_on=2026-01-06"}, nil,
			[]string{"D2: closed £2,400.00 2 [D1, D2] 0 quarter 1", "open: open £2,000.00 1 [D3] 0"}},
		{"a member is one source under two names", []string{"D1 donor=Ada Penny; amount=1200; accepted_on=2026-01-05; person=xxx", "D2 donor=A Penny; amount=1200; accepted_on=2026-01-06; person=xxx", "D3 donor=Ada Penny; amount=600; accepted_on=2026-01-07"}, nil,
			[]string{"D2: closed £2,400.00 2 [D1, D2] 0 quarter 1", "open: open £600.00 1 [D3] 0"}},
		{"two members of one name are two", []string{"D1 donor=Jo Fox; amount=1200; accepted_on=2026-01-05; person=x", "D2 donor=Jo Fox; amount=1200; accepted_on=2026-01-06; person=xx"}, nil,
			[]string{"open: open £1,200.00 1 [D1] 0", "open: open £1,200.00 1 [D2] 0"}},
		{"a company is its number", []string{"D1 donor=Acme Ltd; amount=1200; accepted_on=2026-01-05; register_ref=0123", "D2 donor=Acme Limited; amount=1200; accepted_on=2026-01-06; register_ref=0123"}, nil,
			[]string{"D2: closed £2,400.00 2 [D1, D2] 0 quarter 1"}},
		{"each accounting unit by itself", []string{"D1 donor=Ada; amount=1200; accepted_on=2026-01-05; accounting_unit=Thornley", "D2 donor=Ada; amount=1200; accepted_on=2026-01-06; accounting_unit=Vale"}, nil,
			[]string{"open: open £1,200.00 1 [D1] 0", "open: open £1,200.00 1 [D2] 0"}},
		{"what was not accepted, went back or may not be given does not count", []string{
			"D1 donor=Ada; amount=3000; status=received", "D2 donor=Ada; amount=3000; status=returned; accepted_on=2026-01-05", "D3 donor=Ada; amount=3000; accepted_on=2026-01-05; returned_on=2026-01-09",
			"D4 donor=Ada; amount=3000; accepted_on=2026-01-05; donor_type=impermissible", "D5 donor=Ada; amount=3000; accepted_on=2026-01-05; kind=unidentified", "D6 donor=Ada; amount=3000; status=forfeited; accepted_on=2026-01-05"}, nil, nil},
		{"loans count with gifts, once they are checked", []string{"D1 donor=Ada; amount=1200; accepted_on=2026-01-05"}, []string{"L1 lender=Ada; amount=1100; entered_on=2026-01-06; checked_on=2026-01-06; status=running", "L2 lender=Ada; amount=9000; entered_on=2026-01-07", "L3 lender=Ada; amount=9000; entered_on=2026-01-07; checked_on=2026-01-07; status=ended_unpermitted"},
			[]string{"loans/L1: closed £2,300.00 2 [D1, loans/L1] 0 quarter 1"}},
		{"without a day, an amount or a donor it stands by itself", []string{"D1 donor=Ada; amount=1200; status=accepted", "D2 donor=Ada; accepted_on=2026-01-05", "D3 amount=1200; accepted_on=2026-01-05", "D4 status=accepted"}, nil, []string{
			"D1/unclear: the accepted on of donation D1 is blank, so it cannot be added up", "D2/unclear: the amount of donation D2 is blank, so it cannot be added up",
			"D3/unclear: the donor of donation D3 is blank, so it cannot be added up", "D4/unclear: the donor and the amount and the accepted on of donation D4 is blank, so it cannot be added up"}},
		{"before the law tables begin", []string{"D1 donor=Ada; amount=1200; accepted_on=2009-12-31"}, nil, []string{"D1/unclear: the law tables have no figure for gifts accepted on 31 December 2009"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			tables := dataset.Tables{}
			for name, list := range map[string][]string{"donations": c.gifts, "loans": c.loans} {
				s := map[string]*dataset.Schema{"donations": donationSchema, "loans": loanSchema}[name]
				var rows []*dataset.Row
				for _, text := range list {
					rows = append(rows, record(t, s, text))
				}
				if rows != nil {
					tables[name] = dataset.NewTable(s, rows, noon(1), noon(1), "", "")
				}
			}
			tab := dataset.GiftGroups(tables, law, alone)
			var got []string
			for _, r := range tab.Rows {
				got = append(got, groupWords(t, tab, r))
			}
			slices.Sort(got)
			slices.Sort(c.want)
			if !slices.Equal(got, c.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}

func groupWords(t *testing.T, tab *dataset.Table, r *dataset.Row) string {
	key := r.Key
	if strings.HasSuffix(key, "/open") {
		key = "open"
	}
	if len(r.Problems) > 0 {
		return key + ": " + r.Problems[0].Why
	}
	c := london(t)
	words := fmt.Sprintf("%s: %s %s %s [%s] %s", key, cell(t, tab, r, "status").S, cell(t, tab, r, "sum").Words(c), cell(t, tab, r, "count").Words(c), cell(t, tab, r, "gifts").S, cell(t, tab, r, "small").Words(c))
	if q := cell(t, tab, r, "quarter"); !q.IsBlank() {
		words += " quarter " + q.Words(c)
	}
	return words
}

// An open group keeps its key while it grows, bears no name in it, and gives way
// to the key of the gift that crosses; an edit that moves the crossing moves
// the key.
func TestKeysOfGiftGroups(t *testing.T) {
	keys := func(texts ...string) []string {
		var rows []*dataset.Row
		for _, text := range texts {
			rows = append(rows, record(t, donationSchema, text))
		}
		var out []string
		for _, r := range dataset.GiftGroups(dataset.Tables{"donations": dataset.NewTable(donationSchema, rows, noon(1), noon(1), "", "")}, law, alone).Rows {
			out = append(out, r.Key)
		}
		return out
	}
	one := keys("D1 donor=Ada Penny; amount=1000; accepted_on=2026-01-05")
	two := keys("D1 donor=Ada Penny; amount=1000; accepted_on=2026-01-05", "D2 donor=Ada Penny; amount=1000; accepted_on=2026-01-06")
	if len(one) != 1 || !slices.Equal(one, two) || strings.Contains(strings.ToLower(one[0]), "penny") || !strings.HasSuffix(one[0], "/2026/open") {
		t.Errorf("the keys are %v and %v", one, two)
	}
	third := "D3 donor=Ada Penny; amount=1000; accepted_on=2026-01-07"
	if got := keys("D1 donor=Ada Penny; amount=1000; accepted_on=2026-01-05", "D2 donor=Ada Penny; amount=1000; accepted_on=2026-01-06", third); !slices.Equal(got, []string{"D3"}) {
		t.Errorf("crossed with %v, want D3", got)
	}
	if got := keys("D1 donor=Ada Penny; amount=1000; accepted_on=2026-01-05", "D2 donor=Ada Penny; amount=1300; accepted_on=2026-01-06", third); !slices.Equal(got, append(slices.Clone(one), "D2")) {
		t.Errorf("the edited gift crosses: %v, want D2 and %v", got, one)
	}
}

// Whatever the gifts, every accepted one over the line is in exactly one group;
// a closed group has passed the line with its last gift and not before, and an
// open one has not.
func TestGiftGroupsHoldEveryGiftOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		amounts := map[string]int64{}
		var rows []*dataset.Row
		for i := range rapid.IntRange(0, 30).Draw(t, "gifts") {
			key, pounds := fmt.Sprintf("D%02d", i), rapid.Int64Range(1, 3000).Draw(t, "pounds")
			if pounds > 500 {
				amounts[key] = pounds * 100
			}
			rows = append(rows, record(t, donationSchema, fmt.Sprintf("%s donor=%s; amount=%d; accepted_on=%s", key, rapid.SampledFrom([]string{"Ada", "Bo"}).Draw(t, "donor"), pounds,
				calendar.NewDate(2026, 1, 1).AddDays(rapid.IntRange(0, 500).Draw(t, "day")))))
		}
		tab := dataset.GiftGroups(dataset.Tables{"donations": dataset.NewTable(donationSchema, rows, noon(1), noon(1), "", "")}, law, alone)
		for _, r := range tab.Rows {
			s := tab.Schema
			status, _ := r.Get(s, "status")
			list, _ := r.Get(s, "gifts")
			sum, _ := r.Get(s, "sum")
			var total, last int64
			for _, key := range strings.Split(list.S, ", ") {
				last = amounts[key]
				if last == 0 {
					t.Fatalf("%s is in two groups, or in one it does not belong to", key)
				}
				total += last
				delete(amounts, key)
			}
			if total != sum.N || (status.S == "closed") != (total > 223000) || total-last > 223000 {
				t.Fatalf("%s is %s with %d of %d", r.Key, status.S, total, sum.N)
			}
		}
		if len(amounts) > 0 {
			t.Fatalf("in no group: %v", amounts)
		}
	})
}

// alone is nobody being one with anybody.
func alone(r dataset.Ref) dataset.Ref { return r }
