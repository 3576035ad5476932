package playbook_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
	"pgregory.net/rapid"

	"github.com/clarion-clp/clarion/engine/playbook"
)

func TestWriteColumns(t *testing.T) {
	for _, x := range []struct {
		name, dataset, was, now string
		columns                 map[string]string
	}{
		{"in brackets", "members", "data:\n  members: {from: \"data/members*.csv\", full: yes}  # kept\n",
			"data:\n  members: {from: \"data/members*.csv\", full: yes, columns: {membership_no: \"Party ID\", phone: \"column F\"}}  # kept\n",
			map[string]string{"phone": "column F", "membership_no": "Party ID"}},
		{"in brackets over lines", "members", "data:\n  members: {from: a.csv,\n    full: yes # always\n  }\n",
			"data:\n  members: {from: a.csv,\n    full: yes, columns: {phone: \"Tel\"} # always\n  }\n", map[string]string{"phone": "Tel"}},
		{"on lines", "members", "data:\n  members:\n    from: a.csv   # ours\n    # about the next\n    full: yes\n  donations: {from: b.csv}\n",
			"data:\n  members:\n    from: a.csv   # ours\n    columns:\n      born: \"DOB\"\n      phone: \"Tel\"\n    # about the next\n    full: yes\n  donations: {from: b.csv}\n",
			map[string]string{"phone": "Tel", "born": "DOB"}},
		{"on the last line", "members", "data:\n  members:\n    from: a.csv\n",
			"data:\n  members:\n    from: a.csv\n    columns:\n      phone: \"Tel\"\n", map[string]string{"phone": "Tel"}},
		{"on a last line that does not end", "members", "data:\n  members:\n    from: a.csv",
			"data:\n  members:\n    from: a.csv\n    columns:\n      phone: \"Tel\"", map[string]string{"phone": "Tel"}},
		{"columns that are there", "members", "data:\n  members:\n    from: a.csv\n    columns:\n      phone: Mobile # theirs\n      # why\n      email: 'It''s mail'\nimprint: x\n",
			"data:\n  members:\n    from: a.csv\n    columns:\n      phone: \"Tel\" # theirs\n      # why\n      email: 'It''s mail'\n      born: \"DOB\"\nimprint: x\n",
			map[string]string{"phone": "Tel", "email": "It's mail", "born": "DOB"}},
		{"columns in brackets", "donations", "data: {donations: {from: a.csv, columns: {amount: Sum, donor: \"Given, by\"}}}\n",
			"data: {donations: {from: a.csv, columns: {amount: \"£\", donor: \"Given, by\", received_on: \"Day\"}}}\n", map[string]string{"amount": "£", "received_on": "Day"}},
		{"columns that are empty", "donations", "data:\n  donations: {from: a.csv, columns: {}, full: yes}\n",
			"data:\n  donations: {from: a.csv, columns: {amount: \"Sum\"}, full: yes}\n", map[string]string{"amount": "Sum"}},
		{"nothing new", "donations", "data:\n  donations: {from: a.csv, columns: {amount: Sum}}\n",
			"data:\n  donations: {from: a.csv, columns: {amount: Sum}}\n", map[string]string{"amount": "Sum"}},
		{"beside data", "officers", "officers: {file: officers.csv}   # role, person\nbranches: {file: b.csv}\n",
			"officers: {file: officers.csv, columns: {role: \"Post\"}}   # role, person\nbranches: {file: b.csv}\n", map[string]string{"role": "Post"}},
		{"the ends of lines", "members", "data:\r\n  members:\r\n    from: a.csv\r\n    full: yes\r\n",
			"data:\r\n  members:\r\n    from: a.csv\r\n    columns:\r\n      phone: \"Tel\"\r\n    full: yes\r\n", map[string]string{"phone": "Tel"}},
		{"behind a block", "members", "data:\n  members:\n    from: >\n      a.csv\n    full: yes\n",
			"data:\n  members:\n    from: >\n      a.csv\n    columns:\n      phone: \"Tel\"\n    full: yes\n", map[string]string{"phone": "Tel"}},
		{"a hostile heading", "members", "data:\n  members: {from: é.csv}\n",
			"data:\n  members: {from: é.csv, columns: {phone: \"a\\\"}\\n: \\u202e#\"}}\n", map[string]string{"phone": "a\"}\n: \u202e#"}},
	} {
		t.Run(x.name, func(t *testing.T) {
			got, edits, err := playbook.WriteColumns([]byte(x.was), x.dataset, x.columns)
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != x.now {
				t.Errorf("got\n%s\nnot\n%s", got, x.now)
			}
			if (len(edits) > 0) != (x.was != x.now) {
				t.Errorf("%d edits are said", len(edits))
			}
		})
	}
}

func TestWriteColumnsRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"data: {}\n":          "does not say where members come from",
		"data: [\n":           "reading constituency.yaml",
		"data:\n  members:\n": "left to people; write there: columns: {phone: \"Tel\"}",
		"":                    "does not say where",
		"data: {members: *a}": "reading constituency.yaml",
		"x: &a {from: a.csv}\ndata: {members: *a}\n":                    "left to people",
		"data:\n  members: {from: a.csv, columns: none}\n":              "left to people",
		"data:\n  members:\n    from: >2\n      a.csv\n    full: yes\n": "left to people",
	} {
		_, _, err := playbook.WriteColumns([]byte(text), "members", map[string]string{"phone": "Tel"})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// In every constituency that ships, whatever is mapped, only the mapping
// changes: without the lines that are said to be touched the file is the same,
// every comment is there, and the mapping reads back.
func TestWriteColumnsInWhatShips(t *testing.T) {
	files := []string{"testdata/examples/constituency.yaml", "../sample/folder/constituency.yaml"}
	for _, file := range files {
		data, err := os.ReadFile(filepath.FromSlash(file))
		if err != nil {
			t.Fatal(err)
		}
		data = []byte(strings.NewReplacer("@year@", "2026", "@next@", "2027", "@started@", "2026-11-01").Replace(string(data)))
		var all struct {
			Data map[string]any `yaml:"data"`
		}
		if err := yaml.Unmarshal(data, &all); err != nil {
			t.Fatal(err)
		}
		names := []string{"branches", "officers"}
		for n := range all.Data {
			names = append(names, n)
		}
		if len(names) < 5 {
			t.Fatalf("%s has only the lists %v", file, names)
		}
		rapid.Check(t, func(t *rapid.T) {
			now := data
			for range 3 {
				name := rapid.SampledFrom(names).Draw(t, "dataset")
				want := rapid.MapOfN(rapid.StringMatching(`[a-z]{1,8}_x`), rapid.String(), 1, 4).Draw(t, "columns")
				for k, v := range want {
					want[k] = strings.ToValidUTF8(v, "?")
				}
				before := now
				var edits []playbook.Edit
				var err error
				if now, edits, err = playbook.WriteColumns(now, name, want); err != nil {
					t.Fatal(err)
				}
				was, is := strings.Split(string(before), "\n"), strings.Split(string(now), "\n")
				if len(was) != len(is) {
					t.Fatalf("%d lines became %d", len(was), len(is))
				}
				changed := 0
				for i := range was {
					if was[i] != is[i] {
						changed++
						_, a, _ := strings.Cut(was[i], "  # ")
						if a != "" && !strings.HasSuffix(is[i], a) {
							t.Fatalf("a comment is lost: %q", is[i])
						}
					}
				}
				if changed > 1 || changed > len(edits) {
					t.Fatalf("%d lines changed, of which %d are said", changed, len(edits))
				}
				again, more, err := playbook.WriteColumns(now, name, want)
				if err != nil || len(more) > 0 || string(again) != string(now) {
					t.Fatalf("written twice it changes again: %v", err)
				}
			}
		})
	}
}
