package engine_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/store"
)

// link gives the token of a message.
func (h *house) link(p store.Purpose, id int64) (token string) {
	h.t.Helper()
	if err := h.store.View(ctx, func(tx *store.Tx) (err error) { token, err = tx.Token(p, id, h.Now()); return err }); err != nil {
		h.t.Fatal(err)
	}
	return token
}

// written gives the messages of a basis, in order.
func (h *house) written(basis string) (out []ledger.Message) {
	h.t.Helper()
	for _, m := range h.book().Messages() {
		if m.Basis == basis && m.State == ledger.Sent {
			out = append(out, m)
		}
	}
	return out
}

// couple is a new member who shares an address.
func couple(n string) string {
	return "B0000" + n + ",Nia" + n + ",Newer,both@example.net,07700 900111,Active,2026-10-28,,North,Yes,"
}

// TestUnsubscribing stops marketing for the reader of the letter and for nobody
// else, once however often it is asked; opening the link changes nothing.
func TestUnsubscribing(t *testing.T) {
	h := newHouse(t, "")
	h.settled(20)
	h.members("2026-11-02", rows(old, 20), []string{couple("1"), couple("2")})
	h.run()
	letters := h.written("service")
	if len(letters) < 2 {
		t.Fatalf("%d letters went", len(letters))
	}
	one, two := letters[0], letters[len(letters)-1]
	link := h.link(store.ToUnsubscribe, one.ID)
	before := h.changes()
	for range 3 {
		l, err := h.Leaving(ctx, link)
		if err != nil || l.Done || !l.Went.Equal(one.SentAt) {
			t.Fatalf("%+v, %v", l, err)
		}
	}
	if h.changes() != before || len(h.book().Suppression(one.Person, one.Address)) != 0 {
		t.Error("opening a link changed something")
	}
	for range 2 {
		if l, err := h.Unsubscribe(ctx, link); err != nil || !l.Done {
			t.Fatalf("%+v, %v", l, err)
		}
		h.pass(day)
	}
	laid := h.book().Suppression(one.Person, one.Address)
	if len(laid) != 1 || laid[0].Scope != "marketing" || laid[0].Address != "" {
		t.Errorf("laid: %+v", laid)
	}
	if h.changes() != before+1 {
		t.Errorf("%d changes for one wish", h.changes()-before)
	}
	if laid := h.book().Suppression(two.Person, two.Address); len(laid) != 0 {
		t.Errorf("who shares the address is silenced too: %+v", laid)
	}
	if l, err := h.Leaving(ctx, link); err != nil || !l.Done {
		t.Errorf("afterwards: %+v, %v", l, err)
	}
	for what, token := range map[string]string{
		"forged":                    strings.Repeat("a", len(link)),
		"for answers":               h.link(store.ToAnswer, one.ID),
		"of nothing":                "",
		"with a letter more":        link + "a",
		"with another first letter": "q" + link[1:],
	} {
		if _, err := h.Unsubscribe(ctx, token); !errors.Is(err, engine.ErrLink) {
			t.Errorf("a token %s: %v", what, err)
		}
	}
	if _, err := h.Forget(ctx, "secretary", "members", "B00001", true); err != nil {
		t.Fatal(err)
	}
	if l, err := h.Unsubscribe(ctx, link); err != nil || !l.Done {
		t.Errorf("forgotten since: %+v, %v", l, err)
	}
	h.replayed()
}

