package plan

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/letter"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// everyPlaybook stands for all of them among what is held.
const everyPlaybook = ""

// heldBatches says why nothing goes of a playbook, by mail or on paper: what
// holds the mail of a batch holds its letters for the post.
func heldBatches(in Input) map[string]string {
	held := map[string]string{}
	pl := Compute(in)
	for _, m := range pl.Messages {
		switch {
		case m.Two && (m.State == ledger.Proposed || !m.Stands):
			held[m.Playbook] = twoFirst
		case m.Person != 0 && m.Until.After(in.Now):
			held[m.Playbook] = undoFirst
		case m.Staged != "":
			held[m.Playbook] = m.Staged
		}
	}
	for _, h := range pl.Holds {
		switch h.Kind {
		case "brake", "stage", "stale", "observe":
			held[h.Playbook] = h.Why
		case "date":
			held[everyPlaybook] = h.Why
		}
	}
	if _, halted := in.Book.Halted(); halted {
		held[everyPlaybook] = "everything is stopped until clarion resume"
	}
	return held
}

// stays says why a letter for the post does not go now, whatever its words: its
// batch is held, or it needs a yes, which asks reports.
func (d *desk) stays(x *want) (why string, asks bool) {
	goes, _, _ := x.action.Line()
	switch {
	case d.held[everyPlaybook] != "":
		return d.held[everyPlaybook], false
	case d.held[x.pb.Name] != "":
		return d.held[x.pb.Name], false
	case x.c.Backlog:
		return "held already when the playbook was switched on", false
	case !goes && (d.trust(x.pb) < playbook.Automatic || x.pb.Cap < 0): // what is meant for everybody goes to nobody unseen
		return "nobody has said yes to it: clarion lists approve", true
	}
	return "", false
}

// byReply is how a letter asks for an answer by mail.
const byReply = `(?i)\breply\s+to\s+this\s+(?:e-?mail|mail|message)\b`

// onPaper is the words of a letter for the post, in which nobody is asked to reply
// to an email.
func onPaper(b letter.Body) letter.Body {
	say := func(asked string) string {
		if asked[0] == 'R' {
			return "Get in touch"
		}
		return "get in touch"
	}
	asked := regexp.MustCompile(byReply)
	b.Text, b.HTML = asked.ReplaceAllStringFunc(b.Text, say), asked.ReplaceAllStringFunc(b.HTML, say)
	return b
}

// answerOnPaper says how a letter for the post is answered.
func answerOnPaper(role string, imprint bool, reply string) string {
	var ways []string
	if imprint {
		ways = append(ways, "write to the "+role+" at the address below")
	}
	if reply != "" {
		ways = append(ways, "send an email to "+reply)
	}
	if len(ways) == 0 {
		return "To answer, or if something here is wrong, ask for the " + role + "."
	}
	return "To answer, or if something here is wrong, " + strings.Join(ways, ", or ") + "."
}

// Why a batch's letters for the post wait for those that go by mail.
const (
	twoFirst  = "the letters of its batch wait for the yes of two persons"
	undoFirst = "the yes to its letters may still be taken back"
)

// holdPaper keeps letters for the post from an officer's digest, while what holds
// the mail of their batch lasts.
func (p *planner) holdPaper(all []*made, held map[string]string, staged map[*made]*stage) {
	why := maps.Clone(held)
	for _, y := range all {
		if y.messages[0].Two && p.underWay(y.messages[0]) != 2 {
			why[y.pb.Name] = twoFirst
		}
		if old, ok := p.in.Book.MessageAt(y.messages[0].Key); ok && y.member() && p.underWay(y.messages[0]) == 2 && old.Until.After(p.now) {
			why[y.pb.Name] = undoFirst
			p.wake(old.Until)
		}
	}
	for y, s := range staged {
		why[y.pb.Name] = s.why(p)
	}
	p.items = slices.DeleteFunc(p.items, func(it *item) bool {
		kind, rest, _ := strings.Cut(it.bunch, "\x00")
		of, _, _ := strings.Cut(rest, "\x00")
		if kind != calls || why[of] == "" {
			return false
		}
		p.gone[it.action.Key] = why[of]
		if it.line.Playbook != "" { // one line for all who hold the role
			it.line.Verb, it.line.Why = HeldBack, why[of]
			p.line(it.line)
		}
		return true
	})
}
