package playbook_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/playbooks"
)

// The descriptions that are kept whole in testdata/words, by what they show: a
// person's playbook, one of the law, one with a table, one with working days,
// and one that a constituency has tailored. -update writes them anew.
var kept = map[string]bool{
	"ships-arrears-chase": true, "ships-donation-permissibility": true, "ships-meeting-notice": true, "ships-election-timetable": true,
	"language-new-member-welcome": true,
}

// shipped is everything that ships.
func shipped(t *testing.T) *playbook.Set {
	t.Helper()
	set, err := playbook.Load(playbooks.Library, nil)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// bothLibraries are what ships, and the six playbooks of the language, of which
// one is tailored.
func bothLibraries(t *testing.T) map[string]*playbook.Set {
	t.Helper()
	six, err := playbook.Load(withSix(t), plain(map[string]string{"playbooks.yaml": "new-member-welcome: {settings: {guide: \"https://example.org/guide\"}, steps: {check_in: \"off\"}, also: {when: present(member.branch)}, trust: automatic}\n" +
		"annual-accounts: {}\ndonation-permissibility: {}\ninduction-session: {}\nmar-share-branches: {}\nmeeting-notice: {}\n"}))
	if err != nil {
		t.Fatal(err)
	}
	sets := map[string]*playbook.Set{"ships": shipped(t), "language": six}
	for _, set := range sets {
		noFaults(t, set)
	}
	return sets
}

func TestWords(t *testing.T) {
	seen := 0
	for kind, set := range bothLibraries(t) {
		for _, pb := range set.Playbooks {
			name := kind + "-" + pb.Name
			if !kept[name] {
				continue
			}
			seen++
			got := set.Words(pb)
			file := filepath.Join("testdata", "words", name+".txt")
			if *update {
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
		}
	}
	if seen != len(kept) {
		t.Errorf("%d of %d descriptions were made", seen, len(kept))
	}
}

// leftovers are what is no plain English: the signs of a condition, a name with
// underscores, a mark of a template, empty quotes, a word said twice.
var leftovers = regexp.MustCompile(` == |!=|<=|>=|\?\?|\{\{|\}\}|\b(present|blank|days|months|filter|find|any|none|count|map|sum|len|latest|day|year|audience)\(|\b(settings|steps|law|period|constituency)\.[a-z]|(^|[\s(])\.[a-z]|[a-z0-9]_[a-z0-9]|“”|\b(the the|its its|a a|of of|is is|that that|and and|or or|to to|whose whose|and of on)\b|\bits it\b|,,|[^.]\.\.[^.]|%!`)

// Every description that ships reads as a page that can be read aloud: without
// leftovers of the language, in short lines, and no longer than its steps and names need.
func TestEveryPlaybookCanBeReadAloud(t *testing.T) {
	longest, total, n := 0, 0, 0
	for kind, set := range bothLibraries(t) {
		for _, pb := range set.Playbooks {
			page := set.Words(pb)
			for what, text := range map[string]string{"page": page, "trigger": set.Trigger(pb), "reaches": strings.Join(set.Reaches(pb), ", "), "settings": strings.Join(set.SettingWords(pb), "; ")} {
				flat := strings.Join(strings.Fields(text), " ")
				for _, at := range leftovers.FindAllStringIndex(flat, -1) {
					t.Errorf("%s %s, %s: %q is no plain English: ...%s...", kind, pb.Name, what, flat[at[0]:at[1]], flat[max(0, at[0]-60):min(len(flat), at[1]+60)])
				}
			}
			for _, line := range strings.Split(page, "\n") {
				if utf8.RuneCountInString(line) > 90 && strings.Contains(line, " ") {
					t.Errorf("%s: the line is long: %s", pb.Name, line)
				}
			}
			words := len(strings.Fields(page))
			if most := 450 + 110*max(0, len(pb.Steps)-2) + 30*len(pb.Let); words > most {
				t.Errorf("%s has %d words on its page; with %d steps and %d names it may have %d", pb.Name, words, len(pb.Steps), len(pb.Let), most)
			}
			if kind == "ships" {
				longest, total, n = max(longest, words), total+words, n+1
			}
		}
	}
	if total/n > 450 {
		t.Errorf("a page has %d words on average", total/n)
	}
	t.Logf("%d pages, %d words on average, at most %d", n, total/n, longest)
}

func TestTriggersSayWhen(t *testing.T) {
	set := shipped(t)
	for name, want := range map[string]string{
		"arrears-chase":           "When a member's status becomes arrears",
		"contact-hygiene":         "Every Monday",
		"donation-permissibility": "When a donation's amount is more than the legal line of £500",
		"annual-accounts":         "Every year on 1 January",
		"platform-access-audit":   "Every quarter on the 15th",
		"new-member-welcome":      "When a member's status becomes active or provisional, they are new since our first list and they joined in the last 90 days",
	} {
		if got := set.Trigger(set.Playbook(name)); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
