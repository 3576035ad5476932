package plan

import (
	"strings"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/letter"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// A happening is what a test sees: "email welcome to jo@example.org", and what
// the letter or the digest that it came with says.
type happening struct {
	what  string
	lines []string // the subject and the text, without the space around and between words
}

// short is what happened without to whom.
func (h happening) short() string {
	what, _, _ := strings.Cut(h.what, " to ")
	return what
}

// happened notes what happened, with its message if it has one.
func (r *trial) happened(what string, c *letter.Content) {
	h := happening{what: what}
	if c != nil {
		for _, line := range strings.Split(c.Subject+"\n"+c.Text, "\n") {
			if words := strings.Fields(line); len(words) > 0 {
				h.lines = append(h.lines, strings.Join(words, " "))
			}
		}
	}
	r.seen = append(r.seen, h)
}

// compare holds what happened on a day against what was expected. What the
// data settled and what was answered need not be mentioned.
func (r *trial) compare(day calendar.Date, d playbook.TestDay) {
	want := make([]expected, len(d.Expect))
	spoken := map[string]bool{}
	for i, line := range d.Expect {
		want[i].Expectation, _ = playbook.ReadExpectation(line)
		spoken[strings.Fields(line)[0]] = true
	}
	var more []string
	otherwise := false
	for _, x := range r.seen {
		word := strings.Fields(x.what)[0]
		if (word == "settled" || word == "answered") && !spoken[word] {
			continue
		}
		w := x.among(want)
		if w == nil {
			more = append(more, x.what)
			r.fail(r.line, "on %s, not expected: %s", day, x.what)
			continue
		}
		w.met = true
		for _, why := range w.wrong(x) {
			otherwise, w.Says, w.Omits = true, nil, nil
			r.fail(r.line, "on %s, %s %s", day, x.what, why)
		}
	}
	var kept []string
	for _, w := range want {
		if w.met {
			kept = append(kept, w.String())
		} else {
			r.fail(r.line, "on %s, expected and did not happen: %s", day, w.What)
		}
	}
	if otherwise || len(more) > 0 || len(kept) < len(want) {
		r.instead(day, kept, more)
	}
}

// An expected line is met once.
type expected struct {
	playbook.Expectation
	met bool
}

// among finds the line that expects what happened: one whose words are there
// before others, one that says to whom before one that does not.
func (h happening) among(want []expected) *expected {
	var best *expected
	most := 0
	for i := range want {
		w := &want[i]
		points := 0
		switch {
		case w.met:
		case w.What == h.what:
			points = 2
		case w.What == h.short():
			points = 1
		}
		if points > 0 && len(w.wrong(h)) == 0 {
			points += 2
		}
		if points > most {
			best, most = w, points
		}
	}
	return best
}

// wrong says which words are not there, and which should not be.
func (w *expected) wrong(h happening) []string {
	var out []string
	text := strings.Join(h.lines, " ")
	for _, say := range w.Says {
		if !strings.Contains(text, say) {
			why := `does not say "` + say + `"`
			if line := nearest(say, h.lines); line != "" {
				why += `; the nearest line is "` + line + `"`
			}
			out = append(out, why)
		}
	}
	for _, say := range w.Omits {
		if strings.Contains(text, say) {
			out = append(out, `says "`+say+`", and should not`)
		}
	}
	return out
}

// nearest is the line that has the most words in common with a text, if any has.
func nearest(text string, lines []string) string {
	var best string
	most := 0
	for _, line := range lines {
		has := map[string]bool{}
		for _, word := range strings.Fields(strings.ToLower(line)) {
			has[word] = true
		}
		n := 0
		for _, word := range strings.Fields(strings.ToLower(text)) {
			if has[word] {
				n++
			}
		}
		if n > most {
			best, most = line, n
		}
	}
	return best
}
