package sample

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// lives are what happens to the members in the sample's year, drawn from the
// seed: they join, fall behind and pay or lapse, resign, move and die, about as
// many as in a constituency of 600: six join in a month, one resigns, six fall
// behind.
type lives struct {
	w    *world
	r    *rand.Rand
	n    int            // newcomers so far
	pays map[string]int // by number: the day of the story on which a member in arrears pays
}

func newLives(w *world, r *rand.Rand) *lives { return &lives{w: w, r: r, pays: map[string]int{}} }

// live brings the members to the day of the story.
func (l *lives) live() {
	for _, m := range l.w.members {
		if m.from > l.w.day || m.no >= "A2" && m.no < "A3" || strings.HasPrefix(m.no, "A15") {
			continue // the cast has its own story
		}
		l.year(m)
	}
	for range 1 + l.r.IntN(5) {
		l.join()
	}
}

// year lets a fortnight of a member's life happen.
func (l *lives) year(m *member) {
	day := l.w.day
	switch m.status {
	case "Active":
		switch p := l.r.IntN(10000); {
		case p < 55:
			m.status, m.arrears, m.hasArrears = "Arrears", l.w.date(day-l.r.IntN(fortnight)), true
			if l.r.IntN(100) < 65 {
				l.pays[m.no] = day + 10 + l.r.IntN(110)
			}
		case p < 64:
			m.status = "Resigned"
		case p < 67:
			m.status = "Deceased"
		case p < 72:
			m.status = "Transferred out"
		case p < 82:
			m.branch = branches[l.r.IntN(len(branches))]
		case p < 90:
			m.from = yearOf + 1 // missing from the list, and nobody says why
		}
	case "Arrears":
		if paid, ok := l.pays[m.no]; ok && paid <= day {
			m.status, m.hasArrears = "Active", false
			delete(l.pays, m.no)
		}
	}
}

// join draws a newcomer.
func (l *lives) join() {
	r := l.r
	l.n++
	m := &member{no: fmt.Sprintf("A%06d", 300000+l.n), street: fmt.Sprintf("%d %s", 1+r.IntN(140), streets[r.IntN(len(streets))]),
		postcode: fmt.Sprintf("XW%d %d%c%c", 1+r.IntN(9), 1+r.IntN(9), 'A'+rune(r.IntN(8)), 'L'+rune(r.IntN(8))),
		branch:   branches[weighted(r, 34, 22, 18, 15, 11)], status: "Provisional", from: l.w.day}
	m.title, m.first, _ = strings.Cut(firsts[r.IntN(len(firsts))], ":")
	m.last = lasts[r.IntN(len(lasts))]
	m.joined, m.hasJoined = l.w.date(l.w.day-1-r.IntN(fortnight)), true
	if r.IntN(12) > 0 {
		m.email = fmt.Sprintf("%s.%d@%s", strings.ToLower(strings.Fields(m.first)[0]), 1000+l.n, providers[r.IntN(len(providers))])
	}
	if r.IntN(10) < 8 {
		m.phone = fmt.Sprintf("07700 900%03d", r.IntN(1000))
	}
	if r.IntN(10) < 8 {
		m.born, m.hasBorn = l.w.date(l.w.day-(6000+r.IntN(20000))), true
	}
	m.consent = []string{"Yes", "No", ""}[weighted(r, 60, 20, 20)]
	if r.IntN(15) == 0 { // moved here with a number of their own
		m.joined, m.status = l.w.date(l.w.day-400-r.IntN(5000)), "Active"
	}
	l.w.members = append(l.w.members, m)
}
