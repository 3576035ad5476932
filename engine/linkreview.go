package engine

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/letter"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/engine/store"
)

// What an officer says, by a link or by a reply, of the letters of which a message
// told them. A yes counts once for each message, for at most as many letters as a
// setting allows, and for nothing that promotes something or needs two persons. A
// no counts as often as it is said, until the letters have left.

// A Purpose is what a link in a message is for.
type Purpose = store.Purpose

// The purposes of links to letters.
const (
	ToReview = store.ToReview
	ToStop   = store.ToStop
)

// What is said of a yes that does not count, for the page that it was said on.
var (
	// ErrUsed says that a yes was said already with the message.
	ErrUsed = errors.New("a yes was said with this message already")
	// ErrNotHere says that the letters need the console.
	ErrNotHere = errors.New("these letters cannot be approved by a link or a reply: sign in to the console, or use clarion review")
)

// A Review is what a message asks its reader to decide, or tells so that its
// reader can stop it, as that stands now.
type Review struct {
	Number  int64     // of the saved plan
	Digest  string    // of the saved plan
	Expires time.Time // the plan, or the undo window
	Stop    bool      // it is somebody's yes, which can be stopped
	Said    ledger.Yes
	Used    bool // a yes was said with the message
	Most    int  // letters that may have a yes here
	Undo    time.Duration
	Groups  []ReviewGroup
	Head    string // of the log, in short
}

// Open counts the letters that wait for a yes, and of these the ones that can
// have it here; Unsent those that can still be stopped.
func (r Review) Open() (waiting, here, unsent int) {
	for _, g := range r.Groups {
		for _, l := range g.Letters {
			waiting += oneIf(l.Waits)
			here += oneIf(l.Waits && l.Not == "")
			unsent += oneIf(l.Stops)
		}
	}
	return waiting, here, unsent
}

// A ReviewGroup is the letters of one playbook. Where it is private nothing of
// them is shown.
type ReviewGroup struct {
	Title   string
	Private bool
	Why     string
	Each    bool // each letter is to be looked at
	Letters []ReviewLetter
}

// A ReviewLetter is one of them, in initials.
type ReviewLetter struct {
	ID            int64
	Who, Branch   string
	State         string // in words
	Waits, Stops  bool   // it waits for a yes; it can be stopped
	Not           string // why it cannot have a yes here
	Subject, HTML string // masked, bare of all that a page could do; empty, of all but the first, where one is enough
}

// mostShown is how many letters of a playbook are shown whole on one page, where
// each is to be looked at.
const mostShown = 100

// A deciding is what a token lets its holder decide.
type deciding struct {
	*Engine
	tx      *store.Tx
	in      plan.Input
	now     time.Time
	claim   store.Claim
	saved   ledger.SavedPlan
	until   time.Time
	letters []plan.Decidable
}

// deciding looks up what a token that holds is for. One whose plan has expired or
// whose undo window has ended holds no longer.
func (e *Engine) deciding(tx *store.Tx, c store.Claim, now time.Time) (*deciding, error) {
	in, err := e.input(tx, now)
	if err != nil {
		return nil, err
	}
	d := &deciding{Engine: e, tx: tx, in: in, now: now, claim: c}
	m, ok := in.Book.Message(c.Message)
	if !ok || m.Basis != "officer" {
		return nil, ErrLink
	}
	if c.Purpose == store.ToStop {
		if d.letters, d.until = plan.Consented(in, m); len(d.letters) == 0 || !now.Before(d.until) {
			return nil, ErrLink
		}
		return d, nil
	}
	d.saved, ok = in.Book.SavedPlan(c.Plan)
	if d.until = d.saved.Expires; !ok || d.saved.Expired || !now.Before(d.until) {
		return nil, ErrLink
	}
	d.letters = plan.Reviewed(in, m, d.saved.Letters)
	return d, nil
}

