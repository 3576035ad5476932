package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/playbooks"
)

type testCmd struct {
	Playbook string `arg:"" optional:"" help:"The playbook to test; all of them without it."`
	JUnit    string `name:"junit" help:"Write the results into this file, as JUnit XML." placeholder:"FILE"`
	Update   bool   `help:"Make your own tests expect what happens now, and show what changed, for you to judge."`
	Coverage bool   `help:"Show what the tests have seen of each playbook: its steps, and why its cases ended."`
	Mutants  bool   `help:"Make small mistakes in the playbooks that ship, one at a time, and see whether their tests notice."`
}

func (*testCmd) Help() string {
	return examples(`clarion test`, `clarion test new-member-welcome --coverage`, `clarion test --junit results.xml`, `clarion test --update`, `clarion test arrears-chase --mutants`)
}

// Run runs the tests that stand beside the playbooks: those of the library, and
// those of the constituency where there is one. It needs no database.
func (c *testCmd) Run(s *session) error {
	folder, own, err := s.ownFiles()
	if err != nil {
		return err
	}
	if c.Mutants {
		return c.mutants(s)
	}
	var only []string
	if c.Playbook != "" {
		only = []string{c.Playbook}
	}
	tests, faults, err := playbook.LoadTests(playbooks.Library, own, only...)
	if err != nil {
		return err
	}
	if c.Playbook != "" && len(tests) == 0 && len(faults) == 0 {
		return usage("no playbook %s has tests; clarion playbooks lists those there are", c.Playbook)
	}
	results := runTests(tests)
	if c.JUnit != "" {
		if err := writeJUnit(c.JUnit, results, faults); err != nil {
			return err
		}
	}
	var updates []rewritten
	if c.Update {
		if updates, err = rewrite(folder, own, results); err != nil {
			return err
		}
	}
	if s.JSON {
		err = s.out.json(testsView(results, faults, updates))
	} else {
		c.print(s, results, faults, updates)
	}
	if err == nil && (len(faults) > 0 || failed(results) > 0) {
		return errFaults
	}
	return err
}

// ownFiles gives the files of the constituency's folder, or none where there
// is no constituency: then the library stands alone.
func (s *session) ownFiles() (folder string, own fs.FS, err error) {
	if folder, err = filepath.Abs(s.Folder); err != nil {
		return "", nil, fmt.Errorf("finding the folder: %w", err)
	}
	if _, err := os.Stat(filepath.Join(folder, "constituency.yaml")); err != nil {
		return folder, nil, nil
	}
	return folder, os.DirFS(folder), nil
}

// runTests runs tests, as many at once as there are processors, and gives their
// results in the order of the tests.
func runTests(tests []*playbook.Test) []plan.Result {
	results := make([]plan.Result, len(tests))
	var next atomic.Int64
	var all sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(tests)) {
		all.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(tests)); i = next.Add(1) - 1 {
				results[i] = plan.Run(tests[i])
			}
		})
	}
	all.Wait()
	return results
}

func failed(results []plan.Result) int {
	n := 0
	for _, r := range results {
		if len(r.Failures) > 0 {
			n++
		}
	}
	return n
}

// print shows the differences, and nothing of what went as expected.
func (c *testCmd) print(s *session, results []plan.Result, faults []playbook.Fault, updates []rewritten) {
	for _, f := range faults {
		s.out.say("%s", f.Error())
		if caret := f.Caret(); caret != "" {
			s.out.say("%s", caret)
		}
	}
	for _, r := range results {
		if len(r.Failures) == 0 {
			continue
		}
		s.out.head(fmt.Sprintf("%s:%d  %s: %s", r.Test.File, r.Test.Line, r.Test.Playbook, r.Test.Name))
		for _, f := range r.Failures {
			s.out.note("  ", "line %d: %s", f.Line, f.Text)
		}
	}
	if c.Coverage {
		printCoverage(s, plan.Coverages(results))
	}
	for _, u := range updates {
		u.print(s)
	}
	bad := failed(results)
	switch {
	case bad == 0 && len(faults) == 0:
		s.out.say("%s passed.", plural(len(results), "test", "tests"))
	default:
		s.out.say("\n%s of %s failed%s.", plural(bad, "test", "tests"), plural(len(results), "test", "tests"), withFaults(faults))
	}
	if bad > 0 && !c.Update && anyOwn(results) {
		s.out.say("If what happened is right, clarion test --update writes it into your tests.")
	}
}

func withFaults(faults []playbook.Fault) string {
	if len(faults) == 0 {
		return ""
	}
	return ", and " + plural(len(faults), "fault was", "faults were") + " found in the files"
}

// anyOwn reports a failing test that is not the library's.
func anyOwn(results []plan.Result) bool {
	for _, r := range results {
		if len(r.Failures) > 0 && !shipped(r.Test) {
			return true
		}
	}
	return false
}

// shipped reports a test of the library, which nobody here rewrites.
func shipped(t *playbook.Test) bool { return !t.Own }

func printCoverage(s *session, all []plan.Coverage) {
	for _, c := range all {
		s.out.head(c.Playbook)
		rows := [][]string{{"what", "tests"}}
		for _, x := range c.Steps {
			rows = append(rows, []string{"step " + x.Name, seenIn(x.Tests)})
		}
		for _, x := range c.Reasons {
			rows = append(rows, []string{x.Name, seenIn(x.Tests)})
		}
		s.out.table("  ", 60, rows)
	}
	s.out.say("")
}

