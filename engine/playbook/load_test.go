package playbook_test

import (
	"io/fs"
	"path"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/playbooks"
)

// plain is a constituency that has said nothing but its name.
func plain(more map[string]string) fstest.MapFS {
	m := fstest.MapFS{"constituency.yaml": {Data: []byte("name: Thornley and Vale CLP\naudiences:\n  members: member in members when member.status in [\"active\", \"provisional\"]\n  executive: [chair, secretary]\n")}}
	for name, text := range more {
		m[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return m
}

// allOn switches on every playbook of a library that a constituency does not
// name itself.
func allOn(t testing.TB, library fs.FS, own fstest.MapFS) fstest.MapFS {
	t.Helper()
	files, err := fs.Glob(library, "*/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text := ""
	if f := own["playbooks.yaml"]; f != nil {
		text = strings.TrimRight(string(f.Data), "\n") + "\n"
	}
	for _, f := range files {
		dir, base := path.Split(f)
		name := strings.TrimSuffix(base, ".yaml")
		if dir != "data/" && dir != "law/" && !strings.HasSuffix(name, ".test") && !strings.Contains("\n"+text, "\n"+name+":") {
			text += name + ": {}\n"
		}
	}
	own["playbooks.yaml"] = &fstest.MapFile{Data: []byte(text)}
	return own
}

// load loads the library with a constituency's files.
func load(t testing.TB, more map[string]string) *playbook.Set {
	t.Helper()
	set, err := playbook.Load(playbooks.Library, allOn(t, fewShip(t), plain(more)))
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func TestTheLibraryLoads(t *testing.T) {
	set := load(t, nil)
	for _, f := range set.All() {
		t.Errorf("%s\n%s", f.Error(), f.Caret())
	}
	var names []string
	for _, pb := range set.Playbooks {
		names = append(names, pb.Name)
		if pb.Trust != playbook.Each {
			t.Errorf("%s: trust is %s, want each: the constituency has said nothing", pb.Name, pb.Trust)
		}
	}
	t.Log(names)
	_, faults, err := playbook.LoadTests(playbooks.Library, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range faults {
		t.Errorf("%s\n%s", f.Error(), f.Caret())
	}
}

func BenchmarkLoad(b *testing.B) {
	own := plain(nil)
	for b.Loop() {
		if _, err := playbook.Load(playbooks.Library, own); err != nil {
			b.Fatal(err)
		}
	}
}
