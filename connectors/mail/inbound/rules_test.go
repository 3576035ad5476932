package inbound

import (
	"strings"
	"testing"
)

// Every rule names two unrelated mail systems that need it, no word of it is
// idle, and what its witnesses write is judged as it says.
func TestEveryRuleIsNeeded(t *testing.T) {
	tab, err := readTable()
	if err != nil {
		t.Fatal(err)
	}
	family := map[string]string{}
	for f, systems := range tab.Systems {
		for _, s := range systems {
			family[s] = f
		}
	}
	families := func(seen []witness) int {
		all := map[string]bool{}
		for _, w := range seen {
			if w.System == "" || w.Text == "" {
				t.Errorf("a witness has no name or says nothing: %+v", w)
			}
			f := family[w.System]
			if f == "" {
				f = w.System
			}
			all[f] = true
		}
		return len(all)
	}
	words := func(what string, words []string, seen []witness, each int) {
		if families(seen) < 2 {
			t.Errorf("%s has not two unrelated witnesses", what)
		}
		for _, word := range words {
			var by []witness
			for _, w := range seen {
				if strings.Contains(strings.ToLower(w.Text), word) {
					by = append(by, w)
				}
			}
			if word != strings.ToLower(word) || families(by) < each {
				t.Errorf("%s: %q has not %d unrelated witnesses", what, word, each)
			}
		}
		for _, w := range seen {
			if !(phrases{Words: words}).in(strings.ToLower(w.Text)) {
				t.Errorf("%s does not hear %s say %q", what, w.System, w.Text)
			}
		}
	}
	for what, p := range map[string]phrases{"failed": tab.Failed, "late": tab.Late, "returned": tab.Returned, "announces": tab.Announces, "away": tab.Away} {
		words(what, p.Words, p.Seen, 1)
	}
	k := known()
	for i, p := range k.places {
		if families(p.Seen) < 2 || p.Name == "" || p.Reason != "line" && p.Reason != "indented" && p.Reason != "block" {
			t.Errorf("the place %q has not two unrelated witnesses, or is wrong", p.Name)
		}
		for _, w := range p.Seen {
			if found, to := k.place(w.Text, true); found != &k.places[i] || to != "jo@example.org" {
				t.Errorf("the place %q does not see %s write %q, but %q", p.Name, w.System, w.Text, to)
			}
		}
	}
	for _, r := range tab.Codes {
		if families(r.Seen) < 2 || r.Reason == "" || r.Name == "" || r.Verdict != Hard && r.Verdict != Soft {
			t.Errorf("the code %s has not two unrelated witnesses, or is wrong", r.Code)
		}
		for _, w := range r.Seen {
			if c := firstCode(w.Text); c == "" || k.code(c).Code != r.Code {
				t.Errorf("the code %s is not what %s writes: %q", r.Code, w.System, w.Text)
			}
			if f := k.judge(notice{recipient: "jo@example.org", diagnostic: w.Text}); f.Verdict != r.Verdict {
				t.Errorf("%q of %s is %s (%s), not %s", w.Text, w.System, f.Verdict, f.Rule, r.Verdict)
			}
		}
	}
	for _, r := range tab.Words {
		each := 1
		if r.Verdict == Hard {
			each = 2
		}
		words("the rule "+r.Name, r.Words, r.Seen, each)
		for _, w := range r.Seen {
			if f := k.judge(notice{recipient: "jo@example.org", diagnostic: w.Text}); f.Verdict != r.Verdict {
				t.Errorf("%q of %s is %s (%s), not %s", w.Text, w.System, f.Verdict, f.Rule, r.Verdict)
			}
		}
	}
}

// Hard is only what is definite. A full or blocked mailbox is never dead, and
// where two signs disagree the softer one holds.
func TestHardIsDefinite(t *testing.T) {
	for _, c := range []struct {
		status, diagnostic, words string
		want                      Verdict
	}{
		{"5.1.1", "", "", Hard},
		{"5.1.2", "host unknown", "", Hard},
		{"5.1.1", "550 5.1.1 <jo@example.net>... User unknown", "", Hard},
		{"5.0.0", "550 <jo@example.net>: user unknown", "", Hard},
		{"5.0.0", "550 : User unknown", "", Soft}, // of nobody
		{"", "550 5.1.1 user unknown", "", Hard},
		{"5.1.1", "552 5.2.2 Over quota", "", Soft},
		{"5.1.1", "552 mailbox full", "", Soft},
		{"5.2.2", "550 <jo@example.net>: user unknown", "", Soft},
		{"5.7.1", "550 <jo@example.net>: user unknown", "", Soft},
		{"5.1.1", "550 5.7.1 user unknown", "", Soft},
		{"5.1.1", "550 5.1.1 rejected as spam", "", Soft},
		{"5.1.1", "550 5.1.1 blocked using a list", "", Soft},
		{"4.1.1", "450 4.1.1 user unknown", "", Soft},
		{"5.0.0", "450 <jo@example.net>: user unknown", "", Soft},
		{"5.1.1", "", "550 user unknown (in reply to end of DATA command)", Soft},
		{"5.2.1", "550 disabled", "", Soft},
		{"5.1.0", "550 sender rejected", "", Soft},
		{"5.1.8", "", "", Soft},
		{"5.3.0", "", "", Soft},
		{"5.4.4", "host not found", "", Soft},
		{"5.5.0", "mailbox unavailable", "", Soft},
		{"5.9.9", "", "", Soft},
		{"", "", "", Soft},
		{"", "Exim 5.1.1.7 said no", "", Soft}, // a version, not a code
	} {
		f := known().judge(notice{recipient: "jo@example.net", action: "failed", status: c.status, diagnostic: c.diagnostic, words: c.words})
		if f.Verdict != c.want {
			t.Errorf("%q %q %q is %s (%s), not %s", c.status, c.diagnostic, c.words, f.Verdict, f.Rule, c.want)
		}
	}
}
