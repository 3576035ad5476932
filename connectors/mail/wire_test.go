package mail

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"

	"github.com/clarion-clp/clarion/engine/letter"
)

// What is added to a letter on the wire.
var (
	earlier = []string{"<m-1.abc@example.org>", "m-2.abc@example.org"}
	waysOut = []string{"https://clp.example.org/u/abcdefghijklmnopqrstuvwxyz234567abcdefgh",
		"mailto:secretary@example.org?subject=unsubscribe%20abcdefghijklmnopqrstuvwxyz234567abcdefgh"}
)

// TestTheWayOut holds that a mail program finds how to end these letters: by one
// click only where there is a public address, and on a line of its own.
func TestTheWayOut(t *testing.T) {
	for _, c := range []struct{ ways, want, post string }{
		{"both", "<" + waysOut[0] + ">, <" + waysOut[1] + ">", "List-Unsubscribe=One-Click"},
		{"mail", "<" + waysOut[1] + ">", ""},
		{"none", "", ""},
	} {
		o := outgoing()
		o.Unsubscribe = map[string][]string{"both": waysOut, "mail": waysOut[1:]}[c.ways]
		raw := made(t, o)
		h, _ := parse(t, raw)
		if h.Get("List-Unsubscribe") != c.want || h.Get("List-Unsubscribe-Post") != c.post {
			t.Errorf("%s: %q and %q", c.ways, h.Get("List-Unsubscribe"), h.Get("List-Unsubscribe-Post"))
		}
		if c.want != "" && !bytes.Contains(raw, []byte("\r\nList-Unsubscribe: "+c.want+"\r\n")) {
			t.Errorf("%s: the field is folded", c.ways)
		}
	}
	for _, bad := range []string{"", "http://clp.example.org/u/x", "https://a>\r\nBcc: b@example.org", "mailto:a b@example.org", "https://a/,<x>", "mailto:"} {
		o := outgoing()
		o.Unsubscribe = []string{bad}
		if _, err := Bytes(o); err == nil {
			t.Errorf("%q stands in a header", bad)
		}
	}
}

// TestSeries holds that a mail program puts the letters of a series together.
func TestSeries(t *testing.T) {
	o := outgoing()
	o.Earlier = earlier
	h, _ := parse(t, made(t, o))
	if h.Get("In-Reply-To") != "<m-2.abc@example.org>" || h.Get("References") != "<m-1.abc@example.org> <m-2.abc@example.org>" {
		t.Errorf("%q and %q", h.Get("In-Reply-To"), h.Get("References"))
	}
	o.Earlier = nil
	for i := range 40 {
		o.Earlier = append(o.Earlier, fmt.Sprintf("%d@example.org", i))
	}
	h, _ = parse(t, made(t, o))
	if all := strings.Fields(h.Get("References")); len(all) != longestSeries || all[0] != "<0@example.org>" || all[longestSeries-1] != "<39@example.org>" {
		t.Errorf("References %q", all)
	}
	o.Earlier, o.Date = nil, time.Date(2026, 7, 1, 9, 0, 0, 0, time.FixedZone("BST", 3600))
	if h, _ := parse(t, made(t, o)); h.Get("Date") != "Wed, 01 Jul 2026 09:00:00 +0100" {
		t.Errorf("the date is in another zone than the constituency's: %s", h.Get("Date"))
	}
	o.Earlier = []string{"a b@example.org"}
	if _, err := Bytes(o); err == nil {
		t.Error("a number with a space in it stands in a header")
	}
}

// TestAnswers holds where an officer's answers go, and what stands behind the
// subject.
func TestAnswers(t *testing.T) {
	o := outgoing()
	o.Answers, o.Mark = "clarion+task-abcdefghijklmnopqrstuvwxyz@example.org", "[task abcdefghijklmnopqrstuvwxyz]"
	h, _ := parse(t, made(t, o))
	if s, _ := h.Subject(); s != "Welcome, Zoë [task abcdefghijklmnopqrstuvwxyz]" || h.Get("Reply-To") != "<"+o.Answers+">" {
		t.Errorf("%q, %q", s, h.Get("Reply-To"))
	}
	o.AnswerAt = "https://clp.example.org/a/abcdefghijklmnopqrstuvwxyz"
	_, leaves := parse(t, made(t, o))
	if !strings.HasPrefix(leaves[0].body, answerAt+":\n"+o.AnswerAt+"\n\nDear") || !strings.Contains(leaves[1].body, `<a href="`+o.AnswerAt+`">`) {
		t.Errorf("%q", leaves)
	}
	o.AnswerAt = `https://clp.example.org/a/"><script>`
	if _, err := Bytes(o); err == nil {
		t.Error("a page's address can hold markup")
	}
	o.AnswerAt = ""
	for _, bad := range []string{"[task a]\r\nBcc: b@example.org", "task a", "[task =?utf-8?q?x?=]"} {
		o.Mark = bad
		if _, err := Bytes(o); err == nil {
			t.Errorf("%q stands behind a subject", bad)
		}
	}
}

