package main

import (
	"fmt"
	"os"
	"path/filepath"
	"sort"
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
	Reject    reviewRejectCmd    `cmd:"" help:"Say no, with a reason."`
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
	private += more
	if s.JSON {
		return s.out.json(object{"proposed": each(proposed, func(m engine.Pending) object { return letterView(o, m) }),
			"uncertain": each(uncertain, func(m engine.Pending) object { return letterView(o, m) }), "private": private})
	}
	s.private(private)
	if len(proposed)+len(uncertain) == 0 && private > 0 {
		return nil
	} else if len(proposed)+len(uncertain) == 0 {
		s.out.say("Nothing waits for a yes or no.")
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
		var rows [][]string
		for _, m := range by[n] {
			rows = append(rows, []string{strconv.FormatInt(m.ID, 10), dataset.Plain(m.Content.ToName), m.Content.Subject, m.Content.Why})
		}
		s.out.table("  ", 44, rows)
	}
	if len(uncertain) > 0 {
		s.out.head(fmt.Sprintf("Uncertain (%d): nobody knows whether they went", len(uncertain)))
		var rows [][]string
		for _, m := range uncertain {
			rows = append(rows, []string{strconv.FormatInt(m.ID, 10), dataset.Plain(m.Content.ToName), m.Content.Subject, o.Clock().Words(m.SentAt)})
		}
		s.out.table("  ", 44, rows)
		s.out.say("  Look in the mailbox's Sent folder, then: clarion review uncertain NUMBER --sent (or --not-sent)")
	}
	s.out.say("\nRead one whole: clarion review show NUMBER. Say yes: clarion review approve NUMBER ... or, where together, PLAYBOOK or all")
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
	proposed, _ = s.mine(o, proposed)
	var out []engine.Pending
	taken := map[int64]bool{}
	for _, w := range words {
		n := len(out)
		id, numeric := strconv.ParseInt(w, 10, 64)
		for _, m := range proposed {
			if !taken[m.ID] && (w == "all" || w == m.Playbook || numeric == nil && id == m.ID) {
				taken[m.ID] = true
				out = append(out, m)
			}
		}
		if len(out) == n && w != "all" {
			return nil, s.notWaiting(o, w, id, numeric == nil)
		}
	}
	return out, nil
}

type reviewApproveCmd struct {
	What []string `arg:"" help:"all, a playbook's name, or letters' numbers."`
}

func (*reviewApproveCmd) Help() string {
	return examples(`clarion review approve all`, `clarion review approve arrears-chase --as membership_officer`, `clarion review approve 12 13`)
}

func (c *reviewApproveCmd) Run(s *session) error {
	o, err := s.open(false)
	if err != nil {
		return err
	}
	defer o.Close()
	letters, err := s.chosen(o, c.What)
	if err != nil {
		return err
	}
	single, together := apart(letters, c.What)
	d, err := o.Approve(s.ctx, s.As, single)
	if err != nil {
		return err
	}
	rest, err := o.ApproveTogether(s.ctx, s.As, together)
	if err != nil {
		return err
	}
	d.Done, d.Not = append(d.Done, rest.Done...), append(d.Not, rest.Not...)
	return s.decided(d, "approved; "+s.me+" run sends what is due")
}

