package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/playbooks"
)

// The page of the library is what the command prints, and every file that it
// points to is there.
func TestCatalogueIsCurrent(t *testing.T) {
	folder, err := filepath.Abs(filepath.Join("..", "..", "playbooks"))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(folder, "README.md")
	alone(t)
	out, _ := clarion(t, exitOK, "playbooks", "--markdown")
	if *update {
		if err := os.WriteFile(file, []byte(out), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	page, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(page) != out {
		t.Error("playbooks/README.md is not what clarion playbooks --markdown prints; write it anew with: go generate ./playbooks")
	}
	links := regexp.MustCompile(`\]\(([^)#]+)\)`).FindAllStringSubmatch(out, -1)
	for _, l := range links {
		if _, err := os.Stat(filepath.Join(folder, l[1])); err != nil {
			t.Error(err)
		}
	}
	places := regexp.MustCompile(`\]\(#([^)]+)\)`).FindAllStringSubmatch(out, -1)
	for _, p := range places {
		if !strings.Contains(out, "\n## ") || !anchored(out, p[1]) {
			t.Errorf("nothing on the page is called #%s", p[1])
		}
	}
	if len(links) < 80 || len(places) < 20 {
		t.Errorf("%d links and %d places", len(links), len(places))
	}
}

// anchored reports a heading of the page that has an anchor.
func anchored(page, name string) bool {
	for _, line := range strings.Split(page, "\n") {
		if title, ok := strings.CutPrefix(line, "## "); ok && anchor(title) == name {
			return true
		}
	}
	return false
}

// Every role of the role descriptions has at least two duties.
func TestEveryRoleHasTwoDuties(t *testing.T) {
	set, err := playbook.Load(playbooks.Library, nil)
	if err != nil {
		t.Fatal(err)
	}
	owned, served := byRole(set)
	count := func(match func(role string) bool) int {
		seen := map[string]bool{}
		for _, list := range []map[string][]*playbook.Playbook{owned, served} {
			for role, pbs := range list {
				for _, pb := range pbs {
					seen[pb.Name] = seen[pb.Name] || match(role)
				}
			}
		}
		n := 0
		for _, yes := range seen {
			if yes {
				n++
			}
		}
		return n
	}
	for _, role := range strings.Fields(`chair vice_chair secretary assistant_secretary campaign_coordinator membership_officer policy_officer treasurer
		womens_officer bame_officer lgbtq_officer disabilities_officer equality_and_diversity_officer trade_union_liaison_officer
		political_education_officer communications_officer youth_officer fundraising_coordinator it_coordinator everyone`) {
		if n := count(func(r string) bool { return r == role }); n < 2 {
			t.Errorf("%s has %d duties", role, n)
		}
	}
	if n := count(func(r string) bool { return strings.HasPrefix(r, "branch_") }); n < 2 {
		t.Errorf("branch officers have %d duties", n)
	}
	for role := range owned {
		if set.Roles[role] == nil {
			t.Errorf("there is no role %s", role)
		}
	}
}

// An officer finds a duty by her own words, on or off, and reads it before it is
// switched on.
func TestFindingAndReadingWhatIsOff(t *testing.T) {
	alone(t)
	clarion(t, exitOK, "init", "party", "--name", "Anytown CLP", "--from", "secretary@example.org", "--yes")
	if err := os.WriteFile(filepath.Join("party", "playbooks.yaml"), []byte("new-member-welcome: {}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, _ := clarion(t, exitOK, "-C", "party", "playbooks", "late", "fee")
	says(t, out, "arrears-chase  off", "When a member's status becomes arrears.", "playbooks.yaml does not name", "To set:", "A service letter, to the member")
	if !strings.HasPrefix(out, "arrears-chase") {
		t.Errorf("the first is another:\n%s", out)
	}
	out, _ = clarion(t, exitOK, "-C", "party", "playbooks", "--active")
	says(t, out, "new-member-welcome  on", "!arrears-chase")
	out, _ = clarion(t, exitOK, "-C", "party", "playbooks", "--role", "bame")
	says(t, out, "equality-events", "!new-member-welcome")
	out, _ = clarion(t, exitOK, "-C", "party", "playbooks", "--role", "treasurer", "--json")
	says(t, out, `"state": "off"`, `"reaches"`, `"serves"`, `"settings"`, `"trigger"`)
	out, _ = clarion(t, exitOK, "-C", "party", "show", "arrears-chase", "--words")
	says(t, out, "Not switched on here", "What stops it", "What is set")
	out, _ = clarion(t, exitOK, "-C", "party", "show", "new-member-welcome", "--words")
	says(t, out, "!Not switched on here")
}
