package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/engine/store"
)

// Sheets gives the call sheets and post lists that officers' digests gave: whom
// to ring or to write to, because no letter could go by mail. What is private to
// other roles is only counted.
func (e *Engine) Sheets(ctx context.Context, as string) (sheets []plan.Sheet, private int, err error) {
	err = e.Store.View(ctx, func(tx *store.Tx) error {
		in, err := e.input(tx, e.Now())
		if err == nil {
			sheets, private = plan.Sheets(in, as)
			err = struckWords(tx, sheets)
		}
		return err
	})
	return sheets, private, err
}

// SheetDone notes that people on a sheet were rung or written to: all whose line
// is open, but those that not names by their rows. Each counts as a contact, as
// if it were noted by itself.
func (e *Engine) SheetDone(ctx context.Context, by, name, how string, not func(row int) bool) (noted []plan.SheetLine, err error) {
	if how = strings.TrimSpace(how); how == "" || len(how) > 40 {
		return nil, fmt.Errorf("say in a word or two how they were reached, such as phone or post")
	}
	err = e.decideSheet(ctx, by, name, func(tx *store.Tx, in plan.Input, s *plan.Sheet) error {
		done := map[dataset.Ref]bool{}
		for _, x := range s.Lines {
			if x.Over != "" || not(x.Row) || done[x.Person] {
				continue
			}
			done[x.Person] = true
			if err := tx.Apply(in.Now, by, ledger.Contacted{Person: x.Person, How: how}); err != nil {
				return err
			}
			noted = append(noted, x)
		}
		return nil
	})
	return noted, err
}

// struckWords says of each line that was struck off why it was.
func struckWords(tx *store.Tx, sheets []plan.Sheet) error {
	for _, s := range sheets {
		for i := range s.Lines {
			line := &s.Lines[i]
			if line.Struck == "" {
				continue
			}
			words, err := tx.Words(line.Struck)
			if errors.Is(err, store.ErrNotFound) { // it told of somebody who is forgotten
				continue
			}
			if err != nil {
				return err
			}
			line.Over += ": " + dataset.Plain(words)
		}
	}
	return nil
}

// ApproveSheet says yes to letters of a sheet that wait for one before they may
// be posted: to all of them, but those that not names by their rows. Where each
// letter of a playbook is to be looked at, they must be named one by one.
func (e *Engine) ApproveSheet(ctx context.Context, by, name string, named bool, not func(row int) bool) (approved []plan.SheetLine, err error) {
	err = e.decideSheet(ctx, by, name, func(tx *store.Tx, in plan.Input, s *plan.Sheet) error {
		for _, x := range s.Lines {
			if x.Asks && !not(x.Row) {
				approved = append(approved, x)
			}
		}
		if pb := e.set.Playbook(s.Playbook); !named && len(approved) > 1 && pb != nil && plan.TrustIn(pb, e.set.Constituency, in.Book, in.Now).Level < playbook.Batch {
			return fmt.Errorf("each letter of %s is to be looked at: name the rows that may be posted", s.Playbook)
		}
		for _, x := range approved {
			if err := tx.Apply(in.Now, by, ledger.LineDecided{Action: x.Action, Yes: true}); err != nil {
				return err
			}
		}
		if len(approved) == 0 {
			return fmt.Errorf("no letter in those rows of sheet %s waits for a yes", s.Name())
		}
		return nil
	})
	return approved, err
}

// StrikeSheet strikes lines off a sheet, for a reason.
func (e *Engine) StrikeSheet(ctx context.Context, by, name, reason string, which func(row int) bool) (struck []plan.SheetLine, err error) {
	if strings.TrimSpace(reason) == "" {
		return nil, errors.New("say why they are struck off")
	}
	err = e.decideSheet(ctx, by, name, func(tx *store.Tx, in plan.Input, s *plan.Sheet) error {
		words, err := tx.SaveWords(reason)
		if err != nil {
			return err
		}
		for _, x := range s.Lines {
			if x.Over != "" || !which(x.Row) {
				continue
			}
			struck = append(struck, x)
			if err := tx.Apply(in.Now, by, ledger.LineDecided{Action: x.Action, Reason: words}); err != nil {
				return err
			}
		}
		if len(struck) == 0 {
			return fmt.Errorf("nobody in those rows of sheet %s is still to be reached", s.Name())
		}
		return nil
	})
	return struck, err
}

// decideSheet finds the sheet that a role is to decide about.
func (e *Engine) decideSheet(ctx context.Context, by, name string, decide func(*store.Tx, plan.Input, *plan.Sheet) error) error {
	now := e.Now()
	return e.Store.Update(ctx, func(tx *store.Tx) error {
		in, err := e.input(tx, now)
		if err != nil {
			return err
		}
		sheets, _ := plan.Sheets(in, by)
		s, err := NamedSheet(sheets, name)
		if err != nil {
			return err
		}
		if why := e.mayDecide(in, by, s.Role); why != "" {
			return fmt.Errorf("sheet %s is not yours: %s", s.Name(), why)
		}
		return decide(tx, in, s)
	})
}

// NamedSheet finds a sheet by its name: 17, or 17-4.
func NamedSheet(sheets []plan.Sheet, name string) (*plan.Sheet, error) {
	var near []string
	for i := range sheets {
		s := &sheets[i]
		if strings.EqualFold(s.Name(), name) {
			return s, nil
		}
		if s.Part != "" && strings.EqualFold(strings.TrimSuffix(s.Name(), s.Part), name) {
			near = append(near, s.Name())
		}
	}
	if len(near) > 0 {
		return nil, fmt.Errorf("there are several sheets %s: %s", dataset.Plain(name), strings.Join(near, ", "))
	}
	return nil, fmt.Errorf("there is no sheet %s; clarion lists shows those that there are", dataset.Plain(name))
}
