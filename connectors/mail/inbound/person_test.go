package inbound

import (
	"strings"
	"testing"
)

// The first line above the quotation is the answer, in whatever way mail
// programs quote.
func TestFirstLineAboveTheQuote(t *testing.T) {
	for _, c := range []struct{ text, first, all string }{
		{"Yes\n\nOn Mon, 2 Nov 2026 at 09:00, A <a@example.org> wrote:\n> No", "Yes", "Yes"},
		{"Yes\n\nOn Mon, 2 Nov 2026 at 09:00, A very long name of a party\n<a@example.org> wrote:\n\nNo", "Yes", "Yes"},
		{"\n\n  Yes.  \r\n\r\n-----Original Message-----\r\nFrom: A\r\nNo", "Yes.", "Yes."},
		{"Yes\n________________________________\nFrom: A <a@example.org>\nSent: 2 November 2026\nTo: B\n\nNo", "Yes", "Yes"},
		{"Yes\n\n*From:* A\n*Date:* Monday\n\nNo", "Yes", "Yes"},
		{"Yes\n> No\n", "Yes", "Yes"},
		{"Yes\nbut late\n\n-- \nJo Marsh\nChair", "Yes", "Yes\nbut late"},
		{"Yes\n\nBegin forwarded message:\n\n> No", "Yes", "Yes"},
		{"Ja\n\nAm 02.11.2026 um 09:00 schrieb A <a@example.org>:\n> Nein", "Ja", "Ja"},
		{"Oui\n\nLe 2 nov. 2026 à 09:00, A a écrit :\n> Non", "Oui", "Oui"},
		{"Ie\n\nAr 2 Tach 2026 ysgrifennodd:\n> Na", "Ie", "Ie"},
		{"> No\n\nYes", "", ""},
		{"On Monday we met 12 people. I wrote:\nnothing", "", ""}, // doubt: not an answer
		{"On Monday we met.\nYes", "On Monday we met.", "On Monday we met.\nYes"},
		{"From: here on it is yes\nYes", "From: here on it is yes", "From: here on it is yes\nYes"},
		{"Y\u202ees\x07", "Y‹U+202E›es‹U+0007›", "Y‹U+202E›es‹U+0007›"},
		{"\u200b\ufeffYes\u00a0", "Yes", "Yes"},
		{strings.Repeat("a", 300), "", strings.Repeat("a", 300)},
		{"", "", ""},
	} {
		a := readAnswer(c.text)
		if a.First != c.first || a.Text != c.all {
			t.Errorf("%q is answered with %q of %q, not %q of %q", c.text, a.First, a.Text, c.first, c.all)
		}
	}
}

func FuzzAnswer(f *testing.F) {
	f.Add("Yes\n\nOn Mon, 2 Nov 2026 at 09:00, A <a@example.org> wrote:\n> No")
	f.Add("Yes\n____________\n*From:* A\n*Sent:* B")
	f.Fuzz(func(t *testing.T, text string) {
		a := readAnswer(text)
		if strings.Contains(a.First, "\n") || len([]rune(a.First)) > longestFirst || a.First != "" && !strings.HasPrefix(a.Text, a.First) {
			t.Errorf("%q begins with %q", a.Text, a.First)
		}
		for _, l := range strings.Split(a.Text, "\n") {
			if strings.HasPrefix(l, ">") {
				t.Errorf("%q is quoted", l)
			}
		}
	})
}

// No automatic message may be answered, whatever it calls itself.
func TestAutomaticMailIsNeverAnswered(t *testing.T) {
	base := "From: Jo Marsh <jo@example.net>\nTo: secretary@example.org\nSubject: Hello\n"
	if m := Read([]byte(base+"\nHello"), own); m.Auto != "" {
		t.Errorf("a person's message is automatic: %s", m.Auto)
	}
	for _, h := range []string{"Auto-Submitted: auto-replied", "Auto-Submitted: auto-generated; x=y", "Auto-Submitted: auto-notified (x)", "Precedence: bulk", "Precedence: List",
		"Precedence: auto_reply", "X-Autoreply: yes", "X-Autorespond: Hello", "List-Id: <a.example.org>", "List-Unsubscribe: <mailto:a@example.org>", "Return-Path: <>",
		"X-Auto-Response-Suppress: All", "X-Loop: jo@example.net", "Subject: Automatic reply: Hello", "Content-Type: multipart/report; boundary=x",
		"X-Clarion-Ref: 4f2a9c01-0b1c2d3e4f50-a1b2c3d4e5f6", "From: sam@example.net"} {
		if m := Read([]byte(h+"\n"+base+"\nHello"), own); m.Auto == "" {
			t.Errorf("with %q it may be answered", h)
		}
	}
	for _, from := range []string{"MAILER-DAEMON@example.net", "postmaster@example.net", "no-reply@example.net", "do_not.reply@example.net", "<>", "a@example.net, b@example.net", ""} {
		if m := Read([]byte("From: "+from+"\nSubject: Hello\n\nHello"), own); m.Auto == "" {
			t.Errorf("a message from %q may be answered", from)
		}
	}
	if m := Read([]byte("Auto-Submitted: no\n"+base+"\nHello"), own); m.Auto != "" {
		t.Errorf("Auto-Submitted: no is a person's: %s", m.Auto)
	}
}

