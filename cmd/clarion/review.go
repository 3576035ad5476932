package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
)

type reviewCmd struct {
	List      reviewListCmd      `cmd:"" default:"withargs" help:"List the letters that wait (what clarion review does by itself)."`
	Show      reviewShowCmd      `cmd:"" help:"Show one letter whole."`
	Approve   reviewApproveCmd   `cmd:"" help:"Say yes: to single letters, or to all of a playbook that is trusted with batches."`
	Reject    reviewRejectCmd    `cmd:"" help:"Say no, with a reason; or take back a yes before the letter has left."`
	Strike    reviewStrikeCmd    `cmd:"" help:"Strike single letters out of a batch and leave the rest as it is."`
	Backlog   reviewBacklogCmd   `cmd:"" help:"Show or approve the cases that held already when a playbook was switched on."`
	Release   reviewReleaseCmd   `cmd:"" help:"Let a batch past its brake, once."`
	Uncertain reviewUncertainCmd `cmd:"" help:"Settle letters of which nobody knows whether they went."`
}

type reviewListCmd struct{}

func (*reviewListCmd) Help() string {
	return examples(`clarion review`, `clarion review show 12`, `clarion review approve arrears-chase`, `clarion review approve 12 13`, `clarion review reject 14 --reason "spoke with her yesterday"`)
}

func (*reviewListCmd) Run(s *session) error {
	o, err := s.open(false)
	if err != nil {
		return err
	}
	defer o.Close()
	proposed, uncertain, err := o.Pending(s.ctx)
	if err != nil {
		return err
	}
	proposed, private := s.mine(o, proposed)
	uncertain, more := s.mine(o, uncertain)
	unsent, err := o.Unsent(s.ctx)
	if err != nil {
		return err
	}
	unsent, still := s.mine(o, unsent)
	private += more + still
	plans, err := o.SavedPlans(s.ctx)
	if err != nil {
		return err
	}
	if s.JSON {
		return s.out.json(object{"plans": each(plans, func(p engine.SavedPlan) object { return savedPlanView(o, p) }),
			"proposed":  each(proposed, func(m engine.Pending) object { return letterView(o, m) }),
			"uncertain": each(uncertain, func(m engine.Pending) object { return letterView(o, m) }),
			"approved":  each(unsent, func(m engine.Pending) object { return letterView(o, m) }), "private": private})
	}
	s.private(private)
	if len(proposed)+len(uncertain) == 0 && private == 0 {
		s.out.say("Nothing waits for a yes or no.")
	}
	if err := s.printProposed(o, proposed); err != nil {
		return err
	}
	if len(proposed) > 0 {
		s.printPlans(o, plans)
	}
	if len(unsent) > 0 {
		s.out.head(fmt.Sprintf("Approved (%d), and not sent yet", len(unsent)))
		s.out.table("  ", 44, letterRows(unsent, func(m engine.Pending) string { return m.Content.Why + leaves(o, m) }))
		s.out.say("  Take one back: clarion review reject NUMBER --reason TEXT")
	}
	if len(uncertain) > 0 {
		s.out.head(fmt.Sprintf("Uncertain (%d): nobody knows whether they went", len(uncertain)))
		s.out.table("  ", 44, letterRows(uncertain, func(m engine.Pending) string { return o.Clock().Words(m.SentAt) }))
		s.out.say("  Look in the mailbox's Sent folder, then: clarion review uncertain NUMBER --sent (or --not-sent)")
	}
	if len(proposed) > 0 {
		s.out.say("\nRead one whole: clarion review show NUMBER. Say yes: clarion review approve NUMBER ... or, where together, PLAYBOOK or all")
	}
	return nil
}

// letterRows are the lines of a table of letters, the last column as given.
func letterRows(list []engine.Pending, last func(engine.Pending) string) [][]string {
	var rows [][]string
	for _, m := range list {
		rows = append(rows, []string{strconv.FormatInt(m.ID, 10), dataset.Plain(m.Content.ToName), m.Content.Subject, last(m)})
	}
	return rows
}

// printProposed lists the letters that wait for a decision, by playbook.
func (s *session) printProposed(o *office, proposed []engine.Pending) error {
	if len(proposed) == 0 {
		return nil
	}
	by := map[string][]engine.Pending{}
	for _, m := range proposed {
		by[m.Playbook] = append(by[m.Playbook], m)
	}
	how, err := o.howDecided(s)
	if err != nil {
		return err
	}
	for _, n := range sortedKeys(by) {
		s.out.head(fmt.Sprintf("%s (%d), to be decided by the %s, %s", n, len(by[n]), o.Set().RoleTitle(by[n][0].Approver), how[n]))
		s.out.table("  ", 44, letterRows(by[n], func(m engine.Pending) string { return m.Content.Why }))
		s.printTwo(o, by[n])
	}
	return nil
}

type reviewShowCmd struct {
	Number int64  `arg:"" help:"The letter's number."`
	HTML   string `help:"Write the letter as it will look into this file." type:"path" placeholder:"FILE" name:"html"`
}

