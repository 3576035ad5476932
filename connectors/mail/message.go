package mail

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"mime"
	"path"
	"strings"

	gomail "github.com/wneessen/go-mail"

	"github.com/clarion-clp/clarion/engine/letter"
)

const (
	longestName    = 100 // of a person, in a header
	longestSubject = 250
)

// again is said at the top of a letter that may have gone out before.
const again = "This may be the second copy of a letter you have already: we could not be sure that the first one arrived."

// errAddress is a recipient's address that is none.
var errAddress = errors.New("the recipient's address is not a mail address")

// Bytes is the whole message as it goes out, ending its lines with CR LF.
//
// The library writes the parts and the plain fields. Fields that hold words of
// people are written here: the library folds an encoded word of several lines
// by putting an empty line into it, which ends the header.
func Bytes(o letter.Outgoing) ([]byte, error) {
	m := gomail.NewMsg(gomail.WithCharset(gomail.CharsetUTF8), gomail.WithEncoding(gomail.EncodingQP), gomail.WithNoDefaultUserAgent())
	var b bytes.Buffer
	if err := people(&b, o.Content); err != nil {
		return nil, err
	}
	if err := numbers(m, o); err != nil {
		return nil, err
	}
	text, html := lineEnds.Replace(o.Content.Text), lineEnds.Replace(o.Content.HTML)
	if o.Again {
		text, html = again+"\n\n"+text, withAgain(html)
	}
	m.SetBodyString(gomail.TypeTextPlain, text)
	if html != "" {
		m.AddAlternativeString(gomail.TypeTextHTML, html)
	}
	for _, a := range o.Content.Attachments {
		if err := attach(m, a, o.Files[a.SHA256]); err != nil {
			return nil, err
		}
	}
	if _, err := m.WriteTo(&b); err != nil {
		return nil, fmt.Errorf("writing the message: %w", err)
	}
	return fixBoundaries(b.Bytes(), o), nil
}

// lineEnds makes all ends of lines alike: the encoder loses a line end behind
// a carriage return that stood alone.
var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// people writes the fields that say who writes to whom about what.
func people(b *bytes.Buffer, c letter.Content) error {
	from, ok := address(c.From)
	if !ok {
		return errors.New("the sender's address is not a mail address")
	}
	to, ok := address(c.To)
	if !ok {
		return errAddress
	}
	b.WriteString(field("From", person(c.FromName, from)))
	b.WriteString(field("To", person(c.ToName, to)))
	if c.ReplyTo != "" {
		reply, ok := address(c.ReplyTo)
		if !ok {
			return errors.New("the address for replies is not a mail address")
		}
		b.WriteString(field("Reply-To", reply.String()))
	}
	b.WriteString(field("Subject", encoded(header(c.Subject, longestSubject))))
	return nil
}

// numbers sets the fields that we alone fill.
func numbers(m *gomail.Msg, o letter.Outgoing) error {
	id := messageID(o)
	switch {
	case !token().MatchString(o.Ref):
		return errors.New("the letter has no reference that can stand in a header")
	case !token().MatchString(id):
		return errors.New("the letter has no message number that can stand in a header")
	case o.Date.IsZero():
		return errors.New("the letter has no date")
	}
	m.SetDateWithValue(o.Date)
	m.SetMessageIDWithValue(id)
	m.SetUserAgent(agent)
	m.SetGenHeader("X-Clarion-Ref", o.Ref)
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	if o.Again {
		m.SetGenHeader("X-Clarion-Again", "yes")
	}
	return nil
}

// token is what may stand in a header as it is.
var token = pattern("^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~@:-]{1,200}$")

// messageID is the number given, or one made of our reference and the
// sender's domain.
func messageID(o letter.Outgoing) string {
	if o.MessageID != "" {
		return strings.TrimSuffix(strings.TrimPrefix(o.MessageID, "<"), ">")
	}
	_, domain, _ := strings.Cut(o.Content.From, "@")
	return o.Ref + "@" + domain
}

// withAgain puts the note at the top of the page.
func withAgain(html string) string {
	if html == "" {
		return ""
	}
	note := `<p style="margin:0;padding:.8em 1.2em;border-bottom:1px solid"><strong>` + again + "</strong></p>\n"
	if at := strings.Index(html, "<body"); at >= 0 {
		if end := strings.IndexByte(html[at:], '>'); end >= 0 {
			at += end + 1
			return html[:at] + "\n" + note + html[at:]
		}
	}
	return note + html
}

// attach adds a file, if its bytes are those that were approved.
func attach(m *gomail.Msg, a letter.Attachment, data []byte) error {
	sum := sha256.Sum256(data)
	if hex.EncodeToString(sum[:]) != strings.ToLower(a.SHA256) {
		return fmt.Errorf("the bytes of the attachment %q are not those that were approved", header(a.Name, longestName))
	}
	kind, params, err := mime.ParseMediaType(a.Type)
	if err != nil || strings.HasPrefix(kind, "multipart/") || strings.HasPrefix(kind, "message/") {
		kind, params = "application/octet-stream", map[string]string{}
	}
	name := fileName(a.Name)
	params["name"] = name
	contentType := mime.FormatMediaType(kind, params)
	if contentType == "" {
		contentType = "application/octet-stream"
	}
	return m.AttachReader(name, bytes.NewReader(data), func(f *gomail.File) {
		f.Header.Set("Content-Type", contentType)
		f.Header.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	})
}

// fileName is a name that any system can save: no folders, nothing unseen, and
// short enough to stand encoded on one line.
func fileName(s string) string {
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, r) {
			return '-'
		}
		return r
	}, header(s, 200))
	s = strings.Trim(s, " .")
	ext := path.Ext(s)
	if len(ext) > 12 {
		ext = ""
	}
	stem := []rune(strings.TrimSuffix(s, ext))
	for len(string(stem)) > 180 {
		stem = stem[:len(stem)-1]
	}
	if s = string(stem) + ext; s == "" {
		return "attachment"
	}
	return s
}

var random = pattern(`(?m)^(?:Content-Type: multipart/[a-z]+;\r\n )boundary=([0-9a-f]{60})\r?$`)

// fixBoundaries puts boundaries made of the letter for the random ones, of
// which there are at most two, one in the other. Ours hold "=_", which cannot
// occur in a part in either of the encodings, so that no letter can hold one.
func fixBoundaries(message []byte, o letter.Outgoing) []byte {
	sum := sha256.Sum256([]byte(o.Ref + "\x00" + o.Content.Digest()))
	for i, found := range random().FindAllSubmatch(message, 2) {
		ours := fmt.Sprintf("=_clarion_%d_%s", i+1, hex.EncodeToString(sum[:16]))
		message = bytes.Replace(message, []byte("boundary="+string(found[1])), []byte(`boundary="`+ours+`"`), 1)
		message = bytes.ReplaceAll(message, []byte("--"+string(found[1])), []byte("--"+ours))
	}
	return message
}
