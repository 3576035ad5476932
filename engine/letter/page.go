package letter

import (
	"strings"

	"golang.org/x/net/html"
)

// Page is the whole letter around a body: who writes, the words, the
// signature, why it was sent, what to do if it is wrong, and the imprint. The
// page has one first heading, the subject; it sets no colours, so a reader's
// dark mode holds, and no width in pixels but the greatest.
func Page(f Frame, subject string, b Body) Body {
	return Body{Text: f.text(b.Text), HTML: f.html(subject, b.HTML)}
}

// Above puts a note at the top of a page, over who writes. It is HTML.
func Above(page, note string) string {
	if page == "" {
		return ""
	}
	note = `<p style="margin:0;padding:.8em 1.2em;border-bottom:1px solid">` + note + "</p>\n"
	if at := strings.Index(page, "<body"); at >= 0 {
		if end := strings.IndexByte(page[at:], '>'); end >= 0 {
			at += end + 1
			return page[:at] + "\n" + note + page[at:]
		}
	}
	return note + page
}

// Below puts a note at the end of a page, in plain words.
func Below(page, note string) string {
	if page == "" {
		return ""
	}
	note = `<p style="margin:0;padding:.8em 1.2em;border-top:1px solid;font-size:.9em;overflow-wrap:anywhere">` + safe(note) + "</p>\n"
	if at := strings.LastIndex(page, "</body>"); at >= 0 {
		return page[:at] + note + page[at:]
	}
	return page + note
}

func (f Frame) text(body string) string {
	var out []string
	add := func(lines ...string) {
		if len(lines) == 0 {
			return
		}
		if len(out) > 0 {
			out = append(out, "")
		}
		out = append(out, lines...)
	}
	add(underlined(paragraph(f.Constituency), 1)...)
	add(strings.TrimRight(body, "\n"))
	add(paragraph(f.Sender)...)
	foot := []string{"-- "}
	for _, s := range []string{f.Why, f.Wrong, f.Imprint} {
		if lines := paragraph(s); len(lines) > 0 {
			if len(foot) > 1 {
				foot = append(foot, "")
			}
			foot = append(foot, lines...)
		}
	}
	if len(foot) > 1 {
		add(foot...)
	}
	return strings.Join(out, "\n") + "\n"
}

// paragraph is a text from outside as lines, with its own line breaks.
func paragraph(s string) []string {
	var out []string
	for l := range strings.Lines(s) {
		out = append(out, wrap(shown(l), width)...)
	}
	return out
}

func (f Frame) html(subject, body string) string {
	var b strings.Builder
	b.WriteString("<!DOCTYPE html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n" +
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n" +
		"<meta name=\"color-scheme\" content=\"light dark\">\n" +
		"<meta name=\"supported-color-schemes\" content=\"light dark\">\n" +
		"<title>" + safe(subject) + "</title>\n" +
		"<style>:root{color-scheme:light dark;supported-color-schemes:light dark}</style>\n</head>\n" +
		"<body style=\"margin:0;padding:0\">\n" +
		"<div role=\"article\" lang=\"en-GB\" style=\"max-width:38em;margin:0 auto;padding:1.2em;" +
		"font-family:Georgia,'Times New Roman',serif;font-size:17px;line-height:1.5;overflow-wrap:anywhere\">\n")
	b.WriteString("<p style=\"margin:0 0 1.2em 0;padding:0 0 .5em 0;border-bottom:1px solid;font-weight:bold\">" + safe(f.Constituency) + "</p>\n")
	b.WriteString("<h1 style=\"font-size:1.35em;line-height:1.3;margin:0 0 .8em 0\">" + safe(subject) + "</h1>\n")
	b.WriteString(body + "\n")
	if s := broken(f.Sender); s != "" {
		b.WriteString("<p style=\"margin:1.4em 0 0 0\">" + s + "</p>\n")
	}
	var foot strings.Builder
	for _, s := range []string{f.Why, f.Wrong, f.Imprint} {
		if s = broken(s); s != "" {
			foot.WriteString("<p style=\"margin:0 0 .6em 0\">" + s + "</p>\n")
		}
	}
	if foot.Len() > 0 {
		b.WriteString("<div role=\"contentinfo\" style=\"margin:2em 0 0 0;padding:.8em 0 0 0;border-top:1px solid;font-size:.9em\">\n" + foot.String() + "</div>\n")
	}
	b.WriteString("</div>\n</body>\n</html>\n")
	return b.String()
}

// safe is a text from outside as HTML text.
func safe(s string) string { return html.EscapeString(shown(s)) }

// broken is a text from outside as HTML, with its own line breaks.
func broken(s string) string {
	var out []string
	for l := range strings.Lines(s) {
		if l = safe(l); l != "" {
			out = append(out, l)
		}
	}
	return strings.Join(out, "<br>")
}
