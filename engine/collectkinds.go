package engine

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/store"
)

// report takes a report of letters that did not arrive. It counts only against a
// letter that went to the very recipient it names; a report of other people's
// letters is left alone.
func (t *taking) report() error {
	sent, err := t.ours(t.in.About)
	if err != nil {
		return err
	}
	for _, m := range sent {
		for _, f := range t.in.Failures {
			if !t.went(m, f.Recipient, f.Original) {
				continue
			}
			if err := t.about(m); err != nil {
				return err
			}
			if !t.went(m, f.Recipient) {
				f.Hard = false // it was passed on, and somewhere behind the address it went no further
			}
			return t.failed(m, f)
		}
	}
	return t.unmatched(sent)
}

// unmatched lists a report that no letter of ours fits, if it looks as if it were
// about one.
func (t *taking) unmatched(sent []ledger.Message) error {
	if len(sent) > 0 {
		t.rec.Message = sent[0].ID
		return t.wait("it is about a letter of ours, and names a recipient to whom that letter did not go")
	}
	if len(t.in.About) > 0 {
		return t.wait("it is about a letter that this program does not know to have sent")
	}
	for _, f := range t.in.Failures {
		for _, a := range []string{f.Recipient, f.Original} {
			last, err := t.tx.LastTo(t.tx.AddressHash(a), false)
			if err != nil {
				return err
			}
			if last != 0 {
				t.rec.Message = last
				return t.wait("it does not say about which letter it is; the last one to that address is no. " + strconv.FormatInt(last, 10))
			}
		}
	}
	return nil
}

// failed takes what a report says of a letter of ours.
func (t *taking) failed(m ledger.Message, f MailFailure) error {
	switch {
	case t.in.Kind == MailDelayed:
		return t.did(wasLate, reportsFolder)
	case !f.Hard:
		return t.soft(m, f)
	}
	if m.State != ledger.Bounced {
		if err := t.tx.Apply(t.now, "clarion", ledger.MessageBounced{ID: m.ID, Code: f.Code, Why: strings.TrimSpace("reported back " + f.Status)}); err != nil {
			return err
		}
	}
	if m.Basis == "officer" {
		return t.hold(wasDesk, "a message to an officer came back: "+f.Reason+". Correct the address in the list of officers")
	}
	if t.givenUp(m) {
		return t.did(wasKnown, reportsFolder)
	}
	n, err := t.tx.InboundSince(wasBounced, t.now.Add(-time.Hour))
	if err != nil {
		return err
	}
	if most := t.set.Constituency.Mail.Mailbox.BouncesAnHour; n >= most {
		return t.hold(wasHeld, fmt.Sprintf("%d addresses were given up within the hour, as many as may be without a person. It says: %s", n, f.Reason))
	}
	if err := t.giveUp(m, "clarion", strings.TrimSpace("reported back "+f.Status)); err != nil {
		return err
	}
	return t.did(wasBounced, reportsFolder)
}

// giveUp has nothing more sent to the address of a letter. The person is reached
// in other ways, and that the address is dead is written down about everybody who
// has it, for the list of those whose details are to be mended.
func (t *taking) giveUp(m ledger.Message, by, why string) error {
	if err := t.tx.Apply(t.now, by, ledger.Suppressed{Address: m.Address, Scope: "bounced", Why: why}); err != nil {
		return err
	}
	in, err := t.input(t.tx, t.now)
	if err != nil {
		return err
	}
	members := in.Tables["members"]
	if members == nil {
		return nil
	}
	if _, known := members.Schema.Column(deadAddress); !known {
		return nil
	}
	today := dataset.DateValue(t.Clock().Day(t.now))
	for _, r := range members.Rows {
		at, _ := r.Get(members.Schema, members.Schema.Email)
		if at.IsBlank() || t.tx.AddressHash(at.S) != m.Address {
			continue
		}
		if err := t.fact(t.tx, in, "members", r.Ref, deadAddress, today, by, "what came back", t.now); err != nil {
			return err
		}
	}
	return nil
}

// deadAddress is the column of the day on which a member's address turned out
// not to exist.
const deadAddress = "email_bad"

// givenUp tells that nothing is sent to an address already.
func (t *taking) givenUp(m ledger.Message) bool {
	return slices.ContainsFunc(t.book.Suppression(0, m.Address), func(s ledger.Suppressed) bool { return s.Scope == "bounced" })
}

