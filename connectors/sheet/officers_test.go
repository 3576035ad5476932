package sheet

import (
	"strings"
	"testing"

	"github.com/clarion-clp/clarion/engine/dataset"
)

func officers() *dataset.Schema {
	return &dataset.Schema{Name: "officers", Branch: "branch", Key: []string{"role", "branch", "person", "from"}, Columns: []dataset.Column{
		{Name: "role", Kind: dataset.Text, Synonyms: []string{"office"}}, {Name: "branch", Kind: dataset.Reference},
		{Name: "person", Kind: dataset.Person, Synonyms: []string{"holder", "name"}},
		{Name: "email", Kind: dataset.Text}, {Name: "from", Kind: dataset.Date}}}
}

// TestPlainListOfOfficers shows what part of a key of several columns a list
// may leave out: the branch and dates, and nothing else.
func TestPlainListOfOfficers(t *testing.T) {
	for text, want := range map[string]string{
		"Office,Name,Email\nchair,Jo Sample,jo@example.org\nchair,Lee Sample,lee@example.org\n": "chair//Jo Sample/, chair//Lee Sample/",
		"Chairs and others\nRole,Holder\nchair,Jo Sample\n":                                     "chair//Jo Sample/",
		"Role,Person,Branch\nchair,Jo Sample,North\n":                                           "chair/North/Jo Sample/",
		"Role,Name\nchair,\nsecretary,\n":                                                       "chair///, secretary///",
	} {
		r := table(t, officers(), Spec{}, text)
		var keys []string
		for _, rec := range r.Records {
			keys = append(keys, rec.Key)
		}
		if got := strings.Join(keys, ", "); got != want || len(r.Refused) > 0 {
			t.Errorf("%q gives the keys %s and refuses %v; want %s", text, got, r.Refused, want)
		}
	}
	for text, want := range map[string]string{
		"Role,Email\nchair,jo@example.org\n":         `no heading was recognised as person, which tells the rows of officers apart. The headings are "Role", "Email"; if it stands under another heading, write in constituency.yaml, in the entry of officers: columns: {person: "the heading"}`,
		"Role,Branch,From\nchair,North,2026-01-31\n": "no heading was recognised as person",
		"Holder,Email\nJo Sample,jo@example.org\n":   "no heading was recognised as role",
		"Foo,Bar\n1,2\n": `at least a column role (such as "office") and person (such as "holder")`,
	} {
		if _, err := ReadBytes("officers.csv", []byte(text), changedOn, Spec{}, officers(), london(t)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %s", text, err, want)
		}
	}
}
