package engine

import (
	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/plan"
)

// Forecast says what the days until a day would bring, as the look has the lists.
// It takes its time, and holds no one up meanwhile.
func (l *Look) Forecast(until calendar.Date) (plan.Forecast, error) {
	in := l.In
	in.File, in.Hash = remembered(in)
	return plan.ForecastUntil(in, until)
}
