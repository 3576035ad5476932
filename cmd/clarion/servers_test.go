//go:build mailservers

// The loop through real mail servers; .ci/mail starts them and runs this.

package main

import (
	"context"
	"fmt"
	"net/smtp"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/connectors/mail/inbound"
	"github.com/clarion-clp/clarion/connectors/mail/mailbox"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/store"
)

// A circuit is a constituency whose mail goes through postfix and comes back to
// dovecot.
type circuit struct {
	*testing.T
	folder, database string
	smtp, imaps      int
	outside          int // where comes what is sent from elsewhere
	password         string
}

func newCircuit(t *testing.T) *circuit {
	t.Helper()
	c := &circuit{T: t}
	if _, err := fmt.Sscan(os.Getenv("CLARION_SERVERS"), &c.smtp, &c.imaps, &c.outside); err != nil {
		t.Fatalf("CLARION_SERVERS names no ports (%v): run this by .ci/mail, which starts the servers", err)
	}
	secret, err := os.ReadFile(os.Getenv("CLARION_SERVERS_PASSWORD"))
	if err != nil {
		t.Fatal(err)
	}
	alone(t)
	base := t.TempDir()
	c.folder, c.database, c.password = filepath.Join(base, "party"), filepath.Join(base, "clarion.db"), strings.TrimSpace(string(secret))
	c.write("password", string(secret))
	c.write("constituency.yaml", fmt.Sprintf(`name: Anytown CLP
time_zone: Europe/London
nation: england_and_wales
hour: "00:00"
imprint: "Promoted by A. Agent on behalf of Anytown CLP, both at 1 High Street, Anytown"
brakes: {most_at_once: 5000, share: 100 percent, times_usual: 1000, floor: 5000}
review: {undo: 0 minutes, stages: {from: 0}}
officers: {file: officers.csv}
data:
  members: {from: "data/members*.csv"}
mail:
  from: secretary@example.org
  send: {server: localhost, port: %d, user: secretary@example.org, password_file: password, a_day: 500}
  mailbox:
    server: localhost
    port: %d
    user: secretary@example.org
    password_file: password
    authserv: mail.example.org
    senders: {members: [office@example.org]}
`, c.smtp, c.imaps))
	c.write("officers.csv", "role,branch,person,email,from,until,deputy\nmembership_officer,,Mo Member,there@example.net,2024-01-01,,\n")
	c.write("playbooks.yaml", "new-member-welcome: {trust: automatic}\n")
	if err := os.Chmod(c.folder, 0o700); err != nil {
		t.Fatal(err)
	}
	return c
}

// write saves a file of the constituency, as somebody did an hour ago.
func (c *circuit) write(name, text string) {
	c.Helper()
	if err := writeFiles(c.folder, map[string][]byte{name: []byte(text)}); err != nil {
		c.Fatal(err)
	}
	settled := time.Now().Add(-time.Hour)
	if err := os.Chtimes(filepath.Join(c.folder, name), settled, settled); err != nil {
		c.Fatal(err)
	}
}

func (c *circuit) clarion(args ...string) string {
	c.Helper()
	out, _ := clarion(c.T, exitOK, append([]string{"-C", c.folder, "--database", c.database}, args...)...)
	return out
}

// book is the ledger as it stands, and how many members there are.
func (c *circuit) book() (book *ledger.Book, hash func(string) string, members int) {
	c.Helper()
	st, err := store.Open(c.Context(), c.database, store.Options{Machine: machine(), ConfigDir: configDir(), ReadOnly: true})
	if err != nil {
		c.Fatal(err)
	}
	defer st.Close()
	hashes := map[string]string{}
	err = st.View(c.Context(), func(tx *store.Tx) error {
		if book, err = tx.LoadBook(); err != nil {
			return err
		}
		for _, a := range []string{"gone@example.net", "refused@example.com", "full@example.net", "away@example.net", "there@example.net", "taken@example.edu"} {
			hashes[a] = tx.AddressHash(a)
		}
		last, _, err := tx.LastImport("members")
		members = last.Rows
		return err
	})
	if err != nil {
		c.Fatal(err)
	}
	return book, func(a string) string { return hashes[a] }, members
}

// box opens a mailbox as another client would.
func (c *circuit) box(user string) *mailbox.Mailbox {
	c.Helper()
	b, err := mailbox.New(mailbox.Account{Server: "localhost", Port: c.imaps, User: user, Password: c.password})
	if err != nil {
		c.Fatal(err)
	}
	c.Cleanup(func() { _ = b.Close() })
	return b
}

// await reads what comes into a mailbox until all that is wanted has come.
func (c *circuit) await(b *mailbox.Mailbox, at *mailbox.Cursor, wanted func(*inbound.Message) string, names ...string) {
	c.Helper()
	ctx, done := context.WithTimeout(c.Context(), time.Minute)
	defer done()
	for len(names) > 0 {
		batch, err := b.Fetch(ctx, *at)
		if err != nil {
			c.Fatal(err)
		}
		*at = batch.Cursor
		for _, m := range batch.Messages {
			r := inbound.Read(m.Bytes, inbound.Own{Server: "mail.example.org"})
			name := wanted(r)
			c.Logf("came: %s from %s, %q, because %s", r.Kind, r.From, r.Subject, r.Why)
			names = slices.DeleteFunc(names, func(n string) bool { return n == name })
		}
		if len(names) > 0 && !batch.More {
			if err := b.Wait(ctx, *at); err != nil {
				c.Fatalf("still missing %v: %v", names, err)
			}
		}
	}
}

const membersHead = "Membership Number,First Name,Last Name,Email,Status,Date Joined,Branch\n"

