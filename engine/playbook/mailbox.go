package playbook

import (
	"slices"
	"strings"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// A Mailbox is where answers and reports come back.
type Mailbox struct {
	Server string
	Port   int
	TLS    string // tls (default), starttls, none (only to this machine)
	User   string
	// How the user signs in: one of them.
	PasswordFile, PasswordEnv, TokenFile string

	Folder string // that mail comes into; empty: INBOX
	Sent   string // where sent letters lie; empty: what the server calls so
	Plus   bool   // it takes name+anything@ too
	// Stamp is the name under which the receiving server says what it found of a
	// sender; empty: nothing counts as checked.
	Stamp string
	// Senders are the addresses from which files of a dataset are taken.
	Senders map[string][]string
	// BouncesAnHour is how many addresses may be given up in an hour without a
	// person.
	BouncesAnHour int
}

// usualBounces is how many addresses are given up in an hour at most, where
// nothing else is said.
const usualBounces = 10

var mailboxForm = form{what: "mailbox", fields: []field{
	{"server", must, aText, "Its name."}, {"port", false, aNumber(1, 65535), "993, or 143 with starttls, unless it says otherwise."}, {"user", must, aText, "Who signs in."},
	{"password_file", false, aText, "The file that holds the password."}, {"password_env", false, aText, "The environment variable that holds it."},
	{"token_file", false, aText, "The file that clarion mail login made, instead of a password: mail.token."},
	{"tls", false, oneOf("tls", "starttls", "none"), "How the connection is protected."},
	{"folder", false, aText, "Where mail comes in: INBOX, unless it says otherwise."},
	{"sent", false, aText, "The folder of sent letters, where the server does not say which it is."},
	{"plus", false, yesOrNo, "It takes name+anything@ too, as Gmail and Microsoft 365 do: answers to tasks come back there."},
	{"authserv", false, aText, "The name under which your mail server stamps whether a sender is genuine, the first word of Authentication-Results; - for one that gives no name. Without it no file is taken unseen."},
	{"senders", false, byName(someTexts), "Whose attached files are taken as which list: members: [reports@example.org]."},
	{"bounces_an_hour", false, aNumber(1, 1000), "When more addresses than so many come back as dead in an hour, a person looks first; 10, unless it says otherwise."},
}}

// readMailbox reads where answers come back.
func readMailbox(v value, schemas map[string]*dataset.Schema) *Mailbox {
	m, _ := v.form(mailboxForm)
	b := &Mailbox{TLS: "tls", Port: 993, BouncesAnHour: usualBounces}
	for key, to := range map[string]*string{"server": &b.Server, "user": &b.User, "password_file": &b.PasswordFile, "password_env": &b.PasswordEnv,
		"token_file": &b.TokenFile, "folder": &b.Folder, "sent": &b.Sent, "authserv": &b.Stamp} {
		setText(m, key, to)
	}
	if t := m.get("tls"); t.there() {
		if word, ok := t.choice("tls", "tls", "starttls", "none"); ok {
			b.TLS = word
		}
	}
	if b.TLS != "tls" {
		b.Port = 143
	}
	setNumber(m, "port", &b.Port, 1, 65535)
	setNumber(m, "bounces_an_hour", &b.BouncesAnHour, 1, 1000)
	if p := m.get("plus"); p.there() {
		b.Plus, _ = p.yesNo("plus")
	}
	if m.isMapping() {
		if b.Server == "" {
			v.fault("add server: imap.example.org", "The mailbox needs a server.")
		}
		if b.User == "" {
			v.fault("add user: secretary@example.org", "The mailbox needs a user.")
		}
		switch ways := given(m, "password_file", "password_env", "token_file"); {
		case len(ways) == 0 && b.Server != "" && b.User != "":
			v.fault("add password_file: imap.password, or token_file: mail.token after clarion mail login", "The mailbox needs a password or a log-in.")
		case len(ways) > 1:
			m.get(ways[1]).fault("keep one of them", "The mailbox's user can sign in in one way only, not by %s.", strings.Join(ways, " and "))
		}
	}
	if s := m.get("senders"); s.there() {
		b.Senders = readSenders(s, schemas)
	}
	return b
}

// given lists which of some keys are written.
func given(m mapping, keys ...string) []string {
	return slices.DeleteFunc(keys, func(k string) bool { return !m.get(k).there() })
}

// readSenders reads whose files are taken as which list.
func readSenders(v value, schemas map[string]*dataset.Schema) map[string][]string {
	out := map[string][]string{}
	m, _ := v.mapping("senders")
	for _, e := range m.entries {
		if schemas[e.name] == nil {
			e.key.fault(didYouMean(e.name, sortedNames(schemas)), "There is no dataset %q.", plain(e.name))
			continue
		}
		list, _ := e.val.items("senders")
		for _, item := range list {
			a, ok := item.text("sender")
			if !ok {
				continue
			}
			if at := strings.LastIndexByte(a, '@'); at < 1 || at == len(a)-1 || strings.ContainsAny(a, " *<>,;") {
				item.fault("write one whole address: reports@example.org", "A sender cannot be %q.", plain(a))
				continue
			}
			out[e.name] = append(out[e.name], strings.ToLower(a))
		}
	}
	return out
}
