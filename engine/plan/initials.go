package plan

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/letter"
)

// What travels by mail, or lies in a file that anybody may open, names nobody:
// people stand there by their initials, and of their letters one is shown with
// everything masked by which they could be found.

// Initials are a name as it stands where no whole name may: "N. N.".
func Initials(name string) string {
	var out []string
	for _, word := range strings.FieldsFunc(name, func(r rune) bool { return unicode.IsSpace(r) || r == '-' }) {
		for _, r := range word {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				out = append(out, string(unicode.ToUpper(r))+".")
				break
			}
		}
	}
	return strings.Join(out, " ")
}

// hiddenWord stands for what is masked and is no name.
const hiddenWord = "[…]"

// A disguise takes the people of some records out of texts. Doubt masks more,
// not less: a word that is somebody's name is masked wherever it stands.
type disguise map[string]string // what is masked, in small letters, by what stands for it

// person masks a name, whole and in its parts.
func (d disguise) person(name string) {
	d.put(name, Initials(name))
	for _, part := range strings.Fields(name) {
		d.put(part, Initials(part))
	}
}

func (d disguise) put(text, by string) {
	text = strings.ToLower(strings.Trim(dataset.Plain(text), " .,;"))
	if utf8.RuneCountInString(text) < 2 || by == "" || d[text] != "" && d[text] != hiddenWord {
		return
	}
	d[text] = by
}

// row masks what a record says of a person: all of its free text, if the record
// is a person, and else whom it names.
func (d disguise) row(t dataset.Tables, s *dataset.Schema, r *dataset.Row, deep bool) {
	if s == nil || r == nil {
		return
	}
	d.person(s.WhoIs(r))
	if s.Person || s.Email != "" {
		d.put(r.Key, hiddenWord)
	}
	for i, c := range s.Columns {
		if i >= len(r.Cells) || r.Cells[i].IsBlank() || c.Name == s.Branch {
			continue
		}
		v := r.Cells[i]
		switch {
		case c.Kind == dataset.Person:
			d.person(v.S)
			if m := t["members"]; m != nil && v.N != 0 && deep {
				d.row(t, m.Schema, m.ByRef(dataset.Ref(v.N)), false)
			}
		case c.Kind != dataset.Text:
		case c.Name == "name" && s.NamesOne(), strings.HasSuffix(c.Name, "_name") && c.Name != "file_name", c.Name == "donor":
			d.person(v.S)
		case s.Person || c.Name == s.Email || c.Name == "email" || c.Name == "phone":
			d.put(v.S, hiddenWord)
		}
	}
}

// text is a text without the people. A line may end within a name.
func (d disguise) text(s string) string {
	words := make([]string, 0, len(d))
	for w := range d {
		words = append(words, w)
	}
	slices.SortFunc(words, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) }) // the whole before its parts
	s = withoutAddresses(s)
	var b strings.Builder
	before := ' '
	for i := 0; i < len(s); {
		if !ofWord(before) {
			at := slices.IndexFunc(words, func(w string) bool { return beginsWith(s[i:], w) > 0 })
			if at >= 0 {
				b.WriteString(d[words[at]])
				i += beginsWith(s[i:], words[at])
				before = '.'
				continue
			}
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		b.WriteString(s[i : i+size])
		before, i = r, i+size
	}
	return b.String()
}

// beginsWith gives the length of a masked word at the beginning of a text; 0 if
// the text begins otherwise, or with a longer word.
func beginsWith(s, word string) int {
	i := 0
	for _, w := range word {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case i == len(s):
			return 0
		case unicode.IsSpace(w):
			rest := strings.TrimLeftFunc(s[i:], unicode.IsSpace)
			if size = len(s) - i - len(rest); size == 0 {
				return 0
			}
		case unicode.ToLower(r) != unicode.ToLower(w):
			return 0
		}
		i += size
	}
	if r, _ := utf8.DecodeRuneInString(s[i:]); i < len(s) && ofWord(r) {
		return 0
	}
	return i
}

// withoutAddresses is a text without mail addresses, whosever they are.
func withoutAddresses(s string) string {
	var b strings.Builder
	for {
		at := strings.IndexByte(s, '@')
		if at < 0 {
			return b.String() + s
		}
		from := strings.LastIndexFunc(s[:at], outOfAddress) + 1
		if from > 0 { // the last character before it may be of several bytes
			_, size := utf8.DecodeRuneInString(s[from-1:])
			from += size - 1
		}
		to := len(s)
		if end := strings.IndexFunc(s[at+1:], outOfAddress); end >= 0 {
			to = at + 1 + end
		}
		b.WriteString(s[:from] + hiddenWord)
		s = s[to:]
	}
}

// outOfAddress tells what cannot stand in a mail address.
func outOfAddress(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("<>\"'(),:;", r) }

func ofWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// disguiseOf is what masks the people of a message: whom it goes to, and of whom
// the records are that it is about.
func (p *planner) disguiseOf(m *ledger.Message, c letter.Content, about ...dataset.Term) disguise {
	d := disguise{}
	d.person(c.ToName)
	if t := p.in.Tables["members"]; t != nil && m.Person != 0 {
		d.row(p.in.Tables, t.Schema, t.ByRef(m.Person), true)
	}
	for _, x := range about {
		d.row(p.in.Tables, x.Schema, x.Row, true)
	}
	return d
}

// Masked is a message as it may travel by mail before it is approved: subject,
// text and reason, with initials for names. Of its page of HTML the bare words
// are left, to stand within another page.
func Masked(in Input, m ledger.Message, c letter.Content) letter.Content {
	p := newPlanner(in)
	var about []dataset.Term
	for _, key := range m.Actions {
		a, _ := in.Book.Action(key)
		of, known := in.Book.Case(a.Case)
		if t := in.Tables[of.Dataset]; known && t != nil {
			about = append(about, dataset.Term{Row: t.ByRef(of.Subject), Schema: t.Schema})
		}
		name, element, _ := strings.Cut(a.Element, "#")
		if t := in.Tables[name]; t != nil {
			if n, err := strconv.ParseInt(element, 10, 64); err == nil {
				about = append(about, dataset.Term{Row: t.ByRef(dataset.Ref(n)), Schema: t.Schema})
			}
		}
	}
	return p.disguiseOf(&m, c, about...).content(c)
}

// Masked is a message of a plan as Masked makes it, before anybody has it.
func (m Message) Masked(in Input) letter.Content {
	return newPlanner(in).disguiseOf(&m.Message, m.Content, m.about...).content(m.Content)
}

func (d disguise) content(c letter.Content) letter.Content {
	c.Subject, c.Text, c.Why = d.text(c.Subject), d.text(c.Text), d.text(c.Why)
	c.To, c.ToName, c.HTML = "", Initials(c.ToName), letter.Bare(c.HTML, d.text)
	return c
}