// TestServers goes round once: the doctor's letter; letters to members of which
// one finds nobody, one is refused without a reason, one finds a full mailbox
// and one an absent reader; what the servers then say is read, and counts for
// what it is; and a list that head office sends is imported.
func TestServers(t *testing.T) {
	c := newCircuit(t)
	if out := c.clarion("doctor"); !strings.Contains(out, "lets us in with the password, and all is encrypted (TLS 1.3)") || !strings.Contains(out, "came back within") {
		t.Errorf("the doctor:\n%s", out)
	}
	list := membersHead
	for i := range 40 {
		list += fmt.Sprintf("A%05d,Olive%d,Older,olive%d@example.net,Active,2015-03-01,\n", i, i, i)
	}
	c.write("data/members-1.csv", list)
	c.clarion("trust", "new-member-welcome", "automatic")
	c.clarion("run")
	joined := time.Now().AddDate(0, 0, -7).Format(time.DateOnly)
	for i, name := range []string{"gone@example.net", "refused@example.com", "full@example.net", "away@example.net", "taken@example.edu"} {
		list += fmt.Sprintf("B%05d,Nia%d,Newer,%s,Active,%s,\n", i, i, name, joined)
	}
	c.write("data/members-2.csv", list)

	box, place := c.box("secretary@example.org"), mailbox.Cursor{}
	c.await(box, &place, func(m *inbound.Message) string { return m.Subject }, "A letter to ourselves, from clarion doctor")
	t.Log(c.clarion("run"))
	c.await(box, &place, func(m *inbound.Message) string {
		if len(m.Failures) == 1 {
			return m.Failures[0].Recipient + " " + string(m.Failures[0].Verdict)
		}
		return string(m.Kind) + " of " + m.From
	}, "gone@example.net hard", "refused@example.com soft", "full@example.net soft", "automatic reply of away@example.net")

	t.Log(c.clarion("run"))
	book, hash, _ := c.book()
	state := func(a string) (out string) {
		for _, m := range book.MessagesIn(ledger.Sent, ledger.Bounced, ledger.Failed, ledger.Uncertain) {
			if m.Address == hash(a) {
				out += " " + string(m.State)
			}
		}
		for _, s := range book.Suppression(0, hash(a)) {
			out += " " + s.Scope
		}
		return strings.TrimSpace(out)
	}
	for a, want := range map[string]string{"gone@example.net": "bounced bounced", "refused@example.com": "sent", "full@example.net": "sent", "away@example.net": "sent", "taken@example.edu": "sent"} {
		if got := state(a); got != want {
			t.Errorf("%s is %q, not %q", a, got, want)
		}
	}
	c.attached(list+"B00009,Ola,Ordinary,there@example.net,Active,"+joined+",\n", box, &place)
	c.await(c.box("there@example.net"), &mailbox.Cursor{}, func(m *inbound.Message) string { return m.Subject[:min(len(m.Subject), 7)] }, "Welcome")
	report, err := box.Probe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []string{"Clarion/Reports", "Clarion/Automatic replies", "Clarion/Files"} {
		if !slices.Contains(report.Folders, f) {
			t.Errorf("nothing was filed in %s: %v", f, report.Folders)
		}
	}
}

// attached has head office send a list, and the program import it; the same list
// from somebody who only says that they are head office waits for a person.
func (c *circuit) attached(list string, box *mailbox.Mailbox, place *mailbox.Cursor) {
	c.Helper()
	send := func(name, list, stamp string, port int, auth smtp.Auth) {
		c.Helper()
		text := strings.Join([]string{stamp + "From: Reports <office@example.org>", "To: secretary@example.org", "Subject: The members' list",
			"Date: " + time.Now().Format(time.RFC1123Z), "Message-ID: <" + name + "@example.org>", "MIME-Version: 1.0", `Content-Type: multipart/mixed; boundary="part"`, "",
			"--part", "Content-Type: text/plain", "", "As every week.", "",
			"--part", `Content-Type: text/csv; name="` + name + `"`, `Content-Disposition: attachment; filename="` + name + `"`, "",
			list, "--part--", ""}, "\r\n")
		if err := smtp.SendMail(fmt.Sprintf("localhost:%d", port), auth, "office@example.org", []string{"secretary@example.org"}, []byte(text)); err != nil {
			c.Fatalf("head office's letter: %v", err)
		}
		c.await(box, place, func(m *inbound.Message) string {
			if len(m.Attachments) == 1 && m.Auth.Passed() == (auth != nil) {
				return m.Attachments[0].Name
			}
			return dataset.Plain(m.Subject)
		}, name)
	}
	day := time.Now().Format(time.DateOnly)
	forged := strings.ReplaceAll(list, "Older", "Forged")
	send("forged-"+day+".csv", forged, "Authentication-Results: mail.example.org; dmarc=pass header.from=example.org\r\n", c.outside, nil)
	c.Log(c.clarion("run"))
	if out := c.clarion("mail", "list"); !strings.Contains(out, "does not say that its sender is who they say") {
		c.Errorf("a forged list does not wait for a person:\n%s", out)
	}
	send("members-"+day+".csv", list, "", c.smtp, smtp.PlainAuth("", "office@example.org", c.password, "localhost"))
	for range 3 { // the list is taken once it has settled, and what is new in it is written to
		c.Log(c.clarion("run"))
		if _, _, members := c.book(); members == 46 {
			if out := c.clarion("explain", "members", "A00001"); strings.Contains(out, "Forged") {
				c.Errorf("a forged list was taken:\n%s", out)
			}
			return
		}
	}
	c.Errorf("the list of head office was not imported: %s", c.clarion("status"))
}
