package engine

import (
	"context"
	"fmt"
	"time"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/engine/store"
)

// Trust writes down what a playbook may do by itself from now on: a person says
// so, and where that is minuted, if it is. The files say the most; it cannot be
// more than that.
func (e *Engine) Trust(ctx context.Context, by, name, level, minute string) (was, is plan.Standing, err error) {
	pb := e.set.Playbook(name)
	if pb == nil {
		return was, is, e.noPlaybook(name)
	}
	if err := mayHave(pb, level); err != nil {
		return was, is, err
	}
	err = e.Store.Update(ctx, func(tx *store.Tx) error {
		words, err := tx.SaveWords(minute)
		if err != nil {
			return err
		}
		was, is, err = e.give(tx, by, pb, level, words)
		return err
	})
	return was, is, err
}

// mayHave says why a playbook may not be trusted with a level, or nothing.
func mayHave(pb *playbook.Playbook, level string) error {
	want, ok := playbook.ParseTrust(level)
	switch {
	case !ok:
		return fmt.Errorf("there is no level of trust called %s: it is observe, each, batch or automatic", dataset.Plain(level))
	case want > pb.Most:
		return fmt.Errorf("the playbook %s may be trusted with %s at most: it says so itself", pb.Name, pb.Most)
	case want > pb.Trust:
		return fmt.Errorf("playbooks.yaml trusts %s with %s at most. Let it say trust: %s under %s first, and then give the trust again", pb.Name, pb.Trust, want, pb.Name)
	}
	return nil
}

// give writes down a level of trust, minuted under a hash.
func (e *Engine) give(tx *store.Tx, by string, pb *playbook.Playbook, level, minute string) (was, is plan.Standing, err error) {
	now := e.Now()
	if was, err = e.standing(tx, pb, now); err != nil {
		return was, is, err
	}
	if err := tx.Apply(now, by, ledger.Trusted{Playbook: pb.Name, Level: level, Minute: minute}); err != nil {
		return was, is, err
	}
	is, err = e.standing(tx, pb, now)
	return was, is, err
}

// standing says how a playbook stands.
func (e *Engine) standing(tx *store.Tx, pb *playbook.Playbook, now time.Time) (plan.Standing, error) {
	book, err := tx.LoadBook()
	if err != nil {
		return plan.Standing{}, err
	}
	return plan.TrustIn(pb, e.set.Constituency, book, now), nil
}

// Complain notes a member's complaint about our letters: nothing is sent to the
// member any more, and the playbooks whose letters reached the member lately
// ask for each again. It gives their names.
func (e *Engine) Complain(ctx context.Context, by, key, why string) ([]string, error) {
	var fell []string
	now := e.Now()
	err := e.Store.Update(ctx, func(tx *store.Tx) error {
		in, err := e.input(tx, now)
		if err != nil {
			return err
		}
		_, row, err := find(in, "members", key)
		if err != nil {
			return err
		}
		words, err := tx.SaveWords(why)
		if err != nil {
			return err
		}
		changes := plan.Complaint(in, row.Ref, words)
		for _, c := range changes {
			if t, ok := c.(ledger.Trusted); ok {
				fell = append(fell, t.Playbook)
			}
		}
		return tx.Apply(now, by, changes...)
	})
	return fell, err
}
