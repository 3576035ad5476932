package playbook_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/clarion-clp/clarion/engine/playbook"
)

// at finds a value of a playbook by its path.
func at(t *testing.T, pb *playbook.Playbook, path string) playbook.Origin {
	t.Helper()
	for _, o := range pb.Origins() {
		if o.Path == path {
			return o
		}
	}
	t.Errorf("%s has no %s", pb.Name, path)
	return playbook.Origin{}
}

// Every way of tailoring shows where its value comes from, and what the library
// says instead.
func TestOrigins(t *testing.T) {
	set := load(t, map[string]string{
		"playbooks.yaml": "new-member-welcome:\n  trust: automatic\n  settings:\n    check_in: 30 days\n  letters:\n    welcome: letters/welcome.md\n    check_in:\n      questions: letters/questions.md\n" +
			"  also:\n    when: present(member.branch)\n  steps:\n    phone: \"off\"\n    cake:\n      after: welcome\n      task: cake\n      to: chair\n      subject: Bake\n      due: 3 days after given\n" +
			"minutes-circulate:\n  settings:\n    readers:\n      gm: {audience: executive}\n      ec: \"off\"\n",
		"letters/welcome.md":   "Come in.\n",
		"letters/questions.md": "Any questions?\n",
	})
	noFaults(t, set)
	pb := set.Playbook("new-member-welcome")
	for _, want := range []playbook.Origin{
		{Path: "title", Value: "Welcome every new member", From: "library", Library: "Welcome every new member"},
		{Path: "settings.check_in", Value: "30 days", From: "playbooks.yaml:4", Library: "21 days"},
		{Path: "settings.ring_after", Value: "5 days", From: "library", Library: "5 days"},
		{Path: "trust", Value: "automatic", From: "library", Library: "automatic"},
		{Path: "also.when", Value: "present(member.branch)", From: "playbooks.yaml:10"},
		{Path: "steps.phone", Value: "off", From: "playbooks.yaml:12", Library: "task"},
		{Path: "steps.cake", Value: "task", From: "playbooks.yaml:15"},
		{Path: "steps.cake.due", Value: "3 days after given", From: "playbooks.yaml:18"},
		{Path: "steps.welcome.late", Value: "14 days", From: "library", Library: "14 days"},
	} {
		if got := at(t, pb, want.Path); got != want {
			t.Errorf("%s is %+v\nwant %+v", want.Path, got, want)
		}
	}
	if o := at(t, pb, "letter.welcome"); o.Value != "Come in." || o.From != "letters/welcome.md" || !strings.Contains(o.Library, "I am very glad you have joined us") {
		t.Errorf("the letter is %+v", o)
	}
	if o := at(t, pb, "letter.check_in"); !strings.Contains(o.Value, "Any questions?") || strings.Contains(o.Value, "Has somebody rung") || !strings.Contains(o.Value, "Just reply") ||
		!strings.Contains(o.Library, "Has somebody rung") || o.From != "membership_officer/new-member-welcome/check_in.md, letters/questions.md" {
		t.Errorf("the letter with a block of ours is %+v", o)
	}
	minutes := set.Playbook("minutes-circulate")
	for _, want := range []playbook.Origin{
		{Path: "settings.readers.gm", Value: "audience executive", From: "playbooks.yaml:22", Library: "audience members"},
		{Path: "settings.readers.agm", Value: "audience members", From: "library", Library: "audience members"},
		{Path: "settings.readers.ec", Value: "", From: "playbooks.yaml:22", Library: "audience executive"},
		{Path: "trust", Value: "each", From: "nothing is said in playbooks.yaml", Library: "automatic"},
	} {
		if got := at(t, minutes, want.Path); got != want {
			t.Errorf("%s is %+v\nwant %+v", want.Path, got, want)
		}
	}
	if plain := load(t, nil).Playbook("new-member-welcome"); pb.LibraryText() == pb.Text() || pb.LibraryText() != plain.LibraryText() {
		t.Error("the library's text is not what the library says alone")
	}
}

