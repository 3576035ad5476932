// Package sheet reads the files that volunteers really have into typed rows.
//
// # What it reads
//
// A table is a text file of cells: comma, semicolon, tab or bar between them,
// any line ending, UTF-8, UTF-16 or Windows-1252; or an Excel workbook (.xlsx).
// A folder is read as a table of its documents. Other workbooks (.xls, .ods,
// .numbers), PDFs and archives are recognised by content and refused with what
// to do instead. The reading says how the file was written and where its
// headings stand.
//
// # What it promises
//
//   - Every row of the file is accounted for: Lines = len(Records) +
//     len(Refused) + len(Skipped). The row of headings is not a line.
//   - Rows are numbered as a spreadsheet numbers them: a cell with line breaks
//     in it is one row, a blank row is a row, a leading "sep=;" is none.
//   - A cell that cannot be read is blank, with a Problem that says why. It is
//     never a guess: no date by American order, no pence rounded, no address
//     repaired.
//   - A document is taken with its bytes: PDF, Word (.docx), OpenDocument text
//     (.odt), plain text and Markdown, and no kind that can carry macros.
//   - What was read all the same, and a person should know, is a Note: hidden
//     rows and sheets, the first of two addresses in a cell.
//   - Nothing outside the folder it is given is opened, not even through a
//     link. No file above 50 MB, no more than 500,000 rows.
//   - Nothing that stands in a file can make it panic, and no workbook swells
//     in memory: it is read as it comes, and only the strings that its sheets
//     share are held.
//
// # Workbooks
//
// The sheet is the one that the source names, else the one whose headings are
// recognised best. If a second has them nearly as well, and rows below them, it
// is an error: the officer decides. Rows without a filled cell are none. A cell
// is what its sheet shows where that matters: days by their format and the
// workbook's date system, numbers with the noughts and letters of theirs,
// amounts with a currency that is not pounds as a problem, formulas by the
// result that the file holds. A number of more than fifteen figures has lost
// some, and is a problem.
//
// # Headings
//
// The headings are the row, among the first forty, in which most of the
// schema's columns are recognised. A column is recognised by what the
// constituency wrote under "columns:", else by its own name, else by the
// layout of a known public register, else by its synonyms; capitals, spaces
// and punctuation do not count, and No, Num and # mean Number. Two headings
// that fit one column equally well are an error: the officer decides.
// Propose helps: it says which heading is which column and where it cannot tell,
// for headings alone, and cells that speak against them, prove too little.
//
// The layouts that are public stand in layouts, one file each, with where it was
// seen. A register's is recognised in every file; the others only by Propose, or
// where the source names one, because their numbers are not the party's.
//
// # Keys
//
// A key is kept as it is written, without spaces around it. One that a
// spreadsheet has damaged is refused: made shorter (1.2E+05), turned into a date,
// or robbed of the noughts that others still begin with. A key of several
// columns is their texts joined by "/"; of these all but the first may be blank,
// and a list may have no heading at all for a branch or a date among them. A row
// without a key is refused; rows that share one are all refused, each naming the
// others, because nobody can tell which of them is right.
//
// # Documents
//
// In a table, the cell of a document is its place from the constituency's
// folder, or from the table's own. A folder of documents is a table with one
// row per file, in the order of their names. What a document is, is asked in
// this order, and what is said first holds:
//
//  1. the table index.csv in the folder: its column file names the document and
//     its other columns are the schema's;
//  2. a file beside the document, minutes.pdf.yaml or minutes.yaml, of lines
//     like "status: approved";
//  3. the same between two lines of --- at the head of a text or Markdown;
//  4. the name, in any order and with any separators: "2026-11-12 gm minutes
//     approved.pdf" has the status approved, the kind minutes, and the meeting
//     gm-2026-11-12;
//  5. the properties in a document of Word's or LibreOffice's, and of these its
//     title only where the name has no other word. They come last because a
//     document is made out of the last one, and often says still what that was.
//
// Whatever its name says, a document is looked into. One with macros, another
// program, a script or an action of a PDF, a part fetched from elsewhere, or a
// password, and one that is no document or not whole, is refused with the
// reason. The digest of a reading with documents covers them too.
//
// # Dates
//
// 2026-02-01, 20260201, 1 Feb 2026, Feb 1, 2026 and the day numbers of
// spreadsheets are clear. 13/02/2026 is clear too, and proves that its column
// writes the day first; 02/13/2026, at least twice and with nothing against
// it, proves the month first. 01/02/2026 is read only where the order is
// proved by its column, by another column of the same file (day first only)
// or by "dates: day-first" in the source; otherwise the cell is a problem that
// says what to write. A year of two digits is the latest that is at most three
// years ahead of the file; one that could as well lie four to fifteen years
// ahead is a problem.
package sheet

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
)

// The limits of what is read.
const (
	maxBytes    = 50 << 20  // of one file
	maxRows     = 500_000   // of one table
	maxColumns  = 16_384    // of one row, as many as a spreadsheet has
	maxCell     = 100_000   // bytes of one cell
	maxFolder   = 5_000     // documents of one folder
	maxTotal    = 200 << 20 // bytes of all documents of one reading
	headingRows = 40        // rows among which the headings are looked for
	shownRunes  = 60        // of a cell, in a problem
)

// A Spec says where a dataset is read from, as constituency.yaml has it.
type Spec struct {
	From    string            // a file or a pattern, relative to the constituency's folder
	Folder  string            // instead of From: a folder of documents
	Sheet   string            // of a workbook
	Profile string            // a known layout: electoral-commission; empty: recognised by its headings
	Columns map[string]string // our column -> their heading, or "column F"
	Dates   string            // day-first or month-first; empty: proved by the file
}

