package plan

import (
	"slices"
	"strings"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/letter"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// A Picture is one letter of a step as it would look.
type Picture struct {
	Content letter.Content
	Blanks  bool   // of a person of whom we know none of what the letter names
	Why     string // there is no letter then: why it would be held
}

// Pictures plays tests with the playbooks of a set, and gives up to so many
// letters of one step to different invented readers; and then what becomes of the
// letter where everything that it names is blank.
func Pictures(tests []*playbook.Test, set *playbook.Set, step string, most int) (out []Picture) {
	pb := (*playbook.Playbook)(nil)
	var from *playbook.Test
	for _, t := range tests {
		if pb = set.Playbook(t.Playbook); pb == nil || len(out) >= most {
			break
		}
		found, _ := lettersOf(with(t, set), step)
		for _, c := range found {
			if len(out) < most && !slices.ContainsFunc(out, func(p Picture) bool { return p.Content.Text == c.Text && p.Content.Subject == c.Subject }) {
				out = append(out, Picture{Content: c})
			}
		}
		if from == nil && len(found) > 0 {
			from = t
		}
	}
	if from == nil {
		return out
	}
	i := slices.IndexFunc(pb.Steps, func(s *playbook.Step) bool { return s.ID == step })
	for _, sparing := range []bool{false, true} { // where what is blank opens no case, only words are
		cells, any := named(pb, pb.Steps[i], sparing)
		if !any {
			return out
		}
		found, why := lettersOf(blanked(with(from, set), cells), step)
		switch {
		case len(found) > 0:
			return append(out, Picture{Content: found[0], Blanks: true})
		case why != "":
			return append(out, Picture{Blanks: true, Why: why})
		}
	}
	return out
}

// with is a test that is played with other playbooks.
func with(t *playbook.Test, set *playbook.Set) *playbook.Test {
	as := *t
	as.Set = set
	return &as
}

// lettersOf plays a test and gives the letters of a step, in their order; or, if
// there is none, why its words could not be written.
func lettersOf(t *playbook.Test, step string) (out []letter.Content, why string) {
	r := try(t, false)
	for _, m := range r.Book.Messages() {
		a, ok := r.Book.Action(first(m.Actions))
		if ok && m.Kind == ledger.Letter && m.Playbook == t.Playbook && a.Step == step {
			out = append(out, r.Words(m.ID))
		}
	}
	for _, c := range r.cannot {
		if c.Playbook == t.Playbook && c.What == "the words of "+readable(step) {
			return out, c.Why
		}
	}
	return out, ""
}

// named are the columns that the words of a step name, by the dataset; sparing
// those that are no texts.
func named(pb *playbook.Playbook, s *playbook.Step, sparing bool) (cells map[string][]string, any bool) {
	var paths []string
	if s.Subject != nil {
		paths = append(paths, s.Subject.Uses()...)
	}
	if s.Letter != nil {
		paths = append(paths, s.Letter.Uses()...)
	}
	cells = map[string][]string{}
	for _, p := range paths {
		head, column, _ := strings.Cut(p, ".")
		column, _, _ = strings.Cut(column, ".")
		if pb.For == nil || head != pb.For.Var && head != "recipient" {
			continue
		}
		c, ok := pb.For.Schema.Column(column)
		if !ok || slices.Contains(pb.For.Schema.Key, column) || column == pb.For.Schema.Email {
			continue
		}
		if kind := pb.For.Schema.Columns[c].Kind; sparing && kind != dataset.Text && kind != dataset.Reference && kind != dataset.Person {
			continue
		}
		cells[pb.For.Dataset], any = append(cells[pb.For.Dataset], column), true
	}
	return cells, any
}

// blanked is a test in which some cells of every row are blank.
func blanked(t *playbook.Test, cells map[string][]string) *playbook.Test {
	clear := func(lists map[string][]*dataset.Row) map[string][]*dataset.Row {
		out := make(map[string][]*dataset.Row, len(lists))
		for name, rows := range lists {
			out[name] = rows
			s := t.Set.Schemas[name]
			if s == nil || len(cells[name]) == 0 {
				continue
			}
			out[name] = make([]*dataset.Row, len(rows))
			for i, r := range rows {
				row := *r
				row.Cells = slices.Clone(r.Cells)
				for _, column := range cells[name] {
					if c, ok := s.Column(column); ok && c < len(row.Cells) {
						row.Cells[c] = dataset.Value{}
					}
				}
				out[name][i] = &row
			}
		}
		return out
	}
	as := *t
	as.Data = clear(t.Data)
	as.Timeline = slices.Clone(t.Timeline)
	for i := range as.Timeline {
		as.Timeline[i].Import = clear(as.Timeline[i].Import)
	}
	return &as
}
