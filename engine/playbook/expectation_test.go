package playbook_test

import (
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/playbook"
)

func TestExpectations(t *testing.T) {
	for _, c := range []struct {
		line string
		want playbook.Expectation
		good bool
	}{
		{"email welcome to jo@example.org", playbook.Expectation{What: "email welcome to jo@example.org"}, true},
		{`email welcome  to jo@example.org saying "Joined: 6"`, playbook.Expectation{What: "email welcome to jo@example.org", Says: []string{"Joined: 6"}}, true},
		{`task phone saying "a" and "b c" not saying "d"`, playbook.Expectation{What: "task phone", Says: []string{"a", "b c"}, Omits: []string{"d"}}, true},
		{`task phone, not saying "d", saying "a"`, playbook.Expectation{What: "task phone", Says: []string{"a"}, Omits: []string{"d"}}, true},
		{`task phone saying hello`, playbook.Expectation{What: "task phone"}, false},
		{`task phone saying "hello`, playbook.Expectation{What: "task phone"}, false},
		{`task phone saying`, playbook.Expectation{What: "task phone"}, false},
		{`task phone saying ""`, playbook.Expectation{What: "task phone"}, false},
		{`saying "a"`, playbook.Expectation{Says: []string{"a"}}, false},
	} {
		got, good := playbook.ReadExpectation(c.line)
		if good != c.good || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s is %+v, %v, want %+v, %v", c.line, got, good, c.want, c.good)
		}
	}
}

// What is written of an expectation reads back as the same.
func TestExpectationsReadBack(t *testing.T) {
	words := rapid.SliceOfN(rapid.StringMatching(`[a-zA-Z0-9:£.,()|-]{1,8}( [a-z:]{1,8})?`), 0, 3)
	rapid.Check(t, func(t *rapid.T) {
		e := playbook.Expectation{What: rapid.StringMatching(`(email|task) [a-z]{1,6}( to [a-z]{1,6}@example\.org)?`).Draw(t, "what"),
			Says: words.Draw(t, "says"), Omits: words.Draw(t, "omits")}
		if len(e.Says) == 0 {
			e.Says = nil
		}
		if len(e.Omits) == 0 {
			e.Omits = nil
		}
		if got, good := playbook.ReadExpectation(e.String()); !good || !reflect.DeepEqual(got, e) {
			t.Fatalf("%s reads back as %+v, %v", e, got, good)
		}
	})
}

// A role is known by its id and by its title, however they are written.
func TestRolesByName(t *testing.T) {
	set, err := playbook.Load(ships(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"branch_secretary": "branch_secretary", "Branch Secretary": "branch_secretary", " branch-secretary ": "branch_secretary",
		"Membership Secretary": "membership_officer", "tulo": "trade_union_liaison_officer", "LGBT+ coordinator": "",
		"YOUTH OFFICER": "youth_officer", "Chair": "chair", "Raffle Queen": "", "": "", "!": "",
	} {
		got := ""
		if r := set.RoleNamed(text); r != nil {
			got = r.Name
		}
		if got != want {
			t.Errorf("%q names %q, want %q", text, got, want)
		}
	}
	for _, r := range set.Roles {
		if got := set.RoleNamed(strings.ToUpper(r.Title)); got != r {
			t.Errorf("%s is not found by its title %q", r.Name, r.Title)
		}
	}
	s := set.Schemas["officers"]
	at, _ := s.Column("role")
	cells := make([]dataset.Value, len(s.Columns))
	cells[at] = dataset.TextValue("Branch Secretary")
	if p := set.NameRoles(s, cells); cells[at].S != "branch_secretary" || len(p) != 0 {
		t.Errorf("the record holds %q with %v", cells[at].S, p)
	}
	cells[at] = dataset.TextValue("Raffle Queen")
	if p := set.NameRoles(s, cells); cells[at].S != "Raffle Queen" || len(p) != 1 || p[0].Column != "role" || p[0].Text != "Raffle Queen" {
		t.Errorf("the record holds %q with %v", cells[at].S, p)
	} else if strings.Contains(p[0].Why, "perhaps") {
		t.Errorf("no role is near, and one is proposed: %s", p[0].Why)
	}
	cells[at] = dataset.TextValue("Tresurer")
	if p := set.NameRoles(s, cells); cells[at].S != "Tresurer" || len(p) != 1 || !strings.HasSuffix(p[0].Why, "perhaps Treasurer is meant") {
		t.Errorf("the record holds %q with %v", cells[at].S, p)
	}
}

// A name means one role: where another name of one is taken, that is a fault.
func TestANameMeansOneRole(t *testing.T) {
	lib := ships(t)
	roles := strings.Replace(string(lib["roles.yaml"].Data), "also: [TULO,", "also: [Comms Officer, TULO,", 1)
	lib["roles.yaml"] = &fstest.MapFile{Data: []byte(roles)}
	set, err := playbook.Load(lib, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range set.All() {
		if f.File == "roles.yaml" && strings.HasSuffix(f.Text, ` are both called "Comms Officer".`) {
			return
		}
	}
	t.Errorf("two roles bear one name, and nobody says so: %v", set.All())
}

// What a test expects of words is read as strictly as all else.
func TestExpectationsThatCannotBe(t *testing.T) {
	for line, want := range map[string]string{
		`email welcome saying hello`: `This does not say what words are expected. (write it as email welcome to jo@example.org saying "these words" and "those", not saying "others")`,
		`missed welcome saying "x"`:  "What is missed has no words.",
		`email welcme saying "x"`:    `new-member-welcome has no email "welcme". (did you mean welcome?)`,
		`saying "x"`:                 `This does not say what words are expected. (write it as email welcome to jo@example.org saying "these words" and "those", not saying "others")`,
	} {
		lib := fewShip(t)
		for name := range lib {
			if strings.HasSuffix(name, ".test.yaml") {
				delete(lib, name)
			}
		}
		lib["membership_officer/new-member-welcome.test.yaml"] = words("playbook: new-member-welcome\ntests:\n  - name: one\n    start: 2026-11-01\n    timeline:\n      2026-11-02: {expect: ['" + line + "']}\n")
		_, faults, err := playbook.LoadTests(lib, nil)
		if err != nil || len(faults) != 1 || !strings.HasSuffix(faults[0].Error(), ": "+want) || faults[0].Line != 6 {
			t.Errorf("%s: %v, %v, want %s", line, faults, err, want)
		}
	}
}
