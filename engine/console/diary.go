package console

import (
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/document"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// diaryPages registers the year ahead.
func (c *Console) diaryPages(mux *http.ServeMux) {
	mux.HandleFunc("GET /diary", c.seated(c.at((*desk).diary)))
}

// How far the diary looks ahead: first a little, which is there soon, and then
// all of it; how long what was made is not made anew because something was
// written down; and how long it is kept while nobody asks.
const (
	nearDays   = 35
	farDays    = 366
	agesAfter  = time.Hour
	diaryIdles = 30 * time.Minute
)

// An almanac is the forecast of the year ahead, which is made beside the pages:
// a visitor is shown what is known so far.
type almanac struct {
	mu    sync.Mutex
	set   *playbook.Set // that it is made with; nil: it is not made
	at    time.Time     // the moment that it is made from
	held  plan.Forecast
	ready bool
	err   error
	busy  chan struct{} // closed when the making has ended; nil: nothing is being made
	age   int           // of how many drops; what was begun before the last counts no more
	idle  *time.Timer
}

// now is the age of the almanac. A forecast is made of a look that was had at that
// age or later: who is erased meanwhile stands in an older one still.
func (a *almanac) now() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.age
}

// forecast gives the days ahead as far as they are known, and says whether more
// is being made. The look was had at an age.
func (a *almanac) forecast(l *engine.Look, age int) (f plan.Forecast, ready, busy bool, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.idle == nil {
		a.idle = time.AfterFunc(diaryIdles, a.drop)
	} else {
		a.idle.Reset(diaryIdles)
	}
	if a.busy == nil && age == a.age && !a.stands(l) {
		a.busy = make(chan struct{})
		go a.make(l, age, a.busy)
	}
	return a.held, a.ready, a.busy != nil, a.err
}

// stands reports whether what is held is of this look, or near enough.
func (a *almanac) stands(l *engine.Look) bool {
	clock := l.In.Set.Constituency.Clock
	return a.set == l.In.Set && clock.Day(a.at) == clock.Day(l.In.Now) && l.In.Now.Sub(a.at) < agesAfter
}

// make makes the forecast: the days at hand first, where there is none yet. Of one
// that was dropped meanwhile, nothing is kept.
func (a *almanac) make(l *engine.Look, age int, done chan struct{}) {
	today := l.In.Set.Constituency.Clock.Day(l.In.Now)
	a.mu.Lock()
	first := !a.ready || a.held.From != today
	a.mu.Unlock()
	for _, days := range []int{nearDays, farDays} {
		if days == nearDays && !first {
			continue
		}
		f, err := foresee(l, today.AddDays(days))
		a.mu.Lock()
		if age == a.age {
			if a.err = err; err == nil {
				a.held, a.ready = f, true
			}
		}
		a.mu.Unlock()
	}
	a.mu.Lock()
	if a.busy = nil; age == a.age {
		a.set, a.at = l.In.Set, l.In.Now
	}
	a.mu.Unlock()
	close(done)
}

// foresee makes a forecast beside the pages, where nobody else would catch what
// goes wrong.
func foresee(l *engine.Look, until calendar.Date) (f plan.Forecast, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the year ahead cannot be worked out (%T)", p)
		}
	}()
	return l.Forecast(until)
}

// drop lets go of what nobody asks for, or what is not to be shown any more: of
// what is being made, too.
func (a *almanac) drop() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.set, a.held, a.ready, a.err = nil, plan.Forecast{}, false, nil
	a.age++
}

// A diaryView is a month of the year ahead.
type diaryView struct {
	Ready, Busy   bool
	Assumed       []string
	Holds         []string
	Doubts        int
	Private       int
	Months        []monthLink
	Roles         []option
	Role          string
	Sheet         template.HTML
	Title         string
	From, Until   string
	Before, After string // the months beside it
}

// A monthLink leads to a month.
type monthLink struct {
	Key, Title string
	Items      int
	Here       bool
}