// A machine's message is neither an answer nor a reply, and nobody leaves by a
// word that a machine wrote; a token in its subject still counts.
func TestMachinesDoNotAnswer(t *testing.T) {
	for _, c := range []struct {
		raw  string
		want Kind
	}{
		{"Precedence: list\nFrom: jo@example.net\nSubject: Re: [task k3xj2m4nq7rs5tvw]\n\nYes", Other},
		{"From: jo@example.net\nSubject: Re: [task k3xj2m4nq7rs5tvw]\n\nYes", TaskAnswer},
		{"From: jo@example.net\nSubject: Re: [task k3xj2m4nq7rs5tvw]\n\nStop", TaskAnswer},
		{"From: jo@example.net\nSubject: Re: x\n\n[task k3xj2m4nq7rs5tvw]", Other}, // within the text is nowhere
		{"From: jo@example.net\nSubject: Re: x\n\nunsubscribe k3xj2m4nq7rs5tvw", Other},
		{"From: jo@example.net\nSubject: Re: unsubscribe k3xj2m4nq7rs5tvw from all\n\nx", Other},
		{"From: jo@example.net\nSubject: [task short]\n\nYes", Other},
		{"Precedence: list\nFrom: jo@example.net\nIn-Reply-To: <4f2a9c01-0b1c2d3e4f50-a1b2c3d4e5f6@example.org>\n\nThanks", AutoReply},
		{"From: jo@example.net\nIn-Reply-To: <4f2a9c01-0b1c2d3e4f50-a1b2c3d4e5f6@example.org>\n\nThanks", Reply},
		{"From: jo@example.net\nIn-Reply-To: <another@example.org>\n\nThanks", Other},
		{"List-Id: <x.example.net>\nFrom: jo@example.net\nSubject: stop\n\nx", Other},
		{"From: jo@example.net\nSubject: stop\n\nx", Unsubscribe},
		{"From: jo@example.net\nSubject: Please\n\nTake me off your list!", Unsubscribe},
		{"From: jo@example.net\nSubject: unsubscribe k3xj2m4nq7rs5tvw\nPrecedence: bulk\n\nx", Unsubscribe},
		{"From: jo@example.net\nTo: office+unsubscribe-k3xj2m4nq7rs5tvw@example.org\n\nx", Unsubscribe},
	} {
		if m := Read([]byte(c.raw), own); m.Kind != c.want {
			t.Errorf("%q is %s, not %s", c.raw, m.Kind, c.want)
		}
	}
}

// In a report in words only what stands in a place for failed recipients is
// one: nothing that the words merely mention, and nothing of the letter itself.
func TestPlacesOfRecipients(t *testing.T) {
	head := "From: MAILER-DAEMON@example.com\nSubject: failure notice\n\n"
	for text, want := range map[string]string{
		"Sorry. Ask postmaster@example.com about it.\n\n<jo@example.net>:\nno\n":               "jo@example.net",
		"jo@example.net (user not found)\n":                                                    "", // of no list
		"undeliverable to the following:\n\n jo@example.net (no)\n sam@example.net (no)\n":     "jo@example.net sam@example.net",
		"undeliverable to the following:\nnone\n1\n2\n3\n4\njo@example.net (user not found)\n": "",
		"To: jo@example.net\nSubject: x\n":                                                     "",
		"--- Below this line is a copy of the message.\n\njo@example.net\n":                    "",
		"<jo@example.net>:\nno\n\n<JO@example.net>:\nno\n":                                     "jo@example.net",
		"jo@example.net, sam@example.net\n":                                                    "",
		"<MAILER-DAEMON@example.com>:\nno\n":                                                   "",
		"<jo@example..net>:\nno\n":                                                             "",
	} {
		var got []string
		for _, f := range Read([]byte(head+text), own).Failures {
			got = append(got, f.Recipient)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q names %q, not %q", text, got, want)
		}
	}
	vacation := "Return-Path: <>\nFrom: jo@example.net\nSubject: Out of office: failure notice\n\nSorry, it was not delivered. Ask\n\nsam@example.net\n"
	if m := Read([]byte(vacation), own); m.Kind != AutoReply || len(m.Failures) > 0 {
		t.Errorf("somebody's absence is taken for a %s of %+v", m.Kind, m.Failures)
	}
}

