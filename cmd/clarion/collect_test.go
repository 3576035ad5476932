package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/engine/store"
	"github.com/clarion-clp/clarion/playbooks"
)

// A loop is a constituency with a mail server and a mailbox: what it sends, and
// what comes back of it. Its clock is the test's.
type loop struct {
	came []string // all that arrived
	wire []string // all that was sent
	*office
	t      *testing.T
	s      *session
	p      *provider
	folder string

	mu      sync.Mutex
	now     time.Time
	members string            // their list
	sent    map[string]string // the last letter by its recipient, as it was on the wire
}

const loopMembers = "Membership Number,First Name,Last Name,Email,Phone,Status,Date Joined,Branch,Marketing Consent\n"

// newLoop makes a constituency that has sent its welcome to so many new members:
// nia1@example.net and so on.
func newLoop(t *testing.T, members int, more string) *loop {
	t.Helper()
	l := &loop{t: t, now: time.Date(2026, time.November, 2, 9, 0, 0, 0, time.UTC), sent: map[string]string{}}
	l.p = newProvider(t, &provider{retell: func(text string) string {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.sent[headerOf(text, "To")] = text
		l.wire = append(l.wire, text)
		return text
	}})
	base := t.TempDir()
	l.folder = filepath.Join(base, "party")
	old := loopMembers
	for i := range 20 {
		old += fmt.Sprintf("A%05d,Olive%d,Older,olive%d@example.com,07700 900%03d,Active,2015-03-01,North,No\n", i, i, i, i)
	}
	fresh := old
	for i := range members {
		fresh += fmt.Sprintf("B%05d,Nia%d,Newer,nia%d@example.net,07700 901%03d,Active,2026-10-28,North,Yes\n", i+1, i+1, i+1, i)
	}
	must(t, writeFiles(l.folder, map[string][]byte{"password": []byte("secret\n"), "constituency.yaml": fmt.Appendf(nil, `name: Anytown CLP
hour: "09:00"
imprint: Promoted by A. Agent on behalf of Anytown CLP, both at 1 High Street, Anytown
brakes: {most_at_once: 500, share: 100 percent, times_usual: 100, floor: 500}
review: {undo: 0 minutes, stages: {from: 0}}
branches: {file: branches.csv}
officers: {file: officers.csv}
data:
  members: {from: "data/members*.csv", full: yes, stale_after: 300 days}
  documents: {folder: papers}
mail:
  from: secretary@example.org
  send: {server: 127.0.0.1, port: %d, tls: none}
  mailbox:
    server: 127.0.0.1
    port: %d
    tls: none
    user: secretary@example.org
    password_file: password
    authserv: mx.example.org
    senders:
      members: [reports@example.org]
      documents: [reports@example.org]
%s`, l.p.smtp, l.p.imap, more),
		"officers.csv": []byte("role,branch,person,email,from,until,deputy\nsecretary,,Ann Secretary,ann@example.org,2024-01-01,,\n" +
			"membership_officer,,Mo Member,membership@example.org,2024-01-01,,\nbranch_membership_secretary,North,Nora North,north@example.org,2024-01-01,,\n"),
		"branches.csv": []byte("key,name\nNorth,North\n"), "playbooks.yaml": []byte("new-member-welcome: {trust: automatic}\n"),
		"data/members-1.csv": []byte(old)}))
	clock := func() time.Time { l.mu.Lock(); defer l.mu.Unlock(); return l.now }
	l.s = &session{cli: &cli{Folder: l.folder}, ctx: t.Context(), in: strings.NewReader(""), out: newScreen(io.Discard), err: io.Discard}
	set, err := playbook.Load(playbooks.Library, os.DirFS(l.folder))
	must(t, err)
	if set.Fatal() {
		t.Fatal(set.Faults)
	}
	l.office, err = l.s.openAt(l.folder, filepath.Join(base, "clarion.db"), filepath.Join(base, "config"), set, clock)
	must(t, err)
	t.Cleanup(l.Close)
	must(t, l.store.Update(t.Context(), func(tx *store.Tx) error {
		return tx.Apply(l.now, "secretary", ledger.Trusted{Playbook: "new-member-welcome", Level: "automatic"})
	}))
	l.run()
	l.members = fresh
	must(t, os.WriteFile(filepath.Join(l.folder, "data", "members-2.csv"), []byte(fresh), 0o600))
	l.pass(time.Hour)
	l.run()
	if n := len(l.sent); n < members {
		t.Fatalf("%d letters were sent, not %d", n, members)
	}
	return l
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (l *loop) pass(d time.Duration) { l.mu.Lock(); defer l.mu.Unlock(); l.now = l.now.Add(d) }

func (l *loop) run() engine.Pass {
	l.t.Helper()
	p, err := l.Run(l.t.Context())
	must(l.t, err)
	return p
}

// collect looks into the mailbox, and compares what came of it.
func (l *loop) collect(want string) engine.Collection {
	l.t.Helper()
	c, err := l.Collect(l.t.Context())
	must(l.t, err)
	var got []string
	for _, k := range slices.Sorted(maps.Keys(c.Results)) {
		got = append(got, fmt.Sprintf("%d %s", c.Results[k], k))
	}
	if s := strings.Join(got, ", "); s != want || c.Problem != "" {
		l.t.Errorf("the mailbox: %q, want %q (%s)", s, want, c.Problem)
		for _, w := range l.waiting() {
			l.t.Logf("waits: %d %s %+v", w.ID, w.Kind, w.Shown)
		}
	}
	return c
}

func (l *loop) waiting() []engine.WaitingMail {
	l.t.Helper()
	list, err := l.WaitingMail(l.t.Context())
	must(l.t, err)
	return list
}

// why is what is said of the last message that waits.
func (l *loop) why() string {
	l.t.Helper()
	list := l.waiting()
	if len(list) == 0 {
		return ""
	}
	return list[len(list)-1].Shown.Why
}

// arrive puts a message into the inbox.
func (l *loop) arrive(message string) {
	l.t.Helper()
	l.came = append(l.came, message)
	_, err := l.p.box.Append("INBOX", literal{strings.NewReader(strings.ReplaceAll(message, "\n", "\r\n"))}, &imap.AppendOptions{Time: l.now})
	must(l.t, err)
}

// renumber lets the server number the inbox anew. What we sent ourselves is not in
// it any more.
func (l *loop) renumber() {
	l.t.Helper()
	must(l.t, l.p.box.Delete("INBOX"))
	must(l.t, l.p.box.Create("INBOX", nil))
	came := l.came
	for _, m := range came {
		l.arrive(m)
	}
	l.came = came
}

// in counts the messages of a folder of the mailbox.
func (l *loop) in(folder string) int {
	l.t.Helper()
	s, err := l.p.box.Status(folder, &imap.StatusOptions{NumMessages: true})
	if err != nil {
		return 0
	}
	return int(*s.NumMessages)
}

func (l *loop) book() (b *ledger.Book) {
	l.t.Helper()
	must(l.t, l.store.View(l.t.Context(), func(tx *store.Tx) (err error) { b, err = tx.LoadBook(); return err }))
	return b
}

// letter is the message to a new member.
func (l *loop) letter(n int) ledger.Message {
	l.t.Helper()
	var hash string
	must(l.t, l.store.View(l.t.Context(), func(tx *store.Tx) error { hash = tx.AddressHash(nia(n)); return nil }))
	for _, m := range l.book().Messages() {
		if m.Address == hash {
			return m
		}
	}
	l.t.Fatalf("no letter to new member %d", n)
	return ledger.Message{}
}

// scopes says what is laid on a new member.
func (l *loop) scopes(n int) string {
	m := l.letter(n)
	var out []string
	for _, s := range l.book().Suppression(m.Person, m.Address) {
		out = append(out, s.Scope)
	}
	return strings.Join(out, " ")
}

func (l *loop) hasReplied(n int) bool { return l.book().RepliedSince(l.letter(n).Person, time.Time{}) }

func nia(n int) string { return fmt.Sprintf("nia%d@example.net", n) }

func headerOf(message, name string) string {
	for line := range strings.SplitSeq(message, "\n") {
		if rest, ok := strings.CutPrefix(line, name+":"); ok {
			rest = strings.TrimSpace(rest)
			if _, in, ok := strings.Cut(rest, "<"); ok && name != "Message-ID" {
				rest = strings.Trim(in, "<> ")
			}
			return rest
		}
	}
	return ""
}

// bounce is a delivery report about a letter as it was on the wire.
func (l *loop) bounce(of int, recipient, status, words string) string {
	letter := strings.ReplaceAll(l.sent[nia(of)], "\r\n", "\n")
	head, _, _ := strings.Cut(letter, "\n\n")
	return fmt.Sprintf(`Return-Path: <>
From: MAILER-DAEMON@mx.example.net
To: secretary@example.org
Subject: Undelivered Mail Returned to Sender
Message-ID: <%s-%s@mx.example.net>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

<%s>: %s

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; %s
Action: failed
Status: %s
Diagnostic-Code: smtp; %s

--b
Content-Type: text/rfc822-headers

%s

--b--
`, strings.ReplaceAll(recipient, "@", "."), strings.ReplaceAll(status, ".", "-")+fmt.Sprint(len(words)*100+of), recipient, words, recipient, status, words, head)
}

const unknownUser = "550 5.1.1 User unknown"

// answer is what somebody writes in answer to a letter that went to a member.
func (l *loop) answer(to, from, more, text string) string {
	return fmt.Sprintf("%sFrom: %s\nTo: secretary@example.org\nSubject: Re: Welcome\nMessage-ID: <%d@%s>\nIn-Reply-To: %s\n%s\n%s\n\n> what we wrote\n",
		genuine(from), from, len(text)+len(more)+len(l.sent[to]), from, headerOf(l.sent[to], "Message-ID"), more, text)
}

// genuine is the stamp of our own mail server on a message whose sender is the
// sender.
func genuine(from string) string {
	return "Authentication-Results: mx.example.org; dmarc=pass header.from=" + from[strings.LastIndexByte(from, '@')+1:] + "\n"
}

func TestWhatComesBackIsTakenOnce(t *testing.T) {
	t.Parallel()
	l := newLoop(t, 12, "    bounces_an_hour: 3\n")
	l.collect("") // what we sent lies in the inbox too, and is none of its business
	own := l.in("INBOX")

	l.arrive(l.bounce(1, nia(1), "5.1.1", unknownUser))
	forged := strings.NewReplacer(headerOf(l.sent[nia(3)], "X-Clarion-Ref"), "01234567-0123456789ab"+headerOf(l.sent[nia(3)], "X-Clarion-Ref")[21:]).Replace(l.bounce(3, nia(3), "5.1.1", unknownUser))
	l.arrive(l.bounce(1, nia(2), "5.1.1", unknownUser)) // of a letter to somebody else
	l.arrive(forged)                                    // of a letter that we did not send
	l.arrive(strings.NewReplacer("X-Clarion-Ref", "X-Theirs", headerOf(l.sent[nia(3)], "Message-ID"), "<a@example.org>", nia(3), "friend@example.com").Replace(l.bounce(3, nia(3), "5.1.1", unknownUser)))
	l.arrive(l.bounce(4, nia(4), "5.2.2", "552 5.2.2 Mailbox full"))
	l.arrive(l.answer(nia(5), nia(5), "Auto-Submitted: auto-replied\n", "I am away until Monday."))
	l.arrive(l.answer(nia(6), nia(6), "", "Thank you, when is the next meeting?"))
	l.arrive(l.answer(nia(7), "nia.newer@example.com", "", "That was kind."))
	l.arrive(strings.Replace(l.answer(nia(8), nia(8), "", "I never wrote this."), "dmarc=pass", "dmarc=fail", 1))
	var token string
	must(t, l.store.View(t.Context(), func(tx *store.Tx) (err error) {
		token, err = tx.Token(store.ToUnsubscribe, l.letter(9).ID, l.now)
		return err
	}))
	l.arrive("From: Nia <nia@elsewhere.example.com>\nTo: secretary+unsubscribe-" + token + "@example.org\nSubject: unsubscribe\nMessage-ID: <u@x>\n\n")
	l.arrive("From: Nia <" + nia(10) + ">\nTo: secretary+unsubscribe-" + strings.Repeat("a", len(token)) + "@example.org\nSubject: unsubscribe\nMessage-ID: <v@x>\n\n")
	l.arrive(l.answer(nia(11), nia(11), "", "Unsubscribe"))
	l.arrive("From: friend@example.com\nTo: secretary@example.org\nSubject: Lunch?\nMessage-ID: <lunch@x>\n\nOn Friday?\n")
	arrived := l.in("INBOX") - own

	broken := l.Options.Mailbox // the first look breaks off before anything is filed
	l.Options.Mailbox = func(ctx context.Context, c *playbook.Constituency) (engine.Mailbox, error) {
		box, err := broken(ctx, c)
		return unable{box}, err
	}
	c, err := l.Collect(t.Context())
	must(t, err)
	if !strings.Contains(c.Problem, "the disk of the server is full") || l.in("INBOX") != own+arrived {
		t.Errorf("the first look: %q; %d messages in the inbox", c.Problem, l.in("INBOX"))
	}
	l.renumber() // and before the next one the server gives every message another number
	l.Options.Mailbox = func(ctx context.Context, c *playbook.Constituency) (engine.Mailbox, error) {
		box, err := broken(ctx, c)
		return spoonfuls{box}, err
	}
	own = 0
	want := map[string]int{"address given up": 1, "did not arrive": 1, "automatic": 1, "replied": 1, "unsubscribed": 2, "for a person": 5}
	if !maps.Equal(c.Results, want) {
		t.Errorf("the first look took %v, want %v", c.Results, want)
	}
	l.collect("") // files them
	l.Options.Mailbox = broken
	for folder, n := range map[string]int{"Clarion/Reports": 2, "Clarion/Automatic replies": 1, "Clarion/Unsubscribed": 2, "INBOX": own + arrived - 5} {
		if got := l.in(folder); got != n {
			t.Errorf("%d messages in %s, want %d", got, folder, n)
		}
	}
	check := func() {
		t.Helper()
		if m := l.letter(1); m.State != ledger.Bounced || l.scopes(1) != "bounced" {
			t.Errorf("the letter that came back is %s, its address: %q", m.State, l.scopes(1))
		}
		for n, scope := range map[int]string{2: "", 3: "", 4: "", 9: "marketing", 10: "", 11: "marketing"} {
			if got := l.scopes(n); got != scope {
				t.Errorf("on member %d lies %q, want %q", n, got, scope)
			}
		}
		for n, yes := range map[int]bool{5: false, 6: true, 7: false, 8: false} {
			if l.hasReplied(n) != yes {
				t.Errorf("member %d replied: %t", n, !yes)
			}
		}
	}
	check()

	// The server numbers its folder anew: all of it is read again, and nothing
	// counts twice.
	events := l.book().Seq()
	must(t, l.p.box.Delete("INBOX"))
	must(t, l.p.box.Create("INBOX", nil))
	l.arrive(l.answer(nia(6), nia(6), "", "Thank you, when is the next meeting?"))
	l.arrive(l.bounce(1, nia(1), "5.1.1", unknownUser))
	l.arrive("Received: by another way\n" + l.bounce(1, nia(1), "5.1.1", unknownUser))
	l.arrive(l.bounce(1, nia(2), "5.1.1", unknownUser))
	l.collect("")
	if len(l.waiting()) != 5 || l.book().Seq() != events {
		t.Errorf("after the folder was numbered anew %d messages wait, and %d things changed", len(l.waiting()), l.book().Seq()-events)
	}

	// A person decides.
	for _, w := range l.waiting() {
		if strings.Contains(w.Shown.Why, "another address than the letter") {
			if _, _, err := l.TakeMail(t.Context(), "secretary", w.ID); err != nil || !l.hasReplied(7) {
				t.Errorf("taking a reply: %v", err)
			}
		}
		if strings.Contains(w.Shown.Why, "does not know to have sent") {
			if _, _, err := l.TakeMail(t.Context(), "secretary", w.ID); err == nil {
				t.Error("a report of nothing could be taken")
			}
			must(t, l.DoneMail(t.Context(), w.ID))
		}
	}
	if len(l.waiting()) != 3 {
		t.Errorf("%d messages wait", len(l.waiting()))
	}

	// Too many addresses at once hold. Three letters that did not arrive are a
	// person's matter, and no dead address.
	for n := 8; n <= 11; n++ {
		l.arrive(l.bounce(n, nia(n), "5.1.1", unknownUser))
	}
	l.arrive(l.bounce(12, nia(12), "5.1.1", unknownUser))
	l.collect("2 address given up, 3 held")
	if w := l.waiting(); !strings.Contains(l.why(), "3 addresses were given up within the hour") || l.scopes(12) != "" {
		t.Errorf("the last of too many: %q, %q", l.why(), l.scopes(12))
	} else if _, _, err := l.TakeMail(t.Context(), "secretary", w[len(w)-1].ID); err != nil || l.scopes(12) != "bounced" {
		t.Errorf("a person gives it up: %v, %q", err, l.scopes(12))
	}
	l.pass(2 * time.Hour)
	l.arrive(l.bounce(4, nia(4), "5.1.1", unknownUser))
	l.collect("1 address given up")
	if row, err := l.Row(t.Context(), "members", "B00004"); err != nil || row["email_bad"] == "" {
		t.Errorf("of the member with the dead address is known: %v, %v", row, err)
	}
	// A letter to a dead address is a line on a call sheet.
	l.pass(22 * 24 * time.Hour)
	lines := 0
	for _, line := range l.run().Plan.Lines {
		if strings.Contains(line.Why, "the mail address does not work") {
			lines++
		}
	}
	if lines == 0 {
		t.Error("no line of the plan speaks of the dead addresses")
	}
}

// unable is a mailbox that cannot file.
type unable struct{ engine.Mailbox }

// spoonfuls is a mailbox that gives its messages one by one.
type spoonfuls struct{ engine.Mailbox }

func (b spoonfuls) Fetch(ctx context.Context, after engine.MailPlace) (engine.Post, error) {
	p, err := b.Mailbox.Fetch(ctx, after)
	if len(p.Letters) > 1 {
		p.Letters, p.More = p.Letters[:1], true
		p.Next.UID = p.Letters[0].At.UID
	}
	return p, err
}

func (unable) File(context.Context, engine.MailPlace, string) error {
	return errors.New("the disk of the server is full.")
}

// TestOfficersHearOfTheMailbox: of a reply hears once who wrote the letter; of what
// waits for a person the secretary, and again while it does.
func TestOfficersHearOfTheMailbox(t *testing.T) {
	t.Parallel()
	l := newLoop(t, 2, "")
	heard := func() string {
		t.Helper()
		l.mu.Lock()
		clear(l.sent)
		l.mu.Unlock()
		l.run()
		var out []string
		for _, to := range []string{"ann@example.org", "membership@example.org"} {
			for _, what := range []string{"somebody has written back to letter no.", "1 message in the mailbox"} {
				if strings.Contains(strings.ReplaceAll(l.sent[to], "=\r\n", ""), what) {
					out = append(out, to+": "+what)
				}
			}
		}
		return strings.Join(out, "; ")
	}
	l.arrive(l.answer(nia(1), nia(1), "", "Thank you, when is the next meeting?"))
	l.arrive(l.answer(nia(2), "nia.newer@example.com", "", "That was kind."))
	l.pass(23 * time.Hour)
	waits := "ann@example.org: 1 message in the mailbox"
	if got := heard(); got != waits+"; membership@example.org: somebody has written back to letter no." {
		t.Errorf("at the next digest: %q", got)
	}
	for _, w := range l.waiting() {
		if w.Shown.Why == "" {
			t.Errorf("%d waits without a reason", w.ID)
		}
	}
	l.pass(24 * time.Hour)
	if got := heard(); got != "" {
		t.Errorf("the day after: %q", got)
	}
	l.pass(6 * 24 * time.Hour)
	if got := heard(); got != waits {
		t.Errorf("a week later: %q", got)
	}
}

// TestPassedOn: a report about an address to which a member has her mail passed on
// does not give up her own, which works.
func TestPassedOn(t *testing.T) {
	t.Parallel()
	l := newLoop(t, 1, "")
	l.arrive(strings.Replace(l.bounce(1, "jo@forward.example.net", "5.1.1", unknownUser), "Final-Recipient:", "Original-Recipient: rfc822; "+nia(1)+"\nFinal-Recipient:", 1))
	l.collect("1 did not arrive")
	if l.scopes(1) != "" {
		t.Errorf("on the member lies %q", l.scopes(1))
	}
}
