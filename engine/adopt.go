package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/engine/store"
)

// A Standing is how one playbook stands here: what the files make of it, and
// what the ledger knows of it.
type Standing struct {
	Playbook *playbook.Playbook
	On       bool          // it has been at work
	Since    time.Time     // when it first was
	Trust    plan.Standing // what it may do by itself, and why
	Adopted  time.Time     // when it was last adopted; zero: never
	Same     bool          // it still says what was adopted
	Minute   string        // where the adoption stands
	Given    string        // where the trust is minuted, if it is
	Cases    int           // open now
	Backlog  int           // of these, held until an officer approves them
}

// A kept version is the body of a store.Version.
type keptVersion struct {
	Minute  string            `json:"minute,omitempty"` // the hash of what was written
	Edits   []edit            `json:"edits,omitempty"`  // by which it came to say this
	Origins []playbook.Origin `json:"origins"`
	Sources sources           `json:"sources,omitzero"`
}

// Standings says of every playbook that runs how it stands.
func (e *Engine) Standings(ctx context.Context) ([]Standing, error) {
	var out []Standing
	err := e.Store.View(ctx, func(tx *store.Tx) error {
		book, err := tx.LoadBook()
		if err != nil {
			return err
		}
		open, held := map[string]int{}, map[string]int{}
		for _, c := range book.Cases() {
			if c.State == ledger.Closed {
				continue
			}
			open[c.Playbook]++
			if c.Backlog {
				held[c.Playbook]++
			}
		}
		for _, pb := range e.set.Playbooks {
			st := Standing{Playbook: pb, Trust: plan.TrustIn(pb, e.set.Constituency, book, e.Now()), Cases: open[pb.Name], Backlog: held[pb.Name]}
			st.Since, st.On = book.FirstSwitched(pb.Name)
			if st.Given, err = tx.Words(st.Trust.Minute); err != nil {
				return err
			}
			if a, at, ok := book.Adoption(pb.Name); ok {
				st.Adopted, st.Same = at, a.Digest == pb.Digest
				kept, _, err := readVersion(tx, pb.Name, a.Digest)
				if err != nil {
					return err
				}
				if st.Minute, err = tx.Words(kept.Minute); err != nil {
					return err
				}
			}
			out = append(out, st)
		}
		return nil
	})
	return out, err
}

// Adopt records that a committee has adopted a playbook as it now is, letters
// and settings included, and where that is minuted. What it says is kept, so
// that a later version can be compared with it. One that only observed may ask
// for each of its letters from then on; a level says what else the committee
// trusts it with.
func (e *Engine) Adopt(ctx context.Context, by, name, minute, level string) (was, is plan.Standing, err error) {
	pb := e.set.Playbook(name)
	if pb == nil {
		return was, is, e.noPlaybook(name)
	}
	if strings.TrimSpace(minute) == "" {
		return was, is, fmt.Errorf("an adoption needs its minute: --minute \"Executive Committee of 3 November 2026, item 7\"")
	}
	if level != "" {
		if err := mayHave(pb, level); err != nil {
			return was, is, err
		}
	}
	now := e.Now()
	err = e.Store.Update(ctx, func(tx *store.Tx) error {
		words, err := tx.SaveWords(minute)
		if err != nil {
			return err
		}
		if err := e.saveVersion(tx, pb, words, now); err != nil {
			return err
		}
		if err := tx.Apply(now, by, ledger.Adopted{Playbook: pb.Name, Digest: pb.Digest}); err != nil {
			return err
		}
		if was, err = e.standing(tx, pb, now); err != nil {
			return err
		}
		if is = was; level == "" && (was.Level > playbook.Observe || pb.Trust == playbook.Observe) {
			return nil // an adoption takes nothing away, and gives no more than the files do
		}
		if level == "" {
			level = playbook.Each.String()
		}
		_, is, err = e.give(tx, by, pb, level, words)
		return err
	})
	return was, is, err
}

