package engine

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/store"
)

// claim is what the token of an answer stands for. One with which letters are
// decided, too, is used by a yes only.
func (t *taking) claim() (c store.Claim, err error) {
	for _, p := range []store.Purpose{store.ToReview, store.ToStop} {
		if c, err = t.tx.CheckToken(p, t.in.Token, t.now); !errors.Is(err, store.ErrToken) {
			return c, err
		}
	}
	return t.tx.UseToken(store.ToAnswer, t.in.Token, t.now)
}

// A verdict is what the first line of an answer says of letters: yes or no, and
// of which; none named: of all.
type verdict struct {
	yes     bool
	letters []int64
}

// verdicts are the words for it. They stand alone, or before the numbers of
// letters; what is not said in so many words is unclear.
var verdicts = map[string]bool{"yes": true, "approve": true, "approved": true, "hold": false, "stop": false}

// readVerdict reads the first line of an answer.
func readVerdict(text string) (v verdict, ok bool) {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	words := strings.FieldsFunc(strings.ToLower(line), func(r rune) bool { return strings.ContainsRune(" \t,;.!:#", r) })
	if len(words) == 0 {
		return v, false
	}
	if v.yes, ok = verdicts[words[0]]; !ok {
		return v, false
	}
	for _, w := range words[1:] {
		if w == "and" || w == "no" || w == "nos" {
			continue
		}
		n, err := strconv.ParseInt(w, 10, 64)
		if err != nil || n <= 0 {
			return v, false
		}
		v.letters = append(v.letters, n)
	}
	return v, true
}

// decided does what an answer says of letters, and reports whether it speaks of
// them at all: what is an answer to a task just as well is unclear.
func (t *taking) decided(c store.Claim, questions []plan.Question) (done bool, err error) {
	said, clear := readVerdict(t.in.Text)
	open := slices.ContainsFunc(questions, func(q plan.Question) bool { return len(q.Answers) > 0 })
	if !clear {
		if open {
			return false, nil // then it answers a task
		}
		return true, t.wait("it answers a message about letters, and its first line is not yes or hold, alone or with the numbers of letters")
	}
	word := strings.TrimRight(strings.Fields(strings.ToLower(t.in.Text))[0], ".,;:!")
	if slices.ContainsFunc(questions, func(q plan.Question) bool {
		return slices.ContainsFunc(q.Answers, func(a string) bool { return strings.EqualFold(a, word) })
	}) {
		return true, t.wait("its first line may mean the letters or a task, for “" + word + "” is an answer to both. Approve is a yes to letters only, and an answer to a task has the number of the task before it")
	}
	d, err := t.deciding(t.tx, c, t.now)
	switch {
	case errors.Is(err, store.ErrToken):
		return true, t.wait("it answers a message about letters, and the time for that is over")
	case err != nil:
		return true, err
	case said.yes:
		return true, t.sayYes(d, said)
	}
	was, err := d.hold("by a reply", said.letters)
	switch {
	case errors.Is(err, ErrLink):
		return true, t.wait("it wants letters held, and names a number that its message does not")
	case err != nil:
		return true, err
	case len(was.Done) == 0 && len(was.Not) > 0:
		return true, t.wait("it wants letters held, and none can be: " + was.Not[0].Why)
	case len(was.Done) == 0:
		return true, t.wait("it wants letters held, and none of them waits or has its yes any more")
	case len(was.Not) > 0:
		t.rec.Result = wasNo
		return true, t.hold(wasNo, fmt.Sprintf("%d letters are held, and %d could not be: %s", len(was.Done), len(was.Not), was.Not[0].Why))
	}
	return true, t.did(wasNo, answersFolder)
}

// sayYes approves letters by a reply: once for each message, and only where our
// own server says that the sender is who they say.
func (t *taking) sayYes(d *deciding, said verdict) error {
	switch {
	case d.claim.Purpose != store.ToReview:
		return t.wait("it says yes to letters that have their yes already")
	case !t.in.Genuine:
		return t.wait("it says yes to letters, and the mail server does not say that its sender is who they say (DMARC)")
	case !d.claim.Used.IsZero():
		return t.wait("it says yes to letters, and with its message somebody has said so already")
	}
	ids, most := said.letters, d.set.Constituency.Review.ByReply
	if len(ids) == 0 {
		shown, err := t.shown(d.claim.Message)
		if err != nil {
			return err
		}
		for _, x := range d.letters {
			switch {
			case x.NoReply != "":
			case !strings.Contains(shown, fmt.Sprintf(" no. %d ", x.ID)):
				return t.wait("it says yes, and its message did not tell of all the letters that its sender decides about by now: name the numbers")
			default:
				ids = append(ids, x.ID)
			}
		}
	}
	if len(ids) == 0 {
		return t.wait("it says yes to letters, and a reply can approve none of them")
	}
	if len(ids) > most {
		return t.wait(fmt.Sprintf("it says yes to %d letters, and a reply can approve %d at most (by_reply in constituency.yaml)", len(ids), most))
	}
	was, err := d.approve("mail", t.in.Token, ids, func(x plan.Decidable) string { return x.NoReply })
	switch {
	case errors.Is(err, ErrLink):
		return t.wait("it says yes to letters, and names a number that its message does not")
	case errors.Is(err, ErrNotHere):
		return t.wait("it says yes to letters of which a reply cannot approve all: what promotes something, what needs two persons, and what is to be looked at letter by letter")
	case errors.Is(err, ErrMoved):
		return t.wait("it says yes to letters, and none of them waits any more as it was shown")
	case err != nil:
		return err
	case len(was.Not) > 0:
		return t.hold(wasYes, fmt.Sprintf("%d letters are approved, and %d could not be: %s", len(was.Done), len(was.Not), was.Not[0].Why))
	}
	return t.did(wasYes, answersFolder)
}

// shown gives the words of a message that was sent, on one line. Between that and
// an answer to it more letters may have fallen to its reader, with an office or a
// vacancy, and a yes without numbers means none that it does not name.
func (t *taking) shown(id int64) (string, error) {
	c, err := t.tx.Content(id)
	if errors.Is(err, store.ErrNotFound) {
		err = nil
	}
	return strings.Join(strings.Fields(c.Text), " "), err
}
