package engine

import (
	"context"
	"fmt"
	"strings"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
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
	now := e.Now()
	err = e.Store.Update(ctx, func(tx *store.Tx) error {
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
		done := map[dataset.Ref]bool{}
		for _, x := range s.Lines {
			if x.Over != "" || not(x.Row) || done[x.Person] {
				continue
			}
			done[x.Person] = true
			if err := tx.Apply(now, by, ledger.Contacted{Person: x.Person, How: how}); err != nil {
				return err
			}
			noted = append(noted, x)
		}
		return nil
	})
	return noted, err
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
