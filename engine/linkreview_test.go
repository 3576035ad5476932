package engine_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/store"
)

const byMail = "mail: {from: secretary@example.org, drop: outbox, mailbox: {server: imap.example.org, user: clarion@example.org, password_file: x}}\n" +
	"web: {listen: 127.0.0.1:8480, public: https://clp.example.org, behind_proxy: yes}"

// asksByMail makes a house in which letters to so many new members wait, and the
// officer who decides about them has been told.
func asksByMail(t *testing.T, n int, more string) (h *house, token string) {
	t.Helper()
	h = newHouse(t, byMail)
	h.write("constituency.yaml", strings.Replace(constituency, "undo: 0 minutes", "undo: 15 minutes", 1)+byMail+"\n"+more)
	h.write("officers.csv", officers+"chair,,Cy Chair,chair@example.org,2024-01-01,,\n")
	h.write("playbooks.yaml", "new-member-welcome: {trust: batch}\n")
	if err := h.Reload(); err != nil {
		t.Fatal(err)
	}
	h.settled(60)
	h.members("2026-11-02", rows(old, 60), rows(fresh, n))
	h.run()
	return h, h.tokenTo("membership@example.org", "r")
}

// tokenTo finds the token of a page in the last mail to an officer.
func (h *house) tokenTo(address, page string) string {
	h.t.Helper()
	token := ""
	for _, text := range h.mailTo(address) {
		if m := regexp.MustCompile(`https://clp\.example\.org/` + page + `/([a-z2-7]+)`).FindStringSubmatch(text); m != nil {
			token = m[1]
		}
	}
	if token == "" {
		h.t.Fatalf("no mail to %s leads to a page /%s/: %q", address, page, h.mailTo(address))
	}
	return token
}

// mailTo gives what was sent to an address, decoded enough to be read.
func (h *house) mailTo(address string) (out []string) {
	h.t.Helper()
	for _, name := range h.outbox() {
		b, err := os.ReadFile(filepath.Join(h.folder, "outbox", name))
		if err != nil {
			h.t.Fatal(err)
		}
		if text := string(b); regexp.MustCompile(`(?m)^To: .*<` + regexp.QuoteMeta(address) + `>`).MatchString(text) {
			out = append(out, strings.NewReplacer("=\r\n", "", "=3D", "=", "\r\n", "\n").Replace(text))
		}
	}
	return out
}

// ids are the letters that a message tells of.
func ids(r engine.Review) (out []int64) {
	for _, g := range r.Groups {
		for _, l := range g.Letters {
			out = append(out, l.ID)
		}
	}
	return out
}

func (h *house) reviewing(p store.Purpose, token string) engine.Review {
	h.t.Helper()
	r, err := h.Reviewing(ctx, p, token)
	if err != nil {
		h.t.Fatal(err)
	}
	return r
}

// TestReviewByLink: an officer's mail says what waits, in initials, and its link
// says yes, once, to nothing else; Secretary and Chair hear of it at once and can
// stop it, and nothing leaves before they could.
func TestReviewByLink(t *testing.T) {
	t.Parallel()
	h, token := asksByMail(t, 3, "")
	mail := h.mailTo("membership@example.org")[0]
	for _, want := range []string{"Welcome every new member: 3 letters", "North: no. ", " N. N.", "Why (the first of them): ", "| Dear N.", "These letters are plan 1 (",
		"The decisions log stood at entry ", "reply with the word yes as the first line", "[task " + token + "]"} {
		if !strings.Contains(strings.Join(strings.Fields(mail), " "), strings.Join(strings.Fields(want), " ")) {
			t.Errorf("the mail does not say %q:\n%s", want, mail)
		}
	}
	for _, never := range []string{"Nia", "Newer", "example.net", "07700"} {
		if strings.Contains(mail, never) {
			t.Errorf("the mail says %q:\n%s", never, mail)
		}
	}
	before := h.changes()
	r := h.reviewing(store.ToReview, token)
	waiting, here, unsent := r.Open()
	if letters := ids(r); h.changes() != before || len(letters) != 3 || waiting+here+unsent != 9 || r.Groups[0].Letters[0].HTML == "" || r.Groups[0].Letters[1].HTML != "" ||
		strings.Contains(fmt.Sprint(r), "Nia") {
		t.Fatalf("%d changes, %+v", h.changes()-before, r)
	}
	some := ids(r)[:2]
	for what, try := range map[string]func() error{
		"another letter":     func() error { _, err := h.ApproveWith(ctx, token, []int64{some[0], 4711}); return err },
		"a link for answers": func() error { _, err := h.ApproveWith(ctx, h.link(store.ToAnswer, 1), some); return err },
		"a forged link":      func() error { _, err := h.ApproveWith(ctx, strings.Repeat("a", len(token)), some); return err },
		"a stop that is none": func() error {
			_, err := h.HoldWith(ctx, store.ToStop, token, nil)
			return err
		},
	} {
		if err := try(); !errors.Is(err, engine.ErrLink) || h.changes() != before {
			t.Errorf("%s: %v", what, err)
		}
	}
	var both sync.WaitGroup
	said := make([]error, 2)
	for i := range said { // two browsers at once
		both.Go(func() { _, said[i] = h.ApproveWith(ctx, token, some) })
	}
	both.Wait()
	if (said[0] == nil) == (said[1] == nil) || !errors.Is(errors.Join(said...), engine.ErrUsed) {
		t.Fatalf("pressed twice: %v", said)
	}
	h.want("approved 2, proposed 1")
	m, _ := h.book().Message(some[0])
	if m.Yes.By != "membership_officer" || m.Yes.Via != "link" || m.Yes.Plan != 1 || m.Yes.Person == 0 || !m.Until.Equal(h.Now().Add(15*time.Minute)) {
		t.Errorf("the yes is %+v, until %s", m.Yes, m.Until)
	}
	if _, err := h.ApproveWith(ctx, token, ids(r)[2:]); !errors.Is(err, engine.ErrUsed) {
		t.Errorf("the rest with the same link: %v", err)
	}
	h.toldOf(some)
	h.replayed()
}