// TestAddresses holds how an address beyond ASCII goes out: its domain as mail
// servers write it, what is before the @ as it is.
func TestAddresses(t *testing.T) {
	for to, want := range map[string]string{
		"jo@bücher.example.org": "<jo@xn--bcher-kva.example.org>", "jo@BÜCHER.example.org": "<jo@xn--bcher-kva.example.org>",
		"zoë@example.org": "<zoë@example.org>", "zoe\u0308@example.org": "<zoë@example.org>", "\"jo lee\"@example.org": "", "jo@exa mple.org": "",
		"jo@\u202eexample.org": "", "jo@[192.0.2.1]": "<jo@[192.0.2.1]>", "jo@-.ü": "",
	} {
		o := outgoing()
		o.Content.To, o.Content.ToName = to, ""
		raw, err := Bytes(o)
		if want == "" {
			if err == nil {
				t.Errorf("%q: taken", to)
			}
			continue
		}
		if err != nil || !bytes.Contains(raw, []byte("\r\nTo: "+want+"\r\n")) {
			t.Errorf("%q: %v\n%s", to, err, raw)
		}
	}
	o := outgoing()
	o.MessageID, o.Content.From = "", "secretary@bücher.example.org"
	if h, _ := parse(t, made(t, o)); h.Get("Message-Id") != "<m-17@xn--bcher-kva.example.org>" {
		t.Errorf("number %q", h.Get("Message-Id"))
	}
}

// TestBeyondASCII sends to addresses that some servers take and some do not.
func TestBeyondASCII(t *testing.T) {
	for _, c := range []struct {
		name, to, reply string
		offered         bool
		kind            letter.OutcomeKind
		text            string
	}{
		{"a server that takes it", "zoë@example.org", "", true, letter.Delivered, ""},
		{"a server that does not", "zoë@example.org", "", false, letter.Refused, "cannot write to this address"},
		{"ours is one", "jo@example.org", "zoë@example.org", false, letter.NotTried, "an address of ours"},
		{"a domain alone", "jo@bücher.example.org", "", false, letter.Delivered, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := serve(t, func(s *server) { s.EnableSMTPUTF8 = c.offered })
			m := client(t, s.config())
			o := outgoing()
			o.Content.To, o.Content.ReplyTo = c.to, c.reply
			out := m.Send(context.Background(), o)
			if out.Kind != c.kind || !strings.Contains(out.Text, c.text) || strings.Contains(out.Text, "zoë") {
				t.Errorf("%+v", out)
			}
			if out = m.Send(context.Background(), outgoing()); out.Kind != letter.Delivered {
				t.Errorf("the next letter: %+v", out)
			}
		})
	}
}

func pemOf(t *testing.T, kind string, key any) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

// TestSigned holds that what the server is given verifies, with every kind of
// key, over the very record that we say to publish; and no longer once a word
// of it, or who sent it, is changed.
func TestSigned(t *testing.T) {
	long, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	_, short, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for kind, key := range map[string][]byte{"PRIVATE KEY": pemOf(t, "PRIVATE KEY", long), "ed25519": pemOf(t, "PRIVATE KEY", short),
		"RSA PRIVATE KEY": pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(long)})} {
		signer, err := NewSigner("example.org", "clarion", key)
		if err != nil {
			t.Fatal(err)
		}
		s := serve(t, nil)
		c := s.config()
		c.Signer = signer
		m := client(t, c)
		o := outgoing("Zoë’s minutes.pdf")
		o.Unsubscribe, o.Earlier, o.Content.Subject = waysOut, earlier, strings.Repeat("Zoë’s long subject ", 12)
		if out := m.Send(context.Background(), o); out.Kind != letter.Delivered {
			t.Fatalf("%s: %+v", kind, out)
		}
		lookup := func(name string) ([]string, error) {
			if at, text := signer.Record(); at == name {
				return []string{text}, nil
			}
			return nil, fmt.Errorf("no record for %s", name)
		}
		verify := func(message string) (bool, []string) {
			all, err := dkim.VerifyWithOptions(strings.NewReader(message), &dkim.VerifyOptions{LookupTXT: lookup})
			if err != nil || len(all) != 1 {
				t.Fatalf("%s: %v, %v", kind, all, err)
			}
			return all[0].Err == nil, all[0].HeaderKeys
		}
		message := s.bytes[0]
		good, covered := verify(message)
		if !good {
			t.Errorf("%s: the signature does not hold", kind)
		}
		for _, f := range []string{"From", "Subject", "List-Unsubscribe", "List-Unsubscribe-Post", "Message-ID", "Date", "To", "Reply-To"} {
			if !strings.Contains(strings.Join(covered, " ")+" ", f+" ") {
				t.Errorf("%s: %s is not covered by %q", kind, f, covered)
			}
		}
		for what, other := range map[string]string{
			"the way out": strings.Replace(message, "https://clp.", "https://bad.", 1), "a word": strings.Replace(message, "hello", "hallo", 1),
			"a second sender": strings.Replace(message, "\r\nTo:", "\r\nFrom: x@example.net\r\nTo:", 1),
		} {
			if good, _ := verify(other); good || other == message {
				t.Errorf("%s: %s was changed and the signature holds", kind, what)
			}
		}
	}
}

// TestNoSigner holds that a key which cannot sign is named when the settings are
// read, not when letters go.
func TestNoSigner(t *testing.T) {
	weak, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	for want, key := range map[string][]byte{
		"holds no key":   []byte("hunter2"),
		"1024 bits":      pemOf(t, "PRIVATE KEY", weak),
		"locked":         pemOf(t, "ENCRYPTED PRIVATE KEY", weak),
		"the public key": pemOf(t, "PUBLIC KEY", weak),
		"cannot be read": pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("hunter2")}),
	} {
		if _, err := NewSigner("example.org", "clarion", key); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", want, err)
		}
	}
}
