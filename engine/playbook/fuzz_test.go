package playbook_test

import (
	"testing"
	"testing/fstest"

	"github.com/clarion-clp/clarion/engine/playbook"
)

// Whatever stands in a file, loading says what is wrong with it and does not
// fall over; other playbooks run.
func FuzzLoad(f *testing.F) {
	library := ships(f, "membership_officer/arrears", "secretary", "membership_officer/new-member-welcome.test", "treasurer/donation-permissibility.test", "law/bank")
	places := []string{"chair/bad.yaml", "constituency.yaml", "playbooks.yaml", "letter.md", "days.yaml", "test"}
	for i, name := range []string{"new-member-welcome.yaml", "constituency.yaml", "playbooks.yaml"} {
		f.Add(uint8(i), example(f, name).Data)
	}
	f.Add(uint8(0), example(f, "donation-permissibility.yaml").Data)
	f.Add(uint8(0), example(f, "meeting-notice.yaml").Data)
	f.Add(uint8(2), []byte("new-member-welcome: {letters: {welcome: {call: letter.md}}, settings: {check_in: 30 days}, also: {when: present(member.branch)}}\n"))
	f.Add(uint8(3), []byte("<!-- block: a -->\n<!-- end -->\n<!-- block: a -->\n<!--block\n"))
	f.Add(uint8(0), []byte("name: bad\ntitle: T\nrole: chair\nbasis: service\nfor: member in members\nwhen: not (member.joined > today - days(\nagain: never\nsteps:\n  - {task: a, to: chair, subject: '{{', due: given}\n"))
	f.Add(uint8(3), []byte("Dear {{ member.first_name }},\n"))
	f.Add(uint8(4), []byte("- {date: 2026-11-03, title: A}\n"))
	f.Add(uint8(5), example(f, "new-member-welcome.test.yaml").Data)
	f.Add(uint8(0), []byte("name: bad\nsteps:\n  - email: [{a: {b: [*x]}}]\n    to: !t {}\n    answers: {a: {set: [1]}}\n"))
	f.Add(uint8(2), []byte("new-member-welcome: {steps: [a], letters: {welcome: {}}, settings: 3, also: [when]}\nx: {file: {}}\n"))
	f.Add(uint8(1), []byte("name: [x]\nquiet: {a: b}\nlaw: [a]\nmail: {send: []}\naudiences: {members: {a: b}}\ndata: {members: [from]}\n"))
	f.Fuzz(func(t *testing.T, where uint8, data []byte) {
		files := fstest.MapFS{}
		for name, file := range library {
			files[name] = file
		}
		own := plain(map[string]string{"playbooks.yaml": "new-member-welcome: {letters: {welcome: letter.md}}\n", "letter.md": "Hello.\n", "days.yaml": "[]\n",
			"constituency.yaml": "name: X\nholidays: days.yaml\n"})
		switch name := places[int(where)%len(places)]; name {
		case "chair/bad.yaml":
			files[name] = &fstest.MapFile{Data: data}
		case "test":
			files["membership_officer/new-member-welcome.test.yaml"] = &fstest.MapFile{Data: data}
			if _, _, err := playbook.LoadTests(files, nil); err != nil {
				t.Fatal(err)
			}
			return
		default:
			own[name] = &fstest.MapFile{Data: data}
		}
		set, err := playbook.Load(files, own)
		if err != nil {
			t.Fatal(err)
		}
		for _, fault := range set.All() {
			if fault.Text == "" || fault.File == "" || fault.Line < 0 || fault.Column < 0 || len(fault.Caret()) > 2000 {
				t.Errorf("a fault says nothing: %+v", fault)
			}
		}
		set.Lint(nil, today)
		for _, pb := range set.Playbooks {
			if len(set.Words(pb)) < 100 || pb.Text() == "" || len(pb.Since(nil, true)) == 0 {
				t.Errorf("%s cannot be described", pb.Name)
			}
			_ = set.Trigger(pb)
		}
		if !set.Fatal() && set.Playbook("donation-permissibility") == nil && len(set.Off) == 0 && len(set.Disabled["donation-permissibility"]) == 0 {
			t.Error("a playbook is gone and nothing says why")
		}
	})
}
