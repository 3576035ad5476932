package mail

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"flag"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-message"
	gomail "github.com/emersion/go-message/mail"
	"pgregory.net/rapid"

	"github.com/clarion-clp/clarion/engine/letter"
)

var update = flag.Bool("update", false, "write the golden files anew")

func outgoing(files ...string) letter.Outgoing {
	o := letter.Outgoing{
		Ref: "m-17", MessageID: "m-17.abc@example.org", Date: time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC),
		Content: letter.Content{
			From: "secretary@example.org", FromName: "Broadland & Fakenham CLP", ReplyTo: "pat@example.org",
			To: "jo@example.org", ToName: "Zoë Ní Bhriain", Subject: "Welcome, Zoë",
			Text: "Dear Zoë,\n\nhello.\n.\n-- \nPat\n", HTML: "<html><body style=\"x\"><p>Dear Zoë,</p></body></html>\n",
		},
		Files: map[string][]byte{},
	}
	for _, name := range files {
		data := []byte("the file " + name + "\n")
		sum := sha256.Sum256(data)
		sha := hex.EncodeToString(sum[:])
		o.Content.Attachments = append(o.Content.Attachments, letter.Attachment{Name: name, Type: "application/pdf", SHA256: sha, Size: int64(len(data))})
		o.Files[sha] = data
	}
	return o
}

// A tester is what a test, a fuzz target and a property have in common.
type tester interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
}

func made(t tester, o letter.Outgoing) []byte {
	t.Helper()
	b, err := Bytes(o)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// A part is a leaf of a parsed message.
type leaf struct{ kind, name, body string }

// parse reads a message as a mail program would.
func parse(t tester, b []byte) (gomail.Header, []leaf) {
	t.Helper()
	e, err := message.Read(bytes.NewReader(b))
	if err != nil {
		t.Fatalf("%v in\n%s", err, b)
	}
	var leaves []leaf
	err = e.Walk(func(_ []int, e *message.Entity, err error) error {
		if err != nil {
			return err
		}
		kind, _, err := e.Header.ContentType()
		if err != nil {
			return err
		}
		if strings.HasPrefix(kind, "multipart/") {
			return nil
		}
		body, err := io.ReadAll(e.Body)
		if err != nil {
			return err
		}
		name, err := (&gomail.AttachmentHeader{Header: e.Header}).Filename()
		if err != nil {
			return err
		}
		leaves = append(leaves, leaf{kind, name, strings.ReplaceAll(string(body), "\r\n", "\n")})
		return nil
	})
	if err != nil {
		t.Fatalf("%v in\n%s", err, b)
	}
	return gomail.Header{Header: e.Header}, leaves
}

// parseAgain reads a message with the standard library.
func parseAgain(t tester, b []byte) (*mail.Message, []leaf) {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(b))
	if err != nil {
		t.Fatalf("%v in\n%s", err, b)
	}
	var leaves []leaf
	var walk func(head map[string][]string, body io.Reader)
	walk = func(head map[string][]string, body io.Reader) {
		h := textproto.MIMEHeader(head)
		kind, params, err := mime.ParseMediaType(h.Get("Content-Type"))
		if err != nil {
			t.Fatalf("%v in\n%s", err, b)
		}
		if strings.HasPrefix(kind, "multipart/") {
			parts := multipart.NewReader(body, params["boundary"])
			for p, err := parts.NextRawPart(); err != io.EOF; p, err = parts.NextRawPart() {
				if err != nil {
					t.Fatalf("%v in\n%s", err, b)
				}
				walk(p.Header, p)
			}
			return
		}
		switch h.Get("Content-Transfer-Encoding") {
		case "quoted-printable":
			body = quotedprintable.NewReader(body)
		case "base64":
			body = base64.NewDecoder(base64.StdEncoding, body)
		}
		text, err := io.ReadAll(body)
		if err != nil {
			t.Fatalf("%v in\n%s", err, b)
		}
		_, place, _ := mime.ParseMediaType(h.Get("Content-Disposition"))
		leaves = append(leaves, leaf{kind, place["filename"], strings.ReplaceAll(string(text), "\r\n", "\n")})
	}
	walk(m.Header, m.Body)
	return m, leaves
}

