package playbook

import (
	"net/url"
	"path"
	"slices"
	"strings"
	"unicode"
)

// promotionFile lists the words by which a letter promotes something.
const promotionFile = "promotion.yaml"

var promotionForm = form{what: "the list of promotion", fields: []field{
	{"phrases", must, listOf(aText), "Words that promote something; a star stands for up to four words."},
	{"links", false, listOf(aText), "Hosts of links that do."},
}}

// A Promotion is the list of words and links by which a letter promotes
// something.
type Promotion struct {
	phrases [][]string
	links   []string
}

// readPromotion reads the list.
func readPromotion(v value) Promotion {
	var p Promotion
	m, _ := v.form(promotionForm)
	if list := m.get("phrases"); list.there() {
		texts, _ := list.texts("phrases")
		for _, t := range texts {
			p.phrases = append(p.phrases, plainWords(t, true))
		}
	}
	if list := m.get("links"); list.there() {
		p.links, _ = list.texts("links")
	}
	return p
}

// A Promoting is a place where a letter promotes something.
type Promoting struct {
	Line int    // of the text
	What string // the phrase or link of the list
}

// Find lists the places of a text that promote something: by the phrases, which
// may run over the end of a line, and by the hosts of links.
func (p Promotion) Find(text string) []Promoting {
	var out []Promoting
	var words []string
	var lines []int
	for i, line := range strings.Split(unmarked(text), "\n") {
		for _, host := range hosts(line) {
			for _, l := range p.links {
				if host == l || strings.HasSuffix(host, "."+l) {
					out = append(out, Promoting{Line: i + 1, What: l})
				}
			}
		}
		for _, w := range plainWords(line, false) {
			words, lines = append(words, w), append(lines, i+1)
		}
	}
	for _, phrase := range p.phrases {
		for at := range words {
			if startsWith(words[at:], phrase) {
				out = append(out, Promoting{Line: lines[at], What: strings.Join(phrase, " ")})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Promoting) int { return a.Line - b.Line })
	return out
}

// startsWith reports whether words begin with a phrase; a star passes over up to
// four of them.
func startsWith(words, phrase []string) bool {
	for i, p := range phrase {
		if p == "*" {
			for skip := 0; skip <= 4 && i+skip <= len(words); skip++ {
				if startsWith(words[min(i+skip, len(words)):], phrase[i+1:]) {
					return true
				}
			}
			return false
		}
		if i >= len(words) || words[i] != p {
			return false
		}
	}
	return true
}

// plainWords are the words of a text in small letters, without punctuation.
func plainWords(text string, stars bool) []string {
	return strings.FieldsFunc(strings.ToLower(strings.ReplaceAll(text, "’", "'")), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '\'' && !(stars && r == '*')
	})
}

// unmarked is a letter without the marks of the template: what a value will say
// is not known.
func unmarked(text string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{{")
		b.WriteString(before)
		mark, after, closed := strings.Cut(rest, "}}")
		if !found || !closed {
			return b.String()
		}
		b.WriteString(" ; " + strings.Repeat("\n", strings.Count(mark, "\n")))
		text = after
	}
}

// hosts are those of the links in a line.
func hosts(line string) []string {
	var out []string
	for _, scheme := range []string{"https://", "http://"} {
		rest := line
		for {
			i := strings.Index(rest, scheme)
			if i < 0 {
				break
			}
			rest = rest[i:]
			end := strings.IndexAny(rest, " \t)>\"'")
			if end < 0 {
				end = len(rest)
			}
			if u, err := url.Parse(strings.TrimRight(rest[:end], ".,;")); err == nil {
				out = append(out, strings.ToLower(u.Hostname()))
			}
			rest = rest[min(len(scheme), len(rest)):]
		}
	}
	return out
}

// promotion warns where a letter that people never agreed to promotes something.
func (l *linter) promotion(pb *Playbook) {
	for _, st := range pb.Steps {
		if st.Off || st.Kind != Email || st.Basis != Service {
			continue
		}
		for _, o := range pb.origins {
			if o.Path != "letter."+st.ID && o.Path != "steps."+st.ID+".subject" {
				continue
			}
			file, first := pb.File, st.Line
			if o.Path == "letter."+st.ID {
				if file, first = o.From, 0; file == library {
					file = path.Join(path.Dir(pb.File), pb.Name, st.ID+".md")
				}
				file, _, _ = strings.Cut(file, ", ")
			}
			for _, f := range l.set.Promotion.Find(o.Value) {
				line := first
				if first == 0 {
					line = f.Line
				}
				l.warn(pb, file, line, "give the step basis: marketing, so that it goes only to those who agreed, or say it otherwise",
					"The letter %s is of basis service, and promotes something: %q.", st.ID, f.What)
			}
		}
	}
}
