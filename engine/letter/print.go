package letter

import (
	"fmt"
	"strconv"
	"strings"
)

// What is printed: call sheets, letters for the post and labels, for A4. A
// printed page stands on white whatever the screen's colours are, names and
// addresses in it are text whatever is in them, and the first line of the file
// says what it is and by when to delete it.

// A CallSheet is whom to ring about one thing, with what to say.
type CallSheet struct {
	Title  string // what it is about
	Facts  string // which sheet, whose, since when
	Whom   string // whom the words below are written to; empty: there are none
	Words  Body
	Calls  []Call
	Beyond []string // people whom nothing at all is known to reach, in words
}

// A Call is one person to ring.
type Call struct {
	Row         int
	Name, Phone string // Phone may say why there is none
	Address     string
	Key         string
	About       string
	Mark        string // what to heed before ringing
}

// A Leaf is a letter for the post.
type Leaf struct {
	To       []string // as on the envelope, the name first
	Date     string
	Subject  string
	Body     Body
	Frame    Frame
	Reply    string   // the mail address to which an answer can go
	Enclosed []string // what goes with it
}

// A LabelSize is a sheet of labels that shops sell.
type LabelSize string

// The sizes: 21 labels of 63.5 by 38.1 mm on a page (L7160), or 14 of 99.1 by
// 38.1 mm (L7163).
const (
	ThreeBySeven LabelSize = "3x7"
	TwoBySeven   LabelSize = "2x7"
)

func (s LabelSize) across() int {
	if s == TwoBySeven {
		return 2
	}
	return 3
}

const down = 7

// PrintCalls is call sheets as a page of HTML, each on a sheet of its own.
func PrintCalls(notice string, sheets []CallSheet) []byte {
	var b strings.Builder
	for _, s := range sheets {
		b.WriteString(`<section class="sheet">` + "\n<h1>" + safe(s.Title) + "</h1>\n<p class=\"facts\">" + safe(s.Facts) + "</p>\n")
		if s.Whom != "" {
			b.WriteString(`<div class="script"><p class="facts">What the letter says, as written to ` + safe(s.Whom) + ":</p>\n" + s.Words.HTML + "</div>\n")
		}
		b.WriteString("<table class=\"calls\">\n<thead><tr><th scope=\"col\"></th><th scope=\"col\">No.</th><th scope=\"col\">Who</th>" +
			"<th scope=\"col\">Telephone</th><th scope=\"col\">About</th><th scope=\"col\">What was said</th></tr></thead>\n<tbody>\n")
		for _, c := range s.Calls {
			b.WriteString(`<tr><td class="box"><span></span></td><td>` + strconv.Itoa(c.Row) + "</td><td><strong>" + safe(c.Name) + "</strong>")
			for _, line := range []string{c.Key, c.Address} {
				if line = safe(line); line != "" {
					b.WriteString("<br>" + line)
				}
			}
			b.WriteString(`</td><td class="phone">` + safe(c.Phone) + "</td><td>" + safe(c.About))
			if c.Mark != "" {
				b.WriteString(`<br><strong>` + safe(c.Mark) + "</strong>")
			}
			b.WriteString(`</td><td class="notes"><i></i><i></i><i></i></td></tr>` + "\n")
		}
		b.WriteString("</tbody>\n</table>\n")
		if len(s.Beyond) > 0 {
			b.WriteString("<p><strong>Nothing is known by which to reach:</strong> " + safe(strings.Join(s.Beyond, "; ")) + ".</p>\n")
		}
		b.WriteString("</section>\n")
	}
	return sheetOfPaper(notice, "calls", b.String(), "@page { size: A4; margin: 12mm 12mm 14mm; }")
}

// PrintLetters is letters for the post as a page of HTML, each on a sheet of its
// own, with the address where the window of a DL envelope is.
func PrintLetters(notice string, leaves []Leaf) []byte {
	var b strings.Builder
	for _, l := range leaves {
		b.WriteString("<section class=\"sheet leaf\">\n<p class=\"house\">" + safe(l.Frame.Constituency) + "</p>\n<address>")
		for i, line := range cells(l.To) {
			if i > 0 {
				b.WriteString("<br>")
			}
			b.WriteString(safe(line))
		}
		b.WriteString("</address>\n<p class=\"date\">" + safe(l.Date) + "</p>\n<h1>" + safe(l.Subject) + "</h1>\n" + l.Body.HTML + "\n")
		if s := broken(l.Frame.Sender); s != "" {
			if reply := safe(l.Reply); reply != "" {
				s += "<br>" + reply
			}
			b.WriteString(`<p class="sign">` + s + "</p>\n")
		}
		if len(l.Enclosed) > 0 {
			b.WriteString("<p>Enclosed: " + safe(strings.Join(l.Enclosed, ", ")) + "</p>\n")
		}
		b.WriteString(`<div class="foot">`)
		for _, s := range []string{l.Frame.Why, l.Frame.Wrong, l.Frame.Imprint} {
			if s = broken(s); s != "" {
				b.WriteString("<p>" + s + "</p>")
			}
		}
		b.WriteString("</div>\n</section>\n")
	}
	return sheetOfPaper(notice, "letters", b.String(), "@page { size: A4; margin: 16mm 20mm 18mm; }")
}

