package console

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/document"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// A letterView is a letter whole.
type letterView struct {
	ID                   int64
	Playbook, Title      string // of the playbook
	State                string
	From, To, ReplyTo    string
	Subject, Why, Text   string
	Digest               string
	Attached             []string
	About, Record        string
	Row                  string // where its row stands
	Cells                []cellView
	HiddenCells          int
	History              []turnView
	Approve, Reject      bool
	Second               string // what is still to be said of a second yes
	Who                  string // decides about it
	Back                 string // until when it can be taken back, in words
	Uncertain            bool
	Next, Previous       int64 // that wait for a yes too
	Erased, Fallen, Page string
}

// A cellView is a cell of a record, as the seat may see it.
type cellView struct{ Column, Value, From, Why string }

// A turnView is one thing that happened to a letter.
type turnView struct{ At, What string }

// letterOf finds the letter of a page, if the seat may read it.
func (d *desk) letterOf() (engine.Pending, bool) {
	m, ok := d.book().Message(number(d.r.PathValue("id")))
	if !ok || !d.mayRead(m) {
		d.gone()
		return engine.Pending{}, false
	}
	p, err := d.e.Message(d.r.Context(), m.ID)
	if err != nil {
		d.fail(err)
		return p, false
	}
	return p, true
}

// mayRead reports whether the seat may read a message whole: who decides about
// it may, and others where it shows nothing that their roles do not see. An
// officer's own mail is for that officer.
func (d *desk) mayRead(m ledger.Message) bool {
	if m.Kind == ledger.Digest {
		return d.Seat.Email != "" && m.Address != "" && m.Address == d.l.In.Hash(strings.ToLower(strings.TrimSpace(d.Seat.Email)))
	}
	_, of := d.subject(m)
	if d.mayDecide(m) != "" || d.decides(m.Approver, d.branch(of.list, of.ref)) != "" {
		return true
	}
	return d.here(of.list, of.ref) && d.open(m.Playbook) && d.seesAll(d.shows(m)) && d.tells(m.Playbook)
}

// shows are the guarded columns that a letter lays open.
func (d *desk) shows(m ledger.Message) (out []playbook.Guard) {
	pb := d.set().Playbook(m.Playbook)
	if pb == nil {
		return nil
	}
	for _, k := range m.Actions {
		if a, ok := d.book().Action(k); ok {
			for _, s := range pb.Steps {
				if s.ID == a.Step {
					out = append(out, s.Shows...)
				}
			}
		}
	}
	return out
}

// letter shows a letter whole as it will look, with all that its reader needs to
// decide about it.
func (d *desk) letter() {
	p, ok := d.letterOf()
	if !ok {
		return
	}
	c, of := d.subject(p.Message)
	v := letterView{ID: p.ID, Playbook: p.Playbook, Title: p.Playbook, State: d.stateWords(p.Message), Subject: dataset.Plain(p.Content.Subject),
		From: person(p.Content.FromName, p.Content.From), To: d.toWords(p), ReplyTo: dataset.Plain(p.Content.ReplyTo), Why: dataset.Plain(p.Content.Why),
		Text: plainLines(p.Content.Text), Digest: shortDigest(p.Digest), Page: d.r.URL.Path}
	pb := d.set().Playbook(p.Playbook)
	if pb != nil {
		v.Title = dataset.Plain(pb.Title)
	}
	for _, a := range p.Content.Attachments {
		v.Attached = append(v.Attached, fmt.Sprintf("%s (%s)", dataset.Plain(a.Name), size(a.Size)))
	}
	v.About, v.Record = d.label(of), d.recordPath(of)
	if t, row := d.row(of); row != nil && pb != nil {
		v.Cells, v.HiddenCells = d.cells(t, row, columnsOf(pb, c.Dataset))
		if row.Line > 0 {
			v.Row = dataset.Where(dataset.Plain(t.File), row.Line)
		}
	}
	role := d.mayDecide(p.Message)
	v.Approve = p.Kind == ledger.Letter && p.State == ledger.Proposed && role != ""
	v.Reject = p.Kind == ledger.Letter && d.rejects(p) != ""
	v.Uncertain = p.State == ledger.Uncertain && d.rejects(p) != ""
	if why, fell := d.l.Plan.Fallen()[p.ID]; fell && p.State == ledger.Proposed {
		v.Fallen = dataset.Plain(why)
	}
	if p.State == ledger.Proposed && !v.Approve {
		v.Who = sentence(d.notMine(p.Message).Error())
	}
	if p.Two && p.State == ledger.Proposed {
		v.Second = "It goes to all members, so two persons of different roles must say yes."
		if p.First.By != "" {
			v.Second = "The " + d.set().RoleTitle(p.First.By) + " has said yes. " + d.secondWords(p.Message)
		}
	}
	if p.State == ledger.Approved && p.Until.After(d.now()) {
		v.Back = "Nothing leaves before " + d.hour(p.Until) + ": until then, " + engine.Span(p.Until.Sub(d.now())) + " from now, the yes can be taken back."
	}
	if err := d.story(p, &v); err != nil {
		d.fail(err)
		return
	}
	if p.State == ledger.Proposed {
		v.Previous, v.Next = d.neighbours(p.Message)
	}
	d.page("letter", "Letter "+strconv.FormatInt(p.ID, 10), v)
}

