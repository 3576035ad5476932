package ledger

import (
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
)

// CaseState is where a case stands.
type CaseState string

// The states of a case.
const (
	Open   CaseState = "open"
	Frozen CaseState = "frozen" // a condition it needs cannot be told
	Closed CaseState = "closed"
)

// A Result says how a case closed.
type Result string

// The results of a closed case (language, rule 4). Only Over may reopen.
const (
	Done    Result = "done"
	Stopped Result = "stopped"
	Ended   Result = "ended"
	Over    Result = "over"
	Spent   Result = "spent"
)

// A Case is one playbook at work for one subject on one occasion.
type Case struct {
	Key      CaseKey
	Playbook string
	Dataset  string // empty: the constituency itself
	Subject  dataset.Ref
	Occasion string        // as keyed
	Date     calendar.Date // the occasion as a date, if it is one (corrections under 21 days)
	HasDate  bool
	State    CaseState
	Result   Result
	Reason   string    // numbers and column names only
	Opened   time.Time // the opening that moments count from
	Changed  time.Time
	Backlog  bool // found at switching on, or while the playbook observed; held until approved
}

// correction is the number of days from which a moved date is a new occasion.
const correction = 21

// A caseEntry is a case and the heads of the chains that hang on it. Links are
// places counted from 1; 0 ends a chain.
type caseEntry struct {
	Case
	actions, tasks int32 // the newest of the case
	older          int32 // the older case of the same playbook and subject
}

// A subject is what cases are looked up by.
type subject struct {
	playbook, dataset string
	ref               dataset.Ref
}

// findCase gives a case for changing, or why there is none in such a state.
func (b *Book) findCase(key CaseKey, in ...CaseState) (int32, *caseEntry, string) {
	n := b.caseAt[key]
	if n == 0 {
		return 0, nil, "there is no such case: " + string(key)
	}
	c := &b.cases[n-1]
	if why := among("the case", c.State, in); why != "" {
		return 0, nil, why
	}
	return n, c, ""
}

func (c CaseOpened) apply(b *Book, at time.Time) string {
	switch {
	case c.Playbook == "":
		return "a case belongs to a playbook"
	case c.Subject < 0 || (c.Dataset == "") != (c.Subject == 0):
		return "a case is about a numbered record of a dataset, or about the constituency"
	case c.Case != NewCaseKey(c.Playbook, c.Dataset, c.Subject, c.Occasion):
		return "the key is not that of the playbook, subject and occasion"
	case b.caseAt[c.Case] != 0:
		return "the case is known already: a case opens once"
	case b.isErased(c.Subject):
		return "the subject has been erased"
	}
	b.addCase(Case{
		Key: c.Case, Playbook: c.Playbook, Dataset: c.Dataset, Subject: c.Subject, Occasion: c.Occasion,
		Date: c.Date, HasDate: c.HasDate, State: Open, Opened: at, Changed: at, Backlog: c.Backlog,
	})
	return ""
}

// addCase puts a case into the Book and its indexes.
func (b *Book) addCase(c Case) {
	of := subject{c.Playbook, c.Dataset, c.Subject}
	b.cases = append(b.cases, caseEntry{Case: c, older: b.subjectAt[of]})
	n := int32(len(b.cases))
	b.caseAt[c.Key], b.subjectAt[of] = n, n
	b.touch.cases.mark(n)
}

func (c CaseRetimed) apply(b *Book, at time.Time) string {
	n, e, why := b.findCase(c.Case, Open, Frozen)
	if why != "" {
		return why
	}
	moved := c.Date - e.Date
	if !e.HasDate {
		return "the occasion of the case is not a date"
	}
	if moved <= -correction || moved >= correction {
		return "a date that moves by 21 days or more is a new occasion"
	}
	e.Date, e.Changed = c.Date, at
	b.touch.cases.mark(n)
	return ""
}

func (c CaseFrozen) apply(b *Book, at time.Time) string {
	n, e, why := b.findCase(c.Case, Open, Frozen)
	if why != "" {
		return why
	}
	e.State, e.Reason, e.Changed = Frozen, c.Reason, at
	b.touch.cases.mark(n)
	return ""
}

func (c CaseThawed) apply(b *Book, at time.Time) string {
	n, e, why := b.findCase(c.Case, Frozen)
	if why != "" {
		return why
	}
	e.State, e.Reason, e.Changed = Open, "", at
	b.touch.cases.mark(n)
	return ""
}

func (c CaseClosed) apply(b *Book, at time.Time) string {
	n, e, why := b.findCase(c.Case, Open, Frozen)
	if why != "" {
		return why
	}
	switch c.Result {
	case Done, Stopped, Ended, Over, Spent:
	default:
		return "a case closes as done, stopped, ended, over or spent"
	}
	e.State, e.Result, e.Reason, e.Changed = Closed, c.Result, c.Reason, at
	b.touch.cases.mark(n)
	return ""
}

func (c CaseReopened) apply(b *Book, at time.Time) string {
	n, e, why := b.findCase(c.Case, Closed)
	if why != "" {
		return why
	}
	if e.Result != Over {
		return "a case that closed as " + string(e.Result) + " does not reopen"
	}
	b.reviveActions(e, at)
	b.reviveTasks(e, at)
	e.State, e.Result, e.Reason, e.Changed = Open, "", "", at
	b.touch.cases.mark(n)
	return ""
}

// holdFound makes backlog of all that a playbook found while it observed: of
// its cases about a record, but for those that closed for good.
func (b *Book) holdFound(playbook string) {
	for i := range b.cases {
		e := &b.cases[i]
		if e.Playbook == playbook && e.Subject != 0 && !e.Backlog && (e.State != Closed || e.Result == Over) {
			e.Backlog = true
			b.touch.cases.mark(int32(i) + 1)
		}
	}
}

func (c BacklogApproved) apply(b *Book, at time.Time) string {
	if len(c.Cases) == 0 {
		return "the approval names no case"
	}
	seen := make(map[CaseKey]bool, len(c.Cases))
	for _, key := range c.Cases {
		_, e, why := b.findCase(key, Open, Frozen)
		switch {
		case why != "":
			return why
		case e.Playbook != c.Playbook:
			return "the case is of another playbook: " + string(key)
		case !e.Backlog:
			return "the case is not backlog: " + string(key)
		case seen[key]:
			return "the approval names a case twice: " + string(key)
		}
		seen[key] = true
	}
	for _, key := range c.Cases {
		n := b.caseAt[key]
		e := &b.cases[n-1]
		e.Backlog, e.Opened, e.Changed = false, at, at
		b.touch.cases.mark(n)
	}
	return ""
}