// withReview does something with the token of a review, or of a stop.
func (e *Engine) withReview(ctx context.Context, p Purpose, token string, do func(*deciding) error) error {
	now := e.Now()
	return e.Store.Update(ctx, func(tx *store.Tx) error {
		c, err := tx.CheckToken(p, token, now)
		if err != nil {
			return err
		}
		d, err := e.deciding(tx, c, now)
		if err != nil {
			return err
		}
		return do(d)
	})
}

// Reviewing says what the reader of a message can decide with the token in it.
func (e *Engine) Reviewing(ctx context.Context, p Purpose, token string) (r Review, err error) {
	now := e.Now()
	err = e.Store.View(ctx, func(tx *store.Tx) error {
		c, err := tx.CheckToken(p, token, now)
		if err != nil {
			return err
		}
		d, err := e.deciding(tx, c, now)
		if err != nil {
			return err
		}
		r, err = d.review()
		return err
	})
	return r, err
}

// ApproveWith says yes to letters of which the message of a token told: once, and
// together with that the token was used.
func (e *Engine) ApproveWith(ctx context.Context, token string, ids []int64) (said Decision, err error) {
	err = e.withReview(ctx, store.ToReview, token, func(d *deciding) error {
		said, err = d.approve("link", token, ids, func(x plan.Decidable) string { return x.NoLink })
		return err
	})
	return said, err
}

// HoldWith takes back what the letters of a token's message have: they wait for a
// yes, and are asked for anew. No letters named: all of them.
func (e *Engine) HoldWith(ctx context.Context, p Purpose, token string, ids []int64) (said Decision, err error) {
	err = e.withReview(ctx, p, token, func(d *deciding) error {
		said, err = d.hold("by a link", ids)
		return err
	})
	return said, err
}

// RejectWith strikes letters of a token's message out for good. No letters named:
// all of them.
func (e *Engine) RejectWith(ctx context.Context, p Purpose, token, reason string, ids []int64) (said Decision, err error) {
	err = e.withReview(ctx, p, token, func(d *deciding) error {
		said, err = d.reject(reason, ids)
		return err
	})
	return said, err
}

// named gives the letters of some numbers; of none: all. A number of which the
// message did not tell means another message.
func (d *deciding) named(ids []int64) ([]plan.Decidable, error) {
	if len(ids) == 0 {
		return d.letters, nil
	}
	var out []plan.Decidable
	for _, id := range slices.Compact(slices.Sorted(slices.Values(ids))) {
		i := slices.IndexFunc(d.letters, func(x plan.Decidable) bool { return x.ID == id })
		if i < 0 {
			return nil, ErrLink
		}
		out = append(out, d.letters[i])
	}
	return out, nil
}

// approve gives letters their yes, as the role in which each is decided. Either
// all of them may have it in this way, or none gets it.
func (d *deciding) approve(via, token string, ids []int64, not func(plan.Decidable) string) (said Decision, err error) {
	if !d.claim.Used.IsZero() {
		return said, ErrUsed
	}
	letters, err := d.named(ids)
	if err != nil {
		return said, err
	}
	letters = slices.DeleteFunc(slices.Clone(letters), func(x plan.Decidable) bool { return x.State != ledger.Proposed })
	switch {
	case len(letters) == 0:
		return said, ErrMoved
	case len(letters) > d.set.Constituency.Review.ByReply, slices.ContainsFunc(letters, func(x plan.Decidable) bool { return not(x) != "" }):
		return said, ErrNotHere
	}
	voices := map[string]*approval{}
	for _, x := range letters {
		a := voices[x.Role]
		if a == nil {
			v := Voice{Role: x.Role, Via: via}
			if seat, known := SeatAt(d.in, x.Email); known {
				v.Person = seat.Person
			}
			if a, err = d.approving(d.tx, v, d.claim.Plan, false, d.now); err != nil {
				return said, err
			}
			voices[x.Role] = a
		}
		if err := a.decide(&said, x.ID, x.Digest); err != nil {
			return said, err
		}
	}
	if len(said.Done) == 0 {
		return said, fmt.Errorf("%w: %s", ErrMoved, said.Not[0].Why)
	}
	_, err = d.tx.UseToken(d.claim.Purpose, token, d.now)
	return said, err
}