// soft takes a report that a letter did not arrive this time. A full mailbox is
// not a dead one: however often, it is a person who decides.
func (t *taking) soft(m ledger.Message, f MailFailure) error {
	t.rec.Result = wasSoft
	before, err := t.tx.InboundAbout(m.Address, wasSoft, t.now.Add(-softWithin))
	if err != nil {
		return err
	}
	if before+1 >= softOften && !t.givenUp(m) {
		return t.wait(fmt.Sprintf("%d letters to this address did not arrive within %d days, the last because %s. Perhaps the member has another address",
			before+1, int(softWithin.Hours()/24), within(f.Reason)))
	}
	return t.did(wasSoft, reportsFolder)
}

// complaint takes a provider's word that somebody called a letter unwanted.
func (t *taking) complaint() error {
	sent, err := t.ours(t.in.About)
	if err != nil {
		return err
	}
	for _, m := range sent {
		if m.Basis == "officer" || len(t.in.Recipients) > 0 && !t.went(m, t.in.Recipients...) {
			continue
		}
		if err := t.about(m); err != nil {
			return err
		}
		in, err := t.input(t.tx, t.now)
		if err != nil {
			return err
		}
		if err := t.tx.Apply(t.now, "clarion", complained(in, m)...); err != nil {
			return err
		}
		return t.did(wasComplain, reportsFolder)
	}
	if len(t.in.About) == 0 {
		return nil
	}
	if len(sent) > 0 {
		t.rec.Message = sent[0].ID
	}
	return t.wait("it complains of a letter that did not go to whom it names, or that this program does not know to have sent")
}

// automatic takes what a machine answered: nobody has replied, and nothing is
// answered to it. It is left alone if it answers somebody else's letter.
func (t *taking) automatic() error {
	sent, err := t.ours(t.in.Answers)
	if err != nil {
		return err
	}
	for _, m := range sent {
		if !t.went(m, t.in.From) {
			continue
		}
		if err := t.about(m); err != nil {
			return err
		}
		return t.did(wasMachine, automaticFolder)
	}
	return nil
}

// leave takes the wish for no more letters: by the token of a letter, or in
// words from the very address to which a letter went.
func (t *taking) leave() error {
	if t.in.Token != "" {
		_, m, err := t.unsubscribe(t.tx, t.in.Token, t.now)
		if errors.Is(err, store.ErrToken) {
			return t.wait("it wants no more letters, and the token in it does not hold")
		}
		if err != nil {
			return err
		}
		t.rec.Message, t.rec.Person = m.ID, m.Person
		return t.did(wasLeaving, leavingFolder)
	}
	sent, err := t.ours(t.in.Answers)
	if err != nil {
		return err
	}
	if len(sent) > 0 { // so that what is private in it is shown to few
		t.rec.Message = sent[0].ID
	}
	if t.in.Fake {
		return t.wait("it wants no more letters, and the mail server says that its sender may be somebody else")
	}
	for _, m := range sent {
		if m.Basis == "officer" || !t.went(m, t.in.From) {
			continue
		}
		if err := t.about(m); err != nil {
			return err
		}
		return t.noMarketing(m, "clarion", ledger.Suppressed{Person: m.Person})
	}
	last, err := t.tx.LastTo(t.tx.AddressHash(t.in.From), true)
	if m, ok := t.book.Message(last); err == nil && ok && m.Basis != "officer" {
		t.rec.Message = m.ID
		return t.noMarketing(m, "clarion", ledger.Suppressed{})
	}
	if err != nil || len(t.in.Answers) == 0 {
		return err
	}
	return t.wait("it wants no more letters, and comes from another address than the letter went to")
}

// noMarketing stops marketing for a person or, where it is not known which of
// those at an address wrote, for the address.
func (t *taking) noMarketing(m ledger.Message, by string, who ledger.Suppressed) error {
	if who.Person == 0 {
		who.Address = m.Address
	}
	who.Scope, who.Why = "marketing", fmt.Sprintf("unsubscribed in answer to message %d", m.ID)
	if err := t.tx.Apply(t.now, by, who); err != nil {
		return err
	}
	return t.did(wasLeaving, leavingFolder)
}

// reply takes a person's answer to a letter.
func (t *taking) reply() error {
	sent, err := t.ours(t.in.Answers)
	if err != nil {
		return err
	}
	for _, m := range sent {
		if !t.went(m, t.in.From) {
			continue
		}
		switch {
		case m.Basis == "officer":
			return t.wait("an officer answers a message without its token, so it is not known which task is meant")
		case t.in.Fake:
			t.rec.Message = m.ID
			return t.wait("it answers a letter, and the mail server says that its sender may be somebody else")
		}
		if err := t.about(m); err != nil {
			return err
		}
		if err := t.replied(m, "clarion"); err != nil {
			return err
		}
		return t.did(wasReply, "") // it lies where people read it
	}
	if len(sent) == 0 || t.ownAddress() {
		return nil
	}
	t.rec.Message = sent[0].ID
	return t.wait("it answers letter no. " + strconv.FormatInt(sent[0].ID, 10) + ", and comes from another address than the letter went to")
}