// notWaiting says of a word why no letter of it waits.
func (s *session) notWaiting(o *office, word string, id int64, numeric bool) error {
	if numeric {
		m, err := o.Message(s.ctx, id)
		if err != nil {
			return err
		}
		if err := s.mayRead(o, m); err != nil {
			return err
		}
		return fmt.Errorf("letter %d does not wait for a yes or no: it is %s", id, m.State)
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
	case len(d.Done)+len(d.Not) == 0:
		s.out.say("Nothing waits for a yes or no.")
	default:
		s.out.say("%s %s.", plural(len(d.Done), "letter", "letters"), what)
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
	letters, err := s.chosen(o, what)
	if err != nil {
		return err
	}
	d, err := o.Reject(s.ctx, s.As, reason, letters)
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

type reviewBacklogCmd struct {
	Playbook string   `arg:"" optional:"" help:"The playbook."`
	Keys     []string `arg:"" optional:"" help:"Records' keys, to approve only these."`
	Approve  bool     `help:"Let them act; their clocks count from today."`
}

func (*reviewBacklogCmd) Help() string {
	return examples(`clarion review backlog`, `clarion review backlog arrears-chase`, `clarion review backlog arrears-chase --approve`, `clarion review backlog arrears-chase A150001 --approve`)
}

func (c *reviewBacklogCmd) Run(s *session) error {
	o, err := s.open(false)
	if err != nil {
		return err
	}
	defer o.Close()
	if c.Playbook == "" {
		st, err := o.Status(s.ctx)
		if err != nil {
			return err
		}
		var private int
		st.Backlog, private = s.sums(o, st.Backlog)
		if s.JSON {
			return s.out.json(object{"backlog": counts(st.Backlog), "private": private})
		}
		s.private(private)
		for _, n := range sortedKeys(st.Backlog) {
			s.out.say("%s: %s; clarion review backlog %s lists them", n, plural(st.Backlog[n], "case", "cases"), n)
		}
		if len(st.Backlog)+private == 0 {
			s.out.say("There is no backlog.")
		}
		return nil
	}
	if err := o.knows(c.Playbook); err != nil {
		return err
	}
	if err := s.mayList(o, c.Playbook); err != nil {
		return err
	}
	cases, err := o.Backlog(s.ctx, c.Playbook)
	if err != nil {
		return err
	}
	if len(c.Keys) > 0 {
		if cases, err = keyed(cases, c.Keys); err != nil {
			return err
		}
	}
	if !c.Approve {
		if s.JSON {
			return s.out.json(object{"cases": each(cases, func(b engine.BacklogCase) object { return backlogView(o, b) })})
		}
		for _, b := range cases {
			s.out.say("  %s", b.About)
		}
		if len(cases) == 0 {
			s.out.say("%s has no backlog.", c.Playbook)
			return nil
		}
		s.out.say("%s. Nothing goes to a member for them before: clarion review backlog %s --approve", plural(len(cases), "case", "cases"), c.Playbook)
		return nil
	}
	var keys []ledger.CaseKey
	if len(c.Keys) > 0 {
		for _, b := range cases {
			keys = append(keys, b.Case.Key)
		}
	}
	n, err := o.ApproveBacklog(s.ctx, s.As, c.Playbook, keys)
	if err != nil {
		return err
	}
	return s.tell("%s of %s may act, counted from today. clarion plan shows what comes of it.", plural(n, "case", "cases"), c.Playbook)
}

func keyed(cases []engine.BacklogCase, keys []string) ([]engine.BacklogCase, error) {
	var out []engine.BacklogCase
	for _, k := range keys {
		found := false
		for _, b := range cases {
			if b.Key == k {
				out, found = append(out, b), true
			}
		}
		if !found {
			return nil, fmt.Errorf("%s is not in the backlog", dataset.Plain(k))
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Key < out[j].Key })
	return out, nil
}

type reviewReleaseCmd struct {
	Playbook string `arg:"" help:"The playbook whose batch a brake holds."`
}

func (*reviewReleaseCmd) Help() string { return examples(`clarion review release arrears-chase`) }

func (c *reviewReleaseCmd) Run(s *session) error {
	o, err := s.open(false)
	if err != nil {
		return err
	}
	defer o.Close()
	if err := o.knows(c.Playbook); err != nil {
		return err
	}
	n, err := o.Release(s.ctx, s.As, c.Playbook)
	if err != nil {
		return err
	}
	return s.tell("The brake lets %s of %s pass until tomorrow night. They still need what approval they needed.", plural(n, "letter", "letters"), c.Playbook)
}

type reviewUncertainCmd struct {
	Number  int64 `arg:"" help:"The letter's number."`
	Sent    bool  `help:"It was found: it went." xor:"verdict" required:""`
	NotSent bool  `help:"It did not go: it is owed again." xor:"verdict" required:"" name:"not-sent"`
}

func (*reviewUncertainCmd) Help() string {
	return examples(`clarion review uncertain 12 --sent`, `clarion review uncertain 12 --not-sent`)
}

func (c *reviewUncertainCmd) Run(s *session) error {
	o, err := s.open(false)
	if err != nil {
		return err
	}
	defer o.Close()
	m, err := o.Message(s.ctx, c.Number)
	if err != nil {
		return err
	}
	if m.State != ledger.Uncertain {
		return fmt.Errorf("letter %d is not uncertain: it is %s", c.Number, m.State)
	}
	if err := o.Settle(s.ctx, s.As, c.Number, c.Sent); err != nil {
		return err
	}
	if c.Sent {
		return s.tell("Noted: it went.")
	}
	return s.tell("Noted: it did not go. It is owed again; clarion plan shows it.")
}
