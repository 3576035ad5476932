package main

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/engine/sample"
)

// A yearBook gathers what happens in a year by month and by office.
type yearBook struct {
	Constituency string       `json:"constituency"`
	Playbooks    int          `json:"playbooks"`
	Months       []*lifeMonth `json:"months"`
	Summary      lifeSummary  `json:"summary"`

	set    *playbook.Set
	of     map[string]*playbook.Playbook
	silent map[string]bool // playbooks of which nothing was heard
	total  map[string]*officeMonth
}

// A lifeMonth is a month of the year.
type lifeMonth struct {
	Month   string          `json:"month"`
	Letters int             `json:"letters_to_members"`
	Kinds   []*letterKind   `json:"kinds"`
	Legal   []legalDeadline `json:"legal_deadlines"`
	Offices []*officeMonth  `json:"offices"`
}

// A letterKind is a letter that went to one member or to many.
type letterKind struct {
	Playbook string `json:"playbook"`
	Step     string `json:"step"`
	Line     string `json:"line"`
	Letters  int    `json:"letters"`
}

// A legalDeadline is a day that the law, or a rule as hard, sets for a task.
type legalDeadline struct {
	Day      string `json:"day"`
	Playbook string `json:"playbook"`
	Line     string `json:"line"`
	Met      bool   `json:"met"`
}

// An officeMonth is what one office had to do.
type officeMonth struct {
	Role      string        `json:"role"`
	Title     string        `json:"title"`
	Tasks     int           `json:"tasks"`
	Reminders int           `json:"reminders"`
	Calls     int           `json:"calls"`
	Letters   int           `json:"letters_in_its_name"`
	Digests   int           `json:"digests,omitempty"` // of the whole year
	Duties    []*officeDuty `json:"duties,omitempty"`
}

// An officeDuty is one playbook in the month of an office.
type officeDuty struct {
	Playbook string `json:"playbook"`
	Title    string `json:"title"`
	Tasks    int    `json:"tasks"`
	Calls    int    `json:"calls"`
	Letters  int    `json:"letters"`
}

// A lifeSummary is the year in numbers.
type lifeSummary struct {
	Letters     int            `json:"letters_to_members"`
	Members     int            `json:"members_written_to"`
	MostInWeek  int            `json:"most_letters_to_one_in_a_week"`
	MostInMonth int            `json:"most_letters_to_one_in_28_days"`
	Tasks       int            `json:"tasks"`
	Reminders   int            `json:"reminders"`
	Calls       int            `json:"calls"`
	Digests     int            `json:"digests"`
	LegalMet    int            `json:"legal_deadlines_met"`
	LegalMissed int            `json:"legal_deadlines_missed"`
	Silent      []string       `json:"playbooks_never_heard"`
	Offices     []*officeMonth `json:"offices"`
}

func newYearBook(set *playbook.Set) *yearBook {
	b := &yearBook{Constituency: sample.Name, Playbooks: len(set.Playbooks), set: set, of: map[string]*playbook.Playbook{},
		silent: map[string]bool{}, total: map[string]*officeMonth{}}
	for _, pb := range set.Playbooks {
		b.of[pb.Name], b.silent[pb.Name] = pb, true
	}
	return b
}

// tell notes one thing that happened.
func (b *yearBook) tell(h plan.Happening) {
	m := b.month(h.On)
	switch h.What {
	case plan.LetterGoes, plan.TaskComes, plan.Reminded, plan.CallSheet, plan.TaskFalls:
		delete(b.silent, h.Playbook)
	}
	if h.What == plan.TaskFalls && b.of[h.Playbook].Locked {
		m.deadline(h, b.set.Constituency.Clock)
	}
	if h.What == plan.LetterGoes && !h.Office {
		m.letter(h)
	}
	if h.Role == "" {
		return
	}
	m.Offices = b.count(m.Offices, h)
	b.Summary.Offices = b.count(b.Summary.Offices, h)
}

// month is the month of a day.
func (b *yearBook) month(day calendar.Date) *lifeMonth {
	y, m, _ := day.Civil()
	label := fmt.Sprintf("%s %d", m, y)
	if n := len(b.Months); n == 0 || b.Months[n-1].Month != label {
		b.Months = append(b.Months, &lifeMonth{Month: label, Kinds: []*letterKind{}, Legal: []legalDeadline{}, Offices: []*officeMonth{}})
	}
	return b.Months[len(b.Months)-1]
}

