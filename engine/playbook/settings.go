package playbook

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/spelling"
)

// settingTypes are the words for the types of settings.
var settingTypes = []string{"text", "number", "money", "date", "duration", "role", "roles", "audience", "link", "choice", "yes/no", "table"}

// A settingDef is a setting as the playbook defines it.
type settingDef struct {
	*Setting
	at       entry
	column   dataset.Column // of a plain type
	columns  []settingDef   // of a table; the first is the key
	min, max value
	standard *dataset.Term // the default, if there is one
	faulty   bool          // and its faults are noted already
}

// typ is what settings.<name> is in conditions and letters.
func (s *settingDef) typ(ld *loader) dataset.Type {
	plain := dataset.Type{Kind: s.column.Kind}
	switch s.Type {
	case "role":
		return ld.roleType
	case "roles":
		return dataset.Type{List: &ld.roleType}
	case "choice":
		plain.Column = &s.column
	case "table":
		fields := make(map[string]dataset.Type, len(s.columns))
		for i := range s.columns {
			fields[s.columns[i].Name] = s.columns[i].typ(ld)
		}
		return dataset.Type{List: &dataset.Type{Fields: fields}}
	}
	return plain
}

// settings reads the settings of a playbook and lays a constituency's own
// values over the defaults.
func (b *builder) settings(v value, own mapping, from string) {
	if v.there() {
		m, _ := v.mapping("settings")
		for _, e := range m.entries {
			def, ok := b.setting(e)
			if def == nil {
				b.ld.broken["settings."+e.name] = true
				continue
			}
			def.faulty = !ok
			def.forForms(b.ld.set.Constituency.Clock)
			b.defs = append(b.defs, def)
			b.pb.Settings[def.Name] = def.Setting
		}
	}
	for _, e := range own.entries {
		i := slices.IndexFunc(b.defs, func(d *settingDef) bool { return d.Name == e.name })
		if i < 0 {
			e.key.fault(didYouMean(e.name, sortedNames(b.pb.Settings)), "%s has no setting %q.", sentence(b.pb.Name), plain(e.name))
			continue
		}
		def := b.defs[i]
		term, ok := b.ld.settingTerm(def, e.val, def.Term)
		if !ok || !b.within(def, e.val, term) {
			def.faulty = true
			continue
		}
		def.Term, def.Setting.Set, def.Origin = term, true, from
		def.Text = scalarOf(e.val)
	}
	b.audiences(own)
}

// audiences checks that the audiences which settings name are there, once a
// constituency's values lie over the defaults. While constituency.yaml has faults
// of its own, nobody knows which it means to have.
func (b *builder) audiences(own mapping) {
	if b.ld.audiences == nil || slices.ContainsFunc(b.ld.faults, func(f Fault) bool { return f.File == constituencyFile }) {
		return
	}
	for _, def := range b.defs {
		at := def.at.key
		for _, e := range own.entries {
			if e.name == def.Name {
				at = e.key
			}
		}
		for _, name := range def.audiences() {
			if !b.ld.audiences[name] {
				hint := "add it under audiences in constituency.yaml, or name another in the setting " + def.Name
				if near := spelling.Nearest(name, sortedNames(b.ld.audiences)); near != "" {
					hint = "did you mean " + strconv.Quote(near) + "?"
				}
				at.fault(hint, "There is no audience %q, which %s names.", plain(name), plain(def.Name))
				def.faulty = true
			}
		}
	}
}

// audiences are those that a setting names.
func (s *settingDef) audiences() (names []string) {
	add := func(v dataset.Value) {
		if v.S != "" && !slices.Contains(names, v.S) {
			names = append(names, v.S)
		}
	}
	if s.Type == "audience" {
		add(s.Term.Value)
	}
	for i := range s.columns {
		if s.columns[i].Type != "audience" {
			continue
		}
		for _, row := range s.Term.List {
			add(row.Fields[s.columns[i].Name].Value)
		}
	}
	return names
}

