package main

import (
	"time"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/condition"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/letter"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/engine/store"
)

// What --json prints. These shapes are a promise: a key is added, never renamed
// or taken away, whatever becomes of the engine's own types. Moments are in the
// constituency's time with their offset, days are 2026-11-30, and what is not
// there is left out.

// object is a JSON object; put leaves out what is empty.
type object map[string]any

func (o object) text(key, value string) object {
	if value != "" {
		o[key] = value
	}
	return o
}

func (o object) at(key string, t time.Time, zone *time.Location) object {
	if !t.IsZero() {
		o[key] = t.In(zone).Format(time.RFC3339)
	}
	return o
}

// each makes a list that is [] and not null where nothing is in it.
func each[T any](list []T, view func(T) object) []object {
	out := make([]object, 0, len(list))
	for _, x := range list {
		out = append(out, view(x))
	}
	return out
}

func some(list []string) []string { return append([]string{}, list...) }

func counts(m map[string]int) map[string]int {
	if m == nil {
		return map[string]int{}
	}
	return m
}

func planView(o *office, p *plan.Plan) object {
	zone := o.Clock().Zone
	v := object{
		"lines": each(p.Lines, func(l plan.Line) object { return lineView(o, l) }),
		"cannot_tell": each(p.CannotTell, func(d plan.CannotTell) object {
			return object{"playbook": d.Playbook, "what": d.What, "about": d.About, "cells": each(d.Cells, cellView)}.text("why", d.Why)
		}),
		"holds":  each(p.Holds, holdView),
		"counts": countsView(p),
		"letters": each(p.Messages, func(m plan.Message) object {
			return object{"kind": string(m.Kind), "to": m.Content.To, "to_name": m.Content.ToName, "subject": m.Content.Subject,
				"digest": m.Digest, "stands": m.Stands, "by_itself": m.Auto || m.Release}.
				text("playbook", m.Playbook).text("why", m.Content.Why).text("about", m.Subject)
		}),
		"digest": p.Digest,
	}
	if p.Private > 0 {
		v["private"] = p.Private
	}
	return v.at("now", p.Now, zone).at("nothing_changes_before", p.Wake, zone)
}

func lineView(o *office, l plan.Line) object {
	return object{"verb": string(l.Verb), "playbook": l.Playbook}.text("step", l.Step).text("to", l.To).text("about", l.About).
		text("dataset", l.Dataset).text("why", l.Why).at("when", l.When, o.Clock().Zone)
}

func cellView(c dataset.Cell) object {
	v := object{"dataset": c.Dataset, "key": c.Key, "column": c.Column}.text("file", c.Origin.File).text("sheet", c.Origin.Sheet).text("why", c.Why)
	if c.Origin.Row > 0 {
		v["row"] = c.Origin.Row
	}
	return v
}

func holdView(h plan.Hold) object {
	return object{"kind": h.Kind, "count": h.Count, "why": h.Why}.text("playbook", h.Playbook).text("list", h.Dataset).text("hint", h.Hint)
}

func countsView(p *plan.Plan) object {
	v := object{}
	for name, c := range p.Counts {
		a, why := c.Actions, map[string]int{}
		for _, l := range p.Lines {
			if l.Playbook == name && l.Verb == plan.Withholds && l.Action != "" {
				why[l.Why]++
			}
		}
		v[name] = object{"looked_at": c.Looked, "matched": c.Matched, "not_matched": c.NotMatched, "cannot_tell": c.Unknown,
			"opened": c.Opened, "closed": c.Closed, "send": c.Send, "review": c.Review, "task": c.Tasks, "sheet": c.Sheet,
			"wait": c.Wait, "held": c.Held, "withheld": c.Withheld, "missed": c.Missed, "observed": c.Observed, "later": c.Later,
			"actions": object{"all": a.All, "done": a.Done, "over": a.Over, "on_its_way": a.Way, "send": a.Send, "review": a.Review,
				"task": a.Tasks, "sheet": a.Sheet, "held": a.Held, "withheld": a.Withheld, "missed": a.Missed, "wait": a.Wait,
				"observed": a.Observed, "later": a.Later, "withheld_because": why}}
	}
	return v
}

