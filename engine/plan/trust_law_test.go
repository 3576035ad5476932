package plan_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// atOnce is arrears with a letter on the very day.
var atOnce = strings.Replace(arrears, "    at: 1 day after opening\n", "", 1)

// trusted gives what a plan writes down about trust, as "playbook level why".
func trusted(changes []ledger.Change) string {
	var out []string
	for _, c := range changes {
		if t, ok := c.(ledger.Trusted); ok {
			out = append(out, strings.TrimSpace(t.Playbook+" "+t.Level+" "+t.Why))
		}
	}
	return strings.Join(out, ", ")
}

// release gives how many letters a plan lets go by themselves.
func release(p *plan.Plan) (n int) {
	for _, m := range p.Messages {
		if m.Release && m.Person != 0 {
			n++
		}
	}
	return n
}

// letters gives a plan's letters to members.
func letters(p *plan.Plan) (out []plan.Message) {
	for _, m := range p.Messages {
		if m.Kind == ledger.Letter && m.Person != 0 {
			out = append(out, m)
		}
	}
	return out
}

// TestTrustTheLowerHolds: the files say the most, the ledger what was earned.
func TestTrustTheLowerHolds(t *testing.T) {
	for _, c := range []struct {
		files    playbook.Trust
		record   string // empty: nothing on record
		want     playbook.Trust
		released bool
		proposed bool
	}{
		{playbook.Automatic, "", playbook.Observe, false, false}, // nobody has said that it may act
		{playbook.Automatic, "automatic", playbook.Automatic, true, true},
		{playbook.Automatic, "batch", playbook.Batch, false, true},
		{playbook.Automatic, "each", playbook.Each, false, true},
		{playbook.Automatic, "observe", playbook.Observe, false, false},
		{playbook.Automatic, "a word from elsewhere", playbook.Each, false, true},
		{playbook.Each, "automatic", playbook.Each, false, true},
		{playbook.Observe, "automatic", playbook.Observe, false, false},
	} {
		t.Run(fmt.Sprintf("%s and %q", c.files, c.record), func(t *testing.T) {
			b := ask(t, "2026-03-02", "", atOnce, "Hello.\n")
			b.book, b.set.Playbooks[0].Trust = ledger.New(), c.files
			if c.record != "" {
				b.apply("secretary", ledger.Trusted{Playbook: "arrears", Level: c.record})
			}
			b.list("members", jo+"active")
			b.run()
			b.on("2026-03-03")
			b.list("members", inArrears("2026-03-01"))
			p := b.propose()
			if got := plan.TrustIn(b.set.Playbooks[0], b.set.Constituency, b.book, b.now).Level; got != c.want {
				t.Errorf("it is trusted with %s, want %s", got, c.want)
			}
			if got := release(p) == 1; got != c.released {
				t.Errorf("the letter goes by itself: %v, want %v", got, c.released)
			}
			if got := len(letters(p)) == 1; got != c.proposed {
				t.Errorf("a letter is proposed: %v, want %v", got, c.proposed)
			}
			if hold(p, "trust") != "" {
				t.Errorf("nothing fell, and yet: %s", hold(p, "trust"))
			}
		})
	}
}

// reworded gives the bench the same playbooks with other words, as an edit of
// the files does.
func (b *bench) reworded(t *testing.T, text, words string) {
	t.Helper()
	b.set = ask(t, "2026-03-02", "", text, words).set
}

