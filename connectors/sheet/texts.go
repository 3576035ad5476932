package sheet

import (
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
)

// A File is one that a source names, read whole.
type File struct {
	Name     string // from the constituency's folder
	Bytes    []byte
	Modified time.Time
	ListDate calendar.Date // the day in its name, if it has one
	Dated    bool
	InUse    string // why somebody may be writing it at this moment
}

// Find reads the file that a source names below the folder root: of those that a
// pattern matches the newest, as Read takes it.
func Find(root, from string, clock calendar.Clock) (File, error) {
	room, err := openRoom(root)
	if err != nil {
		return File{}, err
	}
	defer room.close()
	return room.find(from, clock)
}

func (r *room) find(from string, clock calendar.Clock) (File, error) {
	name, err := r.newest(from, clock)
	if err != nil {
		return File{}, err
	}
	f := File{Name: name}
	if f.Bytes, f.Modified, err = r.read(name, maxBytes); err != nil {
		return File{}, err
	}
	f.InUse = r.inUse(name)
	f.ListDate, f.Dated = dateInName(name, referenceYear(f.Modified, clock))
	return f, nil
}

// A Row is one record of a file that is no table, as texts under headings.
type Row struct {
	Line  int
	Cells []string
	// Unsure gives the reason why a cell cannot be believed, by its place. Such a
	// cell is blank, with a problem.
	Unsure map[int]string
}

// Texts types the rows that another connector has made of its file, under
// headings of its own: they are mapped and read like a table's. Rows that the
// reading has refused or passed over already stay.
func Texts(reading *dataset.Reading, header []string, rows []Row, spec Spec, schema *dataset.Schema, clock calendar.Clock) error {
	m, err := newMapper(spec, schema)
	if err != nil {
		return err
	}
	at, err := m.resolve(header)
	if err != nil {
		return err
	}
	reading.Header = header
	reading.Columns, reading.Unused = m.report(header, at)
	t := newTyper(schema, clock, referenceYear(reading.Modified, clock), dayFirst, at)
	for _, row := range rows {
		t.record(reading, &line{row: row.Line, cells: row.Cells, bad: row.Unsure}, make([]dataset.Value, len(t.cols)))
	}
	reading.Lines += len(rows)
	t.settle(reading)
	return nil
}