func passView(s *session, o *office, p engine.Pass) object {
	d := p.Delivery
	v := object{
		"mail":    mailView(p.Mail),
		"imports": each(p.Imports, func(r store.ImportRecord) object { return importView(o, r) }),
		"refused": each(p.Refused, refusedView), "waiting": each(p.Waiting, waitingView),
		"delivery": object{"sent": d.Sent, "deferred": d.Deferred, "failed": d.Failed, "uncertain": d.Uncertain, "proven": d.Proven,
			"again": d.Again, "left": d.Left, "fell": each(d.Fell, func(f engine.Fallen) object {
				v := fallenView(f)
				v["planned"] = each(p.Planned(f), func(l plan.Line) object { return lineView(o, l) })
				return v
			}), "staged": each(d.Staged, func(b engine.Staged) object {
				if plan.Hidden(o.Set(), b.Playbook, s.As) {
					return object{"letters": b.Letters}
				}
				return object{"playbook": b.Playbook, "letters": b.Letters, "why": b.Why}
			})}.text("put_off", d.PutOff).text("stopped", d.Stopped),
	}
	v["gone"] = each(o.gone(s, p), func(g goneLetter) object {
		return object{"number": g.ID, "playbook": g.Playbook, "to_name": g.Content.ToName, "subject": g.Content.Subject, "why": g.why}
	})
	if p.Plan != nil {
		v["plan"] = planView(o, p.Plan)
	}
	if p.Before != nil {
		v["plan_before"] = planView(o, p.Before)
	}
	return v
}

func refusedView(err error) object { return object{"why": err.Error()} }

func waitingView(w engine.Waiting) object {
	return object{"why": w.Why}.text("list", w.Dataset).text("file", w.File)
}

func fallenView(f engine.Fallen) object { return object{"number": f.ID, "why": f.Why} }

func importView(o *office, r store.ImportRecord) object {
	v := object{"dataset": r.Dataset, "file": r.File, "records": r.Rows, "new": r.New, "gone": r.Gone, "changed": r.Changed,
		"refused": r.Refused, "first": r.Baseline, "sha256": r.SHA256}.text("sheet", r.Sheet).text("by", r.By)
	if r.HasDate {
		v["list_date"] = r.ListDate.String()
	}
	return v.at("at", r.At, o.Clock().Zone).at("undone", r.Undone, o.Clock().Zone)
}

func letterView(o *office, m engine.Pending) object {
	zone := o.Clock().Zone
	c := m.Content
	return object{"number": m.ID, "kind": string(m.Kind), "state": string(m.State), "digest": m.Digest, "basis": m.Basis,
		"from": c.From, "from_name": c.FromName, "to": c.To, "to_name": c.ToName, "subject": c.Subject, "text": c.Text,
		"attachments": each(c.Attachments, func(a letter.Attachment) object {
			return object{"name": a.Name, "type": a.Type, "bytes": a.Size, "sha256": a.SHA256}
		})}.
		text("playbook", m.Playbook).text("approver", m.Approver).text("reply_to", c.ReplyTo).text("why", c.Why).
		text("reason", m.Reason).at("not_before", m.NotBefore, zone).at("expires", m.Expires, zone).at("since", m.At, zone).at("sent", m.SentAt, zone).
		at("leaves_from", m.Until, zone).text("two_yeses", m.TwoWords(o.Set())).text("first_yes", m.First.By).text("yes", m.Yes.By)
}

func decisionView(d engine.Decision) object {
	done := append([]int64{}, d.Done...)
	return object{"done": done, "first_yes": append([]int64{}, d.Half...), "not": each(d.Not, fallenView)}
}

func taskView(o *office, t engine.TaskView) object {
	zone := o.Clock().Zone
	return object{"number": t.Number, "state": string(t.State), "step": t.Step, "addressee": readable(t.Addressee), "line": t.Line,
		"answers": some(t.Answers)}.text("answer", t.Answer).at("given", t.Given, zone).at("due", t.Due, zone)
}

func effectView(o *office, e plan.Effect) object {
	if e.Suppress {
		return object{"suppressed": true}
	}
	return object{"dataset": e.Dataset, "column": e.Column, "value": e.Value.Words(o.Clock())}
}

