package playbook

import (
	"slices"
	"strings"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// saidToMembers are the keys of a step whose values a reader sees.
var saidToMembers = []string{"subject", "columns", "count", "attach"}

// wordsToMembers is the digest of all that the playbook's letters say to
// members: trust was earned by these words, and not by others. What goes to
// roles only is no part of it.
func (pb *Playbook) wordsToMembers() string {
	values := map[string]string{}
	for _, o := range pb.origins {
		values[o.Path] = o.Value
	}
	var b strings.Builder
	note := func(path string) { b.WriteString(path + "\x00" + values[path] + "\x00") }
	for _, st := range pb.Steps {
		if st.Kind != Email || st.Off || !st.To.beyondRoles() {
			continue
		}
		for _, key := range saidToMembers {
			note("steps." + st.ID + "." + key)
		}
		note("letter." + st.ID)
		for _, name := range st.settingsSaid() {
			for _, o := range pb.origins { // a table has a path for each row
				if o.Path == name || strings.HasPrefix(o.Path, name+".") {
					note(o.Path)
				}
			}
		}
	}
	return sum(b.String())
}

// beyondRoles reports recipients who may be other people than the holders of
// roles.
func (r Recipients) beyondRoles() bool {
	for _, e := range r.Exprs {
		if e.Type().Kind != dataset.Choice { // a setting that names a role
			return true
		}
	}
	return false
}

// settingsSaid names the settings that the words of a step use, as paths.
func (st *Step) settingsSaid() []string {
	var uses, out []string
	if st.Subject != nil {
		uses = st.Subject.Uses()
	}
	if st.Letter != nil {
		uses = append(uses, st.Letter.Uses()...)
	}
	for _, u := range uses {
		if parts := strings.Split(u, "."); len(parts) > 1 && parts[0] == "settings" {
			out = append(out, "settings."+parts[1])
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// ParseTrust reads a level of trust: observe, each, batch or automatic.
func ParseTrust(word string) (Trust, bool) {
	i := slices.Index(trustWords, word)
	return Trust(max(i, 0)), i >= 0
}
