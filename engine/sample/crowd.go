package sample

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/clarion-clp/clarion/engine/calendar"
)

// A member is one line of the members' list.
type member struct {
	no, title, first, last string
	email, phone           string
	street, postcode       string
	branch                 string
	joined, arrears        calendar.Date
	hasJoined, hasArrears  bool
	born, contacted        calendar.Date
	hasBorn, hasContacted  bool
	consent, status        string
	joinedAs               string // how the day of joining is written, if not as usual
	dirt                   dirt
	from                   int // the first day of the story on which the list has them
}

// dirt is what is wrong with how a member was typed in.
type dirt uint8

const (
	clean      dirt = iota
	shouted         // an email in capitals
	spaced          // blanks around the name and the email
	slipped         // an email that cannot be one
	unbranched      // no branch
	oldStyle        // the day of joining as 01-Feb-2016
	oddBranch       // the branch in another case, with a blank
	unreadable      // n/a where a day should stand
	noSurname       // initials only, no first name
	yearless        // the day of joining as 5/3/09
)

// dirtyEnough is how many members there are to each one with dirt.
const dirtyEnough = 22

// branches are the five, with their villages or quarters as streets.
var branches = []string{"Harrowmere Town", "Thornley", "Millbrook", "Castle Hill", "Saltmarsh"}

var streets = []string{
	"Alder Close", "Albion Street", "Barley Mow Lane", "Bridge Road", "Canal Side", "Chapel Row",
	"Church Lane", "Corn Hill", "Dyers Yard", "Factory Lane", "Ferry Street", "Gasworks Road",
	"Granary Court", "Hawthorn Avenue", "High Street", "Jubilee Terrace", "Kiln Lane", "Lime Grove",
	"Mafeking Street", "Market Place", "Mill Lane", "Nelson Road", "Orchard Way", "Park View",
	"Priory Gardens", "Quarry Bank", "Railway Terrace", "Sandpit Lane", "School Road", "Station Road",
	"Tannery Walk", "The Green", "Union Street", "Vicarage Road", "Weavers Row", "Wharf Street",
}

// firsts are given names with the title that usually goes with them.
var firsts = strings.Fields(`
Mr:Adam Mr:Adeel Ms:Aisha Mr:Alan Ms:Alice Ms:Amina Mr:Andrew Mrs:Angela Ms:Anjali Ms:Anna Mr:Arthur
Ms:Bethan Mr:Brian Ms:Bronwen Mrs:Carol Ms:Caitlin Mr:Callum Ms:Catherine Ms:Chloe Mr:Colin Mr:Craig
Mr:Daniel Mr:Declan Mrs:Denise Ms:Destiny Ms:Diana Mr:Donald Mrs:Dorothy Mr:Dylan Ms:Efua Mrs:Eileen
Ms:Eleanor Ms:Elif Mr:Emeka Ms:Emma Mr:Farid Ms:Fatima Ms:Fiona Mr:Frank Mr:Gavin Mr:George Mrs:Gillian
Ms:Hannah Mr:Haroon Mr:Harry Ms:Helen Mr:Hugh Mr:Ian Mr:Idris Ms:Imogen Ms:Ingrid Mr:Iwan Mr:Jack
Ms:Jasmine Mrs:Jean Ms:Joanna Mr:Joseph Mrs:Joyce Mr:Kamal Ms:Karen Mr:Keith Mr:Kofi Mr:Krzysztof
Mr:Kwame Ms:Laura Ms:Leanne Mr:Leon Mr:Luca Ms:Lucy Mrs:Margaret Ms:Maria Mr:Mark Mrs:Mary Mr:Matthew
Ms:Megan Ms:Meera Mr:Michael Ms:Monika Ms:Nadia Mr:Neil Ms:Nia Ms:Nicola Mr:Nikhil Ms:Nimmi Mr:Omar
Mr:Owen Mrs:Pamela Mr:Patrick Mr:Paul Mr:Peter Ms:Rachel Mr:Rajesh Mrs:Rita Mr:Robert Ms:Rosa Mr:Rhys
Ms:Ruth Mr:Samir Ms:Sandra Mr:Scott Ms:Shanice Ms:Sian Mr:Simon Ms:Sinead Mr:Stefan Mr:Stephen Mrs:Susan
Mr:Tariq Ms:Teresa Mr:Thomas Mr:Tobias Mr:Trevor Ms:Uma Ms:Valerie Mr:Vikram Mr:Victor Mr:Wayne Ms:Wendy
Ms:Yasmin Ms:Yewande Mr:Zachary Ms:Zainab Mx:Robin Mx:Ash Mx:Morgan Dr:Leila Dr:Edmund Rev:Judith`)

