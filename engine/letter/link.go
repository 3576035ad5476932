package letter

import (
	"net/url"
	"strings"
)

// A shape is what the author's part of a link says about it.
type shape struct {
	scheme string
	why    string // why it cannot be used
}

// shapeOf reads the part of a link before its first value. The author must
// have written the scheme and, on the web, the whole host: a value may fill in
// what comes after.
func shapeOf(pieces []piece) shape {
	if len(pieces) == 0 {
		return shape{why: "it leads nowhere"}
	}
	head := pieces[0].text
	scheme, rest, found := strings.Cut(head, ":")
	scheme = strings.ToLower(scheme)
	switch {
	case !found:
		return shape{why: "it does not say where it leads"}
	case scheme == "mailto" || scheme == "tel":
		return shape{scheme: scheme}
	case scheme != "http" && scheme != "https":
		return shape{why: "its kind is not one of http, https, mailto and tel"}
	}
	host, slashes := strings.CutPrefix(rest, "//")
	end := strings.IndexAny(host, "/?#")
	switch {
	case !slashes || end == 0 || host == "" && len(pieces) == 1:
		return shape{why: "it names no site"}
	case end < 0 && len(pieces) > 1:
		return shape{why: "a value cannot stand in the name of the site"}
	}
	return shape{scheme: scheme}
}

// link fills in the values of a link. One that cannot be used is remembered,
// and no letter is made.
func (p *printed) link(to string) string {
	pieces := p.pieces(to)
	full, why := filled(pieces)
	if why != "" && p.bad == nil {
		p.bad = &Hole{Name: "a link", Why: why}
		for _, q := range pieces {
			p.bad.Line = max(p.bad.Line, q.at)
		}
	}
	return full
}

func filled(pieces []piece) (full, why string) {
	if len(pieces) == 0 {
		return "", "it leads nowhere, or its kind is not one of http, https, mailto and tel"
	}
	var b strings.Builder
	var s shape
	for i, q := range pieces {
		switch {
		case i == 0 && q.value:
			if s = shapeOf([]piece{{text: q.text}}); s.why != "" {
				return "", s.why
			}
			b.WriteString(wholeLink(q.text))
		case i == 0:
			if s = shapeOf(pieces); s.why != "" {
				return "", s.why
			}
			b.WriteString(q.text)
		case !q.value:
			b.WriteString(q.text)
		case q.text == "." || q.text == "..":
			return "", "a value in it would lead elsewhere"
		default:
			b.WriteString(part(s.scheme, b.String(), q.text))
		}
	}
	full = b.String()
	return full, leadsWhereItSays(full, s, pieces)
}

// leadsWhereItSays compares the host of the finished link with the host that
// its beginning names.
func leadsWhereItSays(full string, s shape, pieces []piece) string {
	u, err := url.Parse(full)
	if err != nil {
		return "it is not an address of the web or of mail"
	}
	if s.scheme == "mailto" || s.scheme == "tel" {
		if strings.ReplaceAll(u.Opaque, "%20", "") == "" {
			return "it leads nowhere"
		}
		return ""
	}
	first, err := url.Parse(strings.TrimSpace(pieces[0].text))
	switch {
	case err != nil || u.Host == "" || u.Host != first.Host || u.Scheme != s.scheme:
		return "it would lead to another site than it says"
	case u.User != nil:
		return "it names a user before the site"
	}
	return ""
}

// wholeLink is a value that is a link of its own, with nothing in it that
// would end the link.
func wholeLink(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c >= 0x7f || strings.IndexByte("\"<>\\^`{|}", c) >= 0 {
			percent(&b, c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// part is a value inside a link. All that could mean something there is
// escaped; an address keeps its @, a telephone number its +.
func part(scheme, before, s string) string {
	keep := "-._~"
	switch {
	case scheme == "mailto" && !strings.Contains(before, "?"):
		keep += "@+"
	case scheme == "tel":
		keep += "+"
		s = strings.NewReplacer(" ", "", "(", "", ")", "").Replace(s)
	}
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte(keep, c) >= 0 {
			b.WriteByte(c)
		} else {
			percent(&b, c)
		}
	}
	return b.String()
}

func percent(b *strings.Builder, c byte) {
	const hex = "0123456789ABCDEF"
	b.WriteByte('%')
	b.WriteByte(hex[c>>4])
	b.WriteByte(hex[c&15])
}
