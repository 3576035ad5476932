package document

import (
	"fmt"
	"sort"
	"strings"
	"unicode"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/plan"
)

// A Part is one part of a plan as people read it: all lines that come to the
// same.
type Part struct {
	Verb   plan.Verb
	Title  string
	Column string // in the sums
}

// Parts are the parts of a plan, in order.
var Parts = []Part{
	{plan.Sends, "Goes by itself", "goes"},
	{plan.Asks, "Waits for an officer's yes", "asks"},
	{plan.Tells, "In officers' digests", "digests"},
	{plan.Lists, "Cannot go by mail: to ring or write to", "by hand"},
	{plan.HeldBack, "Held", "held"},
	{plan.Withholds, "Withheld", "withheld"},
	{plan.Misses, "Missed", "missed"},
	{plan.Waits, "Due, but not today", "waits"},
	{plan.Observed, "Only observed: due, and nothing of it leaves", "observed"},
	{plan.Later, "Later", "later"},
	{plan.Closes, "Cases that closed", "closed"},
}

// Title is what a plan calls lines of a kind.
func Title(v plan.Verb) string {
	for _, p := range Parts {
		if p.Verb == v {
			return p.Title
		}
	}
	return string(v)
}

// Alike are lines of a plan of the same step and with the same reason.
type Alike struct {
	Playbook, Step string
	Count          int
	Who            []string // those they are about, or to whom they are, each once
	Why            string
}

// Gather puts together the lines of the same step with the same reason, by
// playbook and step and then in the order in which they first come.
func Gather(lines []plan.Line) []Alike {
	type same struct{ playbook, step, why string }
	at := map[same]int{}
	var out []Alike
	named := map[int]map[string]bool{}
	for _, l := range lines {
		k := same{l.Playbook, l.Step, l.Why}
		i, known := at[k]
		if !known {
			i = len(out)
			at[k], named[i] = i, map[string]bool{}
			out = append(out, Alike{Playbook: l.Playbook, Step: l.Step, Why: dataset.Plain(l.Why)})
		}
		out[i].Count++
		name := Subject(l)
		if name == "" {
			name = l.To
		}
		if name = dataset.Plain(name); !named[i][name] {
			named[i][name] = true
			out[i].Who = append(out[i].Who, name)
		}
	}
	sort.SliceStable(out, func(i, j int) bool {
		a, b := out[i], out[j]
		return a.Playbook < b.Playbook || a.Playbook == b.Playbook && a.Step < b.Step
	})
	return out
}

// Subject is whom a line is about, unless that is the addressee herself.
func Subject(l plan.Line) string {
	if l.About == l.To {
		return ""
	}
	return l.About
}

// Doubt says which cells were missing, and where they are.
func Doubt(d plan.CannotTell) string {
	var out []string
	for _, c := range d.Cells {
		t := Readable(c.Column) + " is blank"
		if c.Why != "" {
			t = Readable(c.Column) + " cannot be read: " + strings.TrimSuffix(dataset.Plain(c.Why), ".")
		}
		if c.Origin.Row > 0 {
			t += " (" + dataset.Where(dataset.Plain(c.Origin.File), c.Origin.Row) + ")"
		}
		out = append(out, t)
	}
	if d.Why != "" {
		out = append(out, dataset.Plain(d.Why))
	}
	return strings.Join(out, "; ")
}

// Names lists a few of many names.
func Names(all []string, most int) string {
	if len(all) > most+1 {
		return strings.Join(all[:most], ", ") + fmt.Sprintf(" and %d more", len(all)-most)
	}
	if n := len(all); n > 1 {
		return strings.Join(all[:n-1], ", ") + " and " + all[n-1]
	}
	return strings.Join(all, "")
}

// Readable makes words of a name that the files use.
func Readable(id string) string {
	id = strings.TrimPrefix(id, "role:")
	return strings.ReplaceAll(strings.ReplaceAll(id, "_", " "), "/", ", ")
}

// Plural counts.
func Plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// Capital begins a sentence.
func Capital(s string) string {
	for i, r := range s {
		return string(unicode.ToUpper(r)) + s[i+len(string(r)):]
	}
	return s
}