var lasts = strings.Fields(`
Abara Ackroyd Adeleke Ainsworth Appiah Ashdown Atherton Balogun Bannister Barraclough Beddoes Bevan
Birtwistle Blenkinsop Boateng Bowker Braithwaite Brennan Bulmer Cadwallader Calderbank Carmichael Chandra
Chaudhry Clitheroe Corrigan Cottrell Cropper Cwmbach Dalgleish Danso Darlow Desai Devlin Dhaliwal Dimmock
Driscoll Dunkerley Earnshaw Eckersley Ellwood Emsley Entwistle Fairclough Farrugia Fearnley Figgis
Garside Gaskell Ghoshal Gilhooley Gorecki Greenhalgh Gwilliam Hargreaves Haworth Heptonstall Hinchliffe
Hollingsworth Hussain-Ward Iddon Ilesanmi Ingleby Iqbal-Stone Jagger Jankowski Jellicoe Kalsi Kershaw
Kettlewell Kowalczyk Lathbury Lindqvist Llewellyn Longbottom Lumsden Maddox Malhotra McGillivray Mensah
Micklethwaite Molyneux Murgatroyd Nandakumar Nkemelu Nowak Nuttall O'Dwyer Ogden Oldroyd Olusanya
Ormerod Osei Pakenham Pankhania Papadakis Parfitt Pemberton Pickersgill Pryce-Hall Quarmby Quigley
Ramsbottom Rathbone Rawcliffe Rigby Rothwell Saddiq Satterthwaite Sedgwick Shah-Brown
Shuttleworth Siddall Singh-Poole Smethurst Sowerby Stanworth Sugden Sutcliffe Tattersall Thackray
Thistlethwaite Tordoff Trelawney Tunnicliffe Uddin-Price Unsworth Varley Verma Waddington Warburton
Whitworth Wigglesworth Winstanley Wojcik Wolstenholme Yardley Yeboah Zachariah`)

var providers = []string{"example.org", "example.com", "example.net"}

// crowd draws the households of the baseline.
func (w *world) crowd(r *rand.Rand, members int) {
	used := map[string]bool{}
	for n := 0; n < members; {
		size := 1
		switch p := r.IntN(100); {
		case p >= 94:
			size = 3
		case p >= 66:
			size = 2
		}
		n += w.household(r, size, n, used)
	}
}

// newcomers draws people who join in the week before day 0.
func (w *world) newcomers(r *rand.Rand, members int) {
	for n := range members {
		m := &member{no: fmt.Sprintf("A%06d", 210000+n), street: fmt.Sprintf("%d %s", 1+n, streets[n%len(streets)]), postcode: "XW1 1AB",
			branch: branches[n%len(branches)], status: "Active", consent: "Yes", joined: w.date(-1 - r.IntN(6)), hasJoined: true}
		m.title, m.first, _ = strings.Cut(firsts[r.IntN(len(firsts))], ":")
		m.last = lasts[r.IntN(len(lasts))]
		m.email = strings.ToLower(m.no) + "@example.org"
		w.members = append(w.members, m)
	}
}