// TestAnsweringWithALink does what the answer does, once, and only for whoever
// holds the office now; opening the link changes nothing.
func TestAnsweringWithALink(t *testing.T) {
	h := newHouse(t, "")
	h.settled(20)
	h.members("2026-11-02", rows(old, 20), rows(fresh, 2))
	h.run()
	h.pass(6 * day) // the branch is to ring after five days
	h.run()
	tasks := h.book().Tasks()
	var m ledger.Message
	for _, o := range h.written("officer") {
		for _, a := range o.Actions {
			if a == tasks[0].Key {
				m = o
			}
		}
	}
	link := h.link(store.ToAnswer, m.ID)
	before := h.changes()
	asked := h.asked(link)
	if h.changes() != before {
		t.Error("opening a link changed something")
	}
	if len(asked) != 2 || asked[0].Number != tasks[0].Number || len(asked[0].Answers) < 2 || !strings.Contains(asked[0].Line, "Nia") ||
		asked[0].By != "branch_membership_secretary" {
		t.Fatalf("asked: %+v", asked)
	}
	yes, no := asked[0].Answers[0], asked[0].Answers[1]
	for what, try := range map[string]func() error{
		"another answer":     func() error { return h.AnswerWith(ctx, link, asked[0].Number, "<b>perhaps</b>") },
		"another task":       func() error { return h.AnswerWith(ctx, link, 4711, yes) },
		"a link for letters": func() error { return h.AnswerWith(ctx, h.link(store.ToUnsubscribe, m.ID), asked[0].Number, yes) },
		"another's message":  func() error { return h.AnswerWith(ctx, h.link(store.ToAnswer, 1), asked[0].Number, yes) },
		"a letter to a member": func() error {
			return h.AnswerWith(ctx, h.link(store.ToAnswer, h.written("service")[0].ID), asked[0].Number, yes)
		},
	} {
		if err := try(); !errors.Is(err, engine.ErrLink) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := h.Unsubscribe(ctx, h.link(store.ToUnsubscribe, m.ID)); !errors.Is(err, engine.ErrLink) {
		t.Errorf("an officer leaves what is due: %v", err)
	}
	if h.changes() != before {
		t.Error("what was refused changed something")
	}
	for range 2 {
		if err := h.AnswerWith(ctx, link, asked[0].Number, yes); err != nil {
			t.Fatal(err)
		}
	}
	if got, _ := h.book().Task(asked[0].Number); got.State != ledger.TaskAnswered || got.Answer != yes || h.changes() != before+1 {
		t.Errorf("%+v after %d changes", got, h.changes()-before)
	}
	if err := h.AnswerWith(ctx, link, asked[0].Number, no); !errors.Is(err, engine.ErrMoved) {
		t.Errorf("an answer was replaced by another: %v", err)
	}
	if got := h.asked(link); len(got) != 2 || got[0].Answer != yes || got[1].State == ledger.TaskAnswered {
		t.Errorf("afterwards: %+v", got)
	}
	h.takenBack(link, asked)
	h.write("officers.csv", strings.Replace(officers, "north@example.org,2024-01-01,", "north@example.org,2024-01-01,2026-11-01", 1)+
		"branch_membership_secretary,North,Nick North,nick@example.org,2026-11-02,,\n")
	h.run()
	if got := h.asked(link); len(got) != 0 {
		t.Errorf("who has left the office is asked: %+v", got)
	}
	if err := h.AnswerWith(ctx, link, asked[1].Number, yes); !errors.Is(err, engine.ErrLink) {
		t.Errorf("who has left the office answers: %v", err)
	}
	h.replayed()
}

func (h *house) asked(link string) []plan.Question {
	h.t.Helper()
	out, err := h.Asked(ctx, link)
	if err != nil {
		h.t.Fatal(err)
	}
	return out
}

// takenBack answers each of two tasks with "please do not contact" and takes it
// back: what the answer laid is lifted, unless somebody else has since laid the
// same on the same human.
func (h *house) takenBack(link string, asked []plan.Question) {
	h.t.Helper()
	const never = "please do not contact"
	if err := h.UnanswerWith(ctx, link, asked[0].Number); err != nil {
		h.t.Fatal(err)
	}
	for i, q := range asked {
		if err := h.AnswerWith(ctx, link, q.Number, never); err != nil {
			h.t.Fatal(err)
		}
		c, _ := h.book().Case(q.Case)
		if i == 1 {
			other := h.written("service")[0].Person + 1000
			err := h.store.Update(ctx, func(tx *store.Tx) error {
				return tx.Apply(h.Now(), "secretary", ledger.SaidSame{One: c.Subject, Other: other}, ledger.Suppressed{Person: other, Scope: "all", Why: "minute 7"})
			})
			if err != nil {
				h.t.Fatal(err)
			}
		}
		for range 2 {
			if err := h.UnanswerWith(ctx, link, q.Number); err != nil {
				h.t.Fatal(err)
			}
		}
		if laid := h.book().Suppression(c.Subject, ""); (len(laid) > 0) != (i == 1) {
			h.t.Errorf("taken back from task %d: %+v", q.Number, laid)
		}
	}
	if got := h.asked(link); got[0].State == ledger.TaskAnswered || got[1].State == ledger.TaskAnswered {
		h.t.Errorf("taken back, they are still answered: %+v", got)
	}
}
