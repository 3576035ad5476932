package playbook_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/playbooks"
)

// Each case says something in playbooks.yaml and looks at what became of it.
func TestTailoring(t *testing.T) {
	cases := []struct {
		name, says string
		files      map[string]string
		look       func(*playbook.Set) string
		want       string
	}{
		{"nothing said: every letter is approved", "", nil,
			func(s *playbook.Set) string { return s.Playbook("arrears-chase").Trust.String() }, "each"},
		{"the playbook says no more than batch", "arrears-chase: {trust: automatic}\n", nil,
			func(s *playbook.Set) string { return s.Playbook("arrears-chase").Trust.String() }, "batch"},
		{"the constituency says less", "arrears-chase: {trust: observe}\n", nil,
			func(s *playbook.Set) string { return s.Playbook("arrears-chase").Trust.String() }, "observe"},
		{"a setting", "new-member-welcome: {settings: {check_in: 2 weeks}}\n", nil,
			func(s *playbook.Set) string {
				set := s.Playbook("new-member-welcome").Settings["check_in"]
				return set.Term.Value.Words(s.Constituency.Clock) + " from " + set.Origin
			}, "2 weeks from playbooks.yaml"},
		{"a setting of type role", "donation-permissibility: {settings: {second: secretary}}\n", nil,
			func(s *playbook.Set) string {
				return s.Playbook("donation-permissibility").Settings["second"].Term.Value.S
			}, "secretary"},
		{"a row of a table by its key", "minutes-circulate: {settings: {readers: {gm: {audience: executive}, ec: \"off\"}}}\n", nil,
			func(s *playbook.Set) string { return rows(s.Playbook("minutes-circulate").Settings["readers"].Term) },
			"agm members, special members, gm executive, all_member members"},
		{"rows added to a table", "minutes-circulate: {settings: {readers: [{type: branch, audience: members}, {type: gm, audience: executive}]}}\n", nil,
			func(s *playbook.Set) string { return rows(s.Playbook("minutes-circulate").Settings["readers"].Term) },
			"agm members, special members, gm executive, all_member members, ec executive, branch members"},
		{"a step switched off", "new-member-welcome: {steps: {check_in: \"off\"}}\n", nil,
			func(s *playbook.Set) string { return steps(s.Playbook("new-member-welcome")) }, "welcome, phone, check_in off"},
		{"two steps added after one", "new-member-welcome:\n  steps:\n    tea:\n      after: welcome\n      email: tea\n      at: 2 days after opening\n      to: member\n      subject: Tea\n    cake:\n      after: welcome\n      task: cake\n      to: branch_secretary\n      subject: Bake\n      due: opening\n",
			map[string]string{"new-member-welcome/tea.md": "Tea, {{ member.first_name }}?\n"},
			func(s *playbook.Set) string { return steps(s.Playbook("new-member-welcome")) }, "welcome, tea, cake, phone, check_in"},
		{"a step added at the end", "new-member-welcome:\n  steps:\n    cake: {task: cake, to: chair, subject: Bake, due: 3 days after given}\n", nil,
			func(s *playbook.Set) string { return steps(s.Playbook("new-member-welcome")) }, "welcome, phone, check_in, cake"},
		{"a letter replaced", "new-member-welcome: {letters: {welcome: letters/ours.md}}\n",
			map[string]string{"letters/ours.md": "Come in, {{ member.name }}.\n"},
			func(s *playbook.Set) string {
				return strings.Join(s.Playbook("new-member-welcome").Steps[0].Letter.Uses(), ",")
			}, "member.name"},
		{"a condition added", "new-member-welcome: {also: {when: present(member.branch)}}\n", nil,
			func(s *playbook.Set) string {
				pb := s.Playbook("new-member-welcome")
				return pb.When.Source()[len(pb.When.Source())-30:] + " while " + pb.While.Source()
			}, ") and (present(member.branch)) while member.status in [\"active\", \"provisional\"]"},
		{"a playbook off", "new-member-welcome: \"off\"\n", nil,
			func(s *playbook.Set) string {
				return fmt.Sprint(slices.Contains(s.Off, "new-member-welcome"), slices.Contains(s.Off, "arrears-chase"), s.Playbook("new-member-welcome") == nil)
			}, "true false true"},
		{"a playbook that nobody has named", "new-member-welcome: {}\n", nil,
			func(s *playbook.Set) string {
				return fmt.Sprint(slices.Contains(s.Off, "chair-cover"), s.Playbook("chair-cover") == nil, s.Playbook("new-member-welcome") != nil)
			}, "true true true"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			files := map[string]string{}
			for name, text := range c.files {
				files[name] = text
			}
			if c.says != "" {
				files["playbooks.yaml"] = c.says
			}
			set := load(t, files)
			noFaults(t, set)
			if t.Failed() {
				return
			}
			if got := c.look(set); !strings.HasSuffix(got, c.want) || c.want == "" {
				t.Errorf("got %s\nwant %s", got, c.want)
			}
		})
	}
}