// TestTrustFallsWhenWordsToMembersChange: what members read was trusted, and
// nothing else.
func TestTrustFallsWhenWordsToMembersChange(t *testing.T) {
	setting := func(text, phone string) string {
		return strings.Replace(text, "steps:\n", "settings:\n  phone: {type: text, default: \""+phone+"\", about: Ours}\nsteps:\n", 1)
	}
	for _, c := range []struct {
		name          string
		before, after string
		old, words    string
		want          string
	}{
		{"nothing", atOnce, atOnce, "Hello.\n", "Hello.\n", ""},
		{"a word of the letter", atOnce, atOnce, "Hello.\n", "Hullo.\n", "arrears each words"},
		{"the subject", atOnce, strings.Replace(atOnce, "Your membership", "Your money", 1), "Hello.\n", "Hello.\n", "arrears each words"},
		{"a setting that the letter prints", setting(atOnce, "1"), setting(atOnce, "2"), "Ring {{ settings.phone }}.\n", "Ring {{ settings.phone }}.\n", "arrears each words"},
		{"the title, which nobody reads", atOnce, strings.Replace(atOnce, "Write to", "Letters to", 1), "Hello.\n", "Hello.\n", ""},
		{"the condition", atOnce, strings.Replace(atOnce, `when: member.status == "arrears"`, `when: member.status == "arrears" and true`, 1), "Hello.\n", "Hello.\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := ask(t, "2026-03-02", "", c.before, c.old)
			b.list("members", jo+"active")
			if got := trusted(b.propose().Changes); got != "" {
				t.Errorf("seen for the first time, it fell: %s", got)
			}
			b.reworded(t, c.after, c.words)
			b.on("2026-03-03")
			if got := trusted(b.propose().Changes); got != c.want {
				t.Errorf("on record came %q, want %q", got, c.want)
			}
			b.on("2026-03-04")
			if got := trusted(b.propose().Changes); got != "" {
				t.Errorf("the same words fell twice: %s", got)
			}
		})
	}
}

// The words that changed are asked for in the very plan that sees them, the
// plan says why, and a person's trust stands until they change again.
func TestTrustIsRestoredByAPerson(t *testing.T) {
	b := ask(t, "2026-03-02", "", atOnce, "Hello.\n")
	b.list("members", jo+"active")
	b.run()
	b.reworded(t, atOnce, "Pay up.\n")
	b.on("2026-03-03")
	b.list("members", inArrears("2026-03-01"))
	p := b.propose()
	if len(letters(p)) != 1 || release(p) != 0 {
		t.Fatalf("%d letters, of which %d go by themselves in words that nobody saw", len(letters(p)), release(p))
	}
	want := "its letters' words were changed on 3 March 2026: each is asked for until it is trusted again"
	if got := hold(p, "trust"); got != want {
		t.Errorf("the plan says %q, want %q", got, want)
	}
	if why := line(p, plan.Asks); why == "" {
		t.Error("the letter is not listed as one that waits for a yes")
	}
	b.apply("secretary", ledger.Trusted{Playbook: "arrears", Level: "automatic"})
	b.on("2026-03-04")
	b.list("members", inArrears("2026-03-01"), "key: A2; name: Al; email: al@example.org; status: arrears; arrears_since: 2026-03-02")
	p = b.propose()
	if release(p) != 1 || hold(p, "trust") != "" {
		t.Errorf("trusted again, %d letters go by themselves; the plan says %q", release(p), hold(p, "trust"))
	}
	b.reworded(t, atOnce, "Hello.\n")
	b.on("2026-03-05")
	if got := trusted(b.propose().Changes); got != "arrears each words" {
		t.Errorf("words that were trusted long ago are words that changed; on record came %q", got)
	}
}

// TestTrustFallsWithABrake: it does not come back with the batch's release.
func TestTrustFallsWithABrake(t *testing.T) {
	const brakes = "brakes: {most_at_once: 9, share: 50 percent, times_usual: 3, floor: 2}\n"
	for _, c := range []struct {
		level playbook.Trust
		want  string
	}{
		{playbook.Automatic, "arrears each brake"}, {playbook.Batch, "arrears each brake"}, {playbook.Each, ""},
	} {
		t.Run(c.level.String(), func(t *testing.T) {
			b := ask(t, "2026-03-02", brakes, atOnce, "Hello.\n")
			b.set.Playbooks[0].Trust = c.level
			b.list("members", crowd(100, 0)...)
			b.run()
			b.on("2026-03-03")
			b.list("members", crowd(100, 10)...)
			if got := trusted(b.propose().Changes); got != c.want {
				t.Errorf("on record came %q, want %q", got, c.want)
			}
			if got := trusted(b.propose().Changes); got != "" {
				t.Errorf("one brake, and it fell twice: %s", got)
			}
			b.apply("secretary", ledger.BrakeReleased{Playbook: "arrears", Actions: 10, Until: b.now.Add(48 * time.Hour)})
			p := b.propose()
			if len(letters(p)) != 10 || release(p) != 0 {
				t.Errorf("released, %d letters are proposed and %d go by themselves", len(letters(p)), release(p))
			}
			if says := strings.Contains(hold(p, "trust"), "its brake held a batch of letters on 3 March 2026"); says != (c.want != "") {
				t.Errorf("the plan says %q", hold(p, "trust"))
			}
		})
	}
}

