package playbook

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/spelling"
)

// A loader reads everything once and keeps what the parts need of each other.
type loader struct {
	lib, own  fs.FS
	set       *Set
	faults    []Fault
	holidays  holidayTable
	derived   map[string]*dataset.Schema
	roleType  dataset.Type
	names     map[string]dataset.Type // the names that are always there
	lawTypes  map[string]dataset.Type
	known     map[string]bool // the playbooks that there are
	audiences map[string]bool
	uses      *uses           // what the playbook at hand reads
	broken    map[string]bool // names of the playbook at hand that are faulty themselves
	overlay   *Test           // a test's own settings and trust
	shared    documents       // what ships, where it is loaded many times
	early     map[string]early
	every     bool // what is off is loaded as well
}

// An early file was parsed before it was asked for, with what is wrong with it.
type early struct {
	v      value
	ok     bool
	faults []Fault
}

// documents are files that were read without a fault, by name. They are not
// changed by being read again.
type documents map[string]*doc

// Load reads what ships and what a constituency wrote, checks it all, and says
// everything that is wrong with it. A faulty playbook is disabled, and the
// others run; a fault in what they all rest on disables all. The error is only
// for files that cannot be read at all.
func Load(library, constituency fs.FS) (*Set, error) {
	return load(library, constituency, nil, nil)
}

// LoadAll is Load as if every playbook were switched on: for a catalogue of all
// that there is. Nothing may be run by it.
func LoadAll(library, constituency fs.FS) (*Set, error) {
	return newLoader(library, constituency, nil, nil, true).load()
}

func load(library, constituency fs.FS, overlay *Test, shared documents) (*Set, error) {
	return newLoader(library, constituency, overlay, shared, false).load()
}

func newLoader(library, constituency fs.FS, overlay *Test, shared documents, every bool) *loader {
	ld := &loader{lib: library, own: constituency, overlay: overlay, shared: shared, every: every, derived: derivedSchemas(), holidays: holidayTable{days: map[calendar.Nation][]calendar.Date{}}}
	ld.set = &Set{
		Constituency: byDefault(), Disabled: map[string][]Fault{}, Schemas: map[string]*dataset.Schema{},
		Law: &Law{figures: map[string]*Figure{}}, Roles: map[string]*Role{},
	}
	return ld
}

func (ld *loader) load() (*Set, error) {
	sources, err := ld.tables()
	if err != nil {
		return nil, fmt.Errorf("reading what ships: %w", err)
	}
	tails, err := ld.ownFiles(&sources)
	if err != nil {
		return nil, fmt.Errorf("reading the constituency's files: %w", err)
	}
	if ld.overlay != nil && ld.overlay.nation != nil {
		ld.set.Constituency.Clock.Nation = *ld.overlay.nation
	}
	ld.playbooks(sources, tails)
	ld.settle()
	return ld.set, nil
}

// derivedSchemas are the datasets that are worked out from others; changes is
// added once members is known.
func derivedSchemas() map[string]*dataset.Schema {
	return map[string]*dataset.Schema{"people": dataset.PeopleSchema(), "imports": dataset.ImportsSchema(), "gift_groups": dataset.GiftGroupsSchema()}
}

// A playbookSource is a playbook's file before it is read.
type playbookSource struct {
	name, file string
	files      fs.FS
}

// tables reads schemas, roles, law and holidays, and finds the playbooks that
// ship.
func (ld *loader) tables() ([]playbookSource, error) {
	files, err := walk(ld.lib)
	if err != nil {
		return nil, err
	}
	var sources []playbookSource
	var law []value
	var roles value
	ld.parseEarly(slices.DeleteFunc(slices.Clone(files), func(name string) bool {
		dir, _ := path.Split(name)
		return dir != "data/" && dir != "law/" && name != "roles.yaml" && name != promotionFile || ld.shared[name] != nil
	}))
	for _, name := range files {
		dir, base := path.Split(name)
		switch {
		case dir == "data/":
			if v, ok := ld.shipped(name); ok {
				if s, ok := readSchema(v); ok {
					ld.set.Schemas[s.Name] = s
				}
			}
		case name == "roles.yaml":
			if v, ok := ld.shipped(name); ok {
				ld.set.Roles, roles = readRoles(v), v
			}
		case name == promotionFile:
			if v, ok := ld.shipped(name); ok {
				ld.set.Promotion = readPromotion(v)
			}
		case name == "law/bank-holidays.yaml":
			if v, ok := ld.shipped(name); ok {
				ld.holidays = readHolidays(v)
			}
		case dir == "law/":
			if v, ok := ld.shipped(name); ok {
				law = append(law, v)
			}
		case dir != "" && strings.Count(dir, "/") == 1 && !strings.HasSuffix(base, ".test.yaml"):
			sources = append(sources, playbookSource{name: strings.TrimSuffix(base, ".yaml"), file: name, files: ld.lib})
		}
	}
	for _, v := range law {
		ld.set.Law.readLaw(v, calendar.Clock{Zone: time.UTC, Hour: 9 * 60})
	}
	ld.grant(roles)
	if m := ld.set.Schemas["members"]; m != nil {
		ld.derived["changes"] = dataset.ChangesSchema(m)
	}
	ld.lawTypes = ld.set.Law.types()
	ld.roleType = dataset.Type{Kind: dataset.Choice, Column: &dataset.Column{Name: "role", Kind: dataset.Choice, Choices: sortedNames(ld.set.Roles)}}
	ld.names = ld.base()
	return sources, nil
}