// rejects gives the role in which the seat may say no to a letter, or take a yes
// back: whoever decides about it, and who may say the second yes.
func (d *desk) rejects(p engine.Pending) string {
	if p.TooLate(d.clock()) != "" && p.State != ledger.Uncertain {
		return ""
	}
	switch p.State {
	case ledger.Proposed, ledger.Approved, ledger.Deferred, ledger.Uncertain:
	default:
		return ""
	}
	_, of := d.subject(p.Message)
	if role := d.decides(p.Approver, d.branch(of.list, of.ref)); role != "" {
		return role
	}
	return d.mayDecide(p.Message)
}

// toWords is to whom a letter goes: the address where the seat sees addresses.
func (d *desk) toWords(p engine.Pending) string {
	seen := d.mayDecide(p.Message) != ""
	if t := d.l.In.Tables["members"]; t != nil && !seen {
		seen = d.sees(t.Schema, cmp.Or(t.Schema.Email, "email"))
	}
	if !seen && p.Basis != "officer" {
		return dataset.Plain(p.Content.ToName)
	}
	return person(p.Content.ToName, p.Content.To)
}

// neighbours are the letters before and after one that wait for a yes with it.
func (d *desk) neighbours(m ledger.Message) (before, after int64) {
	all := d.waiting(m.Playbook)
	i := slices.IndexFunc(all, func(x ledger.Message) bool { return x.ID == m.ID })
	if i > 0 {
		before = all[i-1].ID
	}
	if i >= 0 && i+1 < len(all) {
		after = all[i+1].ID
	}
	return before, after
}

// story tells what has happened to a letter.
func (d *desk) story(p engine.Pending, v *letterView) error {
	turns, err := d.e.Story(d.r.Context(), p.ID)
	if err != nil {
		return err
	}
	say := func(what, why string) string {
		if why != "" {
			what += ": " + dataset.Plain(why)
		}
		return what
	}
	if p.First.By != "" {
		v.History = append(v.History, turnView{d.clock().Words(p.First.At), "first yes, from the " + d.yesWords(p.First)})
	}
	for _, t := range turns {
		what := t.What
		switch {
		case t.What == "approved" && t.Auto:
			what = "approved by the trust in its playbook"
		case t.What == "approved" && p.Yes.By != "":
			what = "yes, from the " + d.yesWords(p.Yes)
		case t.What == "approved":
			what = "yes, from the " + d.set().RoleTitle(t.By)
		case t.What == "rejected":
			what = say("no, from the "+d.set().RoleTitle(t.By), t.Words)
		case t.What == "tried":
			what = "on its way"
		case t.What == "deferred":
			what = fmt.Sprintf("put off by the mail server (%d)", t.Code)
		case t.What == "failed":
			what = say("did not go", p.Reason)
		case t.What == "uncertain":
			what = "nobody can tell whether it went"
		}
		v.History = append(v.History, turnView{d.clock().Words(t.At), what})
	}
	switch p.State {
	case ledger.Superseded, ledger.Expired, ledger.Bounced:
		v.History = append(v.History, turnView{d.clock().Words(p.At), say(stateNames[p.State], p.Reason)})
	}
	return nil
}

// yesWords is who said yes, and how.
func (d *desk) yesWords(y ledger.Yes) string {
	who := d.set().RoleTitle(y.By)
	if y.Via != "" {
		who += map[string]string{"terminal": ", at the computer itself", "console": ", in the browser", "mail": ", by mail", "link": ", by a link in a mail"}[y.Via]
	}
	if y.Plan > 0 {
		who += ", for saved plan " + strconv.FormatInt(y.Plan, 10)
	}
	return who
}

// picture is the letter's own page, by itself: it may load nothing and run
// nothing, and is shown in a frame of ours alone.
func (d *desk) picture() {
	p, ok := d.letterOf()
	if !ok {
		return
	}
	servePicture(d.w, p.Content.HTML)
}

