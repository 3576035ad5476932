package playbook_test

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/playbooks"
)

// example reads a file of testdata/examples.
func example(t testing.TB, name string) *fstest.MapFile {
	t.Helper()
	data, err := os.ReadFile("testdata/examples/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return &fstest.MapFile{Data: data}
}

// words is a file with a text.
func words(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }

// examples is the library with the examples of the language in the places of
// its own playbooks of that name.
func examples(t testing.TB) fstest.MapFS {
	m := fewShip(t)
	maps.DeleteFunc(m, func(name string, _ *fstest.MapFile) bool {
		return strings.HasPrefix(name, "membership_officer/new-member-welcome") || strings.HasPrefix(name, "treasurer/donation-permissibility")
	})
	m["membership_officer/new-member-welcome.yaml"] = example(t, "new-member-welcome.yaml")
	m["membership_officer/new-member-welcome/welcome.md"] = words("Dear {{ or member.first_name \"friend\" }},\n\nRead {{ settings.guide }}.\n")
	m["membership_officer/new-member-welcome/check_in.md"] = words("Dear {{ member.first_name }},\n\nHow are you?\n")
	m["membership_officer/new-member-welcome.test.yaml"] = example(t, "new-member-welcome.test.yaml")
	m["treasurer/donation-permissibility.yaml"] = example(t, "donation-permissibility.yaml")
	m["youth_officer/birthday-18.yaml"] = words("name: birthday-18\ntitle: A card\nrole: youth_officer\nbasis: service\nfor: member in members\nwhen: birthday(member.born, 18) == today\nagain: never\nsteps:\n  - task: card\n    to: youth_officer\n    subject: Write a card\n    due: 3 days after given\n")
	return m
}

func noFaults(t testing.TB, set *playbook.Set) {
	t.Helper()
	for _, f := range set.All() {
		t.Errorf("%s\n%s", f.Error(), f.Caret())
	}
}

func TestExamplesOfTheLanguage(t *testing.T) {
	own := fstest.MapFS{
		"constituency.yaml":       example(t, "constituency.yaml"),
		"playbooks.yaml":          example(t, "playbooks.yaml"),
		"letters/our-welcome.md":  words("Hello {{ member.first_name }}: {{ settings.guide }}\n"),
		"arrears-chase/coffee.md": words("Come for a coffee, {{ member.first_name }}.\n"),
		"playbooks/fish-supper.yaml": words("name: quarterly-fish-supper\ntitle: Fish supper\nrole: secretary\nbasis: officer\nevery: quarter on the 1st\nsteps:\n" +
			"  - task: book\n    to: secretary\n    subject: \"Book the hall for {{ period.label }}\"\n    due: 14 days after given\n"),
	}
	set, err := playbook.Load(examples(t), allOn(t, examples(t), own))
	if err != nil {
		t.Fatal(err)
	}
	noFaults(t, set)
	if !slices.Equal(set.Off, []string{"birthday-18"}) {
		t.Errorf("off are %v, want birthday-18", set.Off)
	}
	c := set.Constituency
	on := calendar.NewDate(2026, 1, 1)
	if v, ok := set.Law.At("donation_check_over", on); !ok || v.N != 40000 {
		t.Errorf("on 1 January 2026 the line is %d pence, want the constituency's own £400", v.N)
	}
	if v, ok := set.Law.At("donation_check_over", on-1); !ok || v.N != 50000 {
		t.Errorf("the day before, it is %d pence, want the law's £500", v.N)
	}
	if _, ok := set.Law.At("donation_check_over", calendar.NewDate(2009, 12, 31)); ok {
		t.Error("there is a figure before the first entry")
	}
	if c.Name != "Broadland and Fakenham CLP" || c.Clock.Zone.String() != "Europe/London" || c.Clock.Hour != 540 || !c.Quiet.BankHolidays || len(c.Quiet.Ranges) != 1 {
		t.Errorf("the constituency is %+v", c)
	}
	if c.Mail.Port != 587 || c.Mail.From != "secretary@example.org" || c.Mail.TLS != "starttls" || c.Mail.ADay != 500 || c.Mail.Mailbox.Port != 993 {
		t.Errorf("mail is %+v", c.Mail)
	}
	if s := c.Data["members"]; s.From != "data/members*.csv" || !s.Full || s.StaleAfter.N != 35 {
		t.Errorf("members come from %+v", s)
	}
	welcome := set.Playbook("new-member-welcome")
	if welcome.Trust != playbook.Automatic || welcome.Settings["check_in"].Term.Value.N != 14 || welcome.Settings["check_in"].Origin != "playbooks.yaml" || welcome.Private {
		t.Errorf("the welcome is %v with %+v, private %v", welcome.Trust, welcome.Settings["check_in"], welcome.Private)
	}
	if supper := set.Playbook("quarterly-fish-supper"); supper == nil || supper.Trust != playbook.Each {
		t.Errorf("the constituency's own playbook is %+v", supper)
	}
	arrears := set.Playbook("arrears-chase")
	var steps []string
	for _, st := range arrears.Steps {
		if st.Off {
			steps = append(steps, st.ID+" off")
		} else {
			steps = append(steps, st.ID)
		}
	}
	if want := []string{"letter", "phone", "coffee", "second_letter", "call", "final_letter off"}; !slices.Equal(steps, want) {
		t.Errorf("the steps are %v, want %v", steps, want)
	}
	if !arrears.Private || !arrears.Steps[0].Private {
		t.Error("arrears are money, and the playbook is not private")
	}
	if want := `(member.status == "arrears") and (not member.hardship)`; arrears.When.Source() != want {
		t.Errorf("when is %s, want %s", arrears.When.Source(), want)
	}
	if d := set.Playbook("donation-permissibility"); !d.Locked || !d.Private {
		t.Errorf("donation-permissibility: locked %v, private %v, want both", d.Locked, d.Private)
	}
}

func TestAnExampleWithASettingThatNobodySet(t *testing.T) {
	set, err := playbook.Load(examples(t), allOn(t, examples(t), plain(nil)))
	if err != nil {
		t.Fatal(err)
	}
	if set.Playbook("new-member-welcome") != nil || set.Playbook("donation-permissibility") == nil {
		t.Error("the playbook without its setting runs, or another does not")
	}
	faults := set.Disabled["new-member-welcome"]
	want := `playbooks.yaml:2:1: The setting guide of new-member-welcome must be set before it can run. Where the guide for new members is. (under new-member-welcome: write settings: {guide: "https://example.org/guide"})`
	if len(faults) != 1 || faults[0].Error() != want {
		t.Errorf("the faults are %v\nwant %s", faults, want)
	}
}

// The test of the language, as it is printed, against the playbook that ships:
// the example's own needs a setting.
func TestExampleTest(t *testing.T) {
	m := ships(t)
	m["membership_officer/new-member-welcome.test.yaml"] = example(t, "new-member-welcome.test.yaml")
	for name := range m {
		if name != "membership_officer/new-member-welcome.test.yaml" && len(name) > 10 && name[len(name)-10:] == ".test.yaml" {
			delete(m, name)
		}
	}
	tests, faults, err := playbook.LoadTests(m, nil)
	if err != nil || len(faults) > 0 || len(tests) != 1 {
		t.Fatalf("%d tests, %v, %v", len(tests), faults, err)
	}
	tt := tests[0]
	if tt.Start != calendar.NewDate(2026, 11, 1) || len(tt.Timeline) != 4 || len(tt.Data) != 1 || tt.Data["members"] == nil || len(tt.Officers) != 1 {
		t.Errorf("the test is %+v", tt)
	}
	row := tt.Timeline[0].Import["members"][0]
	if v, _ := row.Get(tt.Set.Schemas["members"], "joined"); row.Key != "A1" || v.AsDate() != calendar.NewDate(2026, 10, 30) {
		t.Errorf("the imported row is %+v", row)
	}
	if tt.Timeline[2].Reply[0] != "jo@example.org" || tt.End.Case != "stopped" || tt.End.Tasks[0] != "phone open" || !tt.Timeline[3].Expected {
		t.Errorf("the timeline is %+v, the end %+v", tt.Timeline, tt.End)
	}
	if pb := tt.Set.Playbook("new-member-welcome"); pb == nil || pb.Trust != playbook.Automatic {
		t.Error("the test's playbook does not send by itself")
	}
}

func TestTestsOfTheLibrary(t *testing.T) {
	tests, faults, err := playbook.LoadTests(playbooks.Library, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range faults {
		t.Errorf("%s\n%s", f.Error(), f.Caret())
	}
	if len(tests) < 10 {
		t.Errorf("only %d tests ship", len(tests))
	}
}