// diary shows a month of what is ahead, and leads to the others.
func (d *desk) diary() {
	f, ready, busy, err := d.almanac.forecast(d.l, d.age)
	if err != nil {
		d.fail(err)
		return
	}
	v := diaryView{Ready: ready, Busy: busy, Role: d.r.URL.Query().Get("role")}
	if d.set().Roles[v.Role] == nil {
		v.Role = ""
	}
	if !ready {
		d.page("diary", "Diary", v)
		return
	}
	v.From, v.Until = f.From.Words(), f.Until.Words()
	for _, a := range f.Assumed {
		v.Assumed = append(v.Assumed, dataset.Plain(a))
	}
	for _, h := range f.Holds {
		if d.open(h.Playbook) {
			v.Holds = append(v.Holds, dataset.Plain(h.Playbook+": "+h.Why))
		}
	}
	for _, x := range f.CannotTell {
		if d.open(x.Playbook) {
			v.Doubts++
		}
	}
	f.Days = d.ahead(f.Days, &v)
	if err := v.lay(f, d.r.URL.Query().Get("month")); err != nil {
		d.fail(err)
		return
	}
	d.page("diary", "Diary", v)
}

// ahead gives the days as the seat may read them, of the role that is asked for.
func (d *desk) ahead(days []plan.Day, v *diaryView) []plan.Day {
	roles := map[string]bool{v.Role: v.Role != ""}
	var out []plan.Day
	for _, day := range days {
		day.Items = slices.DeleteFunc(slices.Clone(day.Items), func(h plan.Happening) bool {
			switch {
			case !d.open(h.Playbook):
				v.Private++
				return true
			case !d.here(h.Dataset, h.Ref):
				return true
			}
			roles[h.Role] = true
			return v.Role != "" && h.Role != v.Role
		})
		for i := range day.Items {
			if h := &day.Items[i]; !d.seesAll(d.headline(h.Playbook, h.Step)) {
				h.Line, h.Why = "", "" // what it gives away is not for the seat
			} else if !d.tells(h.Playbook) {
				h.Why = "" // it names cells
			}
		}
		if len(day.Items) > 0 {
			out = append(out, day)
		}
	}
	for _, r := range d.set().RoleOrder() {
		if roles[r] {
			v.Roles = append(v.Roles, option{Value: r, Text: d.set().RoleTitle(r), Chosen: r == v.Role})
		}
	}
	return out
}

// headline are the guarded columns that the one line of a step gives away.
func (d *desk) headline(name, step string) []playbook.Guard {
	if pb := d.set().Playbook(name); pb != nil {
		for _, s := range pb.Steps {
			if s.ID == step {
				return s.Heads
			}
		}
	}
	return nil
}

// lay chooses the month that is asked for, or the first.
func (v *diaryView) lay(f plan.Forecast, asked string) (err error) {
	items := map[calendar.Date]int{}
	for _, day := range f.Days {
		items[document.FirstOf(day.Date)] += len(day.Items)
	}
	var months []calendar.Date
	for first := document.FirstOf(f.From); first <= f.Until; first = first.AddMonths(1) {
		months = append(months, first)
	}
	at := max(0, slices.IndexFunc(months, func(m calendar.Date) bool { return monthKey(m) == asked }))
	for i, first := range months {
		_, m, _ := first.Civil()
		v.Months = append(v.Months, monthLink{monthKey(first), fmt.Sprintf("%s %s", m, monthKey(first)[:4]), items[first], i == at})
	}
	if at > 0 {
		v.Before = v.Months[at-1].Key
	}
	if at+1 < len(months) {
		v.After = v.Months[at+1].Key
	}
	v.Title = v.Months[at].Title
	v.Sheet, err = document.MonthOf(months[at], f).HTML()
	return err
}

// monthKey is how an address names a month: 2026-11.
func monthKey(first calendar.Date) string {
	y, m, _ := first.Civil()
	return fmt.Sprintf("%04d-%02d", y, m)
}
