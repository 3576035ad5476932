package plan

import (
	"sort"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// Reasons are why a case ended, or something in it was not done, in the order
// in which a coverage tells of them.
var Reasons = []string{"done", "stopped", "over", "spent", "missed", "withheld", "frozen", "cannot tell"}

// A Result is what became of one test.
type Result struct {
	Test     *playbook.Test
	Failures []Failure
	// Instead is what the test would have to expect on the days that went
	// otherwise: what it expected and happened, and then what else did.
	Instead map[calendar.Date][]string
	// Case and Tasks are how the case and the tasks stood at the end.
	Case  string
	Tasks []string
	Fired map[string]bool // the steps that sent a letter or gave a task
	Why   map[string]bool // of Reasons
}

// Run runs a test as Try does, and tells all that came of it.
func Run(t *playbook.Test) Result {
	r := try(t, false)
	res := Result{Test: t, Failures: r.failures, Instead: r.days, Case: r.standing(), Tasks: r.tasks(),
		Fired: map[string]bool{}, Why: map[string]bool{}}
	for why := range r.reasons {
		res.Why[why] = true
	}
	for _, e := range r.Log {
		switch c := e.Change.(type) {
		case ledger.TaskGiven:
			res.Fired[c.Step] = true
		case ledger.MessageSent:
			if m, ok := r.Book.Message(c.ID); ok && m.Kind == ledger.Letter {
				for _, key := range m.Actions {
					a, _ := r.Book.Action(key)
					res.Fired[a.Step] = true
				}
			}
		case ledger.CaseFrozen:
			res.Why["frozen"] = true
		case ledger.CaseClosed:
			res.Why[string(c.Result)] = true
		}
	}
	return res
}

// instead notes what a day would have to expect.
func (r *trial) instead(day calendar.Date, kept, more []string) {
	if r.days == nil {
		r.days = map[calendar.Date][]string{}
	}
	r.days[day] = append(kept, more...)
}

// because notes a reason for a coverage.
func (r *trial) because(why string) {
	if r.reasons == nil {
		r.reasons = map[string]bool{}
	}
	r.reasons[why] = true
}

// standing is how the last case of the playbook stands.
func (r *trial) standing() string {
	state := "none"
	for _, c := range r.Book.Cases() {
		if c.Playbook != r.t.Playbook {
			continue
		}
		state = string(c.State)
		if c.State == ledger.Closed {
			state = string(c.Result)
		}
	}
	return state
}

// tasks is how each task stands: "phone answered".
func (r *trial) tasks() []string {
	var list []string
	for _, t := range r.Book.Tasks() {
		list = append(list, t.Step+" "+string(t.State))
	}
	return list
}

// A Coverage says what the tests of a playbook have seen of it: in how many of
// them each step fired, and in how many there was each reason.
type Coverage struct {
	Playbook string
	Tests    int
	Steps    []Covered // in the order of the playbook
	Reasons  []Covered // in the order of Reasons
}

// Covered is in how many tests something happened.
type Covered struct {
	Name  string
	Tests int
}

// Coverages adds up the results of tests, by playbook.
func Coverages(results []Result) []Coverage {
	by := map[string]*Coverage{}
	for _, res := range results {
		c := by[res.Test.Playbook]
		if c == nil {
			c = &Coverage{Playbook: res.Test.Playbook}
			for _, why := range Reasons {
				c.Reasons = append(c.Reasons, Covered{Name: why})
			}
			by[res.Test.Playbook] = c
		}
		c.Tests++
		if pb := res.Test.Set.Playbook(res.Test.Playbook); pb != nil {
			for _, s := range pb.Steps {
				if !s.Off {
					c.step(s.ID)
				}
			}
		}
		add(c.Steps, res.Fired)
		add(c.Reasons, res.Why)
	}
	out := make([]Coverage, 0, len(by))
	for _, c := range by {
		out = append(out, *c)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Playbook < out[j].Playbook })
	return out
}

// step adds a step to the list, once.
func (c *Coverage) step(id string) {
	for _, s := range c.Steps {
		if s.Name == id {
			return
		}
	}
	c.Steps = append(c.Steps, Covered{Name: id})
}

// add counts those that happened.
func add(list []Covered, happened map[string]bool) {
	for i := range list {
		if happened[list[i].Name] {
			list[i].Tests++
		}
	}
}
