package console

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/letter"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// mailPages registers the pages of how the mail does.
func (c *Console) mailPages(mux *http.ServeMux) {
	mux.HandleFunc("GET /mail", c.needs(mayLook, c.at((*desk).mail)))
	mux.HandleFunc("POST /mail/test", c.needs(mayLook, (*visit).testMail))
	mux.HandleFunc("POST /mail/{number}/take", c.needs(mayPost, c.at((*desk).takeMail)))
	mux.HandleFunc("POST /mail/{number}/done", c.needs(mayPost, c.at((*desk).doneMail)))
	mux.HandleFunc("POST /mail/lift", c.needs(mayRecord, c.at((*desk).lift)))
}

// mailDays is how many days the page of the mail shows.
const mailDays = 14

// A memo is something that is worked out once for each look, whoever asks.
type memo[T any] struct {
	mu   sync.Mutex
	at   *engine.Look
	held T
}

// of gives what holds for a look.
func (m *memo[T]) of(l *engine.Look, work func() T) T {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.at != l {
		m.at, m.held = l, work()
	}
	return m.held
}

// let lets go of it.
func (m *memo[T]) let() {
	m.mu.Lock()
	defer m.mu.Unlock()
	var none T
	m.at, m.held = nil, none
}

// A mailPage is what the page of the mail shows to everybody.
type mailPage struct {
	engine.MailHealth
	Left int              // letters that may still go today
	Busy []engine.MailDay // on which anything went or came back
}

// A postPage is what it shows to one seat.
type postPage struct {
	mailPage
	How              []string // by which way letters go and come back, in words
	Tested           time.Time
	TestTo           string // to whom a test would go; empty: to nobody
	Waiting          []postLine
	Private          int
	MayPost, MayLift bool
	Counts           []scopeCount
	Suppressed       []suppressedLine
	MoreSuppressed   int
	Back             []postLine // what came back lately
	Trouble          []mailTrouble
}

// A postLine is one message that came back.
type postLine struct {
	ID                               int64
	Kind, From, Subject, Why, Result string
	Files                            []string
	List, Does, Letter               string
	Received                         time.Time
}

// A scopeCount says how many are not written to, for one reason.
type scopeCount struct {
	Why string
	N   int
}

// A suppressedLine is somebody who is not written to.
type suppressedLine struct {
	Person              dataset.Ref
	Scope               string
	Name, Address, What string
	Since               time.Time
	Path                string
}

// A mailTrouble is something of the mail that a person must see to.
type mailTrouble struct{ What, Hint string }

// scopes are what a suppression keeps from somebody.
var scopes = map[string]string{"all": "no letters at all", "marketing": "nothing that promotes something", "bounced": "the address does not work"}

// mail shows how the mail does.
func (d *desk) mail() {
	p := postPage{MayPost: d.may(mayPost), MayLift: d.may(mayRecord)}
	p.mailPage = d.health.of(d.l, func() mailPage {
		h := mailPage{MailHealth: d.e.MailHealth(d.book(), d.now(), mailDays)}
		h.Left = max(0, h.Most-h.Spent)
		for _, day := range h.Days {
			if day.Sent+day.Bounced+day.Failed+day.Deferred > 0 {
				h.Busy = append(h.Busy, day)
			}
		}
		return h
	})
	p.How = d.mailWays()
	var err error
	if p.Tested, err = d.e.MailTested(d.r.Context()); err != nil {
		d.fail(err)
		return
	}
	_, p.TestTo = d.testTo()
	if err := d.postLines(&p); err != nil {
		d.fail(err)
		return
	}
	d.suppressed(&p)
	d.page("mail", "Mail", p)
}

