package ledger

import (
	"bytes"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the golden files anew")

// examples has every change of the log, in an order in which a Book accepts them.
func examples() []Change {
	backlog := opened()
	backlog.Backlog = true
	task := given("phone")
	closed := action("second", "role:treasurer")
	closed.State, closed.Reason = Missed, "too late"
	ask, fixed := letter("k1", sampleRef, other), letter("k2", 0, phone)
	ask.Message.Address, fixed.Message.Basis = "hash-of-an-address", "officer"
	approve := func(id int64) Change { return MessageApproved{ID: id, Digest: "d1"} }
	last, call := action("last", "members#17"), action("call", "members#17")
	sheet := letter("k7", 0, call)
	sheet.Message.Kind, sheet.Message.Basis = Digest, "officer"
	return []Change{
		Imported{Import: 1, Dataset: "members", Rows: 600, New: 600, Refused: 2, Digest: "t1"},
		Imported{Import: 2, Dataset: "members", Rows: 601, New: 1, Gone: 3, Altered: 12, Digest: "t2"},
		ImportUndone{2, "members"},
		Adopted{samplePlaybook, "p1"},
		Edited{samplePlaybook, "second", "p2", 7},
		Trusted{samplePlaybook, "each", "complaint", ""},
		SwitchedOn{samplePlaybook, "c1", "w1", false},
		backlog,
		BacklogApproved{samplePlaybook, []CaseKey{sampleCase}},
		CaseRetimed{sampleCase, backlog.Date + 3},
		CaseFrozen{sampleCase, "members.status is blank (row 12)"},
		CaseThawed{sampleCase},
		task,
		TaskFellDue{1},
		TaskRetimed{1, noon.Add(240 * time.Hour)},
		TaskReassigned{1, "role:secretary"},
		TaskGotAnswer{1, "wrong number"},
		given("visit"),
		TaskWasSettled{2, "members.paid 3 November 2026"},
		given("write"),
		TaskWasWithdrawn{3, "by hand"},
		ActionClosed{closed},
		ask,
		MessageRetimed{ID: 1, NotBefore: noon, Expires: noon.Add(48 * time.Hour)},
		MessageApproved{ID: 1, Digest: "d1", Auto: true},
		MessageClaimed{1, 7},
		MessageDeferred{1, noon.Add(time.Minute), 451},
		MessageClaimed{1, 7},
		MessageUncertain{1, "the line broke after DATA"},
		MessageSent{1, "250 2.0.0 queued as 4c1"},
		MessageBounced{1, 550, "no such user ann@example.org here"},
		fixed,
		MessageRejected{2, "sha256:00"},
		letter("k3", 0, action("a", "role:chair")),
		MessageExpired{3, ""},
		letter("k4", sampleRef, last),
		MessageSuperseded{4, "the data changed"},
		letter("k4", sampleRef, last),
		approve(5),
		MessageClaimed{5, 8},
		MessageFailed{5, 552, "too big"},
		forTwo(letter("k5", sampleRef, action("to-all", "members#17"))),
		letter("k6", sampleRef, action("z-asked", "members#17")),
		PlanSaved{Plan: 1, Digest: PlanDigest(1, []Message{{Digest: "d1"}, {Digest: "d1"}}), Data: "t2", Playbooks: "p1", Settings: "s1", Letters: []int64{6, 7}, Expires: noon.Add(time.Hour)},
		MessageGotYes{6, "d1", 40, "terminal", 1},
		MessageApproved{ID: 7, Digest: "d1", Person: 40, Via: "console", Plan: 1, Until: noon.Add(2 * time.Hour)},
		sheet,
		approve(8),
		MessageClaimed{8, 8},
		MessageSent{8, "250 2.0.0 queued as 4c2"},
		LineDecided{call.Key, true, ""},
		LineDecided{call.Key, false, "sha256:03"},
		Suppressed{sampleRef, "hash-of-an-address", "marketing", "asked"},
		Unsuppressed{sampleRef, "", "marketing", "asked again"},
		Contacted{sampleRef, "telephone"},
		Replied{sampleRef},
		FactRecorded{"members", sampleRef, "phone_bad", "f1"},
		FactWithdrawn{"members", sampleRef, "phone_bad"},
		HaltedAll{"sha256:01"},
		ResumedAll{"sha256:02"},
		BrakeReleased{samplePlaybook, 80, noon.Add(time.Hour), noon},
		DateConfirmed{noon},
		TakenOver{"machine-1"},
		RunRecorded{noon, "r1", map[string]int{"welcome/letter": 2, "arrears-chase/phone": 1}, []string{"brake"}},
		CaseClosed{sampleCase, Over, "members.status is active"},
		CaseReopened{sampleCase},
		SaidSame{sampleRef, 18},
		SaidUndone{18, sampleRef},
		SaidDifferent{18, sampleRef},
		TaskUnanswered{1},
		TaskGotAnswer{1, "wrong number"},
		PlanExpired{1},
		Erased{sampleRef},
	}
}

// TestLog pins the bytes of the log, which are on disk for ever, and the hash
// over them. Every change has an example.
func TestLog(t *testing.T) {
	p, out, seen := newPen(t), &strings.Builder{}, map[string]bool{}
	for _, c := range examples() {
		body, err := Encode(c)
		if err != nil {
			t.Fatal(err)
		}
		seen[c.Type()] = true
		fmt.Fprintf(out, "%s %s\n", c.Type(), body)
		back, err := Decode(c.Type(), body)
		if err != nil {
			t.Fatal(err)
		}
		if tidy, _, _ := encode(c); !reflect.DeepEqual(back, Change(tidy)) {
			t.Errorf("%s comes back as %#v", body, back)
		}
		before := p.b.Hash()
		p.do(back)
		want, err := Chain(before, Event{p.b.Seq(), p.b.Last(), "clarion", c})
		if err != nil || want != p.b.Hash() {
			t.Errorf("the hash of %s is not that of the chain (%v)", body, err)
		}
	}
	for typ := range decoders {
		if !seen[typ] {
			t.Errorf("there is no example of %s", typ)
		}
	}
	hash := p.b.Hash()
	fmt.Fprintf(out, "%s\n", hex.EncodeToString(hash[:]))
	const golden = "testdata/log.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if out.String() != string(want) {
		t.Errorf("the log is\n%s\nnot as in %s", out, golden)
	}
}

