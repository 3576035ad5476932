package main

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/playbook"
)

type trustCmd struct {
	Name   string `arg:"" optional:"" help:"Which playbook."`
	Level  string `arg:"" optional:"" help:"What it may do by itself: observe, each, batch or automatic."`
	Minute string `help:"Where the decision is minuted, if it is." placeholder:"TEXT"`
}

func (*trustCmd) Help() string {
	return examples(`clarion trust`, `clarion trust new-member-welcome each --as membership_officer`,
		`clarion trust new-member-welcome automatic --minute "EC, 12 November, item 4"`, `clarion trust new-member-welcome observe`)
}

// Run gives a playbook trust, or takes it; without a level it shows how all of
// them, or one, stand.
func (c *trustCmd) Run(s *session) error {
	if c.Minute != "" && c.Level == "" {
		return usage("--minute says where a decision stands: name the playbook and its level too")
	}
	o, err := s.open(false)
	if err != nil {
		return err
	}
	defer o.Close()
	if c.Level == "" {
		return c.list(s, o)
	}
	was, is, err := o.Trust(s.ctx, s.As, c.Name, c.Level, c.Minute)
	if err != nil {
		return err
	}
	if s.JSON {
		return s.out.json(object{"playbook": c.Name, "was": was.Level.String(), "trust": is.Level.String()})
	}
	s.given(c.Name, was, is)
	return nil
}

// given says what a playbook may do now, and what comes of that.
func (s *session) given(name string, was, is plan.Standing) {
	if was.Level == is.Level && was.Record != "" {
		s.out.say("%s: %s, as before. It is written down that you say so.", name, trustWords(is.Level))
		return
	}
	s.out.say("%s: %s; before, it was %s.", name, trustWords(is.Level), was.Level)
	switch {
	case is.Level == playbook.Observe:
		s.out.note("", "Nothing of it leaves from now on, neither letters nor tasks. What it finds meanwhile is backlog when it acts again.")
	case was.Level == playbook.Observe:
		s.out.note("", "From now on it acts. What it had found by then is backlog, for which nothing goes to a member until you say so: %s plan shows it, and after the next %s run: clarion review backlog %s.", s.me, s.me, name)
	}
}

// list shows what every playbook may do, and who says so.
func (c *trustCmd) list(s *session, o *office) error {
	all, err := o.Standings(s.ctx)
	if err != nil {
		return err
	}
	var rows []engine.Standing
	for _, st := range all {
		if c.Name == "" || c.Name == st.Playbook.Name {
			rows = append(rows, st)
		}
	}
	if len(rows) == 0 && c.Name != "" {
		return fmt.Errorf("there is no playbook %s that runs: clarion playbooks lists them", c.Name)
	}
	if s.JSON {
		return s.out.json(object{"trust": each(rows, func(st engine.Standing) object {
			pb := st.Playbook
			return object{"playbook": pb.Name, "most": pb.Most.String(), "trust": st.Trust.Level.String()}.
				text("here", hereTrust(o.Set(), pb)).text("record", st.Trust.Record).text("minute", st.Given).
				at("since", st.Trust.Since, o.Clock().Zone).text("why", whyTrust(o.Set(), st)).ramp(st.Trust.Ramp)
		})})
	}
	lines := [][]string{{"playbook", "may at most", "here", "on record", "holds", "earned so far"}}
	for _, st := range rows {
		lines = append(lines, []string{st.Playbook.Name, st.Playbook.Most.String(), dash(hereTrust(o.Set(), st.Playbook)), dash(st.Trust.Record), st.Trust.Level.String(), soFar(st.Trust.Ramp)})
	}
	s.out.table("", 40, lines)
	s.out.say("")
	silent := 0 // of which nobody has spoken
	for _, st := range rows {
		if st.Trust.Record == "" && len(rows) > 1 {
			silent++
			continue
		}
		s.out.note("", "%s: %s. %s", s.out.paint("1", st.Playbook.Name), whyTrust(o.Set(), st), nextTrust(st))
	}
	if silent > 0 {
		s.out.note("", "%s only: nobody has said yet that more may be done. It is shown what would be, and nothing of it leaves. To let one ask for each of its letters: clarion trust NAME each", plural(silent, "playbook observes", "playbooks observe"))
	}
	return nil
}

