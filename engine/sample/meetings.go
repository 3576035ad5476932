package sample

import (
	"fmt"

	"github.com/clarion-clp/clarion/engine/calendar"
)

// A meeting is one line of the diary.
type meeting struct {
	key, kind, title, venue, branch string
	date                            calendar.Date
	start, end                      string // times of day
	status, taker, audience         string
	from                            int // the first day of the story on which the diary has it
}

// A paper is one line of the list of documents, with its file.
type paper struct {
	key, kind, meeting, title, status, file string
	year                                    int
	lines                                   []string
	from                                    int
}

// diary lists the meetings of two years and of the weeks to come, with the
// papers of those that have some.
func (w *world) diary() {
	for day := -720; day <= -90; day += 30 {
		w.meet("gm", day, "Quaker Meeting House")
	}
	for day := -705; day <= -75; day += 30 {
		w.meet("ec", day, "Labour Rooms, Wharf Street")
	}
	w.meet("policy", -34, "Millbrook Library")
	w.meet("ec", -48, "Labour Rooms, Wharf Street")
	w.meet("branch", -24, "Thornley Institute")
	w.meet("ec", -20, "Labour Rooms, Wharf Street")
	w.meet("gm", -6, "Quaker Meeting House")
	w.meet("ec", 8, "Labour Rooms, Wharf Street")
	w.meet("social", 15, "The Weavers Arms")
	w.meet("gm", 22, "Quaker Meeting House")
	w.meet("agm", 50, "Harrowmere Corn Exchange")
	for i := range w.meetings {
		m := &w.meetings[i]
		switch day := int(m.date - w.today); {
		case m.kind != "gm" && m.kind != "ec":
		case day < -40:
			w.minute(m, "approved", days[0])
		case day == -20:
			w.minute(m, "draft", -14)
		case day == -6:
			w.minute(m, "draft", 7)
		case day == 8:
			w.minute(m, "draft", 14)
		}
	}
	w.papers = append(w.papers, paper{key: "guide", kind: "guide", title: "A guide for new members", status: "approved", file: "guide.txt", from: days[0],
		lines: []string{Name, "", "A guide for new members", "", "Who is who, when we meet, how to get in touch.", "Ask anybody. Nobody minds being asked."}})
}

// meet adds a meeting. The secretary takes the minutes of the executive, and
// Ivor Blackett those of everybody's meetings.
func (w *world) meet(kind string, day int, venue string) {
	date := w.date(day)
	title := map[string]string{"gm": "General meeting", "ec": "Executive meeting", "agm": "Annual general meeting",
		"policy": "Policy forum: buses after six", "branch": "Thornley branch meeting", "social": "Autumn social"}[kind]
	m := meeting{key: fmt.Sprintf("%s-%s", kind, date), kind: kind, title: title, venue: venue, date: date, start: "19:30", end: "21:15",
		status: "confirmed", audience: "members", from: days[0]}
	switch kind {
	case "gm", "agm":
		m.taker = "Ivor Blackett"
	case "ec":
		m.taker, m.audience = "Rosalind Achebe", "executive"
		m.start, m.end = "18:45", "20:30"
	case "branch":
		m.branch = "Thornley"
	}
	w.meetings = append(w.meetings, m)
}

// minute adds the minutes of a meeting to the papers.
func (w *world) minute(m *meeting, status string, from int) {
	y, _, _ := m.date.Civil()
	w.papers = append(w.papers, paper{
		key: "minutes-" + m.key, kind: "minutes", meeting: m.key, title: "Minutes, " + m.title + ", " + m.date.Words(),
		status: status, file: "minutes-" + m.key + ".pdf", year: y, from: from,
		lines: []string{
			Name, "", "Minutes of the " + lower(m.title) + " held on " + m.date.Words(), "at " + m.venue + ", " + m.start, "",
			"1. Welcome and apologies. The chair welcomed everybody; six apologies.",
			"2. Minutes of the last meeting were accepted.",
			"3. Treasurer's report. Balance £2,413.08. Noted with thanks.",
			"4. Membership. Three joined, one resigned. Branches to ring the new members.",
			"   Action: Dilip Varma, before the next meeting.",
			"5. Canvassing on Saturday mornings from the Corn Exchange.",
			"   Action: Martin Threlfall to print the sheets.",
			"6. Any other business. None. The meeting closed at " + m.end + ".",
		},
	})
}

// tellMeetings brings diary and papers to the day of the story: what was to be
// has been, and drafts have been agreed.
func (w *world) tellMeetings() {
	for _, a := range w.agreed {
		if w.day >= a.from {
			w.papers[a.paper].status = "approved"
		}
	}
	for i := range w.papers {
		p := &w.papers[i]
		switch p.meeting {
		case fmt.Sprintf("ec-%s", w.date(-20)):
			if w.day >= 0 {
				p.status = "approved"
			}
		case fmt.Sprintf("gm-%s", w.date(-6)), fmt.Sprintf("ec-%s", w.date(8)):
			if w.day >= 14 {
				p.status = "approved"
			}
		}
	}
}

// agreed is from when a paper is agreed.
type agreed struct{ paper, from int }
