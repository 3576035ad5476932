package letter

import (
	"encoding/csv"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestATableAsASpreadsheet(t *testing.T) {
	g := &Grid{Head: []string{"name", "owed since"}, Rows: [][]string{
		{"Zoë Ó \"Zed\" Quill", "3 November 2026"},
		{"=HYPERLINK(\"https://example.net\")", "-£12.00"},
		{"a, b\nc\u202e", "+44 1632 960001"},
		{" \t@SUM(1)", "-2+3+cmd|' /C calc'!A0"},
	}}
	want := "\ufeff" + strings.Join([]string{
		`name,owed since`,
		`"Zoë Ó ""Zed"" Quill",3 November 2026`,
		`"'=HYPERLINK(""https://example.net"")",-£12.00`,
		`"a, b c‹U+202E›",+44 1632 960001`,
		`'@SUM(1),'-2+3+cmd|' /C calc'!A0`,
	}, "\r\n") + "\r\n"
	if got := string(g.CSV()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Whatever stands in a cell, the file can be read back, has as many rows and
// columns as the table, and holds nothing that begins like a formula.
func TestNoCellIsAFormula(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		wide := rapid.IntRange(1, 4).Draw(t, "columns")
		row := rapid.SliceOfN(rapid.OneOf(rapid.String(), rapid.StringMatching(`[ \t]?[=+@|＝-][-+A-Za-z0-9!|'"; ,£.()]*`)), wide, wide)
		g := &Grid{Head: row.Draw(t, "head"), Rows: rapid.SliceOfN(row, 0, 5).Draw(t, "rows")}
		body := g.CSV()
		if !utf8.Valid(body) {
			t.Fatalf("%q is not UTF-8", body)
		}
		r := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(body), "\ufeff")))
		lines, err := r.ReadAll()
		if err != nil || len(lines) != len(g.Rows)+1 {
			t.Fatalf("%d lines of %d rows: %v", len(lines), len(g.Rows), err)
		}
		for _, line := range lines {
			if len(line) != wide {
				t.Fatalf("%d cells in a line of %d", len(line), wide)
			}
			for _, c := range line {
				start := strings.TrimLeft(c, " \u00a0")
				if start == "" {
					continue
				}
				if strings.ContainsAny(start[:1], "=@|\t\r\n") || strings.ContainsAny(start[:1], "+-") && strings.ContainsAny(start, "!|=ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") {
					t.Fatalf("the cell %q is taken for a formula", c)
				}
			}
		}
	})
}
