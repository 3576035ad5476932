package store

import (
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// erasedMark stands where a name or an address stood.
const erasedMark = "[erased]"

// traces finds one person's names and addresses in text. What somebody else of
// the same dataset has too, a household's address or a common first name, is
// not looked for: it is theirs. Two names side by side are, unless another
// person has both.
type traces struct {
	mine   map[string]bool // single values, in small letters
	pairs  map[string]bool // two names, as people write them
	others map[string]bool
	joined map[string]bool // others' names, joined
	find   *regexp.Regexp  // nil: there is nothing to find
	begin  []string        // in every text that find matches one of them is, folded
}

func newTraces() *traces {
	return &traces{mine: map[string]bool{}, pairs: map[string]bool{}, others: map[string]bool{}, joined: map[string]bool{}}
}

// fold is a text as it is compared.
func fold(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }

// telling reports whether a column can say who somebody is.
func telling(c dataset.Column) bool {
	return c.Class >= dataset.Name && (c.Kind == dataset.Text || c.Kind == dataset.Person)
}

// tellingCells gives the cells of a row that can say who it is, and its names.
func tellingCells(s *dataset.Schema, r *dataset.Row) (all, names []string) {
	for i, c := range s.Columns {
		if i >= len(r.Cells) || !telling(c) || fold(r.Cells[i].S) == "" {
			continue
		}
		all = append(all, fold(r.Cells[i].S))
		if c.Class == dataset.Name {
			names = append(names, fold(r.Cells[i].S))
		}
	}
	return all, names
}

// own takes in a record of the person.
func (f *traces) own(s *dataset.Schema, r *dataset.Row) {
	all, names := tellingCells(s, r)
	f.add(r.Key)
	for _, text := range all {
		f.add(text)
	}
	for _, two := range twos(names) {
		f.pairs[two] = true
	}
	for _, p := range r.Problems {
		f.add(p.Text)
	}
}

// other takes in a record of somebody else.
func (f *traces) other(s *dataset.Schema, r *dataset.Row) {
	all, names := tellingCells(s, r)
	for _, text := range all {
		f.others[text] = true
	}
	if len(names) > 1 {
		f.joined[strings.Join(names, "\x00")] = true
	}
}

func (f *traces) add(text string) {
	if text = fold(text); text != "" {
		f.mine[text] = true
	}
}

// twos gives every two names as people write them.
func twos(names []string) []string {
	var out []string
	for i, a := range names {
		for j, b := range names {
			if i != j {
				out = append(out, a+" "+b, a+", "+b)
			}
		}
	}
	return out
}

// close makes ready to find, once all records were taken in.
func (f *traces) close() {
	for names := range f.joined {
		for _, two := range twos(strings.Split(names, "\x00")) {
			delete(f.pairs, two)
		}
	}
	var texts []string
	for text := range f.mine {
		if !f.others[text] && worthFinding(text) {
			texts = append(texts, text)
		}
	}
	for text := range f.pairs {
		texts = append(texts, text)
	}
	var forms []string
	for _, text := range texts {
		for _, form := range []string{text, html.EscapeString(text), url.QueryEscape(text), url.PathEscape(text)} {
			forms = append(forms, strings.ReplaceAll(regexp.QuoteMeta(form), " ", `\s+`))
			first, _, _ := strings.Cut(form, " ")
			f.begin = append(f.begin, caseless(first))
		}
	}
	if len(forms) == 0 {
		return
	}
	slices.SortFunc(forms, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a) // the longest first, so that nothing of it is left
		}
		return strings.Compare(a, b)
	})
	slices.Sort(f.begin)
	f.begin = slices.Compact(f.begin)
	f.find = regexp.MustCompile("(?i:" + strings.Join(slices.Compact(forms), "|") + ")")
}

// worthFinding leaves out what is in every text: two letters, a small number.
func worthFinding(text string) bool {
	digits := strings.IndexFunc(text, func(r rune) bool { return !unicode.IsDigit(r) }) < 0
	return utf8.RuneCountInString(text) >= 3 && (!digits || len(text) >= 5)
}

// caseless is a text in which letters that differ only in case are the same
// ones, by the rule that find goes by.
func caseless(text string) string {
	return strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf {
			return unicode.ToUpper(r)
		}
		least := r
		for other := unicode.SimpleFold(r); other != r; other = unicode.SimpleFold(other) {
			least = min(least, other)
		}
		return least
	}, text)
}

// mayHold reports whether find need look at a text at all; it is slow.
func (f *traces) mayHold(text string) bool {
	text = caseless(text)
	return slices.ContainsFunc(f.begin, func(first string) bool { return strings.Contains(text, first) })
}

// redact takes the person out of a text, and reports whether they were in it.
func (f *traces) redact(text string) (string, bool) {
	if f.find == nil || text == "" || !f.mayHold(text) {
		return text, false
	}
	var out strings.Builder
	done, at := 0, 0
	for at <= len(text) {
		m := f.find.FindStringIndex(text[at:])
		if m == nil {
			break
		}
		from, to := at+m[0], at+m[1]
		if !wholeWord(text, from, to) {
			_, n := utf8.DecodeRuneInString(text[from:])
			at = from + n
			continue
		}
		out.WriteString(text[done:from])
		out.WriteString(erasedMark)
		done, at = to, to
	}
	if done == 0 {
		return text, false
	}
	out.WriteString(text[done:])
	return out.String(), true
}

// has reports whether the person is in a text.
func (f *traces) has(text string) bool {
	_, found := f.redact(text)
	return found
}

// wholeWord reports whether a stretch neither begins nor ends within a word.
func wholeWord(text string, from, to int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:from])
	first, _ := utf8.DecodeRuneInString(text[from:])
	last, _ := utf8.DecodeLastRuneInString(text[:to])
	after, _ := utf8.DecodeRuneInString(text[to:])
	return !(inWord(before) && inWord(first)) && !(inWord(last) && inWord(after))
}

func inWord(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
}
