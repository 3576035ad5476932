package sheet

import (
	"strings"
	"unicode/utf8"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// slips are domains that people type when they mean another.
var slips = map[string]string{
	"gmial.com": "gmail.com", "gmai.com": "gmail.com", "gamil.com": "gmail.com", "gmal.com": "gmail.com", "gnail.com": "gmail.com",
	"gmail.co": "gmail.com", "gmail.con": "gmail.com", "gmail.cm": "gmail.com", "gmail.om": "gmail.com", "gmaill.com": "gmail.com",
	"gmail.co.uk": "gmail.com", "googlemail.co": "googlemail.com", "googlemail.con": "googlemail.com",
	"hotmial.com": "hotmail.com", "hotmai.com": "hotmail.com", "hotmal.com": "hotmail.com", "homail.com": "hotmail.com",
	"hotmail.con": "hotmail.com", "hotmail.co": "hotmail.com", "hotmial.co.uk": "hotmail.co.uk", "hotmail.couk": "hotmail.co.uk",
	"yaho.com": "yahoo.com", "yahooo.com": "yahoo.com", "yahoo.con": "yahoo.com", "yhoo.com": "yahoo.com", "yahoo.co": "yahoo.com",
	"yaho.co.uk": "yahoo.co.uk", "yahoo.couk": "yahoo.co.uk", "yahoo.co.k": "yahoo.co.uk",
	"outlok.com": "outlook.com", "outlook.con": "outlook.com", "outook.com": "outlook.com",
	"iclod.com": "icloud.com", "icloud.con": "icloud.com", "btinternet.con": "btinternet.com", "btintenet.com": "btinternet.com",
}

// badEnds are endings that no domain has.
var badEnds = []string{".con", ".cmo", ".ocm", ".vom", ".couk", ".co.ik", ".co.u", ".co.k", ".comm", ".coim"}

// readEmail reads one address, of several the first. It repairs nothing but what
// cannot change who gets the letter: space around it, "mailto:", the capitals of
// the domain, and how servers write a domain of another alphabet.
func (t *typer) readEmail(s string) (dataset.Value, string) {
	if plainEmail(s) {
		return dataset.TextValue(s), ""
	}
	if absent(s) {
		return dataset.Value{}, ""
	}
	text := s
	if len(text) > 7 && strings.EqualFold(text[:7], "mailto:") {
		text = text[7:]
	}
	if i := strings.IndexByte(text, '<'); i >= 0 && strings.HasSuffix(text, ">") && strings.Count(text, "@") == 1 {
		text = trim(text[i+1 : len(text)-1])
	}
	if strings.Count(text, "@") > 1 {
		if first, ok := firstOf(s, oneAddress); ok {
			v, why := t.readEmail(first)
			if t.note = ""; why == "" {
				t.note = "several email addresses in one cell; the first was taken"
			}
			return v, why
		}
	}
	at := strings.LastIndexByte(text, '@')
	if domain := text[at+1:]; at >= 0 && strings.IndexFunc(domain, func(r rune) bool { return r >= utf8.RuneSelf }) >= 0 && len(domain) < 254 {
		ascii, why := asciiDomain(domain)
		if why != "" {
			return dataset.Value{}, why
		}
		text = text[:at+1] + ascii
		t.note = "the domain was kept as mail servers write it, " + ascii
	}
	if why := emailFault(text); why != "" {
		t.note = ""
		return dataset.Value{}, why
	}
	if domain := strings.ToLower(text[at+1:]); domain != text[at+1:] {
		text = text[:at+1] + domain
	}
	return dataset.TextValue(text), ""
}

// plainEmail recognises the commonest addresses in one look: small letters,
// figures, and single full stops, hyphens and underlines between them, with an
// end that nobody mistypes. All others are looked at closely.
func plainEmail(s string) bool {
	at, last := -1, byte('.')
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
		case c == '@' && at < 0 && last != '.':
			at, c = i, '.'
		case c == '.' && last != '.' && last != '-':
		case c == '-' && last != '.', c == '_' && at < 0:
		default:
			return false
		}
		last = c
	}
	if at < 1 || at > 64 || len(s) > 64+at || last < 'a' {
		return false
	}
	domain := s[at+1:]
	dot := strings.LastIndexByte(domain, '.')
	return dot > 0 && len(domain)-dot > 2 && domainOK(domain)
}

// domainOK reports whether a domain of small letters is no known slip. The
// commonest ends need no closer look, and slips begin with few letters.
func domainOK(domain string) bool {
	if strings.IndexByte("bghioy", domain[0]) >= 0 && slips[domain] != "" {
		return false
	}
	switch end := domain[strings.LastIndexByte(domain, '.'):]; end {
	case ".com", ".org", ".net", ".uk":
		return true
	}
	for _, end := range badEnds {
		if strings.HasSuffix(domain, end) {
			return false
		}
	}
	return true
}

