package plan_test

import (
	"os"
	"testing"
	"testing/fstest"

	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// The constituency's files of the language, as printed, make of the library
// what their comments say: other settings, a letter of their own, a further
// condition, a figure of the law that is tighter, days on which nothing goes,
// and a playbook that ships with nobody else.
func TestTheConstituencyOfTheLanguageDoesWhatItsFilesSay(t *testing.T) {
	lib := exampleLibrary(t, "arrears-chase", "birthday-18") // what the tailoring is of
	own := fstest.MapFS{}
	for _, name := range []string{"constituency.yaml", "playbooks.yaml"} {
		put(t, own, os.DirFS(printed), name, name)
	}
	// Nothing is on that is not named; there is a test of this one too.
	own["playbooks.yaml"].Data = append(own["playbooks.yaml"].Data, "\ndonation-permissibility: {}\n"...)
	theirs := os.DirFS("testdata/constituency")
	files(t, theirs, func(name string) { put(t, own, theirs, name, name) })

	tests, faults, err := playbook.LoadTests(lib, own)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range faults {
		t.Errorf("%s\n%s", f.Error(), f.Caret())
	}
	ran := 0
	for _, x := range tests {
		if !x.Own { // those of the library are run as it ships
			continue
		}
		ran++
		t.Run(x.Playbook+"/"+x.Name, func(t *testing.T) {
			for _, f := range plan.Try(x) {
				t.Error(f)
			}
		})
	}
	if ran != 6 {
		t.Errorf("%d tests of the constituency ran, want 6", ran)
	}
}
