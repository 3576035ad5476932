package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/clarion-clp/clarion/connectors/sheet"
	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/playbooks"
)

type mapCmd struct {
	File    string   `arg:"" help:"A list as you export it: CSV or an Excel workbook (.xlsx). Nothing is taken from it. What to export, and how to ask for it, stands in playbooks/data/README.md." type:"path"`
	Dataset string   `arg:"" optional:"" help:"What the list is: members, donations ... Left out: the one whose headings these are most like."`
	Column  []string `help:"Which column a heading is: HEADER=NAME, or HEADER= for none; \"column F\" stands for the place of one. Once for each." placeholder:"HEADER=NAME" sep:"none"`
	Look    bool     `help:"Only show what is proposed; ask and write nothing."`
	Yes     bool     `help:"Ask nothing: take what is sure, leave the rest out." short:"y"`
}

func (*mapCmd) Help() string {
	return examples(`clarion map ~/Downloads/members.csv`, `clarion map ~/Downloads/members.csv members --look`,
		`clarion map export.xlsx members --column "Party ID=membership_no" --column "Notes=" --yes`,
		`clarion map donations.csv donations --yes --json`)
}

// A mapping is a file that is being mapped.
type mapping struct {
	folder string // the constituency's
	file   string
	was    []byte // constituency.yaml as it was before anything else was read
	set    *playbook.Set
	schema *dataset.Schema
	spec   sheet.Spec
	none   map[string]bool // letters of the columns that a person left out
	sheet.Proposal
}

// Run maps the headings of a file to the columns of a list, and writes that down.
func (c *mapCmd) Run(s *session) error {
	m, err := c.open(s)
	if err != nil {
		return err
	}
	if err := m.propose(s); err != nil {
		return err
	}
	if err := m.given(c.Column); err != nil {
		return err
	}
	if err := m.propose(s); err != nil {
		return err
	}
	if !s.JSON {
		s.printMapping(m)
	}
	if !c.Look && !c.Yes && !s.JSON {
		if err := m.ask(s); err != nil {
			return err
		}
	}
	open := len(m.unsure()) > 0 && !c.Yes || c.Look && len(m.Missing) > 0
	if c.Look || open {
		return m.only(s, open)
	}
	l, err := m.proven(s)
	if err != nil {
		return err
	}
	edits, err := m.write()
	if err != nil {
		return err
	}
	return m.done(s, l, edits)
}

// open finds out what the file is, and where its mapping belongs.
func (c *mapCmd) open(s *session) (*mapping, error) {
	folder, own, err := s.ownFiles()
	if err != nil {
		return nil, err
	}
	m := &mapping{folder: folder, none: map[string]bool{}}
	if own == nil && !c.Look {
		return nil, fmt.Errorf("%s is not a constituency's folder: it has no constituency.yaml to write to. Say where it is with -C FOLDER, or only look, with --look", dataset.Plain(folder))
	}
	if own != nil {
		if m.was, err = os.ReadFile(m.place()); err != nil {
			return nil, fmt.Errorf("reading the constituency: %w", err)
		}
	}
	if m.set, err = playbook.Load(playbooks.Library, own); err != nil {
		return nil, err
	}
	if m.set.Fatal() {
		return nil, &engine.NotReady{Faults: m.set.Faults}
	}
	if m.file, err = filepath.Abs(c.File); err != nil {
		return nil, fmt.Errorf("finding the file: %w", err)
	}
	if at, err := os.Stat(m.file); err == nil && at.IsDir() {
		return nil, usage("%s is a folder; name a file in it", dataset.Plain(m.file))
	}
	name := c.Dataset
	if name == "" {
		l, err := sheet.LookAt(s.ctx, filepath.Dir(m.file), sheet.Spec{From: filepath.Base(m.file)}, nil, lists(m.set), m.set.Constituency.Clock)
		if err != nil {
			return nil, err
		}
		if name = l.Like; name == "" {
			return nil, usage("its headings do not tell which list it is. Say it: clarion map %s members", shell(rel(c.File)))
		}
	}
	if m.schema = m.set.Schemas[name]; m.schema == nil {
		return nil, usage("there is no list called %q; there are: %s", dataset.Plain(name), strings.Join(sortedKeys(m.set.Schemas), ", "))
	}
	src, ok := m.set.Constituency.Data[name]
	if !ok && !c.Look {
		return nil, fmt.Errorf("%s: %w: %s: {from: data/%s.csv}", name, engine.ErrNoSource, name, name)
	}
	m.spec = sheet.Spec{From: filepath.Base(m.file), Sheet: src.Sheet, Profile: src.Profile, Dates: src.Dates, Columns: maps.Clone(src.Columns)}
	if m.spec.Columns == nil {
		m.spec.Columns = map[string]string{}
	}
	return m, nil
}

// place is where the constituency's file lies.
func (m *mapping) place() string { return filepath.Join(m.folder, "constituency.yaml") }

// propose looks at the file again, with what is known by now.
func (m *mapping) propose(s *session) (err error) {
	m.Proposal, err = sheet.Propose(s.ctx, filepath.Dir(m.file), m.spec, m.schema, m.set.Constituency.Clock)
	for i := range m.Columns {
		if x := &m.Columns[i]; m.none[x.Letter] {
			x.Names, x.Could, x.Sure, x.Why = nil, nil, true, "as you say"
		}
	}
	return err
}

