package plan_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/letter"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/playbooks"
)

// A condition that holds for none, for all, or that can be told of none is
// warned of; one that tells records apart is not, nor is a short list.
func TestLintOfConditionsThatTellNothingApart(t *testing.T) {
	const tea = "name: tea\ntitle: Tea\nrole: chair\nbasis: officer\nfor: member in members\nwhen: %s\nagain: never\nsteps:\n  - {task: bake, to: chair, subject: Bake, due: 3 days after given}\n"
	now := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		when string
		rows int
		want string
	}{
		{`member.status == "resigned"`, 20, "tea holds today for none of the 20 members."},
		{`member.status == "resigned"`, 19, ""},
		{`member.status == "active"`, 20, "tea holds today for every one of the 20 members."},
		{`everyone`, 20, ""},
		{`member.joined < today`, 20, "tea can be told of none of the 20 members: each lacks a cell that it needs."},
		{`member.membership_no == "3"`, 20, ""},
	} {
		own := fstest.MapFS{"constituency.yaml": {Data: []byte("name: X\naudiences:\n  members: member in members when everyone\n  executive: [chair]\n")},
			"playbooks.yaml": {Data: []byte("tea: {file: tea.yaml}\n")}, "tea.yaml": {Data: fmt.Appendf(nil, tea, c.when)}}
		set, err := playbook.Load(playbooks.Library, own)
		if err != nil || len(set.All()) > 0 {
			t.Fatal(set.All(), err)
		}
		s := set.Schemas["members"]
		number, _ := s.Column("membership_no")
		status, _ := s.Column("status")
		var rows []*dataset.Row
		for i := range c.rows {
			r := &dataset.Row{Ref: dataset.Ref(i + 1), Key: fmt.Sprint(i), Cells: make([]dataset.Value, len(s.Columns)), FirstSeen: now}
			r.Cells[number], r.Cells[status] = dataset.TextValue(r.Key), dataset.ChoiceValue("active")
			rows = append(rows, r)
		}
		in := plan.Input{Set: set, Now: now, Book: ledger.New(), Tables: dataset.Tables{"members": dataset.NewTable(s, rows, now, now, "members.csv", "")},
			Hash: func(a string) string { return a }}
		var got []string
		for _, f := range plan.Lint(in) {
			if f.Playbook == "tea" {
				got = append(got, f.Text)
			}
		}
		if strings.Join(got, "|") != c.want {
			t.Errorf("%s of %d: %q, want %q", c.when, c.rows, got, c.want)
		}
	}
}

// A letter is written for every record, whatever its moment; one that cannot be
// written is named by its key, with the cell that it lacks.
func TestLintWritesEveryLetter(t *testing.T) {
	now := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	own := fstest.MapFS{"constituency.yaml": {Data: []byte("name: X\nquiet: [monday]\naudiences:\n  members: member in members when everyone\n  executive: [chair]\n")},
		"playbooks.yaml": {Data: []byte("tea: {file: tea.yaml}\n")}, "tea/hello.md": {Data: []byte("Dear {{ member.first_name }},\n")},
		"tea/later.md": {Data: []byte("Dear {{ or member.first_name \"friend\" }}, you joined on {{ member.joined }}.\n")},
		"tea/fine.md":  {Data: []byte("Dear {{ or member.first_name \"friend\" }},\n")},
		"tea.yaml": {Data: []byte("name: tea\ntitle: Tea\nrole: chair\nbasis: service\nfor: member in members\nwhen: everyone\nagain: never\nsteps:\n" +
			"  - {email: hello, to: member, subject: Tea}\n  - {email: later, at: 90 days after opening, to: member, subject: Tea}\n  - {email: fine, to: member, subject: Tea}\n")}}
	set, err := playbook.Load(playbooks.Library, own)
	if err != nil || len(set.All()) > 0 {
		t.Fatal(set.All(), err)
	}
	s := set.Schemas["members"]
	var rows []*dataset.Row
	for i, name := range []string{"Jo", "", "Sam", ""} {
		r := &dataset.Row{Ref: dataset.Ref(i + 1), Key: fmt.Sprintf("A%d", i), Cells: make([]dataset.Value, len(s.Columns)), FirstSeen: now}
		for column, v := range map[string]string{"first_name": name, "email": fmt.Sprintf("m%d@example.org", i)} {
			at, _ := s.Column(column)
			r.Cells[at] = dataset.TextValue(v)
		}
		rows = append(rows, r)
	}
	in := plan.Input{Set: set, Now: now, Book: ledger.New(), Tables: dataset.Tables{"members": dataset.NewTable(s, rows, now, now, "members.csv", "")},
		Hash: func(a string) string { return a }}
	var got []string
	for _, f := range plan.Lint(in) {
		if f.Playbook == "tea" {
			got = append(got, fmt.Sprintf("%d %s", f.Line, f.Text))
		}
	}
	want := "9 The words of hello would have a hole for 2 of the 4 records that tea is about today, first members/A1: member.first_name: it is blank.|" +
		"10 The words of later would have a hole for 4 of the 4 records that tea is about today, first members/A0: member.joined: it is blank."
	if strings.Join(got, "|") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, "|"), want)
	}
	if in.Book.Seq() != 0 || len(set.Playbook("tea").Steps) != 3 || set.Playbook("tea").Steps[1].At == nil {
		t.Error("looking changed something")
	}
}

