// Package letter turns a Markdown template and the same names that conditions
// see into a letter: plain text and HTML. Member data never becomes markup, a
// link or a header, and a letter with a hole is never made.
//
// # What a template may say
//
// A template is Markdown with Go's template marks. Names stand bare, without
// the dot in front that Go asks for:
//
//	Dear {{ or member.first_name "friend" }},
//	{{ if gt (len rows) 0 }}…{{ else }}…{{ end }}
//	{{ range rows }}- {{ .name }}, {{ .joined }}
//	{{ end }}
//	{{ with meeting }}{{ .title }}{{ end }}
//
// Inside range and with, .name is a column of the row; bare names mean what
// they mean outside. A list of records is told in the order in which things
// happen: by the first column with a day or a time, then by key; persons by
// their names; rows as the step has sorted them. A role prints as its title. There are if, else, range, with, and, or, not, eq, ne,
// lt, gt, len and index; no variables, pipes, templates or calls of anything
// else. What has to be computed is computed in the playbook. Markdown is
// CommonMark with tables; bare addresses of the web become links when the
// author writes them. HTML and pictures are faults.
//
// # What a value may do
//
// A value prints itself, on one line, with control, direction and invisible
// characters made visible. While Markdown is read each printed value is an
// opaque word, so whatever is in it cannot be markup; afterwards it is put
// back by its place: as text, escaped; in an attribute, escaped; in a link,
// escaped for its part of the address, which keeps the scheme and the host the
// author wrote. A value that is a whole link must begin with http, https,
// mailto or tel.
//
// # The page
//
// Around the words stand the constituency's name, the subject as the heading, the
// signature, why it was sent, what to do if it is wrong, and the imprint. The page
// sets no colour, so a reader's dark mode holds, fetches nothing, and fits a
// telephone; a table wider than that moves by itself.
//
// # What cannot be told
//
// Printing what is blank, unreadable, unknown or not there is a Hole, and no
// letter is made. `or` passes over such values to the first that is there. To
// `if`, blank and not there are no; a blank yes or no, an unreadable cell and
// a comparison with anything blank cannot be told and are a Hole too.
package letter

import (
	"strings"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
)

// A Fault is something wrong with a template, and where.
type Fault struct {
	Line, Column int // from 1
	Text, Hint   string
}

// Names gives the value of a name that a template uses.
type Names func(name string) dataset.Term

// A Hole is a value that a letter needs and that is not there. It is an error:
// the letter is not made.
type Hole struct {
	Line  int
	Name  string         // "member.first_name"
	Cells []dataset.Cell // the blank cells, if it came from cells
	Why   string
}

// A Body is a rendered letter.
type Body struct {
	Text string
	HTML string // the inner part, without the page around it
}

// A Frame is what stands around every letter of a constituency.
type Frame struct {
	Constituency string
	Sender       string // "Pat Jones, Membership Secretary"
	Why          string // why you get this letter, in a sentence
	Wrong        string // what to do if it is wrong, in a sentence
	Imprint      string // who promotes it, as the law wants it said
	Clock        calendar.Clock
}

// A Template is a letter's parsed Markdown.
type Template struct{ template }

type template struct{ *program }

// A Line is a parsed subject.
type Line struct{ line }

type line struct{ *program }

// Parse reads a letter. With faults the template is nil.
func Parse(source string) (*Template, []Fault) {
	source = strings.TrimPrefix(strings.ReplaceAll(source, "\r\n", "\n"), "\ufeff")
	p, faults := compile(source)
	if len(faults) == 0 {
		faults = markdownFaults(p)
	}
	if len(faults) > 0 {
		return nil, faults
	}
	return &Template{template{p}}, nil
}

// Check finds the names and columns that a letter uses and that are not there,
// and comparisons of kinds that do not belong together.
func (t *Template) Check(names map[string]dataset.Type) []Fault { return t.check(names) }

// Uses are the dotted paths that a letter reads, sorted.
func (t *Template) Uses() []string { return append([]string(nil), t.uses...) }

// Render makes the letter. Its error is a *Hole.
func (t *Template) Render(names Names, clock calendar.Clock) (Body, error) {
	return renderMarkdown(t.program, names, clock)
}

// longestLine is how many characters a subject may have; what is more is cut.
const longestLine = 200

// ParseLine reads a subject. With faults the line is nil.
func ParseLine(source string) (*Line, []Fault) {
	p, faults := compile(source)
	if len(faults) > 0 {
		return nil, faults
	}
	return &Line{line{p}}, nil
}

// Check finds what Template.Check finds.
func (l *Line) Check(names map[string]dataset.Type) []Fault { return l.check(names) }

// Uses are the dotted paths that a line reads, sorted.
func (l *Line) Uses() []string { return append([]string(nil), l.uses...) }

// Render makes one line without control characters. Its error is a *Hole.
func (l *Line) Render(names Names, clock calendar.Clock) (string, error) {
	var b strings.Builder
	say := func(s string) { b.WriteString(s) }
	show := func(words string, _ int) { b.WriteString(words) }
	if err := l.run(names, clock, say, show); err != nil {
		return "", err
	}
	s := shown(b.String())
	if s == "" {
		return "", &Hole{Line: 1, Why: "the line is empty"}
	}
	if r := []rune(s); len(r) > longestLine {
		s = strings.TrimRight(string(r[:longestLine-1]), " ") + "…"
	}
	return s, nil
}
