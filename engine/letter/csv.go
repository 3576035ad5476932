package letter

import (
	"encoding/csv"
	"strings"
)

// CSV is the table as a file that spreadsheet programs open: UTF-8 with a mark
// that says so, cells as words. What cannot be seen is made visible, as in the
// letter, and no cell can be taken for a formula.
func (g *Grid) CSV() []byte {
	var b strings.Builder
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	for _, row := range append([][]string{g.Head}, g.Rows...) {
		line := cells(row)
		for i, c := range line {
			line[i] = harmless(c)
		}
		if len(line) == 1 && line[0] == "" { // else a row of one blank cell is no row
			line[0] = " "
		}
		w.Write(line) // to a Builder, which never fails
	}
	w.Flush()
	return []byte(b.String())
}

// harmless puts an apostrophe before a cell that a spreadsheet would take for a
// formula. A number with its sign, such as -£12.00 or +44 1632 960001, is none.
func harmless(c string) string {
	start := strings.TrimLeft(c, " \u00a0")
	if start == "" {
		return c
	}
	switch r := []rune(start)[0]; r {
	case '=', '@', '|', '＝', '＠':
		return "'" + c
	case '+', '-', '＋', '－', '−':
		if strings.Trim(start[len(string(r)):], "0123456789 .,£()") != "" {
			return "'" + c
		}
	}
	return c
}
