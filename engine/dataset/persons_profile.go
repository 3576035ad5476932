package dataset

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/clarion-clp/clarion/engine/calendar"
)

// A profile is what a record says of who its person is, in a form that can be
// held against another.
type profile struct {
	Likened
	family   string
	given    []string // first names
	called   []string // by what name they go
	title    string   // m or f; empty: it does not say
	born     calendar.Date
	hasBorn  bool
	emails   []string
	phones   []string
	postcode string
}

// A profiler reads profiles from the rows of one dataset.
type profiler struct {
	schema *Schema
	person string // the column that says which member it is; empty: records are persons
	whole  []string
}

// newProfiler gives the profiler of a dataset; nil if its records name nobody.
// Besides lists of persons these are lists that name one person, in the column
// person: by whatever column says who that is.
func newProfiler(s *Schema) *profiler {
	if s.Person {
		return &profiler{schema: s, whole: []string{"name"}}
	}
	if i, ok := s.Column("person"); ok && s.Columns[i].Kind == Person {
		return &profiler{schema: s, person: "person", whole: []string{"donor", "lender", "name", "person"}}
	}
	return nil
}

// profile reads one row; nil if it does not say who it is, or says so for
// certain.
func (p *profiler) profile(r *Row) *profile {
	at := cells{p.schema, r}
	if p.person != "" && at.value(p.person).N != 0 || r.Ref <= 0 {
		return nil
	}
	if kind := at.value("donor_type"); !kind.IsBlank() && kind.S != "individual" {
		return nil
	}
	out := &profile{Likened: Likened{Dataset: p.schema.Name, Key: r.Key, Ref: r.Ref, Name: p.name(at)}}
	if strings.Contains(out.Name, "@") { // a person column may hold an address
		out.emails, out.Name = append(out.emails, mailKey(out.Name)), ""
	}
	out.readName(at.text("title"), [...]string{at.text("first_name"), at.text("preferred_name"), at.text("last_name")})
	if out.family == "" {
		return nil
	}
	if v := at.value("born"); v.Kind == Date {
		out.born, out.hasBorn = v.AsDate(), true
	}
	for _, column := range []string{p.schema.Email, "email", "who"} {
		if e := at.text(column); column != "" && strings.Contains(e, "@") && !slices.Contains(out.emails, mailKey(e)) {
			out.emails = append(out.emails, mailKey(e))
		}
	}
	for _, column := range []string{"phone", "phone_home", "phone_work"} {
		if n := phoneKey(at.text(column)); n != "" && !slices.Contains(out.phones, n) {
			out.phones = append(out.phones, n)
		}
	}
	out.postcode = strings.ToUpper(strings.Join(strings.Fields(at.text("postcode")), ""))
	return out
}

// name is what a record calls its person.
func (p *profiler) name(at cells) string {
	for _, column := range p.whole {
		if name := at.text(column); name != "" {
			return name
		}
	}
	return strings.TrimSpace(cmp.Or(at.text("preferred_name"), at.text("first_name")) + " " + at.text("last_name"))
}

// mark is the same for records that say the same of who they are.
func (p *profile) mark() string {
	return strings.Join([]string{p.family, strings.Join(p.names(), " "), p.title, p.born.String(),
		strings.Join(p.emails, " "), strings.Join(p.phones, " "), p.postcode}, "\x00")
}