// toldOf goes on where two letters have their yes: who hears of it, and stops it.
func (h *house) toldOf(some []int64) {
	t := h.t
	h.run()
	h.want("approved 2, proposed 1")
	for _, address := range []string{"secretary@example.org", "chair@example.org"} {
		text := strings.Join(h.mailTo(address), "")
		for _, want := range []string{"2 letters have a yes", "by the link in a mail", fmt.Sprintf("clarion review reject %d %d", some[0], some[1]), "/s/", "N. N."} {
			if !strings.Contains(text, want) {
				t.Errorf("%s does not hear %q:\n%s", address, want, text)
			}
		}
	}
	if n := len(h.mailTo("membership@example.org")); n != 1 {
		t.Errorf("the officer has %d mails", n)
	}
	count := len(h.outbox())
	h.pass(time.Minute)
	if h.run(); len(h.outbox()) != count {
		t.Errorf("told twice: %q", h.outbox())
	}
	stop, other := h.tokenTo("chair@example.org", "s"), h.tokenTo("secretary@example.org", "s")
	before := h.changes()
	if r := h.reviewing(store.ToStop, stop); !slices.Equal(ids(r), some) || !r.Stop || h.changes() != before {
		t.Errorf("to stop: %+v", r)
	}
	if d, err := h.HoldWith(ctx, store.ToStop, stop, some[:1]); err != nil || len(d.Done) != 1 {
		t.Fatalf("%+v, %v", d, err)
	}
	if d, err := h.RejectWith(ctx, store.ToStop, other, "not this one", some[1:]); err != nil || len(d.Done) != 1 {
		t.Fatalf("%+v, %v", d, err)
	}
	h.pass(time.Minute)
	h.run() // what was held waits again, under another number; what was struck out does not
	h.want("superseded 1, proposed 2, rejected 1")
	h.pass(20 * time.Minute)
	h.run()
	h.want("superseded 1, proposed 2, rejected 1")
	if _, err := h.HoldWith(ctx, store.ToStop, other, some); !errors.Is(err, engine.ErrLink) {
		t.Errorf("after the window: %v", err)
	}
}

// TestReviewsThatALinkDoesNotGive: too many, what the plan of the mail does not
// hold as it was shown, what has expired, and an office that has changed hands.
func TestReviewsThatALinkDoesNotGive(t *testing.T) {
	t.Parallel()
	h, token := asksByMail(t, 26, "")
	all := ids(h.reviewing(store.ToReview, token))
	before := h.changes()
	if _, err := h.ApproveWith(ctx, token, all); !errors.Is(err, engine.ErrNotHere) || len(all) != 26 || h.changes() != before {
		t.Errorf("26 letters: %v", err)
	}
	// Words that change after the mail went are not those that it told of.
	h.members("2026-11-03", rows(old, 60), append(rows(fresh, 25), strings.Replace(fresh(26), "Nia26", "Renamed", 1)))
	h.pass(time.Minute)
	h.run()
	changed := h.book().MessagesIn(ledger.Superseded)
	if len(changed) != 1 {
		t.Fatalf("%d letters changed", len(changed))
	}
	if _, err := h.ApproveWith(ctx, token, []int64{changed[0].ID}); !errors.Is(err, engine.ErrMoved) {
		t.Errorf("other words: %v", err)
	}
	newer := h.book().MessagesIn(ledger.Proposed)
	if _, err := h.ApproveWith(ctx, token, []int64{newer[len(newer)-1].ID}); !errors.Is(err, engine.ErrLink) {
		t.Errorf("a letter of which the mail does not tell: %v", err)
	}
	gone := strings.Replace(officers, "membership@example.org,2024-01-01,", "membership@example.org,2024-01-01,2026-11-01", 1) +
		"membership_officer,,Meg Next,meg@example.org,2026-11-02,,\n"
	h.write("officers.csv", gone)
	h.run()
	if r := h.reviewing(store.ToReview, token); len(r.Groups) != 0 {
		t.Errorf("who has left the office is shown %+v", r)
	}
	if _, err := h.ApproveWith(ctx, token, all[:1]); !errors.Is(err, engine.ErrLink) {
		t.Errorf("who has left the office says yes: %v", err)
	}
	h.write("officers.csv", officers)
	h.run()
	h.pass(8 * day)
	if _, err := h.Reviewing(ctx, store.ToReview, token); !errors.Is(err, engine.ErrLink) {
		t.Errorf("after the plan has expired: %v", err)
	}
}

