package plan

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/condition"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/letter"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// bind sets the names that only letters and subjects see.
func (l *look) bind(s *playbook.Step, to addressee, due time.Time, w *world, repeat bool) {
	l.extra = map[string]dataset.Term{}
	if to.row != nil {
		l.extra["recipient"] = dataset.Term{Row: to.row, Schema: to.schema}
	}
	if !due.IsZero() {
		l.extra["due"] = dataset.Term{Value: dataset.DateValue(l.clock.Day(due))}
		left := calendar.DaysBetween(l.clock.Day(w.at), l.clock.Day(due))
		l.extra["days_left"] = dataset.Term{Value: dataset.NumberValue(int64(left))}
	}
	l.extra["repeat"] = dataset.Term{Value: dataset.YesNoValue(repeat)}
	if s.Rows != nil {
		l.extra["rows"] = l.rows(w, s)
	}
}

// names gives a letter the names that conditions see.
func (l *look) names(w *world) letter.Names {
	vars := l.vars(w)
	return func(name string) dataset.Term {
		switch name {
		case "today":
			return dataset.Term{Value: dataset.DateValue(l.clock.Day(w.at))}
		case "now":
			return dataset.Term{Value: dataset.TimeValue(w.at)}
		case letter.RoleTitles:
			return l.roleTitles()
		}
		return vars(name)
	}
}

// render makes the messages of a letter: one for a person, one for each holder
// of a role; or settles or withholds it.
func (p *planner) render(x *want) []*Message {
	l := x.look
	l.element, l.each, l.eachVar = x.element, x.each, x.eachVar
	defer func() { l.element, l.each, l.eachVar, l.extra = "", dataset.Term{}, "", nil }()
	as := p.worldAt(x.window.start)
	l.bind(x.step, x.to, p.deadlineOf(l, as), as, x.repeat)
	if t, ok := l.extra["rows"]; ok && t.Unknown == nil && len(t.Rows) == 0 && !x.step.Tally { // none is a figure too
		x.end(ledger.Settled, "nothing to say")
		return nil
	}
	if why := x.unfit(as); why != "" {
		p.keepBack(x, why)
		return nil
	}
	att, wait := l.attachment(as, x.step)
	if wait != "" {
		p.gone[x.action.Key] = wait
		p.line(x.lineOf(Waits, x.step, x.to, x.window.moment, wait))
		return nil
	}
	if x.basis == playbook.Marketing && strings.TrimSpace(p.set.Constituency.Imprint) == "" {
		p.keepBack(x, noImprint)
		return nil
	}
	if why := p.tooLarge(att); why != "" {
		p.unwritten(x, why, "what "+readable(x.step.ID)+" attaches", why)
		return nil
	}
	var out []*Message
	for _, h := range p.readers(x) {
		if p.has(x, h) {
			continue
		}
		if why := x.withheld(h); why != "" {
			p.keepBack(x, why)
			continue
		}
		m, err := p.letterTo(x, h, as, att)
		if err != nil {
			why := hole(err)
			p.unwritten(x, holed+why, "the words of "+readable(x.step.ID), why)
			return nil
		}
		if old, ok := p.in.Book.MessageAt(m.Key); ok && x.behind {
			m.Digest, m.behind = old.Digest, true // the words that the other holders have read
		}
		if !p.join(x, m) {
			out = append(out, m)
		}
	}
	return out
}

// noImprint keeps back what promotes something: the law wants it said who
// promotes it and on whose behalf, in the letter itself.
const noImprint = "it promotes something, and constituency.yaml has no imprint to say who does"

// unwritten withholds a letter that cannot be made, and puts what is the matter
// before the role that can mend it.
func (p *planner) unwritten(x *want, line, what, why string) {
	p.gone[x.action.Key] = why
	p.line(x.lineOf(Withholds, x.step, x.to, x.window.moment, line))
	p.plan.CannotTell = append(p.plan.CannotTell, CannotTell{Playbook: x.pb.Name, What: what, About: x.look.about(), Why: why})
}

const refusedWhy = "the mail server refused the letter"

func (p *planner) deadlineOf(l *look, w *world) time.Time {
	return l.anchorsOf(w).deadline
}

