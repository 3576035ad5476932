package console

import (
	"time"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/dataset"
)

// A Passed is what is said of the daemon's last pass: proof that it lives.
type Passed struct {
	At   time.Time
	Sent int
	Why  string // why nothing went, or no more
	Mail string // why the mailbox was not read to its end
	Err  string // why the pass did not come to its end
}

// NewPassed is what is kept of a pass.
func NewPassed(at time.Time, p engine.Pass, err error) *Passed {
	s := &Passed{At: at, Sent: p.Delivery.Sent + p.Delivery.Proven, Why: p.Delivery.Stopped, Mail: dataset.Plain(p.Mail.Problem)}
	if s.Why == "" {
		s.Why = p.Delivery.PutOff
	}
	s.Why = dataset.Plain(s.Why)
	if err != nil {
		s.Err = dataset.Plain(err.Error())
	}
	return s
}