func rows(t dataset.Term) string {
	var out []string
	for _, r := range t.List {
		out = append(out, r.Fields["type"].Value.S+" "+r.Fields["audience"].Value.S)
	}
	return strings.Join(out, ", ")
}

func steps(pb *playbook.Playbook) string {
	var out []string
	for _, st := range pb.Steps {
		s := st.ID
		if st.Off {
			s += " off"
		}
		out = append(out, s)
	}
	return strings.Join(out, ", ")
}

// What changes a digest, and what does not.
func TestDigests(t *testing.T) {
	const file = "membership_officer/new-member-welcome.yaml"
	library := ships(t)
	text := string(library[file].Data)
	read := func(change func(string) string, own map[string]string) *playbook.Playbook {
		t.Helper()
		m := fewShip(t)
		m[file] = words(change(text))
		set, err := playbook.Load(m, allOn(t, m, plain(own)))
		if err != nil {
			t.Fatal(err)
		}
		noFaults(t, set)
		return set.Playbook("new-member-welcome")
	}
	same := func(s string) string { return s }
	base := read(same, nil)
	for _, c := range []struct {
		name             string
		change           func(string) string
		own              map[string]string
		digest, opensNew bool
	}{
		{"nothing", same, nil, false, false},
		{"a comment and a blank line", func(s string) string { return "# hello\n\n" + s }, nil, false, false},
		{"other quotation marks", func(s string) string {
			return strings.Replace(s, `subject: "Welcome to {{ constituency.name }}"`, `subject: 'Welcome to {{ constituency.name }}'`, 1)
		}, nil, false, false},
		{"a title", func(s string) string { return strings.Replace(s, "title: Welcome", "title: Greet", 1) }, nil, true, false},
		{"the door", func(s string) string { return strings.Replace(s, "not member.baseline and ", "", 1) }, nil, true, true},
		{"a setting of a step", same, map[string]string{"playbooks.yaml": "new-member-welcome: {settings: {check_in: 30 days}}\n"}, true, false},
		{"a setting of the door", same, map[string]string{"playbooks.yaml": "new-member-welcome: {settings: {joined_within: 30 days}}\n"}, true, true},
		{"a letter", same, map[string]string{"playbooks.yaml": "new-member-welcome: {letters: {welcome: w.md}}\n", "w.md": "Hello.\n"}, true, false},
		{"a further condition", same, map[string]string{"playbooks.yaml": "new-member-welcome: {also: {when: present(member.branch)}}\n"}, true, true},
		{"a step off", same, map[string]string{"playbooks.yaml": "new-member-welcome: {steps: {check_in: \"off\"}}\n"}, true, false},
		{"trust", same, map[string]string{"playbooks.yaml": "new-member-welcome: {trust: automatic}\n"}, false, false},
	} {
		got := read(c.change, c.own)
		if (got.Digest != base.Digest) != c.digest || (got.Conditions != base.Conditions) != c.opensNew {
			t.Errorf("%s: the digest changes: %v, want %v; what opens cases: %v, want %v", c.name, got.Digest != base.Digest, c.digest, got.Conditions != base.Conditions, c.opensNew)
		}
	}
}

