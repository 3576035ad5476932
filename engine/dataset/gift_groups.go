package dataset

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/clarion-clp/clarion/engine/calendar"
)

// The figures of the law by which gifts are grouped.
const (
	checkLine  = "donation_check_over"
	reportLine = "unit_report_over"
)

// GiftGroupsSchema is the shape of the derived dataset gift_groups: gifts and
// loans of one source that the law adds together.
func GiftGroupsSchema() *Schema {
	return &Schema{
		Name: "gift_groups", Singular: "gift_group", Event: true, Key: []string{"key"},
		About: "Permissible gifts and loans over the check line, by source and calendar year of acceptance, until their sum passes the reporting line.",
		Columns: []Column{
			{Name: "source", Kind: Text, Class: Name, About: "Who gave, as the first of the gifts says it."},
			{Name: "person", Kind: Person, Class: Name, About: "The member who gave, if it was a member."},
			{Name: "unit", Kind: Text, About: "The accounting unit; blank where the list names none."},
			{Name: "year", Kind: Number, About: "The calendar year of acceptance."},
			{Name: "status", Kind: Choice, Choices: []string{"open", "closed"}, About: "Closed: the sum has passed the reporting line."},
			{Name: "sum", Kind: Money, Class: Financial},
			{Name: "count", Kind: Number, About: "How many gifts and loans it holds."},
			{Name: "first_on", Kind: Date, About: "The day the first of them was accepted."},
			{Name: "last_on", Kind: Date, About: "The day the last of them was accepted; of a closed group, the day the line was passed."},
			{Name: "quarter", Kind: Number, About: "The quarter in which the line was passed; blank while it is open."},
			{Name: "line", Kind: Money, About: "The reporting line in force on the last day."},
			{Name: "gifts", Kind: Text, Class: Financial, About: "The keys of the gifts and loans."},
			{Name: "small", Kind: Number, Class: Financial, About: "How many gifts of this source in this year were not over the check line; many of them may be a gift that was split."},
			{Name: "small_sum", Kind: Money, Class: Financial, About: "What these came to."},
		},
	}
}

// A gift is a gift or loan on its way into a group.
type gift struct {
	key            string
	row            *Row
	source, unit   string // normalised source
	name           string // as written
	person         Value
	amount         int64
	accepted, when calendar.Date // accepted, and the day whose check line counts
}

// A giftGrouper adds gifts up.
type giftGrouper struct {
	law   func(name string, on calendar.Date) (Value, bool)
	same  func(Ref) Ref // the number by which a person is counted
	gifts []gift
	rows  []*Row
}

// GiftGroups is the derived dataset of gifts that the law adds together. Only
// permissible gifts and loans count: accepted, not returned, forfeited or
// refused, of a source that is neither impermissible nor unidentified. Those
// over the check line are added up by source, accounting unit and calendar
// year, in the order of their acceptance; when the sum passes the reporting
// line the group is closed, bears the key of the gift that crossed it, and the
// next gift begins a new one. A gift that was accepted and lacks its donor, its
// amount or its day of acceptance cannot be added up: it stands by itself, with
// a blank status and the missing cell named. Gifts whose donors were said to be
// one person, by the number that same gives for both, are of one source.
func GiftGroups(tables Tables, law func(name string, on calendar.Date) (Value, bool), same func(Ref) Ref) *Table {
	g := &giftGrouper{law: law, same: same}
	g.donations(tables["donations"])
	g.loans(tables["loans"])
	g.saidPersons()
	g.knownPersons()
	slices.SortStableFunc(g.gifts, func(a, b gift) int {
		return cmp.Or(strings.Compare(a.source, b.source), strings.Compare(a.unit, b.unit), cmp.Compare(a.accepted, b.accepted), strings.Compare(a.key, b.key))
	})
	for i := 0; i < len(g.gifts); {
		j := i
		for j < len(g.gifts) && g.gifts[j].source == g.gifts[i].source && g.gifts[j].unit == g.gifts[i].unit && year(g.gifts[j].accepted) == year(g.gifts[i].accepted) {
			j++
		}
		g.year(g.gifts[i:j])
		i = j
	}
	var first, last time.Time
	for _, t := range []*Table{tables["donations"], tables["loans"]} {
		if t == nil {
			continue
		}
		if first.IsZero() || !t.First.IsZero() && t.First.Before(first) {
			first = t.First
		}
		if t.Imported.After(last) {
			last = t.Imported
		}
	}
	return NewTable(GiftGroupsSchema(), g.rows, last, first, "", "")
}

