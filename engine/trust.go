package engine

import (
	"context"
	"fmt"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/engine/store"
)

// Trust writes down what a playbook may do by itself from now on: a person says
// so. The files say the most; it cannot be more than that.
func (e *Engine) Trust(ctx context.Context, by, name, level string) (was, is plan.Standing, err error) {
	pb := e.set.Playbook(name)
	if pb == nil {
		return was, is, e.noPlaybook(name)
	}
	want, ok := playbook.ParseTrust(level)
	switch {
	case !ok:
		return was, is, fmt.Errorf("there is no level of trust called %s: it is observe, each, batch or automatic", dataset.Plain(level))
	case want > pb.Most:
		return was, is, fmt.Errorf("the playbook %s may be trusted with %s at most: it says so itself", name, pb.Most)
	case want > pb.Trust:
		return was, is, fmt.Errorf("playbooks.yaml trusts %s with %s at most. Let it say trust: %s under %s first, and then give the trust again", name, pb.Trust, want, name)
	}
	now := e.Now()
	err = e.Store.Update(ctx, func(tx *store.Tx) error {
		book, err := tx.LoadBook()
		if err != nil {
			return err
		}
		was = plan.TrustIn(pb, book, e.Clock())
		if err := tx.Apply(now, by, ledger.Trusted{Playbook: name, Level: level}); err != nil {
			return err
		}
		if book, err = tx.LoadBook(); err == nil {
			is = plan.TrustIn(pb, book, e.Clock())
		}
		return err
	})
	return was, is, err
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
