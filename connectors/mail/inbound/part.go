package inbound

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"mime"
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset" // or letters in ISO 8859 are refused
	"github.com/emersion/go-message/textproto"
	"golang.org/x/text/encoding/charmap"
)

// The library decodes: words in headers, transfer encodings, character sets. It
// gives up a whole multipart at one bad line of a header and everything after
// it, so that finding the parts is done here, forgivingly and within bounds.

// A part is a message or a part of one.
type part struct {
	header message.Header
	media  string // text/plain
	params map[string]string
	body   []byte // as it stands, still encoded
	cut    bool   // the message ends before the part does, as far as one can tell
	parts  []*part
}

// A reader takes a message apart and gathers what is in it.
type reader struct {
	count    int
	problems []string

	report    bool // the whole says that it is a report
	status    []*part
	feedback  *part
	receipt   bool
	originals []*part // letters that came back, or their headers
	files     []*part // everything else that is no text to read
	plain     strings.Builder
	html      strings.Builder
}

func (r *reader) problem(text string) { r.problems = append(r.problems, text) }

// withoutEnvelope takes away the line that mailbox files put before a message.
func withoutEnvelope(raw []byte) []byte {
	raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	if bytes.HasPrefix(raw, []byte("From ")) || bytes.HasPrefix(raw, []byte(">From ")) {
		if i := bytes.IndexByte(raw, '\n'); i >= 0 {
			return raw[i+1:]
		}
	}
	return raw
}

// entity reads a header and finds the parts of the body.
func (r *reader) entity(raw []byte, depth int, cut bool) *part {
	r.count++
	p := &part{cut: cut}
	var odd string
	p.header, p.body, odd = readHeader(raw)
	if odd != "" {
		r.problem(odd)
	}
	p.media, p.params = contentType(p.header.Get("Content-Type"))
	if !strings.HasPrefix(p.media, "multipart/") {
		return p
	}
	r.report = r.report || p.media == "multipart/report"
	pieces, closed := split(p.body, p.params["boundary"])
	switch {
	case pieces == nil:
		r.problem("its parts cannot be told apart")
		p.media = "text/plain"
		return p
	case depth >= maxDepth:
		r.problem("its parts are nested too deep; the inner ones were not read")
		return p
	}
	for i, piece := range pieces {
		if r.count >= maxParts {
			r.problem("it has too many parts; the rest were not read")
			break
		}
		p.parts = append(p.parts, r.entity(piece, depth+1, !closed && i == len(pieces)-1))
	}
	return p
}

// tooLong is said of a header that was not read to its end.
const tooLong = "its header is too long; the rest of it was not read"

// readHeader reads the fields before the first empty line. Lines that are no
// field are passed over if fields follow, and begin the body if none do. It
// gives what was odd in it, too.
func readHeader(raw []byte) (message.Header, []byte, string) {
	lines, body, odd := headLines(raw)
	last := -1 // the last line that begins a field
	for i, l := range lines {
		if isField(l) {
			last = i
		}
	}
	var keep bytes.Buffer
	fields, size, open := 0, 0, false
	for i, l := range lines {
		folded := l[0] == ' ' || l[0] == '\t'
		switch field := isField(l); {
		case folded && open:
			keep.Write(l)
		case folded:
		case field && fields < maxFields:
			fields, open = fields+1, true
			keep.Write(l)
		case field:
			open, odd = false, tooLong
		case i > last: // no field follows: the empty line is missing
			return parsed(keep.Bytes()), raw[size:], "the empty line behind its header is missing"
		default:
			open, odd = false, "its header has lines that are none"
		}
		size += len(l)
	}
	return parsed(keep.Bytes()), body, odd
}

// headLines are the lines before the first empty one, within bounds, and what
// follows it.
func headLines(raw []byte) (lines [][]byte, body []byte, odd string) {
	for at := 0; at < len(raw); {
		next := len(raw)
		if end := bytes.IndexByte(raw[at:], '\n'); end >= 0 {
			next = at + end + 1
		}
		l := raw[at:next]
		if len(bytes.TrimRight(l, "\r\n")) == 0 {
			return lines, raw[next:], ""
		}
		if next > maxHeader {
			return lines, nil, tooLong
		}
		lines = append(lines, l)
		at = next
	}
	return lines, nil, ""
}

// isField reports whether a line begins a field: a name, and a colon.
func isField(line []byte) bool {
	i := bytes.IndexByte(line, ':')
	if i <= 0 || i > 200 {
		return false
	}
	for _, c := range bytes.TrimRight(line[:i], " \t") {
		if c <= ' ' || c >= 0x7f {
			return false
		}
	}
	return line[0] > ' '
}

func parsed(block []byte) message.Header {
	h, err := textproto.ReadHeader(bufio.NewReader(bytes.NewReader(append(bytes.TrimRight(block, "\r\n"), "\r\n\r\n"...))))
	if err != nil { // every line was looked at; what was read until then holds
		h.Del("From") // but a header that is not whole says nothing of its sender
	}
	return message.Header{Header: h}
}

