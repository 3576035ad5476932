package inbound

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "write testdata/golden.txt anew")

// own is the mailbox of the messages in testdata.
var own = Own{Server: "mx.example.org"}

// messages are the invented messages of testdata, by name.
func messages(t testing.TB) ([]string, map[string][]byte) {
	t.Helper()
	var names []string
	all := map[string][]byte{}
	for _, glob := range []string{"*.eml", "reports/*.eml"} {
		found, err := filepath.Glob(filepath.Join("testdata", filepath.FromSlash(glob)))
		if err != nil || len(found) == 0 {
			t.Fatalf("no messages in testdata: %v", err)
		}
		for _, f := range found {
			raw, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			name, _ := filepath.Rel("testdata", f)
			names = append(names, filepath.ToSlash(name))
			all[filepath.ToSlash(name)] = raw
		}
	}
	return names, all
}

// What is made of each message of testdata is what golden.txt says, whichever
// way its lines end.
func TestMessages(t *testing.T) {
	names, all := messages(t)
	var b strings.Builder
	for _, name := range names {
		m := Read(all[name], own)
		fmt.Fprintf(&b, "== %s\n%s\n", name, describe(m))
		if name == "broken.eml" {
			continue
		}
		dos := Read(bytes.ReplaceAll(all[name], []byte("\n"), []byte("\r\n")), own)
		dos.Attachments, m.Attachments = nil, nil // their bytes are others
		if got, want := describe(dos), describe(m); got != want {
			t.Errorf("%s is read otherwise with other line ends:\n%s\nnot\n%s", name, got, want)
		}
	}
	for _, k := range []Kind{Complaint, Report, Delayed, AutoReply, Unsubscribe, TaskAnswer, Reply, List, Document, Other} {
		if !strings.Contains(b.String(), "\n"+string(k)+": ") {
			t.Errorf("there is no message in testdata that is taken for: %s", k)
		}
	}
	golden := filepath.Join("testdata", "golden.txt")
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got := b.String(); got != string(want) {
		t.Errorf("not what golden.txt says; look at it and run with -update:\n%s", firstDifference(got, string(want)))
	}
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range g {
		if i >= len(w) || g[i] != w[i] {
			return fmt.Sprintf("line %d: %s", i+1, strings.Join(g[max(0, i-3):min(len(g), i+4)], "\n"))
		}
	}
	return "it ends early"
}

// describe writes a message as text, one thing a line.
func describe(m *Message) string {
	var b strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	say("%s: %s", m.Kind, m.Why)
	say("from %q <%s> to %s, %q, id %s", m.FromName, m.From, strings.Join(m.To, " "), m.Subject, m.MessageID)
	if m.Auto != "" {
		say("automatic: %s", m.Auto)
	}
	for _, r := range m.Refs {
		say("ref %s %s", r.Ref, r.Where)
	}
	for _, f := range m.Failures {
		say("%s %s (%s) status %q code %q: %s [%s]\n   %s", f.Verdict, f.Recipient, f.Original, f.Status, f.Code, f.Reason, f.Rule, f.Diagnostic)
	}
	if m.Feedback.Type != "" {
		say("feedback %s of %s", m.Feedback.Type, strings.Join(m.Feedback.Recipients, " "))
	}
	if m.Unsubscribe+m.Task != "" {
		say("unsubscribe %q task %q", m.Unsubscribe, m.Task)
	}
	if m.Answer.Text != "" || m.Answer.Quoted {
		say("answer %q of %q, quoting %v", m.Answer.First, m.Answer.Text, m.Answer.Quoted)
	}
	for _, a := range m.Attachments {
		say("file %q %s %s %d bytes %.8s %s", a.Name, a.Type, a.Kind, a.Size, a.SHA256, a.Refused)
	}
	if m.Auth.Server != "" {
		say("checked by %s: dmarc %s, spf %s, dkim %s", m.Auth.Server, m.Auth.DMARC, m.Auth.SPF, m.Auth.DKIM)
	}
	for _, p := range m.Problems {
		say("odd: %s", p)
	}
	return b.String()
}

// A letter of ours in the form of a report counts as what it says only where
// the recipient stands in a place for failed ones.
func TestNoAddressIsInvented(t *testing.T) {
	names, all := messages(t)
	for _, name := range names {
		m := Read(all[name], own)
		for _, f := range m.Failures {
			if !bytes.Contains(all[name], []byte(f.Recipient)) && name != "reports/ses-base64.eml" {
				t.Errorf("%s: %s stands nowhere in it", name, f.Recipient)
			}
			for _, never := range []string{"secretary@example.org", "lee@example.net", "postmaster@mx.example.com", "abuse@example.net", "helpdesk@example.com"} {
				if strings.EqualFold(f.Recipient, never) {
					t.Errorf("%s: %s is no failed recipient", name, never)
				}
			}
		}
	}
}

