package console

import (
	"net/http"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// firstDayPages registers the checklist of the first day.
func (c *Console) firstDayPages(mux *http.ServeMux) {
	mux.HandleFunc("GET /first", c.needs(mayLook, (*visit).first))
}

// A step of the first day: what is to be there before letters can go.
type firstStep struct {
	Done      bool
	Title     string
	What      string // how it stands
	To, Press string // the page that does it, and what its link says
}

// firstSteps says how far the first day has come.
func (v *visit) firstSteps() ([]firstStep, error) {
	in := v.seen.In
	steps := []firstStep{
		{Title: "The officers are known", To: "/data/officers", Press: "Bring the list of officers", Done: len(leading(in)) < len(leadingRoles),
			What: "Letters are signed, approved and answered by roles: the list says who holds which, with an address of their own. The Secretary or the Chair at least."},
		{Title: "The members are imported", To: "/data/members", Press: "Bring the list of members",
			What: "The first list is history: nobody in it is new, and nobody gets a letter because of it."},
		{Title: "A letter has been sent to yourself", To: "/mail", Press: "Test the mail",
			What: "One test shows that letters leave, and where they come to lie."},
		{Title: "A first playbook is on, and only observes", To: "/playbooks", Press: "Choose a playbook",
			What: "It says what it would send, and sends nothing, until somebody lets it act."},
	}
	if steps[0].Done {
		steps[0].What = "The Secretary or the Chair holds office, with an address."
	} else if t := in.Tables["officers"]; t != nil && len(t.Rows) > 0 {
		steps[0].What = "There is a list of officers, but by it neither a Secretary nor a Chair holds office with an address of their own."
	}
	if t := in.Tables["members"]; t != nil && !t.Imported.IsZero() && len(t.Rows) > 0 {
		steps[1].Done = true
		steps[1].What = counted(len(t.Rows), "record", "records") + ", imported on " + v.clock().Words(t.Imported) + "."
	}
	tested, err := v.e.MailTested(v.r.Context())
	if err != nil {
		return nil, err
	}
	if steps[2].Done = !tested.IsZero(); steps[2].Done {
		steps[2].What = "The last test was on " + v.clock().Words(tested) + "."
	}
	on := 0
	for _, pb := range in.Set.Playbooks {
		if _, known := in.Book.FirstSwitched(pb.Name); known {
			on++
		}
	}
	switch {
	case on > 0:
		steps[3].Done, steps[3].What = true, dataset.Plain(counted(on, "playbook is on", "playbooks are on"))+"."
	case len(in.Set.Playbooks) > 0 && steps[1].Done:
		steps[3].What = counted(len(in.Set.Playbooks), "playbook begins", "playbooks begin") + " with the next run. " + steps[3].What
	}
	return steps, nil
}

// firstOpen counts what of the first day is still to do; 0: it is over.
func (v *visit) firstOpen() int {
	steps, err := v.firstSteps()
	n := 0
	for _, s := range steps {
		if !s.Done {
			n++
		}
	}
	if err != nil {
		return 0
	}
	return n
}

// first shows the checklist of the first day.
func (v *visit) first() {
	steps, err := v.firstSteps()
	if err != nil {
		v.fail(err)
		return
	}
	v.page("first", "The first day", struct {
		Steps []firstStep
		Next  int // the first that is to be done
		Over  bool
	}{steps, nextStep(steps), nextStep(steps) < 0})
}

// nextStep is the first that is still to do; -1: none is.
func nextStep(steps []firstStep) int {
	for i, s := range steps {
		if !s.Done {
			return i
		}
	}
	return -1
}