// checkAlike holds that two unrelated parsers make the same of a message.
func checkAlike(t tester, raw []byte, h gomail.Header, leaves []leaf) {
	t.Helper()
	m, again := parseAgain(t, raw)
	if !slices.Equal(again, leaves) {
		t.Fatalf("parts %q, to another parser %q", leaves, again)
	}
	var words mime.WordDecoder
	for name, values := range m.Header {
		if len(values) != 1 || len(h.Values(name)) != 1 {
			t.Fatalf("%s: %q, to another parser %q", name, values, h.Values(name))
		}
		one, err := words.DecodeHeader(values[0])
		other, err2 := h.Text(name)
		if err != nil || err2 != nil || one != other {
			t.Fatalf("%s: %q (%v), to another parser %q (%v)", name, one, err, other, err2)
		}
	}
	for _, name := range []string{"From", "To", "Reply-To"} {
		one, err := m.Header.AddressList(name)
		other, err2 := h.AddressList(name)
		if err != nil || err2 != nil || len(one) != 1 || len(other) != 1 || *one[0] != mail.Address(*other[0]) {
			t.Fatalf("%s: %v (%v), to another parser %v (%v)", name, one, err, other, err2)
		}
	}
}

// fields are the names of a header's fields, in their order.
func fields(h gomail.Header) string {
	var out []string
	for f := h.Fields(); f.Next(); {
		out = append(out, f.Key())
	}
	return strings.Join(out, " ")
}

func TestGolden(t *testing.T) {
	o := outgoing("Minutes of 3 November – draft.pdf", "plain.pdf")
	o.Again = true
	for _, c := range []struct {
		file string
		o    letter.Outgoing
	}{{"testdata/plain.eml", outgoing()}, {"testdata/attached.eml", o}} {
		got := made(t, c.o)
		if *update {
			if err := os.WriteFile(c.file, got, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(c.file)
		if err != nil {
			t.Fatal(err)
		}
		// Git may give the file other line ends on other systems.
		if clean := bytes.ReplaceAll(want, []byte("\r\n"), []byte("\n")); !bytes.Equal(bytes.ReplaceAll(got, []byte("\r\n"), []byte("\n")), clean) {
			t.Errorf("%s differs (run with -update to write it anew):\n%s", c.file, got)
		}
		if !bytes.Equal(got, made(t, c.o)) {
			t.Errorf("%s: the same letter gave other bytes", c.file)
		}
		if bytes.Contains(bytes.ReplaceAll(got, []byte("\r\n"), nil), []byte("\n")) {
			t.Errorf("%s: a line does not end with CR LF", c.file)
		}
	}
}

func TestParsed(t *testing.T) {
	o := outgoing("Zoë’s minutes – 会議.pdf", "b.pdf")
	o.Content.Attachments[1].Type = "not a type"
	h, leaves := parse(t, made(t, o))
	subject, err := h.Subject()
	if err != nil || subject != "Welcome, Zoë" {
		t.Errorf("subject %q, %v", subject, err)
	}
	for field, want := range map[string]string{"From": "Broadland & Fakenham CLP secretary@example.org", "To": "Zoë Ní Bhriain jo@example.org", "Reply-To": " pat@example.org"} {
		list, err := h.AddressList(field)
		if err != nil || len(list) != 1 || list[0].Name+" "+list[0].Address != want {
			t.Errorf("%s: %v, %v", field, list, err)
		}
	}
	for field, want := range map[string]string{"X-Clarion-Ref": "m-17", "Message-Id": "<m-17.abc@example.org>", "Auto-Submitted": "auto-generated",
		"User-Agent": "Clarion", "X-Mailer": "Clarion", "Date": "Tue, 03 Nov 2026 09:00:00 +0000", "X-Clarion-Again": ""} {
		if got := h.Get(field); got != want {
			t.Errorf("%s: %q, want %q", field, got, want)
		}
	}
	want := []leaf{
		{"text/plain", "", o.Content.Text},
		{"text/html", "", o.Content.HTML},
		{"application/pdf", "Zoë’s minutes – 会議.pdf", "the file Zoë’s minutes – 会議.pdf\n"},
		{"application/octet-stream", "b.pdf", "the file b.pdf\n"},
	}
	if len(leaves) != len(want) {
		t.Fatalf("parts %q", leaves)
	}
	for i := range want {
		if leaves[i] != want[i] {
			t.Errorf("part %d is %q, want %q", i, leaves[i], want[i])
		}
	}
}

func TestAgain(t *testing.T) {
	o := outgoing()
	o.Again = true
	h, leaves := parse(t, made(t, o))
	if h.Get("X-Clarion-Again") != "yes" || !strings.HasPrefix(leaves[0].body, again+"\n\nDear") || !strings.Contains(leaves[1].body, "<body style=\"x\">\n<p") || !strings.Contains(leaves[1].body, again) {
		t.Errorf("a second copy does not say so: %q", leaves)
	}
}

func TestNoMessage(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*letter.Outgoing)
		kind   letter.OutcomeKind
	}{
		"no recipient":       {func(o *letter.Outgoing) { o.Content.To = "" }, letter.Refused},
		"two recipients":     {func(o *letter.Outgoing) { o.Content.To = "a@example.org, b@example.org" }, letter.Refused},
		"a header in it":     {func(o *letter.Outgoing) { o.Content.To = "a@example.org\r\nBcc: b@example.org" }, letter.Refused},
		"a name in it":       {func(o *letter.Outgoing) { o.Content.To = "Jo <a@example.org>" }, letter.Refused},
		"no sender":          {func(o *letter.Outgoing) { o.Content.From = "secretary" }, letter.NotTried},
		"bad reply":          {func(o *letter.Outgoing) { o.Content.ReplyTo = "x y@example.org" }, letter.NotTried},
		"no ref":             {func(o *letter.Outgoing) { o.Ref = "" }, letter.NotTried},
		"a ref of two lines": {func(o *letter.Outgoing) { o.Ref = "a\nb" }, letter.NotTried},
		"a bad number":       {func(o *letter.Outgoing) { o.MessageID = "a b" }, letter.NotTried},
		"no date":            {func(o *letter.Outgoing) { o.Date = time.Time{} }, letter.NotTried},
		"other bytes":        {func(o *letter.Outgoing) { o.Files[o.Content.Attachments[0].SHA256] = []byte("x") }, letter.NotTried},
	} {
		o := outgoing("a.pdf")
		c.change(&o)
		_, err := Bytes(o)
		if err == nil {
			t.Errorf("%s: a message was made", name)
			continue
		}
		if out := unmade(err); out.Kind != c.kind || out.Text == "" || strings.Contains(out.Text, "example.org") {
			t.Errorf("%s: %+v", name, out)
		}
	}
}

