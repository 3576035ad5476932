package sheet

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/clarion-clp/clarion/engine/dataset"
	"pgregory.net/rapid"
)

// look looks at a file that is written out in a test.
func look(tb testing.TB, name string, data []byte, spec Spec, schema *dataset.Schema) (Look, error) {
	tb.Helper()
	folder := tb.TempDir()
	if err := os.WriteFile(filepath.Join(folder, name), data, 0o600); err != nil {
		tb.Fatal(err)
	}
	spec.From = name
	return LookAt(context.Background(), folder, spec, schema, []*dataset.Schema{donations(), members()}, london(tb))
}

// said is what a look says of its columns, one to a line.
func said(l Look) string {
	var b strings.Builder
	for _, c := range l.Columns {
		fmt.Fprintf(&b, "%s %s|%s|%s|%d %d %d|%d|%s\n", c.Letter, c.Heading, c.As, c.Kind, c.Filled, c.Blank, c.Unread, c.Pence, c.Why)
	}
	return b.String()
}

func TestAGuessOfColumns(t *testing.T) {
	text := "Our list;;\nNo;Name;Mail;Tel;Post Code;Since;Paid;Count;Happy;Seen;\n" +
		"00123;Jo;jo@example.org;07700 900123;OV1 2AB;13/02/2026;£5.00;3;yes;2026-11-12 19:30;x\n" +
		"00124;Lee;lee@gmial.com;01632 960101;OV1 2AE;01/02/2026;(1.50);4;no;2026-11-13 19:30;\n" +
		"00125;Max;max@example.org;07700 900124;OV1 2AD;31/02/2026;£2.25;5;yes;;\n" +
		"Total;;;;;;£5.75;;;;\n"
	l, err := look(t, "list.csv", []byte(text), Spec{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	account2(t, l.Reading)
	if l.Encoding != "UTF-8" || l.Delimiter != "semicolon" || l.HeaderRow != 2 || len(l.Records) != 3 || len(l.Skipped) != 2 || len(l.Sheets) != 0 {
		t.Errorf("%s, %s, headings in row %d, %d records, skipped %v", l.Encoding, l.Delimiter, l.HeaderRow, len(l.Records), l.Skipped)
	}
	want := `A No||text|3 0 0|0|figures that are a name and not a count
B Name||text|3 0 0|0|nothing else fits
C Mail||email address|2 0 1|0|3 of 3 cells have an @
D Tel||telephone number|3 0 0|0|3 of 3 cells have the figures of one
E Post Code||postcode|3 0 0|0|3 of 3 cells have the form of one
F Since||date|2 0 1|0|3 of 3 cells look like days; the day stands first, as 2 cells prove
G Paid||money|3 0 0|575|3 of 3 cells have pounds or pence
H Count||number|3 0 0|0|3 of 3 cells are whole numbers
I Happy||yes/no|3 0 0|0|3 of 3 cells say yes or no
J Seen||date and time|2 1 0|0|2 of 2 cells have a day and a time
K ||yes/no|1 2 0|0|1 of 1 cells say yes or no
`
	if got := said(l); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// account2 checks that no line was lost where there are no keys.
func account2(tb testing.TB, r dataset.Reading) {
	tb.Helper()
	if got := len(r.Records) + len(r.Refused) + len(r.Skipped); got != r.Lines {
		tb.Fatalf("%d lines, but %d records + %d refused + %d skipped", r.Lines, len(r.Records), len(r.Refused), len(r.Skipped))
	}
}

func TestALookAtAList(t *testing.T) {
	text := "Mem No,Surname,Joined,Subscription,Shoe size\nA1,Sample,13/02/2026,£5.00,9\nA2,Example,01/02/2026,5k,10\n"
	l, err := look(t, "list.csv", []byte(text), Spec{}, members())
	if err != nil {
		t.Fatal(err)
	}
	want := `A Mem No|membership_no|text|2 0 0|0|another word for it
B Surname|last_name|text|2 0 0|0|another word for it
C Joined|joined|date|2 0 0|0|its name; the day stands first, as 1 cell proves
D Subscription|rate|money|1 0 1|500|another word for it
E Shoe size|||0 0 0|0|no column of members has this heading
`
	if got := said(l); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	data := book(t, nil, tab{name: "Notes", rows: [][]any{{"x"}}}, tab{name: "List", state: "hidden", rows: [][]any{{"Mem No", "Joined"}, {"A1", numeral(46054, 1)}}})
	if l, err = look(t, "list.xlsx", data, Spec{}, members()); err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(l.Sheets) != "[{Notes false false} {List true true}]" || l.Sheet != "List" || len(l.Notes) != 2 {
		t.Errorf("sheets %v, %q read, notes %v", l.Sheets, l.Sheet, l.Notes)
	}
	if l, err = look(t, "list.xlsx", data, Spec{Sheet: "list"}, nil); err != nil || l.Sheet != "List" || l.Like != "members" || l.HeaderRow != 1 {
		t.Errorf("sheet %q like %q, headings in row %d: %v", l.Sheet, l.Like, l.HeaderRow, err)
	}
	if _, err = look(t, "list.xlsx", data, Spec{Sheet: "2024"}, nil); err == nil || !strings.Contains(err.Error(), `no sheet called "2024"`) {
		t.Errorf("a sheet that is not there: %v", err)
	}
}

// TestEveryRowIsLookedAt guesses at random tables: no row is lost, and the
// cells of each column add up.
func TestEveryRowIsLookedAt(t *testing.T) {
	clock := london(t)
	rapid.Check(t, func(r *rapid.T) {
		cell := rapid.SampledFrom([]string{"", "x", "13/02/2026", "01/02/2026", "£5", "(1.50)", "yes", "jo@example.org", "07700900123", "7", "\"a\nb\"", "n/a", "#REF!", "\x1b[2J"})
		var text strings.Builder
		rows := rapid.IntRange(0, 12).Draw(r, "rows")
		for range rows {
			for range rapid.IntRange(1, 4).Draw(r, "cells") {
				text.WriteString(cell.Draw(r, "cell") + ",")
			}
			text.WriteString("\n")
		}
		src, err := openSource([]byte(text.String()))
		if err != nil {
			return
		}
		var l Look
		if err := l.guess(src, Spec{}, nil, clock); err != nil {
			r.Fatal(err)
		}
		headings := 0
		if l.HeaderRow > 0 {
			headings = 1
		}
		if got := len(l.Records) + len(l.Refused) + len(l.Skipped); got != l.Lines || l.Lines+headings != rows {
			r.Fatalf("%d rows, but %d records + %d refused + %d skipped", rows, len(l.Records), len(l.Refused), len(l.Skipped))
		}
		for _, c := range l.Columns {
			if c.Filled+c.Blank+c.Unread != len(l.Records) {
				r.Fatalf("column %s: %d + %d + %d cells of %d", c.Letter, c.Filled, c.Blank, c.Unread, len(l.Records))
			}
		}
	})
}
