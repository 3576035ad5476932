package dataset

import (
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
)

// An Import is one import that was kept, as the derived dataset imports shows it.
type Import struct {
	Ref          Ref    // the store's number of the import
	Dataset      string // what was imported
	Kind         string // which of its layouts; the dataset if it has one only
	File, Sheet  string
	At           time.Time
	ListDate     calendar.Date // the day the list was drawn
	HasDate      bool          // whether that is known
	Full         bool          // the whole list, not a part of it
	Baseline     bool          // the first of its dataset
	Rows         int           // records kept
	New, Gone    int           // records that came and went
	Changed      int           // records with another value
	Refused      int           // rows not kept
	CannotBeRead int           // cells not read
}

// ImportKey is the key that the import of a dataset at a moment has in imports,
// and by which rows of changes point to it.
func ImportKey(dataset string, at time.Time) string {
	return dataset + "/" + at.UTC().Format("2006-01-02T15:04:05.000000Z")
}

// ImportsSchema is the shape of the derived dataset imports.
func ImportsSchema() *Schema {
	return &Schema{
		Name: "imports", Singular: "import", Event: true, Key: []string{"dataset", "at"},
		About: "Every import of a file that was kept.",
		Columns: []Column{
			{Name: "dataset", Kind: Text, About: "Which dataset the file brought."},
			{Name: "kind", Kind: Text, About: "Which kind of report it was."},
			{Name: "file", Kind: Text, About: "The file's name."},
			{Name: "sheet", Kind: Text, About: "The sheet it was read from."},
			{Name: "at", Kind: Time, About: "When it was imported."},
			{Name: "list_date", Kind: Date, About: "The day the list was drawn, if the file says so."},
			{Name: "full", Kind: YesNo, About: "Whether it was the whole list."},
			{Name: "rows", Kind: Number, About: "How many records it brought."},
			{Name: "new", Kind: Number, About: "How many of them were not there before."},
			{Name: "gone", Kind: Number, About: "How many were there before and are no longer."},
			{Name: "changed", Kind: Number, About: "How many have another value somewhere."},
			{Name: "refused", Kind: Number, About: "How many rows could not be kept."},
			{Name: "unread", Kind: Number, About: "How many cells could not be read."},
		},
	}
}

// Imports is the derived dataset of all imports.
func Imports(list []Import) *Table {
	s := ImportsSchema()
	rows := make([]*Row, 0, len(list))
	var first, last time.Time
	for _, m := range list {
		kind := m.Kind
		if kind == "" {
			kind = m.Dataset
		}
		drawn := Value{}
		if m.HasDate {
			drawn = DateValue(m.ListDate)
		}
		rows = append(rows, &Row{
			Ref: m.Ref, Key: ImportKey(m.Dataset, m.At), FirstSeen: m.At, Changed: m.At, Baseline: m.Baseline,
			Cells: []Value{
				TextValue(m.Dataset), TextValue(kind), TextValue(m.File), TextValue(m.Sheet), TimeValue(m.At), drawn, YesNoValue(m.Full),
				NumberValue(int64(m.Rows)), NumberValue(int64(m.New)), NumberValue(int64(m.Gone)), NumberValue(int64(m.Changed)),
				NumberValue(int64(m.Refused)), NumberValue(int64(m.CannotBeRead)),
			},
		})
		if first.IsZero() || m.At.Before(first) {
			first = m.At
		}
		if m.At.After(last) {
			last = m.At
		}
	}
	return NewTable(s, rows, last, first, "", "")
}