// The letter of a block is what is rendered, and a fault in it is found where it
// was written.
func TestBlocksOfLetters(t *testing.T) {
	tailor := func(letters, file string, more map[string]string) *playbook.Set {
		files := map[string]string{"playbooks.yaml": "arrears-chase: {letters: " + letters + "}\n", "b.md": file}
		for k, v := range more {
			files[k] = v
		}
		return load(t, files)
	}
	for _, c := range []struct{ name, letters, file, want string }{
		{"a hole in the block", "{letter: {how_to_pay: b.md}}", "Pay.\n\nTo {{ member.banker }}.\n", "b.md:3:7"},
		{"a hole behind a block of many lines", "{letter: {how_to_pay: b.md}}", "1\n\n2\n\n3\n\n4\n", ""},
		{"no such block", "{letter: {how_to_pray: b.md}}", "x\n", "playbooks.yaml:1:36"},
		{"a letter without blocks", "{phone: {how_to_pay: b.md}}", "x\n", "playbooks.yaml:1:35"},
		{"no such file", "{letter: {how_to_pay: c.md}}", "x\n", "playbooks.yaml:1:48"},
		{"a block outside the folder", "{letter: {how_to_pay: ../b.md}}", "x\n", "playbooks.yaml:1:48"},
		{"no such step", "{leter: {how_to_pay: b.md}}", "x\n", "playbooks.yaml:1:27"},
		{"an empty block takes the part away", "{letter: {hardship: b.md}}", "\n", ""},
	} {
		set := tailor(c.letters, c.file, nil)
		var got []string
		for _, f := range set.All() {
			got = append(got, fmt.Sprintf("%s:%d:%d", f.File, f.Line, f.Column))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: faults at %v, want %q: %v", c.name, got, c.want, set.All())
		}
	}
	set := tailor("{letter: {how_to_pay: b.md, hardship: c.md}}", "Pay {{ member.first_name }}.\n", map[string]string{"c.md": "\n"})
	noFaults(t, set)
	letter := at(t, set.Playbook("arrears-chase"), "letter.letter").Value
	for text, want := range map[string]bool{"Pay {{ member.first_name }}.": true, "The easiest way": false, "If anything stands in the way": false, "With best wishes": true, "<!--": false} {
		if strings.Contains(letter, text) != want {
			t.Errorf("the letter holds %q: %v, want %v\n%s", text, !want, want, letter)
		}
	}
	library := ships(t)
	library["membership_officer/new-member-welcome/welcome.md"] = words("A\n<!-- block: b -->\nB\n<!-- block: b -->\nC\n<!--block d-->\n{{ member.nobody }}\n")
	set, err := playbook.Load(library, plain(map[string]string{"playbooks.yaml": "new-member-welcome: {}\n"}))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range set.All() {
		got = append(got, fmt.Sprintf("%d %s", f.Line, f.Text))
	}
	if want := []string{"4 The letter has two blocks called b.", "6 This marks no block."}; !slices.Equal(got, want) {
		t.Errorf("found %v, want %v", got, want)
	}
}

// Three ways: the library then and now, and ours.
func TestSince(t *testing.T) {
	const file, letter = "membership_officer/new-member-welcome.yaml", "membership_officer/new-member-welcome/welcome.md"
	version := func(change func(m fstest.MapFS), own string) *playbook.Playbook {
		t.Helper()
		m := ships(t)
		if change != nil {
			change(m)
		}
		files := map[string]string{"ours.md": "Come in.\n"}
		if own != "" {
			files["playbooks.yaml"] = own
		}
		set, err := playbook.Load(m, plain(files))
		if err != nil {
			t.Fatal(err)
		}
		noFaults(t, set)
		return set.Playbook("new-member-welcome")
	}
	replace := func(name, from, to string) func(fstest.MapFS) {
		return func(m fstest.MapFS) {
			text := string(m[name].Data)
			if !strings.Contains(text, from) {
				t.Fatalf("%s has no %q", name, from)
			}
			m[name] = words(strings.Replace(text, from, to, 1))
		}
	}
	const ours = "new-member-welcome: {settings: {check_in: 30 days}, letters: {welcome: ours.md}, trust: automatic}\n"
	upgrade := replace(file, "default: 21 days", "default: 28 days")
	for _, c := range []struct {
		name      string
		then, now *playbook.Playbook
		unknown   bool
		want      []string
	}{
		{"nothing", version(nil, "new-member-welcome: {trust: automatic}\n"), version(nil, "new-member-welcome: {trust: automatic}\n"), false, nil},
		{"ours as before", version(nil, ours), version(nil, ours), false, []string{"settings.check_in standing", "letter.welcome standing"}},
		{"the library changes what we follow", version(nil, "new-member-welcome: {trust: automatic}\n"), version(upgrade, "new-member-welcome: {trust: automatic}\n"), false, []string{"settings.check_in theirs"}},
		{"the library changes what is ours", version(nil, ours), version(upgrade, ours), false, []string{"settings.check_in both", "letter.welcome standing"}},
		{"we change what the library leaves", version(nil, "new-member-welcome: {trust: automatic}\n"), version(nil, ours), false, []string{"settings.check_in ours", "letter.welcome ours"}},
		{"the library rewrites a letter that is ours", version(nil, ours), version(replace(letter, "Welcome.", "Hello."), ours), false, []string{"settings.check_in standing", "letter.welcome both"}},
		{"the library takes a step's key away", version(nil, "new-member-welcome: {trust: automatic}\n"), version(replace(file, "    late: 14 days\n", ""), "new-member-welcome: {trust: automatic}\n"), false, []string{"steps.welcome.late theirs"}},
		{"nothing earlier is known", version(nil, ours), version(upgrade, ours), true, []string{"settings.check_in standing", "letter.welcome standing"}},
	} {
		var got []string
		for _, d := range c.now.Since(c.then.Origins(), !c.unknown) {
			got = append(got, d.Path+" "+string(d.Fate))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	d := version(upgrade, ours).Since(version(nil, ours).Origins(), true)[0]
	if d.Then != "30 days" || d.Before != "21 days" || d.Library != "28 days" || d.Now != "30 days" || d.From != "playbooks.yaml:1" {
		t.Errorf("the difference is %+v", d)
	}
}
