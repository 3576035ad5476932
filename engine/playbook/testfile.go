package playbook

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
)

// A Test is one test of a playbook, written in YAML beside it: records, a
// timeline of what happens, and exactly what is expected. Set is the library
// as the test sees it: only its playbook, with the test's settings.
type Test struct {
	Playbook, Name, File string
	Line                 int
	Start                calendar.Date
	Trust                Trust
	Data                 map[string][]*dataset.Row
	Officers             []TestOfficer
	Timeline             []TestDay // by date
	End                  *TestEnd
	Set                  *Set
	Own                  bool // the constituency's, not the library's

	tail   tailoring        // the settings, for loading
	nation *calendar.Nation // whose law and bank holidays count; nil: the constituency's
}

// A TestOfficer holds a role in a test, from the start.
type TestOfficer struct {
	Role, Branch, Email string
	Name                string // no test says it; empty: the address stands for it
}

// A TestDay is what happens on one day of a test, in this order, and what the
// plan is expected to do then. Nothing happens and nothing is expected on the
// days between.
type TestDay struct {
	Date     calendar.Date
	Line     int
	Import   map[string][]*dataset.Row
	Record   []TestFact
	Reply    []string     // addresses from which a reply came
	Answer   []TestAnswer // what was answered to tasks
	Approve  []string     // steps whose letters are approved; "all": all of them
	Reject   []string     // steps whose letters are rejected
	Outage   bool         // nothing can be delivered
	Expect   []string     // lines that ReadExpectation takes apart, in any order
	Expected bool         // expect was written, even if it is empty
}

// A TestFact is a local value that an officer records.
type TestFact struct {
	Dataset, Key, Column string
	Value                dataset.Value
}

// A TestAnswer is what a person said to a task.
type TestAnswer struct{ Step, Text string }

// A TestEnd is how a test's cases stand at the end.
type TestEnd struct {
	Case   string     // open, done, stopped, ended, over, spent; "": not asked
	Tasks  []string   // "phone open"
	Record []TestFact // what stands in the records
	Line   int
}

// expectWords are what a line of expect can begin with.
var expectWords = []string{"email", "task", "chase", "missed", "withheld", "held", "answered", "settled", "sheet"}

// sayingWords are those of them that come with a letter or a digest.
var sayingWords = []string{"email", "task", "chase", "held", "sheet"}

// LoadTests reads the tests beside the playbooks: those of the library, run as
// it ships, and those of a constituency (nil: none), run with its own
// settings. Where playbooks are named only theirs are read. The faults are those
// of the tests, and of the playbooks that they are about.
func LoadTests(library, constituency fs.FS, only ...string) ([]*Test, []Fault, error) {
	var tests []*Test
	var faults []Fault
	shared := documents{}
	for _, own := range []bool{false, true} {
		files, setting := library, fs.FS(nil)
		if own {
			if constituency == nil {
				continue
			}
			files, setting = constituency, constituency
		}
		names, err := walk(files)
		if err != nil {
			return nil, nil, fmt.Errorf("looking for tests: %w", err)
		}
		set, err := Load(library, setting)
		if err != nil {
			return nil, nil, err
		}
		for _, name := range names {
			about, isTest := strings.CutSuffix(path.Base(name), ".test.yaml")
			if !isTest || len(only) > 0 && !slices.Contains(only, about) {
				continue
			}
			if broken := set.Disabled[about]; !onlyUnset(broken) { // what is only unset a test may set
				faults = append(faults, broken...)
			}
			r := &testReader{library: library, own: setting, shared: shared, set: set, doc: &doc{file: name, out: &faults}}
			data, err := fs.ReadFile(files, name)
			if err != nil {
				return nil, nil, fmt.Errorf("reading a test: %w", err)
			}
			if v, ok := r.doc.parse(data); ok {
				got, err := r.file(v)
				if err != nil {
					return nil, nil, err
				}
				tests = append(tests, got...)
			}
		}
	}
	return tests, sortFaults(faults), nil
}

