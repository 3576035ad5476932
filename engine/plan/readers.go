package plan

import (
	"slices"
	"strings"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/letter"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// join lets a letter to a role travel with the same letter to another role that
// the same person holds: each once, after merging by person (rule 14).
func (p *planner) join(x *want, m *Message) bool {
	if x.to.role == "" {
		return false
	}
	k := string(x.c.Key) + "|" + x.step.ID + "|" + x.element + "|" + x.action.Occurrence + "|" + m.Address
	first := p.joint[k]
	if first == nil {
		p.joint[k] = m
		return false
	}
	if first.behind || m.behind { // then only a letter that carries both already
		old, ok := p.in.Book.MessageAt(first.Key)
		if !ok || !waiting(old.State) || !slices.Contains(old.Actions, x.action.Key) {
			return false
		}
	}
	if !m.behind {
		first.Actions, first.Owed = append(first.Actions, m.Actions...), append(first.Owed, m.Owed...)
	}
	line := x.lineOf(Sends, x.step, x.to, m.NotBefore, m.Content.Why)
	line.Message = first.Key
	p.line(line)
	return true
}

// has reports whether a holder of a shared role has the letter already, or
// cannot be sent it: the mail server refused it.
func (p *planner) has(x *want, h holder) bool {
	if x.to.role == "" {
		return false
	}
	m, ok := p.in.Book.MessageAt(letterKey(x, p.hash(h.email)))
	if ok && refused(m) {
		p.line(x.lineOf(HeldBack, x.step, x.to, x.window.moment, refusedWhy))
		return true
	}
	return x.behind && !(ok && waiting(m.State)) || ok && onItsWay(m.State)
}

// onItsWay tells that a message has left, or may have.
func onItsWay(s ledger.MessageState) bool {
	return s == ledger.Claimed || s == ledger.Uncertain || s == ledger.Sent || s == ledger.Bounced
}

// letterKey is the key of a letter: that of its action and, where a role has
// several holders, the reader.
func letterKey(x *want, address string) string {
	if x.to.row != nil {
		return string(x.action.Key)
	}
	return string(x.action.Key) + "|" + address
}

// readers are the people who read a letter: a person who may and can be written
// to, or the holders of a role. A person who cannot be reached becomes a line
// on a call sheet.
func (p *planner) readers(x *want) []holder {
	if x.to.role != "" {
		hs, vacant := p.holders(x.to.role, x.to.branch)
		if len(hs) == 0 {
			p.gone[x.action.Key] = vacant
			p.line(x.lineOf(HeldBack, x.step, x.to, x.window.moment, vacant+", nor any role it falls to"))
		}
		return hs
	}
	if x.to.blank {
		p.sheet(x, holder{name: "(nobody named)"}, "nobody is named")
		return nil
	}
	h := p.person(x.to.schema, x.to.row)
	if why := p.barred(x.to, h, x.basis); why != "" {
		x.end(ledger.Withdrawn, why)
		p.line(x.lineOf(Withholds, x.step, x.to, x.window.moment, why))
		return nil
	}
	why := p.unreachable(h, x.pb.Private || x.step.Private)
	if m, ok := p.in.Book.MessageAt(letterKey(x, "")); ok && why == "" && refused(m) {
		why = refusedWhy
	}
	if why != "" {
		p.sheet(x, h, why)
		return nil
	}
	return []holder{h}
}

// calls is what the lines of call sheets and post lists are bunched as.
const calls = "calls"

// sheet makes a letter that cannot go by mail a line of the digest of the role
// that owns it (law 10).
func (p *planner) sheet(x *want, h holder, why string) {
	if !p.unspoken(x.action.Key) {
		return
	}
	to := x.signer()
	private := x.pb.Private || x.step.Private
	hs, marks := x.holdersFor(to, private)
	body := letter.Item{Line: h.name + ": " + x.pb.Title, Detail: "No letter can go: " + why + ".", Marks: marks}
	w := x.ways(to.role)
	var know []string
	for _, c := range [][2]string{{"phone: ", w.phone}, {"", w.silence()}, {"address: ", w.address}, {"postcode: ", w.postcode}} {
		if c[1] != "" {
			know = append(know, c[0]+c[1])
		}
	}
	if len(know) > 0 {
		body.Detail += " " + capital(strings.Join(know, "; ")) + "."
	}
	cells := []string{h.name, w.phone + w.silence(), strings.Trim(w.address+", "+w.postcode, ", "), why}
	x.toHolders(hs, item{bunch: calls + "\x00" + x.pb.Name + "\x00" + x.step.ID, title: x.pb.Title, cells: cells, action: x.action, section: sheet, due: x.window.moment, body: body, guards: x.pb.Guards(), private: private,
		line: x.lineOf(Lists, x.step, x.to, x.window.moment, why)})
}

// tooLarge says that what a letter attaches is more than letters may carry: the
// servers on the way would refuse it, at the last moment and to each reader anew.
func (p *planner) tooLarge(att []letter.Attachment) string {
	var n int64
	for _, a := range att {
		n += a.Size
	}
	most := p.set.Constituency.Mail.MostAttached()
	if n <= most {
		return ""
	}
	name := "what it attaches has "
	if len(att) == 1 {
		name = dataset.Plain(att[0].Name) + " has "
	}
	return name + itoa((n+1<<20-1)>>20) + " MB, and letters carry " + itoa(most>>20) + " MB at most (attachments_mb, under mail in constituency.yaml)"
}

// attachment finds the document a step attaches; while there is none the
// letter waits.
func (l *look) attachment(w *world, s *playbook.Step) (att []letter.Attachment, wait string) {
	if s.Attach == nil {
		return nil, ""
	}
	t := s.Attach.Eval(w.World, l.vars(w))
	wait = "waits for the document it attaches"
	if t.Unknown != nil {
		return nil, wait
	}
	var docs []dataset.Value
	rows := t.Rows
	if t.Row != nil {
		rows = []*dataset.Row{t.Row}
	}
	for _, r := range rows {
		for _, c := range t.Schema.Columns {
			if c.Kind == dataset.File {
				v, _ := r.Get(t.Schema, c.Name)
				docs = append(docs, v)
			}
		}
	}
	if t.Value.Kind == dataset.File {
		docs = append(docs, t.Value)
	}
	for _, v := range docs {
		if v.IsBlank() {
			return nil, wait
		}
		f, ok := l.in.File(v.S)
		if !ok {
			return nil, wait
		}
		att = append(att, f)
	}
	if len(att) == 0 {
		return nil, wait
	}
	return att, ""
}
