package dataset

// kindWords are the kinds as schemas and messages write them.
var kindWords = [...]string{"blank", "text", "choice", "number", "money", "yes/no", "date", "time", "duration", "person", "reference", "file"}

// String gives the kind as schemas write it: yes/no, duration.
func (k Kind) String() string {
	if int(k) >= len(kindWords) {
		return "unknown"
	}
	return kindWords[k]
}

// ParseKind finds the kind that a schema names; Blank is none.
func ParseKind(s string) (Kind, bool) {
	for k := Text; int(k) < len(kindWords); k++ {
		if kindWords[k] == s {
			return k, true
		}
	}
	return Blank, false
}

// classWords are the classes as schemas write them.
var classWords = [...]string{"free", "name", "contact", "money", "special"}

// String gives the class as schemas write it.
func (c Class) String() string {
	if int(c) >= len(classWords) {
		return "unknown"
	}
	return classWords[c]
}

// ParseClass finds the class that a schema names.
func ParseClass(s string) (Class, bool) {
	for c, name := range classWords {
		if name == s {
			return Class(c), true
		}
	}
	return Free, false
}

// TypeOf gives the type of a plain value of a kind.
func TypeOf(k Kind) Type { return Type{Kind: k} }

// ListOf gives the type of a list.
func ListOf(t Type) Type { return Type{List: &t} }

// RecordOf gives the type of a record.
func RecordOf(s *Schema) Type { return Type{Record: s} }

// Names that every record has beside its columns.
const (
	keyName       = "key"
	firstSeenName = "first_seen"
	baselineName  = "baseline"
)

// Column finds a column by name, and its place in Row.Cells.
func (s *Schema) Column(name string) (int, bool) {
	for i := range s.Columns {
		if s.Columns[i].Name == name {
			return i, true
		}
	}
	return 0, false
}

// Types gives the types of all that a record has: its columns, and key (text),
// first_seen (time) and baseline (yes/no), which every record has. A column
// that bears one of these three names is hidden by it.
func (s *Schema) Types() map[string]Type {
	m := make(map[string]Type, len(s.Columns)+3)
	for i := range s.Columns {
		c := &s.Columns[i]
		m[c.Name] = Type{Kind: c.Kind, Column: c}
	}
	m[keyName] = TypeOf(Text)
	m[firstSeenName] = TypeOf(Time)
	m[baselineName] = TypeOf(YesNo)
	return m
}

// TypeColumn finds the choice that says what sort of thing a record is, type or
// kind, if the schema has one.
func (s *Schema) TypeColumn() *Column {
	for _, name := range []string{"type", "kind"} {
		if i, ok := s.Column(name); ok && s.Columns[i].Kind == Choice {
			return &s.Columns[i]
		}
	}
	return nil
}

// Role says whether a column holds roles, by their ids.
func (c *Column) Role() bool { return c.Kind == Text && c.Of == "roles" }

// Built says whether every record has this name without having such a column.
func Built(name string) bool {
	return name == keyName || name == firstSeenName || name == baselineName
}

// cell gives the row's value of a column by its place, blank when the row is
// shorter than the schema.
func (r *Row) cell(i int) Value {
	if i >= len(r.Cells) {
		return Value{}
	}
	return r.Cells[i]
}

// local finds the local fact that lies over a column.
func (r *Row) local(column string) *Fact {
	for i := range r.Local {
		if r.Local[i].Column == column {
			return &r.Local[i]
		}
	}
	return nil
}

// imported gives the value of a column as the file had it, beneath local facts.
func (r *Row) imported(column string, i int) Value {
	if len(r.Local) > 0 {
		if f := r.local(column); f != nil {
			return f.Was
		}
	}
	return r.cell(i)
}

// Get gives the row's value of a column, or of key, first_seen or baseline. The
// problem is not nil when the cell could not be read and no local fact lies over it.
func (r *Row) Get(s *Schema, column string) (Value, *Problem) {
	switch column {
	case keyName:
		return TextValue(r.Key), nil
	case firstSeenName:
		return TimeValue(r.FirstSeen), nil
	case baselineName:
		return YesNoValue(r.Baseline), nil
	}
	i, ok := s.Column(column)
	if !ok {
		return Value{}, &Problem{Column: column, Why: s.Name + " has no column " + column}
	}
	v := r.cell(i)
	if !v.IsBlank() || len(r.Problems) == 0 || r.local(column) != nil {
		return v, nil
	}
	for i := range r.Problems {
		if r.Problems[i].Column == column {
			return v, &r.Problems[i]
		}
	}
	return v, nil
}