var parameter = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i);\s*(boundary|charset|name|filename|report-type)\s*=\s*(?:"([^"]*)"|([^";]+))`)
})

// contentType reads a Content-Type or Content-Disposition, also a wrong one.
func contentType(field string) (string, map[string]string) {
	kind, params, err := mime.ParseMediaType(field)
	if err == nil {
		return kind, params
	}
	kind, _, _ = strings.Cut(field, ";")
	if kind = strings.ToLower(strings.TrimSpace(kind)); kind == "" {
		kind = "text/plain"
	}
	params = map[string]string{}
	for _, f := range parameter().FindAllStringSubmatch(field, 20) {
		if name := strings.ToLower(f[1]); params[name] == "" {
			params[name] = strings.TrimSpace(f[2] + f[3])
		}
	}
	return kind, params
}

// split cuts the body of a multipart at its boundary; nil if it has none. It is
// closed if the last boundary is there.
func split(body []byte, boundary string) (pieces [][]byte, closed bool) {
	if boundary == "" {
		return nil, false
	}
	mark := []byte("--" + boundary)
	var out [][]byte
	start, at := -1, 0
	for at <= len(body) && len(out) <= maxParts {
		i := bytes.Index(body[at:], mark)
		if i < 0 {
			break
		}
		i += at
		at = i + len(mark)
		end := bytes.IndexByte(body[at:], '\n')
		if end < 0 {
			end = len(body) - at
		} else {
			end++
		}
		rest := strings.TrimSpace(string(body[at:min(at+end, at+80)]))
		if i > 0 && body[i-1] != '\n' || rest != "" && rest != "--" {
			continue
		}
		if start >= 0 {
			out = append(out, withoutEnd(body[start:i]))
		}
		at += end
		if start = at; rest == "--" {
			return out, true
		}
	}
	if start >= 0 && start < len(body) {
		out = append(out, body[start:])
	}
	return out, false
}

// withoutEnd takes away the line end that belongs to the boundary.
func withoutEnd(b []byte) []byte {
	return bytes.TrimSuffix(bytes.TrimSuffix(b, []byte("\n")), []byte("\r"))
}

// The faults of an encoding.
var (
	errDamaged = errors.New("it was damaged on its way")
	errStrange = errors.New("it is in an encoding that nobody knows")
)

// decoded undoes the transfer encoding, and for text the character set. What
// could be read before a fault is given with it.
func (p *part) decoded(most int64) ([]byte, error) {
	e, err := message.New(p.header, bytes.NewReader(p.body))
	if e == nil || message.IsUnknownEncoding(err) {
		return nil, errStrange
	}
	data, err := io.ReadAll(io.LimitReader(e.Body, most))
	if err != nil {
		return data, errDamaged
	}
	return data, nil
}

// text is a part as text, whatever it says of its character set.
func (p *part) text() string {
	data, err := p.decoded(maxText)
	if errors.Is(err, errStrange) {
		data = p.body[:min(len(p.body), maxText)]
	}
	return letters(data)
}

// letters makes text of bytes that may be in no particular character set.
func letters(data []byte) string {
	if utf8.Valid(data) {
		return string(data)
	}
	if len(data) == maxText { // perhaps only cut within a letter
		for n := 1; n < utf8.UTFMax; n++ {
			if utf8.Valid(data[:len(data)-n]) {
				return string(data[:len(data)-n])
			}
		}
	}
	out, err := charmap.Windows1252.NewDecoder().Bytes(data)
	if err != nil {
		return strings.ToValidUTF8(string(data), "\uFFFD")
	}
	return string(out)
}

// walk gathers the parts by what they are.
func (r *reader) walk(p *part, within string) {
	if len(p.parts) > 0 || strings.HasPrefix(p.media, "multipart/") {
		for _, sub := range p.parts {
			r.walk(sub, p.media)
		}
		return
	}
	switch p.media {
	case "message/delivery-status", "message/global-delivery-status":
		r.status = append(r.status, p)
	case "message/feedback-report":
		r.feedback = p
	case "message/disposition-notification", "message/global-disposition-notification":
		r.receipt = true
	case "text/rfc822-headers", "message/rfc822-headers", "message/global-headers", "message/partial":
		r.originals = append(r.originals, p)
	case "message/rfc822", "message/global":
		if within == "multipart/report" {
			r.originals = append(r.originals, p)
		} else {
			r.files = append(r.files, p)
		}
	default:
		r.leaf(p)
	}
}

// leaf takes a part for text to read, or for a file.
func (r *reader) leaf(p *part) {
	into := &r.plain
	switch {
	case p.media == "text/html":
		into = &r.html
	case p.media != "text/plain" && p.media != "text/enriched" && p.media != "text":
		r.files = append(r.files, p)
		return
	}
	disposition, _ := contentType(p.header.Get("Content-Disposition"))
	if disposition == "attachment" || p.fileName() != "" {
		r.files = append(r.files, p)
		return
	}
	if room := maxText - into.Len(); room > 0 {
		text := p.text()
		if len(text) > room {
			text = strings.ToValidUTF8(text[:room], "")
		}
		into.WriteString(text + "\n")
	}
}

// fileName is the name that a part wants to be saved under.
func (p *part) fileName() string {
	_, params := contentType(p.header.Get("Content-Disposition"))
	name := params["filename"]
	if name == "" {
		name = p.params["name"]
	}
	return words(name)
}
