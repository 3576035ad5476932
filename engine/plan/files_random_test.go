package plan_test

import (
	"fmt"
	"strings"
	"sync"
	"testing/fstest"

	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/playbooks"
)

// ownFiles are the small playbooks that the random constituency has beside
// those that ship: each uses something that they do not.
var ownFiles = map[string]string{
	"constituency.yaml": `
name: Random CLP
time_zone: Europe/London
nation: england_and_wales
imprint: "Promoted by nobody"
quiet: [sunday, bank holidays]
budget: {letters_a_week: 2, marketing_a_month: 3, days_between: 2}
brakes: {most_at_once: 6, share: 60 percent, times_usual: 3, floor: 2}
audiences:
  members: member in members when member.status in ["active", "provisional"]
  executive: [chair, secretary, treasurer]
`,
	"playbooks.yaml": `
new-member-welcome: {trust: automatic}
minutes-circulate: {trust: automatic}
donation-permissibility: {trust: automatic}
arrears-chase: {trust: each}
ring-back: {file: own/ring-back.yaml, trust: automatic}
joined-list: {file: own/joined-list.yaml, trust: automatic}
threshold: {file: own/threshold.yaml, trust: automatic}
branch-round: {file: own/branch-round.yaml, trust: automatic}
notice: {file: own/notice.yaml, trust: automatic}
weekly-word: {file: own/weekly-word.yaml, trust: each}
hello: {file: own/hello.yaml, trust: automatic}
`,
	"own/ring-back.yaml": `
name: ring-back
title: Ring back
role: membership_officer
basis: officer
for: member in members
when: member.status == "lapsed"
again: member.joined
stop: replied(member)
steps:
  - task: ring
    at: 1 day after opening
    to: [branch_membership_secretary, chair]
    subject: Ring {{ or member.name "somebody" }}
    done: present(member.last_contacted)
    answers: [spoke, gone]
    due: 5 days after given
    chase:
      2 days before: membership_officer
      on the day: [branch_membership_secretary, secretary]
      each day after: [membership_officer, secretary]
  - task: report
    when: steps.ring.answer == "gone"
    to: secretary
    subject: Report
    due: 3 days after given
`,
	"own/joined-list.yaml": `
name: joined-list
title: Who joined
role: membership_officer
basis: officer
every: 2 weeks on monday
steps:
  - email: news
    to: [membership_officer, secretary]
    subject: "{{ len rows }} changes"
    rows: filter(changes, .seen > since and .kind in ["joined", "arrears"])
    columns: [kind, name, on]
`,
	"own/joined-list/news.md": "The list.\n",
	"own/threshold.yaml": `
name: threshold
title: Many behind
role: secretary
basis: officer
let:
  behind: filter(members, .status == "arrears")
when: len(behind) > 1
again: after 10 days
steps:
  - task: talk
    to: secretary
    subject: "{{ len behind }} are behind"
    due: 7 days after given
  - email: tell
    at: 2 days after opening
    to: [chair, treasurer]
    subject: Many are behind
`,
	"own/threshold/tell.md": "Please talk.\n",
	"own/branch-round.yaml": `
name: branch-round
title: Each branch, each month
role: secretary
basis: officer
every: month on the 1st
steps:
  - task: count
    each: branch in branches
    to: branch_membership_secretary
    subject: "{{ branch.name }}: count heads"
    due: 10 days after given
    chase:
      each week after: secretary
`,
	"own/notice.yaml": `
name: notice
title: Notice
role: secretary
basis: service
cap: all
for: meeting in meetings
let:
  agenda: find(documents, .meeting == meeting.key and .kind == "agenda")
when: meeting.status in ["planned", "confirmed", "moved"] and meeting.start > now
steps:
  - email: notice
    at: 7 days before meeting.start
    late: until meeting.start
    again: [meeting.start, meeting.venue]
    to: audience("members")
    subject: "{{ if repeat }}Changed: {{ end }}{{ meeting.title }}"
    attach: agenda
`,
	"own/notice/notice.md": "At {{ meeting.start }}, {{ meeting.venue }}.\n",
	"own/weekly-word.yaml": `
name: weekly-word
title: A word a week
role: secretary
basis: marketing
every: week on wednesday
for: member in members
when: member.status == "active"
steps:
  - email: word
    to: member
    subject: "A word, {{ period.label }}"
`,
	"own/weekly-word/word.md": "Hello {{ or member.first_name \"friend\" }}.\n",
	"own/hello.yaml": `
name: hello
title: Hello
role: secretary
basis: service
for: member in members
when: member.status == "provisional"
again: member.joined
steps:
  - email: hello
    to: member
    subject: Hello
  - task: note
    at: 1 day after opening
    to: secretary
    subject: Note
    due: 30 days after given
`,
	"own/hello/hello.md": "Hello {{ member.first_name }}.\n",
}

var loadRandom = sync.OnceValues(func() (*playbook.Set, error) {
	own := fstest.MapFS{}
	for name, text := range ownFiles {
		own[name] = &fstest.MapFile{Data: []byte(strings.TrimPrefix(text, "\n"))}
	}
	set, err := playbook.Load(playbooks.Library, own)
	if err != nil {
		return nil, err
	}
	for _, f := range set.All() {
		return nil, fmt.Errorf("%s\n%s", f.Error(), f.Caret())
	}
	return set, nil
})
