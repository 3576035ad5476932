// Package dataset holds typed, immutable tables. Every cell knows the file,
// sheet, row and column it came from, and a cell that could not be read says
// so: it is blank, with a problem, never a guess.
package dataset

import (
	"sync/atomic"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
)

// A Kind is what a cell holds. The kinds are ours, not Go's.
type Kind uint8

// The kinds of cells. The zero Kind is that of a blank cell.
const (
	Blank     Kind = iota
	Text           // S
	Choice         // S, one of the column's choices
	Number         // N
	Money          // N, in pence
	YesNo          // N, 0 or 1
	Date           // N, a calendar.Date
	Time           // N, microseconds since 1 January 1970 UTC
	Length         // N and Unit: a calendar.Duration
	Person         // S as written; N the Ref of the person it was matched with, or 0
	Reference      // S, the key of a record of Column.Of
	File           // S, the SHA-256 of the file's bytes, in hexadecimal
)

// A Value is one typed cell. The zero Value is blank. Values are comparable.
type Value struct {
	Kind Kind
	Unit calendar.Unit // of a Length
	N    int64
	S    string
}

// A Class says how widely a column may be seen (law 16, rule 17).
type Class uint8

// The classes, from the most to the least open.
const (
	Free Class = iota
	Name
	Contact
	Financial
	Special
)

// A Column of a Schema.
type Column struct {
	Name     string
	Kind     Kind
	Of       string   // the dataset a Reference points into; "roles": a Text that is a role
	Choices  []string // of a Choice
	Class    Class
	About    string
	Synonyms []string            // other headers under which exports carry it
	Meanings map[string][]string // of a Choice: choice -> other words for it
}

// A Schema is the shape of a dataset.
type Schema struct {
	Name     string // "members"
	Singular string // "member"
	About    string
	Event    bool     // records are events, which happen once; otherwise they last
	Person   bool     // each record is a person
	Email    string   // column of the address, of a dataset of persons
	Branch   string   // column of the branch, if records have one
	Key      []string // columns that make up the key
	Columns  []Column
	// GoneAfter is how many whole lists in a row must miss a record until it is
	// gone; 0: one.
	GoneAfter int `json:",omitempty"`
	// GoneAs are choices of the column status by which a record says itself that
	// it is leaving: missing after that, it is gone at once.
	GoneAs []string `json:",omitempty"`
}

// A Ref is the number the store gave a record when it first saw its key. The
// ledger knows records by Ref only, so that forgetting a person leaves numbers
// that lead nowhere. It is never zero and never used again.
type Ref int64

// An Origin says where a cell was read.
type Origin struct {
	File, Sheet string
	Row         int // from 1, as a spreadsheet counts
	Column      string
}

// A Row is one record.
type Row struct {
	Ref       Ref
	Key       string
	FirstSeen time.Time // of the import that first showed this key
	Changed   time.Time // of the import that last changed a cell of it
	Baseline  bool      // it was in the dataset's first import
	Line      int       // row in the file, 0 for local records
	Cells     []Value   // in the order of Schema.Columns
	Problems  []Problem // cells that could not be read
	Local     []Fact    // local facts that lie over cells
	Places    []Place   // where cells were read that the table's file does not have
	Absence   *Absence  // nil: the last list has it
	Dispute   *Dispute  // nil: no other source says otherwise of when it is
}

// A Problem is a cell that could not be read.
type Problem struct {
	Column string
	Text   string // as found, possibly cut
	Why    string
}

// A Fact is a local value over an imported one.
type Fact struct {
	Column string
	Value  Value
	By     string
	At     time.Time
	Was    Value // the imported value beneath it
}

// A Table is a dataset at a moment. It is never changed once built.
type Table struct {
	Schema   *Schema
	File     string // of the last import
	Sheet    string
	Imported time.Time // of the last import; zero when never imported
	First    time.Time // of the first import
	// Drawn is the day as of which the list is known, where that is before its
	// import; 0: it is not.
	Drawn calendar.Date
	Rows  []*Row // by Key, ascending

	byRef atomic.Pointer[[]*Row] // Rows by Ref, made when first asked for

	// Keys and numbers of other records, for which a record of this table stands
	// (AsOne).
	alsoKey map[string]*Row
	alsoRef map[Ref]*Row
}

// Tables are all datasets by name.
type Tables map[string]*Table
