package playbook_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/clarion-clp/clarion/engine/playbook"
)

// six are the playbooks of the language, each with the role in whose folder it
// stands.
var six = map[string]string{
	"new-member-welcome": "membership_officer", "donation-permissibility": "treasurer", "meeting-notice": "secretary",
	"mar-share-branches": "secretary", "annual-accounts": "treasurer", "induction-session": "political_education_officer",
}

// withSix is the library with the six playbooks of the language in it.
func withSix(t testing.TB) fstest.MapFS {
	m := examples(t)
	for name, role := range six {
		m[role+"/"+name+".yaml"] = example(t, name+".yaml")
	}
	m["secretary/meeting-notice/notice.md"] = words("Dear {{ or recipient.first_name \"friend\" }},\n\n{{ meeting.title }} is on {{ meeting.start }} at {{ or meeting.venue \"a place to be told\" }}.\n")
	m["secretary/meeting-notice/reminder.md"] = words("Dear {{ or recipient.first_name \"friend\" }},\n\n{{ meeting.title }} is on {{ meeting.start }}.\n")
	m["political_education_officer/induction-session/invite.md"] = words("Dear {{ or recipient.first_name \"friend\" }},\n\nCome on {{ next.date }}.\n")
	return m
}

func TestTheSixPlaybooksOfTheLanguage(t *testing.T) {
	own := plain(map[string]string{"playbooks.yaml": "new-member-welcome: {settings: {guide: \"https://example.org/guide\"}}\n"})
	set, err := playbook.Load(withSix(t), allOn(t, withSix(t), own))
	if err != nil {
		t.Fatal(err)
	}
	noFaults(t, set)
	for name := range six {
		if set.Playbook(name) == nil {
			t.Errorf("%s does not run", name)
		}
	}
	if t.Failed() {
		return
	}
	notice := set.Playbook("meeting-notice")
	if notice.Cap != -1 || notice.Again != nil || len(notice.Steps) != 4 || len(notice.Steps[1].Again) != 2 || notice.Steps[1].Attach == nil || notice.Steps[1].Late.For.Fixed.N != 1 {
		t.Errorf("meeting-notice is %+v", notice)
	}
	share := set.Playbook("mar-share-branches").Steps[0]
	if share.Each.Var != "branch" || share.Rows == nil || !slices.Equal(share.Columns, []string{"kind", "name", "on", "email", "phone"}) || !slices.Equal(share.To.Roles, []string{"branch_secretary"}) {
		t.Errorf("mar-share-branches is %+v", share)
	}
	accounts := set.Playbook("annual-accounts")
	if accounts.Every == nil || accounts.Deadline == nil || accounts.While != nil || len(accounts.Settings["stages"].Term.List) != 4 || accounts.Steps[0].Chase[3].Repeat.N != 1 {
		t.Errorf("annual-accounts is %+v", accounts)
	}
	induction := set.Playbook("induction-session")
	if induction.Again == nil || induction.Again.After == nil || induction.Steps[1].Basis != playbook.Marketing || induction.Steps[1].Late.Until == nil {
		t.Errorf("induction-session is %+v", induction)
	}
}

