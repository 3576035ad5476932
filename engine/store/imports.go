package store

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
)

// An ImportRecord says what was imported, when and by whom, and what came of it.
type ImportRecord struct {
	ID          int64
	Dataset     string
	Kind        string // which kind of report it was, if its source says so: mar
	File, Sheet string
	SHA256      string   // of the file's bytes
	HeaderHash  string   // of its header, to see that the layout changed
	Header      []string // its headings; nil: not known, for it was imported before they were kept
	Mapping     string   // our column = their header, in words
	ListDate    calendar.Date
	HasDate     bool // ListDate holds
	At          time.Time
	By          string // a role

	Rows, New, Gone, Changed, Refused int
	Unread                            int // cells that could not be read

	Full     bool // the whole list
	Baseline bool // the dataset's first: history
	Undone   time.Time
	UndoneBy string
}

// A ProblemRow is a cell or a row that an import refused.
type ProblemRow struct {
	Ref    dataset.Ref // 0: a row that became no record
	Line   int
	Column string
	Text   string // as found, possibly cut
	Why    string
}

// SaveImport keeps an import, its table and what it refused, and gives it a
// number that no import had. The table is current from then on.
func (t *Tx) SaveImport(r ImportRecord, table *dataset.Table, problems []ProblemRow) (int64, error) {
	doing := "keeping the import of " + r.Dataset
	before, found, err := t.lastImport(r.Dataset)
	if err != nil {
		return 0, explain(doing, err)
	}
	if r.ID, err = t.next("import"); err != nil {
		return 0, explain(doing, err)
	}
	if err := t.insertImport(r); err != nil {
		return 0, explain(doing, err)
	}
	if !found {
		before.ID = 0
	}
	if err := t.saveTable(r.ID, before.ID, table); err != nil {
		return 0, explain(doing, err)
	}
	for i, p := range problems {
		err := t.exec(`insert into problems (constituency, import, number, ref, line, field, found, why)
			values (?, ?, ?, ?, ?, ?, ?, ?)`, here, r.ID, i+1, orNull(int64(p.Ref)), p.Line, p.Column, p.Text, p.Why)
		if err != nil {
			return 0, explain(doing, err)
		}
	}
	return r.ID, nil
}

