package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/clarion-clp/clarion/engine/document"
)

// screen prints for people: columns that line up, lines that fit, and colour
// only on a terminal and only where it helps.
type screen struct {
	io.Writer
	colour bool
	wide   int // the column at which lines are broken
}

// The widths between which a screen is used: what is narrower scrolls sideways,
// what is wider would only move the ends of lines away from their beginnings.
const narrow, usualWidth, widest = 60, 100, 120

func newScreen(w io.Writer) *screen {
	s := &screen{Writer: w, wide: usualWidth, colour: terminal(w) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"}
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n > 0 {
		s.wide = min(max(n, narrow), widest)
	}
	return s
}

// terminal tells that somebody looks at what is written.
func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	i, err := f.Stat()
	return err == nil && i.Mode()&os.ModeCharDevice != 0
}

func (s *screen) say(format string, args ...any) { fmt.Fprintf(s, format+"\n", args...) }

// note says a sentence, broken into lines that fit, each after the indent.
func (s *screen) note(indent, format string, args ...any) {
	for _, l := range wrap(fmt.Sprintf(format, args...), s.wide-len(indent)) {
		s.say("%s%s", indent, l)
	}
}

func (s *screen) paint(code, text string) string {
	if !s.colour || code == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (s *screen) head(text string) { s.say("\n%s", s.paint("1", text)) }

// json prints a value for programs.
func (s *screen) json(v any) error {
	enc := json.NewEncoder(s)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("writing JSON: %w", err)
	}
	return nil
}

// table prints rows in columns that line up. A column in which nothing stands
// is left out, numbers stand to the right, cells longer than most are cut, and
// the last column is broken into lines that fit.
func (s *screen) table(indent string, most int, rows [][]string) {
	rows = filled(rows)
	if len(rows) == 0 {
		return
	}
	last := 0
	for _, r := range rows {
		last = max(last, len(r)-1)
	}
	width, number := make([]int, last+1), make([]bool, last+1)
	for i := range width {
		number[i] = len(rows) > 1
		for n, r := range rows {
			if i >= len(r) {
				continue
			}
			r[i] = cut(r[i], most, i == last)
			width[i] = max(width[i], utf8.RuneCountInString(r[i]))
			number[i] = number[i] && (n == 0 || r[i] == "" || strings.Trim(r[i], "0123456789-") == "")
		}
	}
	before := utf8.RuneCountInString(indent)
	for _, w := range width[:last] {
		before += w + 2
	}
	for _, r := range rows {
		s.row(indent, r, width, number, before)
	}
}

// row prints one row of a table whose last column begins after so many others.
func (s *screen) row(indent string, r []string, width []int, number []bool, before int) {
	var b strings.Builder
	b.WriteString(indent)
	for i, c := range r {
		gap := strings.Repeat(" ", max(width[i]-utf8.RuneCountInString(c), 0))
		switch {
		case number[i]:
			b.WriteString(gap + c + "  ")
		case i < len(width)-1:
			b.WriteString(c + gap + "  ")
		default:
			for n, l := range wrap(c, max(s.wide-before, 30)) {
				if n > 0 {
					b.WriteString("\n" + strings.Repeat(" ", before))
				}
				b.WriteString(l)
			}
		}
	}
	s.say("%s", strings.TrimRight(b.String(), " "))
}

// hints prints commands and what they are for. They are never broken, so that
// they can be pasted.
func (s *screen) hints(rows [][]string) {
	wide := s.wide
	s.wide = 1 << 20
	s.table("  ", 1<<20, rows)
	s.wide = wide
}

// filled copies rows without the columns in which nothing stands.
func filled(rows [][]string) [][]string {
	var keep []bool
	for _, r := range rows {
		for i, c := range r {
			if i >= len(keep) {
				keep = append(keep, false)
			}
			keep[i] = keep[i] || c != ""
		}
	}
	out := make([][]string, len(rows))
	for n, r := range rows {
		for i, c := range r {
			if keep[i] {
				out[n] = append(out[n], c)
			}
		}
	}
	return out
}

// wrap breaks a text at its blanks into lines of at most so many characters. A
// word that is longer stays whole, because it may be a path or a command.
func wrap(text string, most int) []string {
	var lines []string
	line := ""
	for _, w := range strings.Split(text, " ") {
		switch {
		case line == "":
			line = w
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(w) > most:
			lines = append(lines, strings.TrimRight(line, " "))
			line = w
		default:
			line += " " + w
		}
	}
	return append(lines, line)
}

func cut(text string, most int, last bool) string {
	if last || utf8.RuneCountInString(text) <= most {
		return text
	}
	r := []rune(text)
	return string(r[:most-1]) + "…"
}

// What documents call things, the screen calls them too.
var (
	plural   = document.Plural
	names    = document.Names
	readable = document.Readable
)

// tell says the one sentence that a command has to say, as JSON if that is asked
// for.
func (s *session) tell(format string, args ...any) error {
	text := fmt.Sprintf(format, args...)
	if s.JSON {
		return s.out.json(object{"said": text})
	}
	s.out.say("%s", text)
	return nil
}

// progress shows where long work has got to, on a terminal only; an empty text
// takes it away again.
func (s *session) progress(format string, args ...any) {
	if s.JSON || !terminal(s.err) {
		return
	}
	fmt.Fprintf(s.err, "\r\x1b[K"+format, args...)
}

// busy shows that work goes on, and for how long already, once it takes longer
// than a moment. What it gives ends that.
func (s *session) busy(format string, args ...any) (done func()) {
	if s.JSON || !terminal(s.err) {
		return func() {}
	}
	over, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		t := time.NewTicker(time.Second)
		defer t.Stop()
		for n := 1; ; n++ {
			select {
			case <-over:
				return
			case <-t.C:
				s.progress("%s … %d s", fmt.Sprintf(format, args...), n)
			}
		}
	}()
	return func() {
		close(over)
		<-ended
		s.progress("")
	}
}