// ownAddress tells that a message comes from where letters come from: an officer
// who writes back to a member from there.
func (t *taking) ownAddress() bool {
	mail := t.set.Constituency.Mail
	return strings.EqualFold(t.in.From, mail.From) || strings.EqualFold(t.in.From, mail.Mailbox.User)
}

// replied notes that the reader of a letter has written back.
func (t *taking) replied(m ledger.Message, by string) error {
	if m.Person == 0 {
		return nil
	}
	return t.tx.Apply(t.now, by, ledger.Replied{Person: m.Person})
}

// answer takes an officer's answer to a message: to its tasks, or to the letters
// of which it tells. It comes from their own address, with the token of the
// message that asked, above what is quoted.
func (t *taking) answer() error {
	claim, err := t.claim()
	if errors.Is(err, store.ErrToken) {
		return t.wait("it answers a task, and the token in it does not hold")
	}
	if err != nil {
		return err
	}
	m, ok := t.book.Message(claim.Message)
	if ok {
		t.rec.Message = m.ID
	}
	switch {
	case !ok || !t.went(m, t.in.From):
		return t.wait("it answers a task, and comes from another address than the task went to")
	case t.in.Fake, t.set.Constituency.Mail.Mailbox.Stamp != "" && !t.in.Genuine:
		return t.wait("it answers a task, and the mail server does not say that its sender is who they say")
	}
	if err := t.about(m); err != nil {
		return err
	}
	in, questions, err := t.asked(t.tx, claim, t.now)
	if err != nil {
		return err
	}
	if claim.Purpose != store.ToAnswer {
		if done, err := t.decided(claim, questions); done || err != nil {
			return err
		}
	}
	said, unclear := meant(t.in.Text, questions)
	if unclear != "" {
		return t.wait(unclear)
	}
	for _, a := range said {
		if a.Question.State == ledger.TaskAnswered && a.Question.Answer == a.answer { // said twice
			continue
		}
		effects, err := plan.Answer(in, a.Question.Task, a.answer)
		if err != nil {
			return t.wait(fmt.Sprintf("task %d: %s", a.Number, err))
		}
		if err := t.answered(t.tx, in, a.By, a.Question.Task, a.answer, effects, t.now); err != nil {
			return err
		}
	}
	return t.did(wasAnswer, answersFolder)
}

// An answered question is one of a message, and what was said to it.
type answeredQuestion struct {
	plan.Question
	answer string
}

// meant reads what an officer wrote: one of the answers in the first line, alone
// or behind the number of its task; further lines may answer further tasks. What
// is not said in so many words is unclear.
func meant(text string, questions []plan.Question) (said []answeredQuestion, unclear string) {
	open := slices.DeleteFunc(slices.Clone(questions), func(q plan.Question) bool { return len(q.Answers) == 0 })
	if len(open) == 0 {
		return nil, "it answers a message of whose tasks none is left for its sender"
	}
	for i, line := range strings.Split(strings.TrimSpace(text), "\n") {
		line = strings.Trim(strings.ToLower(strings.Join(strings.Fields(line), " ")), ".!,;: ")
		number, rest, _ := strings.Cut(strings.TrimLeft(line, "#"), " ")
		n, err := strconv.ParseInt(strings.Trim(number, ".:,)"), 10, 64)
		var q *plan.Question
		switch {
		case line == "" && i > 0:
			return said, ""
		case err == nil && rest != "":
			if at := slices.IndexFunc(open, func(q plan.Question) bool { return q.Number == n }); at >= 0 {
				q = &open[at]
			}
			line = strings.TrimLeft(rest, "-:= ")
		case len(open) == 1 && i == 0:
			q = &open[0]
		}
		answer := ""
		if q != nil {
			for _, a := range q.Answers {
				if strings.EqualFold(a, line) {
					answer = a
				}
			}
		}
		switch {
		case answer != "":
			said = append(said, answeredQuestion{*q, answer})
		case i > 0: // what follows is for people
			return said, ""
		case q != nil:
			return nil, fmt.Sprintf("its first line is none of the answers of task %d: %s", q.Number, strings.Join(q.Answers, " | "))
		case len(open) > 1:
			return nil, "its message asked several things, and its first line does not say the number of a task and one of its answers"
		default:
			return nil, "its first line does not say which task is answered how"
		}
	}
	return said, ""
}

// within is a sentence as a part of another.
func within(sentence string) string {
	s := strings.TrimSuffix(strings.TrimSpace(sentence), ".")
	if first, rest, _ := strings.Cut(s, " "); first == "The" || first == "It" || first == "Its" {
		return strings.ToLower(first) + " " + rest
	}
	return s
}
