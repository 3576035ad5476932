package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/playbooks"
)

type playbooksCmd struct {
	Words    []string `arg:"" optional:"" help:"What you are looking for, in your own words: late fee, postal vote."`
	Role     string   `help:"Only those of a role: treasurer, youth." placeholder:"ROLE"`
	Active   bool     `help:"Only those that are switched on."`
	Markdown bool     `help:"Print the catalogue of what ships, as a page."`
}

func (*playbooksCmd) Help() string {
	return examples(`clarion playbooks`, `clarion playbooks late fee`, `clarion playbooks --role treasurer`, `clarion playbooks --active`, `clarion playbooks --json`)
}

// Run lists the playbooks with how they stand, or finds some by an officer's
// words. Without a constituency it lists what ships.
func (c *playbooksCmd) Run(s *session) error {
	if c.Markdown {
		set, err := playbook.Load(playbooks.Library, nil)
		if err != nil {
			return err
		}
		fmt.Fprint(s.out, catalogue(set))
		return nil
	}
	l, err := s.listing()
	if err != nil {
		return err
	}
	rows := l.rows
	if words := strings.Join(c.Words, " "); words != "" {
		if rows, err = l.find(words); err != nil {
			return err
		}
	}
	rows = slices.DeleteFunc(slices.Clone(rows), func(r listed) bool {
		return c.Active && (r.off || r.pb == nil) || c.Role != "" && !l.serves(r, c.Role)
	})
	if s.JSON {
		return s.out.json(object{"playbooks": each(rows, func(r listed) object { return r.view(l.all) })})
	}
	if len(rows) == 0 {
		s.out.say("No playbook speaks of %s. There are %s: clarion playbooks", dataset.Plain(strings.Join(append(c.Words, c.Role), " ")), plural(len(l.rows), "one", fmt.Sprint(len(l.rows))))
		return nil
	}
	for i, r := range rows {
		if i > 0 {
			s.out.say("")
		}
		s.listed(r, l.all)
	}
	s.out.say("\nWhat one says in full: clarion show %s --words", rows[0].name)
	if l.constituency && slices.ContainsFunc(rows, func(r listed) bool { return r.off }) {
		s.out.say("Nothing is on that playbooks.yaml does not name; to switch one on, name it there: %s: {}", firstOff(rows))
	}
	return nil
}

// firstOff is the first that is not switched on.
func firstOff(rows []listed) string {
	return rows[slices.IndexFunc(rows, func(r listed) bool { return r.off })].name
}

// listed prints one playbook of a list.
func (s *session) listed(r listed, set *playbook.Set) {
	s.out.say("%s  %s", s.out.paint("1", r.name), r.state(s))
	for _, f := range r.faults {
		s.out.note("  ", "%s", f.Error())
	}
	if r.pb == nil {
		return
	}
	s.out.note("  ", "%s. %s.", strings.TrimSuffix(r.pb.Title, "."), set.RoleTitle(r.pb.Role))
	s.out.note("  ", "%s.", set.Trigger(r.pb))
	s.out.note("  ", "%s.", reachesWords(set, r.pb))
	if settings := set.SettingWords(r.pb); len(settings) > 0 {
		s.out.note("  ", "To set: %s.", strings.Join(settings, "; "))
	}
	if r.standing != nil && !r.standing.Adopted.IsZero() {
		s.out.note("  ", "%s", adoptedWords(set, *r.standing))
	}
}

// reachesWords says who gets mail of a playbook, and by what right.
func reachesWords(set *playbook.Set, pb *playbook.Playbook) string {
	basis := map[playbook.Basis]string{playbook.Officer: "Officers' own work", playbook.Service: "A service letter",
		playbook.Marketing: "Promotion, only to those who agreed"}[pb.Basis]
	return basis + ", to " + strings.Join(set.Reaches(pb), ", ")
}

// A listing is every playbook that there is, whether it runs or not.
type listing struct {
	all          *playbook.Set // as if all were on
	rows         []listed      // by name
	constituency bool          // there is one; otherwise this is what ships
}

// A listed playbook is one of a listing.
type listed struct {
	name     string
	pb       *playbook.Playbook // as it holds here, or would; nil if it is faulty
	off      bool
	ships    bool // there is no constituency
	faults   []playbook.Fault
	standing *engine.Standing
}