func (*reviewShowCmd) Help() string {
	return examples(`clarion review show 12`, `clarion review show 12 --html letter.html`)
}

func (c *reviewShowCmd) Run(s *session) error {
	o, err := s.open(false)
	if err != nil {
		return err
	}
	defer o.Close()
	m, err := o.Message(s.ctx, c.Number)
	if err != nil {
		return err
	}
	if err := s.mayRead(o, m); err != nil {
		return err
	}
	if s.JSON {
		return s.out.json(letterView(o, m).text("html", m.Content.HTML))
	}
	if c.HTML != "" {
		if err := os.MkdirAll(filepath.Dir(c.HTML), 0o700); err != nil {
			return fmt.Errorf("writing the letter: %w", err)
		}
		if err := os.WriteFile(c.HTML, []byte(m.Content.HTML), 0o600); err != nil {
			return fmt.Errorf("writing the letter: %w", err)
		}
		return s.tell("Written to %s. It holds a member's data: delete it when you have looked.", c.HTML)
	}
	rows := [][]string{{"State", string(m.State)}, {"From", person(m.Content.FromName, m.Content.From)},
		{"To", person(m.Content.ToName, m.Content.To)}, {"Subject", m.Content.Subject}, {"Why", m.Content.Why}}
	if m.Content.ReplyTo != "" {
		rows = append(rows, []string{"Replies", m.Content.ReplyTo})
	}
	for _, a := range m.Content.Attachments {
		rows = append(rows, []string{"Attached", fmt.Sprintf("%s (%s, %d bytes)", dataset.Plain(a.Name), a.Type, a.Size)})
	}
	if why := m.TwoWords(o.Set()); why != "" {
		rows = append(rows, []string{"Two yeses", why})
	}
	for _, y := range []ledger.Yes{m.First, m.Yes} {
		if y != (ledger.Yes{}) {
			rows = append(rows, []string{"Yes", yesWords(o, y)})
		}
	}
	if text := leaves(o, m); text != "" {
		rows = append(rows, []string{"Leaves", strings.TrimPrefix(text, "; leaves ")})
	}
	rows = append(rows, []string{"Digest", m.Digest[:16]})
	s.out.table("", 12, rows)
	s.out.say("\n%s", printable(m.Content.Text))
	return nil
}

func person(name, address string) string {
	return fmt.Sprintf("%s <%s>", dataset.Plain(name), dataset.Plain(address))
}

// printable keeps a letter's line breaks and makes everything else plain.
func printable(text string) string {
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		lines[i] = dataset.Plain(strings.TrimRight(l, "\r"))
	}
	return strings.Join(lines, "\n")
}

// chosen finds the waiting letters that the words mean: all, a playbook, or
// numbers.
func (s *session) chosen(o *office, words []string) ([]engine.Pending, error) {
	proposed, _, err := o.Pending(s.ctx)
	if err != nil {
		return nil, err
	}
	return s.among(o, words, proposed, "does not wait for a yes or no")
}

// unwanted finds the letters that the words mean among those that can still be
// kept from going: those that wait for a yes, and those that have it and have
// not left. What goes by itself, a playbook's name or a number means, and all
// does not.
func (s *session) unwanted(o *office, words []string) ([]engine.Pending, error) {
	list, _, err := o.Pending(s.ctx)
	if err != nil {
		return nil, err
	}
	unsent, err := o.Unsent(s.ctx)
	if err != nil {
		return nil, err
	}
	if slices.Contains(words, "all") {
		unsent = slices.DeleteFunc(unsent, func(m engine.Pending) bool { return m.Auto })
	}
	return s.among(o, words, append(list, unsent...), "cannot be taken back")
}

// among finds the letters of a list that the words mean; of a word that means
// none it is said why.
func (s *session) among(o *office, words []string, list []engine.Pending, not string) ([]engine.Pending, error) {
	list, _ = s.mine(o, list)
	var out []engine.Pending
	taken := map[int64]bool{}
	for _, w := range words {
		n := len(out)
		id, numeric := strconv.ParseInt(w, 10, 64)
		for _, m := range list {
			if !taken[m.ID] && (w == "all" || w == m.Playbook || numeric == nil && id == m.ID) {
				taken[m.ID] = true
				out = append(out, m)
			}
		}
		if len(out) == n && w != "all" {
			return nil, s.notWaiting(o, w, id, numeric == nil, not)
		}
	}
	return out, nil
}

type reviewApproveCmd struct {
	What    []string `arg:"" optional:"" help:"all, a playbook's name, or letters' numbers."`
	Plan    string   `help:"Say yes to the plan with this digest, as clarion review shows it." placeholder:"DIGEST"`
	Without []int64  `help:"Letters of that plan that go on waiting." placeholder:"NUMBER"`
}

func (*reviewApproveCmd) Help() string {
	return examples(`clarion review approve all`, `clarion review approve arrears-chase --as membership_officer`, `clarion review approve 12 13`,
		`clarion review approve --plan 5f0c2a9be41d --without 12,13`)
}

