package mail

import (
	"context"
	"encoding/base64"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine/letter"
)

// TestWhatIsSaid compares what a server hears, but for the letters themselves.
func TestWhatIsSaid(t *testing.T) {
	const inOneBreath = "250-mail.example.org\r\n250 PIPELINING"
	from, to := "MAIL FROM:<secretary@example.org>", "RCPT TO:<jo@example.org>"
	took := []string{"250 ok", "250 ok", "354 go", "250 taken"}
	for name, c := range map[string]struct {
		lines []string
		heard []string
		kinds []letter.OutcomeKind
	}{
		"four round trips a letter, and nothing between": {slices.Concat([]string{"220 hi", hello}, took, took, []string{"221 bye"}),
			[]string{"EHLO example.org", from, to, "DATA", ".", from, to, "DATA", ".", "QUIT"}, []letter.OutcomeKind{letter.Delivered, letter.Delivered}},
		"in one breath": {slices.Concat([]string{"220 hi", inOneBreath}, took, took, []string{"221 bye"}),
			[]string{"EHLO example.org", from, to, "DATA", ".", from, to, "DATA", ".", "QUIT"}, []letter.OutcomeKind{letter.Delivered, letter.Delivered}},
		"a letter to nobody is none": {[]string{"220 hi", inOneBreath, "250 ok", "550 5.1.1 nobody", "354 go", "554 5.5.1 no recipients", "250 reset", "221 bye"},
			[]string{"EHLO example.org", from, to, "DATA", ".", "RSET", "QUIT"}, []letter.OutcomeKind{letter.Refused}},
		"refused altogether": {[]string{"220 hi", inOneBreath, "452 4.3.1 full", "503 5.5.1 no", "503 5.5.1 no", "250 reset", "221 bye"},
			[]string{"EHLO example.org", from, to, "DATA", "RSET", "QUIT"}, []letter.OutcomeKind{letter.Deferred}},
		"gone after the sender": {[]string{"220 hi", inOneBreath, "250 ok", ""},
			[]string{"EHLO example.org", from, to}, []letter.OutcomeKind{letter.NotTried}},
		"gone before the answer": {[]string{"220 hi", inOneBreath, "250 ok", "250 ok", "354 go", ""},
			[]string{"EHLO example.org", from, to, "DATA", "."}, []letter.OutcomeKind{letter.Unknown}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			port, heard := listen(t, c.lines...)
			cl := client(t, Config{Server: "127.0.0.1", Port: port, TLS: NoTLS, Timeout: 2 * time.Second})
			for i, kind := range c.kinds {
				if out := send(cl, i); out.Kind != kind {
					t.Errorf("letter %d: %+v", i, out)
				}
			}
			_ = cl.Close()
			var commands []string
			inside := false // a letter
			for _, line := range <-heard {
				if inside = inside && line != "."; !inside {
					commands = append(commands, line)
				}
				inside = inside || line == "DATA" && c.kinds[0] != letter.Refused && c.kinds[0] != letter.Deferred
			}
			if !slices.Equal(commands, c.heard) {
				t.Errorf("it heard %q\nwant %q", commands, c.heard)
			}
		})
	}
}

// ended is a log-in that has ended, or cannot be had just now.
type ended struct{ temporary bool }

func (e ended) Error() string   { return "The log-in of the mail account has ended. Log in again." }
func (e ended) Temporary() bool { return e.temporary }

// TestLogInByToken shows the token to a server that takes it or does not, and
// tells a log-in that needs a person from one that may pass.
func TestLogInByToken(t *testing.T) {
	const offers = "250-mail.example.org\r\n250 AUTH PLAIN XOAUTH2"
	right := base64.StdEncoding.EncodeToString([]byte("user=secretary@example.org\x01auth=Bearer the-token\x01\x01"))
	for name, c := range map[string]struct {
		lines []string
		fault error
		kind  letter.OutcomeKind
		code  int
		text  string
	}{
		"taken":         {[]string{"220 hi", offers, "235 2.7.0 in", "250 ok", "250 ok", "354 go", "250 taken", "221 bye"}, nil, letter.Delivered, 250, "taken"},
		"not accepted":  {[]string{"220 hi", offers, "334 eyJzdGF0dXMiOiI0MDEifQ==", "535 5.7.8 no", "221 bye"}, nil, letter.NotTried, 535, "clarion mail login"},
		"not now":       {[]string{"220 hi", offers, "454 4.7.0 busy", "221 bye"}, nil, letter.NotTried, 454, "just now"},
		"it has ended":  {[]string{"220 hi", offers, "221 bye"}, ended{false}, letter.NotTried, 535, "has ended"},
		"no answer":     {[]string{"220 hi", offers, "221 bye"}, ended{true}, letter.NotTried, 0, "has ended"},
		"passwords all": {[]string{"220 hi", "250-mail.example.org\r\n250 AUTH PLAIN LOGIN", "221 bye"}, nil, letter.NotTried, 0, "offers no way to log in that we know"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			port, heard := listen(t, c.lines...)
			cl := client(t, Config{Server: "127.0.0.1", Port: port, TLS: NoTLS, Timeout: 2 * time.Second, User: "secretary@example.org",
				Token: func(context.Context) (string, error) { return "the-token", c.fault }})
			out := send(cl, 1)
			if out.Kind != c.kind || out.Code != c.code || !strings.Contains(out.Text, c.text) {
				t.Errorf("%+v", out)
			}
			if strings.Contains(out.Text, "the-token") || strings.Contains(out.Text, "eyJ") {
				t.Errorf("the token is told: %q", out.Text)
			}
			_ = cl.Close()
			if said := strings.Join(<-heard, " "); strings.Contains(said, right) != (c.fault == nil && name != "passwords all") {
				t.Errorf("the server heard %q", said)
			}
		})
	}
}
