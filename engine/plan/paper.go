package plan

import (
	"slices"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/letter"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// A letter that cannot go by mail is a line of an officer's digest (law 10).
// Those lines are call sheets and post lists until somebody has noted that the
// people on them were rung or written to. Nothing of a sheet is kept: what it
// says is worked out anew from the Book and from the lists of today, so that a
// person who has paid, died or been forgotten since stands on none.

// A Sheet is what one digest gave an officer to do by hand for one step.
type Sheet struct {
	Number         int64  // of the digest
	Part           string // its first row, -4, where that digest gave several; else empty
	Playbook, Step string
	Title          string // of the playbook
	Role, Branch   string // whose it is
	Given          time.Time
	Mine           bool // whoever asks may read it; else its lines say only whether they are open
	Lines          []SheetLine
}

// Name is what a sheet is called: 17, or 17-4.
func (s *Sheet) Name() string { return itoa(s.Number) + s.Part }

// Open counts the lines of which something is left to do.
func (s *Sheet) Open() int {
	n := 0
	for _, x := range s.Lines {
		if x.Over == "" {
			n++
		}
	}
	return n
}

// A SheetLine is one person on a sheet.
type SheetLine struct {
	Row      int    // its number among all that the digest gave, the same whatever becomes of the others
	Over     string // why nothing is left to do; empty: it is open
	Person   dataset.Ref
	Key      string
	Name     string
	Phone    string
	NoCalls  bool     // who wants none; then Phone is empty
	Address  []string // as on an envelope, postcode last; none: no post can go
	Why      string   // why no letter can go by mail
	About    string   // why there is a letter at all
	Held     string   // why the letter is not to be posted as things are; empty: Letter is to be
	Asks     bool     // it needs a yes first; then Letter is what the yes is for
	Action   ledger.ActionKey
	Struck   string      // digest of the words why it was struck off
	Letter   letter.Leaf // its very words
	NotToSee string      // why whoever asks may not see how to reach the person
}

// Sheets gives all sheets, the oldest first. Whoever asks may read those of the
// role that they hold, and those that fall to it; what is private to another
// role is only counted.
func Sheets(in Input, role string) (out []Sheet, private int) {
	d := &desk{planner: newPlanner(in), role: role, given: map[ledger.ActionKey]bool{}, deciders: map[string][]string{}, held: heldBatches(in)}
	for _, m := range in.Book.MessagesIn(ledger.Claimed, ledger.Uncertain, ledger.Sent, ledger.Bounced) {
		if m.Kind != ledger.Digest {
			continue
		}
		of := d.sheetsOf(m)
		for _, s := range of {
			if len(of) > 1 {
				// A row never moves: a name that was printed is of this sheet or of none.
				s.Part = "-" + itoa(int64(s.Lines[0].Row))
			}
			if Hidden(d.set, s.Playbook, role) {
				private += s.Open()
				continue
			}
			out = append(out, *s)
		}
	}
	return out, private
}

// A desk is where a role reads its sheets.
type desk struct {
	*planner
	role     string
	given    map[ledger.ActionKey]bool // lines of sheets before: each holder of a role is told
	deciders map[string][]string       // who may read the sheets of a role
	held     map[string]string         // why nothing of a playbook goes now
}

// sheetsOf gives the sheets of one digest.
func (d *desk) sheetsOf(m ledger.Message) (of []*Sheet) {
	row, at := 0, m.SentAt
	if at.IsZero() { // it is on the wire
		at = m.At
	}
	for _, k := range m.Actions {
		a, ok := d.in.Book.Action(k)
		if !ok || isNews(a.Occurrence) || strings.HasPrefix(a.Addressee, "role:") {
			continue
		}
		row++ // counted from the Book alone: no change of lists or playbooks moves it
		x, ok := d.byHand(a)
		if d.given[k] || !ok {
			continue
		}
		d.given[k] = true
		s := d.sheetFor(x, &of)
		s.Number, s.Given = m.ID, at
		line := SheetLine{Row: row, Action: k, Over: x.over(at)}
		if s.Mine {
			d.fill(x, &line)
		}
		s.Lines = append(s.Lines, line)
	}
	return of
}

// sheetFor finds the sheet of a letter among those of its digest, or begins it.
func (d *desk) sheetFor(x *want, of *[]*Sheet) *Sheet {
	signer := x.signer()
	for _, s := range *of {
		if s.Playbook == x.pb.Name && s.Step == x.step.ID && s.Role == signer.role && s.Branch == signer.branch {
			return s
		}
	}
	if _, known := d.deciders[signer.role]; !known {
		d.deciders[signer.role] = Deciders(d.in, signer.role)
	}
	s := &Sheet{Playbook: x.pb.Name, Step: x.step.ID, Title: x.pb.Title, Role: signer.role, Branch: signer.branch,
		Mine: slices.Contains(d.deciders[signer.role], d.role)}
	*of = append(*of, s)
	return s
}

// byHand finds the letter to a person that an action stands for, if a digest
// carries it: then somebody is to ring or to write.
func (p *planner) byHand(a ledger.Action) (*want, bool) {
	c, ok := p.in.Book.Case(a.Case)
	if !ok {
		return nil, false
	}
	pb := p.set.Playbook(c.Playbook)
	if pb == nil {
		return nil, false
	}
	i := slices.IndexFunc(pb.Steps, func(s *playbook.Step) bool { return s.ID == a.Step && s.Kind == playbook.Email && !s.Off })
	if i < 0 {
		return nil, false
	}
	l := p.lookFor(pb, c)
	to := l.addresseeOf(a.Addressee)
	if to.row == nil {
		return nil, false // gone from the lists, or nobody was named
	}
	s := pb.Steps[i]
	x := &want{look: l, step: s, action: a, to: to, basis: basisOf(pb, s), element: a.Element,
		repeat: a.Occurrence != "" && l.spokeBefore(s, to, a.Occurrence), window: window{moment: a.Due, start: p.now}}
	return x, true
}

// over says why nothing is left to do of what was given to an officer, or is
// empty: somebody rang or wrote since, or the letter would not go any more.
func (x *want) over(given time.Time) string {
	if _, struck, _ := x.action.Line(); struck {
		return "struck off"
	}
	h := x.person(x.to.schema, x.to.row)
	for _, c := range x.in.Book.ContactsSince(h.ref, "", given) {
		if c.Basis == "" {
			return "noted on " + x.clock.Day(c.At).Words() + ": " + dataset.Plain(c.How)
		}
	}
	if why := x.barred(x.to, h, x.basis); why != "" {
		return why
	}
	settledByItself := x.c.Result == ledger.Spent || x.c.Result == ledger.Done && strings.HasPrefix(x.c.Reason, everyStep)
	if x.c.State == ledger.Closed && !settledByItself {
		return "no longer needed: " + x.c.Reason
	}
	if x.pb.For != nil && x.row == nil {
		return "no longer in the list of " + x.pb.For.Dataset
	}
	w := x.worldAt(x.now)
	stays, _ := x.stays(w)
	switch {
	case x.ask(w, x.pb.Done) == yes, x.ask(w, x.pb.Stop) == yes, stays == no && (x.pb.Every == nil || x.pb.While != x.pb.When):
		return "it no longer applies"
	}
	over := ""
	x.here(w, func() {
		if x.step.When != nil && x.ask(w, x.step.When) == no {
			over = "it is not needed now"
		}
		v, u := x.windowOf(w, x.step, x.anchorsOf(w), false)
		if u == nil && x.step.Late != nil && x.step.Late.Until != nil && v.over(x.now) {
			over = "its time passed on " + x.clock.Day(v.end).Words()
		}
	})
	return over
}

// here runs f with the letter's element bound to its name.
func (x *want) here(w *world, f func()) {
	if x.step.Each == nil {
		f()
		return
	}
	x.bound(w, x.step, x.element, func() {
		x.each, x.eachVar = x.look.each, x.look.eachVar
		f()
	})
}

// fill says all of a line that a role may see.
func (d *desk) fill(x *want, line *SheetLine) {
	role := d.role
	h := x.person(x.to.schema, x.to.row)
	line.Person, line.Key, line.Name, line.About = h.ref, x.to.row.Key, h.name, x.because()
	if line.NotToSee = x.hides(role, x.pb.Guards()); line.NotToSee != "" {
		line.Name, line.Key, line.About, line.Held = "(private)", "", "", line.NotToSee
		return
	}
	if line.Why = x.unreachable(h, x.pb.Private || x.step.Private); line.Why == "" {
		line.Why = "has a mail address by now"
	}
	w := x.ways(role)
	line.Phone, line.NoCalls, line.Address = w.phone, w.noCalls, w.envelope()
	if line.Over != "" {
		_, _, line.Struck = x.action.Line()
		return
	}
	as := x.worldAt(x.now)
	why, asks := d.stays(x)
	if why == "" || asks {
		x.here(as, func() { line.Letter, line.Held = x.leaf(as, h, line.Address) })
	}
	if line.Held == "" {
		line.Held, line.Asks = why, asks
	}
	x.element, x.each, x.eachVar, x.extra = "", dataset.Term{}, "", nil
}

// leaf is the letter as it is to be posted, or why it is not to be: whatever
// would hold it on the wire holds it here.
func (x *want) leaf(as *world, h holder, to []string) (leaf letter.Leaf, held string) {
	x.bind(x.step, x.to, x.deadlineOf(x.look, as), as, x.repeat)
	switch stays, u := x.stays(as); {
	case stays == unknown && (x.pb.Every == nil || x.pb.While != x.pb.When):
		if u == nil {
			u = &dataset.Unknown{Why: "a condition cannot be told"}
		}
		return leaf, "cannot tell whether it still applies: " + brief(u)
	case x.pb.Stop != nil && x.ask(as, x.pb.Stop) == unknown && x.unknown != nil && len(x.unknown.Cells) > 0:
		return leaf, "cannot tell whether it still applies: " + brief(x.unknown)
	case x.pb.Pause != nil && x.ask(as, x.pb.Pause) != no:
		return leaf, "paused"
	case x.step.When != nil && x.ask(as, x.step.When) == unknown:
		return leaf, "cannot tell whether it is needed: " + brief(x.unknown)
	}
	if t, ok := x.extra["rows"]; ok && t.Unknown == nil && len(t.Rows) == 0 && !x.step.Tally {
		return leaf, "it has nothing to say"
	}
	if why := x.unfit(as); why != "" {
		return leaf, why
	}
	att, wait := x.attachment(as, x.step)
	if wait != "" {
		return leaf, wait
	}
	subject, body, err := x.said(h, as, nil)
	if err != nil {
		return leaf, "the letter has a hole: " + hole(err)
	}
	leaf = letter.Leaf{To: append([]string{h.name}, to...), Date: x.today.Words(), Subject: subject, Body: onPaper(body)}
	signer := x.signer()
	if leaf.Frame, leaf.Reply = x.frame(h, signer); leaf.Reply == "" {
		leaf.Reply = x.from("")
	}
	leaf.Frame.Wrong = answerOnPaper(x.roleTitle(signer.role), x.set.Constituency.Imprint != "", leaf.Reply)
	for _, a := range att {
		leaf.Enclosed = append(leaf.Enclosed, a.Name)
	}
	return leaf, ""
}

// ways is how a person can be reached without mail.
type ways struct {
	phone             string
	noCalls           bool // who wants none: then there is no number
	address, postcode string
	lines             []string // of the address
}

// ways says how the addressee can be reached, as far as a role may see it.
func (x *want) ways(role string) (w ways) {
	if x.to.row == nil {
		return w
	}
	w.noCalls = says(x.to.schema, x.to.row, "no_phone")
	for column, into := range map[string]*string{"phone": &w.phone, "address": &w.address, "postcode": &w.postcode} {
		g := playbook.Guard{Dataset: x.to.schema.Name, Column: column, Class: dataset.Contact}
		v, _ := x.to.row.Get(x.to.schema, column)
		if v.IsBlank() || x.hides(role, []playbook.Guard{g}) != "" {
			continue
		}
		*into = dataset.Plain(v.Words(x.clock))
		if column == "address" {
			w.lines = strings.FieldsFunc(v.S, func(r rune) bool { return r == ',' || r == '\n' || r == '\r' || r == ';' })
		}
	}
	if w.noCalls {
		w.phone = ""
	}
	return w
}

// silence says that a person wants no calls, or is empty.
func (w ways) silence() string {
	if w.noCalls {
		return "wants no calls"
	}
	return ""
}

// envelope is the address in lines, without the name; none where it has no
// street, for a postcode alone finds nobody.
func (w ways) envelope() (out []string) {
	if w.address == "" {
		return nil
	}
	number := ""
	for _, s := range append(slices.Clip(w.lines), w.postcode) {
		s = strings.TrimSpace(number + dataset.Plain(strings.TrimSpace(s)))
		number = ""
		switch {
		case s == "" || slices.Contains(out, s):
		case len(s) < 6 && strings.Trim(s, "0123456789") != s && !strings.Contains(s, " "): // "12, High Street"
			number = s + " "
		default:
			out = append(out, s)
		}
	}
	if number != "" {
		out = append(out, strings.TrimSpace(number))
	}
	return out
}
