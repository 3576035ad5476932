package main

import (
	"fmt"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
)

// printPlans names the plan that waits, as it was saved, and what became of the
// one before.
func (s *session) printPlans(o *office, plans []engine.SavedPlan) {
	for i, p := range plans {
		switch {
		case i == 0 && p.Open():
			s.out.say("\nPlan %d of %s, digest %s, may be approved until %s: clarion review approve --plan %s",
				p.Number, o.Clock().Words(p.Saved), p.Digest[:12], o.Clock().Words(p.Expires), p.Digest[:12])
		case p.Expired && p.Waiting > 0:
			s.out.note("", "Plan %d of %s expired on %s: not all of it was decided in time.", p.Number, o.Clock().Words(p.Saved), o.Clock().Words(p.Expires))
		}
	}
}

// printTwo says of letters that need two yeses who is to say them.
func (s *session) printTwo(o *office, letters []engine.Pending) {
	said := map[string][]int64{}
	for _, m := range letters {
		if why := m.TwoWords(o.Set()); why != "" {
			said[why] = append(said[why], m.ID)
		}
	}
	for _, why := range sortedKeys(said) {
		s.out.note("  ", "%s: %s", plural(len(said[why]), "letter", "letters"), why)
	}
}

// leaves says from when on a letter leaves that has its yes.
func leaves(o *office, m engine.Pending) string {
	if m.State != ledger.Approved || !m.Until.After(o.Now()) {
		return ""
	}
	when := o.Clock().Words(m.Until)
	if o.Clock().Day(m.Until) == o.Clock().Day(o.Now()) {
		when = m.Until.In(o.Clock().Zone).Format("15:04")
	}
	return "; leaves from " + when + " on"
}

// undoWords says until when what was approved can be taken back.
func undoWords(o *office, d engine.Decision) string {
	undo := o.Set().Constituency.Review.Undo
	if undo == 0 || len(d.Done) == 0 {
		return ""
	}
	return ", from " + o.Clock().Words(o.Now().Add(undo)) + " on. Until then: clarion review reject NUMBER --reason TEXT"
}

// yesWords says who said yes, when and how.
func yesWords(o *office, y ledger.Yes) string {
	text := fmt.Sprintf("%s, %s", o.Set().RoleTitle(y.By), o.Clock().Words(y.At))
	if y.Plan != 0 {
		text += fmt.Sprintf(", to plan %d", y.Plan)
	}
	return dataset.Plain(text)
}

func savedPlanView(o *office, p engine.SavedPlan) object {
	zone := o.Clock().Zone
	return object{"number": p.Number, "digest": p.Digest, "letters": p.Letters, "waiting": p.Waiting, "expired": p.Expired, "open": p.Open(),
		"data": p.Data, "playbooks": p.Playbooks, "settings": p.Settings}.at("saved", p.Saved, zone).at("expires", p.Expires, zone)
}
