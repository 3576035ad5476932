package plan

import (
	"slices"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/letter"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// tallyNote says beneath a table of counts why numbers are missing in it.
const tallyNote = "No number under 5 is given, and none that would give one away."

// tally is the table of how many rows there are of each kind: by the values of
// one column, or by those of two against each other, with totals. No count in it
// can be worked out that is under few (hide.go).
func (l *look) tally(t dataset.Term, s *playbook.Step) *letter.Grid {
	down, row := l.kinds(t, s.Columns[0])
	across, column := []string{"number"}, make([]int, len(t.Rows))
	if len(s.Columns) == 2 {
		across, column = l.kinds(t, s.Columns[1])
	}
	cells := make([][]int, len(down))
	for i := range cells {
		cells[i] = make([]int, len(across))
	}
	for i := range row {
		cells[row[i]][column[i]]++
	}
	g := &letter.Grid{Head: append([]string{playbook.Heading(s.Columns[0])}, across...)}
	table := crossTable(cells)
	if len(s.Columns) == 1 {
		table = plainTable(slices.Concat(cells...))
	}
	hidden := hide(table)
	words := make([]string, len(table))
	for i := range table {
		words[i] = table[i].word()
	}
	inner := len(down) * len(across)
	sums, last := words[inner:], words[len(words)-1]
	for i, head := range down {
		line := append([]string{head}, words[i*len(across):(i+1)*len(across)]...)
		if len(s.Columns) == 2 {
			line = append(line, sums[i])
		}
		g.Rows = append(g.Rows, line)
	}
	total := []string{"total"}
	if len(s.Columns) == 2 {
		g.Head = append(g.Head, "total")
		total = append(total, sums[len(down):len(sums)-1]...)
	}
	g.Rows = append(g.Rows, append(total, last))
	if hidden {
		g.Note = tallyNote
	}
	return g
}

// total is what a letter says of how many rows its table counts.
func (l *look) total(s *playbook.Step) string {
	t := l.extra["rows"]
	if t.Unknown != nil || t.Schema == nil {
		return ""
	}
	lines := l.tally(t, s).Rows
	last := lines[len(lines)-1]
	if word := last[len(last)-1]; word != (&count{cover: unsaid}).word() {
		return word
	}
	return "some"
}

// kinds are the values of a column among rows, in words and in order: choices
// as the schema has them, what is blank last. For each row it says which one is
// its own.
func (l *look) kinds(t dataset.Term, column string) (words []string, of []int) {
	first := map[string]dataset.Value{}
	said := make([]string, len(t.Rows))
	for i, r := range t.Rows {
		v := l.cell(t.Schema, r, column)
		if said[i] = "not given"; !v.IsBlank() {
			said[i] = l.cellWords(t.Schema, r, column)
		}
		if v.Kind == dataset.Choice {
			said[i] = readable(said[i])
		}
		if _, known := first[said[i]]; !known {
			first[said[i]] = v
			words = append(words, said[i])
		}
	}
	var choices []string
	if i, ok := t.Schema.Column(column); ok {
		choices = t.Schema.Columns[i].Choices
	}
	slices.SortStableFunc(words, func(x, y string) int {
		a, b := first[x], first[y]
		switch i, j := slices.Index(choices, a.S), slices.Index(choices, b.S); {
		case a.IsBlank() && b.IsBlank():
			return 0
		case b.IsBlank() || !a.IsBlank() && (i < j || i == j && before(a, b)):
			return -1
		case a.IsBlank() || i > j || before(b, a):
			return 1
		}
		return 0
	})
	of = make([]int, len(said))
	for i, w := range said {
		of[i] = slices.Index(words, w)
	}
	return words, of
}