// hold takes letters out of what may go: one that has its yes loses it and waits
// for another, one that has none is asked for anew, with another number, so that
// no yes that is under way counts for it. Nothing is lost by it. Only where the
// letters go by themselves it would hold nothing, and they are struck out.
func (d *deciding) hold(how string, ids []int64) (said Decision, err error) {
	letters, err := d.named(ids)
	if err != nil {
		return said, err
	}
	for _, x := range letters {
		p := Pending{Message: x.Message}
		var c ledger.Change = ledger.MessageSuperseded{ID: x.ID, Reason: "held " + how}
		pb := d.set.Playbook(x.Playbook)
		if pb == nil || plan.TrustIn(pb, d.set.Constituency, d.in.Book, d.now).Level == playbook.Automatic {
			c = ledger.MessageRejected{ID: x.ID, Reason: "held " + how}
		}
		switch why := p.TooLate(d.Clock()); {
		case why != "":
			said.Not = append(said.Not, Fallen{ID: x.ID, Why: why})
		case x.State == ledger.Proposed || x.State == ledger.Approved || x.State == ledger.Deferred:
			if err := said.apply(d.tx, d.now, x.Role, x.ID, c); err != nil {
				return said, err
			}
		}
	}
	return said, nil
}

// reject strikes letters out.
func (d *deciding) reject(reason string, ids []int64) (said Decision, err error) {
	letters, err := d.named(ids)
	if err != nil {
		return said, err
	}
	if strings.TrimSpace(reason) == "" {
		reason = "struck out by a link"
	}
	words, err := d.tx.SaveWords(reason)
	if err != nil {
		return said, err
	}
	for _, x := range letters {
		p := Pending{Message: x.Message}
		switch why := p.TooLate(d.Clock()); {
		case why != "":
			said.Not = append(said.Not, Fallen{ID: x.ID, Why: why})
		case x.State == ledger.Proposed || x.State == ledger.Approved || x.State == ledger.Deferred:
			if err := said.apply(d.tx, d.now, x.Role, x.ID, ledger.MessageRejected{ID: x.ID, Reason: words}); err != nil {
				return said, err
			}
		}
	}
	return said, nil
}

// review gathers what is shown.
func (d *deciding) review() (Review, error) {
	c := d.set.Constituency.Review
	r := Review{Number: d.saved.Number, Digest: d.saved.Digest, Expires: d.until, Stop: d.claim.Purpose == store.ToStop, Used: !d.claim.Used.IsZero(),
		Most: c.ByReply, Undo: c.Undo, Head: headOf(d.in.Book)}
	at := map[string]int{}
	for _, x := range d.letters {
		i, known := at[x.Playbook]
		if !known {
			g := ReviewGroup{Title: x.Playbook, Private: x.Private}
			if pb := d.set.Playbook(x.Playbook); pb != nil {
				g.Title = pb.Title
				g.Each = plan.TrustIn(pb, d.set.Constituency, d.in.Book, d.now).Level < playbook.Batch
				if x.Private && r.Stop {
					g.Title = "Something private"
				}
			}
			i, r.Groups = len(r.Groups), append(r.Groups, g)
			at[x.Playbook] = i
		}
		l := ReviewLetter{ID: x.ID, Who: x.Who, Branch: x.Branch, State: d.stateOf(x.Message), Waits: x.State == ledger.Proposed, Not: x.NoLink}
		l.Stops = x.State == ledger.Proposed || x.State == ledger.Approved || x.State == ledger.Deferred
		if r.Said = x.Yes; x.Private {
			l.Who, l.Branch = "", ""
		}
		g := &r.Groups[i]
		if !x.Private && (len(g.Letters) == 0 || g.Each && !r.Stop && len(g.Letters) < mostShown) {
			shown, err := d.masked(x.Message)
			if err != nil {
				return r, err
			}
			if l.Subject, l.HTML = shown.Subject, shown.HTML; g.Why == "" {
				g.Why = shown.Why
			}
		}
		if l.Waits && l.Not == "" && g.Each && l.HTML == "" {
			l.Not = "each letter of its playbook is to be looked at"
		}
		g.Letters = append(g.Letters, l)
	}
	return r, nil
}

