package engine

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/store"
)

// The log is the list of events of which the Book is made: only ever added to,
// each bound to all before it by a hash. The hash of the last is its head. Who
// has an old head on paper, or in a mail, can tell that nothing before it was
// changed since, by whomever.

// A LogLine is what was decided at one moment by one voice, in words. What was
// decided alike of several letters or tasks is one line.
type LogLine struct {
	Seq      int64 // of its first event
	At       time.Time
	By       string // who, in words: the role, and the officer where one is known
	Role     string // as it stands in the log; clarion: nobody, the program
	Type     string // of its events
	Words    string
	Playbook string  // it is about; empty: none
	Numbers  []int64 // of the letters or tasks that it is about
	Private  bool    // it is for another role's eyes, and says nothing
}

// A LogQuery says which lines of the log are asked for.
type LogQuery struct {
	Before   int64     // older than the event of this number; 0: from the newest
	Most     int       // at most about so many: what belongs to one moment is not parted; 0: all
	Since    time.Time // none that is older
	Playbook string    // only about this one
	All      bool      // not decisions alone, but all that was written down
	Roles    []string  // who reads: what is private to other roles says nothing
	Names    bool      // records by their names; else by their numbers
}

// Head gives the number of the last event of the log, and the hash that binds
// it and all before it, in hexadecimal.
func (e *Engine) Head(ctx context.Context) (seq int64, hash string, err error) {
	err = e.Store.View(ctx, func(tx *store.Tx) error {
		seq, hash, err = tx.Head()
		return err
	})
	return seq, hash, err
}

// Decisions gives lines of the log, newest first. The next page begins Before the
// Seq of the last of them.
func (e *Engine) Decisions(ctx context.Context, q LogQuery) (out []LogLine, err error) {
	types := store.Decisions
	if q.All {
		types = nil
	}
	err = e.Store.View(ctx, func(tx *store.Tx) error {
		book, err := tx.LoadBook()
		if err != nil {
			return err
		}
		r := &logReader{Engine: e, tx: tx, book: book, q: q, known: map[dataset.Ref]string{}}
		var moment []store.EventRecord // of one moment, newest first
		flush := func() error {
			lines, err := r.lines(moment)
			out, moment = append(out, lines...), moment[:0]
			return err
		}
		err = tx.Backwards(q.Before, types, func(ev store.EventRecord) (bool, error) {
			if len(moment) > 0 && !ev.At.Equal(moment[0].At) {
				if err := flush(); err != nil {
					return false, err
				}
			}
			if ev.At.Before(q.Since) || q.Most > 0 && len(out) >= q.Most {
				return false, nil
			}
			moment = append(moment, ev)
			return true, nil
		})
		if err != nil {
			return err
		}
		return flush()
	})
	return out, err
}

// lines makes lines of the events of one moment, which come newest first.
func (r *logReader) lines(moment []store.EventRecord) ([]LogLine, error) {
	type group struct {
		LogLine
		entry
		n int
	}
	var order []*group
	by := map[string]*group{}
	for i := len(moment) - 1; i >= 0; i-- {
		ev := moment[i]
		x, err := r.entry(ev)
		if err != nil {
			return nil, err
		}
		if x.one == "" || r.q.Playbook != "" && x.playbook != r.q.Playbook || x.routine && !r.q.All {
			continue
		}
		who, err := r.voice(ev)
		if err != nil {
			return nil, err
		}
		l := LogLine{Seq: ev.Seq, At: ev.At, By: who, Role: ev.By, Type: ev.Change.Type(), Playbook: x.playbook}
		if x.playbook != "" && plan.Hidden(r.set, x.playbook, r.q.Roles...) {
			x = entry{one: "something that is private to another role", many: "%d things that are private to another role"}
			l.Playbook, l.Private, l.By, l.Role = "", true, "", ""
		}
		key := strings.Join([]string{l.By, l.Type, l.Playbook, x.many, x.tail}, "\x00")
		g := by[key]
		if g == nil || x.many == "" {
			g = &group{LogLine: l, entry: x}
			by[key], order = g, append(order, g)
		}
		g.n++
		if x.number > 0 {
			g.Numbers = append(g.Numbers, x.number)
		}
	}
	var out []LogLine
	for i := len(order) - 1; i >= 0; i-- {
		g := order[i]
		words, err := r.say(g.entry, g.n)
		if err != nil {
			return nil, err
		}
		g.Words = words
		out = append(out, g.LogLine)
	}
	return out, nil
}

// A Verdict is what came of working the log out anew: it is whole.
type Verdict struct {
	Events int64     // in the log
	Head   string    // the hash of the last
	At     time.Time // when that was
	Asked  LogMark   // where the head stands that was asked for; zero: none was
}

// A LogMark is one event of the log.
type LogMark struct {
	Seq  int64
	At   time.Time
	Hash string
}

// fewestDigits are as many hexadecimal digits of a hash as name it.
const fewestDigits = 12

// Verify works the log out anew from what is stored, and the Book of it, and
// says whether a head from an old mail, or its first 12 digits, is in it. An
// error says what is not as it was written, and since when.
func (e *Engine) Verify(ctx context.Context, head string) (v Verdict, err error) {
	head = strings.ToLower(strings.TrimSpace(head))
	if head != "" && (len(head) < fewestDigits || len(head) > 64 || strings.Trim(head, "0123456789abcdef") != "") {
		return v, fmt.Errorf("%s is no head of a log: it is 64 digits from 0 to f, of which the first %d are enough", dataset.Plain(head), fewestDigits)
	}
	err = e.Store.View(ctx, func(tx *store.Tx) error {
		return tx.Verify(func(ev store.EventRecord) {
			v.Events, v.Head, v.At = ev.Seq, ev.Hash, ev.At
			if head != "" && strings.HasPrefix(ev.Hash, head) {
				v.Asked = LogMark{Seq: ev.Seq, At: ev.At, Hash: ev.Hash}
			}
		})
	})
	if bad, ok := err.(*store.Tampered); ok {
		return v, fmt.Errorf("%s: the log was changed or cut after %s. Let nothing be sent (clarion stop), and compare with the last backup", bad.Why, e.eventWords(bad.Good, bad.At))
	}
	if err != nil {
		return v, err
	}
	if head != "" && v.Asked.Seq == 0 {
		return v, fmt.Errorf("no event of the log has the hash %s. What is here fits together, up to %s; so the log was cut, or written anew, since that head was noted, or the head is another constituency's", head, e.eventWords(v.Events, v.At))
	}
	return v, nil
}

// eventWords names an event by its number and moment.
func (e *Engine) eventWords(seq int64, at time.Time) string {
	if seq == 0 {
		return "its very beginning"
	}
	return fmt.Sprintf("event %d (%s)", seq, e.Clock().Words(at))
}
