package plan

import (
	"sort"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// A made letter is rendered, for one reader or for each holder of a role.
type made struct {
	*want
	messages []*Message
	wait     string // why it cannot go today
}

func (y *made) member() bool { return y.to.row != nil }

// letters renders what is owed by mail, ranks it, and takes away what the
// budget, quiet days and the brakes do not allow now.
func (p *planner) letters() {
	p.bringForward()
	all := p.written()
	held := map[string]string{} // by playbook: why its new letters are held
	for {
		fresh := p.allot(all, held)
		before := len(held)
		for _, n := range sorted(fresh) {
			if why := p.brake(p.set.Playbook(n), fresh[n]); why != "" {
				held[n] = why
				p.fall(p.set.Playbook(n), fellByBrake)
			}
		}
		if len(held) == before { // what is held takes no budget from others
			break
		}
	}
	p.needTwo(all, held)
	staged := p.stages(all, held)
	p.holdPaper(all, held, staged)
	for _, y := range all {
		p.settle(y, held[y.pb.Name], staged[y])
	}
	p.batches(all)
}

// written renders all letters and ranks them: service before marketing, what is
// under way before what is new, then the earlier end, then the name (rule 24).
func (p *planner) written() []*made {
	var all []*made
	for _, x := range p.wants {
		if ms := p.render(x); len(ms) > 0 {
			all = append(all, &made{want: x, messages: ms})
		} else if x.behind { // whoever it was still for holds the role no longer
			x.pending--
		}
	}
	sort.SliceStable(all, func(i, j int) bool {
		a, b := all[i], all[j]
		if x, y := p.underWay(a.messages[0]), p.underWay(b.messages[0]); x != y {
			return x > y
		}
		if x, y := a.basis == playbook.Marketing, b.basis == playbook.Marketing; x != y {
			return y
		}
		if x, y := a.window.end, b.window.end; !x.Equal(y) {
			return !x.IsZero() && (y.IsZero() || x.Before(y))
		}
		if a.pb.Name != b.pb.Name {
			return a.pb.Name < b.pb.Name
		}
		return a.action.Key < b.action.Key
	})
	return all
}

// allot gives each letter to a member its place in the budget, or the reason
// for which it must wait. It counts the new ones by playbook, those that wait
// too: what others of its readers get must not hide a batch from its brake.
func (p *planner) allot(all []*made, held map[string]string) map[string]int {
	given := &allotment{by: map[string][]spent{}}
	fresh := map[string]int{}
	for _, y := range all {
		y.wait = ""
		isNew := p.underWay(y.messages[0]) == 0
		if !y.member() || isNew && held[y.pb.Name] != "" {
			continue
		}
		if isNew {
			fresh[y.pb.Name]++
		}
		if y.wait = p.quiet(); y.wait == "" {
			y.wait = p.overBudget(y.want, y.messages[0], given)
		}
		if y.wait == "" {
			given.add(y.messages[0], y.want)
		}
	}
	return fresh
}

// settle makes a letter wanted, or says why it is not, today. One that is
// under way stays so while it waits: an approval is not lost to a Sunday, nor to
// the letters that go before it.
func (p *planner) settle(y *made, held string, behind *stage) {
	stage := p.underWay(y.messages[0])
	switch {
	case held != "" && y.member() && stage == 0:
		p.gone[y.action.Key] = held
		p.line(y.lineOf(HeldBack, y.step, y.to, y.window.moment, held))
		return
	case y.wait != "":
		p.line(y.lineOf(Waits, y.step, y.to, y.window.moment, y.wait))
		p.wake(p.clock.AtHour(p.today + 1))
		if stage == 0 {
			p.gone[y.action.Key] = y.wait
			return
		}
	}
	for i, m := range y.messages {
		m.Waits = y.wait
		if behind != nil {
			m.Staged = behind.why(p)
		}
		m.Release = m.Release && (!y.member() || p.trust(y.pb) == playbook.Automatic) // a brake may have taken it
		p.desired = append(p.desired, m)
		if i > 0 || y.wait != "" {
			continue
		}
		verb := Asks
		if m.Release && stage != 1 || stage == 2 { // what was asked for is still asked for
			verb = Sends
		}
		line := y.lineOf(verb, y.step, y.to, m.NotBefore, m.Content.Why)
		line.Message = m.Key
		p.sayYes(&line, m)
		if behind != nil {
			line.Verb, line.Why = behind.verb(), m.Staged
			line.When = later(line.When, behind.until)
		}
		if y.member() && p.mourns(m.Address) {
			line.Why += "; a member who has died used this address too"
		}
		p.line(line)
	}
}

// underWay says how far a message with these very words has come: 0 not
// proposed, 1 proposed, 2 approved or deferred.
func (p *planner) underWay(m *Message) int {
	old, ok := p.in.Book.MessageAt(m.Key)
	if !ok || old.Digest != m.Digest {
		return 0
	}
	switch old.State {
	case ledger.Proposed:
		return 1
	case ledger.Approved, ledger.Deferred:
		if p.untrusted(old) {
			return 1
		}
		return 2
	}
	return 0
}

// quiet says why nothing goes to members today, or empty.
func (p *planner) quiet() string { return p.quietOn(p.today) }

func (p *planner) quietOn(day calendar.Date) string {
	q := p.set.Constituency.Quiet
	if q.Weekdays[day.Weekday()] {
		return "nothing is sent on a " + day.Weekday().String()
	}
	for _, r := range q.Ranges {
		if day >= r[0] && day <= r[1] {
			return "quiet days until " + r[1].Words()
		}
	}
	if off, err := p.clock.Holiday(day); q.BankHolidays && err == nil && off {
		return "today is a bank holiday"
	}
	return ""
}

// spent is one contact that counts.
type spent struct {
	at        time.Time
	marketing bool
	batch     string // playbook, step and case-independent occasion
	cause     ledger.CaseKey
	person    dataset.Ref
}

// allotment is what this plan has given out so far.
type allotment struct{ by map[string][]spent }

func (a *allotment) add(m *Message, x *want) {
	s := spent{at: m.NotBefore, marketing: x.basis == playbook.Marketing, batch: stepOf(x.pb.Name, x.step.ID), cause: x.c.Key, person: x.in.Book.Person(m.Person)}
	for _, k := range keysOf(s.person, m.Address) {
		a.by[k] = append(a.by[k], s)
	}
}

func keysOf(person dataset.Ref, address string) []string {
	out := []string{"p" + itoa(int64(person))}
	if address != "" {
		out = append(out, "a"+address)
	}
	return out
}

func stepOf(pb, step string) string { return pb + "/" + step }

// overBudget says why a letter must wait, or empty (law 9). One letter a day to
// a person and an address; letters of the same step to several people at one
// address on one day are not each other's rivals.
func (p *planner) overBudget(x *want, m *Message, given *allotment) string {
	b := p.set.Constituency.Budget
	person := p.in.Book.Person(m.Person)
	var past []spent
	for _, c := range p.in.Book.ContactsSince(m.Person, m.Address, p.now.AddDate(0, 0, -32)) {
		if c.Basis == "" { // a talk is no letter
			continue
		}
		past = append(past, spent{at: c.At, marketing: c.Basis == string(playbook.Marketing),
			batch: stepOf(c.Playbook, c.Step), cause: c.Case, person: p.in.Book.Person(c.Person)})
	}
	seen := map[string]bool{}
	for _, k := range keysOf(person, m.Address) {
		for _, s := range given.by[k] {
			id := string(s.cause) + s.batch + itoa(int64(s.person))
			if !seen[id] {
				seen[id] = true
				s.at = p.now
				past = append(past, s)
			}
		}
	}
	week, month := 0, 0
	counted := map[string]bool{} // what went to several at the address counts once
	for _, s := range past {
		if s.person == person {
			counted[p.household(s)] = true
		}
	}
	for _, s := range past {
		ago := calendar.DaysBetween(p.clock.Day(s.at), p.today)
		if ago == 0 && s.person != person && s.batch == stepOf(x.pb.Name, x.step.ID) {
			continue
		}
		if joint := p.household(s); s.person != person {
			if counted[joint] {
				continue
			}
			counted[joint] = true
		}
		switch {
		case ago == 0 && s.cause == x.c.Key:
			return "another letter of the same case goes today"
		case ago == 0:
			return "another letter to this person or address goes today"
		case x.basis == playbook.Marketing && b.DaysBetween > 0 && ago < b.DaysBetween:
			return "the last letter is less than " + itoa(int64(b.DaysBetween)) + " days old"
		}
		if ago < 7 {
			week++
		}
		if ago < 30 && s.marketing {
			month++
		}
	}
	if b.LettersAWeek > 0 && week >= b.LettersAWeek {
		return "contact budget: " + itoa(int64(week)) + " letters in seven days"
	}
	if x.basis == playbook.Marketing && b.MarketingAMonth > 0 && month >= b.MarketingAMonth {
		return "contact budget: " + itoa(int64(month)) + " marketing letters in thirty days"
	}
	return ""
}

// household is the same for letters of one step that went to one household on one
// day.
func (p *planner) household(s spent) string { return s.batch + " " + p.clock.Day(s.at).String() }

// brake says why a playbook's new letters are held as a batch, or empty
// (law 8). Letters proposed earlier today count, so that a batch cannot slip
// through in portions.
func (p *planner) brake(pb *playbook.Playbook, fresh int) string {
	if fresh == 0 {
		return ""
	}
	n := fresh + p.proposedToday(pb.Name)
	for _, r := range p.in.Book.Releases(pb.Name) {
		if r.Stage.IsZero() && n <= r.Actions && p.now.Before(r.Until) {
			return ""
		}
	}
	why := p.overCap(pb, n)
	if why == "" {
		return ""
	}
	p.plan.Holds = append(p.plan.Holds, Hold{Kind: "brake", Playbook: pb.Name, Count: n, Why: why,
		Hint: "Look at them in the plan. If all is well: clarion review release " + pb.Name})
	return why
}

func (p *planner) overCap(pb *playbook.Playbook, n int) string {
	b := p.set.Constituency.Brakes
	tooMany := func(most int) string {
		return itoa(int64(n)) + " letters at once, more than the " + itoa(int64(most)) + " allowed"
	}
	switch {
	case pb.Cap > 0 && n > pb.Cap: // its own limit knows no floor
		return tooMany(pb.Cap)
	case n <= b.Floor:
		return ""
	}
	if pb.Cap >= 0 {
		if b.MostAtOnce > 0 && n > b.MostAtOnce {
			return tooMany(b.MostAtOnce)
		}
		if pb.For != nil && b.SharePercent > 0 {
			all := len(p.in.Tables[pb.For.Dataset].Rows)
			if most := max(b.Floor, all*b.SharePercent/100); n > most {
				return itoa(int64(n)) + " letters at once, more than " + itoa(int64(b.SharePercent)) + " per cent of " + itoa(int64(all)) + " " + pb.For.Dataset
			}
		}
	}
	if usual := p.usual(pb.Name); usual > 0 && b.TimesUsual > 0 && pb.Cap >= 0 && n > max(b.Floor, b.TimesUsual*usual) {
		return itoa(int64(n)) + " letters at once, where " + itoa(int64(usual)) + " are usual"
	}
	return ""
}

func (p *planner) proposedToday(name string) int {
	n := 0
	for _, r := range p.in.Book.Runs() {
		if p.clock.Day(r.Logical) == p.today {
			n += r.Actions[name]
		}
	}
	return n
}

// usual is the average number of letters of a playbook over the runs that had
// any; 0 before there were three of them.
func (p *planner) usual(name string) int {
	sum, runs := 0, 0
	for _, r := range p.in.Book.Runs() {
		if n := r.Actions[name]; n > 0 {
			sum += n
			runs++
		}
	}
	if runs < 3 {
		return 0
	}
	return (sum + runs - 1) / runs
}