// walk lists the YAML files of a file system, in order.
func walk(files fs.FS) ([]string, error) {
	var names []string
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if !d.IsDir() && strings.HasSuffix(name, ".yaml") {
			names = append(names, name)
		}
		return nil
	})
	return names, err
}

// read reads and parses one file. A file that is named somewhere and is not
// there is a fault at that place.
func (ld *loader) read(files fs.FS, name, playbook string, at value) (value, bool) {
	d := &doc{file: name, playbook: playbook, out: &ld.faults}
	data, err := fs.ReadFile(files, name)
	if err != nil {
		if at.there() {
			at.fault("", "The file %s %s.", plain(name), missing(err))
		} else {
			d.add(0, 0, "", "The file %s.", missing(err))
		}
		return value{}, false
	}
	if name == constituencyFile || name == tailoringFile { // each is read once, in this order
		ld.set.Settings = sum(ld.set.Settings + name + "\x00" + string(data))
	}
	return d.parse(data)
}

// shipped is read for what all playbooks rest on: schemas, roles, law.
func (ld *loader) shipped(name string) (value, bool) {
	if d := ld.shared[name]; d != nil {
		again := *d
		again.out = &ld.faults
		return value{n: d.root, d: &again}, true
	}
	p, there := ld.early[name]
	if there {
		delete(ld.early, name)
		ld.faults = append(ld.faults, p.faults...)
		if p.v.d != nil {
			p.v.d.out = &ld.faults
		}
	} else {
		p.v, p.ok = ld.read(ld.lib, name, "", value{})
	}
	v, ok := p.v, p.ok
	if ok && ld.shared != nil {
		ld.shared[name] = v.d
		v.d.root = v.n
	}
	return v, ok
}

// parseEarly parses files of the library beside one another: to parse the many
// schemas takes longer than all else that is done to load. They do not know of
// each other, and what is wrong with each is said when it is asked for.
func (ld *loader) parseEarly(names []string) {
	const atOnce = 4
	files := make([]early, len(names))
	var all sync.WaitGroup
	for first := range min(atOnce, len(names)) {
		all.Go(func() {
			for i := first; i < len(names); i += atOnce {
				var alone loader
				files[i].v, files[i].ok = alone.read(ld.lib, names[i], "", value{})
				files[i].faults = alone.faults
			}
		})
	}
	all.Wait()
	ld.early = make(map[string]early, len(names))
	for i, name := range names {
		ld.early[name] = files[i]
	}
}

// missing says why a file could not be read.
func missing(err error) string {
	if errors.Is(err, fs.ErrNotExist) {
		return "is not there"
	}
	return "cannot be read"
}

// letter reads the text of a letter. One that must be there and is not is a
// fault at the step.
func (ld *loader) letter(files fs.FS, name string, at value, must bool) (text, file string, ok bool) {
	if files == nil {
		files = ld.lib
	}
	data, err := fs.ReadFile(files, name)
	if err == nil {
		return string(data), name, true
	}
	if must || !errors.Is(err, fs.ErrNotExist) {
		at.fault("write it there", "The letter %s %s.", plain(name), missing(err))
	}
	return "", "", false
}

// exampleConstituency stands in where there is none: in the tests that ship. Who
// is in arrears is a member until the membership lapses, after six months, and
// a notice that misses them is no notice to all members.
const exampleConstituency = `name: Example CLP
time_zone: Europe/London
audiences:
  members: member in members when member.status in ["active", "provisional", "arrears"]
  executive: [chair, secretary, treasurer, membership_officer]
`

// ownFiles reads constituency.yaml and playbooks.yaml.
func (ld *loader) ownFiles(sources *[]playbookSource) (map[string]tailoring, error) {
	ld.known, ld.audiences = map[string]bool{}, map[string]bool{}
	for _, s := range *sources {
		ld.known[s.name] = true
	}
	tails := map[string]tailoring{}
	var v value
	if ld.own == nil {
		d := &doc{file: constituencyFile, out: &ld.faults}
		v, _ = d.parse([]byte(exampleConstituency))
	} else {
		v, _ = ld.read(ld.own, constituencyFile, "", value{})
	}
	if v.there() {
		if m, ok := ld.constituencyHead(v); ok {
			ld.constituencyBody(m)
		}
	}
	for name := range ld.set.Constituency.Audiences {
		ld.audiences[name] = true
	}
	if ld.own == nil {
		return tails, nil
	}
	if _, err := fs.Stat(ld.own, tailoringFile); errors.Is(err, fs.ErrNotExist) {
		return tails, nil
	} else if err != nil {
		return nil, err
	}
	v, ok := ld.read(ld.own, tailoringFile, "", value{})
	if !ok || !v.there() {
		return tails, nil
	}
	m, _ := v.mapping(tailoringFile)
	for _, e := range m.entries {
		ld.tailor(e, tails, sources)
	}
	return tails, nil
}