// PrintLabels is labels as a page of HTML; the first so many of a page are used
// already.
func PrintLabels(notice string, size LabelSize, used int, labels [][]string) []byte {
	a, per := size.across(), size.across()*down
	used = max(used, 0) % per
	var b strings.Builder
	for i := -used; i < len(labels); i++ {
		n := i + used
		if n%per == 0 {
			if n > 0 {
				b.WriteString("</div>\n")
			}
			b.WriteString(fmt.Sprintf("<div class=\"sheet labels across%d\">\n", a))
		}
		b.WriteString("<div class=\"label\">")
		if i >= 0 {
			lines := cells(labels[i])
			for j, line := range lines {
				if lines[j] = safe(line); j == 0 {
					lines[j] = "<strong>" + lines[j] + "</strong>"
				}
			}
			b.WriteString("<p>" + strings.Join(lines, "<br>") + "</p>")
		}
		b.WriteString("</div>\n")
	}
	if len(labels) > 0 {
		b.WriteString("</div>\n")
	}
	return sheetOfPaper(notice, "labels", b.String(), "@page { size: A4; margin: 0; }")
}

// sheetOfPaper is a page for printing around what is given.
func sheetOfPaper(notice, class, body, page string) []byte {
	remark := strings.ReplaceAll(safe(notice), "--", "- -")
	return []byte("<!-- " + remark + " -->\n<!DOCTYPE html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n" +
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"robots\" content=\"noindex\">\n" +
		"<meta name=\"referrer\" content=\"no-referrer\">\n" +
		"<title>" + safe(notice) + "</title>\n<style>\n" + page + "\n" + printStyle + "</style>\n</head>\n<body class=\"" + class + "\">\n" +
		"<p class=\"notice\">" + safe(notice) + "</p>\n" + body + "</body>\n</html>\n")
}

// PrintCSV is a table as a file that spreadsheet programs open, beneath a line
// that says what it is. No cell can be taken for a formula.
func PrintCSV(notice string, g Grid) []byte {
	all := Grid{Head: []string{notice}, Rows: append([][]string{g.Head}, g.Rows...)}
	return all.CSV()
}

// printStyle is how printed pages look.
const printStyle = `:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0; color: #000; background: #fff; font: 10.5pt/1.4 Georgia, "Times New Roman", serif; overflow-wrap: anywhere; }
h1 { font-size: 14pt; line-height: 1.25; margin: 0 0 2mm; }
.notice { margin: 0 0 4mm; padding: 2mm 3mm; border: 1px solid #000; font-size: 9pt; }
.sheet + .sheet { break-before: page; }
.facts { margin: 0 0 3mm; font-size: 9pt; }
.script { margin: 0 0 4mm; padding: 3mm 4mm 1mm; border-left: 1.2mm solid #999; font-size: 9.5pt; }
.script a, .leaf a { color: #000; }
table { border-collapse: collapse; }
.calls table.calls { width: 100%; table-layout: fixed; }
table.calls th { text-align: left; font-size: 9pt; border-bottom: .4mm solid #000; padding: 1mm 1.5mm; }
table.calls td { vertical-align: top; border-bottom: .2mm solid #777; padding: 2mm 1.5mm; }
table.calls thead { display: table-header-group; }
table.calls tr { break-inside: avoid; }
table.calls th:nth-child(1) { width: 8mm; }
table.calls th:nth-child(2) { width: 9mm; }
table.calls th:nth-child(3) { width: 44mm; }
table.calls th:nth-child(4) { width: 31mm; }
table.calls th:nth-child(5) { width: 40mm; }
td.box span { display: inline-block; width: 4.5mm; height: 4.5mm; border: .4mm solid #000; }
td.phone { font-weight: bold; overflow-wrap: normal; }
td.notes i { display: block; height: 6.5mm; border-bottom: .2mm solid #aaa; }
.leaf { position: relative; font-size: 11pt; }
.leaf .house { height: 24mm; margin: 0; font-size: 10pt; }
.leaf address { height: 38mm; margin: 0; padding: 4mm 0 0 4mm; font-style: normal; line-height: 1.3; overflow: hidden; }
.leaf .date { margin: 4mm 0 6mm; text-align: right; }
.leaf h1 { margin-bottom: 5mm; font-size: 12pt; }
.leaf .sign { margin-top: 8mm; break-inside: avoid; }
.leaf .foot { margin-top: 8mm; padding-top: 2mm; border-top: .2mm solid #000; font-size: 8.5pt; break-inside: avoid; }
.leaf .foot p { margin: 0 0 1.5mm; }
.labels .labels { display: grid; width: 210mm; height: 296.5mm; padding: 15.1mm 0 0; grid-auto-rows: 38.1mm; column-gap: 2.5mm; overflow: hidden; }
.labels .across3 { padding-left: 7.25mm; grid-template-columns: repeat(3, 63.5mm); }
.labels .across2 { padding-left: 4.65mm; grid-template-columns: repeat(2, 99.1mm); }
.labels .label { padding: 4mm 5mm; overflow: hidden; font-size: 10.5pt; line-height: 1.22; display: flex; align-items: center; }
.labels .label p { margin: 0; }
@media screen {
  body { max-width: 210mm; margin: 0 auto; padding: 6mm; }
  .labels .label { outline: 1px dotted #bbb; }
}
@media print {
  .letters .notice, .labels > .notice { display: none; }
}
`
