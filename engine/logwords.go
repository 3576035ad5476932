package engine

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/store"
)

// A logReader puts events into words.
type logReader struct {
	*Engine
	tx    *store.Tx
	book  *ledger.Book
	q     LogQuery
	known map[dataset.Ref]string // records that were named before
	all   dataset.Tables         // once a name was asked for
}

// An entry is one event in words: those for one, those for several alike, and
// what is said behind both.
type entry struct {
	one, many, tail string
	playbook        string
	number          int64         // of the letter or task
	about           []dataset.Ref // named behind the words, where there is one
	person          dataset.Ref   // whom a letter goes to
	routine         bool          // no decision, whoever is said to have made it
}

// say gives the words of n entries that are alike.
func (r *logReader) say(x entry, n int) (string, error) {
	words := x.one
	if n > 1 {
		words = fmt.Sprintf(x.many, n)
	} else if len(x.about) > 0 {
		var who []string
		for _, ref := range x.about {
			name, err := r.name(ref)
			if err != nil {
				return "", err
			}
			who = append(who, name)
		}
		words += " " + strings.Join(who, " and ")
	}
	return words + x.tail, nil
}

// voice says who made a change: the role and, where one is known, the officer.
func (r *logReader) voice(ev store.EventRecord) (string, error) {
	var person dataset.Ref
	via := ""
	switch c := ev.Change.(type) {
	case ledger.MessageApproved:
		person, via = c.Person, c.Via
	case ledger.MessageGotYes:
		person, via = c.Person, c.Via
	case ledger.Edited:
		person = c.Person
	}
	title := r.set.RoleTitle(ev.By)
	switch ev.By {
	case "clarion":
		title = "Clarion"
	case "officer":
		title = "An officer"
	}
	title = strings.ToUpper(title[:1]) + title[1:]
	if person != 0 {
		name, err := r.name(person)
		if err != nil {
			return "", err
		}
		title += " (" + name + ")"
	}
	if via != "" && via != "terminal" && via != "console" {
		title += ", by " + via
	}
	return dataset.Plain(title), nil
}

// name names a record: as its list calls it, or by its number where it stands in
// no list, was forgotten, or names are not to be given.
func (r *logReader) name(ref dataset.Ref) (string, error) {
	if name, ok := r.known[ref]; ok {
		return name, nil
	}
	name := "no. " + strconv.FormatInt(int64(ref), 10)
	if r.q.Names {
		if r.all == nil {
			all, err := r.tx.Tables(r.set.Schemas)
			if err != nil {
				return "", err
			}
			r.all = all
		}
		for _, t := range r.all {
			if row := t.ByRef(ref); row != nil && row.Ref == ref {
				name = Label(t.Schema, row)
				if who, _ := row.Get(t.Schema, "person"); t.Schema.Name == "officers" && !who.IsBlank() {
					name = dataset.Plain(who.S)
				}
			}
		}
	}
	r.known[ref] = name
	return name, nil
}

// reason gives the words that stand behind a reason of the log, after a colon; a
// hash whose words were erased says nothing.
func (r *logReader) reason(s string) (string, error) {
	if len(s) == 64 && strings.Trim(s, "0123456789abcdef") == "" {
		words, err := r.tx.Words(s)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return "", err
		}
		s = words
	}
	if s = strings.TrimSpace(s); s == "" {
		return "", nil
	}
	return ": " + dataset.Plain(s), nil
}

// forgotten reports whether one of some people was erased: of them the log says
// no more than a number.
func (r *logReader) forgotten(people []dataset.Ref) (bool, error) {
	for _, ref := range people {
		known, err := r.tx.ByNumber(ref)
		if _, is := known[ref]; err != nil || ref != 0 && !is {
			return true, err
		}
	}
	return false, nil
}

// entry puts one event into words.
func (r *logReader) entry(ev store.EventRecord) (entry, error) {
	x, err := r.worded(ev)
	if err != nil || x.tail == "" {
		return x, err
	}
	if gone, err := r.forgotten(append(x.about, x.person)); err != nil || gone {
		x.tail = ""
		return x, err
	}
	return x, nil
}