// A testReader reads one file of tests.
type testReader struct {
	library, own fs.FS
	shared       documents
	set          *Set
	doc          *doc
	pb           *Playbook
	name         string
}

// file reads a file of tests. Tests of a playbook that is faulty are not read:
// its faults are reported elsewhere.
func (r *testReader) file(v value) ([]*Test, error) {
	m, _ := v.form(testsForm)
	r.equivalents(m.get("equivalent"))
	for _, key := range testsForm.required() {
		if !m.get(key).there() {
			m.fault("", "A file of tests must have %s.", key)
			return nil, nil
		}
	}
	name, ok := m.get("playbook").text("playbook")
	if !ok {
		return nil, nil
	}
	r.name = name
	if want := strings.TrimSuffix(path.Base(r.doc.file), ".test.yaml"); want != name {
		m.get("playbook").fault("write playbook: "+plain(want), "The tests are those of the playbook of the file's name.")
		return nil, nil
	}
	if r.pb = r.set.Playbook(name); r.pb == nil && len(r.set.Disabled[name]) == 0 {
		m.get("playbook").fault("", "There is no playbook %q.", plain(name))
		return nil, nil
	} else if r.pb == nil && !onlyUnset(r.set.Disabled[name]) {
		return nil, nil
	}
	list, _ := m.get("tests").items("tests")
	var tests []*Test
	for _, item := range list {
		t, err := r.test(item)
		if err != nil {
			return nil, err
		}
		if t != nil {
			tests = append(tests, t)
		}
	}
	return tests, nil
}

// onlyUnset reports faults that a test's settings may take away.
func onlyUnset(faults []Fault) bool {
	return !slices.ContainsFunc(faults, func(f Fault) bool { return f.File != tailoringFile })
}

// test reads one test and loads its playbook with the test's settings.
func (r *testReader) test(v value) (*Test, error) {
	m, good := v.form(testForm)
	for _, key := range testForm.required() {
		if v.isMapping() && !m.get(key).there() {
			m.fault("", "A test must have %s.", key)
			good = false
		}
	}
	if !good {
		return nil, nil
	}
	before := len(*r.doc.out)
	t := &Test{Playbook: r.name, File: r.doc.file, Own: r.own != nil, Line: v.n.Line, Trust: Automatic, Data: map[string][]*dataset.Row{}}
	setText(m, "name", &t.Name)
	t.Start, _ = m.get("start").date("start")
	if s := m.get("trust"); s.there() {
		t.Trust, _ = readTrust(s)
	}
	t.tail = tailoring{from: r.doc.file, at: entry{key: m.get("name")}}
	if s := m.get("settings"); s.there() {
		t.tail.settings, _ = s.mapping("settings")
	}
	if n := m.get("nation"); n.there() {
		if word, ok := n.choice("nation", sortedNames(nationNames)...); ok {
			nation := nationNames[word]
			t.nation = &nation
		}
	}
	set, err := load(r.library, r.own, t, r.shared)
	if err != nil {
		return nil, err
	}
	*r.doc.out = append(*r.doc.out, set.Disabled[r.name]...)
	t.Set = set
	if r.pb = set.Playbook(r.name); r.pb == nil {
		return nil, nil
	}
	if d := m.get("data"); d.there() {
		t.Data = r.tables(d)
	}
	if o := m.get("officers"); o.there() {
		t.Officers = r.officers(o)
	}
	r.timeline(t, m.get("timeline"))
	if e := m.get("end"); e.there() {
		t.End = r.end(e)
	}
	if len(*r.doc.out) > before {
		return nil, nil
	}
	return t, nil
}