// year is the calendar year of a day.
func year(d calendar.Date) int {
	y, _, _ := d.Civil()
	return y
}

// donations takes the accepted, permissible gifts.
func (g *giftGrouper) donations(t *Table) {
	if t == nil {
		return
	}
	for _, r := range t.Rows {
		at := cells{t.Schema, r}
		status, accepted := at.text("status"), at.value("accepted_on")
		switch {
		case slices.Contains([]string{"returned", "forfeited", "refused"}, status), !at.value("returned_on").IsBlank():
			continue
		case slices.Contains([]string{"impermissible", "unidentifiable"}, at.text("donor_type")), slices.Contains([]string{"impermissible", "unidentified"}, at.text("kind")):
			continue
		case status != "accepted" && accepted.IsBlank():
			continue // not accepted yet
		}
		when := at.value("received_on")
		if when.IsBlank() {
			when = accepted
		}
		g.take(r.Key, r, at, "donor", "accepted_on", accepted, when)
	}
}

// loans takes the loans that were checked.
func (g *giftGrouper) loans(t *Table) {
	if t == nil {
		return
	}
	for _, r := range t.Rows {
		at := cells{t.Schema, r}
		if at.text("status") == "ended_unpermitted" || at.value("checked_on").IsBlank() {
			continue
		}
		entered := at.value("entered_on")
		g.take("loans/"+r.Key, r, at, "lender", "entered_on", entered, entered)
	}
}

// take adds one gift, or says which cell it lacks.
func (g *giftGrouper) take(key string, r *Row, at cells, donor, day string, accepted, when Value) {
	name, amount := at.text(donor), at.value("amount")
	if name == "" || amount.IsBlank() || accepted.IsBlank() {
		g.unclear(key, r, at, donor, day)
		return
	}
	source := normal(name)
	if ref := at.text("register_ref"); ref != "" {
		source = "register " + normal(ref)
	}
	g.gifts = append(g.gifts, gift{key: key, row: r, source: source, unit: at.text("accounting_unit"), name: name, person: at.value("person"),
		amount: amount.N, accepted: accepted.AsDate(), when: when.AsDate()})
}

// unclear notes a gift that cannot be added up.
func (g *giftGrouper) unclear(key string, r *Row, at cells, donor, day string) {
	var lacks []string
	for _, name := range []string{donor, "amount", day} {
		if at.value(name).IsBlank() {
			lacks = append(lacks, strings.ReplaceAll(name, "_", " "))
		}
	}
	g.alone(key, r, at.text(donor), at.value("person"), at.text("accounting_unit"),
		fmt.Sprintf("the %s of %s %s is blank, so it cannot be added up", strings.Join(lacks, " and the "), at.schema.Singular, Plain(r.Key)))
}

// lawless notes a gift of a day for which the law tables have no figure.
func (g *giftGrouper) lawless(f gift) {
	g.alone(f.key, f.row, f.name, f.person, f.unit, "the law tables have no figure for gifts accepted on "+f.accepted.Words())
}

// alone makes a record of one gift that is in no group, and says why.
func (g *giftGrouper) alone(key string, r *Row, name string, person Value, unit, why string) {
	row := &Row{Key: key + "/unclear", FirstSeen: r.FirstSeen, Changed: r.Changed, Baseline: r.Baseline, Cells: make([]Value, len(GiftGroupsSchema().Columns))}
	row.Cells[0], row.Cells[1], row.Cells[2] = TextValue(name), person, TextValue(unit)
	row.Problems = []Problem{{Column: "status", Why: why}}
	g.rows = append(g.rows, row)
}

// normal writes a name so that it is the same however it is spaced and
// punctuated.
func normal(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for len(words) > 1 && slices.Contains([]string{"mr", "mrs", "ms", "miss", "mx", "dr"}, words[0]) {
		words = words[1:]
	}
	return strings.Join(words, " ")
}

