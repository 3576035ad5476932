package inbound

import (
	_ "embed"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"gopkg.in/yaml.v3"
)

//go:embed rules.yaml
var ruleFile []byte

// rules are what rules.yaml says.
type rules struct {
	failed, late, returned, announces, away phrases
	places                                  []place
	codes                                   map[string]*rule
	words                                   []*rule
}

// A witness is a mail system that needs a rule, and what it writes.
type witness struct{ System, Text string }

// phrases are words of which one is enough, in small letters.
type phrases struct {
	Words []string
	Seen  []witness
}

func (p phrases) in(low string) bool {
	for _, w := range p.Words {
		if strings.Contains(low, w) {
			return true
		}
	}
	return false
}

// A place is a form of line in which a failed recipient stands.
type place struct {
	Name, Line string
	Announced  bool   // only close below a line that announces such a list
	Reason     string // where what is said of it stands: line, indented, block
	Seen       []witness
	line       func() *regexp.Regexp `yaml:"-"`
}

// A rule says what a code or a phrase means.
type rule struct {
	Name    string
	Verdict Verdict
	Reason  string
	Code    string   // an enhanced code, or the beginning of some
	Words   []string // in small letters; one is enough
	Seen    []witness
}

// table is the form of rules.yaml.
type table struct {
	Systems                                 map[string][]string
	Failed, Late, Returned, Announces, Away phrases
	Places                                  []place
	Codes, Words                            []*rule
}

// known are the rules. They are a part of the program: a fault of theirs is a
// fault of it.
var known = sync.OnceValue(func() *rules {
	t, err := readTable()
	if err != nil {
		panic("rules.yaml: " + err.Error())
	}
	k := &rules{failed: t.Failed, late: t.Late, returned: t.Returned, announces: t.Announces, away: t.Away, places: t.Places,
		codes: map[string]*rule{}, words: t.Words}
	for i := range k.places {
		k.places[i].line = pattern(strings.ReplaceAll(k.places[i].Line, "ADDRESS", "("+anAddress+")"))
	}
	for _, c := range t.Codes {
		k.codes[c.Code] = c
	}
	return k
})

func readTable() (*table, error) {
	var t table
	d := yaml.NewDecoder(strings.NewReader(string(ruleFile)))
	d.KnownFields(true)
	if err := d.Decode(&t); err != nil {
		return nil, fmt.Errorf("reading it: %w", err)
	}
	return &t, nil
}

var (
	enhanced = pattern(`(?:^|[\s(\[#:;-])([245]\.\d{1,3}\.\d{1,3})(?:$|[\s)\]:;,-])`)
	smtpCode = pattern(`(?:^|[\s:;"'(])([245][0-5]\d)(?:[ -]|$)`)
)

// firstCode is the first enhanced code of a text.
func firstCode(s string) string {
	if f := enhanced().FindStringSubmatch(s); f != nil {
		return f[1]
	}
	return ""
}

// judge says what a notice means. Its words are asked first, for a mailbox that is full is reported under many
// codes; then the codes, all of them; and hard is only what nothing speaks
// against.
func (k *rules) judge(n notice) Failure {
	f := Failure{Recipient: n.recipient, Original: n.original, Status: n.status}
	text := n.diagnostic
	if strings.TrimSpace(text) == "" {
		text = n.words
	}
	if strings.Trim(text, "<>: \t\r\n") == n.recipient {
		text = n.whole
	}
	f.Diagnostic = shortened(text)
	all := n.diagnostic + "\n" + n.words + "\n" + n.whole
	if c := smtpCode().FindStringSubmatch(all); c != nil {
		f.Code = c[1]
	}
	if c := firstCode(n.diagnostic); c != "" {
		f.Status = c // what the other server said itself, not how it was summed up
	} else if c := firstCode(all); c != "" && (n.status == "" || general(n.status)) {
		f.Status = c
	}
	r := k.rule(n, strings.ToLower(strings.Join(strings.Fields(all), " ")), f)
	f.Verdict, f.Reason, f.Rule = r.Verdict, r.Reason, r.Name
	if n.action == "delayed" {
		f.Verdict, f.Reason, f.Rule = Late, "It has not been delivered yet; the mail system goes on trying.", "delayed"
	}
	return f
}

// general reports whether a code says only that something failed.
func general(code string) bool { return strings.HasSuffix(code, ".0.0") }

// rule finds the rule that decides.
func (k *rules) rule(n notice, low string, f Failure) *rule {
	var hard *rule
	for _, r := range k.words {
		if !(phrases{Words: r.Words}).in(low) {
			continue
		}
		if r.Verdict != Hard {
			return r
		}
		if hard == nil && aboutAddress(low, n) {
			hard = r
		}
	}
	codes := []string{n.status, f.Status}
	for _, c := range enhanced().FindAllStringSubmatch(low, 20) {
		codes = append(codes, c[1])
	}
	for _, c := range codes {
		if r := k.code(c); r != nil && r.Verdict != Hard {
			return r
		} else if r != nil && hard == nil {
			hard = r
		}
	}
	switch {
	case strings.HasPrefix(f.Code, "4"):
		return k.codes["4"]
	case hard != nil:
		return hard
	}
	return unclear
}

// code is the rule of a code, of its first two figures, or of its first.
func (k *rules) code(c string) *rule {
	for c != "" {
		if r := k.codes[c]; r != nil {
			return r
		}
		c = c[:max(0, strings.LastIndexByte(c, '.'))]
	}
	return nil
}

// aboutAddress reports whether words speak of the recipient: they name the
// address in the answer, or answer its RCPT. A server that says "user unknown"
// about nobody may mean anything: some say it to what they take for spam.
func aboutAddress(low string, n notice) bool {
	for _, a := range []string{n.recipient, n.original} {
		if a = strings.ToLower(a); a != "" {
			diagnostic := strings.ToLower(n.diagnostic)
			if strings.Contains(diagnostic, a) || strings.TrimSpace(diagnostic) == "" && (strings.Contains(low, "<"+a+">...") || n.whole == "" && strings.Count(low, a) > 1) {
				return true
			}
		}
	}
	return strings.Contains(low, "rcpt to")
}

// unclear is said where no rule decides: doubt never takes an address away.
var unclear = &rule{Name: "unclear", Verdict: Soft, Reason: "It did not arrive, and the report does not say clearly why."}
