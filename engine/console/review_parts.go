package console

import (
	"cmp"
	"maps"
	"slices"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/document"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
)

// A savedView is a saved plan in a line.
type savedView struct {
	Number         int64
	Digest         string // the first 12 of its hexadecimal digits
	Saved, Expires string
	Letters, Open  int
	Expired        bool
}

// shortDigest is as much of a digest as people compare.
func shortDigest(hex string) string { return hex[:min(12, len(hex))] }

// savedPlans are the newest saved plan that may be approved, and the others that
// are remembered, newest first. A branch's officers see none: they are of all.
func (d *desk) savedPlans() (open *savedView, rest []savedView) {
	if d.Seat.Bound() {
		return nil, nil
	}
	all := d.book().SavedPlans()
	slices.Reverse(all)
	for _, p := range all {
		v := d.savedLine(p)
		if open == nil && !v.Expired && v.Open > 0 {
			open = &v
			continue
		}
		if len(rest) < 5 {
			rest = append(rest, v)
		}
	}
	return open, rest
}

func (d *desk) savedLine(p ledger.SavedPlan) savedView {
	v := savedView{Number: p.Number, Digest: shortDigest(p.Digest), Saved: d.clock().Words(p.Saved), Expires: d.clock().Words(p.Expires),
		Letters: len(p.Letters), Expired: p.Expired || !d.l.In.Now.Before(p.Expires)}
	for _, id := range p.Letters {
		if m, ok := d.book().Message(id); ok && m.State == ledger.Proposed {
			v.Open++
		}
	}
	return v
}

// A savedPage is a saved plan whole.
type savedPage struct {
	savedView
	Whole                     string // digest
	Data, Playbooks, Settings string
	Parts                     []savedPart
	Private                   int
}

// A savedPart is what a saved plan has of one playbook.
type savedPart struct {
	Name, Title string
	Rows        []savedRow
}

// A savedRow is a letter of a saved plan, and what became of it.
type savedRow struct {
	letterRow
	State string
}

// savedPlan shows a saved plan: what was in it when it was saved, and what has
// become of each letter since.
func (d *desk) savedPlan() {
	p, ok := d.book().SavedPlan(number(d.r.PathValue("number")))
	if !ok || d.Seat.Bound() {
		d.gone()
		return
	}
	v := savedPage{savedView: d.savedLine(p), Whole: p.Digest, Data: shortDigest(p.Data), Playbooks: shortDigest(p.Playbooks), Settings: shortDigest(p.Settings)}
	parts := map[string]*savedPart{}
	for _, id := range p.Letters {
		m, ok := d.book().Message(id)
		_, of := d.subject(m)
		if !ok || !d.open(m.Playbook) || !d.hears(m, of) {
			v.Private++
			continue
		}
		part := parts[m.Playbook]
		if part == nil {
			part = &savedPart{Name: m.Playbook, Title: m.Playbook}
			if pb := d.set().Playbook(m.Playbook); pb != nil {
				part.Title = dataset.Plain(pb.Title)
			}
			parts[m.Playbook] = part
		}
		row := savedRow{letterRow: d.letterRow(m), State: d.stateWords(m)}
		row.About = d.label(of)
		part.Rows = append(part.Rows, row)
	}
	for _, name := range slices.Sorted(maps.Keys(parts)) {
		v.Parts = append(v.Parts, *parts[name])
	}
	d.page("saved-plan", "Saved plan "+d.r.PathValue("number"), v)
}

// A holdView is something that stands before a batch, or before everything.
type holdView struct {
	Of      string // playbooks, a list, or everything
	Why     string
	Release string // the playbook whose batch may be let go by this seat
	Letters int    // that the batch holds
	See     string // the page on which something can be done about it
}

