package plan

import (
	"cmp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/letter"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// asking is what waits for one officer's yes or no.
type asking struct {
	holders []holder // one for each role in which the officer is asked
	letters map[string][]*Message
	second  map[string][]*Message // of others' letters, those that have their first yes and need a second, which the officer may say
	unseen  int                   // letters that are not for the officer's eyes
	news    []word                // of trust that was earned, of files and of the mailbox, which the officer has not heard
	fresh   bool
}

// asked gives what waits for one officer.
func asked(out map[string]*asking, h holder) *asking {
	a := out[h.key()]
	if a == nil {
		a = &asking{letters: map[string][]*Message{}, second: map[string][]*Message{}}
		out[h.key()] = a
	}
	if !slices.Contains(a.holders, h) {
		a.holders = append(a.holders, h)
	}
	return a
}

// approvals gathers, per approver, the letters that wait for a decision. They
// make a digest by themselves only if one of them was proposed after the
// approver's last digest had left.
func (p *planner) approvals() map[string]*asking {
	out := map[string]*asking{}
	if p.steady { // every letter has its yes as soon as it asks for it
		return out
	}
	left := p.in.Book.LastLeft(dailyKey)
	for _, m := range p.desired {
		if m.Kind != ledger.Letter || m.Release && p.underWay(m) != 1 { // what was asked for is still asked for
			continue
		}
		proposed := p.now
		if old, ok := p.in.Book.MessageAt(m.Key); ok && old.Digest == m.Digest {
			if (old.State == ledger.Approved || old.State == ledger.Deferred) && !p.untrusted(old) {
				continue
			}
			if old.State == ledger.Proposed && !p.staleFirst(old) {
				proposed = old.At
				p.askSecond(out, m, old.First, left)
			}
		}
		hs, _ := p.holders(m.Approver, "")
		for _, h := range hs {
			a := asked(out, h)
			if name := p.asksOf(m, h); name != "" {
				a.letters[name] = append(a.letters[name], m)
			} else {
				a.unseen++
			}
			a.fresh = a.fresh || left[p.hash(h.email)].Before(proposed)
		}
	}
	p.merits(out, left)
	p.stagesStuck(out, left)
	p.untaken(out, left)
	p.post(out, left)
	for k, a := range out {
		if !a.fresh {
			delete(out, k)
		}
		for _, of := range []map[string][]*Message{a.letters, a.second} {
			for _, ms := range of { // whatever stands already
				slices.SortFunc(ms, func(a, b *Message) int { return strings.Compare(a.Key, b.Key) })
			}
		}
	}
	return out
}

// askSecond asks for the second yes to a letter that has its first: anew as soon as
// that was said, for until then there was nothing to ask of them.
func (p *planner) askSecond(out map[string]*asking, m *Message, first ledger.Yes, left map[string]time.Time) {
	if first == (ledger.Yes{}) {
		return
	}
	said := p.actors(first.By, first.Person)
	for _, role := range p.secondersOf(first) {
		for _, h := range p.holdersOf(role, "") {
			if len(said) == 1 && said[0].email == h.key() {
				continue // who said the first
			}
			a := asked(out, h)
			if name := p.asksOf(m, h); name != "" && !slices.Contains(a.second[name], m) {
				a.second[name] = append(a.second[name], m)
			}
			a.fresh = a.fresh || left[p.hash(h.email)].Before(first.At)
		}
	}
}

// Deciders gives the roles that say yes or no where a role's word is asked for:
// that role and, while nobody holds it, the one that it falls to. Of a branch's
// role any branch's officer will do, and the one that is asked.
func Deciders(in Input, role string) []string {
	p := newPlanner(in)
	var out []string
	for seen := map[string]bool{}; role != "" && !seen[role]; {
		seen[role] = true
		r := p.set.Roles[role]
		if p.held(role) {
			if out = append(out, role); r == nil || !r.Branch {
				return out
			}
		}
		if r == nil {
			break
		}
		role = r.FallsTo
	}
	return out
}

// held tells that somebody holds a role today, whether or not mail goes there.
func (p *planner) held(role string) bool {
	t := p.in.Tables["officers"]
	if t == nil {
		return false
	}
	return slices.ContainsFunc(t.Rows, func(r *dataset.Row) bool {
		branch, _ := r.Get(t.Schema, "branch")
		h, _, ok := p.officer(t.Schema, r, role, branch.S)
		return ok && h.name+h.email != ""
	})
}

// mostListed is of how many letters of a playbook a mail names each reader by
// initials; of more it gives the numbers by branch.
const mostListed = 60

// items are the words about all that waits, one item for each playbook, and how
// to decide.
func (a *asking) items(p *planner) (out []letter.Item) {
	names := make([]string, 0, len(a.letters))
	for n := range a.letters {
		names = append(names, n)
	}
	sort.Strings(names)
	byMail := 0
	for _, n := range names {
		item, answerable := p.review(p.set.Playbook(n), n, a.letters[n])
		out = append(out, item)
		byMail += answerable
	}
	if a.unseen > 0 {
		out = append(out, waitsUnseen(a.unseen))
	}
	if len(names) > 0 {
		out = append(out, letter.Item{Line: "How to decide", Detail: p.howToDecide(byMail)})
	}
	for _, n := range sorted(a.second) {
		item, _ := p.review(p.set.Playbook(n), n, a.second[n])
		item.Line += ", and a second yes is yours to say"
		item.Detail += "\n\nclarion review shows them whole; the console does too, and there or with clarion review approve you say the second yes."
		out = append(out, item)
	}
	return out
}

// Tells gives the numbers of the letters whose yes or no an officer's digest asks
// for, once they are proposed.
func (m Message) Tells() (ids []int64) {
	for _, t := range m.tells {
		ids = append(ids, t.ID)
	}
	return ids
}

// tells gives the letters that the items tell of.
func (a *asking) tells() (out []*Message) {
	for _, ms := range a.letters {
		out = append(out, ms...)
	}
	slices.SortFunc(out, func(a, b *Message) int { return strings.Compare(a.Key, b.Key) })
	return out
}

// review says of the letters of one playbook what they are, to whom, why, what to
// mind, and how one of them looks. It names nobody. It gives how many of them a
// reply may approve.
func (p *planner) review(pb *playbook.Playbook, name string, ms []*Message) (item letter.Item, answerable int) {
	title, private := name, isPrivate(p.set, name)
	if pb != nil {
		title = pb.Title
	}
	n := len(ms)
	item.Line = title + ": " + itoa(int64(n)) + " " + plural(n, "letter", "letters")
	var detail []string
	if private {
		item.Marks = []string{"private"}
		detail = append(detail, "What is private does not travel by mail, nor does a yes to it: the console shows them whole, or clarion review.")
	} else {
		detail = append(detail, "To "+p.toWhom(ms)) // initials end with a full stop
		one := ms[0].Masked(p.in)
		detail = append(detail, "Why"+onlyIf(n > 1, " (the first of them)")+": "+strings.TrimSuffix(one.Why, ".")+".")
		item.Words = letter.Quoted("One of them, as it will look, with initials for the name:", one.Subject, one.Text, one.HTML)
	}
	for _, m := range ms {
		if noReply(p.in, m.Message, n) == "" {
			answerable++
		}
	}
	detail = append(detail, p.mind(pb, ms)...)
	item.Detail = strings.Join(detail, "\n\n")
	return item, answerable
}

// toWhom names the readers of letters by branch, number and initials.
func (p *planner) toWhom(ms []*Message) string {
	numbers := p.numbers()
	var list []reader
	for _, m := range ms {
		list = append(list, reader{numbers[m.Key], Initials(m.Content.ToName), m.branch})
	}
	return readersInShort(list)
}

// A reader is who gets a letter, as far as a mail says.
type reader struct {
	number           int64 // of the letter
	initials, branch string
}

// readersInShort names readers by branch or, if they are many, counts them.
func readersInShort(list []reader) string {
	by := map[string][]string{}
	slices.SortFunc(list, func(a, b reader) int { return cmp.Compare(a.number, b.number) })
	for _, r := range list {
		if r.initials == "" {
			r.initials = "somebody"
		}
		by[r.branch] = append(by[r.branch], "no. "+itoa(r.number)+" "+r.initials)
	}
	var out []string
	for _, b := range sorted(by) {
		where, whom := b, strings.Join(by[b], ", ")
		if where == "" {
			where = "no branch"
		}
		if len(list) > mostListed {
			whom = strconv.Itoa(len(by[b]))
		}
		out = append(out, where+": "+whom)
	}
	return strings.Join(out, "; ")
}

// mind is what whoever says yes should know. Of a brake it says nothing: what one
// holds changes from look to look, and the letter's words must not.
func (p *planner) mind(pb *playbook.Playbook, ms []*Message) (out []string) {
	two, marketing := 0, 0
	var end time.Time
	for _, m := range ms {
		two += oneIf(m.Two)
		marketing += oneIf(m.Basis == string(playbook.Marketing))
		if !m.Expires.IsZero() && (end.IsZero() || m.Expires.Before(end)) {
			end = m.Expires
		}
	}
	if two > 0 {
		out = append(out, "Mind: "+itoa(int64(two))+" of them "+plural(two, "needs", "need")+" the yes of two people in different roles. No reply and no link gives either.")
	}
	half := p.firstYeses(ms)
	for _, by := range sorted(half) {
		n := half[by]
		out = append(out, "Mind: the "+p.roleTitle(by)+" has said the first yes to "+itoa(int64(n))+" of them; a second person must say yes to "+plural(n, "it", "them")+", too.")
	}
	if marketing > 0 {
		out = append(out, "Mind: "+itoa(int64(marketing))+" of them "+plural(marketing, "promotes", "promote")+" something. No reply and no link says yes to that.")
	}
	if !end.IsZero() {
		out = append(out, "Mind: what has not left by "+p.clock.Words(end)+" is too late.")
	}
	if pb == nil {
		return out
	}
	if p.trust(pb) < playbook.Batch && len(ms) > 1 {
		out = append(out, "Mind: each of them is to be looked at. No reply says yes to them together.")
	}
	return out
}

// firstYeses counts the letters that have the first yes of two, by the role that
// said it.
func (p *planner) firstYeses(ms []*Message) map[string]int {
	n := map[string]int{}
	for _, m := range ms {
		old, ok := p.in.Book.MessageAt(m.Key)
		if ok && old.Digest == m.Digest && old.State == ledger.Proposed && old.First != (ledger.Yes{}) && !p.staleFirst(old) {
			n[old.First.By]++
		}
	}
	return n
}

func oneIf(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// howToDecide says how a yes and a no are given, so many of which a reply may.
func (p *planner) howToDecide(byMail int) string {
	c := p.set.Constituency
	undo := ""
	if d := c.Review.Undo; d > 0 {
		undo = " A yes can be taken back for " + span(d) + "; nothing leaves before."
	}
	out := []string{"clarion review shows them whole; nothing goes before you say so." + undo}
	if c.Mail.Answers() == "" {
		return out[0]
	}
	switch most := c.Review.ByReply; {
	case byMail == 0:
		out = append(out, "A reply cannot say yes to any of these.")
	case byMail > most:
		out = append(out, "A reply says yes to "+itoa(int64(most))+" letters at most, and these are "+itoa(int64(byMail))+".")
	default:
		out = append(out, yesWords(byMail))
	}
	out = append(out, "To hold them, reply with the word hold as the first line; to hold some, with their numbers behind it. What is held waits, and you are asked anew.")
	return strings.Join(out, "\n\n")
}

// yesWords say how a reply says yes.
func yesWords(n int) string {
	if n == 1 {
		return "To say yes to the one that a reply may approve, reply with the word yes as the first line."
	}
	return "To say yes to the " + itoa(int64(n)) + " that a reply may approve, reply with the word yes as the first line."
}

// span is a length of time in words.
func span(d time.Duration) string {
	n, unit := int64(d/time.Minute), "minute"
	if d >= time.Hour && d%time.Hour == 0 {
		n, unit = int64(d/time.Hour), "hour"
	}
	return itoa(n) + " " + plural(int(n), unit, unit+"s")
}

// numbers gives the number of each letter that is wanted: its own or, of one that
// is proposed with this plan, the one that it will have. Letters are proposed
// before officers' digests, in the order of their keys.
func (p *planner) numbers() map[string]int64 {
	if p.numbered != nil {
		return p.numbered
	}
	p.numbered = map[string]int64{}
	var fresh []string
	for _, m := range p.desired {
		if m.Kind != ledger.Letter {
			continue
		}
		if old, ok := p.in.Book.MessageAt(m.Key); ok && p.same(old, m) {
			p.numbered[m.Key] = old.ID
		} else if !m.behind {
			fresh = append(fresh, m.Key)
		}
	}
	slices.Sort(fresh)
	for i, k := range fresh {
		p.numbered[k] = p.in.Book.LastMessage() + int64(i) + 1
	}
	return p.numbered
}
