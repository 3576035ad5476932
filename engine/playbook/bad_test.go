package playbook_test

import (
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/playbooks"
)

var update = flag.Bool("update", false, "write what is wrong with each bad file into its first line")

// ships is a copy of the library to which files can be added.
func ships(t testing.TB, without ...string) fstest.MapFS {
	t.Helper()
	m := fstest.MapFS{}
	err := fs.WalkDir(playbooks.Library, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		for _, w := range without {
			if strings.HasPrefix(name, w) {
				return nil
			}
		}
		data, err := fs.ReadFile(playbooks.Library, name)
		m[name] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// fewShip is the library with four of its playbooks, which load faster than all:
// without those files whose names begin as said.
func fewShip(t testing.TB, without ...string) fstest.MapFS {
	t.Helper()
	m := ships(t, without...)
	for name := range m {
		dir, _, inside := strings.Cut(name, "/")
		if inside && dir != "data" && dir != "law" && !slices.ContainsFunc([]string{"new-member-welcome", "arrears-chase", "donation-permissibility", "minutes-circulate"},
			func(kept string) bool { return strings.Contains(name, "/"+kept) }) {
			delete(m, name)
		}
	}
	return m
}

// Every file in testdata/bad has one fault, and its first line says which. A
// second line "as" says what the file is; otherwise it is a playbook.
func TestBadFiles(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(files) < 40 {
		t.Fatalf("%d bad files, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			lines := strings.Split(string(data), "\n")
			want := strings.TrimPrefix(lines[0], "# want: ")
			library, own := fewShip(t), plain(nil)
			if as, ok := strings.CutPrefix(lines[1], "# as: "); ok {
				if name, ships := strings.CutPrefix(as, "library "); ships {
					library[name] = &fstest.MapFile{Data: data}
				} else {
					own[as] = &fstest.MapFile{Data: data}
				}
			} else {
				library["chair/bad.yaml"] = &fstest.MapFile{Data: data}
				library["chair/bad/hello.md"] = &fstest.MapFile{Data: []byte("Hello.\n")}
			}
			set, err := playbook.Load(library, allOn(t, library, own))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range set.All() {
				said := fmt.Sprintf("%d:%d: %s", f.Line, f.Column, f.Text)
				if f.Hint != "" {
					said += " (" + f.Hint + ")"
				}
				got = append(got, said)
				if f.Line > 0 && f.File != "playbooks.yaml" && f.Source != strings.ReplaceAll(strings.ToValidUTF8(lines[f.Line-1], "\ufffd"), "\x00", "\ufffd") {
					t.Errorf("the fault shows the line %q, want %q", f.Source, lines[f.Line-1])
				}
			}
			said := strings.Join(got, " | ")
			if *update {
				lines[0] = "# want: " + said
				if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if len(got) != 1 {
				t.Errorf("a bad file has one fault, this has %d", len(got))
			}
			if said != want {
				t.Errorf("found %s\nwant  %s", said, want)
			}
			if len(got) == 1 {
				name := set.All()[0].Playbook
				if name != "" && set.Playbook(name) != nil {
					t.Errorf("%s runs in spite of its fault", name)
				}
				if name != "" && len(set.Playbooks) < 3 {
					t.Errorf("only %d other playbooks run", len(set.Playbooks))
				}
			}
		})
	}
}

// Files that are not even text, or would cost too much.
func TestUnreadableFiles(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"byte-order mark", "\xef\xbb\xbfname: bad\n", "1:1: The file begins with a byte-order mark."},
		{"UTF-16", "\xff\xfen\x00", "1:1: The file is saved as UTF-16."},
		{"nothing", "", "1:1: The file is empty."},
		{"only a comment", "# nothing\n", "1:1: The file is empty."},
		{"a list", "- a\n", "1:1: A playbook must have keys and values."},
		{"very large", strings.Repeat("# much\n", 200000), "0:0: The file is larger than 1 MB, which no such file is."},
		{"nested", "name: " + strings.Repeat("[", 60) + strings.Repeat("]", 60) + "\n", "1:47: This is nested too deeply."},
		{"a direction mark", "name: \u202ebad\n", "1:7: An invisible control character (U+202E) stands here."},
		{"aliases", "a: &a [x, x]\nb: &b [*a, *a]\n", "1:4: Anchors and aliases (& and *) are not used here."},
		{"a merge", "name:\n  <<: {a: b}\n", "2:3: Merging with << is not used here."},
	} {
		library := fewShip(t)
		library["chair/bad.yaml"] = words(c.text)
		set, err := playbook.Load(library, allOn(t, library, plain(nil)))
		if err != nil {
			t.Fatal(err)
		}
		faults := set.Disabled["bad"]
		if len(faults) == 0 {
			t.Errorf("%s: no fault", c.name)
			continue
		}
		var got []string
		for _, f := range faults {
			got = append(got, fmt.Sprintf("%d:%d: %s", f.Line, f.Column, f.Text))
		}
		if !slices.Contains(got, c.want) {
			t.Errorf("%s: got %s\nwant %s", c.name, strings.Join(got, "\n"), c.want)
		}
		if len(set.Playbooks) != 4 {
			t.Errorf("%s: %d other playbooks run, want 4", c.name, len(set.Playbooks))
		}
	}
}

func TestFaultsAreShownWithACaret(t *testing.T) {
	f := playbook.Fault{File: "a.yaml", Line: 2, Column: 7, Text: "No.", Hint: "yes?", Source: "when: £ x"}
	if f.Error() != "a.yaml:2:7: No. (yes?)" || f.Caret() != "  when: £ x\n        ^" {
		t.Errorf("%s\n%s", f.Error(), f.Caret())
	}
	f.Source, f.Column = strings.Repeat("a", 500)+"X", 501
	lines := strings.Split(f.Caret(), "\n")
	if len(lines[0]) > 110 || lines[0][len(lines[1])-1] != 'X' {
		t.Errorf("%s", f.Caret())
	}
}