// signer is the role that signs a letter, gets its replies and approves it: the
// playbook's own where nothing else is said, or where that cannot be told.
func (x *want) signer() addressee {
	w := x.worldAt(x.window.start)
	if tos, u := x.recipients(w, x.step.From); u == nil && len(tos) == 1 && tos[0].role != "" {
		return tos[0]
	}
	return x.roleOf(w, x.pb.Role)
}

// said gives the subject and the words of a letter for one reader. The table
// that it shows is named by carry, if it is to travel as a file too.
func (x *want) said(h holder, as *world, carry func(*letter.Grid)) (subject string, body letter.Body, err error) {
	l := x.look
	if x.to.row == nil {
		l.extra["recipient"] = h.record()
	}
	names := l.names(as)
	head, words := l.wording(x.step, names)
	if subject, err = head.Render(names, x.clock); err != nil {
		return "", body, err
	}
	if words != nil {
		if body, err = words.Render(names, x.clock); err != nil {
			return "", body, err
		}
	}
	g := l.grid(as, x.step)
	if g != nil && carry != nil {
		carry(g)
	}
	if g != nil && (x.step.Tally || !uses(x.step, "rows")) {
		b := letter.DigestBody([]letter.Section{{Items: []letter.Item{{Table: g}}}})
		body.Text += "\n" + b.Text
		body.HTML += b.HTML
	}
	return subject, body, nil
}

// frame is what stands around a letter, and where replies to it go.
func (x *want) frame(h holder, signer addressee) (f letter.Frame, reply string) {
	c := x.set.Constituency
	f = letter.Frame{Constituency: c.Name, Imprint: c.Imprint, Clock: x.clock,
		Why: x.why(x, h), Wrong: "If something here is wrong, reply to this letter and tell us."}
	f.Sender, reply = x.sender(signer)
	return f, reply
}

// letterTo renders one letter for one reader.
func (p *planner) letterTo(x *want, h holder, as *world, att []letter.Attachment) (*Message, error) {
	l := x.look
	m := &Message{Subject: l.about(), about: x.people()}
	for _, t := range m.about {
		if m.branch == "" {
			m.branch = dataset.Plain(branchOf(t.Schema, t.Row))
		}
	}
	subject, body, err := x.said(h, as, func(g *letter.Grid) {
		if x.to.role != "" { // an officer works with it; a member reads it
			att = append(slices.Clip(att), m.carry(g, readable(x.step.ID)))
		}
	})
	if err != nil {
		return nil, err
	}
	signer := x.signer()
	f, reply := x.frame(h, signer)
	sender := f.Sender
	body = letter.Page(f, subject, body)
	m.Kind, m.Playbook, m.Approver, m.Basis = ledger.Letter, x.pb.Name, signer.role, string(x.basis)
	m.Address, m.Person = p.hash(h.email), h.ref
	m.Key = letterKey(x, m.Address)
	m.Actions, m.Owed = []ledger.ActionKey{x.action.Key}, []ledger.Action{x.action}
	m.Content = letter.Content{From: p.from(reply), FromName: sender, ReplyTo: reply, To: h.email, ToName: h.name,
		Subject: subject, Text: body.Text, HTML: body.HTML, Why: l.because(), Attachments: att}
	m.Digest = m.Content.Digest()
	m.NotBefore = later(x.window.moment, p.clock.AtHour(p.clock.Day(x.window.moment)))
	if x.early {
		m.NotBefore = p.clock.AtHour(p.today)
	}
	if m.Expires = x.window.end; !m.Expires.IsZero() && m.Expires.Before(m.NotBefore) {
		m.NotBefore = m.Expires
	}
	m.Release = x.to.role != "" || x.trust(x.pb) == playbook.Automatic && !p.mourns(m.Address)
	return m, nil
}

// people are the records that a letter is about: of whom it goes to, of its case,
// and of the element of its step.
func (x *want) people() (out []dataset.Term) {
	if x.to.row != nil {
		out = append(out, dataset.Term{Row: x.to.row, Schema: x.to.schema})
	}
	if x.row != nil {
		out = append(out, dataset.Term{Row: x.row, Schema: x.pb.For.Schema})
	}
	if x.each.Row != nil {
		out = append(out, dataset.Term{Row: x.each.Row, Schema: x.each.Schema})
	}
	return out
}

