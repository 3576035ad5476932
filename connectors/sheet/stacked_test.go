package sheet

import (
	"fmt"
	"strings"
	"testing"
)

// Headings in two rows are read as one: a title merged over several columns goes
// before each of them, and what is merged over both rows stands alone. A title of
// the whole list is none, nor are headings with blank cells below them.
func TestHeadingsInTwoRows(t *testing.T) {
	for _, c := range []struct{ name, text, header, row string }{
		{"merged over columns and over rows", "Mem No,Name,,Address,,,Joined\n,First,Last,Line 1,Town,Postcode,\nA1,Jo,Sample,1 High Street,Overton,OV1 2AB,13/02/2026\n",
			"Mem No|First Name|Last Name|Address Line 1|Address Town|Postcode|Joined", "Jo Sample 1 High Street"},
		{"a title above, too", "Our members,,,,\nMem No,Name,,Address,\n,First,Last,Line 1,Town\nA1,Jo,Sample,1 High Street,Overton\n",
			"Mem No|First Name|Last Name|Address Line 1|Address Town", "Jo Sample 1 High Street"},
		{"all of the lower row filled", ",Name,,\nMem No,First,Last,Joined\nA1,Jo,Sample,13/02/2026\n", "Mem No|First Name|Last Name|Joined", "Jo Sample "},
		{"only a title", "Name\nMem No,First name,Surname\nA1,Jo,Sample\n", "Mem No|First name|Surname", "Jo Sample "},
		{"blank cells below the headings", "Mem No,First name,Surname,Address Line 1\nA1,Jo,,\nA2,,Sample,1 High Street\n", "Mem No|First name|Surname|Address Line 1", "Jo  "},
	} {
		t.Run(c.name, func(t *testing.T) {
			schema := members()
			schema.Columns[columnOf(schema, "address")].Synonyms = []string{"address line 1"}
			l, err := look(t, "list.csv", []byte(c.text), Spec{}, schema)
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(l.Header, "|"); got != c.header {
				t.Errorf("headings %s\nwant     %s", got, c.header)
			}
			var cells []string
			for _, name := range []string{"first_name", "last_name", "address"} {
				cells = append(cells, l.Records[0].Cells[columnOf(schema, name)].S)
			}
			if got := strings.Join(cells, " "); got != c.row {
				t.Errorf("the first row is %q, want %q", got, c.row)
			}
			account2(t, l.Reading)
			rows := len(strings.Split(strings.TrimSpace(c.text), "\n"))
			if l.Lines != rows-1 {
				t.Errorf("%d rows of %d, one with the headings", l.Lines, rows)
			}
		})
	}
	book := book(t, nil, tab{name: "List", rows: [][]any{{"Mem No", "Name", "", "Joined"}, {"", "First", "Last", ""}, {"A1", "Jo", "Sample", numeral(46054, 1)}}})
	l, err := look(t, "list.xlsx", book, Spec{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(strings.Join(l.Header, "|"), l.HeaderRow, l.Like); got != "Mem No|First Name|Last Name|Joined2members" {
		t.Errorf("a workbook, without a list: %s", got)
	}
}