// letter counts a letter to a member. What goes to many is told once, by the
// title of its playbook if its words are not the same for all.
func (m *lifeMonth) letter(h plan.Happening) {
	m.Letters += len(h.To)
	i := slices.IndexFunc(m.Kinds, func(k *letterKind) bool { return k.Playbook == h.Playbook && k.Step == h.Step && k.Line == h.Line })
	if i < 0 {
		i = len(m.Kinds)
		m.Kinds = append(m.Kinds, &letterKind{Playbook: h.Playbook, Step: h.Step, Line: h.Line})
	}
	m.Kinds[i].Letters += len(h.To)
}

// deadline notes a task of a playbook that rests on law, on its day.
func (m *lifeMonth) deadline(h plan.Happening, clock calendar.Clock) {
	m.Legal = append(m.Legal, legalDeadline{Day: h.On.String(), Playbook: h.Playbook, Line: dataset.Plain(h.Line), Met: h.On <= clock.Day(h.Due)})
}

// count counts what an office had to do.
func (b *yearBook) count(all []*officeMonth, h plan.Happening) []*officeMonth {
	i := slices.IndexFunc(all, func(o *officeMonth) bool { return o.Role == h.Role })
	if i < 0 {
		title := h.Role
		if r := b.set.Roles[h.Role]; r != nil {
			title = r.Title
		}
		i = len(all)
		all = append(all, &officeMonth{Role: h.Role, Title: title})
	}
	o := all[i]
	d := o.duty(h)
	switch h.What {
	case plan.TaskComes:
		o.Tasks, d.Tasks = o.Tasks+1, d.Tasks+1
	case plan.Reminded:
		o.Reminders++
	case plan.CallSheet:
		o.Calls, d.Calls = o.Calls+1, d.Calls+1
	case plan.LetterGoes:
		o.Letters, d.Letters = o.Letters+len(h.To), d.Letters+len(h.To)
	}
	return all
}

func (o *officeMonth) duty(h plan.Happening) *officeDuty {
	for _, d := range o.Duties {
		if d.Playbook == h.Playbook {
			return d
		}
	}
	o.Duties = append(o.Duties, &officeDuty{Playbook: h.Playbook, Title: h.Title})
	return o.Duties[len(o.Duties)-1]
}

// close adds up the year, from the Book that was written in it.
func (b *yearBook) close(p *plan.Play) {
	s := &b.Summary
	for _, m := range b.Months {
		s.Letters += m.Letters
		for _, l := range m.Legal {
			if l.Met {
				s.LegalMet++
			} else {
				s.LegalMissed++
			}
		}
		sort.SliceStable(m.Kinds, func(i, j int) bool { return m.Kinds[i].Letters > m.Kinds[j].Letters })
		sort.SliceStable(m.Offices, func(i, j int) bool { return m.Offices[i].Title < m.Offices[j].Title })
	}
	for _, o := range s.Offices {
		s.Tasks, s.Reminders, s.Calls = s.Tasks+o.Tasks, s.Reminders+o.Reminders, s.Calls+o.Calls
		o.Duties = nil // they stand under their months
	}
	sort.SliceStable(s.Offices, func(i, j int) bool { return s.Offices[i].Title < s.Offices[j].Title })
	post := map[dataset.Ref][]calendar.Date{} // the days of each member's letters
	for _, m := range p.Book.MessagesIn(ledger.Sent) {
		if m.Kind == ledger.Digest {
			s.Digests++
			continue
		}
		if m.Person != 0 { // to a member, and not to the holder of an office as such
			post[m.Person] = append(post[m.Person], p.Set.Constituency.Clock.Day(m.SentAt))
		}
	}
	s.Members = len(post)
	for _, days := range post {
		s.MostInWeek, s.MostInMonth = max(s.MostInWeek, inARow(days, 7)), max(s.MostInMonth, inARow(days, 28))
	}
	s.Silent = sortedKeys(b.silent)
}