func (r *logReader) worded(ev store.EventRecord) (x entry, err error) {
	because := ""
	switch c := ev.Change.(type) {
	case ledger.BacklogApproved:
		n := strconv.Itoa(len(c.Cases))
		x = entry{one: "let the backlog act: " + n + " " + oneOr(len(c.Cases), "case", "cases"), playbook: c.Playbook}
	case ledger.BrakeReleased:
		x = entry{one: "let up to " + strconv.Itoa(c.Actions) + " " + oneOr(c.Actions, "letter", "letters") + " past the brake", playbook: c.Playbook}
	case ledger.Adopted:
		x = entry{one: "wrote down that a committee adopted it", playbook: c.Playbook}
	case ledger.Edited:
		x = entry{one: "changed its settings", playbook: c.Playbook}
		if c.Step != "" {
			x.one = "changed the words of its letter " + dataset.Plain(c.Step)
		}
	case ledger.Trusted:
		x = entry{one: "trusted it with “" + c.Level + "”", playbook: c.Playbook}
		if c.Why == "earned" {
			x.one = "it earned “" + c.Level + "”"
		} else if c.Why != "" {
			x.one = "it fell back to “" + c.Level + "”"
			because = c.Why
		}
	case ledger.SwitchedOn:
		x = entry{one: "looked at it for the first time, or after a change", playbook: c.Playbook, routine: true}
	case ledger.HaltedAll:
		x.one, because = "stopped every letter", c.Reason
	case ledger.ResumedAll:
		x.one, because = "let letters go again", c.Reason
	case ledger.DateConfirmed:
		x.one = "said that the date is right: " + r.Clock().Words(c.Now)
	case ledger.TakenOver:
		x.one = "made another computer the one that sends"
	case ledger.RunRecorded:
		n := 0
		for _, k := range c.Actions {
			n += k
		}
		x = entry{one: fmt.Sprintf("ran: %d new %s to members, plan %s", n, oneOr(n, "letter", "letters"), Digits(c.Digest)), routine: true}
	case ledger.PlanSaved:
		x.one = fmt.Sprintf("showed a plan of %d %s, to be decided by %s, digest %s", len(c.Letters), oneOr(len(c.Letters), "letter", "letters"), r.Clock().Words(c.Expires), Digits(c.Digest))
	case ledger.PlanExpired:
		x.one = fmt.Sprintf("plan %d expired: nobody decided all of it in time", c.Plan)
	default:
		return r.lesserEntry(ev)
	}
	x.tail, err = r.reason(because)
	return x, err
}

// lesserEntry is entry for what is said of letters, tasks, records and cases.
func (r *logReader) lesserEntry(ev store.EventRecord) (entry, error) {
	if x, err := r.letterEntry(ev); x.one != "" || err != nil {
		return x, err
	}
	if x, err := r.taskEntry(ev); x.one != "" || err != nil {
		return x, err
	}
	return r.recordEntry(ev)
}

// letterEntry is entry for what became of a letter, or of a digest.
func (r *logReader) letterEntry(ev store.EventRecord) (x entry, err error) {
	id, verb, because, routine := int64(0), "", "", true
	person := ev.By != "clarion"
	switch c := ev.Change.(type) {
	case ledger.MessageApproved:
		id, verb, routine = c.ID, "said yes to", false
		if c.Auto {
			verb = "let| go by trust"
		} else if c.Plan > 0 {
			because = fmt.Sprintf("as shown in plan %d", c.Plan)
		}
	case ledger.MessageGotYes:
		id, verb, routine = c.ID, "was the first of two to say yes to", false
	case ledger.MessageRejected:
		id, verb, because, routine = c.ID, "struck out", c.Reason, false
	case ledger.MessageProposed:
		m, _ := r.book.MessageAt(c.Message.Key)
		if n, ok := strings.CutPrefix(ev.Entity, "message "); ok {
			m.ID, _ = strconv.ParseInt(n, 10, 64)
		}
		id, verb = m.ID, "proposed"
	case ledger.MessageSuperseded:
		id, verb, because = c.ID, "withdrew", c.Reason
	case ledger.MessageExpired:
		id, verb, because = c.ID, "found too late for", c.Reason
	case ledger.MessageRetimed:
		id, verb = c.ID, "gave another moment to"
	case ledger.MessageClaimed:
		id, verb = c.ID, "began to send"
	case ledger.MessageSent:
		id, verb, routine = c.ID, "sent", !person
		if person {
			verb = "said that it went:"
		}
	case ledger.MessageDeferred:
		id, verb = c.ID, "was asked to come again later with"
	case ledger.MessageFailed:
		id, verb, because, routine = c.ID, "was refused", c.Why, !person
		if person {
			verb, because = "said that it did not go:", ""
		}
	case ledger.MessageUncertain:
		id, verb = c.ID, "does not know whether it went:"
	case ledger.MessageBounced:
		id, verb, because = c.ID, "got back", c.Why
	default:
		return x, nil
	}
	m, _ := r.book.Message(id)
	one, many := "letter "+strconv.FormatInt(id, 10), "%d letters"
	if m.Kind == ledger.Digest {
		one, many, routine = "the digest "+strconv.FormatInt(id, 10), "%d digests", true
	}
	verb, after, _ := strings.Cut(verb, "|")
	x = entry{one: verb + " " + one + after, many: verb + " " + many + after, playbook: m.Playbook, number: id, person: m.Person, routine: routine}
	x.tail, err = r.reason(because)
	return x, err
}

