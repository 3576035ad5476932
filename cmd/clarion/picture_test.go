package main

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"unicode/utf8"
)

// A picture is an SVG of what a person sees: lines of a terminal, or the cells
// of a spreadsheet. It is made of text, so that it can be read aloud, searched
// and enlarged.
type picture struct {
	about string // read to those who do not see it
	b     strings.Builder
	wide  int
	high  int
}

// The measures of a picture, in units of an SVG.
const (
	letterWide = 8.4
	lineHigh   = 20
	margin     = 16
)

const (
	ink, faint, warning, good = "#22272e", "#667080", "#a4262c", "#1a7f37"
	paper, ruled, shade       = "#fdfdfb", "#c9ced6", "#eef1f4"
)

// text writes a stretch of text at a place, so wide as it has letters, whatever
// the fonts of the reader.
func (p *picture) text(x float64, y int, colour, weight, s string) {
	s = strings.TrimRight(s, " ")
	lead := len(s) - len(strings.TrimLeft(s, " "))
	if s = s[lead:]; s == "" {
		return
	}
	n := utf8.RuneCountInString(s)
	fmt.Fprintf(&p.b, `<text x="%.1f" y="%d" fill="%s"%s textLength="%.1f" lengthAdjust="spacingAndGlyphs">%s</text>`+"\n",
		x+float64(lead)*letterWide, y, colour, weight, float64(n)*letterWide, asXML(s))
}

const bold = ` font-weight="bold"`

// asXML is a text as XML has it, with every space kept.
func asXML(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "  ", "\u00a0\u00a0", "\"", "&quot;").Replace(s)
}

// bytes is the whole file.
func (p *picture) bytes(title string) []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="title about" viewBox="0 0 %d %d" width="%d" height="%d" font-family="'DejaVu Sans Mono', Menlo, Consolas, 'Liberation Mono', monospace" font-size="14">
<title id="title">%s</title>
<desc id="about">%s</desc>
<rect x="0.5" y="0.5" width="%d" height="%d" rx="6" fill="%s" stroke="%s"/>
`, p.wide, p.high, p.wide, p.high, asXML(title), asXML(p.about), p.wide-1, p.high-1, paper, ruled)
	out.WriteString(p.b.String())
	out.WriteString("</svg>\n")
	return out.Bytes()
}

// ofTerminal draws commands with what they print. Lines that begin with $ were
// typed; what the program warns of stands out.
func ofTerminal(title, text string) []byte {
	p := &picture{about: text}
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	most := 0
	warned := false // and the lines after it belong to it
	for i, line := range lines {
		y := margin + lineHigh*i + 15
		warned = strings.HasPrefix(line, "clarion: ") || warned && line != "" && !strings.HasPrefix(line, "$ ")
		switch {
		case strings.HasPrefix(line, "$ "):
			p.text(margin, y, ink, bold, line)
		case warned, strings.Contains(line, " refused: "):
			p.text(margin, y, warning, "", line)
		case strings.TrimSpace(line) == "Taken.", strings.HasPrefix(line, "Written into"):
			p.text(margin, y, good, bold, line)
		default:
			p.text(margin, y, ink, "", line)
		}
		most = max(most, utf8.RuneCountInString(line))
	}
	p.wide, p.high = 2*margin+int(float64(most)*letterWide)+1, 2*margin+lineHigh*len(lines)
	return p.bytes(title)
}

// ofCells draws the cells of a list as a spreadsheet shows them.
func ofCells(title string, rows [][]string) []byte {
	p := &picture{}
	var wide []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(wide) {
				wide = append(wide, 1)
			}
			if strings.Join(row[1:], "") != "" { // a title runs over its neighbours
				wide[i] = max(wide[i], utf8.RuneCountInString(cell))
			}
		}
	}
	x := func(column int) float64 {
		at := 44.0
		for _, n := range wide[:column] {
			at += float64(n)*letterWide + 14
		}
		return at
	}
	right := int(x(len(wide)))
	high := 26
	p.wide, p.high = right+1, high*(len(rows)+1)+1
	fmt.Fprintf(&p.b, `<path d="M0 0H%dV%dH0ZM0 0H44V%dH0Z" fill="%s"/>`+"\n", right, high, p.high, shade)
	for i := range wide {
		p.text(x(i)+x2(wide[i]), 18, faint, "", string(rune('A'+i)))
		fmt.Fprintf(&p.b, `<path d="M%.1f 0V%d" stroke="%s"/>`+"\n", x(i), p.high, ruled)
	}
	for n, row := range rows {
		y := high * (n + 1)
		fmt.Fprintf(&p.b, `<path d="M0 %dH%d" stroke="%s"/>`+"\n", y, right, ruled)
		p.text(12, y+18, faint, "", fmt.Sprint(n+1))
		if strings.Join(row[1:], "") == "" {
			over := float64(utf8.RuneCountInString(row[0]))*letterWide + 10
			fmt.Fprintf(&p.b, `<rect x="%.1f" y="%d" width="%.1f" height="%d" fill="%s"/>`+"\n", x(0)+1, y+1, over, high-2, paper)
		}
		for i, cell := range row {
			p.text(x(i)+7, y+18, ink, "", cell)
		}
		p.about += strings.TrimRight(strings.Join(row, "; "), "; ") + ".\n"
	}
	return p.bytes(title)
}

// x2 is where a letter stands in the middle of so many.
func x2(n int) float64 { return (float64(n)*letterWide + 14 - letterWide) / 2 }

// kept compares a file of the repository with what it ought to be, or writes it.
func kept(t *testing.T, file string, want []byte, how string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	is, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(is, want) {
		t.Errorf("%s is out of step; write it anew with: %s", file, how)
	}
}