func TestDecodeIsStrict(t *testing.T) {
	for _, c := range []struct{ typ, body, want string }{
		{"case_lost", `{}`, "no change of type"},
		{"case_thawed", `{"case":"a","colour":"red"}`, "unknown field"},
		{"case_thawed", `{"case":"a"} {}`, "follows"},
		{"case_thawed", `{"case":"a"}]`, "follows"},
		{"case_thawed", `null`, "not an object"},
		{"case_thawed", ``, "not an object"},
		{"case_thawed", `{"case":1}`, "cannot unmarshal"},
		{"task_fell_due", `{"number":1.5}`, "cannot unmarshal"},
		{"date_confirmed", `{"now":"yesterday"}`, "parsing time"},
	} {
		got, err := Decode(c.typ, []byte(c.body))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("Decode(%s, %s) gives %v, %v; want an error with %q", c.typ, c.body, got, err, c.want)
		}
	}
}

// TestNoPersonalData tries to write what a log must not hold.
func TestNoPersonalData(t *testing.T) {
	for _, c := range []Change{
		CaseFrozen{sampleCase, "ann@example.org is away"},
		CaseFrozen{sampleCase, "two\nlines"},
		CaseFrozen{sampleCase, "a \u202e turned word"},
		CaseFrozen{sampleCase, "a zero\u200bwidth space"},
		CaseFrozen{sampleCase, "a bell\a"},
		CaseFrozen{sampleCase, "half a rune \xc3"},
		CaseFrozen{sampleCase, strings.Repeat("x", 201)},
		TaskGotAnswer{1, "ring bob@example.org"},
		MessageRejected{1, "\x7f"},
		RunRecorded{noon, "", map[string]int{"a@example.org": 1}, nil},
		RunRecorded{noon, "", nil, []string{"a@example.org"}},
		Trusted{strings.Repeat("x", 2001), "each", "", ""},
		DateConfirmed{time.Date(10001, 1, 1, 0, 0, 0, 0, time.UTC)},
		&CaseThawed{sampleCase},
		(*CaseThawed)(nil),
		nil,
	} {
		body, err := Encode(c)
		var refused *Refused
		if !errors.As(err, &refused) {
			t.Errorf("%#v is written as %s, %v", c, body, err)
		}
		newPen(t).refuses(c, "")
	}
	for _, c := range []Change{
		CaseFrozen{sampleCase, `the "status" of <row 12> \ 50% & £5 – é`},
		CaseFrozen{sampleCase, strings.Repeat("x", 200)},
	} {
		if _, err := Encode(c); err != nil {
			t.Error(err)
		}
	}
	for _, by := range []string{"", "Ann Clark", "ann@example.org", "Treasurer", "a b", strings.Repeat("a", 61)} {
		err := New().Apply(Event{1, noon, by, TakenOver{"m"}})
		if err == nil {
			t.Errorf("an event by %q was accepted", by)
		}
	}
}