// hereTrust is what playbooks.yaml says of a playbook; empty: nothing.
func hereTrust(set *playbook.Set, pb *playbook.Playbook) string {
	if t, said := set.Constituency.Trust[pb.Name]; said {
		return t.String()
	}
	return ""
}

func dash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

// whyTrust says why a playbook stands as it does.
func whyTrust(set *playbook.Set, st engine.Standing) string {
	pb := st.Playbook
	switch {
	case st.Trust.Why != "":
		return st.Trust.Why
	case pb.Trust < pb.Most && hereTrust(set, pb) == "":
		return trustWords(pb.Trust) + ": playbooks.yaml says nothing of it, and so it asks"
	case pb.Trust < pb.Most:
		return trustWords(pb.Trust) + ": playbooks.yaml trusts it with no more"
	}
	day := set.Constituency.Clock.Day(st.Trust.Since).Words()
	if st.Trust.Earned {
		return trustWords(st.Trust.Level) + ": it earned that on " + day
	}
	return trustWords(st.Trust.Level) + ": a person said so on " + day + minuted(st.Given)
}

// minuted is where a decision stands, if that is known.
func minuted(minute string) string {
	if minute == "" {
		return ""
	}
	return " (" + dataset.Plain(minute) + ")"
}

// decisions is what counts towards the level in question.
func decisions(r plan.Ramp) string {
	if r.Next == playbook.Automatic {
		return "batches"
	}
	return "letters"
}

// soFar is how far a playbook has come towards the next level, in few words.
func soFar(r plan.Ramp) string {
	if !r.Open {
		return "-"
	}
	return fmt.Sprintf("%d of %d %s", r.Decided, r.Of, decisions(r))
}

// nextTrust says what comes next, and what it takes.
func nextTrust(st engine.Standing) string {
	pb, r := st.Playbook, st.Trust.Ramp
	switch {
	case st.Trust.Level == playbook.Observe && pb.Trust > playbook.Observe:
		return "To let it ask for each of its letters: clarion trust " + pb.Name + " each"
	case st.Trust.Level >= pb.Trust && pb.Trust < pb.Most:
		return "To let it earn more, write the most that it may do under " + pb.Name + " in playbooks.yaml."
	case !r.Open:
		return "It may do no more."
	}
	text := fmt.Sprintf("Next: %s, once %d %s are approved and none is struck out.", r.Next, r.Of, decisions(r))
	if r.Decided > 0 {
		text = fmt.Sprintf("Next: %s; %d of %d %s decided without change.", r.Next, r.Decided, r.Of, decisions(r))
	}
	if r.Bad {
		text += fmt.Sprintf(" But %d of its %s of the last %d days came back, which is too large a share.", r.Bounced, plural(r.Sent, "letter", "letters"), r.Days)
	}
	return text
}

// ramp adds how far a playbook has come, where it can earn more.
func (o object) ramp(r plan.Ramp) object {
	if r.Open {
		o["earns"] = object{"next": r.Next.String(), "decided": r.Decided, "of": r.Of, "counts": decisions(r), "sent": r.Sent, "bounced": r.Bounced, "days": r.Days, "too_many_bounced": r.Bad}
	}
	return o
}

// howDecided says, by playbook, whether its letters are decided one by one or
// together.
func (o *office) howDecided(s *session) (map[string]string, error) {
	all, err := o.Standings(s.ctx)
	out := map[string]string{}
	for _, st := range all {
		out[st.Playbook.Name] = "one by one"
		if st.Trust.Level >= playbook.Batch {
			out[st.Playbook.Name] = "together"
		}
	}
	return out, err
}

// apart parts letters that were named by their numbers from those that a word
// named together.
func apart(letters []engine.Pending, words []string) (single, together []engine.Pending) {
	for _, m := range letters {
		if slices.Contains(words, strconv.FormatInt(m.ID, 10)) {
			single = append(single, m)
		} else {
			together = append(together, m)
		}
	}
	return single, together
}