// mailWays says how letters leave and come back.
func (d *desk) mailWays() (out []string) {
	m := d.set().Constituency.Mail
	switch {
	case m.Drop != "":
		out = append(out, "No mail is sent: letters are laid into the folder "+dataset.Plain(m.Drop)+".")
	case m.Server == "":
		out = append(out, "No way out is set: nothing can be sent. Add mail: to constituency.yaml.")
	default:
		out = append(out, "Letters leave by "+dataset.Plain(m.Server)+", from "+dataset.Plain(m.From)+".")
		if m.DKIM != nil {
			out = append(out, "They are signed here (DKIM) for "+dataset.Plain(m.DKIM.Domain)+".")
		} else {
			out = append(out, "They are not signed here; most providers do that themselves (DKIM).")
		}
	}
	switch box := m.Mailbox; {
	case m.Drop != "":
	case box == nil:
		out = append(out, "No mailbox is read: what comes back is not noticed.")
	case box.Stamp == "":
		out = append(out, "The mailbox "+dataset.Plain(box.Server)+" is read. Who is genuine cannot be told, so no file and no answer that comes by mail counts unseen.")
	default:
		out = append(out, "The mailbox "+dataset.Plain(box.Server)+" is read; who is genuine is said by "+dataset.Plain(box.Stamp)+".")
	}
	return out
}

// postLines lists what waits for a person and what came back, without what is
// about letters that the seat may not see. From whom it came is an address of a
// member, which only those see who see the members'.
func (d *desk) postLines(p *postPage) error {
	waiting, err := d.e.WaitingMail(d.r.Context())
	if err != nil {
		return err
	}
	recent, err := d.e.RecentMail(d.r.Context(), d.now().AddDate(0, 0, -mailDays))
	if err != nil {
		return err
	}
	for _, m := range waiting {
		if !d.seesPost(m) {
			p.Private++
			continue
		}
		p.Waiting = append(p.Waiting, d.postLine(m))
	}
	for _, m := range slices.Backward(recent) {
		if m.Waiting || !d.seesPost(m) || len(p.Back) == mostFaults {
			continue
		}
		p.Back = append(p.Back, d.postLine(m))
	}
	return nil
}

// seesPost reports whether a message that came back may be shown to the seat.
func (d *desk) seesPost(m engine.WaitingMail) bool {
	if m.Playbook != "" && !d.Seat.Sees(d.set(), m.Playbook) {
		return false
	}
	return !d.Seat.Bound() || m.Person != 0 && d.here("members", m.Person)
}

func (d *desk) postLine(m engine.WaitingMail) postLine {
	l := postLine{ID: m.ID, Kind: m.Kind, From: dataset.Plain(m.Shown.From), Subject: dataset.Plain(m.Shown.Subject), Why: upper(dataset.Plain(m.Shown.Why)),
		Result: m.Result, Does: m.Does, List: readable(m.Shown.List), Received: m.Received}
	for _, f := range m.Shown.Files {
		l.Files = append(l.Files, dataset.Plain(f))
	}
	if !d.seesContact() {
		l.From, l.Subject = maskedIn(m.Shown.From), ""
	}
	if m.Message != 0 {
		l.Letter = fmt.Sprint(m.Message)
	}
	return l
}

// maskedIn masks the address in the head of a message.
func maskedIn(from string) string {
	if _, in, ok := strings.Cut(from, "<"); ok {
		from, _, _ = strings.Cut(in, ">")
	}
	return masked(from)
}

// seesContact reports whether the seat may see how members are reached.
func (d *desk) seesContact() bool {
	return d.Seat.SeesColumn(d.set(), playbook.Guard{Dataset: "members", Column: "email", Class: dataset.Contact})
}

// suppressed lists who is not written to, with no more of an address than tells it
// from another.
func (d *desk) suppressed(p *postPage) {
	counts := map[string]int{}
	for _, s := range p.Suppressions {
		counts[s.Scope]++
		if line, ok := d.suppressedLine(s); !ok {
			continue
		} else if len(p.Suppressed) < mostFaults {
			p.Suppressed = append(p.Suppressed, line)
		} else {
			p.MoreSuppressed++
		}
	}
	for _, scope := range []string{"all", "marketing", "bounced"} {
		if counts[scope] > 0 {
			p.Counts = append(p.Counts, scopeCount{upper(scopes[scope]), counts[scope]})
		}
	}
}

