package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/playbooks"
)

type playbooksCmd struct {
	Words []string `arg:"" optional:"" help:"Only those in which these words stand: donor, minutes, or a role."`
}

func (*playbooksCmd) Help() string {
	return examples(`clarion playbooks`, `clarion playbooks donor`, `clarion playbooks membership officer`, `clarion playbooks --json`)
}

// Run lists the playbooks with how they stand. Without a constituency it lists
// what ships.
func (c *playbooksCmd) Run(s *session) error {
	set, standings, err := s.standings()
	if err != nil {
		return err
	}
	all := listing(set, standings)
	var rows []listed
	for _, l := range all {
		if l.matches(c.Words) {
			rows = append(rows, l)
		}
	}
	if s.JSON {
		return s.out.json(object{"playbooks": each(rows, func(l listed) object { return l.view(set) })})
	}
	if len(rows) == 0 {
		s.out.say("No playbook speaks of %s. There are %s: clarion playbooks", dataset.Plain(strings.Join(c.Words, " ")), plural(len(all), "one", fmt.Sprint(len(all))))
		return nil
	}
	for i, l := range rows {
		if i > 0 {
			s.out.say("")
		}
		s.out.say("%s  %s", s.out.paint("1", l.name), l.state(s, set))
		if l.pb == nil {
			for _, f := range l.faults {
				s.out.note("  ", "%s", f.Error())
			}
			continue
		}
		s.out.note("  ", "%s. %s.", strings.TrimSuffix(l.pb.Title, "."), set.Roles[l.pb.Role].Title)
		s.out.note("  ", "%s.", upper(set.Trigger(l.pb)))
		if l.standing != nil && !l.standing.Adopted.IsZero() {
			s.out.note("  ", "%s", adoptedWords(set, *l.standing))
		}
	}
	s.out.say("\nWhat one says in full: clarion show %s --words", rows[0].name)
	return nil
}

// A listed playbook is one that there is, whether it runs or not.
type listed struct {
	name     string
	pb       *playbook.Playbook
	off      bool
	faults   []playbook.Fault
	standing *engine.Standing
}

// listing joins what the files say of every playbook with what the ledger does.
func listing(set *playbook.Set, standings []engine.Standing) []listed {
	by := map[string]listed{}
	for _, pb := range set.Playbooks {
		by[pb.Name] = listed{name: pb.Name, pb: pb}
	}
	for _, name := range set.Off {
		by[name] = listed{name: name, off: true}
	}
	for name, faults := range set.Disabled {
		by[name] = listed{name: name, faults: faults}
	}
	for i := range standings {
		l := by[standings[i].Playbook.Name]
		l.standing = &standings[i]
		by[l.name] = l
	}
	var out []listed
	for _, name := range sortedKeys(by) {
		out = append(out, by[name])
	}
	return out
}

// state says in a word or two how it stands.
func (l listed) state(s *session, set *playbook.Set) string {
	switch {
	case l.off:
		return s.out.paint("33", "off")
	case l.pb == nil:
		return s.out.paint("31", plural(len(l.faults), "fault", "faults"))
	case l.standing == nil:
		return "ships"
	case !l.standing.On:
		return "on, at work from the next run; " + trustWords(l.standing.Trust.Level)
	}
	words := "on; " + trustWords(l.standing.Trust.Level)
	if n := l.standing.Cases; n > 0 {
		words += "; " + plural(n, "case open", "cases open")
	}
	if n := l.standing.Backlog; n > 0 {
		words += fmt.Sprintf(", %d of them held from the start", n)
	}
	return words
}

// trustWords says what a playbook may do by itself.
func trustWords(level playbook.Trust) string {
	return map[playbook.Trust]string{
		playbook.Observe: "only shown (observe)", playbook.Each: "every letter asks (each)",
		playbook.Batch: "letters ask together (batch)", playbook.Automatic: "letters go by themselves (automatic)",
	}[level]
}

// adoptedWords says when it was adopted, and whether it still says that.
func adoptedWords(set *playbook.Set, st engine.Standing) string {
	c := set.Constituency.Clock
	text := "Adopted on " + c.Day(st.Adopted).Words()
	if st.Minute != "" {
		text += " (" + dataset.Plain(st.Minute) + ")"
	}
	if !st.Same {
		text += ", and changed since: clarion diff " + st.Playbook.Name
	}
	return text + "."
}

// matches reports a playbook that speaks of all the words: an officer looks for
// a duty by her own words, not by ours.
func (l listed) matches(words []string) bool {
	text := strings.ToLower(strings.ReplaceAll(l.name, "-", " "))
	if l.pb != nil {
		text += " " + strings.ToLower(strings.Join(append([]string{l.pb.Title, l.pb.About, strings.ReplaceAll(l.pb.Role, "_", " ")}, l.pb.Source...), " "))
		text += " " + strings.ToLower(l.pb.LibraryText()+" "+l.pb.Text())
	}
	for _, w := range strings.Fields(strings.ToLower(strings.Join(words, " "))) {
		if !strings.Contains(text, strings.ReplaceAll(w, "-", " ")) {
			return false
		}
	}
	return true
}

// view is a listed playbook for programs.
func (l listed) view(set *playbook.Set) object {
	o := object{"name": l.name}
	switch {
	case l.off:
		o["state"] = "off"
	case l.pb == nil:
		o["state"], o["faults"] = "faulty", each(l.faults, faultView)
	default:
		o["state"], o["title"], o["role"], o["trust"], o["trigger"], o["digest"] = "on", l.pb.Title, l.pb.Role, l.pb.Trust.String(), set.Trigger(l.pb), l.pb.Digest
	}
	if st := l.standing; st != nil {
		zone := set.Constituency.Clock.Zone
		o["cases"], o["backlog"], o["trust"] = st.Cases, st.Backlog, st.Trust.Level.String()
		o.at("switched_on", st.Since, zone).at("adopted", st.Adopted, zone).text("minute", st.Minute)
		if !st.Adopted.IsZero() {
			o["as_adopted"] = st.Same
		}
	}
	return o
}

// standings loads the constituency and what the ledger knows of its playbooks;
// without a constituency, the library alone.
func (s *session) standings() (*playbook.Set, []engine.Standing, error) {
	folder, err := filepath.Abs(s.Folder)
	if err != nil {
		return nil, nil, fmt.Errorf("finding the folder: %w", err)
	}
	if _, err := os.Stat(filepath.Join(folder, "constituency.yaml")); errors.Is(err, os.ErrNotExist) {
		set, err := playbook.Load(playbooks.Library, nil)
		return set, nil, err
	}
	o, err := s.open(false)
	if err != nil {
		return nil, nil, err
	}
	defer o.Close()
	st, err := o.Standings(s.ctx)
	return o.Set(), st, err
}

// upper begins a sentence with a capital letter.
func upper(text string) string {
	if text == "" {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
