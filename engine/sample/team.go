package sample

import (
	"fmt"
	"strings"
)

// helpers are those members who hold an office in the sample's year and none in
// the demonstration's day, with their branch. Their numbers begin with A1502,
// in this order.
var helpers = []struct{ title, first, last, branch string }{
	{"Ms", "Winifred", "Ashcombe", "Harrowmere Town"}, // vice chair
	{"Mr", "Farouk", "Reddish", "Castle Hill"},        // assistant secretary
	{"Ms", "Beatrix", "Lomax", "Millbrook"},           // auditor
	{"Ms", "Tamsin", "Okoro", "Harrowmere Town"},      // campaigns
	{"Mr", "Edgar", "Whinfield", "Thornley"},          // policy
	{"Ms", "Delphine", "Osgood", "Castle Hill"},       // women's officer until day 94
	{"Ms", "Yetunde", "Marlow", "Harrowmere Town"},    // women's officer from day 95
	{"Mr", "Kwabena", "Aldous", "Millbrook"},          // BAME officer
	{"Mx", "Robin", "Fairweather", "Harrowmere Town"}, // LGBTQ+ officer
	{"Mrs", "Marguerite", "Stannard", "Thornley"},     // disabilities
	{"Ms", "Anwen", "Prosser", "Castle Hill"},         // equality and diversity
	{"Mr", "Jude", "Tillotson", "Harrowmere Town"},    // youth
	{"Mr", "Frank", "Ollerton", "Millbrook"},          // unions
	{"Ms", "Sunita", "Harcastle", "Harrowmere Town"},  // political education
	{"Ms", "Petra", "Lindell", "Thornley"},            // communications until day 20
	{"Mr", "Rufus", "Penrose", "Castle Hill"},         // communications from day 95
	{"Mrs", "Doreen", "Micklem", "Thornley"},          // fundraising
	{"Mr", "Hamish", "Corley", "Harrowmere Town"},     // IT
	{"Ms", "Nadine", "Holroyd", "Millbrook"},          // doorstep
	{"Mr", "Gordon", "Pask", "Castle Hill"},           // direct mail
	{"Ms", "Oonagh", "Prendergast", "Thornley"},       // telephone bank
	{"Mr", "Alasdair", "Munro", "Castle Hill"},        // treasurer from day 41
	{"Ms", "Zofia", "Kendrick", "Saltmarsh"},          // of Saltmarsh from day 15
	{"Ms", "Leonora", "Pike", "Harrowmere Town"},
	{"Mr", "Wilf", "Ramsden", "Harrowmere Town"},
	{"Mrs", "Mabel", "Ogilvy", "Thornley"},
	{"Mr", "Stan", "Dewhurst", "Thornley"},
	{"Ms", "Nerys", "Calloway", "Millbrook"},
	{"Mr", "Basil", "Norcott", "Castle Hill"},
	{"Ms", "Imani", "Beecroft", "Castle Hill"},
}

// team adds the members who hold the offices of the year, two who turn 18 in
// it, on days 40 and 200, a woman of 20 who joins on day 3, and a member of long
// standing who moves here on day 33.
func (w *world) team() {
	add := func(no, title, first, last, branch string, joined int) *member {
		m := &member{no: no, title: title, first: first, last: last, branch: branch, status: "Active", consent: "Yes", from: days[0],
			email:  strings.ToLower(strings.ReplaceAll(first+"."+last, " ", "")) + "@example.org",
			phone:  "07700 900" + no[4:],
			street: strings.TrimLeft(no[5:], "0") + " Rowan Crescent", postcode: "XW2 " + no[6:] + "AB", joined: w.date(joined), hasJoined: true}
		w.members = append(w.members, m)
		return m
	}
	for i, h := range helpers {
		add(fmt.Sprintf("A1502%02d", i+1), h.title, h.first, h.last, h.branch, -365*9-40*i)
	}
	for i, day := range []int{40, 200} {
		m := add(fmt.Sprintf("A1503%02d", i+1), "", []string{"Kit", "Noor"}[i], []string{"Lawler", "Bexley"}[i], "Millbrook", -200)
		m.born, m.hasBorn = w.date(day).AddMonths(-18*12), true
	}
	young := add("A150311", "Ms", "Tilly", "Ransome", "Thornley", 3)
	young.born, young.hasBorn, young.from, young.status = w.date(3).AddMonths(-20*12-5), true, fortnight, "Provisional"
	moved := add("A150312", "Mr", "Absalom", "Greaves", "Castle Hill", -365*15)
	moved.from = 3 * fortnight
}
