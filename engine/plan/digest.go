package plan

import (
	"cmp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/letter"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// dailyKey begins the keys of officers' digests of a day.
const dailyKey = "digest|"

// section is a part of an officer's digest.
type section uint8

const (
	legal section = iota // tasks and reminders of playbooks that rest on law stand first
	newTask
	reminder
	sheet
	news
	approval
	sections
)

var sectionTitles = [sections]string{"With a legal deadline", "To do", "Reminders", "Please ring or write", "For you to know", "Waiting for your yes or no"}

// item is one line of one officer's digest.
type item struct {
	holder  holder
	action  ledger.Action
	section section
	due     time.Time
	body    letter.Item
	line    Line
	number  int64
	guards  []playbook.Guard // what its words give away
	private bool             // not for an address that members share
	legal   bool             // its playbook rests on law and has a deadline
	urgent  bool             // it is news of what was missed, or cannot be decided
	bunch   string           // what it is said with in one table, if there are many; its cells there
	title   string
	cells   []string
}

// part is the part of the digest in which an item stands.
func (it *item) part() section {
	if it.legal && (it.section == newTask || it.section == reminder || it.urgent) {
		return legal
	}
	return it.section
}

// addresseeOf reads an addressee back from the Book. The branch of a branch
// role is that of the record today.
func (l *look) addresseeOf(key string) addressee {
	if role, ok := strings.CutPrefix(key, "role:"); ok {
		return l.roleOf(nil, role)
	}
	name, number, _ := strings.Cut(key, "#")
	if t := l.in.Tables[name]; t != nil {
		if n, err := strconv.ParseInt(number, 10, 64); err == nil {
			if r := t.ByRef(dataset.Ref(n)); r != nil {
				return addressee{key: key, row: r, schema: t.Schema}
			}
		}
	}
	return addressee{key: key, role: l.pb.Role} // gone: the role that owns the playbook
}

// digests makes one message per officer and day of all that she is told.
func (p *planner) digests() {
	p.spreadNotices()
	by := map[string][]*item{}
	for _, it := range p.items {
		by[it.holder.key()] = append(by[it.holder.key()], it)
	}
	asks := p.approvals()
	for k, h := range asks {
		if _, ok := by[k]; !ok {
			by[k] = []*item{{holder: h.holders[0], section: approval}}
		}
	}
	keys := make([]string, 0, len(by))
	for k := range by {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		p.digestFor(k, by[k], asks[k])
	}
}

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// digestFor makes the digest of one officer.
func (p *planner) digestFor(k string, items []*item, ask *asking) {
	sort.SliceStable(items, func(i, j int) bool {
		a, b := items[i], items[j]
		if a.part() != b.part() {
			return a.part() < b.part()
		}
		if !a.due.Equal(b.due) {
			return a.due.Before(b.due)
		}
		if a.action.Key != b.action.Key {
			return a.action.Key < b.action.Key
		}
		return a.number < b.number
	})
	h, titles := p.reader(items, ask)
	day := p.digestDay(k)
	m := &Message{Release: true, Subject: h.name}
	m.Kind, m.Basis, m.Approver = ledger.Digest, string(playbook.Officer), h.role
	m.Key = dailyKey + p.hash(h.email) + "|" + day.String()
	m.Address = p.hash(h.email)
	m.NotBefore = p.clock.AtHour(day)
	spoken, reminded := map[int64]bool{}, map[ledger.ActionKey]bool{}
	var att []letter.Attachment
	var secs [sections]letter.Section
	many := newBunches(items)
	n := 0
	for _, it := range items {
		if it.section == approval {
			continue
		}
		if known, ok := p.actionOf(it.action.Key); !ok || !ended(known.State) {
			m.Owed = append(m.Owed, it.action)
			m.Actions = append(m.Actions, it.action.Key)
		}
		if it.line.Playbook != "" {
			it.line.Message = m.Key
			p.line(it.line)
		}
		if it.number != 0 && spoken[it.number] || it.section == reminder && reminded[it.action.Key] {
			continue
		}
		spoken[it.number] = it.number != 0
		reminded[it.action.Key] = true // once, although several have the task
		if it.body.Table != nil {
			g := *it.body.Table // which other holders of the role get too
			att, it.body.Table = append(att, m.carry(&g, "task "+itoa(it.number)+" "+readable(it.action.Step))), &g
		}
		if !many.take(it, &secs[it.part()]) {
			secs[it.part()].Items = append(secs[it.part()].Items, it.body)
			n++
		}
	}
	n += len(many.keys)
	att = append(att, many.close(m)...)
	if s := &secs[sheet]; len(s.Items) > 0 {
		s.Items = append(s.Items, letter.Item{Line: "On the computer, clarion lists prints call sheets, letters and labels, and notes who was reached."})
	}
	if ask != nil {
		secs[approval].Items = append(secs[approval].Items, ask.items(p)...)
		m.tells = ask.tells()
		for _, x := range ask.news {
			secs[news].Items = append(secs[news].Items, x.words)
			if x.line.Message = m.Key; x.first {
				p.line(x.line)
			}
			n++
		}
	}
	m.Actions, m.Owed = distinct(m.Actions, m.Owed)
	m.Content.Attachments = att
	p.write(m, h, titles, secs[:], n, day)
	p.desired = append(p.desired, m)
	p.wake(m.NotBefore)
}

// refused reports whether a server refused a message for good: with a code or, of
// an address that it can have no mail for, without one.
func refused(m ledger.Message) bool {
	n, _, _ := strings.Cut(m.Reason, " ")
	code, err := strconv.Atoi(n)
	return m.State == ledger.Failed && (err == nil && code >= 500 || strings.HasPrefix(m.Reason, "refused by the server"))
}

// reader is who reads a digest, and as what: a person may hold several roles.
func (p *planner) reader(items []*item, ask *asking) (holder, string) {
	var hs []holder
	for _, it := range items {
		hs = append(hs, it.holder)
	}
	if ask != nil {
		hs = append(hs, ask.holders...)
	}
	slices.SortStableFunc(hs, func(a, b holder) int {
		return cmp.Or(strings.Compare(a.role, b.role), strings.Compare(a.branch, b.branch), strings.Compare(a.name, b.name), strings.Compare(a.email, b.email))
	})
	var titles []string
	for _, h := range hs {
		if t := p.title(h); !slices.Contains(titles, t) {
			titles = append(titles, t)
		}
	}
	return hs[0], strings.Join(titles, " and ")
}

// digestDay is the day of an officer's next digest: today, or tomorrow if
// today's has left.
func (p *planner) digestDay(k string) calendar.Date {
	if m, ok := p.in.Book.MessageAt(dailyKey + p.hash(k) + "|" + p.today.String()); ok {
		switch m.State {
		case ledger.Claimed, ledger.Sent, ledger.Uncertain, ledger.Bounced:
			return p.today + 1
		case ledger.Failed:
			if refused(m) { // and so it would be again today
				return p.today + 1
			}
		}
	}
	return p.today
}

// write makes the words of a digest.
func (p *planner) write(m *Message, h holder, titles string, secs []letter.Section, n int, day calendar.Date) {
	var used []letter.Section
	for i, s := range secs {
		if len(s.Items) > 0 {
			s.Title = sectionTitles[i]
			used = append(used, s)
		}
	}
	c := p.set.Constituency
	subject := itoa(int64(n)) + " " + plural(n, "thing", "things") + " for you from " + c.Name + ", " + day.Words()
	if n == 0 {
		subject = "Letters wait for your yes or no: " + c.Name + ", " + day.Words()
	}
	frame := letter.Frame{Constituency: c.Name, Sender: c.Name, Imprint: c.Imprint, Clock: p.clock,
		Why:   "You get this because you are " + titles + ". It gathers all that is due for you today.",
		Wrong: onlyIf(n > 0, howToAnswer(c)+" ") + "If something here is wrong, tell the Secretary."}
	body := letter.Page(frame, subject, letter.DigestBody(used))
	m.Content = letter.Content{From: p.from(""), FromName: c.Name, To: h.email, ToName: h.name,
		Subject: subject, Text: body.Text, HTML: body.HTML, Why: "what is due for " + titles, Attachments: m.Content.Attachments}
	m.Digest = m.Content.Digest()
}

// howToAnswer says how an officer answers the tasks of a digest: by a reply,
// where somebody reads replies.
func howToAnswer(c *playbook.Constituency) string {
	if c.Mail.Answers() == "" {
		return "To answer a task: clarion answer NUMBER \"ANSWER\"."
	}
	return "To answer a task, reply to this letter. Begin with a line for each: its number and one of its answers."
}

func (p *planner) title(h holder) string {
	if h.role == "" {
		return "named in our lists"
	}
	t := p.roleTitle(h.role)
	if h.branch != "" {
		t += " of " + dataset.Plain(h.branch)
	}
	return t
}

// distinct drops actions that stand twice.
func distinct(keys []ledger.ActionKey, acts []ledger.Action) ([]ledger.ActionKey, []ledger.Action) {
	seen := map[ledger.ActionKey]bool{}
	var k2 []ledger.ActionKey
	var a2 []ledger.Action
	for i, k := range keys {
		if !seen[k] {
			seen[k] = true
			k2, a2 = append(k2, k), append(a2, acts[i])
		}
	}
	return k2, a2
}
