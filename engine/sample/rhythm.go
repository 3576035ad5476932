package sample

import (
	"fmt"
	"strconv"
)

// The annual meeting of the year, the first day on which the dates of the
// autumn are known, and the days of the meetings with which something is amiss.
const (
	annual       = 246
	autumnKnown  = 252
	longAgenda   = 106 // its items take too long, and one is cut
	lateAgenda   = 190 // agreed too late for the notice
	nobodyWrites = 134 // nobody was named to take its minutes
	calledOff    = 218
	otherRoom    = 162
)

// rhythm lays out the meetings of the year: the executive and everybody's
// meeting each month but August, the annual meeting in July, each branch every
// other month; with agendas, reports and minutes as they are written. Papers are
// in the list on the day on which somebody saves them.
func (w *world) rhythm() {
	for i := range w.meetings {
		if m := &w.meetings[i]; m.kind == "agm" { // there is one in July instead
			m.kind, m.key, m.title, m.venue = "gm", "gm-"+m.date.String(), "General meeting", "Quaker Meeting House"
		}
	}
	w.notes = map[string][]entry{}
	for day := 78; day <= yearOf+60; day += 28 {
		if _, month, _ := w.date(day).Civil(); month == 8 {
			continue
		}
		kind, venue := "gm", "Quaker Meeting House"
		if day == annual {
			kind, venue = "agm", "Harrowmere Corn Exchange"
		}
		w.meet(kind, day, venue)
		w.meet("ec", day-14, "Labour Rooms, Wharf Street")
	}
	for i, b := range branches[:4] {
		for day := 30 + 3*i; day < yearOf; day += 56 {
			w.meet("branch", day, b+" Institute")
			m := &w.meetings[len(w.meetings)-1]
			m.branch, m.title = b, b+" branch meeting"
			m.key = fmt.Sprintf("branch-%d-%s", i+1, m.date)
			if day > 190 && day < annual {
				m.title = "Annual meeting of " + b
			}
		}
	}
	w.meet("policy", 75, "Millbrook Library")
	w.meet("policy", 201, "Millbrook Library")
	for i := range w.meetings {
		m := &w.meetings[i]
		day := int(m.date - w.today)
		if day > 300 {
			m.from = autumnKnown
		}
		if day > 0 && (m.kind == "gm" || m.kind == "ec" || m.kind == "agm") {
			w.papersOf(m, day)
		}
	}
}

// papersOf adds the papers of a meeting that is to be held.
func (w *world) papersOf(m *meeting, day int) {
	draft, settled := map[string]int{"gm": 17, "ec": 11, "agm": 39}[m.kind], map[string]int{"gm": 13, "ec": 6, "agm": 34}[m.kind]
	if day == lateAgenda {
		draft, settled = 9, 5
	}
	w.paper(m, "agenda", day-draft, day-settled)
	if m.kind != "ec" {
		w.items(m, day)
	}
	if m.kind == "gm" && day != calledOff {
		for i, role := range []string{"treasurer", "membership_officer", "womens_officer"}[:2+day/28%2] {
			w.note("documents", day-8+i, fmt.Sprintf("report-%s-%s", role, m.date), "report", m.key, "Report", "draft", "", role)
		}
	}
	if m.kind == "agm" {
		w.note("documents", day-30, "annual-treasurer", "annual_report", m.key, "The year's money", "draft", "", "treasurer")
		w.note("documents", day-13, "annual", "annual_report", m.key, "Annual report", "approved", "", "")
	}
	if day > 22 && day != calledOff {
		late := 0
		if day == nobodyWrites || day%3 == 0 {
			late = 5
		}
		w.paper(m, "minutes", day+4+late, day+11+late)
	}
}

// paper adds a paper that is a draft from one day and agreed from another.
func (w *world) paper(m *meeting, kind string, draft, settled int) {
	if kind == "minutes" {
		w.minute(m, "draft", max(0, draft))
	} else {
		y, _, _ := m.date.Civil()
		w.papers = append(w.papers, paper{key: "agenda-" + m.key, kind: "agenda", meeting: m.key, title: "Agenda, " + m.title + ", " + m.date.Words(),
			status: "draft", file: "agenda-" + m.key + ".pdf", year: y, from: max(0, draft),
			lines: []string{Name, "", "Agenda of the " + lower(m.title) + " on " + m.date.Words(), "at " + m.venue + ", " + m.start, "",
				"1. Welcome and apologies", "2. Minutes of the last meeting", "3. Reports", "4. Campaigns", "5. Any other business"}})
	}
	w.agreed = append(w.agreed, agreed{paper: len(w.papers) - 1, from: settled})
}

// subjects are what everybody's meetings talk about, in turn.
var subjects = []string{"Buses after six", "Rents and repairs", "The new school", "Our high street", "Care at home", "A river to swim in"}

// items writes down what a meeting takes.
func (w *world) items(m *meeting, day int) {
	from := day - 20
	if day == nobodyWrites {
		from = day - 8
	}
	long := "40"
	if day == longAgenda {
		long = "75"
		w.note("agenda_items", day-11, m.key, "4", "", "", "35", "")
	}
	for i, it := range [][]string{
		{"Minutes of the last meeting", "business", "5"}, {"New members", "membership", "10"}, {"Treasurer's report", "reports", "15"},
		{subjects[day/28%len(subjects)], "policy", long}, {"What we do next", "campaigning", "25"}, {"Any other business", "business", "10"},
	} {
		w.note("agenda_items", max(0, from), m.key, strconv.Itoa(i+1), it[0], it[1], it[2], "")
	}
}

// note writes a line into one of the books that officers keep.
func (w *world) note(name string, day int, cells ...string) {
	w.notes[name] = append(w.notes[name], entry{day: max(0, day), cells: cells})
}

// tellRhythm brings the year's diary to the day of the story.
func (w *world) tellRhythm() {
	for i := range w.meetings {
		m := &w.meetings[i]
		switch day := int(m.date - w.today); {
		case day == nobodyWrites && m.kind == "gm":
			m.taker = ""
			if w.day >= day-6 {
				m.taker = "Farouk Reddish"
			}
		case day == calledOff && m.kind == "gm" && w.day >= day-4:
			m.status = "cancelled"
		case day == otherRoom && m.kind == "gm" && w.day >= day-5:
			m.venue = "Thornley Institute"
		}
	}
}

// kept is what the officers keep by hand: every list of the story but that of
// the members, and the papers that are new.
func (w *world) kept() map[string][]byte {
	files := map[string][]byte{"data/donations.csv": w.donationsFile(), "data/meetings.csv": w.meetingsFile(), "data/documents.csv": w.documentsFile()}
	for _, p := range w.papers {
		if p.from == w.day || w.day == 0 && p.from < 0 {
			files["papers/"+p.file] = p.bytes()
		}
	}
	return files
}
