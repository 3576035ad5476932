package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
	"github.com/emersion/go-smtp"
)

// A provider is a mail server and a mailbox, both real and both in this process:
// what the first takes it puts into the second, after it has done with it what a
// test says.
type provider struct {
	smtp, imap int // ports

	box    *imapmemserver.User
	stamp  string                      // written above each letter
	late   time.Duration               // by how much its clock is ahead
	copies bool                        // it keeps a copy in Sent
	loses  bool                        // what it takes never comes
	retell func(message string) string // what it makes of a letter
	mu     sync.Mutex
	taken  []string
}

func newProvider(t *testing.T, p *provider) *provider {
	t.Helper()
	p.box = imapmemserver.NewUser("secretary@example.org", "secret")
	mem := imapmemserver.New()
	mem.AddUser(p.box)
	for _, folder := range []struct {
		name string
		use  []imap.MailboxAttr
	}{{"INBOX", nil}, {"Sent", []imap.MailboxAttr{imap.MailboxAttrSent}}} {
		if err := p.box.Create(folder.name, &imap.CreateOptions{SpecialUse: folder.use}); err != nil {
			t.Fatal(err)
		}
	}
	i := imapserver.New(&imapserver.Options{InsecureAuth: true, Caps: imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapMove: {}, imap.CapSpecialUse: {}},
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return mem.NewSession(), &imapserver.GreetingData{}, nil
		}})
	s := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &posting{provider: p}, nil }))
	s.Domain = "mail.example.org"
	for _, serve := range []struct {
		port *int
		by   interface {
			Serve(net.Listener) error
			Close() error
		}
	}{{&p.imap, i}, {&p.smtp, s}} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		*serve.port = l.Addr().(*net.TCPAddr).Port
		done := make(chan struct{})
		go func() { defer close(done); _ = serve.by.Serve(l) }()
		t.Cleanup(func() { _ = serve.by.Close(); <-done })
	}
	return p
}

// posting is one connection to the mail server.
type posting struct{ *provider }

func (*posting) Reset()                               {}
func (*posting) Logout() error                        { return nil }
func (*posting) Mail(string, *smtp.MailOptions) error { return nil }

func (s *posting) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.taken = append(s.taken, to)
	return nil
}

func (s *posting) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	if err != nil || s.loses {
		return err
	}
	text := string(b)
	if s.retell != nil {
		text = s.retell(text)
	}
	put := func(folder, text string) error {
		_, err := s.box.Append(folder, literal{strings.NewReader(text)}, &imap.AppendOptions{Time: time.Now().Add(s.late)})
		return err
	}
	if s.copies {
		if err := put("Sent", text); err != nil {
			return err
		}
	}
	return put("INBOX", s.stamp+text)
}

type literal struct{ *strings.Reader }

func (l literal) Size() int64 { return int64(l.Len()) }

// examined runs the doctor on a new constituency with an account at a provider,
// and gives what it found, by what it is about.
func examined(t *testing.T, p *provider, status int, wait string, before ...string) (states, texts map[string]string) {
	t.Helper()
	base := t.TempDir()
	folder := filepath.Join(base, "party")
	if err := writeFiles(folder, map[string][]byte{"password": []byte("secret\n"), "constituency.yaml": fmt.Appendf(nil, `name: Anytown CLP
imprint: Promoted by A. Agent on behalf of Anytown CLP, both at 1 High Street, Anytown
mail:
  from: secretary@example.org
  send: {server: 127.0.0.1, port: %d, tls: none, a_day: 500}
  mailbox: {server: 127.0.0.1, port: %d, tls: none, user: secretary@example.org, password_file: password, authserv: mail.example.org}
`, p.smtp, p.imap)}); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	place := []string{"-C", folder, "--database", filepath.Join(base, "clarion.db")}
	var out, errs bytes.Buffer
	if len(before) > 0 {
		if code := run(append(place, before...), strings.NewReader(""), &out, &errs); code != exitOK {
			t.Fatalf("%v ended with %d: %s", before, code, errs.String())
		}
	}
	out.Reset()
	if code := run(append(place, "doctor", "--json", "--wait", wait), strings.NewReader(""), &out, &errs); code != status {
		t.Errorf("the doctor ended with %d, not %d:\n%s%s", code, status, out.String(), errs.String())
	}
	var said struct {
		Findings []struct{ About, State, Text, Hint string }
	}
	if err := json.Unmarshal(out.Bytes(), &said); err != nil {
		t.Fatalf("%v:\n%s", err, out.String())
	}
	states, texts = map[string]string{}, map[string]string{}
	for _, f := range said.Findings {
		states[f.About], texts[f.About] = f.State, f.Text
		if f.State == "ok" && f.Hint != "" || f.Text == "" {
			t.Errorf("%s: %+v", f.About, f)
		}
	}
	return states, texts
}

