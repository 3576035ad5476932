package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"sort"
	"strings"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/letter"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// rows gives the records a step shows, sorted by its columns, blanks first.
func (l *look) rows(w *world, s *playbook.Step) dataset.Term {
	t := s.Rows.Eval(w.World, l.vars(w))
	if t.Unknown != nil || t.Schema == nil {
		return t
	}
	rows := append([]*dataset.Row(nil), t.Rows...)
	sort.SliceStable(rows, func(i, j int) bool {
		for _, c := range s.Columns {
			a, b := l.cell(t.Schema, rows[i], c), l.cell(t.Schema, rows[j], c)
			if a.Kind != b.Kind || a.N != b.N || a.S != b.S {
				return before(a, b)
			}
		}
		return rows[i].Key < rows[j].Key
	})
	if s.Most != nil {
		if n := s.Most.Eval(w.World, l.vars(w)); n.Unknown == nil && int(n.Value.N) < len(rows) {
			rows = rows[:max(0, int(n.Value.N))]
		}
	}
	t.Rows = rows
	return t
}

// cell gives the value of a column of rows. Owner.name looks through a person
// column: of somebody whom no list knows there are only the words that stand
// there.
func (p *planner) cell(s *dataset.Schema, r *dataset.Row, column string) dataset.Value {
	name, of, dotted := strings.Cut(column, ".")
	v, _ := r.Get(s, name)
	if !dotted {
		return v
	}
	for _, table := range []string{"people", "members"} {
		if t := p.in.Tables[table]; t != nil && v.N != 0 {
			if who := t.ByRef(dataset.Ref(v.N)); who != nil {
				if got, none := who.Get(t.Schema, of); none == nil {
					return got
				}
			}
		}
	}
	if of == "name" {
		return dataset.TextValue(v.S)
	}
	return dataset.Value{}
}

// cellWords are a cell of rows as people read it; of a role its title.
func (p *planner) cellWords(s *dataset.Schema, r *dataset.Row, column string) string {
	v := p.cell(s, r, column)
	if i, ok := s.Column(column); ok && s.Columns[i].Role() && p.set.Roles[v.S] != nil {
		return p.roleTitle(v.S)
	}
	return v.Spoken(p.clock)
}

// sentences puts notes one behind the other.
func sentences(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + " " + capital(b) + "."
}

func before(a, b dataset.Value) bool {
	switch {
	case a.IsBlank() != b.IsBlank():
		return a.IsBlank()
	case a.S != b.S:
		return a.S < b.S
	}
	return a.N < b.N
}

// grid is the table of a step's rows; nil if it has none.
func (l *look) grid(w *world, s *playbook.Step) *letter.Grid {
	t, ok := l.extra["rows"]
	if !ok || t.Unknown != nil || t.Schema == nil || len(s.Columns) == 0 {
		return nil
	}
	if s.Tally {
		g := l.tally(t, s)
		g.Note = sentences(g.Note, l.leftOut(t, s))
		return g
	}
	g := &letter.Grid{Note: l.leftOut(t, s)}
	for _, c := range s.Columns {
		g.Head = append(g.Head, playbook.Heading(c))
	}
	for _, r := range t.Rows {
		var line []string
		for _, c := range s.Columns {
			line = append(line, l.cellWords(t.Schema, r, c))
		}
		g.Rows = append(g.Rows, line)
	}
	return g
}

// leftOut says how many rows are not shown because a cell is blank, and which.
func (l *look) leftOut(t dataset.Term, s *playbook.Step) string {
	n := len(t.LeftOut)
	if n == 0 {
		return ""
	}
	cols := map[string]bool{}
	for _, c := range t.LeftOut {
		cols[c.Column] = true
	}
	return l.fewRows(s, n) + " left out: " + strings.Join(sorted(cols), ", ") + " is blank or cannot be read"
}

// carry attaches a table to a message as a spreadsheet, and says so beneath it.
func (m *Message) carry(g *letter.Grid, name string) letter.Attachment {
	body := g.CSV()
	g.File = name + ".csv"
	sum := sha256.Sum256(body)
	sha := hex.EncodeToString(sum[:])
	if m.Files == nil {
		m.Files = map[string][]byte{}
	}
	m.Files[sha] = body
	return letter.Attachment{Name: g.File, Type: "text/csv; charset=utf-8", SHA256: sha, Size: int64(len(body))}
}

// readable is a name without its underscores.
func readable(name string) string { return strings.ReplaceAll(name, "_", " ") }
