package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
)

type logCmd struct {
	Since    string `help:"Only what was decided from this day on." placeholder:"DATE"`
	Playbook string `help:"Only what was decided about this playbook." placeholder:"NAME"`
	All      bool   `help:"All that was written down, not decisions alone, and however far back."`
	Verify   bool   `help:"Work the whole log out anew, and say whether it is as it was written."`
	Head     string `help:"With --verify: a head of the log from an old mail; the log must still hold it. Its first 12 digits are enough." placeholder:"HASH"`
}

func (*logCmd) Help() string {
	return `The log holds every decision, and all else that happened: it is only ever added
to, and each entry is bound to all before it by a hash. The hash of the last, its
head, stands in mails of Clarion. Who has an old one can prove that nothing before
it was changed since.

` + examples(`clarion log`, `clarion log --since 2026-11-01 --playbook arrears-chase`, `clarion log --all --json`,
		`clarion log --verify`, `clarion log --verify --head 3f2a9c41d07b`)
}

// lastLines is how many lines of the log are shown unless more are asked for.
const lastLines = 40

func (c *logCmd) Run(s *session) error {
	if c.Head != "" && !c.Verify {
		return usage("--head is for --verify: clarion log --verify --head %s", dataset.Plain(c.Head))
	}
	o, err := s.open(false)
	if err != nil {
		return err
	}
	defer o.Close()
	if c.Verify {
		return c.verify(s, o)
	}
	q := engine.LogQuery{Most: lastLines, All: c.All, Playbook: c.Playbook, Roles: []string{s.As}, Names: true}
	if r := o.Set().Roles[s.As]; r != nil && r.Branch {
		q.Names = false
	}
	if c.Since != "" {
		day, err := calendar.ParseDate(c.Since)
		if err != nil {
			return usage("--since %s: write a day, 2026-11-30", dataset.Plain(c.Since))
		}
		q.Since = o.Clock().On(day, 0)
	}
	if c.All || c.Since != "" {
		q.Most = 0
	}
	lines, err := o.Decisions(s.ctx, q)
	if err != nil {
		return err
	}
	if len(lines) == 0 && c.Playbook != "" && o.Set().Playbook(c.Playbook) == nil {
		return fmt.Errorf("the log holds nothing about a playbook %s, and none of that name is switched on: clarion playbooks lists them", dataset.Plain(c.Playbook))
	}
	seq, head, err := o.Head(s.ctx)
	if err != nil {
		return err
	}
	if s.JSON {
		return s.out.json(object{"lines": each(lines, func(l engine.LogLine) object { return logView(o, l) }), "events": seq}.text("head", head))
	}
	s.printLog(o, lines)
	if seq == 0 {
		return nil
	}
	if q.Most > 0 && len(lines) >= q.Most {
		s.out.say("\nOlder ones: --since DATE. All that was written down: --all")
	}
	s.out.say("\nHead of the log: %s (event %d)", head, seq)
	return nil
}

// printLog prints lines of the log by day, the newest first.
func (s *session) printLog(o *office, lines []engine.LogLine) {
	if len(lines) == 0 {
		s.out.say("The log holds no such decision.")
		return
	}
	clock, day := o.Clock(), calendar.Date(0)
	var rows [][]string
	flush := func() {
		s.out.table("  ", 34, rows)
		rows = nil
	}
	for i, l := range lines {
		if d := clock.Day(l.At); i == 0 || d != day {
			flush()
			if day = d; i > 0 {
				s.out.say("")
			}
			s.out.say("%s", s.out.paint("1", weekdayWords(d)))
		}
		what := l.Words
		if n := ranges(l.Numbers); len(l.Numbers) > 1 {
			what += " (" + n + ")"
		}
		if l.Playbook != "" {
			what = l.Playbook + ": " + what
		}
		rows = append(rows, []string{l.At.In(clock.Zone).Format("15:04"), l.By, what})
	}
	flush()
}

// ranges writes numbers in few characters: 3 to 8, 12.
func ranges(numbers []int64) string {
	list := slices.Clone(numbers)
	slices.Sort(list)
	var out []string
	for i := 0; i < len(list); {
		j := i
		for j+1 < len(list) && list[j+1] <= list[j]+1 {
			j++
		}
		text := strconv.FormatInt(list[i], 10)
		if list[j] > list[i] {
			text += " to " + strconv.FormatInt(list[j], 10)
		}
		out, i = append(out, text), j+1
	}
	return strings.Join(out, ", ")
}

// verify works the log out anew.
func (c *logCmd) verify(s *session, o *office) error {
	done := s.busy("working the log out anew")
	v, err := o.Verify(s.ctx, c.Head)
	done()
	if err != nil {
		return err
	}
	if s.JSON {
		out := object{"whole": true, "events": v.Events}.text("head", v.Head).at("at", v.At, o.Clock().Zone)
		if v.Asked.Seq > 0 {
			out["asked"] = object{"event": v.Asked.Seq, "hash": v.Asked.Hash}.at("at", v.Asked.At, o.Clock().Zone)
		}
		return s.out.json(out)
	}
	if v.Events == 0 {
		s.out.say("The log is empty.")
		return nil
	}
	s.out.note("", "The log is whole: %s, each as it was written, and the ledger is the one that they make.", plural(int(v.Events), "event", "events"))
	if a := v.Asked; a.Seq > 0 {
		after := "It is still the head: nothing was added since."
		if n := int(v.Events - a.Seq); n > 0 {
			after = fmt.Sprintf("%s added since, and nothing before was changed.", plural(n, "event was", "events were"))
		}
		s.out.note("", "The head that you gave is that of event %d, of %s. %s", a.Seq, o.Clock().Words(a.At), after)
	}
	s.out.say("Head of the log: %s", v.Head)
	return nil
}

func logView(o *office, l engine.LogLine) object {
	v := object{"event": l.Seq, "type": l.Type, "words": l.Words, "private": l.Private}.
		text("by", l.By).text("role", l.Role).text("playbook", l.Playbook).at("at", l.At.Truncate(time.Second), o.Clock().Zone)
	if len(l.Numbers) > 0 {
		v["numbers"] = l.Numbers
	}
	return v
}