// setting reads the definition of one setting.
func (b *builder) setting(e entry) (*settingDef, bool) {
	name, ok := e.key.name("setting")
	m, good := e.val.form(settingForm)
	if !ok || !good {
		return nil, false
	}
	def := &settingDef{Setting: &Setting{Name: name}, at: e, min: m.get("min"), max: m.get("max")}
	if !m.get("type").there() {
		e.key.fault("it can be "+orList(settingTypes), "A setting must have a type.")
		return nil, false
	}
	if def.Type, ok = m.get("type").choice("type", settingTypes...); !ok {
		return nil, false
	}
	def.column = dataset.Column{Name: name, Kind: plainKind(def.Type)}
	setText(m, "about", &def.About)
	if !b.bounds(def) || !b.shape(def, m) {
		return nil, false
	}
	d := m.get("default")
	if !d.there() {
		return def, true
	}
	def.Term, ok = b.ld.settingTerm(def, d, dataset.Term{})
	if ok = ok && b.within(def, d, def.Term); ok {
		def.Set, def.Origin = true, library
		standard := def.Term
		def.standard = &standard
	}
	return def, ok
}

// plainKind is the kind of a plain type of setting.
func plainKind(typ string) dataset.Kind {
	switch typ {
	case "link", "audience":
		return dataset.Text
	case "role":
		return dataset.Choice
	case "roles", "table":
		return dataset.Blank
	}
	return kindNames[typ]
}

// shape reads what only some types have: choices and columns.
func (b *builder) shape(def *settingDef, m mapping) bool {
	choices, columns := m.get("choices"), m.get("columns")
	var ok bool
	switch {
	case def.Type == "choice" && !choices.there():
		def.at.key.fault("", "A setting of type choice must have choices.")
		return false
	case def.Type != "choice" && choices.there():
		choices.fault("", "Only a setting of type choice has choices.")
		return false
	case choices.there():
		def.column.Choices, ok = choices.texts("choices")
		return ok
	case def.Type == "table" && !columns.there():
		def.at.key.fault("", "A table must have columns.")
		return false
	case def.Type != "table" && columns.there():
		columns.fault("", "Only a table has columns.")
		return false
	case !columns.there():
		return true
	}
	cm, good := columns.mapping("columns")
	for _, c := range cm.entries {
		name, ok := c.key.name("column")
		typ, ok2 := c.val.choice("a column", columnTypes...)
		good = good && ok && ok2
		def.Columns = append(def.Columns, name)
		def.columns = append(def.columns, settingDef{Setting: &Setting{Name: name, Type: typ}, at: c, column: dataset.Column{Name: name, Kind: plainKind(typ)}})
	}
	return good && len(def.columns) > 0
}

// bounds checks that min and max stand only where they mean something.
func (b *builder) bounds(def *settingDef) bool {
	for _, v := range []value{def.min, def.max} {
		if !v.there() {
			continue
		}
		if !slices.Contains([]string{"number", "money", "date", "duration"}, def.Type) {
			v.fault("", "Only number, money, date and duration have min and max.")
			return false
		}
		if _, ok := v.literal("a bound", &def.column, b.ld.set.Constituency.Clock); !ok {
			return false
		}
	}
	return true
}

// within checks a value against min and max.
func (b *builder) within(def *settingDef, v value, t dataset.Term) bool {
	clock := b.ld.set.Constituency.Clock
	if def.min.there() {
		if low, _ := def.min.literal("min", &def.column, clock); size(t.Value) < size(low) {
			v.fault("", "%s must be at least %s.", sentence(def.Name), low.Words(clock))
			return false
		}
	}
	if def.max.there() {
		if high, _ := def.max.literal("max", &def.column, clock); size(t.Value) > size(high) {
			v.fault("", "%s must be at most %s.", sentence(def.Name), high.Words(clock))
			return false
		}
	}
	return true
}

// size makes values of one kind comparable; durations roughly, in hours.
func size(v dataset.Value) float64 {
	if v.Kind != dataset.Length {
		return float64(v.N)
	}
	hours := map[calendar.Unit]float64{calendar.Hour: 1, calendar.WorkingDay: 24 * 1.4, calendar.UKWorkingDay: 24 * 1.4, calendar.Week: 24 * 7, calendar.Month: 24 * 30.44, calendar.Year: 24 * 365.25}[v.Unit]
	if hours == 0 {
		hours = 24
	}
	return math.Round(float64(v.N) * hours)
}

