package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// A CaseKey identifies a case: playbook, subject and occasion. It holds record
// numbers, never a name: "arrears-chase|members#17|2026-10-30".
type CaseKey string

// An ActionKey identifies what is owed: the case key, step, element, addressee
// and occurrence, "...|phone||role:membership_officer|".
type ActionKey string

// constituency stands in a case key where the subject is the constituency.
const constituency = "-"

// longest is the most bytes that a part of a key may have before it is keyed
// by its digest.
const longest = 100

// NewCaseKey gives the key of a case. An empty name of a dataset, with the
// subject 0, is the constituency itself. Different cases have different keys,
// whatever the occasion is made of: the separator is escaped in it, and an
// occasion that is long or could be a mail address stands as a digest.
func NewCaseKey(playbook, of string, subject dataset.Ref, occasion string) CaseKey {
	about := constituency
	if of != "" || subject != 0 {
		about = escape(of, "|%#") + "#" + strconv.FormatInt(int64(subject), 10)
	}
	return CaseKey(escape(playbook, "|%") + "|" + about + "|" + part(occasion))
}

// NewActionKey gives the key of an action of a case.
func NewActionKey(c CaseKey, step, element, addressee, occurrence string) ActionKey {
	return ActionKey(string(c) + "|" + escape(step, "|%") + "|" + part(element) + "|" +
		part(addressee) + "|" + part(occurrence))
}

// part is how text that comes from data stands in a key.
func part(s string) string { return escape(masked(s), "|%") }

// masked gives text from data as it may stand in the log: as it is or, where
// it is long, holds invisible characters or could be a mail address, as a
// digest. Masking twice is the same as masking once.
func masked(s string) string {
	if len(s) <= longest && utf8.ValidString(s) && strings.IndexFunc(s, unlawful) < 0 {
		return s
	}
	sum := sha256.Sum256([]byte(s))
	return "sha256:" + hex.EncodeToString(sum[:16])
}

// unlawful tells a character that the log never holds: the one that every mail
// address has, and those that are not seen.
func unlawful(r rune) bool {
	if r < utf8.RuneSelf {
		return r == '@' || r < ' ' || r == 0x7f
	}
	return unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)
}

// escape writes the characters of set, which are of one byte, as %XX.
func escape(s, set string) string {
	if !strings.ContainsAny(s, set) {
		return s
	}
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; strings.IndexByte(set, c) >= 0 {
			b.Write([]byte{'%', digits[c>>4], digits[c&15]})
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// recordOf is the record that an addressee such as "members#17" names, or 0.
func recordOf(addressee string) dataset.Ref {
	if strings.HasPrefix(addressee, "role:") {
		return 0
	}
	_, number, found := strings.Cut(addressee, "#")
	n, err := strconv.ParseInt(number, 10, 64)
	if !found || err != nil || n < 0 {
		return 0
	}
	return dataset.Ref(n)
}
