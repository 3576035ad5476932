package ics

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sort"
	"strings"
	"time"
	"unicode"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// Headings are what a calendar has to say, as the headings of a table: its
// columns are mapped like those of any other list.
var Headings = []string{"uid", "title", "type", "date", "start", "end", "last day", "venue", "status", "url", "short"}

// statusAt is the place of the status among the headings.
const statusAt = 8

// A Row is an occurrence as a row of that table.
type Row struct {
	Line  int
	Cells []string
	// Unsure gives the reason why a cell cannot be believed, by its place.
	Unsure map[int]string
}

// Table gives a listing as rows under Headings, by the line of the file. Types
// says which words of a category or a title mean which choice of the schema's
// column of types; * stands for all else. "short" is the type and the day, gm-2026-11-05, as papers are
// named; it is blank where the type is not known.
func (l *Listing) Table(schema *dataset.Schema, types map[string]string) []Row {
	t := newTyper(schema, types)
	rows := make([]Row, 0, len(l.Occurrences))
	for i := range l.Occurrences {
		o := &l.Occurrences[i]
		typ := t.typeOf(o)
		short, last := "", ""
		if typ != "" {
			short = typ + "-" + o.Was.String()
		}
		if o.Last != o.Day {
			last = o.Last.String()
		}
		row := Row{Line: o.Line, Cells: []string{o.Key, o.Title, typ, o.Day.String(), moment(o.Start), moment(o.End), last, o.Venue, o.Status, o.URL, short}}
		if o.Doubt != "" {
			if o.Status == "" {
				row.Cells[statusAt] = "none"
			}
			row.Unsure = map[int]string{statusAt: o.Doubt}
		}
		rows = append(rows, row)
	}
	sort.SliceStable(rows, func(i, j int) bool { return rows[i].Line < rows[j].Line })
	return rows
}

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// Digest is that of all that the listing says, and not of the file: programs
// write the moment of the export into every event, and a calendar is new only
// when something in it is.
func (l *Listing) Digest(rows []Row) string {
	h := sha256.New()
	for _, r := range rows {
		fmt.Fprintf(h, "%q %v\n", r.Cells, r.Unsure)
	}
	for _, list := range [][]Remark{l.Refused, l.Replaced} {
		for _, r := range list {
			fmt.Fprintf(h, "%q %q\n", r.Title, r.Why)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// anythingElse is the word of a source for all that its other words do not name.
const anythingElse = "*"

// A typer tells what sort of thing an occurrence is.
type typer struct {
	given   map[string]string // by the source's words
	known   map[string]string // by the choices' own words
	phrases []string          // the source's words, the longest first
	rest    string            // what all else is
}

func newTyper(schema *dataset.Schema, types map[string]string) *typer {
	t := &typer{given: map[string]string{}, known: map[string]string{}}
	if c := schema.TypeColumn(); c != nil {
		for _, choice := range c.Choices {
			for _, w := range append([]string{choice}, c.Meanings[choice]...) {
				if w = words(w); t.known[w] == "" {
					t.known[w] = choice
				}
			}
		}
		for _, choice := range c.Choices {
			t.known[words(choice)] = choice
		}
	}
	t.rest = types[anythingElse]
	for w, typ := range types {
		if w = words(w); w != "" {
			t.given[w] = typ
			t.phrases = append(t.phrases, w)
		}
	}
	sort.Slice(t.phrases, func(i, j int) bool {
		a, b := t.phrases[i], t.phrases[j]
		return len(a) > len(b) || len(a) == len(b) && a < b
	})
	return t
}

// typeOf asks the categories first, then the words of the title: of several that
// the source names the longest counts. What is not known is blank, unless the
// source says what all else is.
func (t *typer) typeOf(o *Occurrence) string {
	for _, by := range []map[string]string{t.given, t.known} {
		for _, c := range o.Categories {
			if typ := by[words(c)]; typ != "" {
				return typ
			}
		}
	}
	title := words(o.Title)
	for i, p := range t.phrases {
		if !strings.Contains(" "+title+" ", " "+p+" ") {
			continue
		}
		for _, q := range t.phrases[i+1:] {
			if len(q) == len(p) && t.given[q] != t.given[p] && strings.Contains(" "+title+" ", " "+q+" ") {
				return ""
			}
		}
		return t.given[p]
	}
	if typ := t.known[title]; typ != "" {
		return typ
	}
	return t.rest
}

// words makes texts comparable: small letters and figures, one blank between
// words.
func words(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(s), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	}), " ")
}