// given takes the answers of the command line.
func (m *mapping) given(answers []string) error {
	said := map[string]bool{}
	for _, a := range answers {
		at := strings.LastIndexByte(a, '=')
		if at < 0 {
			return usage("--column %q: write HEADER=NAME, as in --column \"Party ID=%s\"", dataset.Plain(a), m.schema.Columns[0].Name)
		}
		heading, name := strings.TrimSpace(a[:at]), strings.TrimSpace(a[at+1:])
		x, why := m.named(heading)
		if why != "" {
			return usage("--column %q: %s", dataset.Plain(a), why)
		}
		if name == "" {
			m.none[x.Letter] = true
			continue
		}
		if wrong := m.wrong(name); wrong != "" {
			return usage("--column %q: %s", dataset.Plain(a), wrong)
		}
		if said[name] {
			return usage("--column says twice where %s stands; keep one of them", name)
		}
		said[name] = true
		m.spec.Columns[name] = x.Mark
	}
	return nil
}

// named finds a column of the file by its heading or its place.
func (m *mapping) named(heading string) (*sheet.Proposed, string) {
	var found *sheet.Proposed
	var all []string
	for i := range m.Columns {
		x := &m.Columns[i]
		all = append(all, dataset.Plain(x.Mark))
		switch {
		case strings.EqualFold(heading, "column "+x.Letter):
			return x, ""
		case strings.EqualFold(heading, x.Heading) && x.Heading != "":
			if found != nil {
				return nil, fmt.Sprintf("two columns have this heading; write column %s or column %s in its place", found.Letter, x.Letter)
			}
			found = x
		}
	}
	if found == nil {
		return nil, "there is no such heading; the headings are " + strings.Join(all, ", ")
	}
	return found, ""
}

// wrong says what is wrong with the name of a column, empty if nothing.
func (m *mapping) wrong(name string) string {
	if _, ok := m.schema.Column(name); ok {
		return ""
	}
	var all []string
	for i := range m.schema.Columns {
		all = append(all, m.schema.Columns[i].Name)
	}
	return m.schema.Name + " has no column " + dataset.Plain(name) + "; it has " + strings.Join(all, ", ")
}

// unsure are the columns that a person is to be asked about.
func (m *mapping) unsure() []*sheet.Proposed {
	var out []*sheet.Proposed
	for i := range m.Columns {
		if !m.Columns[i].Sure {
			out = append(out, &m.Columns[i])
		}
	}
	return out
}

// ask asks which column each heading is that is not sure, and then under which
// heading the key stands if nothing is it. At the end of the input the rest
// stays open.
func (m *mapping) ask(s *session) error {
	in := bufio.NewReader(s.in)
	for more := true; more; {
		list := m.unsure()
		if len(list) == 0 {
			break
		}
		x, answer := list[0], "?"
		q := question{&answer, fmt.Sprintf("\nWhich column is %s (%s)? An empty line means none.", headed(x), shownSamples(x)), strings.Join(x.Could, ", "), "", func(a string) string {
			if a == "" {
				return ""
			}
			return m.wrong(a)
		}}
		more = q.ask(s, in)
		switch answer {
		case "?":
		case "":
			m.none[x.Letter] = true
		default:
			m.spec.Columns[answer] = x.Mark
		}
		if err := m.propose(s); err != nil {
			return err
		}
	}
	for more := true; more && len(m.Missing) > 0; {
		name, answer := m.Missing[0], ""
		q := question{&answer, fmt.Sprintf("\nUnder which heading does %s stand, which tells the rows apart?", name), `Party ID, or "column A"`, "", func(a string) string {
			_, why := m.named(a)
			return upper(why)
		}}
		if more = q.ask(s, in); answer == "" {
			return nil
		}
		x, _ := m.named(answer)
		m.spec.Columns[name] = x.Mark
		delete(m.none, x.Letter)
		if err := m.propose(s); err != nil {
			return err
		}
	}
	return nil
}

// columns are the headings of all columns that are decided. One that has lost
// its heading, and found no other, keeps it, and the reading will say so.
func (m *mapping) columns() map[string]string {
	out := maps.Clone(m.spec.Columns)
	for _, x := range m.Columns {
		for _, name := range x.Names {
			if out[name] == "" || slices.Contains(m.Lost, name) {
				out[name] = x.Mark
			}
		}
	}
	return out
}

// proven reads the whole file by the mapping, as an import would.
func (m *mapping) proven(s *session) (*sheet.Look, error) {
	spec := m.spec
	spec.Columns = m.columns()
	l, err := sheet.LookAt(s.ctx, filepath.Dir(m.file), spec, m.schema, nil, m.set.Constituency.Clock)
	if err != nil {
		return nil, fmt.Errorf("nothing was written: %w", err)
	}
	return &l, nil
}

// errChanged says that somebody else wrote to constituency.yaml meanwhile.
var errChanged = errors.New("constituency.yaml has changed since it was read, so nothing was written; do it again")

// write puts the mapping into constituency.yaml, if that is still what was read.
func (m *mapping) write() ([]playbook.Edit, error) {
	now, edits, err := playbook.WriteColumns(m.was, m.schema.Name, m.columns())
	if err != nil || len(edits) == 0 {
		return nil, err
	}
	is, err := os.ReadFile(m.place())
	if err != nil {
		return nil, fmt.Errorf("reading the constituency: %w", err)
	}
	if !bytes.Equal(is, m.was) {
		return nil, errChanged
	}
	if err := replace(m.place(), now); err != nil {
		return nil, fmt.Errorf("writing the mapping: %w", err)
	}
	return edits, nil
}

func headed(x *sheet.Proposed) string {
	if x.Heading == "" {
		return "column " + x.Letter
	}
	return fmt.Sprintf("%q in column %s", dataset.Plain(x.Heading), x.Letter)
}

// shownSamples are a column's samples with everything in them visible.
func shownSamples(x *sheet.Proposed) string {
	if len(x.Samples) == 0 {
		return "all blank"
	}
	out := slices.Clone(x.Samples)
	for i, s := range out {
		out[i] = cut(dataset.Plain(s), 30, false)
	}
	return strings.Join(out, " | ")
}
