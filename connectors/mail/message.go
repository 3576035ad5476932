package mail

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"mime"
	"path"
	"slices"
	"strings"

	gomail "github.com/wneessen/go-mail"

	"github.com/clarion-clp/clarion/connectors/mail/internal/wire"
	"github.com/clarion-clp/clarion/engine/letter"
)

const (
	longestName    = 100 // of a person, in a header
	longestSubject = 250
)

// again is said at the top of a letter that may have gone out before.
const again = "This may be the second copy of a letter you have already: we could not be sure that the first one arrived."

// What leads to the pages of an officer's message: with its tasks and their
// answers, with the letters that wait for a yes, with those that have one.
const (
	answerAt = "Answer these tasks on a page of their own"
	reviewAt = "Look at these letters and say yes or no"
	stopAt   = "Stop these letters"
)

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
	for _, write := range []func(*bytes.Buffer, letter.Outgoing) error{people, series, leave} {
		if err := write(&b, o); err != nil {
			return nil, err
		}
	}
	if err := numbers(m, o); err != nil {
		return nil, err
	}
	text, html := lineEnds.Replace(o.Content.Text), lineEnds.Replace(o.Content.HTML)
	for _, page := range [][2]string{{answerAt, o.AnswerAt}, {stopAt, o.StopAt}, {reviewAt, o.ReviewAt}} {
		words, to := page[0], page[1]
		if to == "" {
			continue
		}
		if !link().MatchString(to) || !strings.HasPrefix(to, "https:") {
			return nil, errors.New("the address of a page for the reader is none")
		}
		text, html = words+":\n"+to+"\n\n"+text, letter.Above(html, `<a href="`+to+`">`+words+`</a>`)
	}
	for _, note := range beneath(o) {
		text, html = strings.TrimRight(text, "\n")+"\n\n"+note+"\n", letter.Below(html, note)
	}
	if o.Again {
		text, html = again+"\n\n"+text, letter.Above(html, "<strong>"+again+"</strong>")
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

// beneath are the notes at the end of an officer's message, in plain words.
func beneath(o letter.Outgoing) (notes []string) {
	if o.Plan != "" {
		notes = append(notes, "These letters are plan "+o.Plan+".")
	}
	if o.Head != "" {
		entry, hash, _ := strings.Cut(o.Head, " ")
		notes = append(notes, "The decisions log stood at entry "+entry+", "+hash+", when this went. Keep it: clarion log --verify --head "+hash+
			" tells whether anything up to there was changed since.")
	}
	return notes
}

// lineEnds makes all ends of lines alike: the encoder loses a line end behind
// a carriage return that stood alone.
var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// people writes the fields that say who writes to whom about what.
func people(b *bytes.Buffer, o letter.Outgoing) error {
	c := o.Content
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
	if back := cmp.Or(o.Answers, c.ReplyTo); back != "" {
		reply, ok := address(back)
		if !ok {
			return errors.New("the address for replies is not a mail address")
		}
		b.WriteString(field("Reply-To", reply.String()))
	}
	subject := encoded(header(c.Subject, longestSubject))
	if o.Mark != "" {
		if !mark().MatchString(o.Mark) {
			return errors.New("what is to stand behind the subject cannot stand there")
		}
		subject += " " + o.Mark
	}
	b.WriteString(field("Subject", subject))
	return nil
}

// mark is what may stand behind a subject as it is: a word and a token.
var mark = wire.Pattern(`^\[[a-z]{1,20} [a-z0-9]{1,60}\]$`)

// series writes the fields that put a letter beneath the earlier ones of its
// series in its reader's mailbox.
func series(b *bytes.Buffer, o letter.Outgoing) error {
	if len(o.Earlier) == 0 {
		return nil
	}
	var all []string
	for _, id := range o.Earlier {
		if id = bare(id); !token().MatchString(id) {
			return errors.New("the number of an earlier letter cannot stand in a header")
		}
		all = append(all, "<"+id+">")
	}
	if len(all) > longestSeries {
		all = append(all[:1:1], all[len(all)-longestSeries+1:]...)
	}
	b.WriteString(field("In-Reply-To", all[len(all)-1]))
	b.WriteString(field("References", strings.Join(all, " ")))
	return nil
}

// longestSeries is how many earlier letters are named; the first and the last
// are.
const longestSeries = 10

// leave writes the fields by which a mail program offers to end these letters.
// The one-click field is there only with an https: address (RFC 8058). They are
// not folded: there are programs that take a folded one to pieces.
func leave(b *bytes.Buffer, o letter.Outgoing) error {
	var all []string
	click := false
	for _, to := range o.Unsubscribe {
		if !link().MatchString(to) {
			return errors.New("the address by which to end these letters cannot stand in a header")
		}
		click = click || strings.HasPrefix(to, "https:")
		all = append(all, "<"+to+">")
	}
	if len(all) > 0 {
		b.WriteString("List-Unsubscribe: " + strings.Join(all, ", ") + "\r\n")
	}
	if click {
		b.WriteString("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n")
	}
	return nil
}

// link is an address that may stand in List-Unsubscribe, or be pressed.
var link = wire.Pattern(`^(https://|mailto:)[A-Za-z0-9._~:/?@!$&'*+=%\[\]-]{1,400}$`)

// tooWide is the outcome of a letter with an address beyond ASCII for a server
// that takes none. If it is the recipient's, no mail can reach it from here.
func tooWide(to string) letter.Outcome {
	if ascii(to) {
		return notTried("The mail server takes no addresses with letters beyond ASCII, and an address of ours in this letter is one: give the role a plain one.")
	}
	return letter.Outcome{Kind: letter.Refused, Text: "Our mail server cannot write to this address: it takes none with letters beyond ASCII before the @."}
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
var token = wire.Pattern("^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~@:-]{1,200}$")

// messageID is the number given, or one made of our reference and the
// sender's domain.
func messageID(o letter.Outgoing) string {
	if o.MessageID != "" {
		return bare(o.MessageID)
	}
	return letter.MessageID(o.Ref, o.Content.From)
}

// bare is a message's number without its angle brackets.
func bare(id string) string { return strings.TrimSuffix(strings.TrimPrefix(id, "<"), ">") }

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

// fixBoundaries puts boundaries made of the letter for the random ones, of
// which there are at most two, one in the other. Ours hold "=_", which cannot
// occur in a part in either of the encodings, so that no letter can hold one.
func fixBoundaries(message []byte, o letter.Outgoing) []byte {
	sum := sha256.Sum256([]byte(o.Ref + "\x00" + o.Content.Digest()))
	all := boundaries(message)
	for i, random := range all {
		ours := fmt.Sprintf("=_clarion_%d_%s", i+1, hex.EncodeToString(sum[:16]))
		message = bytes.Replace(message, slices.Concat([]byte("boundary="), random), []byte(`boundary="`+ours+`"`), 1)
		message = bytes.ReplaceAll(message, slices.Concat([]byte("--"), random), []byte("--"+ours))
	}
	return message
}

// boundaries gives the boundaries of a message that the library wrote: that of
// the whole stands in its header, and that of the part within in the header with
// which the first part begins.
func boundaries(message []byte) (all [][]byte) {
	for len(all) < 2 {
		head, rest, _ := bytes.Cut(message, []byte("\r\n\r\n"))
		_, kind, is := bytes.Cut(head, []byte("Content-Type: multipart/"))
		_, random, named := bytes.Cut(kind, []byte(";\r\n boundary="))
		if !is || !named {
			break
		}
		random, _, _ = bytes.Cut(random, []byte("\r\n"))
		all, message = append(all, bytes.Clone(random)), rest
	}
	return all
}