func seenIn(n int) string {
	if n == 0 {
		return "never seen"
	}
	return plural(n, "test", "tests")
}

// A rewritten file is what --update changed in one file.
type rewritten struct {
	file  string
	edits []playbook.Edit
}

func (u rewritten) print(s *session) {
	s.out.head(u.file)
	for _, e := range u.edits {
		s.out.say("  line %d", e.Line)
		for _, l := range e.Was {
			s.out.say("%s", s.out.paint("31", "  - "+l))
		}
		for _, l := range e.Now {
			s.out.say("%s", s.out.paint("32", "  + "+l))
		}
	}
	s.out.say("  Read each line: what happened is not right because it happened.")
}

// rewrite makes the failing tests of the constituency expect what happened.
func rewrite(folder string, own fs.FS, results []plan.Result) ([]rewritten, error) {
	files := map[string][]playbook.Rewriting{}
	for _, r := range results {
		if len(r.Failures) > 0 && !shipped(r.Test) {
			files[r.Test.File] = append(files[r.Test.File], playbook.Rewriting{Line: r.Test.Line, Days: r.Instead, Case: r.Case, Tasks: r.Tasks})
		}
	}
	var out []rewritten
	for _, name := range sortedKeys(files) {
		was, err := fs.ReadFile(own, name)
		if err != nil {
			return nil, fmt.Errorf("reading the tests: %w", err)
		}
		now, edits, err := playbook.Rewrite(was, files[name])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if len(edits) == 0 {
			continue
		}
		if err := replace(filepath.Join(folder, filepath.FromSlash(name)), now); err != nil {
			return nil, fmt.Errorf("writing the tests: %w", err)
		}
		out = append(out, rewritten{name, edits})
	}
	return out, nil
}

// replace puts a file in the place of another at one stroke.
func replace(file string, data []byte) error {
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	beside := file + ".new"
	if err := os.WriteFile(beside, data, info.Mode().Perm()); err != nil {
		return err
	}
	return os.Rename(beside, file)
}

// mutants tries the mistakes on the playbooks that ship.
func (c *testCmd) mutants(s *session) error {
	set, err := playbook.Load(playbooks.Library, nil)
	if err != nil {
		return err
	}
	var tolls []plan.Toll
	short := false
	for _, pb := range set.Playbooks {
		if c.Playbook != "" && c.Playbook != pb.Name {
			continue
		}
		s.progress("trying mistakes in %s ...", pb.Name)
		toll, err := plan.Mutate(playbooks.Library, pb.Name, 1)
		if err != nil {
			return err
		}
		tolls = append(tolls, toll)
		short = short || toll.Share() < 90
	}
	s.progress("")
	if len(tolls) == 0 {
		return usage("the library has no playbook %s", c.Playbook)
	}
	if s.JSON {
		err = s.out.json(object{"playbooks": each(tolls, tollView)})
	} else {
		printTolls(s, tolls)
	}
	if err == nil && short {
		return errFaults
	}
	return err
}

func printTolls(s *session, tolls []plan.Toll) {
	for _, t := range tolls {
		s.out.say("%s: %d of %s caught (%d of a hundred)", s.out.paint("1", t.Playbook), t.Caught, plural(t.Lived, "mistake", "mistakes"), t.Share())
		for _, v := range t.Survivors {
			s.out.say("  not noticed  %s:%d  %s", v.File, v.Line, v.Name)
		}
		for _, v := range t.Excused {
			s.out.say("  no mistake   %s:%d  %s", v.File, v.Line, v.Name)
			s.out.note("               ", "%s", strings.TrimSpace(v.Excuse))
		}
		for _, e := range t.Idle {
			s.out.say("  no longer needed  %s:%d  %s", e.File, e.Line, e.Mutant)
		}
	}
}

func tollView(t plan.Toll) object {
	mutant := func(v plan.Verdict) object {
		return object{"file": v.File, "line": v.Line, "mutant": v.Name}.text("because", strings.TrimSpace(v.Excuse))
	}
	return object{"playbook": t.Playbook, "mutants": t.Lived, "caught": t.Caught, "share": t.Share(),
		"survivors": each(t.Survivors, mutant), "equivalent": each(t.Excused, mutant)}
}

// testsView is what --json prints of the tests.
func testsView(results []plan.Result, faults []playbook.Fault, updates []rewritten) object {
	return object{
		"passed": len(results) - failed(results), "failed": failed(results),
		"faults": each(faults, faultView),
		"tests": each(results, func(r plan.Result) object {
			return object{"playbook": r.Test.Playbook, "name": r.Test.Name, "file": r.Test.File, "line": r.Test.Line,
				"failures": each(r.Failures, func(f plan.Failure) object { return object{"line": f.Line, "text": f.Text} })}
		}),
		"coverage": each(plan.Coverages(results), func(c plan.Coverage) object {
			return object{"playbook": c.Playbook, "tests": c.Tests, "steps": covered(c.Steps), "reasons": covered(c.Reasons)}
		}),
		"updated": each(updates, func(u rewritten) object {
			return object{"file": u.file, "edits": each(u.edits, func(e playbook.Edit) object {
				return object{"line": e.Line, "was": some(e.Was), "now": some(e.Now)}
			})}
		}),
	}
}

func covered(list []plan.Covered) object {
	o := object{}
	for _, x := range list {
		o[x.Name] = x.Tests
	}
	return o
}
