package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
)

// What the tests of the domain's cases share: a member in words, and what has
// come of it all.

// A soul is a member as the lists of these tests have them. What is left out is
// blank, except the name, which is made of the number.
type soul struct{ no, first, email, status, joined, owing, born, branch, post string }

const soulHeader = "Membership Number,First Name,Last Name,Email,Phone,Status,Date Joined,Arrears Since,Date of Birth,Branch,Address,Marketing Consent\n"

// row is the soul's row of the list.
func (s soul) row() string {
	first := s.first
	if first == "" {
		first = "Sol" + strings.ToLower(s.no)
	}
	status := s.status
	if status == "" {
		status = "Active"
	}
	branch := s.branch
	if branch == "" {
		branch = "North"
	}
	return strings.Join([]string{s.no, first, "Sample", s.email, "", status, s.joined, s.owing, s.born, branch, s.post, "Yes"}, ",") + "\n"
}

// roll saves a whole list of members: fifteen of long standing, so that no
// change of one is half of the list, and these.
func (h *house) roll(date string, souls ...soul) {
	h.t.Helper()
	var b strings.Builder
	b.WriteString(soulHeader)
	for i := range 15 {
		b.WriteString(soul{no: fmt.Sprintf("Z%02d", i), joined: "2015-03-01", email: fmt.Sprintf("z%d@example.com", i), branch: []string{"North", "South"}[i%2]}.row())
	}
	for _, s := range souls {
		b.WriteString(s.row())
	}
	h.write("data/members-"+date+".csv", b.String())
}

// lodge is a house of which some playbooks are trusted with all that they may
// do, or with what stands after a colon, and which has taken its first list.
func lodge(t *testing.T, books string, souls ...soul) *house {
	t.Helper()
	return lodgeOn(t, day0, "", books, souls...)
}

// lodgeOn is a lodge that begins on another day, with more lines in its
// constituency.yaml. Where these have data, they take the place of what is there.
func lodgeOn(t *testing.T, start time.Time, more, books string, souls ...soul) *house {
	t.Helper()
	t.Parallel()
	h := newHouse(t, "")
	h.time = start
	own := constituency
	if strings.Contains(more, "data:") {
		own, _, _ = strings.Cut(own, "data:")
	}
	h.write("constituency.yaml", own+more+"mail: {from: secretary@example.org, drop: outbox}\n")
	h.write("officers.csv", officers+"youth_officer,,Yo Young,youth@example.org,2024-01-01,,\nchair,,Cy Chair,chair@example.org,2024-01-01,,\n"+
		"branch_membership_secretary,South,Sue South,south@example.org,2024-01-01,,\n")
	h.write("branches.csv", "key,name\nNorth,North\nSouth,South\n")
	var on strings.Builder
	var names []string
	for word := range strings.FieldsSeq(books) {
		name, trust, said := strings.Cut(word, ":")
		if !said {
			trust = "automatic"
		}
		fmt.Fprintf(&on, "%s: {trust: %s}\n", name, trust)
		names = append(names, name)
	}
	h.write("playbooks.yaml", on.String())
	if err := h.Reload(); err != nil {
		t.Fatal(err)
	}
	h.entrust(names...)
	h.roll(start.Add(-2*day).Format(time.DateOnly), souls...)
	h.run()
	return h
}

// mail lists the letters to members that have left, in order: their address, a
// colon and the subject.
func (h *house) mail() []string {
	h.t.Helper()
	var out []string
	for _, m := range h.book().Messages() {
		if m.Kind != ledger.Letter || m.Person == 0 || m.State != ledger.Sent {
			continue
		}
		p, err := h.Message(ctx, m.ID)
		if err != nil {
			h.t.Fatal(err)
		}
		out = append(out, strings.ToLower(p.Content.To)+": "+p.Content.Subject)
	}
	return out
}

// wantMail compares the letters that have left with what ought to have.
func (h *house) wantMail(want ...string) {
	h.t.Helper()
	got := h.mail()
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		h.t.Errorf("letters to members:\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// tasks lists the tasks of a state: the step, a slash, and who has it.
func (h *house) tasks(state ledger.TaskState) []string {
	h.t.Helper()
	var out []string
	for _, k := range h.book().Tasks() {
		if k.State == state {
			out = append(out, k.Step+"/"+k.Addressee)
		}
	}
	slices.Sort(out)
	return out
}

// wantTasks compares the tasks of a state with what ought to be.
func (h *house) wantTasks(state ledger.TaskState, want ...string) {
	h.t.Helper()
	if got := h.tasks(state); !slices.Equal(got, want) {
		h.t.Errorf("tasks that are %s: %v, want %v", state, got, want)
	}
}

// lineOf finds what a plan says now of a person and a playbook.
func lineOf(p *plan.Plan, about, playbook string) plan.Line {
	for _, l := range p.Lines {
		if strings.Contains(l.About, about) && l.Playbook == playbook && l.Verb != plan.Later {
			return l
		}
	}
	return plan.Line{}
}

// told is all that was sent to an address, subjects and words.
func (h *house) told(address string) string {
	h.t.Helper()
	var b strings.Builder
	for _, m := range h.book().Messages() {
		if m.State != ledger.Sent {
			continue
		}
		p, err := h.Message(ctx, m.ID)
		if err != nil {
			h.t.Fatal(err)
		}
		if strings.EqualFold(p.Content.To, address) {
			b.WriteString(p.Content.Subject + " " + strings.Join(strings.Fields(p.Content.Text), " ") + "\n")
		}
	}
	return b.String()
}

// taken takes a list of members that a person has looked at.
func (h *house) taken(accept ...string) *engine.Import {
	h.t.Helper()
	imp, err := h.Prepare(ctx, "members", "")
	if err != nil {
		h.t.Fatal(err)
	}
	if _, err := h.Commit(ctx, imp, "secretary", accept...); err != nil {
		h.t.Fatal(err)
	}
	return imp
}

// answer answers the only open task.
func (h *house) answer(words string) {
	h.t.Helper()
	for _, k := range h.book().Tasks() {
		if k.State == ledger.TaskOpen {
			if _, _, err := h.Answer(ctx, "secretary", k.Number, words); err != nil {
				h.t.Fatal(err)
			}
			return
		}
	}
	h.t.Fatal("no task is open")
}

// agree says yes to all that waits, as a role.
func (h *house) agree(role string) {
	h.t.Helper()
	proposed, _, err := h.Pending(ctx)
	if err != nil {
		h.t.Fatal(err)
	}
	if _, err := h.Approve(ctx, engine.Voice{Role: role}, proposed); err != nil {
		h.t.Fatal(err)
	}
}