// from is the address that letters come from: the one that constituency.yaml
// names, else that of the signer, else the Secretary's.
func (p *planner) from(signer string) string {
	if a := p.set.Constituency.Mail.From; a != "" {
		return a
	}
	if signer != "" {
		return signer
	}
	if hs, _ := p.holders("secretary", ""); len(hs) > 0 {
		return strings.TrimSpace(hs[0].email)
	}
	return ""
}

// record makes the record that a letter to a holder of a role knows as its
// recipient.
func (h holder) record() dataset.Term {
	s := dataset.PeopleSchema()
	r := &dataset.Row{Key: h.key(), Cells: make([]dataset.Value, len(s.Columns))}
	first, _, _ := strings.Cut(h.name, " ")
	for col, text := range map[string]string{"name": h.name, "first_name": first, "email": h.email, "branch": h.branch} {
		if i, ok := s.Column(col); ok {
			r.Cells[i] = dataset.TextValue(text)
		}
	}
	return dataset.Term{Row: r, Schema: s}
}

func uses(s *playbook.Step, name string) bool {
	if s.Letter == nil {
		return false
	}
	for _, u := range s.Letter.Uses() {
		if u == name || strings.HasPrefix(u, name+".") {
			return true
		}
	}
	return false
}

// sender names who signs and who gets the replies. Where the role is vacant it
// is the holder of the role that it falls to, under that title.
func (p *planner) sender(a addressee) (name, reply string) {
	hs, _ := p.holders(a.role, a.branch)
	if len(hs) == 0 {
		return p.roleTitle(a.role) + ", " + p.set.Constituency.Name, ""
	}
	return dataset.Plain(hs[0].name) + ", " + p.title(hs[0]), strings.TrimSpace(hs[0].email)
}

// why says why the reader gets this letter.
func (p *planner) why(x *want, h holder) string {
	c := p.set.Constituency.Name
	if x.basis == playbook.Marketing {
		return "You get this because you agreed to hear from " + c + ". To hear no more of this kind, reply with the word stop."
	}
	if h.role != "" {
		return "You get this because you are " + p.title(h) + " of " + c + "."
	}
	if x.to.schema != nil && x.to.schema.Name == "members" {
		return "You get this because you are a member of " + c + "."
	}
	return "You get this because our records name you in connection with " + c + "."
}

// hole says what is missing from a letter.
func hole(err error) string {
	var h *letter.Hole
	if errors.As(err, &h) {
		if h.Why != "" {
			return h.Name + ": " + h.Why
		}
		if len(h.Cells) > 0 {
			return brief(&dataset.Unknown{Cells: h.Cells})
		}
		return h.Name + " is blank"
	}
	return err.Error()
}

// because says in words why a case is there: what the cells of the record held
// that its conditions read.
func (l *look) because() string {
	if l.row == nil {
		if l.slot != nil {
			return "due every " + l.pb.Every.String()
		}
		return l.pb.Title
	}
	if l.said != "" {
		return l.said
	}
	exprs := []*condition.Expr{l.pb.When}
	if l.pb.Again != nil {
		exprs = append(exprs, l.pb.Again.Exprs...)
	}
	for _, x := range l.pb.Let {
		exprs = append(exprs, x.Expr)
	}
	seen := map[string]bool{}
	var out []string
	for _, e := range exprs {
		if e == nil {
			continue
		}
		w := l.worldAt(l.now)
		out = l.reasons(e.Cells(w.World, l.vars(w)), seen, out)
	}
	if len(out) == 0 {
		out = []string{l.pb.Title}
	}
	l.said = strings.Join(out, ", ")
	return l.said
}

// reasons collects the filled cells of the record among those that a condition
// read.
func (l *look) reasons(cells []dataset.Cell, seen map[string]bool, out []string) []string {
	for _, c := range cells {
		if seen[c.Column] || c.Ref != l.row.Ref || c.Dataset != l.pb.For.Dataset {
			continue
		}
		seen[c.Column] = true
		v, _ := l.row.Get(l.pb.For.Schema, c.Column)
		if v.IsBlank() || v.Kind == dataset.YesNo && v.N == 0 || v.Kind == dataset.Text && v.S == l.row.Key {
			continue
		}
		out = append(out, strings.ReplaceAll(c.Column, "_", " ")+" "+dataset.Plain(v.Spoken(l.clock)))
	}
	return out
}
