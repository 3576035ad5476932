package sample

import (
	"bytes"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"strings"

	"github.com/clarion-clp/clarion/engine/calendar"
)

// yearOf is how long the year is, and fortnight how many days lie between two
// membership lists. One fortnight's list is forgotten.
const (
	yearOf    = 365
	fortnight = 14
	forgotten = 13 * fortnight
)

// Year makes the constituency of a seed with a whole year from today: the
// membership list each fortnight but one, every list that its officers keep
// whenever it has changed, among them all that the shipped playbooks ask for,
// and every one of the named playbooks switched on. The people of the story that
// Make tells are in it. Every office has its holder, but for two: Saltmarsh is
// short of officers, and the communications officer leaves on day 20, with
// nobody to follow until day 95.
func Year(seed uint64, today calendar.Date, playbooks []string) Constituency {
	r := rand.New(rand.NewPCG(seed, 0x79656172))
	w := newWorld(rand.New(rand.NewPCG(seed, 0x636c6172696f6e)), today, usual)
	l := newLives(w, r)
	w.team()
	w.rhythm()
	books := w.books()
	c := Constituency{Today: today}
	last := map[string][]byte{}
	for day := 0; day <= yearOf; day++ {
		w.live(day)
		w.tellRhythm()
		files := w.kept()
		if day%fortnight == 0 {
			l.live()
			if day != forgotten {
				files["data/members.csv"] = w.membersFile()
			}
		}
		books.lay(files, day)
		if day == 0 {
			w.settle(files)
			books.switchOn(files, playbooks)
			files["officers.csv"] = books.file("officers", day)
		}
		for name, b := range files {
			if old, ok := last[name]; ok && bytes.Equal(old, b) {
				delete(files, name)
				continue
			}
			last[name] = b
		}
		if len(files) > 0 {
			c.Exports = append(c.Exports, Export{Date: today.AddDays(day), Files: files})
		}
	}
	return c
}

// board are the roles of the executive of the year, which is larger than that
// of the demonstration's day.
const board = "[chair, vice_chair, secretary, assistant_secretary, treasurer, membership_officer, campaign_coordinator, policy_officer, womens_officer, youth_officer]"

// switchOn names every list as a source, and switches on every playbook as far
// as its own file allows.
func (b *books) switchOn(files map[string][]byte, playbooks []string) {
	con := string(files["constituency.yaml"])
	con = strings.Replace(con, `"data/members*.csv"`, "data/members.csv", 1)
	con = strings.Replace(con, "executive: [chair, secretary, treasurer, membership_officer]", "executive: "+board, 1)
	var out strings.Builder
	out.WriteString(con)
	for _, name := range b.names {
		if name != "officers" && !strings.Contains(con, "\n  "+name+": ") {
			fmt.Fprintf(&out, "  %s: {from: data/%s.csv}\n", name, name)
		}
	}
	files["constituency.yaml"] = []byte(out.String())
	var on strings.Builder
	settings, err := fs.ReadFile(lists, "year/playbooks.yaml")
	if err != nil {
		panic("sample: the program was built without its sample files: " + err.Error())
	}
	on.Write(settings)
	for _, name := range playbooks {
		if !strings.Contains("\n"+string(settings), "\n"+name+":") {
			fmt.Fprintf(&on, "%s: {}\n", name)
		}
	}
	files["playbooks.yaml"] = []byte(on.String())
}