// Only the topmost stamp counts, and only if our server wrote it. Nothing that
// the sender can write makes a pass.
func TestOnlyOurServersStampCounts(t *testing.T) {
	from := "From: Jo <jo@example.net>\nSubject: x\n\nx"
	for _, c := range []struct{ name, head, dmarc, spf, dkim string }{
		{"none", "", "", "", ""},
		{"ours", "Authentication-Results: mx.example.org; spf=pass smtp.mailfrom=jo@example.net; dkim=fail; dkim=pass (2048) header.d=example.net; dmarc=pass (p=none) header.from=example.net\n", "pass", "pass", "pass"},
		{"in other letters", "AUTHENTICATION-RESULTS: MX.Example.Org 1 ;\n dmarc = pass header.from = EXAMPLE.net\n", "pass", "", ""},
		{"behind other fields", "Delivered-To: x@example.org\nReceived: by mx.example.org\nARC-Authentication-Results: i=1; mx.example.org; dmarc=fail\nAuthentication-Results: mx.example.org; dmarc=pass header.from=example.net\n", "pass", "", ""},
		{"of another server", "Authentication-Results: mx.example.com; dmarc=pass header.from=example.net\n", "", "", ""},
		{"below another server's", "Authentication-Results: mx.example.com; spf=fail\nAuthentication-Results: mx.example.org; dmarc=pass header.from=example.net\n", "", "", ""},
		{"forged below", "Authentication-Results: mx.example.org; dmarc=fail header.from=example.net\nReceived: x\nAuthentication-Results: mx.example.org; dmarc=pass header.from=example.net\n", "fail", "", ""},
		{"forged directly below", "Authentication-Results: mx.example.org; dmarc=none\nAuthentication-Results: mx.example.org; dmarc=pass header.from=example.net\n", "none", "", ""},
		{"invented directly below", "Authentication-Results: mx.example.org; spf=pass\nAuthentication-Results: mx.example.org; dmarc=pass header.from=example.net; spf=fail\n", "", "fail", ""},
		{"within quotation marks", `Authentication-Results: mx.example.org; spf=pass smtp.mailfrom="a; dmarc=pass header.from=example.net"@example.com` + "\n", "", "pass", ""},
		{"within a comment", "Authentication-Results: mx.example.org; spf=fail (of (x); dmarc=pass header.from=example.net); dkim=none\n", "", "fail", "none"},
		{"name in a comment", "Authentication-Results: (mx.example.org;) mx.example.com; dmarc=pass\n", "", "", ""},
		{"of another version", "Authentication-Results: mx.example.org 2; dmarc=pass header.from=example.net\n", "", "", ""},
		{"of another domain", "Authentication-Results: mx.example.org; dmarc=pass header.from=example.com\n", "fail", "", ""},
		{"of two senders", "Authentication-Results: mx.example.org; dmarc=pass header.from=example.net\nFrom: sam@example.com\n", "fail", "", ""},
		{"twice", "Authentication-Results: mx.example.org; dmarc=fail header.from=example.net; dmarc=pass header.from=example.net\n", "fail", "", ""},
	} {
		m := Read([]byte(c.head+from), own)
		if m.Auth.DMARC != c.dmarc || m.Auth.SPF != c.spf || m.Auth.DKIM != c.dkim || m.Auth.Passed() != (c.dmarc == "pass") {
			t.Errorf("%s: %+v, not dmarc %q spf %q dkim %q", c.name, m.Auth, c.dmarc, c.spf, c.dkim)
		}
	}
	nameless := []byte("Authentication-Results: spf=pass (sender IP is 192.0.2.1)\n smtp.mailfrom=example.net; dkim=pass (signature was verified)\n header.d=example.net;dmarc=pass action=none\n header.from=example.net;compauth=pass reason=100\n" + from)
	if a := Read(nameless, Own{Server: Nameless}).Auth; !a.Passed() || a.SPF != "pass" || a.DKIM != "pass" || Read(nameless, own).Auth.Passed() {
		t.Errorf("a stamp without a name counts where that is said, and only there: %+v", a)
	}
	if Read([]byte("Authentication-Results: mx.example.com; spf=pass\nAuthentication-Results: dmarc=pass\n"+from), Own{Server: Nameless}).Auth.Passed() {
		t.Errorf("a nameless stamp below another counts")
	}
	stamp := []byte("Authentication-Results: mx3.example.org; dmarc=pass header.from=example.net\n" + from)
	if !Read(stamp, Own{Server: "*.example.org"}).Auth.Passed() || Read(stamp, Own{Server: "*.ample.org"}).Auth.Passed() || Read(stamp, Own{}).Auth.Passed() {
		t.Errorf("a name with a star stands for the hosts of its domain, and no name for none")
	}
}