// household adds people who live at one address. Half of the families have one
// surname, and one family in three shares one email.
func (w *world) household(r *rand.Rand, size, n int, used map[string]bool) int {
	branch := branches[weighted(r, 34, 22, 18, 15, 11)]
	street := fmt.Sprintf("%d %s", 1+r.IntN(140), streets[r.IntN(len(streets))])
	postcode := fmt.Sprintf("XW%d %d%c%c", 1+r.IntN(9), 1+r.IntN(9), 'A'+rune(r.IntN(8)), 'L'+rune(r.IntN(8)))
	surname := lasts[r.IntN(len(lasts))]
	one := r.IntN(100) < 75
	shared, sharedEmail := size > 1 && r.IntN(3) == 0, ""
	for i := range size {
		m := &member{no: fmt.Sprintf("A%06d", 100000+7*(n+i)+r.IntN(7)), street: street, postcode: postcode, branch: branch, from: days[0]}
		m.title, m.first, _ = strings.Cut(firsts[r.IntN(len(firsts))], ":")
		m.last = surname
		if i > 0 && !one {
			m.last = lasts[r.IntN(len(lasts))]
		}
		m.email = w.address(r, m, used)
		if shared {
			if i == 0 {
				sharedEmail = m.email
			}
			m.email = sharedEmail
		}
		w.history(r, m)
		w.members = append(w.members, m)
	}
	return size
}

// address invents an email, or none for about one member in eight.
func (w *world) address(r *rand.Rand, m *member, used map[string]bool) string {
	if r.IntN(100) < 12 {
		return ""
	}
	plain := strings.NewReplacer("'", "", "-", "").Replace(strings.ToLower(m.first + "." + m.last))
	for i := 0; ; i++ {
		local := plain
		if i > 0 {
			local = fmt.Sprintf("%s%d", plain, i+1)
		}
		if a := local + "@" + providers[r.IntN(len(providers))]; !used[local] {
			used[local] = true
			return a
		}
	}
}

// history gives a member a past: when they joined, what they pay, what they
// have agreed to, and sometimes a slip of whoever typed it in.
func (w *world) history(r *rand.Rand, m *member) {
	base := w.date(days[0])
	if r.IntN(100) < 80 {
		m.phone = fmt.Sprintf("07700 900%03d", r.IntN(1000))
		if r.IntN(4) == 0 {
			m.phone = fmt.Sprintf("01632 960%03d", r.IntN(700))
		}
	}
	m.joined, m.hasJoined = base.AddDays(-(100 + r.IntN(400) + r.IntN(30)*r.IntN(480))), true
	if r.IntN(10) < 7 {
		m.born, m.hasBorn = base.AddDays(-(7300 + r.IntN(23000))), true
	}
	if r.IntN(5) == 0 {
		m.contacted, m.hasContacted = base.AddDays(-(30 + r.IntN(700))), true
	}
	m.consent = []string{"Yes", "No", ""}[weighted(r, 55, 20, 25)]
	m.status = []string{"Active", "Provisional", "Arrears", "Lapsed", "Resigned", "Suspended", "Deceased", "Transferred out"}[weighted(r, 865, 15, 40, 40, 18, 4, 8, 10)]
	switch m.status {
	case "Provisional":
		m.joined = base.AddDays(-(1 + r.IntN(50)))
	case "Arrears":
		m.arrears, m.hasArrears = base.AddDays(-(3 + r.IntN(150))), true
	case "Lapsed":
		m.arrears, m.hasArrears = base.AddDays(-(200 + r.IntN(400))), true
	}
	if r.IntN(dirtyEnough) == 0 {
		m.dirt = dirt(1 + r.IntN(int(yearless)))
	}
}

// weighted draws an index, each as likely as its weight.
func weighted(r *rand.Rand, weights ...int) int {
	total := 0
	for _, n := range weights {
		total += n
	}
	p := r.IntN(total)
	for i, n := range weights {
		if p < n {
			return i
		}
		p -= n
	}
	return 0
}