// mailKey is an address as it is compared.
func mailKey(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// phoneKey is the end of a telephone number, which is the same with the code of
// the country and without; empty if there is not enough of it.
func phoneKey(s string) string {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
	const telling = 9
	if len(digits) < telling {
		return ""
	}
	return digits[len(digits)-telling:]
}

// A nameMatch says how the names of two records agree.
type nameMatch int

const (
	otherName   nameMatch = iota // they are two people, or nobody can tell
	changedName                  // another family name, the same first name
	initialName                  // an initial stands for a first name
	wholeName
)

func (n nameMatch) words() string {
	return [...]string{"", "the same first name, another family name", "the same family name, and an initial that fits", "the same name"}[n]
}

// titles are the words before a name, and what some of them say.
var titles = map[string]string{"mr": "m", "master": "m", "sir": "m", "lord": "m", "mrs": "f", "miss": "f", "ms": "f",
	"lady": "f", "dame": "f", "mx": "", "dr": "", "prof": "", "professor": "", "rev": "", "revd": "", "reverend": "", "cllr": "",
	"councillor": "", "baroness": "f", "baron": "m", "hon": "", "rt": "", "esq": "", "mp": ""}

// particles begin a family name of several words.
var particles = []string{"de", "da", "du", "la", "le", "van", "von", "der", "den", "ten", "al", "el", "bin", "ap", "mac", "st", "o"}

// readName takes a name apart: from its columns where the list has them,
// otherwise from the whole of it, which may be "Smith, Jean" too.
func (p *profile) readName(title string, parts [3]string) {
	p.untitled(title)
	if parts[2] != "" {
		p.given, p.called = p.untitled(parts[0]), p.untitled(parts[1])
		p.family = joint(p.untitled(parts[2]))
		return
	}
	if family, rest, turned := strings.Cut(p.Name, ","); turned {
		p.given, p.family = p.untitled(rest), joint(p.untitled(family))
		return
	}
	all := p.untitled(p.Name)
	if len(all) < 2 {
		return
	}
	last := len(all) - 1
	for last > 1 && slices.Contains(particles, all[last-1]) {
		last--
	}
	p.given, p.family = all[:last], joint(all[last:])
}

// joint writes a family name as it is compared: in one word.
func joint(words []string) string { return strings.ReplaceAll(strings.Join(words, ""), "-", "") }

// untitled gives the words of a name without titles, of which it keeps what they
// say.
func (p *profile) untitled(s string) (words []string) {
	for _, w := range nameWords(s) {
		says, title := titles[w]
		switch {
		case !title:
			words = append(words, w)
		case says != "":
			p.title = says
		}
	}
	return words
}

// nameWords gives the words of a name in plain small letters: without the marks
// over and under them, apostrophes and full stops. Initials that stand
// together, "J.R.", are apart.
func nameWords(s string) []string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(s)) {
		switch {
		case unicode.Is(unicode.Mn, r), r == '\'', r == '’', r == '‘', r == '`':
		case plainLetters[r] != "":
			b.WriteString(plainLetters[r])
		case unicode.IsLetter(r), unicode.IsDigit(r), r == '-':
			b.WriteRune(r)
		default:
			b.WriteByte(' ')
		}
	}
	return slices.DeleteFunc(strings.Fields(b.String()), func(w string) bool { return strings.Trim(w, "-") == "" })
}

// plainLetters are letters that have no plain one inside them.
var plainLetters = map[rune]string{'ø': "o", 'ł': "l", 'đ': "d", 'ð': "d", 'þ': "th", 'æ': "ae", 'œ': "oe", 'ß': "ss", 'ı': "i"}

// sameName holds two names against each other. First names and family name may
// have changed places, as lists do that have one column for both.
func (p *profile) sameName(o *profile) nameMatch {
	if p.title != "" && o.title != "" && p.title != o.title || len(p.names()) == 0 || len(o.names()) == 0 {
		return otherName
	}
	if len(p.given) == 1 && len(o.given) == 1 && p.family == o.given[0] && o.family == p.given[0] {
		return wholeName
	}
	first := p.sameFirst(o)
	switch {
	case p.family == o.family:
		return first
	case first == wholeName:
		return changedName
	}
	return otherName
}

// names are all that a person may be called by, the first name first.
func (p *profile) names() []string { return slices.Concat(p.given, p.called) }

// sameFirst holds first names against each other: the first of one is among
// those of the other, or an initial of it; and where both have a second one, it
// may not be another.
func (p *profile) sameFirst(o *profile) nameMatch {
	if len(p.given) > 1 && len(o.given) > 1 && p.given[0] == o.given[0] && p.given[1][0] != o.given[1][0] {
		return otherName
	}
	a, b := p.names(), o.names()
	whole := func(names, of []string) bool { return len(names[0]) > 1 && slices.Contains(of, names[0]) }
	if whole(a, b) || whole(b, a) || joined(p.given) != "" && joined(p.given) == joined(o.given) {
		return wholeName
	}
	initial := func(names, of []string) bool {
		return len(names[0]) == 1 && slices.ContainsFunc(of, func(n string) bool { return n[0] == names[0][0] })
	}
	if initial(a, b[:1]) || initial(b, a[:1]) {
		return initialName
	}
	return otherName
}

// joined writes first names in one word, Anne Marie as Annemarie; nothing if they
// are initials.
func joined(names []string) string {
	if slices.ContainsFunc(names, func(n string) bool { return len(n) == 1 }) {
		return ""
	}
	return joint(names)
}