// checkHeld holds that nothing in a letter's words changes the message around
// them: the same fields, the same parts, and the words themselves.
func checkHeld(t tester, name, subject, body string) {
	o := outgoing("a.pdf")
	o.Earlier, o.Unsubscribe = earlier, waysOut
	o.Mark = "[task abcdefghijklmnopqrstuvwxyz234567]"
	plain := made(t, o)
	plainHeader, plainLeaves := parse(t, plain)
	o.Content.ToName, o.Content.FromName, o.Content.Subject = name, name, subject
	o.Content.Text, o.Content.HTML = body+"\n", "<p>"+body+"</p>\n"
	o.Content.Attachments[0].Name = name + ".pdf"
	raw := made(t, o)
	h, leaves := parse(t, raw)
	if fields(h) != fields(plainHeader) {
		t.Fatalf("%q, %q: the fields are %s, want %s", name, subject, fields(h), fields(plainHeader))
	}
	if len(leaves) != len(plainLeaves) {
		t.Fatalf("%q: %d parts", body, len(leaves))
	}
	for _, line := range bytes.Split(raw, []byte("\r\n")) {
		if len(line) > 998 || bytes.ContainsAny(line, "\r\n\x00") {
			t.Fatalf("a line of %d bytes, or with a control character: %.80q", len(line), line)
		}
		if bytes.ContainsFunc(line, func(r rune) bool { return r >= 0x80 }) {
			t.Fatalf("a line that is not ASCII: %.80q", line)
		}
	}
	got, err := h.Subject()
	if want := strings.TrimSpace(header(subject, longestSubject) + " " + o.Mark); err != nil || got != want {
		t.Fatalf("subject %q, %v; want %q", got, err, want)
	}
	to, err := h.AddressList("To")
	if want := header(name, longestName); err != nil || len(to) != 1 || to[0].Address != "jo@example.org" || to[0].Name != want {
		t.Fatalf("to %v, %v; want the name %q", to, err, want)
	}
	ends := strings.NewReplacer("\r\n", "\n", "\r", "\n")
	if got, want := ends.Replace(leaves[0].body), ends.Replace(o.Content.Text); got != want {
		t.Fatalf("text %q, want %q", got, want)
	}
	if got, want := ends.Replace(leaves[1].body), ends.Replace(o.Content.HTML); got != want {
		t.Fatalf("HTML %q, want %q", got, want)
	}
	checkAlike(t, raw, h, leaves)
	if were, _ := parseAgain(t, plain); len(were.Header) != len(h.Map()) {
		t.Fatalf("fields %v, were %v", h.Map(), were.Header)
	}
	if want := fileName(name + ".pdf"); leaves[2].name != want || strings.ContainsAny(leaves[2].name, "/\\\r\n") {
		t.Fatalf("file %q, want %q", leaves[2].name, want)
	}
}

