package sample

import (
	"fmt"
	"math/rand/v2"

	"github.com/clarion-clp/clarion/engine/calendar"
)

// A gift is one line of the treasurer's sheet.
type gift struct {
	key, donor, kind            string
	pence                       int
	received, checked, returned calendar.Date
	hasChecked, hasReturned     bool
	status                      string
	amountAs, receivedAs        string // how the cell is written, if not as usual
	from                        int    // the first day of the story on which the sheet has it
}

// smallGifts draws two years of gifts, five or so a month. A few are over
// £500; every one of those was checked within the month.
func (w *world) smallGifts(r *rand.Rand) {
	n := 0
	for day := -730; day < -32; day += 1 + r.IntN(10) {
		n++
		m := w.members[r.IntN(575)]
		g := gift{key: fmt.Sprintf("R%04d", n), donor: m.first + " " + m.last, kind: "Individual",
			received: w.date(day), status: "Accepted", from: days[0]}
		g.pence = []int{500, 1000, 1000, 2000, 2500, 2500, 5000, 5000, 10000, 25000}[r.IntN(10)]
		switch r.IntN(25) {
		case 0:
			g.pence = 50100 + 100*r.IntN(900)
			g.checked, g.hasChecked = g.received.AddDays(2+r.IntN(20)), true
		case 1:
			g.pence += 50 // a collection never comes out even
			g.donor, g.kind = "Collection at a meeting", ""
		case 2:
			g.donor, g.kind = "Thornley Quarrymen's Union", "Trade union"
		}
		w.gifts = append(w.gifts, g)
	}
}

// storyGifts adds those that the package comment tells of.
func (w *world) storyGifts() {
	add := func(key, donor, kind string, pence, received, from int) *gift {
		w.gifts = append(w.gifts, gift{key: key, donor: donor, kind: kind, pence: pence, received: w.date(received), status: "Received", from: from})
		return &w.gifts[len(w.gifts)-1]
	}
	add("R9001", "Eleanor Marsh", "Individual", 75000, -13, 0)
	add("R9002", "Bernard Hollis", "Individual", 50000, -10, 0)
	add("R9003", "Augustin Leclerc", "Individual", 50001, -9, 0)
	add("R9004", "Harrow Lane Engineering Ltd", "Company", 120000, -40, days[0])
	g := add("R9005", "Pearl Oduya", "Individual", 62000, -20, -14)
	g.checked, g.hasChecked, g.status = w.date(-16), true, "Accepted"
	g = add("R9006", "Meridian Overseas Holdings", "Company", 200000, -33, days[0])
	g.returned, g.hasReturned, g.status = w.date(-29), true, "Returned"
	add("R9007", "Ravensworth Social Club", "Unincorporated association", 123450, -2, 0)
	add("R9008", "Anonymous, see bank", "", 0, -5, 0).amountAs = "see bank"
	add("R9009", "Ines Valadares", "Individual", 65000, -7, 0).receivedAs = "last week"
	add("R9010", "Castle Hill Allotment Society", "Unincorporated association", 90000, 5, 7)
	add("R9011", "Maureen Tate", "Individual", 2500, 6, 7)
	add("R9012", "Hugh Penhallow", "Individual", 5000, 20, 30)
}

// tellGifts brings the treasurer's sheet to the day of the story.
func (w *world) tellGifts() {
	check := func(g *gift, seen, day int) {
		if w.day >= seen {
			g.checked, g.hasChecked, g.status = w.date(day), true, "Accepted"
		}
	}
	for i := range w.gifts {
		switch g := &w.gifts[i]; g.key {
		case "R9001":
			check(g, 30, 15)
		case "R9003":
			check(g, 30, 12)
		case "R9007":
			check(g, 7, 5)
		case "R9010":
			check(g, 30, 21)
		}
	}
}