// tailor reads one entry of playbooks.yaml, which may bring a playbook of the
// constituency's own.
func (ld *loader) tailor(e entry, tails map[string]tailoring, sources *[]playbookSource) {
	i := slices.IndexFunc(*sources, func(s playbookSource) bool { return s.name == e.name })
	t, _ := ld.readTailoring(e)
	key := t.at.key
	switch {
	case t.file.there() && i >= 0:
		t.file.fault("call the file and the playbook something else", "The library has a playbook %s already.", plain(e.name))
	case t.file.there():
		name, ok := ld.ownPath(t.file, "a playbook")
		if !ok {
			return
		}
		*sources = append(*sources, playbookSource{name: e.name, file: name, files: ld.own})
		ld.known[e.name] = true
	case i < 0:
		names := sortedNames(ld.known)
		hint := "for a playbook of your own write file: and where it is"
		if c := spelling.Nearest(e.name, names); c != "" {
			hint = "did you mean " + c + "?"
		}
		key.fault(hint, "There is no playbook %q.", plain(e.name))
	}
	tails[e.name] = t
}

// playbooks builds all playbooks that are not off.
func (ld *loader) playbooks(sources []playbookSource, tails map[string]tailoring) {
	slices.SortStableFunc(sources, func(a, b playbookSource) int { return strings.Compare(a.name, b.name) })
	for i, s := range sources {
		t, named := tails[s.name]
		t.off = t.off || ld.own != nil && !named // nothing is on that a constituency has not named
		if ld.overlay != nil {
			if s.name != ld.overlay.Playbook {
				continue
			}
			t.off, t.trust = false, value{}
			t.settings.entries = append(slices.Clone(t.settings.entries), ld.overlay.tail.settings.entries...)
			if t.from == "" {
				t.from = ld.overlay.tail.from
			}
		}
		if t.off && !ld.every {
			ld.set.Off = append(ld.set.Off, s.name)
			continue
		}
		v, _ := ld.read(s.files, s.file, s.name, t.file)
		if !v.there() {
			continue // it could not be read at all
		}
		if i > 0 && sources[i-1].name == s.name {
			v.fault("rename one of them", "There are two playbooks called %s; the other is %s.", s.name, sources[i-1].file)
			continue
		}
		if pb := ld.build(v, s, t); pb != nil {
			ld.set.Playbooks = append(ld.set.Playbooks, pb)
		}
	}
}

// settle sorts the faults out: by playbook, or in the way of all.
func (ld *loader) settle() {
	set := ld.set
	for _, f := range sortFaults(ld.faults) {
		if f.Playbook == "" {
			set.Faults = append(set.Faults, f)
		} else {
			set.Disabled[f.Playbook] = append(set.Disabled[f.Playbook], f)
		}
	}
	set.Playbooks = slices.DeleteFunc(set.Playbooks, func(pb *Playbook) bool {
		return len(set.Disabled[pb.Name]) > 0 || set.Fatal()
	})
	var b strings.Builder
	for _, pb := range set.Playbooks {
		b.WriteString(pb.Name + " " + pb.Digest + "\n")
	}
	c := set.Constituency
	fmt.Fprintf(&b, "%q %v %d %d %v %v %v %q %v\n", c.Name, c.Clock.Zone, c.Clock.Hour, c.Clock.Nation, c.Quiet, c.Budget, c.Brakes, c.Imprint, c.LeapEarly)
	for _, name := range sortedNames(c.Audiences) {
		a := c.Audiences[name]
		fmt.Fprintf(&b, "%s %s %s %v", name, a.Var, a.Dataset, a.Roles)
		if a.When != nil {
			b.WriteString(" " + a.When.Source())
		}
		b.WriteByte('\n')
	}
	for _, f := range set.Law.Figures() {
		fmt.Fprintf(&b, "%s %v %v\n", f.Name, f.Entries, f.Own)
	}
	b.WriteString(set.grantsText())
	set.Digest = sum(b.String())
}

// Fatal reports a fault in what all playbooks rest on: none of them runs.
func (s *Set) Fatal() bool { return len(s.Faults) > 0 }

// All lists every fault of every file, in the order of the files.
func (s *Set) All() []Fault {
	all := slices.Clone(s.Faults)
	for _, name := range sortedNames(s.Disabled) {
		all = append(all, s.Disabled[name]...)
	}
	return sortFaults(all)
}

// Playbook finds a playbook that runs by its name.
func (s *Set) Playbook(name string) *Playbook {
	i, ok := slices.BinarySearchFunc(s.Playbooks, name, func(p *Playbook, n string) int { return strings.Compare(p.Name, n) })
	if !ok {
		return nil
	}
	return s.Playbooks[i]
}
