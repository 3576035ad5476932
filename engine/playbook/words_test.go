package playbook_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/clarion-clp/clarion/engine/playbook"
)

// What a committee reads of each playbook that ships, and of the six of the
// language, stands in testdata/words; -update writes it anew.
func TestWords(t *testing.T) {
	sets := map[string]*playbook.Set{"ships": load(t, nil)}
	var err error
	if sets["language"], err = playbook.Load(withSix(t), plain(map[string]string{"playbooks.yaml": "new-member-welcome: {settings: {guide: \"https://example.org/guide\"}, steps: {check_in: \"off\"}, also: {when: present(member.branch)}, trust: automatic}\n"})); err != nil {
		t.Fatal(err)
	}
	for kind, set := range sets {
		noFaults(t, set)
		for _, pb := range set.Playbooks {
			if _, ours := six[pb.Name]; kind == "language" && !ours {
				continue
			}
			got := set.Words(pb)
			file := filepath.Join("testdata", "words", kind+"-"+pb.Name+".txt")
			if *update {
				if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				continue
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("%s reads\n%s\nwant\n%s", file, got, want)
			}
			for _, line := range strings.Split(got, "\n") {
				if utf8.RuneCountInString(line) > 90 && strings.Contains(line, " ") {
					t.Errorf("%s: the line is long: %s", file, line)
				}
			}
			for _, mark := range []string{"{{", " == ", "!=", "law.", "settings.", "steps.", "_"} {
				if strings.Contains(got, mark) {
					t.Errorf("%s: %q is no plain English", file, mark)
				}
			}
		}
	}
}