// servePicture sends a letter as it will look.
func servePicture(w http.ResponseWriter, html string) {
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; base-uri 'none'; form-action 'none'; frame-ancestors 'self'")
	h.Set("X-Frame-Options", "SAMEORIGIN")
	h.Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write([]byte(html))
}

// approveLetter says yes to one letter, as it was shown.
func (d *desk) approveLetter() {
	p, ok := d.letterOf()
	if !ok {
		return
	}
	page := d.r.URL.Path[:strings.LastIndexByte(d.r.URL.Path, '/')]
	role := d.mayDecide(p.Message)
	switch {
	case p.State != ledger.Proposed && d.saidYes([]int64{p.ID}):
		d.done(page, "That was said already.") // pressed twice
		return
	case p.State != ledger.Proposed, !strings.HasPrefix(p.Digest, d.r.PostFormValue("digest")), len(d.r.PostFormValue("digest")) < 12:
		d.fail(engine.ErrMoved)
		return
	case role == "":
		d.fail(d.notMine(p.Message))
		return
	}
	if d.wantsAnew(batch{p.Message}) {
		return
	}
	x, err := d.e.Approve(d.steady(), d.voice(role), []engine.Pending{p})
	if err != nil {
		d.fail(err)
		return
	}
	_, next := d.neighbours(p.Message)
	if len(x.Done) > 0 && next > 0 && d.r.PostFormValue("then") == "next" {
		page = pathTo("letters", strconv.FormatInt(next, 10))
	}
	d.done(page, fmt.Sprintf("Letter %d: %s", p.ID, d.outcome(x, 0)))
}

// rejectLetter says no to one letter, or takes its yes back while it has not
// left.
func (d *desk) rejectLetter() {
	p, ok := d.letterOf()
	if !ok {
		return
	}
	page := d.r.URL.Path[:strings.LastIndexByte(d.r.URL.Path, '/')]
	role, reason := d.rejects(p), strings.TrimSpace(d.r.PostFormValue("reason"))
	switch {
	case p.State == ledger.Rejected:
		d.done(page, "That was said already.")
		return
	case p.TooLate(d.clock()) != "":
		d.fail(errors.New(sentence(p.TooLate(d.clock()))))
		return
	case role == "":
		d.fail(d.notMine(p.Message))
		return
	case reason == "":
		d.fail(errors.New("say why in a few words, for whoever wrote the playbook. Nothing was done"))
		return
	}
	x, err := d.e.Reject(d.steady(), d.voice(role), reason, []engine.Pending{p})
	if err != nil {
		d.fail(err)
		return
	}
	d.done(page, fmt.Sprintf("Letter %d: %s", p.ID, d.outcome(engine.Decision{Not: x.Not}, len(x.Done))))
}

// settleLetter says of a letter whether it went, when nobody could tell.
func (d *desk) settleLetter() {
	p, ok := d.letterOf()
	if !ok {
		return
	}
	page := d.r.URL.Path[:strings.LastIndexByte(d.r.URL.Path, '/')]
	role, went := d.rejects(p), d.r.PostFormValue("went")
	switch {
	case p.State != ledger.Uncertain:
		d.fail(engine.ErrMoved)
		return
	case role == "":
		d.fail(d.notMine(p.Message))
		return
	case went != "yes" && went != "no":
		d.fail(errors.New("say whether it went. Nothing was done"))
		return
	}
	if err := d.e.Settle(d.steady(), role, p.ID, went == "yes"); err != nil {
		d.fail(err)
		return
	}
	say := "Noted: it went."
	if went == "no" {
		say = "Noted: it did not go. It is owed again, and the plan shows it."
	}
	d.done(page, say)
}

// stateNames are the states of a letter for people.
var stateNames = map[ledger.MessageState]string{
	ledger.Proposed: "waits for a yes", ledger.Approved: "has its yes, and has not left", ledger.Claimed: "is on its way",
	ledger.Sent: "was sent", ledger.Deferred: "was put off by the mail server, and is tried again", ledger.Failed: "did not go",
	ledger.Uncertain: "may have gone: nobody can tell", ledger.Rejected: "was struck out", ledger.Superseded: "fell away",
	ledger.Expired: "came too late, and did not go", ledger.Bounced: "was sent, and came back",
}

// stateWords says how a letter stands.
func (d *desk) stateWords(m ledger.Message) string {
	s := stateNames[m.State]
	switch m.State {
	case ledger.Sent, ledger.Bounced:
		s += ", on " + d.clock().Words(m.SentAt)
	case ledger.Superseded:
		if m.Reason != "" {
			s += ": " + dataset.Plain(m.Reason)
		}
	}
	return document.Capital(s)
}