// taskEntry is entry for what became of a task or a case.
func (r *logReader) taskEntry(ev store.EventRecord) (x entry, err error) {
	number, verb, because, routine := int64(0), "", "", ev.By == "clarion"
	var of ledger.CaseKey
	switch c := ev.Change.(type) {
	case ledger.TaskGiven:
		t, _ := r.book.TaskAt(c.Key)
		number, verb = t.Number, "gave"
	case ledger.TaskFellDue:
		number, verb, routine = c.Number, "found overdue", true
	case ledger.TaskRetimed:
		number, verb, routine = c.Number, "gave another day to", true
	case ledger.TaskReassigned:
		number, verb = c.Number, "gave to somebody else"
	case ledger.TaskGotAnswer:
		number, verb, because = c.Number, "answered", c.Answer
	case ledger.TaskUnanswered:
		number, verb = c.Number, "took back the answer to"
	case ledger.TaskWasSettled:
		number, verb, because, routine = c.Number, "found done", c.Reason, true
	case ledger.TaskWasWithdrawn:
		number, verb, because = c.Number, "withdrew", c.Reason
	case ledger.CaseOpened:
		of, verb = c.Case, "opened"
	case ledger.CaseRetimed:
		of, verb = c.Case, "corrected the date of"
	case ledger.CaseFrozen:
		of, verb, because = c.Case, "held", c.Reason
	case ledger.CaseThawed:
		of, verb = c.Case, "went on with"
	case ledger.CaseReopened:
		of, verb = c.Case, "reopened"
	case ledger.CaseClosed:
		of, verb, because = c.Case, "closed", string(c.Result)
	case ledger.LineDecided:
		a, _ := r.book.Action(c.Action)
		of, verb, because = a.Case, "struck off a letter for the post of", c.Reason
		if c.Yes {
			verb = "said yes to a letter for the post of"
		}
	case ledger.ActionClosed:
		of, verb, because = c.Action.Case, "settled without a letter: a step of", c.Action.Reason
	default:
		return x, nil
	}
	if number > 0 {
		t, _ := r.book.Task(number)
		of = t.Case
		x = entry{one: verb + " task " + strconv.FormatInt(number, 10), many: verb + " %d tasks", number: number}
	} else {
		x = entry{one: verb + " a case", many: verb + " %d cases"}
	}
	k, _ := r.book.Case(of)
	x.playbook, x.routine = k.Playbook, routine
	x.tail, err = r.reason(because)
	return x, err
}

// recordEntry is entry for what was said of records and their lists.
func (r *logReader) recordEntry(ev store.EventRecord) (x entry, err error) {
	because := ""
	about := func(one, many string, refs ...dataset.Ref) {
		x.one, x.many, x.about = one, many, refs
	}
	switch c := ev.Change.(type) {
	case ledger.Suppressed:
		what := map[string]string{"marketing": "no more marketing", "bounced": "no more letters, for none arrives,"}[c.Scope]
		if what == "" {
			what = "no more letters"
		}
		because = c.Why
		if about(what+" to", what+" to %d people", c.Person); c.Person == 0 {
			x.one, x.many, x.about = what+" to an address", what+" to %d addresses", nil
		}
	case ledger.Unsuppressed:
		if about("lets letters go again to", "lets letters go again to %d people", c.Person); c.Person == 0 {
			x.one, x.many, x.about = "lets letters go again to an address", "lets letters go again to %d addresses", nil
		}
	case ledger.Contacted:
		because = c.How
		about("noted a contact with", "noted contacts with %d people", c.Person)
	case ledger.Replied:
		about("noted a reply from", "noted replies from %d people", c.Person)
	case ledger.FactRecorded:
		column := r.column(c.Dataset, c.Column)
		about("recorded "+column+" of", "recorded "+column+" of %d records", c.Subject)
	case ledger.FactWithdrawn:
		column := r.column(c.Dataset, c.Column)
		about("took back "+column+" of", "took back "+column+" of %d records", c.Subject)
	case ledger.Imported:
		x.one = "took the list of " + spaced(c.Dataset) + ": " + strconv.Itoa(c.Rows) + " " + oneOr(c.Rows, "record", "records")
		for _, part := range []struct {
			n    int
			what string
		}{{c.New, "new"}, {c.Gone, "gone"}, {c.Altered, "changed"}, {c.Refused, "refused"}} {
			if part.n > 0 {
				x.one += fmt.Sprintf(", %d %s", part.n, part.what)
			}
		}
	case ledger.ImportUndone:
		x.one = "took back the last list of " + spaced(c.Dataset)
	case ledger.Erased:
		about("forgot the person that was", "forgot %d people", c.Person)
	case ledger.SaidSame:
		about("said that one person stands behind", "", c.One, c.Other)
	case ledger.SaidDifferent:
		about("said that two people stand behind", "", c.One, c.Other)
	case ledger.SaidUndone:
		about("took back what was said of", "", c.One, c.Other)
	default:
		x = entry{one: spaced(ev.Change.Type()), routine: true}
	}
	x.tail, err = r.reason(because)
	return x, err
}

// column names a column, unless its very name says what only some may know.
func (r *logReader) column(list, name string) string {
	if s := r.set.Schemas[list]; s != nil {
		if i, ok := s.Column(name); ok && s.Columns[i].Class == dataset.Special {
			return "a fact"
		}
	}
	return "“" + spaced(name) + "”"
}

// Digits are as much of a digest, or of the head of the log, as people compare.
func Digits(digest string) string { return digest[:min(len(digest), fewestDigits)] }

func oneOr(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

func spaced(id string) string { return strings.ReplaceAll(id, "_", " ") }
