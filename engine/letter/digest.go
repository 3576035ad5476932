package letter

import (
	"fmt"
	"strconv"
	"strings"
)

// A Section of a digest holds what belongs together: one playbook's tasks, or
// what is late.
type Section struct {
	Title string
	Items []Item
}

// An Item is one thing in an officer's digest. Everything in it but Words is
// text from outside and is made safe here.
type Item struct {
	Heading string   // what to do, in a line; if empty, Line is
	Line    string   // about whom, or why, in a line
	Detail  string   // more, with its own line breaks
	Words   Body     // the task's own letter, rendered
	Marks   []string // "reminder", "private"
	Table   *Grid
	Answers []string // what the officer can answer
	Number  int64    // of the task; 0 for what is no task
	Due     string   // "3 November 2026"
	Late    bool
}

// A Grid is a table of a digest: cells as words, and a note beneath it.
type Grid struct {
	Head []string
	Rows [][]string
	Note string
	File string // what the same table is called as an attachment; empty: it is none
}

// DigestBody is an officer's digest.
func DigestBody(sections []Section) Body {
	d := &digest{}
	if s := summary(sections); s != "" {
		d.paragraph(s)
	}
	for _, s := range sections {
		if len(s.Items) == 0 {
			continue
		}
		d.heading(2, s.Title)
		for _, i := range s.Items {
			d.item(i)
		}
	}
	return Body{Text: strings.Join(d.text, "\n") + "\n", HTML: strings.TrimSpace(d.html.String())}
}

// summary says how much there is, because a digest is read on a phone.
func summary(sections []Section) string {
	tasks, late := 0, 0
	for _, s := range sections {
		for _, i := range s.Items {
			if i.Number == 0 {
				continue
			}
			tasks++
			if i.Late {
				late++
			}
		}
	}
	switch {
	case tasks == 0:
		return ""
	case tasks == 1 && late == 1:
		return "One task waits for you, and it is late."
	case tasks == 1:
		return "One task waits for you."
	case late == 0:
		return fmt.Sprintf("%d tasks wait for you.", tasks)
	case late == 1:
		return fmt.Sprintf("%d tasks wait for you; one is late.", tasks)
	case late == tasks:
		return fmt.Sprintf("%d tasks wait for you; all are late.", tasks)
	}
	return fmt.Sprintf("%d tasks wait for you; %d are late.", tasks, late)
}

// A digest is being written, both ways at once.
type digest struct {
	text []string
	html strings.Builder
}

func (d *digest) lines(lines []string) {
	if len(lines) == 0 {
		return
	}
	if len(d.text) > 0 {
		d.text = append(d.text, "")
	}
	d.text = append(d.text, lines...)
}

func (d *digest) element(tag, inner string) {
	d.html.WriteString("<" + tag + styled(tag, "") + ">" + inner + "</" + tag + ">\n")
}

func (d *digest) heading(level int, s string) {
	if lines := wrap(shown(s), width); len(lines) > 0 {
		d.lines(underlined(lines, level))
		d.element("h"+strconv.Itoa(level), safe(s))
	}
}

func (d *digest) paragraph(s string) {
	if lines := paragraph(s); len(lines) > 0 {
		d.lines(lines)
		d.element("p", broken(s))
	}
}

func (d *digest) item(i Item) {
	if i.Heading == "" {
		i.Heading, i.Line = i.Line, ""
	}
	d.title(i)
	d.paragraph(i.due() + "\n" + shown(i.Line))
	for part := range strings.SplitSeq(strings.ReplaceAll(i.Detail, "\r\n", "\n"), "\n\n") {
		d.paragraph(part)
	}
	if i.Words.HTML != "" {
		d.lines(strings.Split(strings.TrimRight(i.Words.Text, "\n"), "\n"))
		d.html.WriteString(i.Words.HTML + "\n")
	}
	if i.Table != nil {
		d.grid(i.Table)
	}
	d.answers(i)
}

// title is an item's heading with its number and marks; a bare table has none.
func (d *digest) title(i Item) {
	heading := shown(i.Heading)
	if heading == "" && i.Number == 0 {
		return
	}
	if i.Late {
		heading = "LATE: " + heading
	}
	if i.Number > 0 {
		heading = fmt.Sprintf("Task %d. %s", i.Number, heading)
	}
	if len(i.Marks) > 0 {
		heading += " (" + strings.Join(cells(i.Marks), ", ") + ")"
	}
	d.lines(wrap(shown(heading), width))
	d.element("h3", safe(heading))
}

func (i Item) due() string {
	switch {
	case i.Due == "":
		return ""
	case i.Late:
		return "This was due " + shown(i.Due) + "."
	}
	return "Due " + shown(i.Due) + "."
}

func (d *digest) answers(i Item) {
	if i.Number == 0 || len(i.Answers) == 0 {
		return
	}
	var words []string
	for _, a := range i.Answers {
		words = append(words, "\u201c"+shown(a)+"\u201d")
	}
	text := fmt.Sprintf("To answer, give number %d and one of: %s.", i.Number, strings.Join(words, ", "))
	if len(words) == 1 {
		text = fmt.Sprintf("To answer, give number %d and %s.", i.Number, words[0])
	}
	d.lines(wrap(text, width))
	d.element("p", safe(text))
}

func (d *digest) grid(g *Grid) {
	head := cells(g.Head)
	rows := make([][]string, 0, len(g.Rows))
	for _, r := range g.Rows {
		rows = append(rows, cells(r))
	}
	var b strings.Builder
	if len(head) > 0 {
		b.WriteString("<thead><tr>")
		for _, c := range head {
			b.WriteString(`<th scope="col"` + styled("th", "") + ">" + safe(c) + "</th>")
		}
		b.WriteString("</tr></thead>")
	}
	b.WriteString("<tbody>")
	for _, r := range rows {
		b.WriteString("<tr>")
		for _, c := range r {
			b.WriteString("<td" + styled("td", "") + ">" + safe(c) + "</td>")
		}
		b.WriteString("</tr>")
	}
	b.WriteString("</tbody>")
	if len(rows) > 0 {
		d.lines(tableText(head, rows, width))
		d.html.WriteString(around[0])
		d.element("table", b.String())
		d.html.WriteString(strings.TrimPrefix(around[1], "\n") + "\n")
	}
	d.paragraph(g.Note)
	if g.File != "" {
		d.paragraph("The same table is attached as a spreadsheet: " + shown(g.File) + ".")
	}
}

func cells(row []string) []string {
	out := make([]string, len(row))
	for i, c := range row {
		out[i] = shown(c)
	}
	return out
}