func TestOnlyWhatIsUsedMustBeSet(t *testing.T) {
	const pb = "name: tea\ntitle: Tea\nrole: chair\nbasis: service\nsettings:\n  link: {type: link}\nfor: member in members\nwhen: everyone\nagain: never\nsteps:\n" +
		"  - email: tea\n    to: member\n    subject: Tea at {{ settings.link }}\n  - task: bake\n    to: chair\n    subject: Bake\n    due: 3 days after given\n"
	files := map[string]string{"p/tea.yaml": pb, "p/tea/tea.md": "Tea?\n", "playbooks.yaml": "tea: {file: p/tea.yaml}\n"}
	if set := load(t, files); set.Playbook("tea") != nil || len(set.Disabled["tea"]) != 1 || set.Disabled["tea"][0].Line != 1 {
		t.Errorf("it runs without its setting: %v", set.Disabled)
	}
	files["playbooks.yaml"] = "tea: {file: p/tea.yaml, steps: {tea: \"off\"}}\n"
	if set := load(t, files); set.Playbook("tea") == nil {
		t.Errorf("the step is off and the setting still missed: %v", set.Disabled)
	}
	files["playbooks.yaml"] = "tea: {file: p/tea.yaml, settings: {link: \"https://example.org/tea\"}}\n"
	if set := load(t, files); set.Playbook("tea") == nil || !set.Playbook("tea").Settings["link"].Used {
		t.Errorf("the setting is set, and it does not run: %v", set.Disabled)
	}
}

func TestAFaultInWhatAllRestOnStopsAll(t *testing.T) {
	set, err := playbook.Load(playbooks.Library, plain(map[string]string{"constituency.yaml": "name: X\nbudgt: 3\n", "playbooks.yaml": "arrears-chase: {trust: lots}\n"}))
	if err != nil {
		t.Fatal(err)
	}
	if !set.Fatal() || len(set.Playbooks) != 0 || len(set.All()) != 2 {
		t.Errorf("fatal %v, %d playbooks run, faults %v", set.Fatal(), len(set.Playbooks), set.All())
	}
	set = load(t, map[string]string{"playbooks.yaml": "arrears-chase: {trust: lots}\n"})
	if set.Fatal() || set.Playbook("arrears-chase") != nil || set.Playbook("new-member-welcome") == nil {
		t.Error("a fault in one playbook must disable that one only")
	}
}

func TestHolidaysOfOnesOwn(t *testing.T) {
	set := load(t, map[string]string{
		"constituency.yaml": "name: X\nholidays: days.yaml\naudiences: {members: [secretary], executive: [chair]}\n",
		"days.yaml":         "- {date: 2026-11-03, title: A day of mourning}\n",
	})
	noFaults(t, set)
	c := set.Constituency.Clock
	for day, want := range map[int]bool{2: true, 3: false, 4: true} {
		if got, err := c.WorkingDay(calendar.NewDate(2026, 11, day)); err != nil || got != want {
			t.Errorf("%d November 2026 is a working day: %v, want %v (%v)", day, got, want, err)
		}
	}
}

func TestRolesFallToSomebody(t *testing.T) {
	set := load(t, nil)
	for name, r := range set.Roles {
		var path []string
		for at := r; at != nil && len(path) < 20; at = set.Roles[at.FallsTo] {
			path = append(path, at.Name)
		}
		if last := path[len(path)-1]; last != "assistant_secretary" || r.Title == "" {
			t.Errorf("a vacancy of %s (%s) falls along %v", name, r.Title, path)
		}
	}
	if !set.Roles["branch_membership_secretary"].Branch || slices.Contains([]bool{set.Roles["chair"].Branch}, true) {
		t.Error("the wrong roles are held per branch")
	}
}