// TestHoldingWhatGoesByItself strikes it out, for to wait would not hold it.
func TestHoldingWhatGoesByItself(t *testing.T) {
	t.Parallel()
	h, token := asksByMail(t, 2, "")
	h.write("playbooks.yaml", "new-member-welcome: {trust: automatic}\n")
	if err := h.Reload(); err != nil {
		t.Fatal(err)
	}
	if d, err := h.HoldWith(ctx, store.ToReview, token, nil); err != nil || len(d.Done) != 2 {
		t.Fatalf("%+v, %v", d, err)
	}
	h.pass(time.Minute)
	h.run()
	h.want("rejected 2")
}

// TestNobodyToTell: a yes of which neither Secretary nor Chair can be told is a
// hold for people to see.
func TestNobodyToTell(t *testing.T) {
	t.Parallel()
	h, token := asksByMail(t, 1, "")
	h.write("officers.csv", "role,branch,person,email,from,until,deputy\nmembership_officer,,Mo Member,membership@example.org,2024-01-01,,\nsecretary,,Ann Secretary,,2024-01-01,,\nchair,,Cy Chair,chair@example.org,2024-01-01,2026-11-01,\n")
	h.run()
	if _, err := h.ApproveWith(ctx, token, ids(h.reviewing(store.ToReview, token))); err != nil {
		t.Fatal(err)
	}
	p := h.run()
	if !slices.ContainsFunc(p.Plan.Holds, func(x plan.Hold) bool { return x.Kind == "told" && x.Count == 1 }) {
		t.Errorf("the holds are %+v", p.Plan.Holds)
	}
}

// TestALinkGivesNoYesToLettersToAll, and what is private travels by no mail.
func TestALinkGivesNoYesToLettersToAll(t *testing.T) {
	t.Parallel()
	h := newHouse(t, byMail)
	h.write("constituency.yaml", strings.NewReplacer("floor: 500", "floor: 3").Replace(constituency)+byMail+"\n")
	if err := h.Reload(); err != nil {
		t.Fatal(err)
	}
	h.settled(10)
	h.members("2026-11-02", rows(owing, 6), rows(old, 10)[6:])
	h.run()
	mail, token := h.mailTo("membership@example.org")[0], h.tokenTo("membership@example.org", "r")
	for _, want := range []string{"6 letters (private)", "What is private does not travel by mail", "6 of them need the yes of two people", "A reply cannot say yes to any of these"} {
		if !strings.Contains(strings.Join(strings.Fields(mail), " "), want) {
			t.Errorf("the mail does not say %q:\n%s", want, mail)
		}
	}
	if strings.Contains(mail, "O. O.") || strings.Contains(mail, "Olive") {
		t.Errorf("the mail says to whom private letters go:\n%s", mail)
	}
	r := h.reviewing(store.ToReview, token)
	if text := fmt.Sprint(r); strings.Contains(text, "O. O.") || strings.Contains(text, "Dear") || len(ids(r)) != 6 {
		t.Errorf("the page shows %s", text)
	}
	before := h.changes()
	if _, err := h.ApproveWith(ctx, token, ids(r)[:1]); !errors.Is(err, engine.ErrNotHere) || h.changes() != before {
		t.Errorf("a yes to a letter that needs two: %v", err)
	}
}

// TestToldOfWhatIsPrivate: that there was a yes is told, and to whom it goes is not.
func TestToldOfWhatIsPrivate(t *testing.T) {
	t.Parallel()
	h := arrears(t, byMail, 1)
	if d := h.approveAll(); len(d.Done) != 1 {
		t.Fatalf("%+v", d)
	}
	h.run()
	text := strings.Join(h.mailTo("secretary@example.org"), "")
	if !strings.Contains(text, "1 letter has a yes") || !strings.Contains(text, "at the computer itself") || strings.Contains(text, "P. P.") || strings.Contains(text, "Penniless") {
		t.Errorf("the Secretary is told:\n%s", text)
	}
}