// Read reads what spec names below the folder root. Of the files that a
// pattern matches it takes the newest, by the date in their names or else the
// time they were changed.
func Read(ctx context.Context, root string, spec Spec, schema *dataset.Schema, clock calendar.Clock) (dataset.Reading, error) {
	if err := ctx.Err(); err != nil {
		return dataset.Reading{}, err
	}
	if spec.From != "" && spec.Folder != "" {
		return dataset.Reading{}, fmt.Errorf("the source of %s has both from and folder; keep one of them", schema.Name)
	}
	if spec.From == "" && spec.Folder == "" {
		return dataset.Reading{}, fmt.Errorf("the source of %s names no file; write from: with a file, or folder: with a folder of documents", schema.Name)
	}
	room, err := openRoom(root)
	if err != nil {
		return dataset.Reading{}, err
	}
	defer room.close()
	if spec.Folder != "" {
		return readFolder(ctx, room, spec, schema, clock)
	}
	found, err := room.newest(spec.From, clock)
	if err != nil {
		return dataset.Reading{}, fmt.Errorf("looking for the file of %s: %w", schema.Name, err)
	}
	data, modified, err := room.read(found, maxBytes)
	if err != nil {
		return dataset.Reading{}, err
	}
	if err := ctx.Err(); err != nil {
		return dataset.Reading{}, err
	}
	docs := &shelf{room: room, near: path.Dir(found)}
	r, err := readBytes(found, data, modified, spec, schema, clock, docs)
	r.InUse = room.inUse(found)
	return r, err
}

// ReadBytes reads the table that stands in data. It depends on nothing else:
// the same arguments always give the same reading. Its texts are pieces of data,
// which is not to be changed any more. Cells that name a document are problems,
// because there is no folder to find it in.
func ReadBytes(name string, data []byte, modified time.Time, spec Spec, schema *dataset.Schema, clock calendar.Clock) (dataset.Reading, error) {
	return readBytes(name, data, modified, spec, schema, clock, nil)
}

func readBytes(name string, data []byte, modified time.Time, spec Spec, schema *dataset.Schema, clock calendar.Clock, docs *shelf) (dataset.Reading, error) {
	reading := newReading(name, modified, clock)
	sum := digest(data)
	err := readTable(&reading, data, spec, schema, clock, docs)
	reading.SHA256 = <-sum
	if err != nil {
		return dataset.Reading{}, fmt.Errorf("%s: %w", shown(name), err)
	}
	reading.Cut = !isZip(data) && !bytes.ContainsAny(data[max(0, len(data)-2):], "\r\n")
	docs.deliver(&reading)
	return reading, nil
}

// digest works out the SHA-256 of a file while it is being read.
func digest(data []byte) <-chan string {
	done := make(chan string, 1)
	go func() {
		sum := sha256.Sum256(data)
		done <- hex.EncodeToString(sum[:])
	}()
	return done
}

// newReading is the reading of a file of which nothing is read yet.
func newReading(name string, modified time.Time, clock calendar.Clock) dataset.Reading {
	reading := dataset.Reading{File: name, Modified: modified}
	reading.ListDate, reading.HasDate = dateInName(name, referenceYear(modified, clock))
	return reading
}

// readTable fills reading with the rows of data.
func readTable(reading *dataset.Reading, data []byte, spec Spec, schema *dataset.Schema, clock calendar.Clock, docs *shelf) error {
	if len(data) > maxBytes {
		return fmt.Errorf("the file is larger than %d MB, too large for a list; check that it is the right file", maxBytes>>20)
	}
	src, err := openSource(data)
	if err != nil {
		return err
	}
	m, err := newMapper(spec, schema)
	if err != nil {
		return err
	}
	_, _, err = typeTable(reading, src, m, clock, docs)
	return err
}

// typeTable fills reading with the rows of a source, and says what it went by.
func typeTable(reading *dataset.Reading, src *source, m *mapper, clock calendar.Clock, docs *shelf) (*typer, []int, error) {
	order, err := parseOrder(m.spec.Dates)
	if err != nil {
		return nil, nil, err
	}
	lay, notes, err := findLayout(src, m)
	if err != nil {
		return nil, nil, err
	}
	at, err := m.resolve(lay.header)
	if err != nil {
		return nil, nil, err
	}
	describe(reading, src, &lay)
	reading.Notes, reading.Profile = notes, m.profileName()
	reading.Columns, reading.Unused = m.report(lay.header, at)
	t := newTyper(m.schema, clock, referenceYear(reading.Modified, clock), order, at)
	t.useProfile(m.profile)
	t.docs = docs
	t.damaged, t.zero = src.damaged, src.zero
	if err := t.rows(reading, lay); err != nil {
		return nil, nil, err
	}
	return t, at, nil
}

// describe says in the reading how the file was found to be written.
func describe(reading *dataset.Reading, src *source, lay *layout) {
	reading.Encoding, reading.Delimiter, reading.Sheet = src.encoding, delimiters[lay.comma], lay.sheet
	reading.Header, reading.HeaderRow = lay.header, lay.row
}

// referenceYear is the year against which years of two digits are read.
func referenceYear(modified time.Time, clock calendar.Clock) int {
	if modified.IsZero() {
		return 2026
	}
	zone := clock.Zone
	if zone == nil {
		zone = time.UTC
	}
	return modified.In(zone).Year()
}

// shown is text from outside as people may see it: plain and cut.
func shown(s string) string {
	cut := s
	n := 0
	for i := range s {
		if n == shownRunes {
			cut = s[:i] + "…"
			break
		}
		n++
	}
	return dataset.Plain(cut)
}
