// Package wire is what sending and reading mail have in common when they talk
// to a server: which machine may be spoken to without encryption, how a server's
// answer is shown, and why a connection did not come about, in words.
//
// Nothing here gives away an address or a path: an answer is shown without the
// addresses in it, on one line, with what cannot be seen made visible.
package wire

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/netip"
	"net/textproto"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"github.com/clarion-clp/clarion/engine/dataset"
)

var (
	addresses = Pattern(`[^\s<>"'():;,\[\]]+@[^\s<>"'():;,\[\]]+`)
	code      = Pattern(`^[245]\.\d{1,3}\.\d{1,3}\b[ -]*`)
)

// Pattern is a pattern that is compiled when it is first needed, not whenever the
// program starts.
func Pattern(text string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })
}

// Line is a text from outside on one line, nothing unseen in it, and not longer
// than anyone reads.
func Line(s string, longest int) string {
	s = dataset.Plain(strings.Join(strings.Fields(s), " "))
	if r := []rune(s); len(r) > longest {
		s = string(r[:longest-1]) + "…"
	}
	return s
}

// Answer is a server's answer without addresses, on one line, made plain, and
// the enhanced code that it began with.
func Answer(s string) (text, enhanced string) {
	enhanced = strings.TrimRight(code().FindString(s), " -")
	s = code().ReplaceAllString(s, "")
	if enhanced != "" {
		s = strings.ReplaceAll(s, "\n"+enhanced, "\n")
	}
	s = addresses().ReplaceAllString(s, "(address)")
	return Line(s, 300), enhanced
}

// Loopback tells that a server is this machine itself.
func Loopback(server string) bool {
	if ip, err := netip.ParseAddr(server); err == nil {
		return ip.IsLoopback()
	}
	return strings.EqualFold(server, "localhost")
}

// Untrusted says in a sentence what is wrong with the certificate of the
// server called what ("mail server"), or that there is no TLS to be had on this
// port. It is empty if the fault is another one.
func Untrusted(what string, err error) string {
	var name x509.HostnameError
	var authority x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	var record tls.RecordHeaderError
	switch {
	case errors.As(err, &name):
		return "The " + what + "'s certificate is for another name than the one it was called by. Check the server's name."
	case errors.As(err, &authority):
		return "The " + what + "'s certificate is not signed by anyone this machine trusts, so it may not be the server it says."
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "The " + what + "'s certificate has expired, or this machine's clock is wrong."
	case errors.As(err, &record):
		return "The " + what + " does not speak TLS on this port. Check the port, or write tls: starttls."
	}
	return ""
}

// Because is a cause in a few plain words, without addresses and paths: ": it
// did not answer in time".
func Because(err error) string {
	if known := Known(err); known != "" {
		return known
	}
	var p *textproto.Error
	if errors.As(err, &p) {
		said, _ := Answer(p.Msg)
		return ": it said “" + strconv.Itoa(p.Code) + " " + strings.TrimSuffix(said, ".") + "”"
	}
	if said, _ := Answer(err.Error()); said != "" {
		return ": " + said
	}
	return ""
}

// Known is Because for what happens to any connection; it is empty for all else.
func Known(err error) string {
	var dns *net.DNSError
	var timeout net.Error
	switch {
	case errors.As(err, &dns):
		return ": its name is not known here; check the name and the network"
	case errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return ": it did not answer in time"
	case errors.Is(err, syscall.ECONNREFUSED):
		return ": nothing listens there"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET),
		errors.Is(err, syscall.EPIPE), errors.Is(err, net.ErrClosed), errors.Is(err, io.ErrClosedPipe):
		return ": it closed the connection"
	}
	return ""
}
