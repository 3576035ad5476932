package sheet

import (
	"fmt"
	"sort"
	"strings"
	"unicode"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// A tier is how sure a heading is to be a column's.
type tier uint8

// The tiers, from the surest.
const (
	written tier = iota + 1 // under columns: in constituency.yaml
	named                   // the column's own name
	known                   // in the layout of a public register
	synonym
	unmapped
)

// A claim is a column's claim to a heading.
type claim struct {
	column int
	tier   tier
}

// A mapper knows which headings are which columns.
type mapper struct {
	schema  *dataset.Schema
	spec    Spec
	names   []string           // of spec.Columns, sorted
	claims  map[string][]claim // by folded heading
	fixed   map[string]bool    // columns that the constituency wrote
	letter  map[int]int        // column -> place, for "column F"
	profile *profile
	forced  bool // the profile was asked for
}

func newMapper(spec Spec, schema *dataset.Schema) (*mapper, error) {
	m := &mapper{schema: schema, spec: spec, claims: map[string][]claim{}, fixed: map[string]bool{}, letter: map[int]int{}}
	for name := range spec.Columns {
		m.names = append(m.names, name)
	}
	sort.Strings(m.names)
	for _, name := range m.names {
		i := columnOf(schema, name)
		if i < 0 {
			return nil, fmt.Errorf("columns: names %q, but %s has no such column; it has %s", shown(name), schema.Name, strings.Join(columnNames(schema), ", "))
		}
		m.fixed[name] = true
		if at, ok := place(spec.Columns[name]); ok {
			m.letter[i] = at
			continue
		}
		m.claim(spec.Columns[name], i, written)
	}
	for i, c := range schema.Columns {
		if m.fixed[c.Name] {
			continue
		}
		m.claim(c.Name, i, named)
		for _, s := range c.Synonyms {
			m.claim(s, i, synonym)
		}
	}
	p, err := profileFor(spec, schema)
	if err != nil {
		return nil, err
	}
	m.profile, m.forced = p, spec.Profile != ""
	if m.forced {
		m.useProfile()
	}
	return m, nil
}

func (m *mapper) claim(heading string, column int, t tier) {
	f := fold(heading)
	if f == "" {
		return
	}
	for i, c := range m.claims[f] {
		if c.column == column {
			m.claims[f][i].tier = min(c.tier, t)
			return
		}
	}
	m.claims[f] = append(m.claims[f], claim{column, t})
}

// useProfile adds the claims of the profile.
func (m *mapper) useProfile() {
	for heading, names := range m.profile.columns {
		for _, name := range names {
			if i := columnOf(m.schema, name); i >= 0 {
				if !m.fixed[name] {
					m.claim(heading, i, known)
				}
				break
			}
		}
	}
}

func (m *mapper) profileName() string {
	if m.profile == nil {
		return ""
	}
	return m.profile.name
}

// knows reports whether a heading is that of some column.
func (m *mapper) knows(heading string) bool { return len(m.claims[fold(heading)]) > 0 }

// score says how many columns a row of headings would give, whether the key is
// among them, and how many of its cells are filled.
func (m *mapper) score(cells []string) (keys bool, score, filled int) {
	var got map[int]bool
	for i, cell := range cells {
		if trim(cell) == "" {
			continue
		}
		filled++
		if len(cell) > 200 {
			continue
		}
		for _, c := range m.claims[fold(cell)] {
			if got == nil {
				got = map[int]bool{}
			}
			got[c.column] = true
		}
		for column, at := range m.letter {
			if at == i && got != nil {
				got[column] = true
			}
		}
	}
	if m.profile != nil && !m.forced && m.profile.recognises(cells) {
		return true, len(got) + len(m.profile.needs) + 1, filled
	}
	keys = len(m.schema.Key) > 0
	for _, name := range m.needed() {
		keys = keys && got[columnOf(m.schema, name)]
	}
	return keys, len(got), filled
}

// resolve decides the place of each column in the file, -1 where it has none.
func (m *mapper) resolve(header []string) ([]int, error) {
	if m.profile != nil && !m.forced {
		if m.profile.recognises(header) {
			m.useProfile()
		} else {
			m.profile = nil
		}
	}
	at, err := m.assign(header)
	if err != nil {
		return nil, err
	}
	for _, name := range m.names {
		heading := m.spec.Columns[name]
		if at[columnOf(m.schema, name)] < 0 {
			return nil, fmt.Errorf("columns: says that %s stands under %q, but there is no such heading; the headings are %s. If it has another now: clarion map FILE %s. If it is gone for good, take its line away", name, shown(heading), found(header), m.schema.Name)
		}
	}
	for _, name := range m.needed() {
		if i := columnOf(m.schema, name); i >= 0 && at[i] < 0 {
			return nil, fmt.Errorf("no heading was recognised as %s, which tells the rows of %s apart. The headings are %s; %s", name, m.schema.Name, found(header), m.advice(name))
		}
	}
	return at, nil
}

// needed are the columns of the key that a list must have headings for. In a
// key of several the branch or a date may be left out, as its cells may be
// blank: most lists of officers know neither.
func (m *mapper) needed() []string {
	var out []string
	for i, name := range m.schema.Key {
		c := columnOf(m.schema, name)
		if i == 0 || c < 0 || name != m.schema.Branch && m.schema.Columns[c].Kind != dataset.Date {
			out = append(out, name)
		}
	}
	return out
}

// assign gives each column its surest heading, and each heading to its surest
// column; what the constituency wrote may use one heading for several columns.
func (m *mapper) assign(header []string) ([]int, error) {
	at := make([]int, len(m.schema.Columns))
	best := make([]tier, len(at))
	rival := make([]int, len(at))
	for i := range at {
		at[i], best[i], rival[i] = -1, unmapped, -1
	}
	for place, h := range header {
		claims := m.claims[fold(h)]
		for _, c := range claims {
			if c.tier != written && beaten(c, claims) {
				continue
			}
			switch {
			case c.tier < best[c.column]:
				at[c.column], best[c.column], rival[c.column] = place, c.tier, -1
			case c.tier == best[c.column] && rival[c.column] < 0:
				rival[c.column] = place
			}
		}
	}
	for column, place := range m.letter {
		if place < len(header) {
			at[column], rival[column] = place, -1
		}
	}
	for i, r := range rival {
		if r < 0 {
			continue
		}
		name := m.schema.Columns[i].Name
		a, b := header[at[i]], header[r]
		choose := shown(a)
		if fold(a) == fold(b) {
			choose = "column " + letters(at[i])
		}
		return nil, fmt.Errorf("both %q (column %s) and %q (column %s) could be %s. Decide in constituency.yaml, in the entry of %s: columns: {%s: %q}",
			shown(a), letters(at[i]), shown(b), letters(r), name, m.schema.Name, name, choose)
	}
	return at, nil
}

// beaten reports whether another column has a better claim to the heading, or
// an equal one and comes earlier in the schema.
func beaten(c claim, all []claim) bool {
	for _, o := range all {
		if o.tier < c.tier || o.tier == c.tier && o.column < c.column {
			return true
		}
	}
	return false
}

// report says which heading each column took, and which nobody took.
func (m *mapper) report(header []string, at []int) (map[string]string, []string) {
	columns := make(map[string]string)
	taken := make([]bool, len(header))
	for i, place := range at {
		if place >= 0 {
			columns[m.schema.Columns[i].Name] = header[place]
			taken[place] = true
		}
	}
	var unused []string
	for place, h := range header {
		if !taken[place] && h != "" {
			unused = append(unused, h)
		}
	}
	return columns, unused
}

// keyNames names the columns of the key, with a heading for each that would be
// recognised.
func (m *mapper) keyNames() string {
	var out []string
	for _, name := range m.needed() {
		if c := columnOf(m.schema, name); c >= 0 && len(m.schema.Columns[c].Synonyms) > 0 {
			name += fmt.Sprintf(" (such as %q)", m.schema.Columns[c].Synonyms[0])
		}
		out = append(out, name)
	}
	return strings.Join(out, " and ")
}

// advice says how to map a column of the key by hand.
func (m *mapper) advice(key string) string {
	return fmt.Sprintf(`if it stands under another heading, write in constituency.yaml, in the entry of %s: columns: {%s: "the heading"}, or let this write it: clarion map FILE %s`, m.schema.Name, key, m.schema.Name)
}

func columnOf(s *dataset.Schema, name string) int {
	for i := range s.Columns {
		if s.Columns[i].Name == name {
			return i
		}
	}
	return -1
}

func columnNames(s *dataset.Schema) []string {
	names := make([]string, len(s.Columns))
	for i := range s.Columns {
		names[i] = s.Columns[i].Name
	}
	return names
}

// place reads "column F" as the place of that column, from 0.
func place(s string) (int, bool) {
	word, rest, ok := strings.Cut(strings.TrimSpace(s), " ")
	rest = strings.TrimSpace(rest)
	if !ok || !strings.EqualFold(word, "column") || len(rest) == 0 || len(rest) > 3 {
		return 0, false
	}
	n := 0
	for _, r := range rest {
		if r < 'A' || r > 'Z' {
			return 0, false
		}
		n = n*26 + int(r-'A') + 1
	}
	return n - 1, n <= maxColumns
}

// fold makes headings, and the words of choices, comparable: letters and
// digits only, in small letters, with No, Num, Nr and # as "number".
func fold(s string) string {
	var b strings.Builder
	word := make([]rune, 0, 16)
	end := func() {
		w := string(word)
		if len(w) == len(strings.Trim(s, " .:")) { // alone, No is an answer or a mere count
			b.WriteString(w)
		} else if w == "no" || w == "num" || w == "nr" || w == "nos" {
			b.WriteString("number")
		} else {
			b.WriteString(w)
		}
		word = word[:0]
	}
	small := false
	for _, r := range s {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
			if small && unicode.IsUpper(r) {
				end()
			}
			small = unicode.IsLower(r)
			word = append(word, unicode.ToLower(r))
		case r == '\'' || r == '’':
		case r == '#':
			end()
			b.WriteString("number")
			small = false
		default:
			end()
			small = false
		}
	}
	end()
	return b.String()
}
