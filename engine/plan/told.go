package plan

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/letter"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// Every yes of a person is told at once to the Secretary and to the Chair, who
// can stop what it let go until its undo window ends. Whoever said it is told
// too: a yes that they did not give is a stolen mailbox.

// toldRoles are the offices that hear of every yes.
var toldRoles = []string{"secretary", "chair"}

// ToldKey begins the keys of the messages that tell of a yes.
const ToldKey = "told|"

// toldFor is how long after its undo window a yes is still told, where nothing
// could be told before.
const toldFor = 24 * time.Hour

// A consent is the letters of one playbook that one yes let go.
type consent struct {
	playbook string
	yes      ledger.Yes
	letters  []ledger.Message
}

// key is that of the message that tells an address of it.
func (c *consent) key(address string) string {
	return strings.Join([]string{ToldKey + address, c.playbook, strconv.FormatInt(c.yes.At.UnixMicro(), 10), c.yes.By}, "|")
}

// until is the end of the undo window.
func (c *consent) until() (end time.Time) {
	for _, m := range c.letters {
		end = later(end, m.Until)
	}
	return end
}

// consents gathers what the yeses of persons since a moment let go, the oldest
// first. What fell since is left out.
func consents(book *ledger.Book, since time.Time) (out []*consent) {
	for _, m := range book.YesSince(since) {
		if m.Yes.Via == "" { // in a play: a decision that is only assumed
			continue
		}
		switch m.State {
		case ledger.Proposed, ledger.Rejected, ledger.Superseded, ledger.Expired:
			continue
		}
		i := slices.IndexFunc(out, func(c *consent) bool {
			return c.playbook == m.Playbook && c.yes.By == m.Yes.By && c.yes.At.Equal(m.Yes.At)
		})
		if i < 0 {
			i = len(out)
			out = append(out, &consent{playbook: m.Playbook, yes: m.Yes})
		}
		out[i].letters = append(out[i].letters, m)
	}
	slices.SortStableFunc(out, func(a, b *consent) int {
		if c := a.yes.At.Compare(b.yes.At); c != 0 {
			return c
		}
		return strings.Compare(a.playbook+"|"+a.yes.By, b.playbook+"|"+b.yes.By)
	})
	return out
}

// longestUndo is the longest undo window that there can be.
const longestUndo = 24 * time.Hour

// tellYeses makes a message of each yes for each of those who are to hear of it.
func (p *planner) tellYeses() {
	if p.steady { // decisions are only assumed
		return
	}
	for _, c := range consents(p.in.Book, p.now.Add(-longestUndo-toldFor)) {
		if p.now.After(later(c.until(), c.yes.At).Add(toldFor)) {
			continue
		}
		hs := p.heads()
		const unheard = "Write who is Secretary and who is Chair, with their addresses, into the list of officers."
		switch {
		case len(hs) == 0:
			p.plan.Holds = append(p.plan.Holds, Hold{Kind: "told", Playbook: c.playbook, Count: len(c.letters),
				Why: "letters have their yes, and neither Secretary nor Chair has a mail address at which to be told", Hint: unheard})
		case len(hs) == 1 && hs[0].role == c.yes.By:
			p.plan.Holds = append(p.plan.Holds, Hold{Kind: "told", Playbook: c.playbook, Count: len(c.letters),
				Why: "letters have their yes, and of Secretary and Chair only who said it can be told", Hint: unheard})
		}
		for i, h := range hs {
			p.tellYes(c, h, i == 0)
		}
	}
}

// heads are those who hear of every yes, each once. Nobody stands in for them: who
// says a yes would be told of it alone.
func (p *planner) heads() (out []holder) {
	for _, role := range toldRoles {
		for _, h := range p.holdersOf(role, "") {
			if !slices.ContainsFunc(out, func(o holder) bool { return o.key() == h.key() }) {
				out = append(out, h)
			}
		}
	}
	return out
}

// tellYes makes the message that tells one officer of one yes, unless it has
// gone.
func (p *planner) tellYes(c *consent, h holder, first bool) {
	key := c.key(p.hash(h.email))
	if old, ok := p.in.Book.MessageAt(key); ok {
		switch old.State {
		case ledger.Claimed, ledger.Sent, ledger.Uncertain, ledger.Bounced:
			return
		case ledger.Failed:
			if refused(old) { // and so it would be again
				return
			}
		}
	}
	m := &Message{Release: true, Subject: h.name}
	m.Key, m.Kind, m.Basis, m.Approver = key, ledger.Digest, string(playbook.Officer), h.role
	m.Address, m.NotBefore = p.hash(h.email), c.yes.At
	n := len(c.letters)
	title := p.titleFor(c.playbook, h.role)
	of := p.set.Constituency
	subject := itoa(int64(n)) + " " + plural(n, "letter has a yes", "letters have a yes") + ": " + title
	frame := letter.Frame{Constituency: of.Name, Sender: of.Name, Imprint: of.Imprint, Clock: p.clock,
		Why:   "You get this because you are " + p.title(h) + ". The Secretary and the Chair are told of every yes at once, whoever gave it.",
		Wrong: "If nobody should have said this yes, stop the letters and ask who did."}
	body := letter.Page(frame, subject, letter.DigestBody([]letter.Section{{Items: []letter.Item{{Line: title, Detail: p.consentWords(c, h)}}}}))
	m.Content = letter.Content{From: p.from(""), FromName: of.Name, To: h.email, ToName: h.name, Subject: subject, Text: body.Text, HTML: body.HTML,
		Why: "a yes that was given"}
	m.Digest = m.Content.Digest()
	p.desired = append(p.desired, m)
	if first {
		p.line(Line{Verb: Tells, Playbook: c.playbook, Step: "yes", About: itoa(int64(n)) + " " + plural(n, "letter", "letters"), To: p.roleTitle(h.role), When: c.yes.At,
			Why: "approved by the " + p.roleTitle(c.yes.By), Message: key})
	}
}

