package plan

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// What an officer may decide with a message that they got: by its link, or by a
// reply. An office may change hands while a message lies in somebody's mailbox,
// so that who may is asked again each time.

// A Decidable is a letter of which a message tells its reader, who decides about
// it.
type Decidable struct {
	ledger.Message
	Role    string // as which the reader decides
	Email   string // the reader's
	Private bool   // nothing of it is shown by mail, nor on a page that a link leads to
	NoReply string // why it cannot be approved by a reply; empty: it can
	NoLink  string // why it cannot be approved by the link
	Who     string // to whom it goes, in initials
	Branch  string
}

// Reviewed gives, of the letters of a saved plan, those about which the reader of
// a message decides today.
func Reviewed(in Input, told ledger.Message, letters []int64) (out []Decidable) {
	p := newPlanner(in)
	among := map[string]int{}
	for _, id := range letters {
		m, ok := in.Book.Message(id)
		if !ok || m.Kind != ledger.Letter {
			continue
		}
		hs, _ := p.holders(m.Approver, "")
		at := slices.IndexFunc(hs, func(h holder) bool { return told.Address != "" && p.hash(h.email) == told.Address })
		if at < 0 || p.asksOf(&Message{Message: m}, hs[at]) == "" {
			continue
		}
		among[m.Playbook]++
		out = append(out, p.decidable(m, hs[at]))
	}
	for i := range out {
		out[i].NoLink = noLink(in.Set, out[i].Message)
		out[i].NoReply = noReply(in, out[i].Message, among[out[i].Playbook])
	}
	return out
}

// Consented gives the letters of the yes of which a message tells its reader, who
// can stop them as the holder of an office today, and when that ends.
func Consented(in Input, told ledger.Message) (out []Decidable, until time.Time) {
	p := newPlanner(in)
	var reader holder
	for _, h := range p.heads() {
		if told.Address != "" && p.hash(h.email) == told.Address {
			reader = h
		}
	}
	parts := strings.SplitN(told.Key, "|", 5)
	if reader.email == "" || len(parts) != 5 || parts[0]+"|" != ToldKey {
		return nil, until
	}
	micro, err := strconv.ParseInt(parts[3], 10, 64)
	if err != nil {
		return nil, until
	}
	at := time.UnixMicro(micro).UTC()
	for _, m := range in.Book.YesSince(at) {
		if m.Playbook == parts[2] && m.Yes.By == parts[4] && m.Yes.At.Equal(at) {
			d := p.decidable(m, reader)
			d.Private = d.Private || Hidden(p.set, m.Playbook, reader.role)
			out, until = append(out, d), later(until, m.Until)
		}
	}
	return out, until
}

func (p *planner) decidable(m ledger.Message, h holder) Decidable {
	d := Decidable{Message: m, Role: h.role, Email: h.email}
	d.Private = isPrivate(p.set, m.Playbook)
	r := p.readerOf(m)
	d.Who, d.Branch = r.initials, r.branch
	return d
}

// isPrivate tells that nothing of a playbook's letters travels by mail to who
// decides about them.
func isPrivate(set *playbook.Set, name string) bool {
	pb := set.Playbook(name)
	return pb != nil && (pb.Private || pb.Special())
}

// noLink says why a letter cannot be approved by the link in a mail, where each
// letter can be looked at; or is empty.
func noLink(set *playbook.Set, m ledger.Message) string {
	switch {
	case isPrivate(set, m.Playbook):
		return "it is private, and shown in the console only"
	case m.Two:
		return "it needs the yes of two persons"
	case m.Basis == string(playbook.Marketing):
		return "it promotes something"
	}
	return ""
}

// noReply says why a letter cannot be approved by answering a mail, or is empty.
// Among is how many letters of its playbook the mail tells of: where each is to
// be looked at, a reply can mean one only.
func noReply(in Input, m ledger.Message, among int) string {
	if why := noLink(in.Set, m); why != "" {
		return why
	}
	pb := in.Set.Playbook(m.Playbook)
	if pb == nil || among > 1 && TrustIn(pb, in.Set.Constituency, in.Book, in.Now).Level < playbook.Batch {
		return "each letter of its playbook is to be looked at"
	}
	return ""
}