// TestWordsOfServers: the news about a letter is never refused for its wording.
func TestWordsOfServers(t *testing.T) {
	for words, want := range map[string]string{
		"no such user <ann@example.org>\r\nsorry": "no such user (address) sorry",
		`say "no" \ twice`:                        "say 'no' / twice",
		"half a rune \xc3 and a bell \a":          "half a rune and a bell",
		strings.Repeat("é", 100):                  strings.Repeat("é", 80) + " ...",
		"x" + strings.Repeat("é", 100):            "x" + strings.Repeat("é", 79) + " ...",
		"":                                        "",
	} {
		body, err := Encode(MessageFailed{ID: 1, Why: words})
		if err != nil {
			t.Errorf("%q: %v", words, err)
			continue
		}
		if got := said(words); got != want {
			t.Errorf("%q stands as %q (%s), not as %q", words, got, body, want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	book := New()
	for i, c := range examples() {
		body, err := Encode(c)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(c.Type(), body)
		if i < 30 {
			if err := book.Apply(Event{int64(i) + 1, noon.Add(time.Duration(i) * time.Minute), "clarion", c}); err != nil {
				f.Fatal(err)
			}
		}
	}
	f.Add("case_opened", []byte(`{"case":"\u0040|-|","CASE":"x","case":"y"}`))
	f.Add("run_recorded", []byte(`{"logical":"2026-11-02T12:00:00.123456789+01:00","actions":{},"holds":[]}`))
	f.Fuzz(func(t *testing.T, typ string, body []byte) {
		c, err := Decode(typ, body)
		if err != nil {
			return
		}
		written, err := Encode(c)
		if err != nil {
			return
		}
		if bytes.ContainsAny(written, "@\x00\n") {
			t.Fatalf("the log would hold %s", written)
		}
		again, err := Decode(typ, written)
		if err != nil || !reflect.DeepEqual(c, again) {
			t.Fatalf("%s comes back as %#v, %v", written, again, err)
		}
		b := book.Clone()
		if err := b.Apply(Event{b.Seq() + 1, noon.Add(time.Hour), "clarion", c}); err != nil && !b.Equal(book) {
			t.Fatalf("the refusal of %s changed the book", written)
		}
		restored, err := Restore(b.Projection())
		if err != nil || !restored.Equal(b) {
			t.Fatalf("after %s the book does not come back: %v", written, err)
		}
	})
}
