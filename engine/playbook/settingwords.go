package playbook

import (
	"fmt"
	"slices"
	"strings"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// settingNames are the settings in the order of writing.
func (w *describer) settingNames() []string {
	var names []string
	for _, o := range w.pb.origins {
		if name, ok := strings.CutPrefix(o.Path, "settings."); ok {
			if name, _, _ = strings.Cut(name, "."); !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// settings says what can be set and how it is set here.
func (w *describer) settings() {
	pb := w.pb
	names := w.settingNames()
	if len(names) == 0 {
		return
	}
	w.head("What is set")
	for _, name := range names {
		s := pb.Settings[name]
		if s == nil {
			continue
		}
		about, _, _ := strings.Cut(strings.TrimSuffix(shortened(s.About), "."), ". ")
		if about == "" {
			about = sentence(readable(name))
		}
		if s.Type == "table" {
			about = "Table " + quoted(readable(name)) + ", " + lowerFirst(about)
		}
		w.item("%s: %s.", about, strings.TrimSuffix(w.value(s), "."))
	}
}

// lowerFirst begins with a small letter, unless the word is one of letters.
func lowerFirst(s string) string {
	if len(s) < 2 || s[1] >= 'A' && s[1] <= 'Z' {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

// value says how a setting is set, and how the library has it if that is
// something else.
func (w *describer) value(s *Setting) string {
	var words, was []string
	ours := false
	for _, o := range w.pb.origins {
		if head, _, _ := strings.Cut(strings.TrimPrefix(o.Path, "settings."), "."); strings.HasPrefix(o.Path, "settings.") && head == s.Name {
			ours = ours || o.Ours() && !w.pb.own()
			was = append(was, o.Library)
		}
	}
	switch {
	case !s.Set && s.Type != "table":
		return "not set"
	case s.Type == "table":
		words = w.rows(s)
	case s.Type == "role", s.Type == "roles":
		words = []string{and(w.roles(s))}
	default:
		words = []string{strings.TrimSuffix(s.Term.Value.Words(w.set.Constituency.Clock), ".00")}
	}
	say := strings.Join(words, "; ")
	switch {
	case say == "":
		say = "nothing yet"
	case ours && s.Type != "table" && was[0] != "":
		say += fmt.Sprintf(" (set here; otherwise %s)", readable(was[0]))
	case ours:
		say += " (set here)"
	}
	return say
}

// aTableful is how many words of a table stand on the page.
const aTableful = 60

// rows says the rows of a table; of a long one only what each is about.
func (w *describer) rows(s *Setting) []string {
	for columns := len(s.Columns); columns > 0; columns-- {
		var out []string
		n := 0
		for _, row := range s.Term.List {
			var cells []string
			for _, c := range s.Columns[:columns] {
				cells = append(cells, w.cell(row.Fields[c].Value))
			}
			out = append(out, strings.Join(cells, ", "))
			n += len(strings.Fields(out[len(out)-1]))
		}
		if n <= aTableful {
			return out
		}
	}
	return []string{fmt.Sprintf("%d rows", len(s.Term.List))}
}

// cell says one cell of a table; a role by its title.
func (w *describer) cell(v dataset.Value) string {
	if v.Kind == dataset.Choice {
		return w.role(v.S)
	}
	return readable(strings.TrimSuffix(v.Words(w.set.Constituency.Clock), ".00"))
}

// figures says what the law says, with its source.
func (w *describer) figures() {
	if len(w.law) == 0 {
		return
	}
	w.head("What the law says")
	for _, name := range w.law {
		f := w.set.lawFigure(name)
		now := f.Entries[len(f.Entries)-1]
		source, _, _ := strings.Cut(now.Source, ";")
		if f.columns != nil {
			w.item("%s, since %s (%s).", strings.TrimSuffix(f.Title, "."), now.From.Words(), source)
			continue
		}
		say := strings.TrimSuffix(now.Value.Words(w.set.Constituency.Clock), ".00")
		if n := len(f.Own); n > 0 && f.stricter(f.Own[n-1].Value, now.Value) {
			say += "; our own line is " + f.Own[n-1].Value.Words(w.set.Constituency.Clock)
		}
		w.item("%s: %s, since %s (%s).", strings.TrimSuffix(f.Title, "."), say, now.From.Words(), source)
	}
}

// reads says which data it uses.
func (w *describer) reads() {
	var tables []string
	for _, path := range w.pb.Data() {
		if table, _, _ := strings.Cut(path, "."); !slices.Contains(tables, readable(table)) {
			tables = append(tables, readable(table))
		}
	}
	if len(tables) == 0 {
		return
	}
	w.head("What it reads")
	say := "Our lists of " + and(tables)
	if len(w.pb.Reads) > 0 {
		say += fmt.Sprintf(", with %s, which only the roles that need it see", and(readableAll(w.pb.Reads)))
	}
	w.item("%s.", say)
}

// sources says where the duty comes from. What a role description says word for
// word is left to the playbook's own page.
func (w *describer) sources() {
	var list []string
	for _, s := range w.pb.Source {
		s = strings.TrimSuffix(shortened(s), ".")
		if role, _, ok := strings.Cut(s, ` "`); ok && strings.HasPrefix(s, "roles ") {
			if _, role, ok = strings.Cut(strings.TrimPrefix(role, "roles "), " "); ok {
				s = "the role description of the " + role
			} else {
				s = "the role descriptions"
			}
		}
		if !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	if len(list) > 0 {
		w.head("Where the duty comes from")
		w.item("%s.", upperFirst(strings.Join(list, "; ")))
	}
}
