package main

import (
	"fmt"
	"strings"

	"github.com/clarion-clp/clarion/engine/playbook"
)

const catalogueHead = `# The library

What ships with Clarion, by role: %d duties. This page is made by
` + "`clarion playbooks --markdown`" + ` and is not edited by hand.

Nothing here is switched on. A playbook works for a constituency only once the
constituency's own ` + "`playbooks.yaml`" + ` names it:

` + "```yaml" + `
new-member-welcome: {}
arrears-chase:
  settings: {lapses_after: 6 months}
` + "```" + `

` + "`clarion show NAME --words`" + ` says one in full, on a page that a committee can
read aloud and adopt; ` + "`clarion playbooks late fee`" + ` finds one by your own words.
A letter to members waits for somebody's yes until the playbook has earned more.

`

// catalogue is the page of all that ships, grouped by role in the order of the
// table of roles.
func catalogue(set *playbook.Set) string {
	var b strings.Builder
	fmt.Fprintf(&b, catalogueHead, len(set.Playbooks))
	owned, served := byRole(set)
	for _, role := range set.RoleOrder() {
		if len(owned[role])+len(served[role]) > 0 {
			fmt.Fprintf(&b, "- [%s](#%s)\n", set.RoleTitle(role), anchor(set.RoleTitle(role)))
		}
	}
	for _, role := range set.RoleOrder() {
		if len(owned[role])+len(served[role]) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n## %s\n", set.RoleTitle(role))
		for _, pb := range owned[role] {
			fmt.Fprintf(&b, "\n%s", entryOf(set, pb))
		}
		var also []string
		for _, pb := range served[role] {
			also = append(also, fmt.Sprintf("[%s](%s)", pb.Name, pb.File))
		}
		if len(also) > 0 {
			fmt.Fprintf(&b, "\nAlso at work for this role: %s.\n", strings.Join(also, ", "))
		}
	}
	return b.String()
}

// entryOf is what the catalogue says of one playbook.
func entryOf(set *playbook.Set, pb *playbook.Playbook) string {
	var b strings.Builder
	law := ""
	if pb.Locked {
		law = " It rests on law."
	}
	fmt.Fprintf(&b, "### %s\n\n", pb.Title)
	fmt.Fprintf(&b, "[%s](%s)\n\n", pb.Name, pb.File)
	fmt.Fprintf(&b, "- %s.\n- %s.%s\n", set.Trigger(pb), reachesWords(set, pb), law)
	if settings := set.SettingWords(pb); len(settings) > 0 {
		fmt.Fprintf(&b, "- To set: %s.\n", strings.Join(settings, "; "))
	}
	return b.String()
}

// byRole sorts the playbooks by the role that owns them, and by those they serve
// beside.
func byRole(set *playbook.Set) (owned, served map[string][]*playbook.Playbook) {
	owned, served = map[string][]*playbook.Playbook{}, map[string][]*playbook.Playbook{}
	for _, pb := range set.Playbooks {
		owned[pb.Role] = append(owned[pb.Role], pb)
		for _, role := range set.Serves(pb)[1:] {
			served[role] = append(served[role], pb)
		}
	}
	return owned, served
}

// anchor is the place of a heading on the page, as GitHub names it.
func anchor(title string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(title) {
		switch {
		case r == ' ':
			b.WriteByte('-')
		case r == '-', r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		}
	}
	return b.String()
}