// inARow is the greatest number of days that lie within so many days in a row.
func inARow(days []calendar.Date, span int) int {
	slices.Sort(days)
	most, from := 0, 0
	for i, d := range days {
		for d >= days[from].AddDays(span) {
			from++
		}
		most = max(most, i-from+1)
	}
	return most
}

// printYear prints the year for people, in lines of at most 80 characters.
func (s *session) printYear(b *yearBook) {
	wide := s.out.wide
	s.out.wide = min(wide, 80)
	defer func() { s.out.wide = wide }()
	s.out.note("", "A year in the life of the officers of %s, with all %d playbooks switched on. Everybody in it is invented. "+
		"Every letter got its yes, and every task its answer on its day.", b.Constituency, b.Playbooks)
	for _, m := range b.Months {
		s.out.head(m.Month)
		s.printLetters(m)
		for _, o := range m.Offices {
			if o.Tasks+o.Reminders+o.Calls == 0 {
				continue
			}
			title := o.Title
			if r := b.set.Roles[o.Role]; r != nil && r.Branch {
				title += ", all branches"
			}
			s.out.say("  %s: %s", s.out.paint("1", title), o.words())
			var duties []string
			for _, d := range o.Duties {
				if n := d.Tasks + d.Calls; n > 1 {
					duties = append(duties, fmt.Sprintf("%s (%d)", d.Title, n))
				} else {
					duties = append(duties, d.Title)
				}
			}
			s.out.note("    ", "%s", strings.Join(duties, "; "))
		}
		s.printDeadlines(m)
	}
	s.printSummary(b.Summary, len(b.Months) > 12)
}

// printDeadlines prints what the law, or a rule as hard, wanted done in a month.
func (s *session) printDeadlines(m *lifeMonth) {
	if len(m.Legal) == 0 {
		return
	}
	met, lines := 0, make([]string, 0, len(m.Legal))
	for _, l := range m.Legal {
		line := l.Line
		if l.Met {
			met++
		} else {
			line += " (late)"
		}
		if !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	s.out.say("  %s: %d, of which %d met in time", s.out.paint("1", "Legal deadlines"), len(m.Legal), met)
	s.out.note("    ", "%s", strings.Join(lines, "; "))
}

// printLetters prints what went to members in a month: what went to many by its
// subject, the rest by the titles of their playbooks.
func (s *session) printLetters(m *lifeMonth) {
	if m.Letters == 0 {
		return
	}
	s.out.say("  %s: %d", s.out.paint("1", "Letters to members"), m.Letters)
	var lines []string
	for _, k := range m.Kinds {
		lines = append(lines, fmt.Sprintf("%s (%d)", dataset.Plain(k.Line), k.Letters))
	}
	s.out.note("    ", "%s", strings.Join(lines, "; "))
}

func (s *session) printSummary(y lifeSummary, whole bool) {
	s.out.head("In numbers")
	s.out.note("  ", "%d letters to %s: at most %d to one of them in a week, %d in four weeks.", y.Letters,
		plural(y.Members, "member", "members"), y.MostInWeek, y.MostInMonth)
	s.out.note("  ", "%s and %s for officers, in %s, at most one a day for each.", plural(y.Tasks, "task", "tasks"),
		plural(y.Reminders, "reminder", "reminders"), plural(y.Digests, "digest", "digests"))
	s.out.note("  ", "%s met in time, %d not.", plural(y.LegalMet, "legal deadline", "legal deadlines"), y.LegalMissed)
	if whole && len(y.Silent) > 0 {
		s.out.note("  ", "Nothing was heard of %s.", strings.Join(y.Silent, ", "))
	}
	rows := [][]string{{"", "tasks", "reminders", "to ring", "letters"}}
	for _, o := range y.Offices {
		rows = append(rows, cells(o.Title, []int{o.Tasks, o.Reminders, o.Calls, o.Letters}))
	}
	s.out.say("")
	s.out.table("  ", 44, rows)
}

// words is an office's month in few words.
func (o *officeMonth) words() string {
	var out []string
	for _, x := range []struct {
		n         int
		one, many string
	}{{o.Tasks, "task", "tasks"}, {o.Reminders, "reminder", "reminders"}, {o.Calls, "to ring or write to", "to ring or write to"}} {
		if x.n > 0 {
			out = append(out, plural(x.n, x.one, x.many))
		}
	}
	return strings.Join(out, ", ")
}