// TestLintOfABranchThatDoesNotExist: a member whose branch is not among the
// branches is warned of, with the branch that was probably meant.
func TestLintOfABranchThatDoesNotExist(t *testing.T) {
	b := newBench(t, "2026-03-02", "", map[string]string{"gift.yaml": gift("")})
	b.list("members", "key: A1; branch: North", "key: A2; branch: Nroth", "key: A3", "key: A4; branch: Zanzibar", "key: A5; branch: Nroth", "key: A6; branch: north")
	strange := func() (out []string) {
		for _, f := range plan.Lint(b.input()) {
			if strings.Contains(f.Text, "branches does not have") {
				out = append(out, f.Text)
			}
		}
		return out
	}
	if got := strange(); len(got) != 0 { // there is no list to compare with
		t.Errorf("without branches: %q", got)
	}
	b.list("branches", "key: North", "key: South")
	const want = "3 of members name as their branch what the list of branches does not have: Nroth (2, first in row 3), perhaps North; Zanzibar (1, first in row 5)."
	if got := strange(); len(got) != 1 || got[0] != want {
		t.Errorf("it says %q, want %q", got, want)
	}
}

// TestLintOfABlankThatSpoilsAList: one meeting without a date leaves open, for
// every member, whether there is one ahead; that is warned of with the way to
// write it. Written so, or where the blank is the record's own, nothing is said.
func TestLintOfABlankThatSpoilsAList(t *testing.T) {
	const tea = "name: tea\ntitle: Tea\nrole: secretary\nbasis: officer\nfor: member in members\nwhen: %s\nagain: never\nsteps:\n  - {task: bake, to: secretary, subject: Bake, due: 3 days after given}\n"
	for when, want := range map[string]string{
		`none(meetings, .date > today)`:                               "tea cannot be told for 2 records, because date is blank in 1 of the meetings (",
		`count(meetings, .date > today) == 0 and present(member.key)`: "tea cannot be told for 2 records, because date is blank in 1 of the meetings (",
		`none(meetings, present(.date) and .date > today)`:            "",
		`member.joined < today`:                                       "",
	} {
		b := newBench(t, "2026-03-02", "", map[string]string{"tea.yaml": fmt.Sprintf(tea, strings.Replace(when, "member.key", "member.membership_no", 1))})
		b.list("members", "key: A1", "key: A2")
		b.list("meetings", "key: M1; title: One; date: 2026-02-01", "key: M2; title: Two")
		got := ""
		for _, f := range plan.Lint(b.input()) {
			if strings.Contains(f.Text, "cannot be told for") {
				got += f.Text
				if !strings.Contains(f.Hint, "write present(.date) and ...") {
					t.Errorf("%s: the hint is %q", when, f.Hint)
				}
			}
		}
		if want == "" && got != "" || !strings.HasPrefix(got, want) {
			t.Errorf("%s: it says %q, want %q", when, got, want)
		}
	}
}

// A paper that is too large to be attached is warned of before a letter is due.
func TestLintOfPapersThatAreTooLarge(t *testing.T) {
	now := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	own := fstest.MapFS{"constituency.yaml": {Data: []byte("name: X\nmail: {from: a@example.org, drop: outbox, attachments_mb: 3}\naudiences:\n  members: member in members when everyone\n  executive: [chair]\n")},
		"playbooks.yaml": {Data: []byte("minutes-circulate: {}\n")}}
	set, err := playbook.Load(playbooks.Library, own)
	if err != nil || len(set.All()) > 0 {
		t.Fatal(set.All(), err)
	}
	s := set.Schemas["documents"]
	var rows []*dataset.Row
	for i, sha := range []string{"small", "large"} {
		r := &dataset.Row{Ref: dataset.Ref(i + 1), Key: sha, Cells: make([]dataset.Value, len(s.Columns)), FirstSeen: now}
		for j, c := range s.Columns {
			if c.Kind == dataset.File {
				r.Cells[j] = dataset.FileValue(sha)
			}
		}
		rows = append(rows, r)
	}
	in := plan.Input{Set: set, Now: now, Book: ledger.New(), Tables: dataset.Tables{"documents": dataset.NewTable(s, rows, now, now, "papers", "")},
		Hash: func(a string) string { return a },
		File: func(sha string) (letter.Attachment, bool) {
			return letter.Attachment{Name: sha, Size: map[string]int64{"small": 3 << 20, "large": 3<<20 + 1}[sha]}, true
		}}
	var got []string
	for _, f := range plan.Lint(in) {
		if strings.HasPrefix(f.Text, "documents/") {
			got = append(got, f.Text)
		}
	}
	if strings.Join(got, "|") != "documents/large has 4 MB, and letters carry 3 MB at most: none that attaches it can go." {
		t.Errorf("%q", got)
	}
}