func (c *reviewApproveCmd) Run(s *session) error {
	o, err := s.open(false)
	if err != nil {
		return err
	}
	defer o.Close()
	switch {
	case (c.Plan == "") == (len(c.What) == 0):
		return errors.New("say which letters: all, a playbook's name, or numbers; or a plan: --plan DIGEST")
	case c.Plan == "" && len(c.Without) > 0:
		return errors.New("--without leaves letters out of a plan: name it with --plan DIGEST")
	}
	d, err := c.approve(s, o)
	if err != nil {
		return err
	}
	return s.decided(d, "approved; "+s.me+" run sends what is due"+undoWords(o, d))
}

// approve gives the yes to a plan, or to letters that were named.
func (c *reviewApproveCmd) approve(s *session, o *office) (engine.Decision, error) {
	voice := engine.Voice{Role: s.As}
	if c.Plan != "" {
		return o.ApprovePlan(s.ctx, voice, c.Plan, c.Without)
	}
	letters, err := s.chosen(o, c.What)
	if err != nil {
		return engine.Decision{}, err
	}
	single, together := apart(letters, c.What)
	d, err := o.Approve(s.ctx, voice, single)
	if err != nil {
		return d, err
	}
	rest, err := o.ApproveTogether(s.ctx, voice, together)
	d.Done, d.Half, d.Not = append(d.Done, rest.Done...), append(d.Half, rest.Half...), append(d.Not, rest.Not...)
	return d, err
}

// notWaiting says of a word why no letter of it waits.
func (s *session) notWaiting(o *office, word string, id int64, numeric bool, not string) error {
	if numeric {
		m, err := o.Message(s.ctx, id)
		if err != nil {
			return err
		}
		if err := s.mayRead(o, m); err != nil {
			return err
		}
		why := m.TooLate(o.Clock())
		switch {
		case m.Kind == ledger.Digest:
			why = "it is an officer's digest, and only letters are decided about"
		case why == "":
			why = "it is " + string(m.State)
		}
		return fmt.Errorf("letter %d %s: %s", id, not, why)
	}
	if err := o.knows(word); err != nil {
		return err
	}
	return fmt.Errorf("no letter of %s waits for a yes or no; clarion review lists those that do", word)
}

// knows says which playbooks there are, if the named one is not among them.
func (o *office) knows(name string) error {
	var names []string
	for _, p := range o.Set().Playbooks {
		if p.Name == name {
			return nil
		}
		names = append(names, p.Name)
	}
	if _, faulty := o.Set().Disabled[name]; faulty {
		return fmt.Errorf("the playbook %s has faults and does not run: clarion check", name)
	}
	return fmt.Errorf("there is no playbook called %s; there are: %s", dataset.Plain(name), strings.Join(names, ", "))
}

func (s *session) decided(d engine.Decision, what string) error {
	switch {
	case s.JSON:
		if err := s.out.json(decisionView(d)); err != nil {
			return err
		}
	case len(d.Done)+len(d.Half)+len(d.Not) == 0:
		s.out.say("Nothing waits for a yes or no.")
	default:
		if len(d.Done) > 0 {
			s.out.say("%s %s.", plural(len(d.Done), "letter", "letters"), what)
		}
		if len(d.Half) > 0 {
			s.out.say("%s the first of two yeses; clarion review says whose the second must be.", plural(len(d.Half), "letter has", "letters have"))
		}
		if len(d.Done)+len(d.Half) == 0 {
			s.out.say("No letter %s.", strings.TrimSpace(strings.SplitN(what, ";", 2)[0]))
		}
		for _, f := range d.Not {
			s.out.note("  ", "%d not: %s", f.ID, f.Why)
		}
	}
	if len(d.Not) > 0 {
		return errFaults
	}
	return nil
}

type reviewRejectCmd struct {
	What   []string `arg:"" help:"all, a playbook's name, or letters' numbers."`
	Reason string   `help:"Why; whoever wrote the playbook will want to know." required:"" placeholder:"TEXT"`
}

func (*reviewRejectCmd) Help() string {
	return examples(`clarion review reject 14 --reason "spoke with her yesterday"`)
}

func (c *reviewRejectCmd) Run(s *session) error { return reject(s, c.What, c.Reason) }

func reject(s *session, what []string, reason string) error {
	o, err := s.open(false)
	if err != nil {
		return err
	}
	defer o.Close()
	letters, err := s.unwanted(o, what)
	if err != nil {
		return err
	}
	d, err := o.Reject(s.ctx, engine.Voice{Role: s.As}, reason, letters)
	if err != nil {
		return err
	}
	return s.decided(d, "rejected; they will not be proposed again")
}

type reviewStrikeCmd struct {
	Numbers []int64 `arg:"" help:"Letters' numbers."`
	Reason  string  `help:"Why." default:"struck out" placeholder:"TEXT"`
}

func (*reviewStrikeCmd) Help() string { return examples(`clarion review strike 14 15`) }

func (c *reviewStrikeCmd) Run(s *session) error {
	var words []string
	for _, n := range c.Numbers {
		words = append(words, strconv.FormatInt(n, 10))
	}
	return reject(s, words, c.Reason)
}