func (t *Tx) insertImport(r ImportRecord) error {
	var headings []byte
	if r.Header != nil {
		var err error
		if headings, err = json.Marshal(r.Header); err != nil {
			return err
		}
	}
	var listDate any
	if r.HasDate {
		listDate = r.ListDate.String()
	}
	return t.exec(`insert into imports (constituency, id, dataset, file, sheet, sha256, header_hash, mapping, list_date,
		imported, imported_by, row_count, new_count, gone_count, changed_count, refused_count, is_full, is_baseline, kind, unread_count, header)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		here, r.ID, r.Dataset, r.File, r.Sheet, r.SHA256, r.HeaderHash, r.Mapping, listDate,
		r.At.UnixMicro(), r.By, r.Rows, r.New, r.Gone, r.Changed, r.Refused, oneOrZero(r.Full), oneOrZero(r.Baseline), r.Kind, r.Unread, string(headings))
}

const importColumns = `id, dataset, file, sheet, sha256, header_hash, mapping, list_date, imported, imported_by,
	row_count, new_count, gone_count, changed_count, refused_count, is_full, is_baseline, undone, undone_by, kind, unread_count, header`

func scanImport(scan func(...any) error) (r ImportRecord, err error) {
	var listDate, undoneBy sql.NullString
	var at, undone sql.NullInt64
	var headings string
	err = scan(&r.ID, &r.Dataset, &r.File, &r.Sheet, &r.SHA256, &r.HeaderHash, &r.Mapping, &listDate, &at, &r.By,
		&r.Rows, &r.New, &r.Gone, &r.Changed, &r.Refused, &r.Full, &r.Baseline, &undone, &undoneBy, &r.Kind, &r.Unread, &headings)
	if err != nil {
		return r, err
	}
	r.At, r.Undone, r.UndoneBy = moment(at), moment(undone), undoneBy.String
	if headings != "" {
		if err = json.Unmarshal([]byte(headings), &r.Header); err != nil {
			return r, err
		}
	}
	if listDate.Valid {
		r.HasDate = true
		r.ListDate, err = calendar.ParseDate(listDate.String)
	}
	return r, err
}

// Imports are all imports, undone ones too, oldest first.
func (t *Tx) Imports() ([]ImportRecord, error) {
	var all []ImportRecord
	err := t.each(`select `+importColumns+` from imports where constituency = ? order by id`,
		[]any{here}, func(scan func(...any) error) error {
			r, err := scanImport(scan)
			all = append(all, r)
			return err
		})
	return all, explain("reading the imports", err)
}

// ImportsOf are imports of a dataset, undone ones too, the newest first: those
// before a number, or the newest of all, where it is 0; at most so many.
func (t *Tx) ImportsOf(name string, before int64, most int) ([]ImportRecord, error) {
	if before <= 0 {
		before = math.MaxInt64
	}
	var all []ImportRecord
	err := t.each(`select `+importColumns+` from imports where constituency = ? and dataset = ? and id < ? order by id desc limit ?`,
		[]any{here, name, before, most}, func(scan func(...any) error) error {
			r, err := scanImport(scan)
			all = append(all, r)
			return err
		})
	return all, explain("reading the imports of "+name, err)
}

// LastImport is the import whose table is current; false: there is none.
func (t *Tx) LastImport(name string) (ImportRecord, bool, error) {
	r, found, err := t.lastImport(name)
	return r, found, explain("reading the imports of "+name, err)
}

func (t *Tx) lastImport(name string) (r ImportRecord, found bool, err error) {
	err = t.each(`select `+importColumns+` from imports where constituency = ? and dataset = ? and undone is null
		order by id desc limit 1`, []any{here, name}, func(scan func(...any) error) error {
		found = true
		r, err = scanImport(scan)
		return err
	})
	return r, found, err
}

// UndoImport takes back the last import of a dataset: the table before it is
// current again. Imports are undone one at a time, the last first.
func (t *Tx) UndoImport(id int64, by string, at time.Time) (ImportRecord, error) {
	doing := fmt.Sprintf("undoing import %d", id)
	var name string
	found, err := t.one(`select dataset from imports where constituency = ? and id = ?`, []any{here, id}, &name)
	if err != nil {
		return ImportRecord{}, explain(doing, err)
	}
	if !found {
		return ImportRecord{}, &Fault{What: fmt.Sprintf("there is no import %d", id), Hint: "clarion status lists them", Err: ErrNotFound}
	}
	last, found, err := t.lastImport(name)
	if err != nil {
		return ImportRecord{}, explain(doing, err)
	}
	if !found || last.ID != id {
		hint := "that of " + name + " was undone already"
		if found {
			hint = fmt.Sprintf("undo import %d first", last.ID)
		}
		return ImportRecord{}, &Fault{What: fmt.Sprintf("import %d is not the last one of %s", id, name), Hint: hint}
	}
	err = t.exec(`update imports set undone = ?, undone_by = ? where constituency = ? and id = ?`, at.UnixMicro(), by, here, id)
	last.Undone, last.UndoneBy = at, by
	return last, explain(doing, err)
}

// Problems are the cells and rows that an import refused, in the file's order.
func (t *Tx) Problems(id int64) ([]ProblemRow, error) {
	var all []ProblemRow
	err := t.each(`select ref, line, field, found, why from problems where constituency = ? and import = ? order by number`,
		[]any{here, id}, func(scan func(...any) error) error {
			var p ProblemRow
			var ref sql.NullInt64
			if err := scan(&ref, &p.Line, &p.Column, &p.Text, &p.Why); err != nil {
				return err
			}
			p.Ref = dataset.Ref(ref.Int64)
			all = append(all, p)
			return nil
		})
	return all, explain(fmt.Sprintf("reading the problems of import %d", id), err)
}
