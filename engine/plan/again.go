package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// occurrence is the value of an email's again, which is a part of its key.
func (l *look) occurrence(w *world, s *playbook.Step) (string, bool) {
	var parts []string
	for _, e := range s.Again {
		t := e.Eval(w.World, l.vars(w))
		if t.Unknown != nil && blank(t.Unknown) { // no venue yet: that there is one will be news
			t = dataset.Term{}
		}
		if t.Unknown != nil {
			l.settled = false
			l.unsure(s, "whether "+readable(s.ID)+" must speak again", t.Unknown)
			return "", false
		}
		parts = append(parts, mark(t.Value))
	}
	value := strings.Join(parts, "+")
	if len(value) > longestOccasion {
		sum := sha256.Sum256([]byte(value))
		value = "sha256:" + hex.EncodeToString(sum[:16])
	}
	return value, true
}

// longestOccasion is how long an occurrence may be and still be kept as it is,
// with its number behind it.
const longestOccasion = 96

// blank reports that nothing more is unknown than what stands in blank cells;
// a cell that holds something and cannot be read is another matter.
func blank(u *dataset.Unknown) bool {
	for _, c := range u.Cells {
		if c.Why != "" {
			return false
		}
	}
	return len(u.Cells) > 0 && u.Why == ""
}

// movedOn is why a letter that did not go in time has nothing more to say.
const movedOn = "what it speaks of has changed"

// occasionOf is the occurrence of an email to one reader, for a value of its
// again. A value that returns after the reader was told another, or before the
// letter about it had gone, is a new occasion (rule 8); the one that the reader
// was told last is not, and neither is one that was decided since.
func (l *look) occasionOf(s *playbook.Step, to addressee, value string) string {
	if value == "" {
		return ""
	}
	var last ledger.Action
	for _, a := range l.occasionsOf(s, to.key) {
		if spoke(a) && !a.Changed.Before(last.Changed) {
			last = a
		}
	}
	occ := value
	for n := int64(2); ; n++ {
		a, known := l.actionOf(l.action(s, to, occ, last.Due).Key)
		switch {
		case !known || !ended(a.State):
			return occ
		case a.Reason != movedOn && !a.Changed.Before(last.Changed):
			return occ
		}
		occ = value + "~" + itoa(n)
	}
}

// occasionsOf are the letters of a step to a reader, on all its occasions.
func (l *look) occasionsOf(s *playbook.Step, reader string) []ledger.Action {
	if l.occasions == nil { // an audience of thousands asks as often
		l.occasions = map[string][]ledger.Action{}
		for _, a := range l.actionsOf(l.c.Key) {
			if !isNews(a.Occurrence) {
				k := a.Step + "\x00" + a.Element + "\x00" + a.Addressee
				l.occasions[k] = append(l.occasions[k], a)
			}
		}
	}
	return l.occasions[s.ID+"\x00"+l.element+"\x00"+reader]
}

// spoke reports whether an action is a letter that went.
func spoke(a ledger.Action) bool { return a.State == ledger.Settled && len(a.Messages) > 0 }

// spokeBefore reports whether a letter of this step went to this reader on
// another occasion of its again.
func (l *look) spokeBefore(s *playbook.Step, to addressee, occ string) bool {
	return slices.ContainsFunc(l.occasionsOf(s, to.key), func(a ledger.Action) bool { return spoke(a) && a.Occurrence != occ })
}

// another reports whether a reader was owed a letter of this step on another
// occasion.
func (l *look) another(s *playbook.Step, to addressee, occ string) bool {
	return slices.ContainsFunc(l.occasionsOf(s, to.key), func(a ledger.Action) bool { return a.Occurrence != occ })
}

// moveOn withdraws the letters of a step that have not gone and speak of
// another value than the one of now, which is a new occasion (rule 8).
func (l *look) moveOn(s *playbook.Step, now map[string]string, value string) {
	if len(s.Again) == 0 {
		return
	}
	for _, a := range l.actionsOf(l.c.Key) {
		if a.Step != s.ID || a.Element != l.element || isNews(a.Occurrence) {
			continue
		}
		occ, reads := now[a.Addressee]
		if first, _, _ := strings.Cut(a.Occurrence, "~"); !reads && first == value {
			occ = a.Occurrence
		}
		if known, _ := l.actionOf(a.Key); a.Occurrence != occ && !ended(known.State) && !l.onTheWire(known) {
			l.shut(a, ledger.Withdrawn, movedOn)
		}
	}
}
