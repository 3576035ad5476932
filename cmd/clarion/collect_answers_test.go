package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/letter"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/engine/store"
)

// task is the number of the task to ring a new member.
func (l *loop) task(n int) int64 {
	l.t.Helper()
	person := l.letter(n).Person
	for _, task := range l.book().Tasks() {
		if c, ok := l.book().Case(task.Case); ok && c.Subject == person {
			return task.Number
		}
	}
	l.t.Fatalf("there is no task about new member %d", n)
	return 0
}

func (l *loop) answerTo(n int) string {
	t, _ := l.book().Task(l.task(n))
	return string(t.State) + " " + t.Answer
}

func TestAnswersToTasksByMail(t *testing.T) {
	t.Parallel()
	l := newLoop(t, 3, "")
	l.pass(6 * 24 * time.Hour)
	l.run()
	var digest ledger.Message
	var token, leave string
	must(t, l.store.View(t.Context(), func(tx *store.Tx) error {
		for _, m := range l.book().Messages() {
			if m.Address == tx.AddressHash("north@example.org") {
				digest = m
			}
		}
		var err error
		if leave, err = tx.Token(store.ToUnsubscribe, l.letter(1).ID, l.now); err != nil {
			return err
		}
		token, err = tx.Token(store.ToAnswer, digest.ID, l.now)
		return err
	}))
	l.collect("")
	say := func(n int, from, stamp, token, text string) {
		l.arrive(fmt.Sprintf("%sFrom: Nora <%s>\nTo: secretary@example.org\nSubject: Re: [task %s] your tasks\nMessage-ID: <%d@example.org>\n\n%s\n\n> 1 task\n", stamp, from, token, n, text))
	}
	nora := "north@example.org"
	first, second, third := l.task(1), l.task(2), l.task(3)
	for i, c := range []struct{ from, stamp, token, text, why string }{
		{nora, genuine(nora), token, "spoke", "does not say the number of a task"},
		{nora, genuine(nora), token, fmt.Sprintf("I think I did %d, spoke", first), "does not say the number of a task"},
		{nora, genuine(nora), token, fmt.Sprintf("%d shouted", first), "none of the answers of task"},
		{nora, genuine(nora), token, "9999 spoke", "does not say the number of a task"},
		{nora, genuine(nora), token, "> quoted", "does not say the number of a task"},
		{"nora@example.com", genuine("nora@example.com"), token, fmt.Sprintf("%d spoke", first), "another address than the task went to"},
		{nora, "", token, fmt.Sprintf("%d spoke", first), "does not say that its sender"},
		{nora, "Authentication-Results: mx.example.org; dmarc=fail\n", token, fmt.Sprintf("%d spoke", first), "does not say that its sender"},
		{nora, genuine(nora), strings.Repeat("b", len(token)), fmt.Sprintf("%d spoke", first), "token in it does not hold"},
		{nora, genuine(nora), leave, fmt.Sprintf("%d spoke", first), "token in it does not hold"},
	} {
		say(i, c.from, c.stamp, c.token, c.text)
		l.collect("1 for a person")
		if !strings.Contains(l.why(), c.why) {
			t.Errorf("%q waits because %q, want %q", c.text, l.why(), c.why)
		}
	}
	if s := l.answerTo(1); s != "open " {
		t.Errorf("after unclear answers the task is %s", s)
	}
	say(20, nora, genuine(nora), token, fmt.Sprintf("%d: Spoke.\n#%d left a message\nThe others tomorrow.", first, second))
	l.collect("1 task answered")
	if l.answerTo(1) != "answered spoke" || l.answerTo(2) != "answered left a message" || l.answerTo(3) != "open " {
		t.Errorf("the tasks are: %s, %s, %s", l.answerTo(1), l.answerTo(2), l.answerTo(3))
	}
	say(21, nora, genuine(nora), token, fmt.Sprintf("%d left a message", first))
	l.collect("1 for a person")
	say(22, nora, genuine(nora), token, fmt.Sprintf("%d please do not contact", third))
	l.collect("1 task answered")
	if l.in("Clarion/Answers") != 2 || l.scopes(3) != "all" {
		t.Errorf("%d answers are filed, on the third member lies %q", l.in("Clarion/Answers"), l.scopes(3))
	}
	// Within a day an answer can be taken back, and what it did.
	contacted := func() string {
		row, err := l.Row(t.Context(), "members", "B00001")
		must(t, err)
		return row["last_contacted"]
	}
	before := contacted()
	for _, n := range []int64{first, third} {
		_, err := l.Unanswer(t.Context(), "secretary", n)
		must(t, err)
	}
	if l.answerTo(1) != "open " || l.answerTo(3) != "open " || l.scopes(3) != "" || before == "" || contacted() != "" {
		t.Errorf("taken back: %s, %s, %q, contacted %q and before %q", l.answerTo(1), l.answerTo(3), l.scopes(3), contacted(), before)
	}
	l.pass(25 * time.Hour)
	if _, err := l.Unanswer(t.Context(), "secretary", second); err == nil {
		t.Error("an answer was taken back after more than a day")
	}
	for i := range 22 { // whoever floods the mailbox does not flood the list
		say(100+i, nora, genuine(nora), token, "perhaps")
	}
	if c := l.collect("20 for a person"); c.Unlisted != 2 {
		t.Errorf("%d were not listed", c.Unlisted)
	}
	for _, w := range l.waiting() {
		if strings.Contains(w.Shown.Subject, token) {
			t.Errorf("the list shows a token: %s", w.Shown.Subject)
		}
	}
}