// tables reads records by dataset.
func (r *testReader) tables(v value) map[string][]*dataset.Row {
	m, _ := v.mapping("data")
	out := map[string][]*dataset.Row{}
	for _, e := range m.entries {
		s := r.set.Schemas[e.name]
		if e.name == "imports" { // which kind of report the lists of this day are
			s = dataset.ImportsSchema()
		}
		if s == nil {
			e.key.fault(didYouMean(e.name, sortedNames(r.set.Schemas)), "There is no dataset %q.", plain(e.name))
			continue
		}
		list, _ := e.val.items(e.name)
		out[e.name] = make([]*dataset.Row, 0, len(list))
		for _, item := range list {
			row := r.row(item, s)
			if row == nil {
				continue
			}
			if slices.ContainsFunc(out[e.name], func(o *dataset.Row) bool { return o.Key == row.Key }) {
				item.fault("", "Two records have the key %q.", plain(row.Key))
				continue
			}
			out[e.name] = append(out[e.name], row)
		}
	}
	return out
}

// row reads one record, typed by its dataset's schema. "key" stands for the
// key column where there is only one.
func (r *testReader) row(v value, s *dataset.Schema) *dataset.Row {
	known := columnNames(s)
	if len(s.Key) == 1 {
		known = append(known, "key")
	}
	m, good := v.mapping("a record of "+s.Name, known...)
	if !good {
		return nil
	}
	row := &dataset.Row{Line: v.n.Line, Cells: make([]dataset.Value, len(s.Columns))}
	for _, e := range m.entries {
		name := e.name
		if name == "key" {
			name = s.Key[0]
		}
		i, _ := s.Column(name)
		if !row.Cells[i].IsBlank() {
			e.key.fault("keep one of them", "%s stands here twice.", sentence(name))
			good = false
			continue
		}
		val, ok := e.val.literal(name, &s.Columns[i], r.set.Constituency.Clock)
		row.Cells[i], good = val, good && ok
	}
	var key []string
	for _, name := range s.Key {
		i, _ := s.Column(name)
		key = append(key, row.Cells[i].Words(r.set.Constituency.Clock))
		if len(s.Key) == 1 && row.Cells[i].IsBlank() && good {
			v.fault("write key: A1", "The record has no key.")
			return nil
		}
	}
	row.Key = strings.Join(key, "/")
	if !good {
		return nil
	}
	r.whole(row, s)
	row.Problems = r.set.NameRoles(s, row.Cells)
	return row
}

// whole fills a member's whole name from its parts, as an import does.
func (r *testReader) whole(row *dataset.Row, s *dataset.Schema) {
	get := func(name string) string {
		if i, ok := s.Column(name); ok {
			return row.Cells[i].S
		}
		return ""
	}
	if i, ok := s.Column("name"); ok && row.Cells[i].IsBlank() {
		first := get("preferred_name")
		if first == "" {
			first = get("first_name")
		}
		if name := strings.TrimSpace(first + " " + get("last_name")); name != "" {
			row.Cells[i] = dataset.TextValue(name)
		}
	}
}

// officers reads who holds each role: an address, or one per branch.
func (r *testReader) officers(v value) []TestOfficer {
	m, _ := v.mapping("officers")
	var out []TestOfficer
	for _, e := range m.entries {
		role := r.set.Roles[e.name]
		if role == nil {
			e.key.fault(didYouMean(e.name, sortedNames(r.set.Roles)), "There is no role %q.", plain(e.name))
			continue
		}
		if !e.val.isMapping() {
			if role.Branch {
				e.val.fault("write {North: pat@example.org}", "%s is held per branch.", sentence(e.name))
				continue
			}
			addresses, _ := e.val.texts(e.name)
			for _, a := range addresses {
				out = append(out, TestOfficer{Role: e.name, Email: a})
			}
			continue
		}
		bm, _ := e.val.mapping(e.name)
		if !role.Branch {
			e.val.fault("write the address alone", "%s is not held per branch.", sentence(e.name))
			continue
		}
		for _, b := range bm.entries {
			if a, ok := b.val.text("an address"); ok {
				out = append(out, TestOfficer{Role: e.name, Branch: b.name, Email: a})
			}
		}
	}
	return out
}