func TestSpecialColumnsAreNamedAtTheTop(t *testing.T) {
	const pb = "name: tea\ntitle: Tea\nrole: trade_union_liaison_officer\nbasis: officer\nreads: [trade_union]\nfor: member in members\nwhen: present(member.trade_union)\nagain: never\nsteps:\n" +
		"  - task: bake\n    to: trade_union_liaison_officer\n    subject: Ask {{ member.name }}\n    due: 3 days after given # a comment would be lost here\n"
	files := map[string]string{"p/tea.yaml": strings.Replace(pb, " # a comment would be lost here", "", 1), "playbooks.yaml": "tea:\n  file: p/tea.yaml\n  trust: batch # a comment does no harm here\n"}
	set := load(t, files)
	noFaults(t, set)
	if p := set.Playbook("tea"); p == nil || !p.Private || !slices.Equal(p.Reads, []string{"trade_union"}) || p.Trust != playbook.Batch {
		t.Errorf("the playbook is %+v", p)
	}
	files["p/tea.yaml"] = pb
	if set := load(t, files); len(set.Disabled["tea"]) != 1 || set.Disabled["tea"][0].Line != 13 {
		t.Errorf("a comment behind a moment: %v", set.Disabled["tea"])
	}
}

// A constituency's own test sees its tailoring, and its own settings on top.
func TestTestsOfAConstituency(t *testing.T) {
	own := plain(map[string]string{
		"playbooks.yaml": "new-member-welcome: {trust: observe, settings: {check_in: 15 days, ring_after: 3 days}, steps: {phone: \"off\"}}\n",
		"tests/new-member-welcome.test.yaml": "playbook: new-member-welcome\ntests:\n  - name: quiet\n    start: 2026-11-01\n    settings: {check_in: 20 days}\n    data: {members: []}\n" +
			"    timeline:\n      2026-11-02: {record: {members: {A1: {phone_bad: yes}}}, outage: yes, approve: all, expect: []}\n",
	})
	tests, faults, err := playbook.LoadTests(fewShip(t, "membership_officer/new-member-welcome.test", "membership_officer/arrears-chase.test", "treasurer/donation-permissibility.test", "secretary/minutes-circulate.test"), own)
	if err != nil || len(faults) > 0 || len(tests) != 1 {
		t.Fatalf("%d tests, %v, %v", len(tests), faults, err)
	}
	pb := tests[0].Set.Playbook("new-member-welcome")
	if got := pb.Settings["check_in"].Term.Value.N*100 + pb.Settings["ring_after"].Term.Value.N; got != 2003 || pb.Trust != playbook.Automatic || steps(pb) != "welcome, phone off, check_in" {
		t.Errorf("the test sees %d, %s, %s", got, pb.Trust, steps(pb))
	}
	day := tests[0].Timeline[0]
	if !day.Outage || day.Approve[0] != "all" || day.Record[0].Column != "phone_bad" || day.Record[0].Value != dataset.YesNoValue(true) || !day.Expected {
		t.Errorf("the day is %+v", day)
	}
}

