package inbound

import (
	"strings"

	"github.com/emersion/go-message"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// Auth is what our own receiving server says it found when it checked who sent
// a message. A verdict is pass, fail, none, and what else RFC 8601 knows; empty
// if the server says nothing of it.
type Auth struct {
	Server           string // by which name it was stamped; empty if it was not
	DMARC, SPF, DKIM string
}

// Passed says that the sender's domain is the sender's.
func (a Auth) Passed() bool { return a.DMARC == "pass" }

// authenticated reads the topmost Authentication-Results, if our server wrote
// it. Anybody can write such a field; only what stands above all others was
// written last, by the server that gave us the message. Fields directly below
// it under the same name may be our server's second stamp or the sender's own
// invention: they can make a verdict worse, never better, and never make one.
//
// The parser is our own because those to be had cut the field at each
// semicolon, also at one within a quoted or commented address that the sender
// chose, as in smtp.mailfrom="a; dmarc=pass"@example.org.
func authenticated(h message.Header, server string, m *Message) Auth {
	var a Auth
	if server == "" {
		return a
	}
	first := true
	for f := h.Fields(); f.Next(); {
		if !strings.EqualFold(f.Key(), "Authentication-Results") {
			if !first {
				break
			}
			continue
		}
		name, results := stamped(f.Value())
		if !sameServer(name, server) {
			if first {
				m.problem("the topmost check of its sender was not stamped by our server, so it counts as not checked")
			}
			break
		}
		if a.Server = dataset.Plain(name); name == "" {
			a.Server = "a server that gives no name"
		}
		for _, r := range results {
			m.verdict(&a, r, first)
		}
		first = false
	}
	return a
}

// verdict takes one result into account.
func (m *Message) verdict(a *Auth, r result, first bool) {
	to := map[string]*string{"dmarc": &a.DMARC, "spf": &a.SPF, "dkim": &a.DKIM}[r.method]
	if to == nil {
		return
	}
	if r.method == "dmarc" && r.verdict == "pass" {
		if from := r.properties["header.from"]; from != "" && !strings.EqualFold(from, domainOf(m.From)) {
			r.verdict = "fail"
			m.problem("its sender's domain was checked under another name")
		}
		if m.From == "" {
			r.verdict = "fail"
		}
	}
	switch {
	case first && r.method == "dkim" && (*to == "" || r.verdict == "pass"): // one good signature is enough
		*to = r.verdict
	case *to == "" && first, *to == "pass" && r.verdict != "pass" && r.method != "dkim":
		*to = r.verdict
	}
}

// StampedBy is the name under which the topmost Authentication-Results of a
// message was written: Nameless if it has none, and nothing if there is no such
// field. Who sent the message can write one too: it is for a person to compare,
// who knows the server, and no proof.
func StampedBy(raw []byte) string {
	header, _, _ := readHeader(withoutEnvelope(raw[:min(len(raw), maxHeader)]))
	if !header.Has("Authentication-Results") {
		return ""
	}
	name, _ := stamped(header.Get("Authentication-Results"))
	if name == "" {
		return Nameless
	}
	return dataset.Plain(name)
}

func domainOf(a string) string { return a[strings.LastIndexByte(a, '@')+1:] }

// sameServer compares the name in a stamp with the one that is configured.
func sameServer(name, server string) bool {
	if server == Nameless {
		return name == ""
	}
	if rest, ok := strings.CutPrefix(server, "*."); ok {
		return len(name) > len(rest)+1 && strings.HasSuffix(strings.ToLower(name), "."+strings.ToLower(rest))
	}
	return strings.EqualFold(name, server)
}

// A result is one method=verdict of a stamp, with its properties.
type result struct {
	method, verdict string
	properties      map[string]string
}

// stamped reads a field: the name of the server that checked, if it says one,
// and the results.
func stamped(value string) (string, []result) {
	var name string
	var out []result
	for i, clause := range clauses(value) {
		if len(clause) == 0 {
			continue
		}
		if i == 0 && !strings.Contains(clause[0], "=") {
			if name = clause[0]; len(clause) > 1 && clause[1] != "1" { // a version nobody knows
				return "", nil
			}
			continue
		}
		method, verdict, ok := strings.Cut(clause[0], "=")
		if !ok {
			continue
		}
		method, _, _ = strings.Cut(strings.ToLower(method), "/")
		r := result{method: method, verdict: dataset.Plain(strings.ToLower(verdict)), properties: map[string]string{}}
		for _, property := range clause[1:] {
			if k, v, ok := strings.Cut(property, "="); ok {
				r.properties[strings.ToLower(k)] = v
			}
		}
		out = append(out, r)
	}
	return name, out
}

// clauses cuts a field at its semicolons into words, without comments; what is
// quoted stays in its word. Around an equals sign space means nothing.
func clauses(s string) [][]string {
	var out [][]string
	var clause []string
	var word strings.Builder
	begun := false
	end := func() {
		if begun {
			clause = append(clause, word.String())
		}
		word.Reset()
		begun = false
	}
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '(':
			i = skipComment(s, i)
		case c == '"':
			for i++; i < len(s) && s[i] != '"'; i++ {
				if s[i] == '\\' && i+1 < len(s) {
					i++
				}
				word.WriteByte(s[i])
			}
			begun = true
		case c == ';':
			end()
			out, clause = append(out, clause), nil
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
			for i+1 < len(s) && strings.IndexByte(" \t\r\n", s[i+1]) >= 0 {
				i++
			}
			if i+1 < len(s) && s[i+1] == '=' || strings.HasSuffix(word.String(), "=") {
				continue
			}
			end()
		default:
			word.WriteByte(c)
			begun = true
		}
	}
	end()
	return append(out, clause)
}

// skipComment gives the place of the parenthesis that ends a comment.
func skipComment(s string, i int) int {
	depth := 0
	for ; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return i
}
