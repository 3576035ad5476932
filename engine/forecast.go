package engine

import (
	"context"
	"fmt"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/letter"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/store"
)

// farthest is how many days ahead a forecast may look: after that it is a guess
// about lists that will have changed many times.
const farthest = 2 * 366

// Forecast says what the days until a day would bring, on today's lists. It is
// played on a copy: nothing of it is written down.
func (e *Engine) Forecast(ctx context.Context, until calendar.Date) (plan.Forecast, error) {
	now := e.Now()
	today := e.Clock().Day(now)
	switch {
	case until < today:
		return plan.Forecast{}, fmt.Errorf("a forecast ends today (%s) or later, not on %s", today.Words(), until.Words())
	case until > today+farthest:
		return plan.Forecast{}, fmt.Errorf("a forecast looks at most two years ahead, to %s", (today + farthest).Words())
	}
	var f plan.Forecast
	err := e.Store.View(ctx, func(tx *store.Tx) error {
		in, err := e.input(tx, now)
		if err != nil {
			return err
		}
		in.File, in.Hash = remembered(in)
		f, err = plan.ForecastUntil(in, until)
		return err
	})
	return f, err
}

// remembered asks for each file and each address once: they are looked at on
// every day of a forecast.
func remembered(in plan.Input) (func(string) (letter.Attachment, bool), func(string) string) {
	type file struct {
		letter.Attachment
		there bool
	}
	files, hashes := map[string]file{}, map[string]string{}
	return func(sha string) (letter.Attachment, bool) {
			f, ok := files[sha]
			if !ok {
				f.Attachment, f.there = in.File(sha)
				files[sha] = f
			}
			return f.Attachment, f.there
		}, func(address string) string {
			h, ok := hashes[address]
			if !ok {
				h = in.Hash(address)
				hashes[address] = h
			}
			return h
		}
}
