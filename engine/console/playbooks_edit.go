package console

import (
	"slices"
	"strings"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// A settingField is a setting in a form.
type settingField struct {
	Name, Label, About, Kind string
	Field                    string // how it is typed: text, number, date, choice, roles, table, long
	Value                    string
	Chosen                   []string
	Options                  []settingOption
	Columns                  []string
	Rows                     []settingRow
	More                     int // rows that are not shown
	From                     string
	Usual                    string
	Ours, Unset              bool
}

type settingOption struct {
	Value, Text string
	On          bool
}

type settingRow struct {
	Key   string
	Cells []settingCell
}

type settingCell struct{ Name, Value, Column string }

// mostTableRows is how many rows of a table a form has.
const mostTableRows = 30

// fields are the settings of a playbook as a form has them, with what somebody
// typed.
func (v *visit) fields(pb *playbook.Playbook, typed map[string][]string) (out []settingField) {
	from := map[string]string{}
	var names []string
	for _, o := range pb.Origins() {
		name, ok := strings.CutPrefix(o.Path, "settings.")
		if !ok {
			continue
		}
		name, _, _ = strings.Cut(name, ".")
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
		if from[name] == "" || o.From != "library" {
			from[name] = o.From
		}
	}
	for _, name := range names {
		s := pb.Settings[name]
		if s == nil {
			continue
		}
		f := settingField{Name: name, Label: label(name), About: dataset.Plain(s.About), Kind: kindWords(s), Value: s.Text, Unset: !s.Set && s.Type != "table",
			From: dataset.Plain(from[name]), Usual: dataset.Plain(s.Usual), Ours: from[name] != "library"}
		if said, ok := typed["setting."+name]; ok && len(said) > 0 {
			f.Value, f.Chosen = said[0], said
		}
		v.shape(&f, s)
		out = append(out, f)
	}
	return out
}

// label is a name for people.
func label(name string) string {
	s := strings.ReplaceAll(name, "_", " ")
	return strings.ToUpper(s[:1]) + s[1:]
}

// shape says how a setting is typed.
func (v *visit) shape(f *settingField, s *playbook.Setting) {
	set := v.e.Set()
	f.Field = "text"
	choose := func(values []string, title func(string) string) {
		f.Field = "choice"
		if f.Unset {
			f.Options = append(f.Options, settingOption{Text: "(not set)"})
		}
		for _, x := range values {
			f.Options = append(f.Options, settingOption{Value: x, Text: dataset.Plain(title(x)), On: x == f.Value})
		}
	}
	same := func(s string) string { return s }
	switch s.Type {
	case "number", "date":
		f.Field = s.Type
	case "text":
		if len(f.Value) > 60 {
			f.Field = "long"
		}
	case "choice":
		choose(s.Choices, same)
	case "yes/no":
		choose([]string{"yes", "no"}, same)
	case "role":
		choose(set.RoleOrder(), set.RoleTitle)
	case "audience":
		var names []string
		for name := range set.Constituency.Audiences {
			names = append(names, name)
		}
		slices.Sort(names)
		choose(names, label)
	case "roles":
		f.Field = "roles"
		chosen := f.Chosen
		if chosen == nil {
			for _, t := range s.Term.List {
				chosen = append(chosen, t.Value.S)
			}
		}
		for _, r := range set.RoleOrder() {
			f.Options = append(f.Options, settingOption{Value: r, Text: set.RoleTitle(r), On: slices.Contains(chosen, r)})
		}
	case "table":
		f.Field, f.Columns = "table", s.Columns
		for i, row := range s.Term.List {
			if i == mostTableRows {
				f.More = len(s.Term.List) - mostTableRows
				break
			}
			r := settingRow{Key: fileText(row.Fields[s.Columns[0]].Value)}
			for _, c := range s.Columns[1:] {
				r.Cells = append(r.Cells, settingCell{Name: "cell." + f.Name + "." + itoa(i) + "." + c, Value: fileText(row.Fields[c].Value), Column: label(c)})
			}
			f.Rows = append(f.Rows, r)
		}
	}
}

// fileText is a value as files have it.
func fileText(v dataset.Value) string {
	switch v.Kind {
	case dataset.Date:
		return calendar.Date(v.N).String()
	case dataset.Money, dataset.Length, dataset.YesNo, dataset.Number:
		return strings.TrimSuffix(v.Words(calendar.Clock{}), ".00")
	}
	return v.S
}

// saveSettings writes what was changed in the form.
func (b *bookshelf) saveSettings(v *visit, pb *playbook.Playbook) {
	if err := v.r.ParseForm(); err != nil {
		v.fail(err)
		return
	}
	if !v.mayFor(maySettings, pb.Role) {
		v.forbid(maySettings)
		return
	}
	form := v.r.PostForm
	var changes []playbook.Change
	if name := form.Get("usual"); name != "" { // back to what the library says
		changes = append(changes, playbook.Change{Path: []string{pb.Name, "settings", name}, Away: true})
	} else {
		changes = v.changed(pb, form)
	}
	if len(changes) == 0 {
		v.done("/playbooks/"+pb.Name+"#settings", "Nothing was changed: it says so already.")
		return
	}
	b.write(v, pb, engine.Editing{Changes: map[string][]playbook.Change{tailoringFile: changes}, Saw: map[string]string{tailoringFile: form.Get("saw")}},
		"#settings", "Saved. It holds from now on.")
}

// changed are the settings that somebody typed otherwise than they are.
func (v *visit) changed(pb *playbook.Playbook, form map[string][]string) (out []playbook.Change) {
	for _, f := range v.fields(pb, nil) {
		path := []string{pb.Name, "settings", f.Name}
		said, there := form["setting."+f.Name]
		switch {
		case f.Field == "table":
			for _, row := range f.Rows {
				for i, cell := range row.Cells {
					if now, ok := form[cell.Name]; ok && len(now) > 0 && strings.TrimSpace(now[0]) != cell.Value {
						column := pb.Settings[f.Name].Columns[i+1]
						out = append(out, playbook.Change{Path: append(slices.Clone(path), row.Key, column), Text: strings.TrimSpace(now[0])})
					}
				}
			}
		case f.Field == "roles":
			var was []string
			for _, o := range f.Options {
				if o.On {
					was = append(was, o.Value)
				}
			}
			said = slices.DeleteFunc(slices.Clone(said), func(s string) bool { return s == "" })
			if _, shown := form["shown."+f.Name]; shown && !slices.Equal(was, said) {
				out = append(out, playbook.Change{Path: path, List: append([]string{}, said...)})
			}
		case !there || len(said) == 0:
		default:
			now := strings.TrimSpace(strings.ReplaceAll(said[0], "\r\n", "\n"))
			if now != strings.TrimSpace(f.Value) && !(f.Unset && now == "") {
				out = append(out, playbook.Change{Path: path, Text: now})
			}
		}
	}
	return out
}

// write writes an editing and leads back to the page; what it would make a fault
// is shown there, beside what was typed.
func (b *bookshelf) write(v *visit, pb *playbook.Playbook, ed engine.Editing, at, said string) {
	ed.Playbook = v.r.PathValue("name")
	out, err := v.e.Edit(v.steady(), v.voiceFor(pb), ed)
	switch {
	case err != nil:
		v.fail(err)
		return
	case len(out.Faults) > 0:
		b.showWith(v, pb, v.r.PostForm, wordsOf(out.Faults))
		return
	case out.Same:
		said = "Nothing was changed: it says so already."
	}
	v.renew()
	v.done("/playbooks/"+ed.Playbook+at, said)
}

// renew has the settings read anew, for all pages.
func (v *visit) renew() {
	if v.Renew == nil {
		return
	}
	if err := v.Renew(); err != nil {
		v.Log.Error("reading the settings anew failed", "err", err)
	}
}

// voiceFor is in which role somebody changes a playbook: its own where they hold
// it, else the first that they have.
func (v *visit) voiceFor(pb *playbook.Playbook) engine.Voice {
	role := v.Seat.Roles[0]
	if pb != nil && v.Seat.Holds(pb.Role) {
		role = pb.Role
	}
	return engine.Voice{Role: role, Person: v.Seat.Person, Via: "console"}
}

// saveLaw writes a stricter figure into constituency.yaml.
func (b *bookshelf) saveLaw(v *visit, pb *playbook.Playbook) {
	name := v.r.PostFormValue("figure")
	i := slices.IndexFunc(b.lawFields(v, pb), func(f lawField) bool { return f.Name == name && f.Can })
	if i < 0 || !v.may(maySettings) {
		v.forbid(maySettings)
		return
	}
	var changes []playbook.Change
	for _, key := range []string{"value", "from", "why"} {
		changes = append(changes, playbook.Change{Path: []string{"law", name, key}, Text: strings.TrimSpace(v.r.PostFormValue(key))})
	}
	b.write(v, pb, engine.Editing{Changes: map[string][]playbook.Change{constituencyFile: changes}, Saw: map[string]string{constituencyFile: v.r.PostFormValue("saw")}},
		"#law", "Saved. We hold ourselves to the stricter figure, in every playbook.")
}

// switchStep switches a step off, or on again.
func (b *bookshelf) switchStep(v *visit, pb *playbook.Playbook) {
	if !v.mayFor(maySettings, pb.Role) {
		v.forbid(maySettings)
		return
	}
	rows, _ := v.steps(pb)
	i := slices.IndexFunc(rows, func(r stepRow) bool { return r.ID == v.r.PostFormValue("step") })
	if i < 0 || rows[i].Locked != "" {
		v.gone()
		return
	}
	c := playbook.Change{Path: []string{pb.Name, "steps", rows[i].ID}, Text: "off"}
	said := "The step is switched off."
	if c.Away = v.r.PostFormValue("to") == "on"; c.Away {
		said = "The step is switched on."
	}
	b.write(v, pb, engine.Editing{Changes: map[string][]playbook.Change{tailoringFile: {c}}, Saw: map[string]string{tailoringFile: v.r.PostFormValue("saw")}}, "#steps", said)
}

// switchOn names a playbook in playbooks.yaml: from then on it runs, and only
// shows what it would do until somebody trusts it with more.
func (b *bookshelf) switchOn(v *visit, pb *playbook.Playbook) {
	rows, err := b.all(v.e)
	if err != nil {
		v.fail(err)
		return
	}
	name := v.r.PathValue("name")
	i := slices.IndexFunc(rows, func(r shelved) bool { return r.Name == name })
	switch {
	case pb != nil:
		v.done("/playbooks/"+name, "It is on already.")
		return
	case i < 0:
		v.gone()
		return
	case !v.mayFor(maySettings, rows[i].Role):
		v.forbid(maySettings)
		return
	}
	changes := []playbook.Change{{Path: []string{name, "trust"}, Text: playbook.Each.String(), Instead: true}}
	b.write(v, pb, engine.Editing{Changes: map[string][]playbook.Change{tailoringFile: changes}, Saw: map[string]string{tailoringFile: v.r.PostFormValue("saw")}},
		"", "It is switched on, and only shows what it would do. To let it ask for each of its letters, change its trust.")
}

// trust says what a playbook may do by itself.
func (b *bookshelf) trust(v *visit, pb *playbook.Playbook) {
	if !v.mayFor(mayTrust, pb.Role) {
		v.forbid(mayTrust)
		return
	}
	was, is, err := v.e.Trust(v.steady(), v.voiceFor(pb).Role, pb.Name, v.r.PostFormValue("level"), short(strings.TrimSpace(v.r.PostFormValue("minute")), 300))
	if err != nil {
		v.fail(err)
		return
	}
	said := "It is written down: " + trustWords[is.Level] + "."
	switch {
	case is.Level == playbook.Observe:
		said += " Nothing of it leaves from now on, neither letters nor tasks. What it finds meanwhile is backlog when it acts again."
	case was.Level == playbook.Observe:
		said += " What it had found by then is backlog, for which nothing goes to a member until you say so."
	}
	v.done("/playbooks/"+pb.Name+"#trust", said)
}
