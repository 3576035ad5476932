package playbook

import (
	"strings"
)

// An Expectation is a line of expect, taken apart: what happens, and which words
// stand in the letter or the digest that comes with it, and which do not.
type Expectation struct {
	What        string // "email welcome to jo@example.org"
	Says, Omits []string
}

var (
	sayingStart = pattern(`(^|[ ,])(not )?saying( |$)`)
	sayingPart  = pattern(`^,? ?(not )?saying ("[^"]+"(?: and "[^"]+")*)(?:$|[ ,])`)
	quotedWords = pattern(`"([^"]+)"`)
)

// ReadExpectation takes a line of expect apart. Words stand in double quotes,
// several joined by and; breaks of lines in them and in a letter are spaces.
func ReadExpectation(line string) (Expectation, bool) {
	line = strings.Join(strings.Fields(line), " ")
	at := sayingStart().FindStringIndex(line)
	if at == nil {
		return Expectation{What: line}, true
	}
	e := Expectation{What: strings.TrimRight(line[:at[0]], " ,")}
	for rest := line[at[0]:]; rest != ""; {
		m := sayingPart().FindStringSubmatch(rest)
		if m == nil {
			return e, false
		}
		for _, q := range quotedWords().FindAllStringSubmatch(m[2], -1) {
			if m[1] != "" {
				e.Omits = append(e.Omits, q[1])
			} else {
				e.Says = append(e.Says, q[1])
			}
		}
		rest = strings.TrimLeft(rest[len(m[0]):], " ")
	}
	return e, e.What != ""
}

// String writes the line.
func (e Expectation) String() string {
	s := e.What
	if len(e.Says) > 0 {
		s += ` saying "` + strings.Join(e.Says, `" and "`) + `"`
	}
	if len(e.Omits) > 0 {
		s += ` not saying "` + strings.Join(e.Omits, `" and "`) + `"`
	}
	return s
}
