package store

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
)

// A draw gives numbers below n.
type draw func(n int) int

// anyChange gives a change that may fit the Book, of any kind.
func anyChange(d draw, b *ledger.Book, at time.Time) ledger.Change {
	person := dataset.Ref(1 + d(6))
	occasion := fmt.Sprintf("2026-11-%02d", 1+d(3))
	key := ledger.NewCaseKey("welcome", "members", person, occasion)
	action := ledger.Action{Case: key, Step: []string{"letter", "phone"}[d(2)], Addressee: "member", Due: at}
	action.Key = ledger.NewActionKey(key, action.Step, "", action.Addressee, "")
	id := int64(1 + d(max(1, len(b.Messages()))))
	number := int64(1 + d(max(1, len(b.Tasks()))))
	m, _ := b.Message(id)
	book := []string{"welcome", "arrears"}[d(2)]
	choices := []func() ledger.Change{
		func() ledger.Change {
			return ledger.SwitchedOn{Playbook: book, Digest: occasion, Words: []string{"w1", "w2"}[d(2)], Observes: d(9) == 0}
		},
		func() ledger.Change {
			return ledger.CaseOpened{Case: key, Playbook: "welcome", Dataset: "members", Subject: person, Occasion: occasion,
				Date: calendar.NewDate(2026, 11, 1), HasDate: d(2) == 0, Backlog: d(4) == 0}
		},
		func() ledger.Change { return ledger.BacklogApproved{Playbook: "welcome", Cases: []ledger.CaseKey{key}} },
		func() ledger.Change { return ledger.CaseRetimed{Case: key, Date: calendar.NewDate(2026, 11, 1+d(30))} },
		func() ledger.Change { return ledger.CaseFrozen{Case: key, Reason: "branch is blank"} },
		func() ledger.Change { return ledger.CaseThawed{Case: key} },
		func() ledger.Change {
			return ledger.CaseClosed{Case: key, Result: []ledger.Result{ledger.Over, ledger.Done}[d(2)]}
		},
		func() ledger.Change { return ledger.CaseReopened{Case: key} },
		func() ledger.Change {
			return ledger.TaskGiven{Key: action.Key, Case: key, Step: action.Step, Addressee: "member", Due: at.Add(time.Hour)}
		},
		func() ledger.Change { return ledger.TaskFellDue{Number: number} },
		func() ledger.Change {
			return ledger.TaskRetimed{Number: number, Due: at.Add(time.Duration(d(5)) * time.Hour)}
		},
		func() ledger.Change { return ledger.TaskReassigned{Number: number, Addressee: "role:treasurer"} },
		func() ledger.Change { return ledger.TaskGotAnswer{Number: number, Answer: "spoke"} },
		func() ledger.Change { return ledger.TaskUnanswered{Number: number} },
		func() ledger.Change { return ledger.TaskWasSettled{Number: number, Reason: "paid"} },
		func() ledger.Change { return ledger.TaskWasWithdrawn{Number: number} },
		func() ledger.Change {
			action.State = []ledger.ActionState{ledger.Missed, ledger.Settled, ledger.Withdrawn}[d(3)]
			return ledger.ActionClosed{Action: action}
		},
		func() ledger.Change {
			return ledger.MessageProposed{Message: ledger.Message{Key: string(action.Key), Kind: ledger.Letter, Digest: fmt.Sprintf("%064d", d(9)),
				Playbook: "welcome", Approver: "secretary", Basis: "service", Person: person, Address: fmt.Sprint("address", person), Two: d(6) == 0},
				Actions: []ledger.Action{action}}
		},
		func() ledger.Change {
			return ledger.MessageProposed{Message: ledger.Message{Key: fmt.Sprint("digest", at.Unix()), Kind: ledger.Digest,
				Digest: fmt.Sprintf("%064d", d(9)), Address: "officer", NotBefore: at}}
		},
		func() ledger.Change { return ledger.MessageApproved{ID: id, Digest: m.Digest, Auto: d(2) == 0} },
		func() ledger.Change { return ledger.MessageApproved{ID: id, Digest: m.Digest} },
		func() ledger.Change { return ledger.MessageRejected{ID: id, Reason: "words"} },
		func() ledger.Change { return ledger.MessageSuperseded{ID: id, Reason: "the text changed"} },
		func() ledger.Change { return ledger.MessageExpired{ID: id} },
		func() ledger.Change { return ledger.MessageRetimed{ID: id, NotBefore: at, Expires: at.Add(time.Hour)} },
		func() ledger.Change { return ledger.MessageClaimed{ID: id, Fence: int64(1 + d(2))} },
		func() ledger.Change { return ledger.MessageClaimed{ID: id, Fence: 2} },
		func() ledger.Change { return ledger.MessageSent{ID: id, Proof: "250 taken"} },
		func() ledger.Change { return ledger.MessageDeferred{ID: id, Until: at, Code: 451} },
		func() ledger.Change { return ledger.MessageFailed{ID: id, Code: 550, Why: "no such user"} },
		func() ledger.Change { return ledger.MessageUncertain{ID: id, Why: "the connection broke"} },
		func() ledger.Change { return ledger.MessageBounced{ID: id, Code: 550} },
		func() ledger.Change {
			return ledger.Suppressed{Person: person, Address: []string{"", "address1"}[d(2)], Scope: []string{"marketing", "bounced"}[d(2)], Why: "asked"}
		},
		func() ledger.Change {
			return ledger.Unsuppressed{Person: person, Scope: []string{"marketing", "bounced"}[d(2)]}
		},
		func() ledger.Change { return ledger.Contacted{Person: person, How: "phone"} },
		func() ledger.Change { return ledger.Replied{Person: person} },
		func() ledger.Change { return ledger.SaidSame{One: person, Other: dataset.Ref(1 + d(6))} },
		func() ledger.Change { return ledger.SaidDifferent{One: person, Other: dataset.Ref(1 + d(6))} },
		func() ledger.Change { return ledger.SaidUndone{One: person, Other: dataset.Ref(1 + d(6))} },
		func() ledger.Change {
			return ledger.FactRecorded{Dataset: "members", Subject: person, Column: "phone_bad", Digest: "x"}
		},
		func() ledger.Change {
			return ledger.FactWithdrawn{Dataset: "members", Subject: person, Column: "phone_bad"}
		},
		func() ledger.Change { return ledger.Imported{Import: int64(1 + d(9)), Dataset: "members", Rows: 6} },
		func() ledger.Change { return ledger.ImportUndone{Import: int64(1 + d(9)), Dataset: "members"} },
		func() ledger.Change {
			if d(8) > 0 {
				return ledger.ResumedAll{}
			}
			return ledger.HaltedAll{Reason: "words"}
		},
		func() ledger.Change { return ledger.ResumedAll{} },
		func() ledger.Change {
			return ledger.BrakeReleased{Playbook: book, Actions: d(50), Until: at.Add(time.Hour), Stage: at}
		},
		func() ledger.Change { return ledger.DateConfirmed{Now: at} },
		func() ledger.Change { return ledger.TakenOver{Machine: "laptop"} },
		func() ledger.Change { return ledger.Adopted{Playbook: book, Digest: occasion} },
		func() ledger.Change {
			return ledger.Trusted{Playbook: book, Level: "each", Why: []string{"", "brake"}[d(2)], Minute: []string{"", "m1"}[d(2)]}
		},
		func() ledger.Change {
			if d(8) > 0 {
				return ledger.Replied{Person: person}
			}
			return ledger.Erased{Person: person}
		},
		func() ledger.Change {
			return ledger.RunRecorded{Logical: at, Digest: occasion, Actions: map[string]int{"welcome/letter": d(9)}, Holds: []string{"brake"}[:d(2)]}
		},
		func() ledger.Change {
			return ledger.MessageApproved{ID: id, Digest: m.Digest, Person: person, Via: "console", Plan: int64(d(2)), Until: at.Add(time.Duration(d(3)) * time.Hour)}
		},
		func() ledger.Change {
			for _, w := range b.MessagesIn(ledger.Proposed) {
				if w.Two && w.First == (ledger.Yes{}) {
					id, m = w.ID, w
				}
			}
			return ledger.MessageGotYes{ID: id, Digest: m.Digest, Person: person, Via: "link"}
		},
		func() ledger.Change {
			next := b.NextPlan()
			c := ledger.PlanSaved{Plan: next, Data: "d", Playbooks: "p", Settings: "s", Expires: at.Add(time.Duration(1+d(9)) * time.Hour)}
			var waiting []ledger.Message
			for _, m := range b.MessagesIn(ledger.Proposed) {
				if m.Kind == ledger.Letter {
					waiting, c.Letters = append(waiting, m), append(c.Letters, m.ID)
				}
			}
			c.Digest = ledger.PlanDigest(next, waiting)
			return c
		},
		func() ledger.Change { return ledger.PlanExpired{Plan: int64(1 + d(int(b.NextPlan())))} },
	}
	from, to := 0, len(choices)
	if d(3) > 0 {
		from, to = 16, 31 // a message takes many steps to its end
	}
	return choices[from+d(to-from)]()
}

