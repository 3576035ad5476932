package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/store"
)

// TestLettersDecidedByMail: a reply holds whatever its message told of, and says
// yes to a few letters, once, from the very officer, checked by our own server.
func TestLettersDecidedByMail(t *testing.T) {
	t.Parallel()
	l := newLoop(t, 1, "")
	l.collect("")
	settings, err := os.ReadFile(filepath.Join(l.folder, "constituency.yaml"))
	must(t, err)
	settings = regexp.MustCompile(`(?m)^review: .*$`).ReplaceAll(settings, []byte("review: {undo: 10 minutes, by_reply: 3}"))
	must(t, writeFiles(l.folder, map[string][]byte{"constituency.yaml": settings,
		"playbooks.yaml": []byte("new-member-welcome: {trust: batch}\nword: {file: own/word.yaml, trust: batch}\n"),
		"own/word.yaml": []byte("name: word\ntitle: A word\nrole: membership_officer\nbasis: marketing\nfor: member in members\nwhen: member.last_name == \"Joiner2010\"\nagain: never\n" +
			"steps:\n  - email: word\n    to: member\n    subject: A word\n"),
		"own/word/word.md": []byte("Hello.\n"),
		"officers.csv": []byte("role,branch,person,email,from,until,deputy\nsecretary,,Ann Secretary,ann@example.org,2024-01-01,,\n" +
			"chair,,Cy Chair,chair@example.org,2024-01-01,,\nmembership_officer,,Mo Member,membership@example.org,2024-01-01,,\n")}))
	must(t, l.Reload())
	must(t, l.store.Update(t.Context(), func(tx *store.Tx) error {
		return tx.Apply(l.now, "secretary", ledger.Trusted{Playbook: "word", Level: "batch"})
	}))
	mo := "membership@example.org"
	numbers, lastNames := 0, map[string]string{"2010-01-01": "2010"}
	// join has so many more members join, and gives the token of the mail that asks
	// for the yes to their letters.
	join := func(n int, joined string) (token string) {
		t.Helper()
		l.pass(24 * time.Hour)
		for range n {
			numbers++
			l.members += fmt.Sprintf("J%05d,Jo%d,Joiner%s,jo%d@example.net,07700 903%03d,Active,%s,North,Yes\n", numbers, numbers, lastNames[joined], numbers, numbers, joined)
		}
		must(t, os.WriteFile(filepath.Join(l.folder, "data", fmt.Sprintf("members-9%03d.csv", numbers)), []byte(l.members), 0o600))
		l.run()
		found := regexp.MustCompile(`\[task\s+([a-z2-7]+)\]`).FindStringSubmatch(l.sent[mo])
		if found == nil {
			t.Fatalf("no mail asks for a yes:\n%s", l.sent[mo])
		}
		return found[1]
	}
	said := 500
	say := func(from, stamp, token, text string) {
		said++
		l.arrive(fmt.Sprintf("%sFrom: Mo <%s>\nTo: secretary@example.org\nSubject: Re: Letters wait [task %s]\nMessage-ID: <%d@example.org>\n\n%s\n\n> Letters\n", stamp, from, token, said, text))
	}
	states := func(want string) {
		t.Helper()
		got := map[ledger.MessageState]int{}
		for _, m := range l.book().Messages() {
			if m.Kind == ledger.Letter && !m.Auto {
				got[m.State]++
			}
		}
		if s := fmt.Sprint(got); s != want {
			t.Errorf("the letters are %s, want %s", s, want)
		}
	}
	token := join(2, "2026-11-01")
	states("map[proposed:2]")
	var other string
	must(t, l.store.View(t.Context(), func(tx *store.Tx) (err error) { other, err = tx.Token(store.ToAnswer, 1, l.now); return err }))
	ok := genuine(mo)
	for _, c := range []struct{ from, stamp, token, text, why string }{
		{mo, "", token, "yes", "does not say that its sender"},
		{mo, "Authentication-Results: mx.example.org; dmarc=fail\n", token, "hold", "does not say that its sender"},
		{mo, "Authentication-Results: mx.attacker.example; dmarc=pass header.from=example.org\n", token, "yes", "does not say that its sender"},
		{"ann@example.org", genuine("ann@example.org"), token, "yes", "another address than the task went to"},
		{mo, ok, strings.Repeat("b", len(token)), "yes", "token in it does not hold"},
		{mo, ok, other, "yes", "another address"},
		{mo, ok, token, "yes please", "its first line is not yes or hold"},
		{mo, ok, token, "I think so", "its first line is not yes or hold"},
		{mo, ok, token, "> yes", "its first line is not yes or hold"},
		{mo, ok, token, "yes 4711", "names a number that its message does not"},
		{mo, ok, token, "hold 4711", "names a number that its message does not"},
	} {
		say(c.from, c.stamp, c.token, c.text)
		l.collect("1 for a person")
		if !strings.Contains(l.why(), c.why) {
			t.Errorf("%q of %s waits because %q, want %q", c.text, c.from, l.why(), c.why)
		}
	}
	states("map[proposed:2]")
	say(mo, ok, token, "Yes.\n\nThank you, Mo")
	l.collect("1 letters approved")
	states("map[approved:2]")
	var numbered []string
	for _, m := range l.book().MessagesIn(ledger.Approved) {
		if y := m.Yes; y.By != "membership_officer" || y.Via != "mail" || y.Person == 0 || !m.Until.Equal(l.now.Add(10*time.Minute)) {
			t.Errorf("the yes is %+v, until %s", y, m.Until)
		}
		numbered = append(numbered, fmt.Sprint(m.ID))
	}
	say(mo, ok, token, "yes")
	l.collect("1 for a person")
	if want := "somebody has said so already"; !strings.Contains(l.why(), want) {
		t.Errorf("the second yes waits because %q", l.why())
	}
	l.run()
	for _, head := range []string{"ann@example.org", "chair@example.org"} {
		if !strings.Contains(l.sent[head], "2 letters have a yes") || !strings.Contains(l.sent[head], "by answering a mail") {
			t.Errorf("%s was not told:\n%s", head, l.sent[head])
		}
	}
	say(mo, ok, token, "hold "+numbered[0]) // a used token still holds
	l.collect("1 letters held")
	stop := regexp.MustCompile(`\[task\s+([a-z2-7]+)\]`).FindStringSubmatch(l.sent["chair@example.org"])[1]
	say("chair@example.org", genuine("chair@example.org"), stop, "yes")
	l.collect("1 for a person")
	say("chair@example.org", genuine("chair@example.org"), stop, "Stop!")
	l.collect("1 letters held")
	l.pass(11 * time.Minute)
	l.run() // asked for anew
	states("map[proposed:2 superseded:2]")
	say("chair@example.org", genuine("chair@example.org"), stop, "stop")
	l.collect("1 for a person")

	token = join(2, "2026-11-03") // four wait now, and a reply says yes to three
	say(mo, ok, token, "approve")
	l.collect("1 for a person")
	if want := "a reply can approve 3 at most"; !strings.Contains(l.why(), want) {
		t.Errorf("a yes to four waits because %q", l.why())
	}
	say(mo, ok, token, "hold")
	l.collect("1 letters held")
	l.pass(24 * time.Hour)
	l.run()
	for _, m := range l.book().MessagesIn(ledger.Proposed) {
		p, err := l.Message(t.Context(), m.ID)
		must(t, err)
		_, err = l.Reject(t.Context(), engine.Voice{Role: "membership_officer"}, "enough", []engine.Pending{p})
		must(t, err)
	}
	token = join(1, "2010-01-01") // who gets no welcome, but something that promotes
	promotes := int64(0)
	for _, m := range l.book().MessagesIn(ledger.Proposed) {
		if m.Basis == "marketing" {
			promotes = m.ID
		}
	}
	say(mo, ok, token, fmt.Sprintf("yes %d", promotes))
	l.collect("1 for a person")
	if want := "what promotes something"; promotes == 0 || !strings.Contains(l.why(), want) {
		t.Errorf("a yes to letter %d waits because %q", promotes, l.why())
	}
	say(mo, ok, token, "yes")
	l.collect("1 for a person")
	if want := "a reply can approve none"; !strings.Contains(l.why(), want) {
		t.Errorf("a yes to what promotes waits because %q", l.why())
	}
	if m, _ := l.book().Message(promotes); m.State != ledger.Proposed {
		t.Errorf("what promotes something is %s by a reply", m.State)
	}
	for _, w := range l.waiting() {
		if strings.Contains(w.Shown.Subject, token) || strings.Contains(w.Shown.Subject, stop) {
			t.Errorf("the list shows a token: %s", w.Shown.Subject)
		}
	}
}
