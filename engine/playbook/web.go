package playbook

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// A Web says where the program listens for those who press a button: a member who
// wants no more letters, an officer who answers a task.
type Web struct {
	Listen           string // an address and a port of this computer; empty: nowhere
	Public           string // what links begin with: https://clarion.example.org; empty: no links
	Certificate, Key string // files, for TLS; empty: none
	BehindProxy      bool   // something on the way in ends TLS for us
}

var webForm = form{what: "web", fields: []field{
	{"listen", must, aText, "The address and port of this computer where it listens: 127.0.0.1:8480."},
	{"public", false, like(`^https://`), "What the links in letters begin with: https://clarion.example.org."},
	{"certificate", false, aText, "The file of the certificate, where the program itself speaks TLS."},
	{"key", false, aText, "The file of the certificate's key, which only you can read."},
	{"behind_proxy", false, yesOrNo, "A proxy speaks TLS, and hands on to this computer what comes for the public address."},
}}

// readWeb reads where the program listens.
func readWeb(v value, w *Web) {
	m, good := v.form(webForm)
	setText(m, "listen", &w.Listen)
	setText(m, "public", &w.Public)
	setText(m, "certificate", &w.Certificate)
	setText(m, "key", &w.Key)
	if b := m.get("behind_proxy"); b.there() {
		w.BehindProxy, _ = b.yesNo("behind_proxy")
	}
	if !good {
		return
	}
	l := m.get("listen")
	if !l.there() {
		v.fault("add listen: 127.0.0.1:8480", "Web needs an address and a port to listen on.")
		return
	}
	own, known := listens(w.Listen)
	switch {
	case !known:
		l.fault("write 127.0.0.1:8480 for this computer alone; another address only with a certificate or a proxy", "Web cannot listen on %q.", plain(w.Listen))
	case !own && w.Certificate == "" && !w.BehindProxy:
		l.fault("listen on 127.0.0.1, give a certificate and a key, or say behind_proxy: yes if a proxy speaks TLS",
			"Others could read what travels to %s, for nothing hides it.", plain(w.Listen))
	}
	for _, x := range [][2]string{{"certificate", "key"}, {"key", "certificate"}} {
		if m.get(x[0]).there() && !m.get(x[1]).there() {
			m.get(x[0]).fault("give both", "There is a %s without a %s.", x[0], x[1])
		}
	}
	if p := m.get("public"); p.there() {
		if host := PublicHost(w.Public); host == "" {
			p.fault("write https:// and a name, as in https://clarion.example.org, and nothing after it", "Links cannot begin with %q.", plain(w.Public))
		} else {
			w.Public = "https://" + host
		}
	}
}

// listens reads an address to listen on: whether it is understood, and whether
// only this computer itself reaches it.
func listens(address string) (own, known bool) {
	if port, ok := strings.CutPrefix(address, "localhost:"); ok {
		n, err := strconv.ParseUint(port, 10, 16)
		return true, err == nil && n > 0
	}
	a, err := netip.ParseAddrPort(address)
	if err != nil || a.Port() == 0 {
		return false, false
	}
	return a.Addr().Unmap().IsLoopback(), true
}

// PublicHost gives the host, and the port if one is named, of an address that
// links begin with; nothing if it is more or less than https and a host.
func PublicHost(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Opaque != "" ||
		u.Path != "" && u.Path != "/" || u.Hostname() == "" || u.ForceQuery {
		return ""
	}
	for _, r := range u.Host { // a name with other letters is written as xn--...
		if r >= 0x80 || !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.:[]", r) {
			return ""
		}
	}
	return strings.ToLower(u.Host)
}