// safe is what must hold of any message whatever.
func safe(t interface {
	Errorf(string, ...any)
}, m *Message) {
	for _, s := range append([]string{m.Subject, m.From, m.FromName, m.MessageID, m.Answer.First, m.Task, m.Unsubscribe, m.Feedback.Type, m.Auth.DMARC}, m.To...) {
		if strings.ContainsFunc(s, unicode.IsControl) {
			t.Errorf("%q holds control characters", s)
		}
	}
	for _, a := range m.Attachments {
		if a.Name == "" || len(a.Name) > longName+8 || strings.ContainsAny(a.Name, `/\:`+"\x00") || a.Name[0] == '.' || a.Name[0] == '-' ||
			filepath.Base(a.Name) != a.Name || !filepath.IsLocal(a.Name) {
			t.Errorf("%q is no safe name", a.Name)
		}
		if data, err := a.Bytes(); err == nil && len(data) != a.Size {
			t.Errorf("%q has %d bytes, not %d", a.Name, len(data), a.Size)
		}
	}
	seen := map[string]bool{}
	for _, a := range m.Attachments {
		if low := strings.ToLower(a.Name); seen[low] {
			t.Errorf("two files are called %q", a.Name)
		} else {
			seen[low] = true
		}
	}
	for _, f := range m.Failures {
		if _, ok := bare(f.Recipient); !ok {
			t.Errorf("%q is no address", f.Recipient)
		}
		if f.Reason == "" || f.Rule == "" || f.Verdict == Hard && strings.HasPrefix(f.Status, "4") {
			t.Errorf("%+v is not judged", f)
		}
	}
	if m.Auto != "" && (m.Kind == TaskAnswer || m.Kind == Reply) || m.Kind == AutoReply && m.Auto == "" {
		t.Errorf("%s of a machine: %s", m.Kind, m.Auto)
	}
	if m.Auth.Passed() && m.From == "" {
		t.Errorf("the sender of a message without one is checked")
	}
}

// Whatever is broken in a message, it is read to the end, the same way each
// time, and nothing in it gets out of its place.
func TestBrokenMessages(t *testing.T) {
	t.Parallel()
	names, all := messages(t)
	rapid.Check(t, func(t *rapid.T) {
		raw := bytes.Clone(all[rapid.SampledFrom(names).Draw(t, "message")])
		for range rapid.IntRange(1, 6).Draw(t, "cuts") {
			if len(raw) == 0 {
				break
			}
			at := rapid.IntRange(0, len(raw)-1).Draw(t, "at")
			n := min(rapid.IntRange(0, 40).Draw(t, "length"), len(raw)-at)
			put := rapid.SampledFrom([]string{"", "\n", "\n\n", "\x00", "--m", "\xff", ": ", "\"", "(", "=?utf-8?q?", "../", "\r", " <"}).Draw(t, "put")
			raw = append(append(bytes.Clone(raw[:at]), put...), raw[at+n:]...)
		}
		m := Read(raw, own)
		safe(t, m)
		if !reflect.DeepEqual(describe(m), describe(Read(raw, own))) {
			t.Errorf("read twice, it is another message")
		}
	})
}

func FuzzRead(f *testing.F) {
	names, all := messages(f)
	for _, n := range names {
		f.Add(all[n])
	}
	f.Fuzz(func(t *testing.T, raw []byte) { safe(t, Read(raw, own)) })
}

// Bombs are bounded: parts without end, parts in parts, headers without end.
func TestBombs(t *testing.T) {
	t.Parallel()
	deep := "Content-Type: multipart/mixed; boundary=b0\n\n"
	for i := range 200 {
		deep += fmt.Sprintf("--b%d\nContent-Type: multipart/mixed; boundary=b%d\n\n", i, i+1)
	}
	for name, c := range map[string]struct{ raw, odd string }{
		"many":    {"Content-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--b\nContent-Type: text/csv\n\nx\n", 5000), "too many parts"},
		"deep":    {deep, "nested too deep"},
		"header":  {strings.Repeat("X: "+strings.Repeat("y", 500)+"\n", 4000) + "\nbody", "header is too long"},
		"lines":   {strings.Repeat("no field\n", 100_000) + "X: y\n\nbody", ""},
		"folded":  {"X: y\n" + strings.Repeat(" z\n", 300_000) + "\nbody", "header is too long"},
		"to":      {"To: " + strings.Repeat("jo@example.org, ", 10_000) + "\n\nx", ""},
		"comment": {"Authentication-Results: " + strings.Repeat("(", 200_000) + "\n\nx", ""},
		"quote":   {"From: jo@example.org\n\n" + strings.Repeat("On 1 ", 100_000) + "\n" + strings.Repeat("on 1\n", 100_000), ""},
		"report":  {"From: mailer-daemon@example.org\nSubject: failure notice\n\n" + strings.Repeat("<jo@example.org>:\n550 no\n", 20_000), ""},
		"status":  {"Content-Type: message/delivery-status\n\n" + strings.Repeat("Final-Recipient: rfc822; jo@example.org\nAction: failed\n\n", 20_000), ""},
		"page":    {"Content-Type: text/html\n\n" + strings.Repeat("<div><blockquote>", 100_000), ""},
	} {
		m := Read([]byte(c.raw), own)
		safe(t, m)
		if len(m.Attachments) > maxParts || len(m.Failures) > maxFailures || len(m.To) > maxIDs || !strings.Contains(strings.Join(m.Problems, ";"), c.odd) {
			t.Errorf("%s: %d files, %d failures, %q", name, len(m.Attachments), len(m.Failures), m.Problems)
		}
	}
}

// The messages of testdata, most of them reports of 1 to 2 KB: about 9,000 a
// second on one core of a small server. A mailbox gets a few hundred a day.
func BenchmarkRead(b *testing.B) {
	names, all := messages(b)
	size := 0
	for _, n := range names {
		size += len(all[n])
	}
	known()
	b.SetBytes(int64(size / len(names)))
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		Read(all[names[i%len(names)]], own)
		i++
	}
}
