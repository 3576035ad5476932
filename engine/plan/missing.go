package plan

import (
	"slices"
	"strings"

	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// missing names the lists that a playbook reads and that nobody has imported
// yet, beside the one it is for, without which it does nothing at all.
func (p *planner) missing(pb *playbook.Playbook) []string {
	var out []string
	for _, name := range pb.Lists() {
		if from := drawnFrom[name]; from != "" {
			name = from
		}
		if p.in.Tables[name] == nil && p.set.Schemas[name] != nil && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// holdMissing says which lists a playbook lacks: what needs one of them cannot
// be told, and is not guessed.
func (p *planner) holdMissing(pb *playbook.Playbook) {
	for _, name := range p.missing(pb) {
		p.plan.Holds = append(p.plan.Holds, Hold{Kind: "not imported", Playbook: pb.Name,
			Why: "there is no list of " + name + " yet, which it reads too: what needs it cannot be told", Hint: "clarion import " + name})
	}
}

// unsaid says why the words of a task cannot be written. Where lists are missing
// they are named, with the way to mend it.
func (l *look) unsaid(err error) string {
	lists := l.missing(l.pb)
	if len(lists) == 0 {
		return "More was to be said here, and cannot be: " + hole(err) + "."
	}
	return "There is no list of " + strings.Join(lists, " or ") + " yet, so the particulars cannot be given here; they are not nothing, they are not known. To read one: clarion import " + lists[0] + " FILE."
}

// undecided tells the role of a playbook that rests on law, once, that nobody can
// say whether a step is needed whose day has come: what the law asks for must not
// go by in silence (law 3). What waits for a record that is not there yet waits
// quietly (rule 6).
func (l *look) undecided(s *playbook.Step, act ledger.Action) {
	if !l.pb.Locked || l.unknown == nil || l.unknown.Absent || l.observes || l.paused || l.c.Backlog {
		return
	}
	why := brief(l.unknown)
	if lists := l.missing(l.pb); len(lists) > 0 {
		why = "there is no list of " + strings.Join(lists, " or ") + " yet: clarion import " + lists[0] + " FILE"
	}
	l.noticeTo(s, act, "undecided", why)
}