// list is a list of members with some more than the last had.
func (l *loop) list(more ...string) string {
	return l.members + strings.Join(more, "\n") + "\n"
}

// withFiles is a message with files.
func withFiles(n int, from, stamp string, files map[string]string) string {
	out := fmt.Sprintf("%sFrom: <%s>\nTo: secretary@example.org\nSubject: The list\nMessage-ID: <list%d@example.org>\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nHere it is.\n", stamp, from, n)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		out += "--b\nContent-Type: application/octet-stream\nContent-Disposition: attachment; filename=\"" + name + "\"\n\n" + files[name]
	}
	return out + "\n--b--\n"
}

func TestFilesByMail(t *testing.T) {
	t.Parallel()
	l := newLoop(t, 1, "")
	l.collect("")
	reports := "reports@example.org"
	records := func() int {
		b, err := l.Status(t.Context())
		must(t, err)
		for _, d := range b.Datasets {
			if d.Name == "members" {
				return d.Records
			}
		}
		return 0
	}
	row := func(n int) string {
		return fmt.Sprintf("D%05d,Mia%d,Mailed,mia%d@example.net,07700 902%03d,Active,2019-10-28,North,Yes", n, n, n, n)
	}
	for i, c := range []struct {
		from, stamp string
		file        string
		why         string
	}{
		{reports, "", "members.csv", "does not say that its sender"},
		{reports, "Authentication-Results: mx.example.org; dmarc=fail header.from=example.org\n", "members.csv", "does not say that its sender"},
		{reports, "Authentication-Results: mx.attacker.example; dmarc=pass header.from=example.org\n", "members.csv", "does not say that its sender"},
		{"chair@example.org", genuine("chair@example.org"), "members.csv", "its sender is not named"},
		{reports, genuine(reports), "members.xlsm", "it can hold a program"},
	} {
		l.arrive(withFiles(i, c.from, c.stamp, map[string]string{c.file: l.list(row(i))}))
		l.collect("1 for a person")
		if !strings.Contains(l.why(), c.why) {
			t.Errorf("%s of %s waits because %q, want %q", c.file, c.from, l.why(), c.why)
		}
	}
	many := map[string]string{}
	for i := range 21 {
		many[fmt.Sprintf("list%d.csv", i)] = l.list(row(i))
	}
	l.arrive(withFiles(30, reports, genuine(reports), many))
	l.collect("1 for a person")
	if !strings.Contains(l.why(), "more came from its sender within a day") {
		t.Errorf("21 files wait because %q", l.why())
	}
	l.arrive(withFiles(31, "friend@example.com", "", map[string]string{"holiday.csv": "Day,Where\n1,Here\n"}))
	l.arrive(withFiles(32, "friend@example.com", "", map[string]string{"minutes.pdf": "%PDF-1.4\n"}))
	l.collect("") // a friend's files are a friend's
	if records() != 21 {
		t.Fatalf("%d members", records())
	}

	must(t, os.RemoveAll(filepath.Join(l.folder, "data")))
	l.arrive(withFiles(33, reports, genuine(reports), map[string]string{"../../members.csv": strings.TrimSuffix(l.list(row(1)), "\n")}))
	l.Steady = engine.SettleAfter
	p := l.run() // a message comes whole, though its file's last line has no end
	if p.Mail.Results["files taken"] != 1 || len(p.Imports) != 1 || records() != 22 || l.in("Clarion/Files") != 1 {
		t.Errorf("a list from its sender: %+v, %+v, %v, %d members, %d filed", p.Mail, p.Imports, p.Refused, records(), l.in("Clarion/Files"))
	}
	l.pass(time.Hour)
	l.arrive(withFiles(34, reports, genuine(reports), map[string]string{"members.csv": loopMembers + row(1) + "\n"}))
	if p := l.run(); len(p.Refused) != 1 || records() != 22 {
		t.Errorf("a list that lost nearly everybody: %v, %d members", p.Refused, records())
	}
	must(t, os.Remove(filepath.Join(l.folder, "inbox", "members.csv")))
	l.arrive(withFiles(35, reports, genuine(reports), map[string]string{"minutes 2026-10-01.pdf": "%PDF-1.4\n1 0 obj\n%%EOF\n"}))
	if p := l.run(); p.Mail.Results["files taken"] != 1 {
		t.Errorf("minutes: %+v, %v, %+v: %s", p.Mail, p.Refused, p.Waiting, l.why())
	}
	if _, err := os.Stat(filepath.Join(l.folder, "papers", "minutes 2026-10-01.pdf")); err != nil {
		t.Error(err)
	}

	// A person takes what waits.
	w := l.waiting()[3]
	_, laid, err := l.TakeMail(t.Context(), "secretary", w.ID)
	if p := l.run(); err != nil || len(laid) != 1 || len(p.Imports) != 1 {
		t.Errorf("taken by a person: %v, %v, %+v, %v", err, laid, p.Imports, p.Refused)
	}
	l.arrive(withFiles(36, "friend@example.com", "", map[string]string{"members.csv": "role,branch,person,email,from,until,deputy\nsecretary,,Eve Other,eve@example.com,2024-01-01,,\n"}))
	l.collect("1 for a person")
	w = l.waiting()[len(l.waiting())-1]
	if _, laid, err := l.TakeMail(t.Context(), "secretary", w.ID); err == nil || len(laid) > 0 || !strings.Contains(err.Error(), "the Secretary or the Chair") {
		t.Errorf("who sits where, by mail from anybody: %v, %v", laid, err)
	}
	if left, _ := filepath.Glob(filepath.Join(l.folder, "inbox", "*.csv")); len(left) > 0 {
		t.Errorf("it lies in the inbox: %v", left)
	}
	if _, err := os.Stat(filepath.Join(l.folder, "inbox", ".mail")); !os.IsNotExist(err) {
		t.Errorf("what was looked at still lies there: %v", err)
	}
}

