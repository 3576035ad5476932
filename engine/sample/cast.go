package sample

import (
	"strconv"
	"strings"

	"github.com/clarion-clp/clarion/engine/calendar"
)

// cast adds those whom every seed shares. Some are in the list from the
// baseline on, others from a later day.
func (w *world) cast() {
	old := func(no, title, first, last, email, branch string, years int) *member {
		m := &member{no: no, title: title, first: first, last: last, email: email, branch: branch, consent: "Yes",
			status: "Active", from: days[0]}
		m.phone, m.street, m.postcode = "01632 960"+storyPhone(no), strings.TrimLeft(no[5:], "0")+" Larch Drive", "XW1 "+no[6:]+"ZZ"
		m.joined, m.hasJoined = w.date(-365*years), true
		w.members = append(w.members, m)
		return m
	}
	fresh := func(no, title, first, last, email, branch string, joined, from int) *member {
		m := old(no, title, first, last, email, branch, 0)
		m.from, m.joined = from, w.date(joined)
		return m
	}
	old("A150001", "Mr", "Bernard", "Hollis", "bernard.hollis@example.org", "Thornley", 9)
	old("A150002", "Mr", "Yusuf", "Rahman", "rahman.family@example.com", "Harrowmere Town", 6).street = "12 Weavers Row"
	old("A150003", "Mrs", "Layla", "Rahman", "rahman.family@example.com", "Harrowmere Town", 6).street = "12 Weavers Row"
	old("A150004", "Mrs", "Maureen", "Tate", "maureen.tate@example.net", "Castle Hill", 31)
	old("A150005", "Mr", "Desmond", "Clarke", "desmond.clarke@example.org", "Millbrook", 14)
	old("A150006", "Ms", "Sofia", "Marino", "sofia.marino@example.com", "Harrowmere Town", 3)
	old("A150007", "Mr", "Gareth", "Lloyd", "gareth.lloyd@example.org", "Thornley", 5)
	niamh := old("A150008", "Ms", "Niamh", "Gallagher", "niamh.gallagher@example.net", "Castle Hill", 8)
	niamh.status = "Lapsed"
	niamh.arrears, niamh.hasArrears = w.date(-400), true
	old("A150009", "Mr", "Walter", "Pym", "walter.pym@example.org", "Millbrook", 52)
	old("A150010", "Mr", "Ivor", "Blackett", "ivor.blackett@example.org", "Harrowmere Town", 20)
	for _, o := range people {
		old(o.no, o.title, o.first, o.last, o.own, o.branch, 12)
	}

	fresh("A200001", "Ms", "Amara", "Okafor", "amara.okafor@example.org", "Harrowmere Town", -5, 0)
	fresh("A200002", "Mrs", "Ffion", "Prys", "ffion.prys@example.com", "Castle Hill", -4, 0).street = "3 Priory Gardens"
	fresh("A200003", "Mr", "Gethin", "Prys", "ffion.prys@example.com", "Castle Hill", -4, 0).street = "3 Priory Gardens"
	fresh("A200004", "Mr", "Tomasz", "Zielinski", "", "Thornley", -3, 0)
	fresh("A200005", "Ms", "Grace", "Adeyemi", "grace.adeyemi@example.net", "", -6, 0)
	fresh("A200006", "Mr", "Oliver", "Finch", "oliver.finch@example.org", "Millbrook", -2, 0)
	fresh("A200007", "Mr", "Harold", "Whitcombe", "harold.whitcombe@example.com", "Thornley", -12*365, 0)
	fresh("A200008", "Ms", "Isla", "Drummond", "isla.drummond@example.org", "Millbrook", 10, 0)
	colin := fresh("A200009", "Mr", "Colin", "Peverell", "colin.peverell@example.net", "Castle Hill", -3, 0)
	y, _, _ := w.today.Civil()
	colin.joinedAs = "31/02/" + strconv.Itoa(y)
	fresh("A200010", "Ms", "Beth", "Sandiford", "beth.sandiford@example.org", "Saltmarsh", -1, 0)
	fresh("A200011", "Ms", "Priya", "Raman", "priya.raman@example.com", "Harrowmere Town", 0, 1)
	fresh("A200012", "Mr", "Euan", "McAllister", "euan.mcallister@example.org", "Thornley", 3, 7)
	fresh("A200013", "Ms", "Chiamaka", "Eze", "chiamaka.eze@example.net", "Millbrook", 5, 7)
	fresh("A200014", "Mx", "Rowan", "Teague", "rowan.teague@example.org", "Castle Hill", 12, 14)
	fresh("A200015", "Ms", "Mei Lin", "Cheng", "meilin.cheng@example.com", "Harrowmere Town", 26, 30)
	fresh("A200016", "Mr", "Silas", "Brathwaite", "silas.brathwaite@example.org", "Saltmarsh", 27, 30)
	for _, m := range w.members {
		if m.no == "A200003" || m.no == "A200013" {
			m.consent = ""
		}
	}
}