// settingTerm reads a value of a setting's type; a table's rows are laid by
// their key over those that are there.
func (ld *loader) settingTerm(def *settingDef, v value, over dataset.Term) (dataset.Term, bool) {
	switch def.Type {
	case "roles":
		list, good := v.items(def.Name)
		t := dataset.Term{IsList: true}
		for _, item := range list {
			role, ok := ld.roleValue(item)
			good = good && ok
			t.List = append(t.List, dataset.Term{Value: role})
		}
		return t, good
	case "table":
		return ld.tableTerm(def, v, over)
	}
	val, ok := ld.plainSetting(def, v)
	return dataset.Term{Value: val}, ok
}

// plainSetting reads a value of a plain type.
func (ld *loader) plainSetting(def *settingDef, v value) (dataset.Value, bool) {
	switch def.Type {
	case "role":
		return ld.roleValue(v)
	case "link":
		s, ok := v.text(def.Name)
		if ok && !strings.HasPrefix(s, "https://") && !strings.HasPrefix(s, "http://") || strings.ContainsAny(s, " \n<>\"") {
			v.fault("write the whole address, https://example.org/guide", "%s must be a link.", sentence(def.Name))
			return dataset.Value{}, false
		}
		return dataset.TextValue(s), ok
	}
	return v.literal(def.Name, &def.column, ld.set.Constituency.Clock)
}

// roleValue reads the name of a role.
func (ld *loader) roleValue(v value) (dataset.Value, bool) {
	s, ok := v.text("role")
	if ok && ld.set.Roles[s] == nil {
		v.fault(didYouMean(s, sortedNames(ld.set.Roles)), "There is no role %q.", plain(s))
		return dataset.Value{}, false
	}
	return dataset.ChoiceValue(s), ok
}

// tableTerm reads rows: a list of whole rows, or, over a default, a mapping
// from key to changed columns or "off".
func (ld *loader) tableTerm(def *settingDef, v value, over dataset.Term) (dataset.Term, bool) {
	t := dataset.Term{IsList: true, List: slices.Clone(over.List)}
	key := def.columns[0].Name
	seen := map[dataset.Value]bool{}
	good := true
	put := func(at value, row dataset.Term) {
		k := row.Fields[key].Value
		if seen[k] {
			at.fault("", "Two rows have the same %s.", key)
			good = false
		}
		seen[k] = true
		for i := range t.List {
			if t.List[i].Fields[key].Value == k {
				t.List[i] = row
				return
			}
		}
		t.List = append(t.List, row)
	}
	if !v.isMapping() {
		list, ok := v.items(def.Name)
		for _, item := range list {
			row, ok := ld.tableRow(def, item, nil)
			if good = good && ok; ok {
				put(item, row)
			}
		}
		return t, ok && good
	}
	m, ok := v.mapping(def.Name)
	for _, e := range m.entries {
		k, ok := ld.plainSetting(&def.columns[0], e.key)
		at := slices.IndexFunc(t.List, func(r dataset.Term) bool { return r.Fields[key].Value == k })
		if !ok || at < 0 {
			if ok {
				e.key.fault("give new rows as a list", "%s has no row %q.", sentence(def.Name), plain(e.name))
			}
			good = false
			continue
		}
		if e.val.isScalar() {
			if _, ok := e.val.choice("a row", "off"); ok {
				t.List = slices.Delete(t.List, at, at+1)
			} else {
				good = false
			}
			continue
		}
		row, ok := ld.tableRow(def, e.val, t.List[at].Fields)
		if good = good && ok; ok {
			put(e.val, row)
		}
	}
	return t, ok && good
}

// tableRow reads one row, over the columns of another if it has one.
func (ld *loader) tableRow(def *settingDef, v value, over map[string]dataset.Term) (dataset.Term, bool) {
	names := make([]string, len(def.columns))
	for i := range def.columns {
		names[i] = def.columns[i].Name
	}
	m, good := v.mapping("a row of "+def.Name, names...)
	if !good {
		return dataset.Term{}, false
	}
	fields := make(map[string]dataset.Term, len(names))
	for i := range def.columns {
		c := &def.columns[i]
		cell := m.get(c.Name)
		if !cell.there() {
			if old, ok := over[c.Name]; ok {
				fields[c.Name] = old
				continue
			}
			v.fault("", "The row has no %s.", c.Name)
			good = false
			continue
		}
		val, ok := ld.plainSetting(c, cell)
		good = good && ok
		fields[c.Name] = dataset.Term{Value: val}
	}
	return dataset.Term{Value: fields[def.columns[0].Name].Value, Fields: fields}, good // known by its first column (rule 15)
}
