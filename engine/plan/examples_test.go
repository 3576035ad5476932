package plan_test

import (
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/playbooks"
)

// The examples of the language, as they are printed in its reference, stand
// beside the package that reads them; what they do stands here, in tests of
// the language's own kind, with the least of a letter each.
const (
	printed  = "../playbook/testdata/examples"
	timeline = "testdata/examples"
)

// examplesOf says in whose folder of the library each example stands.
var examplesOf = map[string]string{
	"new-member-welcome": "membership_officer", "donation-permissibility": "treasurer", "meeting-notice": "secretary",
	"mar-share-branches": "secretary", "annual-accounts": "treasurer", "induction-session": "political_education_officer",
}

// shelf is the data, the roles and the law that ship, and of the playbooks only
// those that are named, with their letters and tests: so that one that a test
// puts in the place of another does not meet its letters.
func shelf(t testing.TB, names ...string) fstest.MapFS {
	t.Helper()
	lib := fstest.MapFS{}
	files(t, playbooks.Library, func(name string) {
		dir := path.Dir(name)
		_, of, _ := strings.Cut(name, "/")
		of, _, _ = strings.Cut(of, "/")
		of, _, _ = strings.Cut(of, ".")
		if dir == "." || dir == "data" || dir == "law" || slices.Contains(names, of) {
			put(t, lib, playbooks.Library, name, name)
		}
	})
	return lib
}

// put puts a file of one tree into another.
func put(t testing.TB, lib fstest.MapFS, from fs.FS, name, as string) {
	t.Helper()
	data, err := fs.ReadFile(from, name)
	if err != nil {
		t.Fatal(err)
	}
	lib[as] = &fstest.MapFile{Data: data}
}

// exampleLibrary is what ships with the examples in the place of its own
// playbooks, but for those that are named: the data, the roles and the law are
// those of the library.
func exampleLibrary(t testing.TB, names ...string) fstest.MapFS {
	t.Helper()
	lib := shelf(t, names...)
	for name, role := range examplesOf {
		put(t, lib, os.DirFS(printed), name+".yaml", role+"/"+name+".yaml")
	}
	files(t, os.DirFS(timeline), func(name string) {
		owner, _, _ := strings.Cut(strings.TrimSuffix(name, ".test.yaml"), "/")
		if examplesOf[owner] == "" {
			t.Errorf("%s belongs to none of the examples", name)
		}
		put(t, lib, os.DirFS(timeline), name, examplesOf[owner]+"/"+name)
	})
	return lib
}

// files names every file of a tree.
func files(t testing.TB, tree fs.FS, f func(name string)) {
	t.Helper()
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			f(name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Every example of the language does over time what its rules say.
func TestExamplesDoWhatTheirRulesSay(t *testing.T) {
	tests, faults, err := playbook.LoadTests(exampleLibrary(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range faults {
		t.Errorf("%s\n%s", f.Error(), f.Caret())
	}
	tested := map[string]int{}
	for _, x := range tests {
		tested[x.Playbook]++
		t.Run(x.Playbook+"/"+x.Name, func(t *testing.T) {
			for _, f := range plan.Try(x) {
				t.Error(f)
			}
		})
	}
	for name := range examplesOf {
		if tested[name] == 0 {
			t.Errorf("no timeline shows what %s does", name)
		}
	}
}