// storyPhone gives each of the cast a number of their own: 8 and two digits for
// those who were there before, 7 for officers, 9 for the new.
func storyPhone(no string) string {
	block := "8"
	switch {
	case no[1] == '2':
		block = "9"
	case no[4] == '1':
		block = "7"
	}
	return block + no[5:]
}

// live brings the story to a day: everything that has happened by then.
func (w *world) live(day int) {
	w.day = day
	for _, m := range w.members {
		if m.status == "Arrears" && m.hasArrears && m.arrears.AddMonths(6) <= w.now() {
			m.status = "Lapsed"
		}
		if m.status == "Provisional" && m.joined.AddDays(56) <= w.now() {
			m.status = "Active"
		}
		switch m.no {
		case "A150001":
			m.owes(w, 0, -6, 99)
		case "A150002":
			m.owes(w, 0, -8, 99)
		case "A150004":
			m.owes(w, 0, -5, 99)
			if day >= 0 {
				m.contacted, m.hasContacted = w.date(-4), true
			}
		case "A150005":
			m.owes(w, 0, -12, 99)
			m.hasArrears = false
		case "A150006":
			m.owes(w, 0, -9, 7)
		case "A150007":
			m.owes(w, 7, 3, 99)
		case "A150008":
			if day >= 7 {
				m.status, m.hasArrears, m.joined = "Active", false, w.date(4)
			}
		case "A150009":
			if day >= 7 {
				m.status = "Deceased"
			}
		case "A200006":
			if day >= 7 {
				m.status = "Resigned"
			}
		}
	}
	w.tellGifts()
	w.tellMeetings()
}

// owes puts a member in arrears in the lists from one day on, since a day,
// until they have paid.
func (m *member) owes(w *world, from, since, paid int) {
	switch {
	case w.day >= paid:
		m.status, m.hasArrears = "Active", false
	case w.day >= from:
		m.status, m.hasArrears, m.arrears = "Arrears", true, w.date(since)
	}
}

// months is how many whole months lie between two days.
func months(from, to calendar.Date) int {
	n := 0
	for from.AddMonths(n+1) <= to {
		n++
	}
	return n
}

// An officer is a person in office. Their own address is the member's, the
// address of the office is what the officers' file holds.
type officer struct {
	no, title, first, last, own, branch string
}

var people = []officer{
	{"A150101", "Ms", "Rosalind", "Achebe", "rosalind.achebe@example.net", "Harrowmere Town"},
	{"A150102", "Mr", "Martin", "Threlfall", "martin.threlfall@example.com", "Castle Hill"},
	{"A150103", "Ms", "Nkechi", "Dunmore", "nkechi.dunmore@example.org", "Harrowmere Town"},
	{"A150104", "Mr", "Dilip", "Varma", "dilip.varma@example.net", "Millbrook"},
	{"A150105", "Ms", "Joan", "Castellan", "joan.castellan@example.org", "Thornley"},
	{"A150106", "Ms", "Pearl", "Oduya", "pearl.oduya@example.com", "Harrowmere Town"},
	{"A150107", "Mr", "Hugh", "Penhallow", "hugh.penhallow@example.org", "Thornley"},
	{"A150108", "Ms", "Saoirse", "Kinsella", "saoirse.kinsella@example.net", "Millbrook"},
	{"A150109", "Mr", "Len", "Gathercole", "len.gathercole@example.com", "Harrowmere Town"},
}

// offices are the lines of the officers' file: role, branch, who, the address
// of the office, from and until as days of the story, and whether as deputy.
var offices = []struct {
	role, branch, who, email string
	from, until              int
	deputy                   bool
}{
	{"chair", "", "Martin Threlfall", "chair@example.org", -700, 0, false},
	{"secretary", "", "Rosalind Achebe", "secretary@example.org", -340, 0, false},
	{"treasurer", "", "Nkechi Dunmore", "treasurer@example.org", -340, 0, false},
	{"treasurer", "", "Len Gathercole", "old-treasurer@example.org", -1400, -341, false},
	{"membership_officer", "", "Dilip Varma", "membership@example.org", -340, 0, false},
	{"membership_officer", "", "Joan Castellan", "joan.castellan@example.org", -340, 0, true},
	{"branch_membership_secretary", "Harrowmere Town", "Pearl Oduya", "pearl.oduya@example.com", -500, 0, false},
	{"branch_membership_secretary", "Thornley", "Hugh Penhallow", "hugh.penhallow@example.org", -500, 0, false},
	{"branch_membership_secretary", "Millbrook", "Saoirse Kinsella", "saoirse.kinsella@example.net", -120, 0, false},
	{"branch_membership_secretary", "Castle Hill", "Martin Threlfall", "chair@example.org", -120, 0, false},
}
