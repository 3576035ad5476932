package plan_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// A test can expect words of a letter and of an officer's digest; where they are
// not there it says so, and what stands there instead.
func TestExpectedWords(t *testing.T) {
	lib := shelf(t)
	lib["secretary/words.yaml"] = &fstest.MapFile{Data: []byte("name: words\ntitle: Words\nrole: secretary\nbasis: service\nfor: member in members\nwhen: member.status == \"active\"\nagain: never\n" +
		"steps:\n  - email: note\n    to: member\n    subject: \"For {{ member.first_name }}\"\n" +
		"  - task: look\n    to: secretary\n    subject: \"Look at {{ member.first_name }}\"\n    due: 3 days after given\n")}
	lib["secretary/words/note.md"] = &fstest.MapFile{Data: []byte("Dear {{ member.first_name }},\n\nyour branch is {{ member.branch }}.\n")}
	const news = `email note to jo@example.org`
	const look = `task look to sec@example.org`
	for _, c := range []struct {
		name   string
		expect []string
		want   []string
	}{
		{"nothing of the words", []string{news, look}, nil},
		{"in the subject and over two lines", []string{news + ` saying "For Jo" and "Dear Jo, your branch is North."`, look}, nil},
		{"what is not to be said", []string{news + ` not saying "South" and "arrears"`, look}, nil},
		{"of a digest, without to whom", []string{`email note`, `task look saying "Look at Jo"`}, nil},
		{"which is not there", []string{news + ` saying "branch is South"`, look},
			[]string{`on 2026-11-02, email note to jo@example.org does not say "branch is South"; the nearest line is "your branch is North."`}},
		{"nor anything like it", []string{news + ` saying "Unpaid!"`, look},
			[]string{`on 2026-11-02, email note to jo@example.org does not say "Unpaid!"`}},
		{"which should not be there", []string{news + ` saying "Jo" not saying "your branch"`, look},
			[]string{`on 2026-11-02, email note to jo@example.org says "your branch", and should not`}},
		{"of a letter that does not go", []string{news, look, `email note to al@example.org saying "Al"`},
			[]string{`on 2026-11-02, expected and did not happen: email note to al@example.org`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			quoted := make([]string, len(c.expect))
			for i, line := range c.expect {
				quoted[i] = "'" + line + "'"
			}
			text := "playbook: words\ntests:\n  - name: words\n    start: 2026-11-01\n    data: {members: []}\n    officers: {secretary: sec@example.org}\n    timeline:\n      2026-11-02:\n" +
				"        import: {members: [{key: A1, first_name: Jo, status: active, branch: North, email: jo@example.org}]}\n        expect: [" + strings.Join(quoted, ", ") + "]\n"
			lib["secretary/words.test.yaml"] = &fstest.MapFile{Data: []byte(text)}
			tests, faults, err := playbook.LoadTests(lib, nil)
			if err != nil || len(faults) > 0 || len(tests) != 1 {
				t.Fatal(err, faults, len(tests))
			}
			for _, x := range tests {
				var got []string
				r := plan.Run(x)
				for _, f := range r.Failures {
					got = append(got, f.Text)
				}
				if !slices.Equal(got, c.want) {
					t.Errorf("it says %q, want %q", got, c.want)
				}
				if want := []string{news, look}; len(c.want) > 0 {
					for _, lines := range r.Instead {
						if !slices.Equal(lines, want) {
							t.Errorf("instead it would expect %q, want %q", lines, want)
						}
					}
				}
			}
		})
	}
}

// A role is known by its title in a list, compared by its id, and told by its
// title: in a subject, in a letter and in a table.
func TestRolesInLists(t *testing.T) {
	lib := shelf(t)
	for name, text := range map[string]string{
		"secretary/words.yaml": "name: words\ntitle: Words\nrole: secretary\nbasis: officer\nfor: officer in officers\nwhen: officer.role == \"youth_officer\"\nagain: never\n" +
			"steps:\n  - email: note\n    to: secretary\n    subject: \"{{ officer.person }} is {{ officer.role }}\"\n    rows: filter(officers, present(.role))\n    columns: [role, person]\n" +
			"  - email: count\n    at: 1 day after opening\n    to: secretary\n    subject: Count\n    rows: filter(officers, present(.role))\n    count: role\n",
		"secretary/words/note.md":  "From {{ officer.role }}.\n",
		"secretary/words/count.md": "All:\n",
		"secretary/words.test.yaml": `playbook: words
tests:
  - name: a new officer
    start: 2026-11-01
    data: {officers: [{role: secretary, person: sec@example.org, email: sec@example.org}]}
    timeline:
      2026-11-02:
        import:
          officers:
            - {role: Secretary, person: sec@example.org, email: sec@example.org}
            - {role: Youth Officer, person: Al, email: al@example.org}
            - {role: Raffle Queen, person: Cy, email: cy@example.org}
        expect: ['email note to sec@example.org saying "Al is Youth Officer" and "From Youth Officer." and "Youth Officer Al" and "Raffle Queen Cy"']
      2026-11-03: {expect: ['email count saying "Raffle Queen under 5" and "Youth Officer under 5" not saying "youth_officer"']}
`,
	} {
		lib[name] = &fstest.MapFile{Data: []byte(text)}
	}
	tests, faults, err := playbook.LoadTests(lib, nil)
	if err != nil || len(faults) > 0 || len(tests) != 1 {
		t.Fatal(err, faults, len(tests))
	}
	for _, f := range plan.Try(tests[0]) {
		t.Error(f)
	}
}

// Those born on 29 February have their birthday on 1 March in other years, or
// on 28 February where the constituency says so.
func TestLeapBirthday(t *testing.T) {
	lib := shelf(t, "birthday-18")
	for name := range lib {
		if strings.HasSuffix(name, ".test.yaml") {
			delete(lib, name)
		}
	}
	for _, c := range []struct{ says, on string }{
		{"", "2026-03-01"}, {"leap_birthday: 1 march\n", "2026-03-01"}, {"leap_birthday: 28 february\n", "2026-02-28"},
	} {
		own := fstest.MapFS{
			"constituency.yaml": &fstest.MapFile{Data: []byte("name: Anytown CLP\n" + c.says)},
			"playbooks.yaml":    &fstest.MapFile{Data: []byte("birthday-18: {trust: automatic}\n")},
			"tests/birthday-18.test.yaml": &fstest.MapFile{Data: []byte("playbook: birthday-18\ntests:\n  - name: eighteen\n    start: 2026-02-01\n" +
				"    data: {members: [{key: A1, first_name: Jo, status: active, born: 2008-02-29}]}\n    officers: {youth_officer: you@example.org}\n    timeline:\n" +
				"      2026-02-13: {expect: ['task card to you@example.org saying \"18 on " + map[string]string{"2026-03-01": "1 March 2026", "2026-02-28": "28 February 2026"}[c.on] + "\"']}\n" +
				"      2026-02-14: {answer: {card: posted}, expect: []}\n")},
		}
		tests, faults, err := playbook.LoadTests(lib, own)
		if err != nil || len(faults) > 0 {
			t.Fatal(err, faults)
		}
		ran := false
		for _, x := range tests {
			if !x.Own {
				continue
			}
			ran = true
			for _, f := range plan.Try(x) {
				t.Errorf("%q: %s", c.says, f.Text)
			}
		}
		if !ran {
			t.Error("nothing was tried")
		}
	}
}
