package dataset

import (
	"errors"
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
)

// ErrUnfinished says that a file is not whole: the download or the copying goes
// on, or broke off. Later it may be.
var ErrUnfinished = errors.New("its end is missing: the download or the copying has not finished, or broke off")

// A Reading is one file, typed: what a connector hands to an import. Rows in
// the file are Records or Refused, never dropped: Lines = len(Records) +
// len(Refused) + len(Skipped).
type Reading struct {
	File, Sheet string
	SHA256      string        // of the file's bytes
	Modified    time.Time     // of the file
	InUse       string        // why somebody may be writing it at this moment: a program has it open
	Cut         bool          // its last line has no end, as of a file that is half written
	Unit        string        // what Line counts, if not rows: line of a calendar, file of a folder
	ListDate    calendar.Date // the day the list was drawn, if the file says so
	HasDate     bool
	Encoding    string            // of the letters: UTF-8, UTF-16, Windows-1252; of a workbook: Excel workbook
	Delimiter   string            // between the cells: comma, semicolon, tab, bar; a workbook has none
	HeaderRow   int               // from 1, as a spreadsheet counts; 0 where there is none
	Profile     string            // the layout of a public register, where the headings are its: electoral-commission
	Header      []string          // as found
	Columns     map[string]string // our column -> their header
	Unused      []string          // headers that no column took
	Lines       int               // data rows found
	Skipped     []Refusal         // blank rows, totals: with their reason
	Records     []Record
	Refused     []Refusal
	Notes       []Note     // what was read all the same, and a person should know
	Files       []Document // bytes of documents, by the digest a File cell names
}

// Where says in which row of a file something stands, or in which line of a
// calendar.
func Where(file string, line int) string {
	unit := "row"
	if strings.EqualFold(path.Ext(file), ".ics") {
		unit = "line"
	}
	return fmt.Sprintf("%s, %s %d", file, unit, line)
}

// A Record is one row that was kept.
type Record struct {
	Key      string
	Line     int     // from 1, as a spreadsheet counts
	Cells    []Value // in the order of Schema.Columns
	Problems []Problem
}

// A Refusal is a row that was not kept, and why.
type Refusal struct {
	Line         int
	Column, Text string
	Why          string
	Key          string // of the record whose row it is, where that is known: it is not missing
}

// A Note is something that a person should know of a file that was read all
// the same: hidden rows, two addresses in a cell of which the first was taken.
type Note struct {
	Line         int    // 0: of the file as a whole
	Column, Text string // empty: of the row
	Why          string
}

// A Document is a file that a record points to.
type Document struct {
	SHA256, Name, Type string
	Bytes              []byte
}