// masked is a letter as it may be shown to whoever has a link.
func (d *deciding) masked(m ledger.Message) (letter.Content, error) {
	c, err := d.tx.Content(m.ID)
	if errors.Is(err, store.ErrNotFound) {
		return c, nil
	}
	return plan.Masked(d.in, m, c), err
}

// stateOf is how a letter stands, in words.
func (d *deciding) stateOf(m ledger.Message) string {
	switch m.State {
	case ledger.Proposed:
		if m.First.By != "" {
			return "has the first yes of two"
		}
		return "waits for a yes"
	case ledger.Approved, ledger.Deferred:
		if d.now.Before(m.Until) {
			return "has its yes, and leaves from " + d.Clock().Words(m.Until) + " on"
		}
		return "has its yes"
	case ledger.Rejected:
		return "was struck out"
	case ledger.Superseded, ledger.Expired:
		return "fell away: " + m.Reason
	case ledger.Sent, ledger.Bounced:
		return "was sent on " + d.Clock().Words(m.SentAt)
	}
	return "is on its way"
}

// headOf is the head of the log in short: the number of its last event, and the
// beginning of its hash.
func headOf(book *ledger.Book) string {
	hash := book.Hash()
	return fmt.Sprintf("%d %s", book.Seq(), hex.EncodeToString(hash[:])[:shortest])
}

// reviewLink puts on an officer's message the head of the log and, where it asks
// for a yes or tells of one, the link with which to decide. Tells are the letters
// that it asks for.
func (e *Engine) reviewLink(tx *store.Tx, book *ledger.Book, m ledger.Message, tells []int64, o *letter.Outgoing, now time.Time) (token string, err error) {
	if m.Basis != "officer" || m.Kind != ledger.Digest {
		return "", nil
	}
	o.Head = headOf(book)
	public := e.set.Constituency.Web.Public
	if len(tells) > 0 {
		saved, known := planWith(book, tells, now)
		if !known { // something is not as it was shown: nothing can be approved with this message
			return "", nil
		}
		o.Plan = fmt.Sprintf("%d (%s), good until %s", saved.Number, saved.Digest[:shortest], e.Clock().Words(saved.Expires))
		if token, err = tx.ReviewToken(m.ID, saved.Number, now); err == nil && public != "" {
			o.ReviewAt = public + "/r/" + token
		}
		return token, err
	}
	if !strings.HasPrefix(m.Key, plan.ToldKey) {
		return "", nil
	}
	in, err := e.input(tx, now)
	if err != nil {
		return "", err
	}
	letters, until := plan.Consented(in, m)
	if len(letters) == 0 || !now.Before(until) {
		return "", nil
	}
	if token, err = tx.Token(store.ToStop, m.ID, now); err == nil && public != "" {
		o.StopAt = public + "/s/" + token
	}
	return token, err
}

// planWith finds the last saved plan that holds all of some letters and can be
// approved.
func planWith(book *ledger.Book, letters []int64, now time.Time) (ledger.SavedPlan, bool) {
	for _, p := range slices.Backward(book.OpenPlans()) {
		if now.Before(p.Expires) && !slices.ContainsFunc(letters, func(id int64) bool { return !slices.Contains(p.Letters, id) }) {
			return p, true
		}
	}
	return ledger.SavedPlan{}, false
}
