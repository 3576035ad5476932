package ledger

import (
	"strings"
	"testing"

	"github.com/clarion-clp/clarion/engine/dataset"
	"pgregory.net/rapid"
)

func TestKeys(t *testing.T) {
	long := strings.Repeat("x", 101)
	for _, c := range []struct{ got, want string }{
		{string(sampleCase), "arrears-chase|members#17|2026-10-30"},
		{string(NewCaseKey("weekly", "", 0, "2026-11-02")), "weekly|-|2026-11-02"},
		{string(NewCaseKey("a|b", "c#d", 1, "50%|x")), "a%7Cb|c%23d#1|50%25%7Cx"},
		{string(NewCaseKey("p", "%23", 1, "")), "p|%2523#1|"},
		{string(NewCaseKey("p", "", 1, "")), "p|#1|"},
		{string(phone.Key), "arrears-chase|members#17|2026-10-30|phone||role:membership_officer|"},
		{string(NewActionKey("c", "ring", "North", "members#3", "16 days before")), "c|ring|North|members#3|16 days before"},
		{string(NewCaseKey("p", "d", 1, "ann@example.org")), "p|d#1|sha256:"},
		{string(NewCaseKey("p", "d", 1, long)), "p|d#1|sha256:"},
		{string(NewCaseKey("p", "d", 1, "two\nlines")), "p|d#1|sha256:"},
	} {
		if strings.HasPrefix(c.want, "p|d#1|sha256:") {
			if !strings.HasPrefix(c.got, "p|d#1|sha256:") || len(c.got) != len("p|d#1|sha256:")+32 {
				t.Errorf("the key is %s, not a digest", c.got)
			}
			continue
		}
		if c.got != c.want {
			t.Errorf("the key is %s, not %s", c.got, c.want)
		}
	}
	for _, s := range []string{"", "plain", "ann@example.org", long, "a\x00b", "\xff"} {
		if once := masked(s); masked(once) != once {
			t.Errorf("%q masked twice is not the same", s)
		}
	}
	for addressee, want := range map[string]dataset.Ref{
		"members#17": 17, "role:chair": 0, "role:branch_secretary/A#1": 0, "members#x": 0, "members": 0, "members#-1": 0,
	} {
		if got := recordOf(addressee); got != want {
			t.Errorf("%s is record %d, not %d", addressee, got, want)
		}
	}
}

// TestKeysAreUnambiguous: equal keys only for equal parts.
func TestKeysAreUnambiguous(t *testing.T) {
	text := rapid.StringOfN(rapid.SampledFrom([]rune("a|%#-:@2D5C\x00é")), 0, 6, -1)
	ref := rapid.Int64Range(0, 2)
	type parts struct {
		playbook, of                            string
		ref                                     int64
		occasion, step, element, who, occasion2 string
	}
	draw := func(t *rapid.T, label string) parts {
		return parts{
			text.Draw(t, label+"playbook"), text.Draw(t, label+"dataset"), ref.Draw(t, label+"ref"),
			text.Draw(t, label+"occasion"), text.Draw(t, label+"step"), text.Draw(t, label+"element"),
			text.Draw(t, label+"addressee"), text.Draw(t, label+"occurrence"),
		}
	}
	keys := func(p parts) (CaseKey, ActionKey) {
		c := NewCaseKey(p.playbook, p.of, dataset.Ref(p.ref), p.occasion)
		return c, NewActionKey(c, p.step, p.element, p.who, p.occasion2)
	}
	rapid.Check(t, func(t *rapid.T) {
		x, y := draw(t, "x "), draw(t, "y ")
		if rapid.Bool().Draw(t, "shift") { // the same letters, cut elsewhere
			all := x.playbook + "|" + x.occasion
			cut := rapid.IntRange(0, len(all)).Draw(t, "cut")
			y = x
			y.playbook, y.occasion = all[:cut], all[cut:]
			y.step, y.element = x.step+"|"+x.element, ""
		}
		xc, xa := keys(x)
		yc, ya := keys(y)
		sameCase := x.playbook == y.playbook && x.of == y.of && x.ref == y.ref && x.occasion == y.occasion
		if (xc == yc) != sameCase {
			t.Fatalf("%+v and %+v: %s and %s", x, y, xc, yc)
		}
		if (xa == ya) != (x == y) {
			t.Fatalf("%+v and %+v: %s and %s", x, y, xa, ya)
		}
		if strings.ContainsAny(string(xa), "\x00") && !strings.ContainsAny(x.playbook+x.of+x.step, "\x00") {
			t.Fatalf("%s holds an invisible character", xa)
		}
	})
}
