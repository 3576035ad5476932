package plan

import (
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/letter"
)

// The officer who hears of files, and how often she hears of one that is left.
const (
	filesRole  = "it_coordinator" // it falls to the secretary
	filesAgain = 7 * 24 * time.Hour
)

// An Untaken is a file, or a list's place, that lies in the constituency's folder
// and is not taken.
type Untaken struct {
	Since     time.Time // when it was first found so
	What, Why string
}

// untaken tells the officer who looks after files, in the next digest that
// leaves, of those that are not taken: once, and each week while they are left.
func (p *planner) untaken(out map[string]*asking, left map[string]time.Time) {
	for _, u := range p.in.Untaken {
		since := u.Since
		if weeks := p.now.Sub(since) / filesAgain; weeks > 0 {
			since = since.Add(weeks * filesAgain)
		}
		p.wake(since.Add(filesAgain))
		hs, _ := p.holders(filesRole, "")
		for i, h := range hs {
			if !left[p.hash(h.email)].Before(since) {
				continue
			}
			a := asked(out, h)
			a.fresh = true
			words := letter.Item{Line: "Not taken: " + u.What}
			if u.Why != "" {
				words.Detail = capital(strings.TrimSuffix(u.Why, ".")) + "."
			}
			a.news = append(a.news, word{words: words, first: i == 0, line: Line{Verb: Tells, Playbook: "import", Step: "file",
				About: u.What, To: p.roleTitle(filesRole), When: since, Why: u.Why}})
		}
	}
}