// noPlaybook says that there is none of that name that runs, and why.
func (e *Engine) noPlaybook(name string) error {
	switch {
	case len(e.set.Disabled[name]) > 0:
		return fmt.Errorf("the playbook %s has faults and does not run: clarion check says which", dataset.Plain(name))
	default:
		for _, off := range e.set.Off {
			if off == name {
				return fmt.Errorf("the playbook %s is not switched on: playbooks.yaml does not name it, or says off", dataset.Plain(name))
			}
		}
	}
	return fmt.Errorf("there is no playbook %s: clarion playbooks lists them", dataset.Plain(name))
}

// saveVersion keeps what a playbook says.
func (e *Engine) saveVersion(tx *store.Tx, pb *playbook.Playbook, minute string, now time.Time) error {
	was, _, err := readVersion(tx, pb.Name, pb.Digest)
	if err != nil {
		return err
	}
	return e.saveKept(tx, pb, keptVersion{Minute: minute, Edits: was.Edits}, now)
}

// saveKept keeps what a playbook says, beside what is known of its coming about.
func (e *Engine) saveKept(tx *store.Tx, pb *playbook.Playbook, kept keptVersion, now time.Time) (err error) {
	kept.Origins = pb.Origins()
	if kept.Sources, err = e.sourcesOf(pb); err != nil {
		return err
	}
	body, err := json.Marshal(kept)
	if err != nil {
		return fmt.Errorf("keeping the version of a playbook: %w", err)
	}
	return tx.SaveVersion(store.Version{Playbook: pb.Name, Digest: pb.Digest, Body: string(body), Stored: now})
}

// readVersion gives what was kept of a playbook under a digest.
func readVersion(tx *store.Tx, name, digest string) (kept keptVersion, found bool, err error) {
	v, found, err := tx.Version(name, digest)
	if err != nil || !found {
		return kept, false, err
	}
	if err := json.Unmarshal([]byte(v.Body), &kept); err != nil {
		return kept, false, fmt.Errorf("reading the version of a playbook: %w", err)
	}
	return kept, true, nil
}

// seen keeps what playbooks say that are switched on, edited or new.
func (e *Engine) seen(tx *store.Tx, changes []ledger.Change, now time.Time) error {
	for _, c := range changes {
		on, ok := c.(ledger.SwitchedOn)
		pb := e.set.Playbook(on.Playbook)
		if !ok || pb == nil {
			continue
		}
		if _, found, err := tx.Version(pb.Name, pb.Digest); err != nil || found {
			if err != nil {
				return err
			}
			continue
		}
		if err := e.saveVersion(tx, pb, "", now); err != nil {
			return err
		}
	}
	return nil
}

// A Comparison is a playbook held against the version that was adopted, or that
// was first at work here, and against the library.
type Comparison struct {
	Playbook *playbook.Playbook
	With     time.Time // the moment of the earlier version; zero: there is none
	Adopted  bool      // it was adopted; otherwise it was only at work
	Minute   string
	Changes  []playbook.Difference
}

// SinceAdopted holds a playbook against the version that was adopted and against the
// library. Without an adoption it takes the version that was kept last.
func (e *Engine) SinceAdopted(ctx context.Context, name string) (Comparison, error) {
	out := Comparison{Playbook: e.set.Playbook(name)}
	if out.Playbook == nil {
		return out, e.noPlaybook(name)
	}
	var kept keptVersion
	err := e.Store.View(ctx, func(tx *store.Tx) error {
		book, err := tx.LoadBook()
		if err != nil {
			return err
		}
		if a, at, ok := book.Adoption(name); ok {
			found := false
			if kept, found, err = readVersion(tx, name, a.Digest); err != nil || found {
				out.With, out.Adopted = at, found
				if err == nil {
					out.Minute, err = tx.Words(kept.Minute)
				}
				return err
			}
		}
		last, found, err := tx.LastVersion(name)
		if err != nil || !found {
			return err
		}
		out.With = last.Stored
		kept, _, err = readVersion(tx, name, last.Digest)
		return err
	})
	if err != nil {
		return out, err
	}
	out.Changes = out.Playbook.Since(kept.Origins, !out.With.IsZero())
	return out, nil
}
