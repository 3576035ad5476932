package inbound

import (
	"strings"
)

// Reports in words: what mail systems wrote before RFC 3464, and many still do.

// said is what the text of a report says.
type said struct {
	failed, late bool       // it says that something was not, or not yet, delivered
	list         []sentence // of each recipient that stands where failed ones stand
	whole        string     // all of it, without the letter that came back
	returned     string     // the letter that came back
}

// A sentence is what is said of one recipient.
type sentence struct{ recipient, words string }

// The bounds of the text of a report.
const (
	maxReport = 64 << 10
	maxLine   = 1000
)

// hear reads the text of a report.
func (k *rules) hear(subject, text string) said {
	if len(text) > maxReport {
		text = text[:maxReport]
	}
	var s said
	lines := strings.Split(strings.ReplaceAll(text, "\r", ""), "\n")
	for i, l := range lines {
		if len(l) > maxLine {
			lines[i] = l[:maxLine]
		}
		if k.returned.in(strings.ToLower(lines[i])) {
			s.returned = strings.Join(lines[i+1:], "\n")
			lines = lines[:i]
			break
		}
	}
	s.whole = strings.Join(lines, "\n")
	about := strings.ToLower(subject + "\n" + s.whole)
	s.late = k.late.in(about)
	s.failed = k.failed.in(about)
	after := -10 // the line that announces a list, itself not counted
	for i, l := range lines {
		if strings.TrimSpace(l) == "" {
			after++ // empty lines do not count
			continue
		}
		if strings.IndexByte(l, '@') < 0 {
			if k.announces.in(strings.ToLower(l)) {
				after = i
			}
			continue
		}
		p, to := k.place(l, i-after <= 3)
		if to == "" {
			if k.announces.in(strings.ToLower(l)) {
				after = i
			}
			continue
		}
		s.add(to, p.reason(lines, i))
		if i-after <= 3 {
			after = i
		}
	}
	return s
}

// add notes a recipient, or more words about one that is known.
func (s *said) add(to, words string) {
	for i := range s.list {
		if strings.EqualFold(s.list[i].recipient, to) {
			s.list[i].words += "\n" + words
			return
		}
	}
	if len(s.list) < maxFailures {
		s.list = append(s.list, sentence{to, words})
	}
}

// names reports whether one of the addresses stands where failed recipients do.
func (s said) names(addresses []string) bool {
	for _, x := range s.list {
		for _, a := range addresses {
			if strings.EqualFold(x.recipient, a) {
				return true
			}
		}
	}
	return false
}

func (s said) action() string {
	if s.late {
		return "delayed"
	}
	return "failed"
}

// about is what is said of a recipient: what stands with the address and, if
// that holds no code and alone says that the report is about nobody else, all
// of the report.
func (s said) about(recipient string, alone bool) (words, whole string) {
	for _, x := range s.list {
		if strings.EqualFold(x.recipient, recipient) {
			words = x.words
		}
	}
	if alone && firstCode(words) == "" && !smtpCode().MatchString(words) {
		whole = s.whole
	}
	return words, whole
}

// place finds the recipient of a line that is a place for one.
func (k *rules) place(l string, announced bool) (*place, string) {
	for i := range k.places {
		p := &k.places[i]
		if p.Announced && !announced {
			continue
		}
		if f := p.line().FindStringSubmatch(l); f != nil {
			if a, ok := bare(f[1]); ok {
				return p, a
			}
		}
	}
	return nil, ""
}

// reason gathers what a line says of its recipient: the rest of it and, where
// the place says so, the lines below until an empty one or another recipient.
func (p *place) reason(lines []string, i int) string {
	words := lines[i]
	if p.Reason == "line" {
		return words
	}
	for n := i + 1; n < len(lines) && n < i+20; n++ {
		l := lines[n]
		if strings.TrimSpace(l) == "" || p.Reason == "indented" && l[0] != ' ' && l[0] != '\t' ||
			p.Reason == "block" && p.line().MatchString(l) {
			break
		}
		words += "\n" + l
	}
	return words
}
