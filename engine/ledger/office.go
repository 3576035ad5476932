package ledger

import (
	"maps"
	"slices"
	"time"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// mostRuns is the number of runs that a Book remembers.
const mostRuns = 60

// A factKey is a cell that a local fact lies over.
type factKey struct {
	dataset string
	subject dataset.Ref
	column  string
}

// office is what the Book knows about playbooks, imports and the program.
type office struct {
	switches  map[string]Switch
	adoptions map[string]Adoption
	trust     map[string]Trust
	decided   map[string]Decided
	releases  map[string][]BrakeReleased // replaced, never changed in place
	imports   map[int64]ImportMade
	facts     map[factKey]string // the digests
	plans     []SavedPlan        // by number; replaced, never changed in place
	runs      []RunRecorded      // replaced, never changed in place
	halted    bool
	haltedFor string
	confirmed time.Time
	machine   string
	fence     int64 // the highest seen
}

func newOffice() office {
	return office{
		switches:  map[string]Switch{},
		adoptions: map[string]Adoption{},
		trust:     map[string]Trust{},
		decided:   map[string]Decided{},
		releases:  map[string][]BrakeReleased{},
		imports:   map[int64]ImportMade{},
		facts:     map[factKey]string{},
	}
}

func (o office) clone() office {
	o.switches, o.adoptions, o.trust = maps.Clone(o.switches), maps.Clone(o.adoptions), maps.Clone(o.trust)
	o.decided = maps.Clone(o.decided)
	o.releases, o.imports, o.facts = maps.Clone(o.releases), maps.Clone(o.imports), maps.Clone(o.facts)
	return o
}

const nameless = "the playbook is not named"

func (c SwitchedOn) apply(b *Book, at time.Time) string {
	if c.Playbook == "" {
		return nameless
	}
	s, known := b.switches[c.Playbook]
	if !known {
		s.First = at
	}
	if !known || s.Digest != c.Digest || s.Observes != c.Observes || s.Words == c.Words { // else only its words are other ones
		s.At = at
	}
	if s.Observes && !c.Observes {
		b.holdFound(c.Playbook)
	}
	s.Playbook, s.Digest, s.Words, s.Observes = c.Playbook, c.Digest, c.Words, c.Observes
	b.switches[c.Playbook] = s
	b.touch.part("switches")
	return ""
}

// Switched gives the latest switching on of a playbook and its moment.
func (b *Book) Switched(playbook string) (SwitchedOn, time.Time, bool) {
	s, known := b.switches[playbook]
	return SwitchedOn{s.Playbook, s.Digest, s.Words, s.Observes}, s.At, known
}

// FirstSwitched gives the moment at which a playbook was first switched on.
func (b *Book) FirstSwitched(playbook string) (time.Time, bool) {
	s, known := b.switches[playbook]
	return s.First, known
}

func (c Adopted) apply(b *Book, at time.Time) string {
	if c.Playbook == "" {
		return nameless
	}
	b.adoptions[c.Playbook] = Adoption{c.Playbook, c.Digest, at}
	b.touch.part("adoptions")
	return ""
}

func (c Edited) apply(*Book, time.Time) string {
	if c.Playbook == "" {
		return nameless
	}
	return "" // what it says since is found by the next look
}

// Adoption gives the latest adoption of a playbook and its moment.
func (b *Book) Adoption(playbook string) (Adopted, time.Time, bool) {
	a, known := b.adoptions[playbook]
	return Adopted{a.Playbook, a.Digest}, a.At, known
}

func (c Trusted) apply(b *Book, at time.Time) string {
	if c.Playbook == "" {
		return nameless
	}
	b.trust[c.Playbook] = Trust{c.Playbook, c.Level, c.Why, c.Minute, at}
	b.touch.part("trust")
	b.countAnew(c.Playbook)
	return ""
}

// TrustOf gives the level of trust that a playbook has been given or has fallen
// to; false: nothing is on record.
func (b *Book) TrustOf(playbook string) (Trust, bool) {
	t, known := b.trust[playbook]
	return t, known
}

// approvedLetter counts a letter that a person approved; those approved at one
// moment are one batch.
func (b *Book) approvedLetter(playbook string, at time.Time) {
	d := b.decided[playbook]
	d.Playbook = playbook
	d.Letters++
	if !d.Last.Equal(at) {
		d.Batches++
	}
	d.Last = at
	b.decided[playbook] = d
	b.touch.part("decided")
}

// countAnew forgets what was decided without change.
func (b *Book) countAnew(playbook string) {
	if _, known := b.decided[playbook]; known {
		delete(b.decided, playbook)
		b.touch.part("decided")
	}
}

// DecidedOf counts what persons decided about a playbook's letters without
// change: since its trust was last given, earned or lost, and since one of them
// was last struck out.
func (b *Book) DecidedOf(playbook string) Decided {
	d := b.decided[playbook]
	d.Playbook = playbook
	return d
}

func (c BrakeReleased) apply(b *Book, at time.Time) string {
	if c.Actions < 0 {
		return "the number of actions is negative"
	}
	kept := []BrakeReleased{c}
	for _, r := range slices.Backward(b.releases[c.Playbook]) {
		if r.Until.IsZero() || !r.Until.Before(at) {
			kept = append(kept, r)
		}
	}
	slices.Reverse(kept)
	b.releases[c.Playbook] = kept
	b.touch.part("releases")
	return ""
}

// Releases gives the releases of a playbook's brake in the order in which they
// came. Those that had ended when a later one came are forgotten.
func (b *Book) Releases(playbook string) []BrakeReleased {
	return slices.Clone(b.releases[playbook])
}

func (c RunRecorded) apply(b *Book, _ time.Time) string {
	if c.Logical.IsZero() {
		return "a run is for a moment"
	}
	runs := b.runs[max(0, len(b.runs)-mostRuns+1):]
	b.runs = append(slices.Clip(runs), c)
	b.touch.part("runs")
	return ""
}

// Runs gives the last runs, the latest at the end.
func (b *Book) Runs() []RunRecorded {
	all := slices.Clone(b.runs)
	for i, r := range all {
		all[i].Actions, all[i].Holds = maps.Clone(r.Actions), slices.Clone(r.Holds)
	}
	return all
}

func (c HaltedAll) apply(b *Book, _ time.Time) string {
	b.halted, b.haltedFor = true, c.Reason
	b.touch.part("halted")
	return ""
}

func (c ResumedAll) apply(b *Book, _ time.Time) string {
	if !b.halted {
		return "nothing is stopped"
	}
	b.halted, b.haltedFor = false, ""
	b.touch.part("halted")
	return ""
}

// Halted tells whether everything is stopped, and the digest of the reason.
func (b *Book) Halted() (string, bool) { return b.haltedFor, b.halted }

func (c DateConfirmed) apply(b *Book, _ time.Time) string {
	if c.Now.IsZero() {
		return "no date is confirmed"
	}
	b.confirmed = c.Now
	b.touch.part("confirmed")
	return ""
}

// DateConfirmed gives the date that a person last confirmed, or zero.
func (b *Book) DateConfirmed() time.Time { return b.confirmed }

func (c TakenOver) apply(b *Book, _ time.Time) string {
	if c.Machine == "" {
		return "the machine is not named"
	}
	b.machine = c.Machine
	b.touch.part("machine")
	return ""
}

// Machine is the machine that last took over, or "".
func (b *Book) Machine() string { return b.machine }

func (c Imported) apply(b *Book, _ time.Time) string {
	if c.Import <= 0 || c.Dataset == "" {
		return "an import has a number and a dataset"
	}
	if _, known := b.imports[c.Import]; known {
		return "there is an import of that number"
	}
	b.imports[c.Import] = ImportMade{Import: c.Import, Dataset: c.Dataset}
	b.touch.part("imports")
	return ""
}

func (c ImportUndone) apply(b *Book, _ time.Time) string {
	i, known := b.imports[c.Import]
	switch {
	case !known || i.Dataset != c.Dataset:
		return "there is no import of that number into that dataset"
	case i.Undone:
		return "the import has been undone already"
	}
	i.Undone = true
	b.imports[c.Import] = i
	b.touch.part("imports")
	return ""
}

func (c FactRecorded) apply(b *Book, _ time.Time) string {
	switch {
	case c.Dataset == "" || c.Column == "" || c.Subject < 0:
		return "a fact is about a column of a record"
	case b.isErased(c.Subject):
		return "the subject has been erased"
	}
	b.facts[factKey{c.Dataset, c.Subject, c.Column}] = c.Digest
	b.touch.part("facts")
	return ""
}

func (c FactWithdrawn) apply(b *Book, _ time.Time) string {
	key := factKey{c.Dataset, c.Subject, c.Column}
	if _, known := b.facts[key]; !known {
		return "there is no such fact"
	}
	delete(b.facts, key)
	b.touch.part("facts")
	return ""
}