// holds says what stands in the way as a whole. What only observes is said in
// one line.
func (d *desk) holds(p *plan.Plan, only string) []holdView {
	var out []holdView
	var observing []string
	due := 0
	for _, h := range p.Holds {
		switch {
		case only != "" && h.Playbook != only, h.Kind == "backlog":
			continue
		case h.Kind == "observe" && only == "":
			observing = append(observing, h.Playbook)
			due += h.Count
			continue
		}
		v := holdView{Of: dataset.Plain(cmp.Or(h.Playbook, h.Dataset, "everything")), Why: dataset.Plain(h.Why)}
		switch h.Kind {
		case "brake", "stage":
			first := h.Kind == "brake" || !slices.ContainsFunc(p.Holds, func(o plan.Hold) bool { return o.Playbook == h.Playbook && o.Kind == "brake" })
			if pb := d.set().Playbook(h.Playbook); first && pb != nil && d.decides(pb.Role, "") != "" { // a brake is let go before a stage
				v.Release, v.Letters = h.Playbook, h.Count
			}
		case "trust", "observe":
			v.See = pathTo("playbooks", h.Playbook)
		case "stale", "not imported", "missing", "refused", "disputed":
			v.See = "/data"
		}
		if v.See != "" && !d.serves(v.See) {
			v.See = ""
		}
		out = append(out, v)
	}
	if len(observing) > 0 {
		v := holdView{Of: document.Names(observing, 6), Why: "only observe, so nothing of them leaves", See: "/playbooks"}
		if due > 0 {
			v.Why += "; " + document.Plural(due, "thing of theirs is", "things of theirs are") + " due"
		}
		if !d.serves(v.See) {
			v.See = ""
		}
		out = append(out, v)
	}
	return out
}

// A backlogView is how much backlog a playbook has.
type backlogView struct {
	Name, Title string
	Count       int
}

// backlogs counts the cases of each playbook that held already when it was
// switched on. Of one that only observes nothing could act.
func (d *desk) backlogs(only string) []backlogView {
	count := map[string]int{}
	for _, c := range d.book().Cases() {
		if c.Backlog && c.State != ledger.Closed && (only == "" || c.Playbook == only) && d.open(c.Playbook) && d.here(c.Dataset, c.Subject) {
			count[c.Playbook]++
		}
	}
	for _, h := range d.l.Plan.Holds {
		if h.Kind == "observe" {
			delete(count, h.Playbook)
		}
	}
	var out []backlogView
	for _, name := range slices.Sorted(maps.Keys(count)) {
		if pb := d.set().Playbook(name); pb != nil {
			out = append(out, backlogView{name, dataset.Plain(pb.Title), count[name]})
		}
	}
	return out
}

// A sumsView is the plan in numbers, which add up.
type sumsView struct {
	Records, Actions []string // headings
	Rows             []sumsRow
}

// A sumsRow is the numbers of one playbook.
type sumsRow struct {
	Name             string
	Records, Actions []int
}

// sums are the numbers of a plan: records looked at are those that match, those
// that do not and those that cannot be told; of the open cases, all actions are
// the sum of what became of them.
func sums(p *plan.Plan, only string) *sumsView {
	v := &sumsView{Records: []string{"records", "= match", "+ do not", "+ cannot tell"},
		Actions: []string{"actions", "= done", "+ missed or taken back", "+ on the way", "+ go by themselves", "+ wait for a yes", "+ in digests", "+ by hand",
			"+ held", "+ withheld", "+ missed now", "+ due, not today", "+ observed", "+ later"}}
	total := sumsRow{Name: "Together", Records: make([]int, len(v.Records)), Actions: make([]int, len(v.Actions))}
	for _, name := range slices.Sorted(maps.Keys(p.Counts)) {
		if only != "" && name != only {
			continue
		}
		c := p.Counts[name]
		a := c.Actions
		row := sumsRow{name, []int{c.Looked, c.Matched, c.NotMatched, c.Unknown},
			[]int{a.All, a.Done, a.Over, a.Way, a.Send, a.Review, a.Tasks, a.Sheet, a.Held, a.Withheld, a.Missed, a.Wait, a.Observed, a.Later}}
		for i, n := range row.Records {
			total.Records[i] += n
		}
		for i, n := range row.Actions {
			total.Actions[i] += n
		}
		v.Rows = append(v.Rows, row)
	}
	if len(v.Rows) == 0 {
		return nil
	}
	if len(v.Rows) > 1 {
		v.Rows = append(v.Rows, total)
	}
	for i := len(v.Actions) - 1; i > 0; i-- { // columns without a number are left out
		if total.Actions[i] > 0 {
			continue
		}
		v.Actions = slices.Delete(v.Actions, i, i+1)
		for n := range v.Rows {
			v.Rows[n].Actions = slices.Delete(v.Rows[n].Actions, i, i+1)
		}
	}
	return v
}