func TestWhatComesBackProvesThatItWent(t *testing.T) {
	t.Parallel()
	l := newLoop(t, 1, "")
	l.collect("")
	usual := l.Options.Sender
	l.Options.Sender = func(ctx context.Context, c *playbook.Constituency) (engine.Sender, error) {
		out, err := usual(ctx, c)
		return doubtful{out}, err
	}
	must(t, os.WriteFile(filepath.Join(l.folder, "data", "members-3.csv"), []byte(l.list(
		"B00002,Nia2,Newer,nia2@example.net,07700 901002,Active,2026-10-28,North,Yes",
		"B00003,Nia3,Newer,nia3@example.net,07700 901003,Active,2026-10-28,North,Yes",
		"B00004,Nia4,Newer,nia4@example.net,07700 901004,Active,2026-10-28,North,Yes")), 0o600))
	l.pass(time.Hour)
	for range 8 { // a round ends where a letter is in doubt
		l.run()
	}
	l.Options.Sender = usual
	for n := 2; n <= 4; n++ {
		if m := l.letter(n); m.State != ledger.Uncertain {
			t.Fatalf("letter %d is %s", n, m.State)
		}
	}
	l.collect("")
	_, err := l.p.box.Append("Sent", literal{strings.NewReader(l.sent[nia(2)])}, &imap.AppendOptions{})
	must(t, err)
	l.arrive(l.bounce(3, nia(3), "5.1.1", unknownUser))
	l.arrive(l.answer(nia(4), nia(4), "Auto-Submitted: auto-replied\n", "I am away."))
	if c := l.collect("1 address given up, 1 automatic"); c.Proven != 1 {
		t.Errorf("%d letters were found among the sent ones", c.Proven)
	}
	for n, state := range map[int]ledger.MessageState{2: ledger.Sent, 3: ledger.Bounced, 4: ledger.Sent} {
		if m := l.letter(n); m.State != state {
			t.Errorf("letter %d is %s, want %s", n, m.State, state)
		}
	}
	// The way out itself can prove it too, to a run that finds a claim.
	out, err := usual(t.Context(), l.Set().Constituency)
	must(t, err)
	id, other := strings.Trim(headerOf(l.sent[nia(2)], "Message-ID"), "<>"), "01234567-0123456789ab-0123456789ab@example.org"
	found, err := out.(engine.Prover).Sent(t.Context(), []string{id, other})
	if err != nil || !found[id] || len(found) != 2 || found[other] {
		t.Errorf("looking among the sent letters: %v, %v", found, err)
	}
}