// What is wrong with a file of tests is said like anything else.
func TestBadTests(t *testing.T) {
	const good = "playbook: new-member-welcome\ntests:\n  - name: x\n    start: 2026-11-01\n    officers: {branch_membership_secretary: {North: pat@example.org}}\n    data:\n      members:\n        - {key: A1, status: active}\n    timeline:\n      2026-11-02: {answer: {phone: spoke}, expect: [email welcome to jo@example.org]}\n    end: {case: done, tasks: [phone open]}\n"
	for _, c := range []struct{ from, to, want string }{
		{"playbook: new", "playbook: no", "1:11: The tests are those of the playbook of the file's name."},
		{"start: 2026-11-01", "start: 1 November", `4:12: Start "1 November" is not a date.`},
		{"branch_membership_secretary: {North: pat@example.org}", "branch_membership_secretary: pat@example.org", "5:45: branch_membership_secretary is held per branch."},
		{"status: active", "status: actve", `8:29: Status cannot be "actve".`},
		{"status: active", "statsu: active", `8:21: A record of members does not know the key "statsu".`},
		{"key: A1, ", "", "8:11: The record has no key."},
		{"members:", "memebrs:", `7:7: There is no dataset "memebrs".`},
		{"phone: spoke", "phone: spook", `10:36: The task phone has no answer "spook".`},
		{"phone: spoke", "fone: spoke", `10:29: new-member-welcome has no task "fone".`},
		{"email welcome", "email welcom", `10:53: new-member-welcome has no email "welcom".`},
		{"email welcome", "emial welcome", `10:53: "emial" cannot be expected.`},
		{"case: done", "case: finished", `11:17: Case cannot be "finished".`},
		{"phone open", "phone sleeping", "11:31: This must name a task and one of open, overdue, answered, settled or withdrawn."},
		{"2026-11-02:", "2026-10-02:", "10:7: The days are not in their order."},
		{"    end:", "    ending:", `11:5: A test does not know the key "ending".`},
		{"    start:", "    settings: {check_in: 1 day}\n    start:", "4:26: check_in must be at least 14 days."},
	} {
		m := fewShip(t, "membership_officer/arrears-chase.test", "treasurer/donation-permissibility.test", "secretary/minutes-circulate.test")
		text := strings.Replace(good, c.from, c.to, 1)
		m["membership_officer/new-member-welcome.test.yaml"] = words(text)
		tests, faults, err := playbook.LoadTests(m, nil)
		if err != nil || len(tests) != 0 || len(faults) == 0 {
			t.Errorf("%s: %d tests, %v, %v", c.to, len(tests), faults, err)
			continue
		}
		if got := faults[0].Error(); !strings.HasPrefix(got, "membership_officer/new-member-welcome.test.yaml:"+c.want) {
			t.Errorf("%s: got %s\nwant %s", c.to, got, c.want)
		}
	}
}

func TestCellsThatPersonsType(t *testing.T) {
	set := load(t, nil)
	clock, members, donations := set.Constituency.Clock, set.Schemas["members"], set.Schemas["donations"]
	for _, c := range []struct {
		schema       *dataset.Schema
		column, text string
		want         string
		problem      string
	}{
		{members, "phone_bad", "yes", "yes", ""},
		{members, "last_contacted", "2026-11-03", "3 November 2026", ""},
		{donations, "amount", "£1,234.50", "£1,234.50", ""},
		{members, "name", "Jo # Bright: x", "Jo # Bright: x", ""},
		{set.Schemas["meetings"], "start", "2026-07-03 19:30", "3 July 2026 at 19:30", ""},
		{members, "status", "actve", "", `status cannot be "actve" (did you mean active?)`},
		{members, "joined", "3/11/2026", "", `joined "3/11/2026" is not a date (write it as 2026-11-03)`},
		{donations, "amount", "600", "", `amount "600" is not an amount of money (write it as £500 or £1,234.50)`},
	} {
		i, _ := c.schema.Column(c.column)
		v, err := playbook.ParseCell(&c.schema.Columns[i], c.text, clock)
		if c.problem == "" && (err != nil || v.Words(clock) != c.want) {
			t.Errorf("%s: %s, %v, want %s", c.text, v.Words(clock), err, c.want)
		}
		if c.problem != "" && (err == nil || !strings.EqualFold(err.Error(), c.problem)) {
			t.Errorf("%s: %v, want %s", c.text, err, c.problem)
		}
	}
}