func statusView(o *office, st engine.Status, tasks []engine.TaskView) object {
	zone := o.Clock().Zone
	stand := object{"sending": st.Stand.Sending()}.text("why", st.Stand.Why).text("hint", st.Stand.Hint)
	return object{
		"constituency": o.Set().Constituency.Name, "review": counts(st.Review), "uncertain": st.Uncertain, "waiting_to_be_sent": st.Approved,
		"open_tasks": st.Open, "overdue_tasks": st.Overdue, "backlog": counts(st.Backlog), "sent": st.Sent, "stopped": st.Halted, "stopped_why": st.HaltedWhy, "stand": stand,
		"holds": each(st.Holds, holdView), "cannot_tell": st.Doubts, "may_be_one_person": st.Pairs, "mail_waits": st.Mail, "faulty_playbooks": some(st.Disabled),
		"lists": each(st.Datasets, func(f engine.Freshness) object {
			return object{"name": f.Name, "records": f.Records, "expected": f.Source}.at("imported", f.Imported, zone)
		}),
		"tasks": each(tasks, func(t engine.TaskView) object { return taskView(o, t) }),
	}.at("now", st.Now, zone).at("last_run", st.LastRun, zone).at("mailbox_read", st.MailRead, zone).at("nothing_changes_before", st.Wake, zone)
}

func faultView(f playbook.Fault) object {
	v := object{"file": f.File, "text": f.Text}.text("hint", f.Hint).text("source", f.Source).text("playbook", f.Playbook)
	if f.Line > 0 {
		v["line"], v["column"] = f.Line, max(f.Column, 1)
	}
	return v
}

func explanationView(x condition.Explanation) object {
	return object{"condition": oneLine(x.Source), "value": x.Words, "cells": each(x.Cells, cellView), "parts": each(x.Parts, explanationView)}
}

func accountView(o *office, a plan.Account) object {
	zone := o.Clock().Zone
	v := object{"playbook": a.Playbook, "title": a.Title, "about": a.About,
		"lines": each(a.Lines, func(l plan.Line) object { return lineView(o, l) }),
		"cases": each(a.Cases, func(c plan.CaseAccount) object {
			k := object{"state": string(c.Case.State), "backlog": c.Case.Backlog}.text("result", string(c.Case.Result)).text("reason", c.Case.Reason)
			var actions, tasks []object
			for _, x := range c.Actions {
				actions = append(actions, object{"step": x.Step, "addressee": readable(x.Addressee), "state": string(x.State)}.
					text("occurrence", x.Occurrence).text("reason", x.Reason).at("due", x.Due, zone).at("since", x.Changed, zone))
			}
			for _, t := range c.Tasks {
				tasks = append(tasks, object{"number": t.Number, "step": t.Step, "state": string(t.State)}.
					text("answer", t.Answer).at("due", t.Due, zone).at("since", t.Changed, zone))
			}
			k["actions"], k["tasks"] = append([]object{}, actions...), append([]object{}, tasks...)
			return k.at("opened", c.Case.Opened, zone).at("since", c.Case.Changed, zone)
		})}
	if a.Door != nil {
		v["when"] = explanationView(*a.Door)
	}
	if a.Absence != "" {
		v["missing"] = a.Absence
	}
	if a.Stay != nil {
		v["while"] = explanationView(*a.Stay)
	}
	if len(a.Occasion) > 0 {
		v["again"] = each(a.Occasion, explanationView)
	}
	if len(a.Lets) > 0 {
		v["let"] = each(a.Lets, func(x plan.Named) object { return explanationView(x.Explanation).text("name", x.Name) })
	}
	return v
}

func backlogView(o *office, b engine.BacklogCase) object {
	return object{"key": b.Key, "about": b.About, "dataset": b.Case.Dataset}.text("occasion", b.Case.Occasion).at("found", b.Case.Opened, o.Clock().Zone)
}

func forgetView(i store.ForgetItem) object {
	return object{"what": i.What, "count": i.Count, "kept": i.Kept}.text("why", i.Why)
}

func dossierView(o *office, d store.Dossier) object {
	zone := o.Clock().Zone
	return object{"dataset": d.Dataset, "key": d.Key, "sections": each(d.Sections, func(sec store.DossierSection) object {
		return object{"title": sec.Title, "lines": each(sec.Lines, func(l store.DossierLine) object {
			return object{"label": l.Label, "value": l.Value.Words(o.Clock())}.text("source", l.Source).at("at", l.At, zone)
		})}.text("note", sec.Note)
	})}
}