// A letter that trust approved and that has not left is asked for once the trust
// has fallen; one that a person approved stands.
func TestTrustThatFellTakesItsApprovalsAlong(t *testing.T) {
	for _, auto := range []bool{true, false} {
		t.Run(fmt.Sprint("by itself ", auto), func(t *testing.T) {
			b := ask(t, "2026-03-02", "", atOnce, "Hello.\n")
			b.list("members", jo+"active")
			b.run()
			b.on("2026-03-03")
			b.list("members", inArrears("2026-03-01"))
			m := letters(b.propose())[0].Message
			saved, _ := b.book.MessageAt(m.Key)
			b.apply("clarion", ledger.MessageApproved{ID: saved.ID, Digest: saved.Digest, Auto: auto})
			b.apply("secretary", ledger.Trusted{Playbook: "arrears", Level: "each", Why: "complaint"})
			if _, fell := plan.Recheck(b.input())[saved.ID]; fell != auto {
				t.Errorf("the last look before the wire takes the letter away: %v, want %v", fell, auto)
			}
			p := b.propose()
			if letters(p)[0].Stands == auto || letters(p)[0].Release {
				t.Errorf("the letter stands %v and goes by itself %v", letters(p)[0].Stands, letters(p)[0].Release)
			}
			if p = b.propose(); len(p.Changes) > 0 || !letters(p)[0].Stands {
				t.Errorf("a second plan changes %v", p.Changes)
			}
		})
	}
}

// TestAComplaint: whoever wrote to the member lately asks again; the others do
// not.
func TestAComplaint(t *testing.T) {
	other := strings.NewReplacer("name: arrears", "name: other", `status == "arrears"`, `status == "lapsed"`, "again: member.arrears_since", "again: never").Replace(atOnce)
	for _, c := range []struct {
		day  string
		who  string
		want string
	}{
		{"2026-03-03", "A1", "arrears each complaint"},
		{"2026-04-02", "A1", "arrears each complaint"}, // 30 days on
		{"2026-04-03", "A1", ""},
		{"2026-03-03", "A2", ""},                       // another member, whom no letter reached
		{"2026-03-03", "A3", "arrears each complaint"}, // who reads at the same address now
	} {
		t.Run(c.day+" "+c.who, func(t *testing.T) {
			b := newBench(t, "2026-03-02", "", map[string]string{"arrears.yaml": atOnce, "arrears/ask.md": "Hello.\n", "other.yaml": other, "other/ask.md": "Hello.\n"})
			al, io := row("key: A2; name: Al; email: al@example.org; status: active"), row("key: A3; name: Io; email: io@example.org; status: active")
			b.list("members", jo+"active", al, io)
			b.expect("2026-03-02", "")
			b.on("2026-03-03")
			b.list("members", inArrears("2026-03-01"), al, io)
			b.expect("2026-03-03", "ask to jo@example.org")
			b.on(c.day)
			b.list("members", inArrears("2026-03-01"), al, row(strings.Replace(string(io), "io@", "jo@", 1)))
			changes := plan.Complaint(b.input(), b.refs["members"+c.who], "w")
			if got := trusted(changes); got != c.want {
				t.Errorf("on record comes %q, want %q", got, c.want)
			}
			if s, ok := changes[0].(ledger.Suppressed); !ok || s.Person != b.refs["members"+c.who] || s.Scope != "all" || s.Why != "w" {
				t.Errorf("the member may still be written to: %+v", changes[0])
			}
			b.apply("secretary", changes...)
			if got := trusted(plan.Complaint(b.input(), b.refs["members"+c.who], "w")); got != "" {
				t.Errorf("a second complaint takes what is gone already: %s", got)
			}
		})
	}
}

// TestTrustDigestOfWords: what goes to roles only is not words to members.
func TestTrustDigestOfWords(t *testing.T) {
	load := func(words string) string {
		text := strings.Replace(atOnce, "    to: member\n", "    to: secretary\n", 1)
		return ask(t, "2026-03-02", "", text, words).set.Playbooks[0].Words
	}
	if load("Hello.\n") != load("Hullo.\n") {
		t.Error("a letter to the Secretary counts as words to members")
	}
	if load("Hello.\n") == "" {
		t.Error("a playbook without words to members has no digest, so that its first ones would pass")
	}
}