func expect(t *testing.T, got map[string]string, want string) {
	t.Helper()
	for _, w := range strings.Split(want, ", ") {
		about, state, _ := strings.Cut(w, ": ")
		if got[about] != state {
			t.Errorf("%s is %q, not %q: %v", about, got[about], state, got)
		}
	}
}

const checked3 = "Authentication-Results: %s; spf=%s smtp.mailfrom=example.org; dkim=%s; dmarc=%s header.from=example.org\r\n"

// The doctor's letter goes out and comes back through real servers, and what
// they did with it is said.
func TestDoctorsLetter(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	t.Run("well", func(t *testing.T) {
		t.Parallel()
		p := newProvider(t, &provider{stamp: fmt.Sprintf(checked3, "mail.example.org", "pass", "pass", "pass"), copies: true})
		states, texts := examined(t, p, exitOK, "20s")
		expect(t, states, "Sending: ok, Mailbox: ok, Filing: ok, New mail: ok, Letter: ok, Message-ID: ok, SPF: ok, DKIM: ok, DMARC: ok, Sent: ok, Server's clock: ok, Stamp: ")
		expect(t, states, "Folder: ok, Database file: ok, Password: ok, Disk: ok, Database: ok, Daily limit: ok, Clock: ok, Backup: warn, Daemon: warn")
		if strings.Join(p.taken, " ") != "secretary@example.org" {
			t.Errorf("letters went to %v", p.taken)
		}
		if !strings.Contains(texts["SPF"], "Passed, says mail.example.org.") || strings.Contains(fmt.Sprint(texts), "secret ") {
			t.Errorf("%v", texts)
		}
	})
	t.Run("changed", func(t *testing.T) {
		t.Parallel()
		p := newProvider(t, &provider{stamp: fmt.Sprintf(checked3, "mx.example.net", "softfail", "none", "fail"), late: 3 * time.Hour,
			retell: func(s string) string { return strings.Replace(s, "Message-ID: <", "Message-ID: <another.", 1) }})
		states, texts := examined(t, p, exitFailed, "3s")
		expect(t, states, "Letter: ok, Message-ID: warn, Stamp: warn, SPF: warn, DKIM: warn, DMARC: bad, Sent: warn, Server's clock: bad")
		if got := texts["Server's clock"]; !strings.Contains(got, "is 3h behind") && !strings.Contains(got, "is 2h59m59s behind") {
			t.Error(got)
		}
	})
	t.Run("unchecked", func(t *testing.T) {
		t.Parallel()
		p := newProvider(t, &provider{late: -10 * time.Minute})
		states, texts := examined(t, p, exitOK, "3s")
		expect(t, states, "Letter: ok, SPF and DKIM: warn, Server's clock: warn")
		if !strings.Contains(texts["Server's clock"], "ahead of the mail server's") {
			t.Error(texts["Server's clock"])
		}
	})
	t.Run("lost", func(t *testing.T) {
		t.Parallel()
		p := newProvider(t, &provider{loses: true})
		states, texts := examined(t, p, exitFailed, "200ms")
		expect(t, states, "Sending: ok, Mailbox: ok, Letter: bad, Message-ID: , SPF: ")
		if !strings.Contains(texts["Letter"], "had not come within 200ms") {
			t.Error(texts["Letter"])
		}
	})
	t.Run("stopped", func(t *testing.T) {
		t.Parallel()
		p := newProvider(t, &provider{})
		states, _ := examined(t, p, exitOK, "20s", "stop", "--reason", "wrong date")
		expect(t, states, "Stopped: warn, Letter: warn")
		if len(p.taken) > 0 {
			t.Errorf("everything is stopped, and letters went to %v", p.taken)
		}
	})
}
