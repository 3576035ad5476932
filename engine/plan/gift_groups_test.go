package plan_test

import (
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/playbooks"
)

// A duty that rests on groups of gifts: the group that passes the line is a case
// of its own; an edit that moves the crossing to another gift ends the old case
// as over and opens the right one; a gift that lacks its day of acceptance is
// listed, not passed over.
func TestGiftGroupsOpenCases(t *testing.T) {
	library := fstest.MapFS{}
	for _, name := range []string{"data", "law", "roles.yaml"} {
		err := fs.WalkDir(playbooks.Library, name, func(file string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := fs.ReadFile(playbooks.Library, file)
			library[file] = &fstest.MapFile{Data: data}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	library["treasurer/group-watch.yaml"] = &fstest.MapFile{Data: []byte(`name: group-watch
title: Tell head office of gifts that pass the line together
role: treasurer
basis: officer
for: group in gift_groups
when: group.status == "closed" and group.sum > law.unit_report_over(group.last_on)
steps:
  - task: report
    to: treasurer
    subject: "Report {{ group.count }} gifts of {{ group.source }}, together {{ group.sum }} (quarter {{ group.quarter }} of {{ group.year }})"
    due: 7 days after given
`)}
	library["treasurer/group-watch.test.yaml"] = &fstest.MapFile{Data: []byte(`playbook: group-watch
tests:
  - name: two gifts cross the line, and an edit moves the crossing
    start: 2026-10-01
    data: {donations: []}
    officers: {treasurer: tre@example.org}
    timeline:
      2026-10-02:
        import:
          donations:
            - {key: D1, donor: Ada Penny, amount: "£1,200.00", accepted_on: 2026-09-01, status: accepted}
        expect: []
      2026-10-05:
        import:
          donations:
            - {key: D1, donor: Ada Penny, amount: "£1,200.00", accepted_on: 2026-09-01, status: accepted}
            - {key: D2, donor: Ada Penny, amount: "£1,100.00", accepted_on: 2026-10-04, status: accepted}
            - {key: D3, donor: Bo Ash, amount: "£9,000.00", status: accepted}
        expect: [task report to tre@example.org]
      2026-10-06:
        import:
          donations:
            - {key: D1, donor: Ada Penny, amount: "£2,300.00", accepted_on: 2026-09-01, status: accepted}
            - {key: D2, donor: Ada Penny, amount: "£1,100.00", accepted_on: 2026-10-04, status: accepted}
            - {key: D3, donor: Bo Ash, amount: "£9,000.00", status: accepted}
        expect: [task report to tre@example.org]
`)}
	tests, faults, err := playbook.LoadTests(library, nil)
	if err != nil || len(faults) > 0 || len(tests) != 1 {
		t.Fatalf("%d tests, %v, %v", len(tests), faults, err)
	}
	for _, f := range plan.Try(tests[0]) {
		t.Error(f.Error())
	}
}
