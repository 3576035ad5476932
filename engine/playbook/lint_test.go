package playbook_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/playbook"
)

var today = calendar.NewDate(2026, 11, 2)

// How well the list of promotion tells forty letters apart is printed, and its
// misses and false alarms are known: a change of the list shows here.
func TestPromotionOnFortyLetters(t *testing.T) {
	data, err := os.ReadFile("testdata/promotion.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var samples []struct {
		Promotes, Text string
	}
	if err := yaml.Unmarshal(data, &samples); err != nil || len(samples) != 40 {
		t.Fatalf("%d letters, %v", len(samples), err)
	}
	list := load(t, nil).Promotion
	var misses, alarms []string
	caught := 0
	for _, s := range samples {
		found := list.Find(s.Text)
		switch {
		case s.Promotes == "yes" && len(found) == 0:
			misses = append(misses, s.Text)
		case s.Promotes == "no" && len(found) > 0:
			alarms = append(alarms, fmt.Sprintf("%s (%s)", s.Text, found[0].What))
		case s.Promotes == "yes":
			caught++
		}
	}
	t.Logf("%d of 40 letters promote something and were found", caught)
	t.Logf("missed (%d):\n  %s", len(misses), strings.Join(misses, "\n  "))
	t.Logf("false alarms (%d):\n  %s", len(alarms), strings.Join(alarms, "\n  "))
	if len(misses) != 3 || len(alarms) != 3 {
		t.Errorf("%d missed and %d false alarms; 3 and 3 are known", len(misses), len(alarms))
	}
}

func TestPromotionIsFoundOverLineEndsAndInMarks(t *testing.T) {
	list := load(t, nil).Promotion
	for text, want := range map[string]string{
		"Hello.\nplease\ndonate.":                      "2 please donate",
		"Help us win\nthis campaign":                   "1 help * campaign",
		"PLEASE, donate!":                              "1 please donate",
		"Do not\u2019t":                                "",
		"{{ or x \"please donate\" }} hello":           "",
		"{{ if\nx }}a{{ end }}\nchip in":               "3 chip in",
		"https://notfacebook.com/ https://x.org/x.com": "",
		"see <https://www.facebook.com/us>":            "1 facebook.com",
		"raffles":                                      "",
	} {
		var got []string
		for _, f := range list.Find(text) {
			got = append(got, fmt.Sprintf("%d %s", f.Line, f.What))
		}
		if strings.Join(got, "|") != want {
			t.Errorf("%q: found %v, want %q", text, got, want)
		}
	}
}

