package letter

import (
	"strings"

	"golang.org/x/net/idna"
)

// Domain is the domain of a mail address as mail servers write it, in small
// letters and ASCII: xn--bcher-kva.example for bücher.example. It is empty if
// the address has none that can be written so. What stands in square brackets
// is left as it is.
func Domain(address string) string {
	at := strings.LastIndexByte(address, '@')
	if at < 0 {
		return ""
	}
	domain := strings.ToLower(address[at+1:])
	if strings.IndexFunc(domain, func(r rune) bool { return r >= 0x80 }) < 0 {
		return domain
	}
	ascii, err := idna.Lookup.ToASCII(domain)
	if err != nil {
		return ""
	}
	return ascii
}

// MessageID is the number of a message of ours, without angle brackets: our
// reference, at the domain that it comes from.
func MessageID(ref, from string) string {
	domain := Domain(from)
	if domain == "" {
		domain = "clarion.invalid"
	}
	return ref + "@" + domain
}
