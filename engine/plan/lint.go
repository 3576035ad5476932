package plan

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// fewRecords is up to how many records it says nothing that a condition holds
// for all of them, or for none.
const fewRecords = 20

// Lint warns of what is allowed and seldom meant: all that playbook.Set.Lint
// warns of, cells that name what another list does not have, playbooks that a blank
// cell of another record keeps from being told, and conditions that hold today for none of the records there are, or for every one of them. It looks at the records alone, as if nothing had been
// done yet.
func Lint(in Input) []playbook.Fault {
	out := append(in.Set.Lint(in.Tables, in.Set.Constituency.Clock.Day(in.Now)), strangers(in)...)
	in.Book = ledger.New()
	today := Compute(in)
	counts := today.Counts
	out = append(out, blanks(today.CannotTell, in.Set)...)
	for _, pb := range in.Set.Playbooks {
		c, counted := counts[pb.Name]
		if !counted || pb.For == nil || pb.Everyone || c.Looked < fewRecords {
			continue
		}
		f := playbook.Fault{File: pb.File, Line: 1, Column: 1, Playbook: pb.Name}
		switch {
		case c.Matched == 0 && c.Unknown == 0:
			f.Text = fmt.Sprintf("%s holds today for none of the %d %s.", pb.Name, c.Looked, pb.For.Dataset)
			f.Hint = "nothing may be due just now; clarion explain says of any record which part does not hold"
		case c.Matched == 0 && c.Unknown == c.Looked:
			f.Text = fmt.Sprintf("%s can be told of none of the %d %s: each lacks a cell that it needs.", pb.Name, c.Looked, pb.For.Dataset)
			f.Hint = "see whether the list has the column at all: clarion plan names the cells"
		case c.Matched == c.Looked:
			f.Text = fmt.Sprintf("%s holds today for every one of the %d %s.", pb.Name, c.Looked, pb.For.Dataset)
			f.Hint = "if that is meant, write when: everyone"
		default:
			continue
		}
		out = append(out, f)
	}
	out = append(out, unsigned(in.Set)...)
	out = append(out, heavy(in)...)
	for _, pb := range in.Set.Playbooks {
		for i, st := range pb.Steps {
			if !st.Off && (st.Letter != nil || st.Subject != nil) {
				out = append(out, holes(in, pb, i)...)
			}
		}
	}
	return out
}

// unsigned warns, once, that what promotes something cannot go without an
// imprint.
func unsigned(set *playbook.Set) []playbook.Fault {
	for _, pb := range set.Playbooks {
		for _, s := range pb.Steps {
			if s.Kind == playbook.Email && !s.Off && s.Basis == playbook.Marketing && strings.TrimSpace(set.Constituency.Imprint) == "" {
				return []playbook.Fault{{File: "constituency.yaml", Line: 1, Column: 1, Text: "The constituency has no imprint, and " + pb.Name + " promotes something: its letters are kept back.",
					Hint: "write imprint: with who promotes it, on whose behalf, and both addresses"}}
			}
		}
	}
	return nil
}

// heavy warns of papers that letters may attach and that are too large to travel.
func heavy(in Input) []playbook.Fault {
	attaches := ""
	for _, pb := range in.Set.Playbooks {
		for _, s := range pb.Steps {
			if s.Attach != nil && !s.Off && attaches == "" {
				attaches = pb.Name
			}
		}
	}
	t := in.Tables["documents"]
	if attaches == "" || t == nil || in.File == nil {
		return nil
	}
	most := in.Set.Constituency.Mail.MostAttached()
	var out []playbook.Fault
	for _, r := range t.Rows {
		for _, c := range t.Schema.Columns {
			if c.Kind != dataset.File {
				continue
			}
			v, _ := r.Get(t.Schema, c.Name)
			if f, ok := in.File(v.S); ok && f.Size > most {
				out = append(out, playbook.Fault{File: "constituency.yaml", Line: 1, Column: 1,
					Text: fmt.Sprintf("documents/%s has %d MB, and letters carry %d MB at most: none that attaches it can go.", dataset.Plain(r.Key), (f.Size+1<<20-1)>>20, most>>20),
					Hint: "make it smaller, or set attachments_mb under mail, if the mail provider takes as much"})
			}
		}
	}
	return out
}

// holed is how the plan begins to say that a letter has a hole.
const holed = "the letter has a hole: "

// holes writes the words of one step for every record that the playbook is
// about, and warns of those that cannot be written.
func holes(in Input, pb *playbook.Playbook, step int) []playbook.Fault {
	alone, set, c := *pb, *in.Set, *in.Set.Constituency
	alone.Steps, alone.Cap, alone.Pause = nil, -1, nil
	for i, st := range pb.Steps {
		one := *st
		if one.Off = i != step; !one.Off {
			one.At, one.When, one.Late, one.Done = nil, nil, nil, nil
		}
		alone.Steps = append(alone.Steps, &one)
	}
	set.Playbooks, set.Constituency = []*playbook.Playbook{&alone}, &c
	c.Budget = playbook.Budget{LettersAWeek: math.MaxInt32, MarketingAMonth: math.MaxInt32}
	c.Brakes = playbook.Brakes{MostAtOnce: math.MaxInt32, SharePercent: 100, TimesUsual: math.MaxInt32, Floor: math.MaxInt32}
	c.Quiet = playbook.Quiet{}
	in.Set, in.Book = &set, ledger.New()
	on := ledger.Event{Seq: 1, At: in.Now.Add(-time.Hour), By: "clarion", Change: ledger.SwitchedOn{Playbook: pb.Name, Digest: pb.Conditions}}
	each := ledger.Event{Seq: 2, At: on.At, By: on.By, Change: ledger.Trusted{Playbook: pb.Name, Level: playbook.Each.String()}}
	if in.Book.Apply(on) != nil || in.Book.Apply(each) != nil {
		return nil
	}
	p := Compute(in)
	n, first := 0, ""
	for _, l := range p.Lines {
		why, hole := strings.CutPrefix(l.Why, holed)
		if !hole {
			continue
		}
		if n++; n == 1 {
			first = why
			if t := in.Tables[l.Dataset]; t != nil && t.ByRef(l.Ref) != nil {
				first = l.Dataset + "/" + t.ByRef(l.Ref).Key + ": " + why
			}
		}
	}
	if n == 0 {
		return nil
	}
	st := pb.Steps[step]
	return []playbook.Fault{{File: pb.File, Line: st.Line, Column: 1, Playbook: pb.Name,
		Text: fmt.Sprintf("The words of %s would have a hole for %d of the %d records that %s is about today, first %s.", st.ID, n, p.Counts[pb.Name].Matched, pb.Name, strings.TrimSuffix(first, ".")),
		Hint: `offer another: {{ or member.first_name "friend" }}`}}
}