var nasty = []string{
	"", "Jo", "a\r\nBcc: x@example.org", "a\nSubject: b", "\"Jo\" <x@example.net>", "Jo, x@example.net", "=?utf-8?q?x?=", "Zoë", "会議", "\u202ex", "a\x00b",
	strings.Repeat("x", 5000), strings.Repeat("ü ", 3000), ".", "..\r\n.\r\n", "--=_clarion_1_", "(comment)", "\\", "a;b", "../../etc/passwd", "CON", "👩‍👩‍👧", "\t", " x ", "%0d%0a", "a\u2028b", "From x",
}

func TestNothingEscapes(t *testing.T) {
	for _, s := range nasty {
		checkHeld(t, s, s, strings.ToValidUTF8(s, "?"))
	}
	rapid.Check(t, func(rt *rapid.T) {
		piece := rapid.OneOf(rapid.SampledFrom(nasty), rapid.String())
		checkHeld(rt, piece.Draw(rt, "name"), piece.Draw(rt, "subject"), piece.Draw(rt, "body"))
	})
}

func FuzzMessage(f *testing.F) {
	for _, s := range nasty {
		f.Add(s, s, s)
	}
	f.Fuzz(func(t *testing.T, name, subject, body string) { checkHeld(t, name, subject, body) })
}

// BenchmarkBytes makes the message of a letter as long as most are.
func BenchmarkBytes(b *testing.B) {
	o := outgoing()
	o.Content.Text = strings.Repeat("A line of a letter that is as long as such lines are in most letters.\n", 60)
	o.Content.HTML = "<p>" + strings.ReplaceAll(o.Content.Text, "\n", "</p>\n<p>") + "</p>"
	for b.Loop() {
		if _, err := Bytes(o); err != nil {
			b.Fatal(err)
		}
	}
}

// TestWhatLeadsToLetters: an officer's message has its links above, and below
// which plan it tells of and how the log stood; an address that could do anything
// else is refused.
func TestWhatLeadsToLetters(t *testing.T) {
	o := letter.Outgoing{Ref: "12345678-123456789012-123456789012", Date: time.Date(2026, time.November, 2, 9, 0, 0, 0, time.UTC),
		Content: letter.Content{From: "a@example.org", To: "b@example.org", Subject: "Letters", Text: "Text.\n", HTML: "<html><body><p>Text.</p></body></html>"},
		Plan:    "7 (0123456789ab), good until Monday", Head: "41 abcdef012345"}
	o.ReviewAt, o.StopAt = "https://clp.example.org/r/abc", "https://clp.example.org/s/def"
	b, err := Bytes(o)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.NewReplacer("=\r\n", "", "=3D", "=").Replace(string(b))
	for _, want := range []string{"say yes or no:\r\nhttps://clp.example.org/r/abc\r\n", `<a href="https://clp.example.org/s/def">Stop these letters</a>`, "These letters are plan 7 (0123456789ab)",
		"entry 41, abcdef012345", "clarion log --verify --head abcdef012345"} {
		if strings.Count(text, want) == 0 {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	if strings.Index(text, "/r/abc") > strings.Index(text, "Text.") || strings.Index(text, "entry 41") < strings.Index(text, "Text.") {
		t.Errorf("the links are not above, or the head is not below:\n%s", text)
	}
	for _, to := range []string{"http://clp.example.org/r/abc", "javascript:alert(1)", "https://clp.example.org/r/\"><script>", "https://clp.example.org/\r\nBcc: x@example.org"} {
		o.ReviewAt = to
		if _, err := Bytes(o); err == nil {
			t.Errorf("%q is a link", to)
		}
	}
}
