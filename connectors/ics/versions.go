package ics

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// versions groups events by which occurrence they are about, in the order of
// the file.
func versions(all []*event) [][]*event {
	type about struct {
		civil
		whole, change bool
		line          int
	}
	var order []about
	by := map[about][]*event{}
	for _, e := range all {
		k := about{change: e.changes}
		if e.id != nil {
			k.civil, k.whole = e.id.in(time.UTC), e.id.whole
		} else if e.changes {
			k.line = e.line // it cannot be told, so that it is the same as no other
		}
		if by[k] == nil {
			order = append(order, k)
		}
		by[k] = append(by[k], e)
	}
	out := make([][]*event, len(order))
	for i, k := range order {
		out[i] = by[k]
	}
	return out
}

// newest chooses among versions of one event: the highest SEQUENCE, then the
// last changed, then one that calls it off. Versions that say the same are one;
// if several that differ are left, all are refused and there is none.
func (b *builder) newest(same []*event) *event {
	best := same[0]
	for _, e := range same[1:] {
		if slices.Compare(e.rank(), best.rank()) > 0 {
			best = e
		}
	}
	var rivals []*event
	for _, e := range same {
		if e != best && slices.Equal(e.rank(), best.rank()) && !e.says(best) {
			rivals = append(rivals, e)
		}
	}
	why := ""
	if len(rivals) > 0 {
		why = fmt.Sprintf("the file has %d different events of the same UID, in lines %s, and nobody can tell which is right", len(rivals)+1, lines(append(rivals, best)))
	}
	for _, e := range same {
		switch {
		case why != "" && slices.Equal(e.rank(), best.rank()):
			b.refuse(e, why)
		case e != best:
			b.out.Replaced = append(b.out.Replaced, Remark{e.line, shown(e.title), fmt.Sprintf("the file has a newer version of it in line %d", best.line)})
		}
	}
	if len(rivals) > 0 {
		return nil
	}
	return best
}

func (e *event) rank() []int64 {
	off := int64(0)
	if e.status == "cancelled" {
		off = 1
	}
	return []int64{e.version[0], e.version[1], off, e.version[2]}
}

// says reports whether two events say the same, whenever it was written.
func (e *event) says(o *event) bool {
	text := func(e *event) []string {
		var all []string
		for i := range e.props {
			if l := &e.props[i]; l.name != "DTSTAMP" && l.name != "LAST-MODIFIED" {
				all = append(all, l.name+" "+l.param("TZID")+" "+l.value)
			}
		}
		slices.Sort(all)
		return all
	}
	return e.bad == "" && o.bad == "" && len(e.props) == len(o.props) && slices.Equal(text(e), text(o))
}

func lines(events []*event) string {
	var all []int
	for _, e := range events {
		all = append(all, e.line)
	}
	slices.Sort(all)
	var words []string
	for i, n := range all {
		if i == 5 {
			words = append(words, "…")
			break
		}
		words = append(words, fmt.Sprint(n))
	}
	return strings.Join(words, ", ")
}