// saidPersons makes one source of donors who were said to be one person, though
// no member was found for them, and of everything under their names.
func (g *giftGrouper) saidPersons() {
	as := map[string]string{} // a source, and the one that it goes under
	root := func(source string) string {
		for as[source] != "" {
			source = as[source]
		}
		return source
	}
	first := map[Ref]string{} // a source of the person
	for _, f := range g.gifts {
		n := g.same(f.row.Ref)
		if first[n] == "" {
			first[n] = f.source
		}
		if a, b := root(first[n]), root(f.source); a != b {
			as[max(a, b)] = min(a, b)
		}
	}
	if len(as) == 0 {
		return
	}
	for i := range g.gifts {
		g.gifts[i].source = root(g.gifts[i].source)
	}
}

// knownPersons makes one source of a member and of everything under a name that
// was matched with that member alone.
func (g *giftGrouper) knownPersons() {
	who := map[string]int64{}
	for _, f := range g.gifts {
		if n := f.person.N; f.person.Kind == Person && n != 0 {
			if old, known := who[f.source]; known && old != n {
				n = -1 // two members bear this name
			}
			who[f.source] = n
		}
	}
	for i := range g.gifts {
		f := &g.gifts[i]
		n := f.person.N
		if f.person.Kind != Person || n == 0 {
			n = who[f.source]
		}
		if n > 0 {
			f.source = "person " + strconv.FormatInt(n, 10)
		}
	}
}

// year adds up the gifts of one source, unit and calendar year, in the order of
// their acceptance.
func (g *giftGrouper) year(gifts []gift) {
	var open []gift
	var small, smallSum, sum int64
	from := len(g.rows)
	for _, f := range gifts {
		line, ok := g.law(checkLine, f.when)
		report, ok2 := g.law(reportLine, f.accepted)
		if !ok || !ok2 {
			g.lawless(f)
			continue
		}
		if f.amount <= line.N {
			small, smallSum = small+1, smallSum+f.amount
			continue
		}
		open = append(open, f)
		if sum += f.amount; sum > report.N {
			g.group(open, sum, report, true)
			open, sum = nil, 0
		}
	}
	if len(open) > 0 {
		report, _ := g.law(reportLine, open[len(open)-1].accepted)
		g.group(open, sum, report, false)
	}
	for _, row := range g.rows[from:] {
		if len(row.Problems) == 0 {
			row.Cells[12], row.Cells[13] = NumberValue(small), MoneyValue(smallSum)
		}
	}
}

// group makes the record of one group. A closed one bears the key of the gift
// that crossed the line; an open one that of its source and year.
func (g *giftGrouper) group(gifts []gift, sum int64, line Value, closed bool) {
	head, last := gifts[0], gifts[len(gifts)-1]
	y, m, _ := last.accepted.Civil()
	key, status, quarter, seen := last.key, "closed", NumberValue(int64(m-1)/3+1), last.row
	if !closed {
		key, status, quarter, seen = sourceKey(head)+"/"+strconv.Itoa(y)+"/open", "open", Value{}, head.row
	}
	keys := make([]string, len(gifts))
	for i, f := range gifts {
		keys[i] = f.key
	}
	row := &Row{Key: key, FirstSeen: seen.FirstSeen, Changed: last.row.Changed, Baseline: seen.Baseline, Cells: make([]Value, len(GiftGroupsSchema().Columns))}
	own := []Value{TextValue(head.name), head.person, TextValue(head.unit), NumberValue(int64(y)), ChoiceValue(status), MoneyValue(sum),
		NumberValue(int64(len(gifts))), DateValue(head.accepted), DateValue(last.accepted), quarter, line, TextValue(strings.Join(keys, ", "))}
	copy(row.Cells, own)
	g.rows = append(g.rows, row)
}

// sourceKey stands for a source in a key: not by name, because keys are kept
// when names are forgotten.
func sourceKey(f gift) string {
	h := sha256.Sum256([]byte(f.source + "\x00" + f.unit))
	return fmt.Sprintf("%x", h[:6])
}