// listing joins what the files say of every playbook with what the ledger does.
func (s *session) listing() (*listing, error) {
	set, standings, err := s.standings()
	if err != nil {
		return nil, err
	}
	all, own := set, s.hasConstituency()
	if own {
		if all, err = playbook.LoadAll(playbooks.Library, os.DirFS(s.Folder)); err != nil {
			return nil, err
		}
	}
	by := map[string]listed{}
	for _, pb := range all.Playbooks {
		by[pb.Name] = listed{name: pb.Name, pb: pb, ships: !own}
	}
	for name, faults := range set.Disabled {
		by[name] = listed{name: name, faults: faults}
	}
	for _, name := range set.Off {
		by[name] = listed{name: name, pb: all.Playbook(name), off: true, faults: all.Disabled[name]}
	}
	for i := range standings {
		r := by[standings[i].Playbook.Name]
		r.name, r.pb, r.standing = standings[i].Playbook.Name, standings[i].Playbook, &standings[i]
		by[r.name] = r
	}
	l := &listing{all: all, constituency: own}
	for _, name := range sortedKeys(by) {
		l.rows = append(l.rows, by[name])
	}
	return l, nil
}

// find lists the playbooks that speak of some words, the best first; one is
// found by its name even if it is faulty.
func (l *listing) find(words string) ([]listed, error) {
	search, err := playbook.NewSearch(playbooks.Library, l.all)
	if err != nil {
		return nil, err
	}
	var out []listed
	for _, r := range l.rows {
		if r.name == strings.ReplaceAll(words, " ", "-") {
			out = append(out, r)
		}
	}
	for _, pb := range search.Find(words) {
		i := slices.IndexFunc(l.rows, func(r listed) bool { return r.name == pb.Name })
		if len(out) == 0 || out[0].name != pb.Name {
			out = append(out, l.rows[i])
		}
	}
	return out, nil
}

// serves reports a playbook that is the duty of a role, by its name or title.
func (l *listing) serves(r listed, role string) bool {
	if r.pb == nil {
		return false
	}
	role = strings.ToLower(strings.ReplaceAll(role, "_", " "))
	for _, name := range l.all.Serves(r.pb) {
		if strings.ReplaceAll(name, "_", " ") == role || strings.Contains(strings.ToLower(l.all.RoleTitle(name)), role) {
			return true
		}
	}
	return false
}

// state says in a few words how it stands.
func (r listed) state(s *session) string {
	switch {
	case r.off:
		return s.out.paint("33", "off")
	case r.pb == nil:
		return s.out.paint("31", plural(len(r.faults), "fault", "faults"))
	case r.ships:
		return "ships"
	case r.standing == nil:
		return "off"
	case !r.standing.On:
		return "on, at work from the next run; " + trustWords(r.standing.Trust.Level)
	}
	words := "on; " + trustWords(r.standing.Trust.Level)
	if n := r.standing.Cases; n > 0 {
		words += "; " + plural(n, "case open", "cases open")
	}
	if n := r.standing.Backlog; n > 0 {
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

// view is a listed playbook for programs.
func (r listed) view(set *playbook.Set) object {
	o := object{"name": r.name, "state": "on"}
	switch {
	case r.off:
		o["state"] = "off"
	case r.pb == nil:
		o["state"] = "faulty"
	case r.ships:
		o["state"] = "ships"
	}
	if len(r.faults) > 0 {
		o["faults"] = each(r.faults, faultView)
	}
	if pb := r.pb; pb != nil {
		o["title"], o["role"], o["serves"], o["basis"], o["trust"], o["trigger"], o["digest"] = pb.Title, pb.Role, set.Serves(pb), string(pb.Basis), pb.Trust.String(), set.Trigger(pb), pb.Digest
		o["reaches"], o["settings"], o["locked"] = set.Reaches(pb), append([]string{}, set.SettingWords(pb)...), pb.Locked
	}
	if st := r.standing; st != nil {
		zone := set.Constituency.Clock.Zone
		o["cases"], o["backlog"], o["trust"] = st.Cases, st.Backlog, st.Trust.Level.String()
		o.at("switched_on", st.Since, zone).at("adopted", st.Adopted, zone).text("minute", st.Minute)
		if !st.Adopted.IsZero() {
			o["as_adopted"] = st.Same
		}
	}
	return o
}

// hasConstituency reports that the folder holds one.
func (s *session) hasConstituency() bool {
	_, err := os.Stat(filepath.Join(s.Folder, "constituency.yaml"))
	return !errors.Is(err, os.ErrNotExist)
}

// standings loads the constituency and what the ledger knows of its playbooks;
// without a constituency, the library alone.
func (s *session) standings() (*playbook.Set, []engine.Standing, error) {
	if !s.hasConstituency() {
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
