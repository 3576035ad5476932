package plan_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// A record is a row as a test writes it: column to text.
type record map[string]string

// life is a random constituency on its way through time.
type life struct {
	*plan.Play
	rt     *rapid.T
	lists  map[string]map[string]record // by dataset and key: what the next export says
	last   *plan.Plan
	doings []string
}

func newLife(t *testing.T, rt *rapid.T) *life {
	set, err := loadRandom()
	if err != nil {
		t.Fatal(err)
	}
	l := &life{Play: plan.NewPlay(set), rt: rt, lists: map[string]map[string]record{}}
	start := calendar.NewDate(2026, time.Month(rapid.IntRange(1, 12).Draw(rt, "month")), rapid.IntRange(1, 28).Draw(rt, "day"))
	l.Now = set.Constituency.Clock.AtHour(start)
	for _, c := range plan.Entrust(set) {
		if rapid.IntRange(0, 9).Draw(rt, "trusted") > 0 { // else it observes until somebody says otherwise
			l.do("officer", c)
		}
	}
	for _, n := range []string{"members", "donations", "meetings", "documents", "officers", "branches"} {
		l.lists[n] = map[string]record{}
	}
	l.lists["branches"]["north"] = record{"slug": "north", "name": "North"}
	l.lists["branches"]["south"] = record{"slug": "south", "name": "South"}
	l.officers()
	for i := range rapid.IntRange(0, 4).Draw(rt, "members") {
		l.member(fmt.Sprint("A", i))
	}
	for _, n := range sortedKeys(l.lists) {
		if n == "officers" || n == "branches" || rapid.IntRange(0, 3).Draw(rt, "has "+n) > 0 {
			l.export(n)
		}
	}
	return l
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func (l *life) pick(what string, of ...string) string { return rapid.SampledFrom(of).Draw(l.rt, what) }

// date is a day around now.
func (l *life) date(what string, from, to int) string {
	if rapid.IntRange(0, 9).Draw(l.rt, what+" blank") == 0 {
		return ""
	}
	return l.Set.Constituency.Clock.Day(l.Now).AddDays(rapid.IntRange(from, to).Draw(l.rt, what)).String()
}

var emails = []string{"jo@example.org", "sam@example.org", "sam@example.org", "kim@example.org", "lee@example.org", ""}

func (l *life) member(key string) {
	l.lists["members"][key] = record{
		"membership_no": key, "first_name": l.pick("first", "Jo", "Sam", ""), "name": l.pick("name", "Jo Ash", "Sam Ash", ""),
		"email": l.pick("email", emails...), "branch": l.pick("branch", "north", "south", "east", ""),
		"status":            l.pick("status", "active", "active", "provisional", "provisional", "arrears", "arrears", "lapsed", "deceased", "resigned", ""),
		"joined":            l.date("joined", -100, 3),
		"arrears_since":     l.date("arrears", -60, 0),
		"consent_marketing": l.pick("consent", "yes", "yes", "no", ""),
	}
}

func (l *life) officers() {
	l.lists["officers"] = map[string]record{}
	for _, role := range []string{"secretary", "membership_officer", "chair", "treasurer", "branch_membership_secretary"} {
		for i := range rapid.SampledFrom([]int{1, 1, 0, 2}).Draw(l.rt, role) {
			r := record{"role": role, "email": l.pick("office", "one@example.org", "two@example.org", "three@example.org", "One@example.org"),
				"person": fmt.Sprint("P", i), "deputy": l.pick("deputy", "no", "no", "yes"), "from": fmt.Sprintf("20%d-01-01", 10+i)}
			if role == "branch_membership_secretary" {
				r["branch"] = l.pick("of", "north", "south")
			}
			l.lists["officers"][fmt.Sprint(role, i)] = r
		}
	}
}

// export imports a dataset as its list now stands.
func (l *life) export(name string) {
	l.Import(name, name+".csv", rowsOf(l.Set, name, l.lists[name]))
}

func rowsOf(set *playbook.Set, name string, list map[string]record) []*dataset.Row {
	s := set.Schemas[name]
	var rows []*dataset.Row
	for i, k := range sortedKeys(list) {
		row := &dataset.Row{Key: k, Line: i + 2, Cells: make([]dataset.Value, len(s.Columns))}
		for col, text := range list[k] {
			c, ok := s.Column(col)
			if !ok {
				panic(name + " has no column " + col)
			}
			if text == "" {
				continue
			}
			v, err := playbook.ParseCell(&s.Columns[c], text, set.Constituency.Clock)
			if err != nil {
				panic(err)
			}
			row.Cells[c] = v
		}
		rows = append(rows, row)
	}
	return rows
}

// act lets one thing happen.
func (l *life) act() {
	doings := []func(){l.sleep, l.sleep, l.sleep, l.sleep, l.sleep, l.members, l.members, l.members, l.gift, l.meeting, l.paper, l.staff,
		l.undo, l.answer, l.answer, l.decide, l.decide, l.world, l.backlog, l.hurry, l.trust}
	doings[rapid.IntRange(0, len(doings)-1).Draw(l.rt, "doing")]()
}

func (l *life) note(format string, args ...any) {
	l.doings = append(l.doings, l.Now.Format("2006-01-02 15:04 ")+fmt.Sprintf(format, args...))
}

// sleep lets time pass: mostly a day, at times a month or more.
func (l *life) sleep() {
	d := rapid.SampledFrom([]int{1, 1, 1, 1, 2, 3, 7, 10, 31, 45}).Draw(l.rt, "days")
	c := l.Set.Constituency.Clock
	l.Now = c.On(c.Day(l.Now)+calendar.Date(d), rapid.SampledFrom([]int{9 * 60, 9*60 + 1, 7 * 60, 90, 20 * 60}).Draw(l.rt, "minute"))
	l.note("slept %d days", d)
	if d > 35 {
		l.do("officer", ledger.DateConfirmed{Now: l.Now})
	}
}

// hurry lets an hour or two pass.
func (l *life) hurry() {
	l.Now = l.Now.Add(time.Duration(rapid.IntRange(1, 180).Draw(l.rt, "minutes")) * time.Minute)
}

// members is an export of the members list in which some have changed, gone,
// or come back.
func (l *life) members() {
	list := l.lists["members"]
	for range rapid.IntRange(1, 3).Draw(l.rt, "changes") {
		key := fmt.Sprint("A", rapid.IntRange(0, 6).Draw(l.rt, "who"))
		m, there := list[key]
		what := rapid.IntRange(0, 5).Draw(l.rt, "what")
		switch {
		case !there || what == 0:
			l.member(key)
		case what == 1:
			delete(list, key)
		case what == 2:
			m["status"] = l.pick("status", "active", "provisional", "arrears", "lapsed", "deceased", "")
		case what == 3:
			for _, col := range []string{"joined", "arrears_since"} {
				if d, err := calendar.ParseDate(m[col]); err == nil {
					m[col] = d.AddDays(rapid.SampledFrom([]int{-30, -20, -3, 3, 20, 21, 30}).Draw(l.rt, "moved")).String()
				}
			}
		case what == 4:
			m["email"] = l.pick("email", emails...)
		default:
			m["branch"] = l.pick("branch", "north", "south", "")
		}
	}
	l.export("members")
	l.note("members: %v", list)
}

func (l *life) gift() {
	key := fmt.Sprint("D", rapid.IntRange(0, 2).Draw(l.rt, "gift"))
	l.lists["donations"][key] = record{"donation_id": key, "donor": l.pick("donor", "Ada", "Bo", ""), "amount": l.pick("amount", "£600", "£400", "£5,000", ""),
		"received_on": l.date("received", -40, 0), "status": l.pick("gift status", "received", "received", "accepted", ""),
		"checked_on": l.pick("checked", "", "", "2026-05-05")}
	l.export("donations")
	l.note("donations: %v", l.lists["donations"])
}

func (l *life) meeting() {
	key := fmt.Sprint("M", rapid.IntRange(0, 1).Draw(l.rt, "meeting"))
	day := l.date("meeting", -20, 30)
	m := record{"uid": key, "title": "A meeting", "type": l.pick("type", "gm", "ec", "social"), "date": day,
		"venue": l.pick("venue", "Hall", "Pub", ""), "status": l.pick("meeting status", "planned", "moved", "cancelled"),
		"minute_taker": l.pick("taker", "A0", "A1", "nobody", "")}
	if day != "" {
		m["start"] = day + " 19:30"
	}
	l.lists["meetings"][key] = m
	l.export("meetings")
	l.note("meetings: %v", l.lists["meetings"])
}

func (l *life) paper() {
	key := fmt.Sprint("P", rapid.IntRange(0, 2).Draw(l.rt, "paper"))
	l.lists["documents"][key] = record{"doc_id": key, "kind": l.pick("kind", "minutes", "agenda"), "meeting": l.pick("for", "M0", "M1"),
		"status": l.pick("paper status", "draft", "approved", "published"), "file": l.pick("file", strings.Repeat("ab", 32), strings.Repeat("cd", 32), "")}
	l.export("documents")
	l.note("documents: %v", l.lists["documents"])
}

func (l *life) staff() {
	l.officers()
	l.export("officers")
	l.note("officers: %v", l.lists["officers"])
}

func (l *life) undo() {
	n := l.pick("undo", "members", "members", "donations", "meetings", "documents", "officers")
	if l.Undo(n) {
		l.note("undid the import of %s", n)
	}
}

func (l *life) do(by string, cs ...ledger.Change) {
	if err := l.Do(by, cs...); err != nil {
		l.rt.Fatalf("%v", err)
	}
}

// answer answers an open task with one of its answers.
func (l *life) answer() {
	var open []ledger.Task
	for _, t := range l.Book.Tasks() {
		if t.State == ledger.TaskOpen || t.State == ledger.TaskOverdue {
			open = append(open, t)
		}
	}
	if len(open) == 0 {
		return
	}
	t := rapid.SampledFrom(open).Draw(l.rt, "task")
	_, offers := plan.Ask(l.Input(), t)
	if len(offers) == 0 {
		return
	}
	text := rapid.SampledFrom(offers).Draw(l.rt, "answer")
	l.note("answered %d, %s: %s", t.Number, t.Step, text)
	if err := l.Answer(t, text); err != nil && !strings.Contains(err.Error(), "no longer there") {
		l.rt.Fatalf("answering: %v", err)
	}
}

// decide approves or rejects what a new look lets stand.
func (l *life) decide() {
	fallen := plan.Compute(l.Input()).Fallen()
	for _, m := range l.Book.MessagesIn(ledger.Proposed) {
		if _, fell := fallen[m.ID]; fell {
			continue
		}
		switch rapid.IntRange(0, 3).Draw(l.rt, "decision") {
		case 0:
			l.do("officer", ledger.MessageRejected{ID: m.ID})
			l.note("rejected %s", m.Key)
		case 1, 2:
			l.approve(m)
		}
	}
}

// approve says yes, which can be taken back for a while or not; of two yeses,
// now one and now both.
func (l *life) approve(m ledger.Message) {
	var named int64
	if open := l.Book.OpenPlans(); len(open) > 0 && l.Now.Before(open[0].Expires) {
		named = open[0].Number
	}
	if m.Two {
		if m.First == (ledger.Yes{}) {
			l.do("secretary", ledger.MessageGotYes{ID: m.ID, Digest: m.Digest, Plan: named})
			l.note("first yes to %s", m.Key)
		}
		if rapid.Bool().Draw(l.rt, "one of two") {
			return
		}
	}
	c := ledger.MessageApproved{ID: m.ID, Digest: m.Digest, Plan: named}
	if end := l.Now.Add(15 * time.Minute); rapid.Bool().Draw(l.rt, "undo") && (m.Expires.IsZero() || !end.After(m.Expires)) {
		c.Until = end
	}
	l.do("officer", c)
	l.note("approved %s", m.Key)
}

// save saves what waits for a yes, as a pass does.
func (l *life) save() {
	c := ledger.PlanSaved{Plan: l.Book.NextPlan(), Expires: l.Now.Add(3 * 24 * time.Hour)}
	var waiting []ledger.Message
	for _, m := range l.Book.MessagesIn(ledger.Proposed) {
		if m.Kind == ledger.Letter {
			waiting, c.Letters = append(waiting, m), append(c.Letters, m.ID)
		}
	}
	if len(waiting) > 0 {
		c.Digest = ledger.PlanDigest(c.Plan, waiting)
		l.do("clarion", c)
	}
}

// world is what people do of themselves: reply, ask to be left alone, talk.
func (l *life) world() {
	t := l.Tables["members"]
	if t == nil || len(t.Rows) == 0 {
		return
	}
	r := t.Rows[rapid.IntRange(0, len(t.Rows)-1).Draw(l.rt, "who")]
	switch rapid.IntRange(0, 4).Draw(l.rt, "of itself") {
	case 0:
		l.do("clarion", ledger.Replied{Person: r.Ref})
		l.note("%s replied", r.Key)
	case 1:
		l.do("officer", ledger.Suppressed{Person: r.Ref, Scope: l.pick("scope", "all", "marketing", "bounced")})
		l.note("%s suppressed", r.Key)
	case 2:
		l.do("officer", ledger.Contacted{Person: r.Ref, How: "phone"})
	case 3:
		l.Record("members", r.Ref, "last_contacted", dataset.DateValue(l.Set.Constituency.Clock.Day(l.Now)))
		l.note("%s was talked to", r.Key)
	default:
		for _, s := range l.Book.Suppression(r.Ref, "") {
			l.do("officer", ledger.Unsuppressed{Person: r.Ref, Scope: s.Scope})
			l.note("%s no longer suppressed", r.Key)
		}
	}
}

// trust is what people say of letters: a member complains, an officer trusts a
// playbook anew or no longer.
func (l *life) trust() {
	if t := l.Tables["members"]; t != nil && len(t.Rows) > 0 && rapid.IntRange(0, 2).Draw(l.rt, "complaint") == 0 {
		r := t.Rows[rapid.IntRange(0, len(t.Rows)-1).Draw(l.rt, "who")]
		l.do("officer", plan.Complaint(l.Input(), r.Ref, "")...)
		l.note("%s complained", r.Key)
		return
	}
	pb := rapid.SampledFrom(l.Set.Playbooks).Draw(l.rt, "playbook")
	level := l.pick("level", "automatic", "automatic", "each", "batch", "observe")
	l.do("officer", ledger.Trusted{Playbook: pb.Name, Level: level})
	l.note("%s is trusted with %s", pb.Name, level)
}

func (l *life) backlog() {
	for _, c := range l.Book.Cases() {
		if c.Backlog && c.State != ledger.Closed && rapid.Bool().Draw(l.rt, "approve") {
			l.do("officer", ledger.BacklogApproved{Playbook: c.Playbook, Cases: []ledger.CaseKey{c.Key}})
			l.note("backlog %s", c.Key)
		}
	}
	if h := l.last; h != nil {
		for _, x := range h.Holds {
			if x.Kind == "brake" {
				l.do("officer", ledger.BrakeReleased{Playbook: x.Playbook, Actions: x.Count, Until: l.Now.AddDate(0, 0, 2)})
			}
		}
	}
}