func emailFault(s string) string {
	switch n := strings.Count(s, "@"); {
	case n == 0:
		return "not an email address: it has no @"
	case n > 1 && (strings.ContainsAny(s, ";,/ \n|") || strings.Contains(s, "&")):
		return "several email addresses in one cell; keep one"
	case n > 1:
		return "not an email address: it has more than one @"
	}
	for _, r := range s {
		switch {
		case r == ';' || r == ',':
			return "an email address with a comma or semicolon in it; keep one address"
		case isSpace(r):
			return "an email address with a space in it"
		case r < ' ' || r == 0x7F:
			return "an email address with an invisible character in it"
		case r >= utf8.RuneSelf:
			return "an email address with a letter that addresses cannot have; type it again"
		case strings.ContainsRune(`<>()[]\:"`, r):
			return "not an email address: it has " + string(r) + " in it"
		}
	}
	local, domain, _ := strings.Cut(s, "@")
	switch {
	case local == "":
		return "not an email address: nothing stands before the @"
	case domain == "":
		return "not an email address: nothing stands after the @"
	case strings.HasSuffix(domain, "."):
		return "an email address that ends in a full stop"
	case strings.Contains(s, ".."):
		return "an email address with two full stops together"
	case local[0] == '.' || local[len(local)-1] == '.':
		return "an email address whose name begins or ends with a full stop"
	case len(local) > 64 || len(s) > 254:
		return "longer than an email address can be"
	}
	return domainFault(strings.ToLower(domain))
}

func domainFault(domain string) string {
	labels := strings.Split(domain, ".")
	if len(labels) < 2 {
		return "not an email address: what stands after the @ has no full stop"
	}
	for _, l := range labels {
		if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' {
			return "not an email address: what stands after the @ is no domain"
		}
		for i := range len(l) {
			c := l[i]
			if c != '-' && (c < 'a' || c > 'z') && (c < '0' || c > '9') {
				return "not an email address: what stands after the @ is no domain"
			}
		}
	}
	if last := labels[len(labels)-1]; len(last) < 2 || onlyDigits(last) {
		return "not an email address: what stands after the @ is no domain"
	}
	if domainOK(domain) {
		return ""
	}
	if meant := slips[domain]; meant != "" {
		return "looks like a slip for " + meant + "; correct it or confirm it in the membership system"
	}
	for _, end := range badEnds {
		if strings.HasSuffix(domain, end) {
			return "looks like a slip: no address ends in " + end
		}
	}
	return ""
}

// readPhone keeps a number in the form of E.164, +447700900123, with the 0 that a
// spreadsheet ate put back first: in this form equal numbers are equal, and
// people are shown it as they dial it (dataset.Value.Words). Of several it takes
// the first. Figures without a code, and text with words in it, are kept.
func (t *typer) readPhone(s string) (dataset.Value, string) {
	if absent(s) {
		return dataset.Value{}, ""
	}
	text := unwrap(s)
	var buf [20]byte
	b := append(buf[:0], '0') // room for the 0 that may be missing
	plus := false
	for i, r := range text {
		switch {
		case r >= '0' && r <= '9':
			if len(b) < len(buf) {
				b = append(b, byte(r))
			}
		case r == '+' && i == 0:
			plus = true
		case r == ' ' || r == '-' || r == '.' || r == '(' || r == ')' || r == '\u00a0' || r == '‑' || r == '–':
		default:
			if damagedNumber(text) {
				return dataset.Value{}, damagedWhy
			}
			if first, ok := firstOf(text, oneNumber); ok {
				v, why := t.readPhone(first)
				if why == "" {
					t.note = "several telephone numbers in one cell; the first was taken"
				}
				return v, why
			}
			return dataset.TextValue(tidy(text)), ""
		}
	}
	if n := b[1:]; len(n) > 2 && n[0] == '0' && n[1] == '0' && !plus {
		plus = true
		b = b[2:] // the second 0 stands where the one to put back would
	}
	n := b[1:]
	if len(n) > 2 && n[0] == '4' && n[1] == '4' && (plus || len(n) == 12) {
		plus = false
		if n[2] == '0' {
			n = n[2:]
		} else {
			n[1] = '0'
			n = n[1:]
		}
	}
	switch {
	case plus:
		b[0] = '+'
		n = b[:len(n)+1]
	case len(n) == 10 && (n[0] == '7' || n[0] == '1' || n[0] == '2'):
		n = b[:11]
	}
	if len(n) < 5 || len(n) > 16 {
		return dataset.Value{}, "too short or too long for a telephone number"
	}
	if n[0] == '0' && len(n) != 10 && len(n) != 11 {
		return dataset.Value{}, "not a telephone number: with its 0 a British one has 10 or 11 figures"
	}
	if n[0] == '0' {
		var british [24]byte
		n = append(append(british[:0], "+44"...), n[1:]...)
	}
	if string(n) == text {
		return dataset.TextValue(text), ""
	}
	return dataset.TextValue(t.keep(n)), ""
}

// keep makes a text of bytes. Texts that are made one by one would cost one
// piece of memory each; these share large ones.
func (t *typer) keep(b []byte) string {
	if t.made.Cap()-t.made.Len() < len(b) {
		t.made = strings.Builder{}
		t.made.Grow(max(4096, len(b)))
	}
	at := t.made.Len()
	t.made.Write(b)
	return t.made.String()[at:]
}