// Untold is why letters wait until somebody was told of their yes.
const Untold = "the Secretary and the Chair have not been told yet that it has its yes"

// holdUntold lets letters whose yes nobody was told of wait until somebody was: a
// window in which a yes can be stopped is none to those who do not know of it.
// Where nobody can be told, or nothing reaches them for long, they go.
func (pl *Plan) holdUntold(in Input) {
	p := newPlanner(in)
	wait := map[int64]bool{}
	for _, c := range consents(in.Book, p.now.Add(-longestUndo-toldFor)) {
		until := c.until()
		end := until.Add(toldFor)
		if until.IsZero() || !p.now.Before(end) || p.told(c) {
			continue
		}
		if pl.Wake.IsZero() || end.Before(pl.Wake) {
			pl.Wake = end
		}
		for _, m := range c.letters {
			wait[m.ID] = true
		}
	}
	for i := range pl.Messages {
		if m := &pl.Messages[i]; m.Stands && wait[m.ID] && m.Staged == "" && !m.Earliest().After(p.now) {
			m.Staged = Untold
		}
	}
}

// told reports whether one of those who are to hear of a yes has been told of it,
// or nobody can be.
func (p *planner) told(c *consent) bool {
	reachable := false
	for _, h := range p.heads() {
		old, ok := p.in.Book.MessageAt(c.key(p.hash(h.email)))
		switch {
		case ok && (old.State == ledger.Claimed || old.State == ledger.Sent || old.State == ledger.Uncertain || old.State == ledger.Bounced):
			return true
		case !ok || !refused(old):
			reachable = true
		}
	}
	return !reachable
}

// titleFor is what a playbook is called to a role.
func (p *planner) titleFor(name, role string) string {
	pb := p.set.Playbook(name)
	switch {
	case Hidden(p.set, name, role):
		return "something private"
	case pb == nil:
		return name
	}
	return pb.Title
}

// saidBy are the ways in which a yes is said, in words.
var saidBy = map[string]string{"terminal": "at the computer itself", "console": "in the console", "mail": "by answering a mail", "link": "by the link in a mail"}

// consentWords say who said yes to what, how long it can be taken back, and how.
func (p *planner) consentWords(c *consent, h holder) string {
	n := len(c.letters)
	said := func(y ledger.Yes) string {
		return "the " + p.roleTitle(y.By) + ", " + saidBy[y.Via] + ", on " + p.clock.Words(y.At)
	}
	who := capital(said(c.yes)) + ", said yes to " + itoa(int64(n)) + " " + plural(n, "letter", "letters") + "."
	if first := c.letters[0].First; first.By != "" {
		who = capital(said(c.yes)) + ", gave the second yes to " + itoa(int64(n)) + " " + plural(n, "letter", "letters") + "; the first was by " + said(first) + "."
	}
	out := []string{who}
	numbers := make([]string, n)
	for i, m := range c.letters {
		numbers[i] = itoa(m.ID)
	}
	switch {
	case Hidden(p.set, c.playbook, h.role):
		out = append(out, "What they say is for the eyes of the role that approves them.")
	case isPrivate(p.set, c.playbook):
		out = append(out, "To whom they go is private, and does not travel by mail.")
	default:
		var list []reader
		for _, m := range c.letters {
			list = append(list, p.readerOf(m))
		}
		out = append(out, "They go to "+readersInShort(list)) // initials end with a full stop
	}
	until := c.until()
	if until.IsZero() {
		return strings.Join(append(out, "No time is set in which a yes can be taken back (review: undo: in constituency.yaml), so they may have left by now."), "\n\n")
	}
	out = append(out, "They leave from "+p.clock.Words(until)+" on. Until then whoever is Secretary or Chair can stop them: "+
		onlyIf(p.set.Constituency.Web.Public != "", "by the link in this message, ")+
		onlyIf(p.set.Constituency.Mail.Answers() != "", "by answering with the word stop as the first line, ")+"in the console, or with the command:")
	if n > mostListed {
		numbers = []string{"NUMBERS"}
	}
	return strings.Join(append(out, "clarion review reject "+strings.Join(numbers, " ")+" --reason WHY --as "+h.role), "\n\n")
}

func onlyIf(yes bool, s string) string {
	if yes {
		return s
	}
	return ""
}

// readerOf is who gets a letter that is in the Book.
func (p *planner) readerOf(m ledger.Message) reader {
	r := reader{number: m.ID}
	if t := p.in.Tables["members"]; t != nil && m.Person != 0 {
		if row := t.ByRef(m.Person); row != nil {
			r.initials, r.branch = Initials(p.label(t.Schema, row)), dataset.Plain(branchOf(t.Schema, row))
		}
	}
	return r
}