// Each case is a playbook and what the linter says of it; without a word of
// warning it would do what nobody meant.
func TestLint(t *testing.T) {
	const head = "name: tea\ntitle: Tea\nrole: chair\nbasis: service\n"
	const members = head + "for: member in members\nagain: never\n"
	const email = "steps:\n  - email: tea\n    to: member\n    subject: Tea\n"
	task := func(more string) string {
		return "steps:\n  - task: bake\n    to: chair\n    subject: Bake\n" + more
	}
	many := make([]*dataset.Row, 1001)
	for i := range many {
		many[i] = &dataset.Row{Key: fmt.Sprint(i)}
	}
	for _, c := range []struct {
		name, text, letter string
		own                map[string]string
		want               []string
	}{
		{name: "nothing to say", text: members + "when: member.status == \"active\"\n" + email},
		{name: "no way out", text: members + "when: everyone\n" + task("    when: present(member.email)\n    due: 3 days after given\n"), want: []string{"p/tea.yaml:9 A case of tea has no way out while the condition of bake does not hold: it waits for ever."}},
		{name: "a way out by lateness", text: members + "when: everyone\n" + task("    when: present(member.email)\n    late: 30 days\n    due: 3 days after given\n")},
		{name: "a way out by done", text: members + "when: everyone\ndone: present(member.phone)\n" + task("    when: present(member.email)\n    due: 3 days after given\n")},
		{name: "a list without a cap", text: head + "for: meeting in meetings\nwhen: present(meeting.start)\nsteps:\n  - email: tea\n    to: audience(\"members\")\n    subject: Tea\n", want: []string{"p/tea.yaml:8 The letter tea goes to a list, and the playbook has no cap: the brakes hold it from 50 letters on."}},
		{name: "a list with one", text: head + "cap: all\nfor: meeting in meetings\nwhen: present(meeting.start)\nsteps:\n  - email: tea\n    to: audience(\"members\")\n    subject: Tea\n"},
		{name: "promotion in a letter and in a subject", text: members + "when: everyone\n" + strings.Replace(email, "subject: Tea", "subject: Join us on Sunday", 1), letter: "Hello.\n\nPlease donate, or see https://www.facebook.com/tea\n",
			want: []string{`p/tea.yaml:9 The letter tea is of basis service, and promotes something: "join us on".`, `p/tea/tea.md:3 The letter tea is of basis service, and promotes something: "facebook.com".`, `p/tea/tea.md:3 The letter tea is of basis service, and promotes something: "please donate".`}},
		{name: "promotion where it belongs", text: members + "when: everyone\n" + email + "    basis: marketing\n", letter: "Please donate.\n"},
		{name: "time alone closes it before the last step", text: members + "when: member.joined > today - days(10)\nsteps:\n  - email: tea\n    at: 12 days after opening\n    to: member\n    subject: Tea\n",
			want: []string{"p/tea.yaml:9 Time alone closes a case of tea before the moment of the step tea: member.joined > today - days(10) holds for 10 days at most."}},
		{name: "by a setting, and by the due day", text: members + "settings:\n  new: {type: duration, default: 2 weeks}\nwhen: member.status == \"active\" and member.joined > today - settings.new\n" + task("    at: 10 days after opening\n    due: 5 days after given\n"),
			want: []string{"p/tea.yaml:11 Time alone closes a case of tea before the due day of the step bake: member.joined > today - settings.new holds for 14 days at most."}},
		{name: "early enough", text: members + "when: member.joined > today - days(20)\nsteps:\n  - email: tea\n    at: 12 days after opening\n    to: member\n    subject: Tea\n"},
		{name: "with a while of its own", text: members + "when: member.joined > today - days(10)\nwhile: member.status == \"active\"\nsteps:\n  - email: tea\n    at: 12 days after opening\n    to: member\n    subject: Tea\n"},
		{name: "true for a day", text: members + "when: birthday(member.born, 18) == today\n" + task("    due: 3 days after given\n"),
			want: []string{"p/tea.yaml:9 Time alone closes a case of tea before the due day of the step bake: birthday(member.born, 18) == today holds for a day at most."}},
		{name: "after the meeting that must lie ahead", text: head + "for: meeting in meetings\nwhen: meeting.start > now\n" + task("    due: 2 days after meeting.start\n"),
			want: []string{"p/tea.yaml:8 Time alone closes a case of tea before the due day of the step bake: meeting.start > now holds for a day at most."}},
		{name: "before it", text: head + "for: meeting in meetings\nwhen: meeting.start > now\n" + task("    due: 2 days before meeting.start\n")},
		{name: "a long list searched for every record", text: members + "let:\n  calls: filter(contact_log, .on > member.joined)\nwhen: len(calls) == 0\n" + email,
			want: []string{"p/tea.yaml:8 filter(contact_log, .on > member.joined) searches all 1001 contact_log for every record of members."}},
		{name: "a long list with an equality", text: members + "let:\n  calls: filter(contact_log, .membership_no == member.membership_no and .on > member.joined)\nwhen: len(calls) == 0\n" + email},
		{name: "an equality that need not hold", text: members + "when: any(contact_log, .membership_no == member.membership_no or .on > member.joined)\n" + email,
			want: []string{"p/tea.yaml:7 any(contact_log, .membership_no == member.membership_no or .… searches all 1001 contact_log for every record of members."}},
		{name: "a setting that only a step uses which is off", text: members + "settings:\n  link: {type: text, default: here}\nwhen: everyone\n" + email + "  - email: cake\n    to: member\n    subject: Cake {{ settings.link }}\n",
			own:  map[string]string{"playbooks.yaml": "tea:\n  file: p/tea.yaml\n  settings: {link: there}\n  steps: {cake: \"off\"}\n", "p/tea/cake.md": "Cake.\n"},
			want: []string{"playbooks.yaml:3 The setting link of tea is set, and every step that uses it is switched off."}},
	} {
		t.Run(c.name, func(t *testing.T) {
			letter := c.letter
			if letter == "" {
				letter = "Hello.\n"
			}
			files := map[string]string{"playbooks.yaml": "tea: {file: p/tea.yaml}\n", "p/tea.yaml": c.text, "p/tea/tea.md": letter}
			for name, text := range c.own {
				files[name] = text
			}
			set := load(t, files)
			noFaults(t, set)
			tables := dataset.Tables{"contact_log": dataset.NewTable(set.Schemas["contact_log"], many, today9(), today9(), "", "")}
			var got []string
			for _, f := range set.Lint(tables, today) {
				if f.Playbook == "tea" {
					if f.Hint == "" {
						t.Errorf("%s gives no hint", f.Text)
					}
					got = append(got, fmt.Sprintf("%s:%d %s", f.File, f.Line, f.Text))
				}
			}
			slices.Sort(got)
			if !slices.Equal(got, c.want) {
				t.Errorf("it says\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}

// What ships draws no warning.
func TestTheLibraryDrawsNoWarning(t *testing.T) {
	for _, f := range load(t, nil).Lint(nil, today) {
		t.Errorf("%s", f.Error())
	}
}

// The table of holidays is warned of a year before it ends, if something counts
// in working days.
func TestHolidaysAreWarnedOfAYearAhead(t *testing.T) {
	set := load(t, nil)
	warned := func(set *playbook.Set, on calendar.Date) string {
		for _, f := range set.Lint(nil, on) {
			if strings.Contains(f.Text, "bank holidays") {
				return f.Text
			}
		}
		return ""
	}
	_, until, _ := set.Constituency.Clock.Holidays.Covers()
	for _, c := range []struct {
		on   calendar.Date
		want string
	}{
		{until.AddMonths(-12), ""},
		{until.AddMonths(-12) + 2, "The table of bank holidays ends on 31 December 2028. What counts in working days needs it: donation-permissibility."},
		{until + 1, "The table of bank holidays ended on 31 December 2028: moments in working days can no longer be told. What counts in working days needs it: donation-permissibility."},
	} {
		if got := warned(set, c.on); got != c.want {
			t.Errorf("on %s: %q, want %q", c.on, got, c.want)
		}
	}
	if got := warned(load(t, map[string]string{"playbooks.yaml": "donation-permissibility: \"off\"\n"}), until); got != "" {
		t.Errorf("nothing counts in working days, and it says %q", got)
	}
}

// today9 is nine o'clock of today.
func today9() time.Time { return time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC) }