// complaint is what a provider passes on of somebody who called a letter
// unwanted.
func (l *loop) complaint(of int, recipient string) string {
	head, _, _ := strings.Cut(strings.ReplaceAll(l.sent[nia(of)], "\r\n", "\n"), "\n\n")
	return fmt.Sprintf("From: feedback@example.net\nTo: secretary@example.org\nSubject: complaint\nMessage-ID: <c%d.%s>\nMIME-Version: 1.0\n"+
		"Content-Type: multipart/report; report-type=feedback-report; boundary=b\n\n--b\nContent-Type: text/plain\n\nA complaint.\n\n"+
		"--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nVersion: 1\nOriginal-Rcpt-To: %s\n\n--b\nContent-Type: message/rfc822\n\n%s\n\nHello\n--b--\n",
		of, recipient, recipient, head)
}

func TestComplaints(t *testing.T) {
	t.Parallel()
	l := newLoop(t, 2, "")
	l.arrive(l.complaint(1, nia(2))) // in another's name
	l.collect("1 for a person")
	if l.scopes(1)+l.scopes(2) != "" {
		t.Errorf("a complaint in another's name laid %q and %q", l.scopes(1), l.scopes(2))
	}
	l.arrive(l.complaint(1, nia(1)))
	late := strings.NewReplacer("Action: failed", "Action: delayed", "5.1.1", "4.4.1", "could not be delivered", "has not been delivered yet").
		Replace(l.bounce(2, nia(2), "5.1.1", "450 4.4.1 No answer from host"))
	l.arrive(late)
	l.collect("1 complaint, 1 late")
	if l.scopes(1) != "marketing" || l.scopes(2) != "" {
		t.Errorf("after a complaint and a delay: %q and %q", l.scopes(1), l.scopes(2))
	}
	if trust, _ := l.book().TrustOf("new-member-welcome"); trust.Level != "each" {
		t.Errorf("after a complaint the playbook is trusted with %s", trust.Level)
	}
}

// TestARestoredCopyTakesNoMail: two copies of the database would take each
// other's, and what came back would count in one of them.
func TestARestoredCopyTakesNoMail(t *testing.T) {
	t.Parallel()
	l := newLoop(t, 1, "")
	copied := filepath.Join(t.TempDir(), "copy.db")
	must(t, l.store.Backup(t.Context(), copied))
	l.pass(time.Hour)
	restored, err := l.s.openAt(l.folder, copied, filepath.Join(filepath.Dir(copied), "config"), l.Set(), func() time.Time { return l.now })
	must(t, err)
	defer restored.Close()
	l.arrive(l.answer(nia(1), nia(1), "", "Thank you!"))
	c, err := restored.Collect(t.Context())
	must(t, err)
	if !strings.Contains(c.Problem, "no mail is collected") || len(c.Results) != 0 {
		t.Errorf("a copy took mail: %+v", c)
	}
	l.collect("1 replied")
}

// TestTheDaemonHearsOfMail: what comes is taken at once, though the beat is a
// minute away, and nothing ticks meanwhile.
func TestTheDaemonHearsOfMail(t *testing.T) {
	t.Parallel()
	l := newLoop(t, 1, "")
	ctx, stop := context.WithCancel(t.Context())
	passes := make(chan engine.Pass, 10)
	ended := make(chan error)
	go func() {
		ended <- l.Daemon(ctx, func(p engine.Pass, err error) {
			if err != nil {
				t.Error(err)
			}
			passes <- p
		})
	}()
	<-passes
	l.arrive(l.answer(nia(1), nia(1), "", "Thank you!"))
	late := time.AfterFunc(30*time.Second, func() { t.Error("nobody heard of the mail for half a minute"); stop(); close(passes) })
	defer late.Stop()
	for p := range passes {
		if p.Mail.Problem != "" {
			t.Error(p.Mail.Problem)
		}
		if p.Mail.Results["replied"] == 1 {
			break
		}
	}
	stop()
	if err := <-ended; err != nil || !l.hasReplied(1) {
		t.Errorf("the daemon ended with %v; the reply counts: %t", err, l.hasReplied(1))
	}
}

// doubtful is a way out of which nobody can say whether it took a letter.
type doubtful struct{ engine.Sender }

func (d doubtful) Send(ctx context.Context, m letter.Outgoing) letter.Outcome {
	d.Sender.Send(ctx, m)
	return letter.Outcome{Kind: letter.Unknown, Text: "the line went dead"}
}
