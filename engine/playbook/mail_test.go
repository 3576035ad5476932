package playbook_test

import (
	"testing"
	"testing/fstest"

	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/playbooks"
)

// TestMailSettings reads how letters are signed, how much they carry and where
// answers come back, as written and where nothing is said.
func TestMailSettings(t *testing.T) {
	const from = "name: Thornley CLP\nmail:\n  from: secretary@clp.example.org\n  drop: outbox\n"
	for _, c := range []struct {
		lines   string
		most    int64
		answers string
		dkim    *playbook.DKIM
	}{
		{"", 10 << 20, "", nil},
		{"  attachments_mb: 3\n", 3 << 20, "", nil},
		{"  dkim: {selector: Clarion, key_file: dkim.key}\n", 10 << 20, "", &playbook.DKIM{Domain: "clp.example.org", Selector: "clarion", KeyFile: "dkim.key"}},
		{"  dkim: {selector: s1.clarion, key_file: dkim.key, domain: example.org}\n", 10 << 20, "", &playbook.DKIM{Domain: "example.org", Selector: "s1.clarion", KeyFile: "dkim.key"}},
		{"  mailbox: {server: imap.example.org, user: clarion@example.org, password_file: x, plus: yes}\n", 10 << 20, "clarion@example.org", nil},
		{"  mailbox: {server: imap.example.org, user: clarion, password_file: x}\n", 10 << 20, "secretary@clp.example.org", nil},
	} {
		set, err := playbook.Load(playbooks.Library, fstest.MapFS{"constituency.yaml": {Data: []byte(from + c.lines)}})
		if err != nil || set.Fatal() {
			t.Errorf("%q: %v, %v", c.lines, err, set.Faults)
			continue
		}
		m := set.Constituency.Mail
		if m.MostAttached() != c.most || m.Answers() != c.answers || (m.DKIM == nil) != (c.dkim == nil) || m.DKIM != nil && *m.DKIM != *c.dkim {
			t.Errorf("%q: %d, %q, %+v", c.lines, m.MostAttached(), m.Answers(), m.DKIM)
		}
	}
}
