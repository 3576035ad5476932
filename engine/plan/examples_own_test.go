package plan_test

import (
	"io/fs"
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
	lib := exampleLibrary(t).(fstest.MapFS)
	files(t, os.DirFS("../../playbooks/membership_officer"), func(name string) { // what the tailoring is of
		if data, err := fs.ReadFile(os.DirFS("../../playbooks/membership_officer"), name); err == nil && len(name) > 13 && name[:13] == "arrears-chase" {
			lib["membership_officer/"+name] = &fstest.MapFile{Data: data}
		}
	})
	lib["youth_officer/birthday-18.yaml"] = &fstest.MapFile{Data: []byte("name: birthday-18\ntitle: A card\nrole: youth_officer\nbasis: service\nfor: member in members\nwhen: birthday(member.born, 18) == today\nagain: never\nsteps:\n  - task: card\n    to: youth_officer\n    subject: Write a card\n    due: 3 days after given\n")}
	own := fstest.MapFS{}
	put := func(from fs.FS, name string) {
		data, err := fs.ReadFile(from, name)
		if err != nil {
			t.Fatal(err)
		}
		own[name] = &fstest.MapFile{Data: data}
	}
	put(os.DirFS(printed), "constituency.yaml")
	put(os.DirFS(printed), "playbooks.yaml")
	theirs := os.DirFS("testdata/constituency")
	files(t, theirs, func(name string) { put(theirs, name) })

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