// suppressedLine is somebody who is not written to, if the seat may see who it is.
func (d *desk) suppressedLine(s ledger.Suppression) (suppressedLine, bool) {
	r := aRecord{"members", s.Person}
	t, row := d.row(r)
	if row == nil || !d.seesContact() || !d.here("members", s.Person) {
		return suppressedLine{}, false
	}
	address, _ := row.Get(t.Schema, "email")
	return suppressedLine{Person: s.Person, Scope: s.Scope, Name: d.label(r), Address: masked(address.S), What: scopes[s.Scope], Since: s.At, Path: d.recordPath(r)}, true
}

// testTo is the role and the address to which a test of the seat's goes: its own,
// as the officers list has it.
func (v *visit) testTo() (role, address string) {
	for _, s := range plan.Sitting(v.seen.In) {
		if v.Seat.Holds(s.Role) && (v.Seat.Local() || strings.EqualFold(s.Email, v.Seat.Email)) {
			return s.Role, s.Email
		}
	}
	return "", ""
}

// testMail sends the seat a test.
func (v *visit) testMail() {
	role, to := v.testTo()
	switch {
	case to == "":
		v.fail(fmt.Errorf("a test goes to the address that the officers list has for your role, and there is none"))
		return
	case !v.letters.allows("all", time.Now()):
		v.tooMuch(v.w)
		return
	}
	out, err := v.e.TestMail(v.steady(), role, to)
	switch {
	case err != nil:
		v.fail(err)
	case out.Kind != letter.Delivered:
		v.fail(fmt.Errorf("the test did not leave: %s", out.Text))
	case v.e.Set().Constituency.Mail.Drop != "":
		v.done(v.back(), "The test lies in the folder "+v.e.Set().Constituency.Mail.Drop+": no mail is sent before mail: in constituency.yaml names a server.")
	default:
		v.done(v.back(), "A test is on its way to "+masked(to)+". Look where it lies when it has come: among the junk, letters to members may lie too.")
	}
}

// returned finds a message that waits and that the seat may see.
func (d *desk) returned(do func(id int64) error) {
	id := number(d.r.PathValue("number"))
	waiting, err := d.e.WaitingMail(d.r.Context())
	if err != nil {
		d.fail(err)
		return
	}
	i := slices.IndexFunc(waiting, func(m engine.WaitingMail) bool { return m.ID == id && d.seesPost(m) })
	if i < 0 {
		d.fail(engine.ErrMoved)
		return
	}
	if err := do(id); err != nil {
		d.fail(fmt.Errorf("%s", withoutCommands(strings.Split(err.Error(), ". When you have seen to it:")[0])))
	}
}

// takeMail does what a message asks for.
func (d *desk) takeMail() {
	d.returned(func(id int64) error {
		did, laid, err := d.e.TakeMail(d.steady(), d.as1(mayPost), id)
		if err != nil {
			return err
		}
		notice := "Done: " + did + "."
		if len(laid) > 0 {
			notice = "Laid into the inbox: " + strings.Join(laid, ", ") + ". The next run takes it, by the same guards as any list."
		}
		d.done("/mail", notice)
		return nil
	})
}

// doneMail says that somebody has seen to a message.
func (d *desk) doneMail() {
	d.returned(func(id int64) error {
		if err := d.e.DoneMail(d.steady(), id); err != nil {
			return err
		}
		d.done("/mail", "It is filed with the next look into the mailbox.")
		return nil
	})
}

// lift lets letters go to somebody again.
func (d *desk) lift() {
	person, scope := dataset.Ref(number(d.r.PostFormValue("person"))), d.r.PostFormValue("scope")
	if scopes[scope] == "" || !d.seesContact() || !d.here("members", person) {
		d.gone()
		return
	}
	if err := d.e.Lift(d.steady(), d.by(), person, scope, d.r.PostFormValue("reason")); err != nil {
		d.fail(err)
		return
	}
	d.done("/mail", "Lifted: letters may go there again.")
}
