package plan

import (
	"strconv"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/letter"
)

// The officers who hear of what came and needs a person, and how often they hear
// of one thing that is left.
const (
	filesRole = "it_coordinator" // it falls to the secretary
	postRole  = "secretary"
	leftAgain = 7 * 24 * time.Hour
)

// An Untaken is a file, or a list's place, that lies in the constituency's folder
// and is not taken.
type Untaken struct {
	Since     time.Time // when it was first found so
	What, Why string
}

// Post is what the mailbox brought that an officer hears of.
type Post struct {
	Since   time.Time // when it was taken; of those that wait, the first
	Message int64     // the letter that its reader has answered; 0: messages wait for a person
	Waiting int       // how many do
}

// untaken tells the officer who looks after files, in the next digest that
// leaves, of those that are not taken: once, and each week while they are left.
func (p *planner) untaken(out map[string]*asking, left map[string]time.Time) {
	for _, u := range p.in.Untaken {
		words := letter.Item{Line: "Not taken: " + u.What}
		if u.Why != "" {
			words.Detail = capital(strings.TrimSuffix(u.Why, ".")) + "."
		}
		p.tellRole(out, left, filesRole, words, Line{Playbook: "import", Step: "file", About: u.What, When: p.eachWeek(u.Since), Why: u.Why})
	}
}

// post tells of replies the officer whose playbook wrote, once, and of messages
// that wait for a person the secretary, each week while they do. It names nobody:
// who wrote stands in the mailbox, and with clarion mail.
func (p *planner) post(out map[string]*asking, left map[string]time.Time) {
	for _, x := range p.in.Post {
		if x.Message == 0 {
			p.tellRole(out, left, postRole, letter.Item{Line: strconv.Itoa(x.Waiting) + " " + plural(x.Waiting, "message", "messages") + " in the mailbox for a person to see to",
				Detail: "clarion mail shows them, each with the reason."},
				Line{Playbook: "mail", Step: "waiting", About: strconv.Itoa(x.Waiting) + " " + plural(x.Waiting, "message", "messages"), When: p.eachWeek(x.Since)})
			continue
		}
		m, _ := p.in.Book.Message(x.Message)
		role, title := postRole, "A letter"
		for _, pb := range p.set.Playbooks {
			if pb.Name == m.Playbook {
				role, title = pb.Role, pb.Title
			}
		}
		number := "letter no. " + strconv.FormatInt(x.Message, 10)
		p.tellRole(out, left, role, letter.Item{Line: title + ": somebody has written back to " + number,
			Detail: "The reply lies in the mailbox and wants a person's answer; clarion review show " + strconv.FormatInt(x.Message, 10) + " shows the letter."},
			Line{Playbook: m.Playbook, Step: "reply", About: number, When: x.Since})
	}
}

// eachWeek is the moment, at its first time or a whole number of weeks later, from
// which what is left since then is told once more.
func (p *planner) eachWeek(since time.Time) time.Time {
	if weeks := p.now.Sub(since) / leftAgain; weeks > 0 {
		since = since.Add(weeks * leftAgain)
	}
	p.wake(since.Add(leftAgain))
	return since
}

// tellRole puts words that are about no case into the next digest of each who
// holds a role, unless one left after the moment of the line.
func (p *planner) tellRole(out map[string]*asking, left map[string]time.Time, role string, words letter.Item, line Line) {
	line.Verb, line.To = Tells, p.roleTitle(role)
	hs, _ := p.holders(role, "")
	for i, h := range hs {
		if !left[p.hash(h.email)].Before(line.When) {
			continue
		}
		a := asked(out, h)
		a.fresh = true
		a.news = append(a.news, word{words: words, first: i == 0, line: line})
	}
}