// What the reference shows of each key, in a playbook that it fits into.
func TestTheReferencesOwnExamples(t *testing.T) {
	const head = "name: example\ntitle: Thank everyone for every gift\nrole: treasurer\nbasis: officer\n"
	const step = "steps:\n  - task: phone\n    to: secretary\n    subject: Thank you\n    due: 7 days after given\n"
	const members = "for: member in members\nagain: never\n"
	grants := "for: grant in access_grants\nwhen: present(grant.granted_on)\n"
	for name, text := range map[string]string{
		"source":         head + "source: [PPERA 2000 s.54-56]\n" + members + "when: everyone\n" + step,
		"trust":          head + "trust: each\n" + members + "when: everyone\n" + step,
		"locked":         head + "locked: yes\n" + members + "when: everyone\n" + step,
		"for and when":   head + members + "when: member.status == \"arrears\"\n" + step,
		"every":          head + "every: monday at 07:00\n" + step,
		"every month":    head + "every: month on the 31st\n" + step,
		"every 2 weeks":  head + "every: 2 weeks on monday at 07:00\n" + step,
		"every year":     head + "every: year on 1 october\n" + step,
		"let":            head + "for: meeting in meetings\nlet:\n  minutes: find(documents, .meeting == meeting.key)\nwhen: present(minutes)\n" + step,
		"while":          head + members + "when: everyone\nwhile: member.status != \"resigned\"\n" + step,
		"again":          head + "for: member in members\nwhen: everyone\nagain: member.joined\n" + step,
		"again after":    head + "for: member in members\nwhen: everyone\nagain: after 30 days\n" + step,
		"done":           head + grants + "done: present(grant.revoked_on)\n" + step,
		"stop":           head + members + "when: everyone\nstop: replied(member)\n" + step,
		"pause":          head + members + "when: everyone\npause: any(contact_log, .membership_no == member.membership_no and .on > today - days(14))\n" + step,
		"cap":            head + "cap: all\n" + members + "when: everyone\n" + step,
		"deadline":       head + "every: year\nlet:\n  books: year(period.start - days(1))\ndeadline: 4 months after books.end\n" + step,
		"each, at, late": head + "for: meeting in meetings\nwhen: meeting.start > now\nsteps:\n  - task: phone\n    each: branch in branches\n    at: 5 days after opening\n    late: until meeting.start\n    to: branch_secretary\n    subject: Thank you\n    due: 7 days after given\n",
		"rows and most":  head + "every: monday at 07:00\nlet:\n  everybody: filter(members, .status == \"active\")\nsteps:\n  - task: list\n    to: membership_officer\n    subject: \"{{ len rows }} to ring\"\n    rows: filter(members, .status == \"active\")\n    columns: [last_contacted, name, phone]\n    most: share(len(everybody), 48)\n    due: 7 days after given\n",
		"person columns": head + "every: monday at 07:00\nsteps:\n  - task: list\n    to: secretary\n    subject: What is due\n    rows: filter(actions, blank(.done_on) and .due <= today)\n    columns: [due, title, owner]\n    due: 7 days after given\n",
		"chase":          head + members + "when: everyone\n" + step + "    chase:\n      5 days after: [chair, secretary]\n      each week after: chair\n      on the day: secretary\n",
		"to a column":    head + "for: action in actions\nwhen: blank(action.done_on)\nsteps:\n  - task: do\n    to: action.owner\n    subject: \"{{ action.title }}\"\n    due: action.due\n",
		"milestones": head + "for: election in elections\nwhen: present(election.poll)\nsettings:\n  milestones:\n    type: table\n    columns: {what: text, before: duration}\n    default:\n      - {what: Nominations close, before: 19 uk working days}\n      - {what: Last day to register, before: 12 working days}\n" +
			"steps:\n  - task: milestone\n    each: milestone in settings.milestones\n    to: secretary\n    subject: \"{{ milestone.what }}\"\n    due: milestone.before before election.poll\n",
		"gift groups":    head + "for: group in gift_groups\nwhen: group.status == \"closed\"\n" + step,
		"changes":        head + "for: change in changes\nwhen: change.kind == \"joined\" and not change.baseline\n" + step,
		"people":         head + "for: person in people\nwhen: person.in_office\nagain: person.roles\n" + step,
		"since and seen": head + "every: monday at 07:00\nsteps:\n  - task: list\n    to: secretary\n    subject: What is new\n    rows: filter(changes, .seen > since)\n    columns: [kind, name]\n    due: 7 days after given\n",
		"open_case":      head + members + "when: not open_case(\"arrears-chase\", member)\n" + step,
		"birthday":       head + "for: member in members\nwhen: birthday(member.born, 18) == today\nagain: never\n" + step,
		"working days":   head + "for: election in elections\nwhen: present(election.poll)\nsteps:\n  - task: last\n    to: secretary\n    subject: Register\n    due: 12 working days before election.poll at 17:00, or the working day before\n",
		"clear days":     head + "for: meeting in meetings\nwhen: meeting.start > now\nsteps:\n  - task: last\n    to: secretary\n    subject: Notice\n    due: 7 clear days before meeting.start\n",
	} {
		t.Run(name, func(t *testing.T) {
			library := ships(t)
			library["treasurer/example.yaml"] = words(text)
			set, err := playbook.Load(library, allOn(t, library, plain(nil)))
			if err != nil {
				t.Fatal(err)
			}
			noFaults(t, set)
			if pb := set.Playbook("example"); pb == nil || !t.Failed() && pb.Name != "example" {
				t.Errorf("it does not run: %s", strings.TrimSpace(text))
			}
		})
	}
}
