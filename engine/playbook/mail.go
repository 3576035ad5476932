package playbook

import (
	"strings"
)

// mostAttached is how many megabytes a letter may carry at the very most:
// hardly a server takes more.
const mostAttached = 25

// usualAttached is how many it may carry where nothing else is said. In a
// mailbox it grows by a third, and some servers take no more than that.
const usualAttached = 10

// MostAttached is how many bytes all that is attached to one letter may have.
func (m Mail) MostAttached() int64 {
	mb := m.Attachments
	if mb == 0 {
		mb = usualAttached
	}
	return int64(mb) << 20
}

// Answers is the address at which what comes back is read by the program; empty
// if it reads none.
func (m Mail) Answers() string {
	switch {
	case m.Mailbox == nil:
		return ""
	case strings.Contains(m.Mailbox.User, "@"):
		return m.Mailbox.User
	}
	return m.From
}

// DKIM is how letters are signed, so that whoever gets them can see that they
// are ours and are as we wrote them.
type DKIM struct {
	Domain   string // whose signature it is
	Selector string // under which the key is published
	KeyFile  string // of the private key
}

// dnsName is a name as it stands in the domain name system.
const dnsName = `^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$`

// readDKIM reads how letters are signed that come from an address. A signature
// of another domain than theirs proves nothing to their receivers.
func readDKIM(v value, from string) *DKIM {
	m, good := v.form(dkimForm)
	_, home, _ := strings.Cut(strings.ToLower(from), "@")
	d := &DKIM{Domain: home}
	setDNSName(m, "selector", &d.Selector)
	setDNSName(m, "domain", &d.Domain)
	setText(m, "key_file", &d.KeyFile)
	switch {
	case !good:
	case home == "":
		v.fault("add from: secretary@example.org", "To sign letters, the address that they come from must be said.")
	case home != d.Domain && !strings.HasSuffix(home, "."+d.Domain):
		m.get("domain").fault("leave it out, or write "+plain(home), "Letters come from %s: a signature of %s counts for nothing there.", plain(home), plain(d.Domain))
	}
	return d
}

// setDNSName reads a name of the domain name system into a place, if it is
// written.
func setDNSName(m mapping, key string, to *string) {
	x := m.get(key)
	if !x.there() {
		return
	}
	name, ok := x.text(key)
	if name = strings.ToLower(name); ok && !isDNSName(name) {
		x.fault("small letters, figures, hyphens and dots", "The %s of a signature cannot be %q.", key, plain(name))
	} else if ok {
		*to = name
	}
}

// isDNSName reports whether a text is what dnsName says.
func isDNSName(s string) bool {
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > 63 || strings.Trim(label, "-") != label || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return false
		}
	}
	return len(s) <= 253
}