// randomRun makes changes that fit until the store has some.
func randomRun(t testing.TB, s *Store, d draw, transactions int) map[string]int {
	made := map[string]int{}
	at := noon
	for range transactions {
		err := s.Update(context.Background(), func(tx *Tx) error {
			for range 30 {
				at = at.Add(time.Duration(1+d(90)) * time.Minute)
				c := anyChange(d, tx.Book(), at)
				if tx.Apply(at, []string{"clarion", "chair"}[d(2)], c) == nil { // what does not fit leaves the transaction whole
					made[c.Type()]++
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return made
}

// sameEverywhere compares the Book at hand, the stored projection and the
// replayed log.
func sameEverywhere(t testing.TB, s *Store) {
	view(t, s, func(tx *Tx) error {
		stored, err := tx.restore()
		if err != nil {
			return err
		}
		replayed, err := tx.Replay()
		if err != nil {
			return err
		}
		if !tx.Book().Equal(stored) {
			t.Errorf("the stored projection is not the Book\nstored %+v\nBook %+v", stored.Projection(), tx.Book().Projection())
		}
		if !replayed.Equal(stored) {
			t.Errorf("the replayed log is not the stored projection")
		}
		return nil
	})
}

func TestReplayGivesTheStoredProjection(t *testing.T) {
	made := map[string]int{}
	for seed := range uint64(8) {
		s := open(t, "")
		r := rand.New(rand.NewPCG(seed, seed))
		for typ, n := range randomRun(t, s, r.IntN, 40) {
			made[typ] += n
		}
		sameEverywhere(t, s)
	}
	for _, typ := range []string{"case_opened", "case_reopened", "task_got_answer", "message_proposed", "message_sent", "message_deferred",
		"message_failed", "message_uncertain", "message_bounced", "erased", "run_recorded", "unsuppressed", "import_undone",
		"message_got_yes", "plan_saved", "plan_expired"} {
		if made[typ] == 0 {
			t.Errorf("no run made a %s: %v", typ, made)
		}
	}
}

func TestAnotherProcessCatchesUp(t *testing.T) {
	path := filepath.Join(t.TempDir(), "clarion.db")
	one, two := open(t, path), open(t, path)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 5 {
		randomRun(t, []*Store{one, two}[i%2], r.IntN, 3)
		sameEverywhere(t, one)
		sameEverywhere(t, two)
	}
}

func TestALostProjectionIsMadeAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "clarion.db")
	s := open(t, path)
	r := rand.New(rand.NewPCG(3, 4))
	randomRun(t, s, r.IntN, 5)
	var before *ledger.Book
	view(t, s, func(tx *Tx) error { before = tx.Book(); return nil })
	update(t, s, func(tx *Tx) error { return tx.exec(`delete from books`) })
	s.Close()
	view(t, open(t, path), func(tx *Tx) error {
		if !tx.Book().Equal(before) {
			t.Error("the log alone gives another Book")
		}
		return nil
	})
}

func TestAChangedLogShows(t *testing.T) {
	s := open(t, "")
	propose(t, s, 17, words("ann@example.org", "Dear Ann"))
	update(t, s, func(tx *Tx) error {
		return tx.exec(`update events set body = replace(body, '2026-11-01', '2026-11-02') where type = 'case_opened'`)
	})
	view(t, s, func(tx *Tx) error {
		if _, err := tx.Replay(); err == nil {
			t.Error("a log that was changed by hand was believed")
		}
		return nil
	})
}

func TestDecisionsAndAttempts(t *testing.T) {
	s := open(t, "")
	c := words("ann@example.org", "Dear Ann")
	id := propose(t, s, 17, c)
	var reason string
	update(t, s, func(tx *Tx) error {
		if err := tx.Apply(noon, "secretary", ledger.MessageApproved{ID: id, Digest: c.Digest()}); err != nil {
			return err
		}
		if err := tx.Apply(noon, "clarion", ledger.MessageClaimed{ID: id, Fence: 1}); err != nil {
			return err
		}
		if err := tx.Apply(noon, "clarion", ledger.MessageDeferred{ID: id, Until: noon, Code: 451}, ledger.MessageClaimed{ID: id, Fence: 1},
			ledger.MessageUncertain{ID: id, Why: "the connection broke"}); err != nil {
			return err
		}
		var err error
		reason, err = tx.SaveWords("Ann has moved")
		return err
	})
	view(t, s, func(tx *Tx) error {
		var attempts, decisions string
		if _, err := tx.one(`select group_concat(number || ' ' || outcome || ' ' || code, '; ') from attempts where constituency = ?`, []any{here}, &attempts); err != nil {
			return err
		}
		if _, err := tx.one(`select verdict || ' by ' || decided_by from decisions where constituency = ? and digest = ?`, []any{here, c.Digest()}, &decisions); err != nil {
			return err
		}
		if attempts != "1 deferred 451; 2 uncertain 0" || decisions != "approved by secretary" {
			t.Errorf("attempts %q, decisions %q", attempts, decisions)
		}
		if text, err := tx.Words(reason); err != nil || text != "Ann has moved" {
			t.Errorf("the words of a reason: %q, %v", text, err)
		}
		return nil
	})
}
