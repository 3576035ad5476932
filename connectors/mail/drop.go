package mail

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/textproto"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/clarion-clp/clarion/engine/letter"
)

// A Drop is a folder that letters are put into, one .eml file each, instead of
// being sent: to look at them, or to send them with another program. Letters
// hold names and addresses, so only the user may read the folder and the files.
type Drop struct {
	folder string
	create func(name string) (*os.File, error) // of a file that is not there yet

	mu    sync.Mutex
	names map[string]string // Ref -> file, as of changed
	seen  time.Time         // modification time of the folder when names was read
}

// NewDrop is a Drop on a folder, which is made when the first letter comes.
func NewDrop(folder string) (*Drop, error) {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return nil, fmt.Errorf("finding the drop folder: %w", err)
	}
	if info, err := os.Stat(folder); err == nil && !info.IsDir() {
		return nil, fmt.Errorf("the drop folder %s is a file: name a folder", folder)
	}
	d := &Drop{folder: folder}
	d.create = func(name string) (*os.File, error) {
		return os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	}
	return d, nil
}

// Close does nothing: nothing is open between two letters.
func (d *Drop) Close() error { return nil }

// Send puts a letter into the folder. One whose Ref is there already is
// delivered: it is not written again.
func (d *Drop) Send(ctx context.Context, o letter.Outgoing) letter.Outcome {
	if err := ctx.Err(); err != nil {
		return notTried("Stopped before the letter was begun.")
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := os.MkdirAll(d.folder, 0o700); err != nil {
		return notTried("The drop folder cannot be made: " + reason(err) + ".")
	}
	there, err := d.there(o.Ref)
	if err != nil {
		return notTried("The drop folder cannot be read: " + reason(err) + ".")
	}
	if there != "" {
		return letter.Outcome{Kind: letter.Delivered, Text: "It was in the folder already, as " + there + "."}
	}
	message, err := Bytes(o)
	if err != nil {
		return unmade(err)
	}
	name := nameOf(o)
	switch err := d.write(name, message); {
	case errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT):
		return notTried("The disk is full: the letter was not written. Make room and try again.")
	case err != nil:
		return notTried("The letter could not be written into the drop folder: " + reason(err) + ".")
	}
	d.names[o.Ref] = name
	d.remember()
	return letter.Outcome{Kind: letter.Delivered, Text: "Written to the folder as " + name + "."}
}

// unmade is the outcome of a letter that no message can be made of.
func unmade(err error) letter.Outcome {
	if errors.Is(err, errAddress) {
		return letter.Outcome{Kind: letter.Refused, Text: "The recipient's address is not a mail address."}
	}
	return notTried("No message can be made of this letter: " + err.Error() + ".")
}

// Sent says which letters, by their Message-IDs, are in the folder: the proof that they were
// delivered, after a crash and at a takeover.
func (d *Drop) Sent(ctx context.Context, messageIDs []string) (map[string]bool, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	sent := make(map[string]bool, len(messageIDs))
	for _, id := range messageIDs {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("looking for sent letters: %w", err)
		}
		ref, _, _ := strings.Cut(id, "@")
		name, err := d.there(ref)
		if err != nil {
			return nil, fmt.Errorf("reading the drop folder: %w", err)
		}
		if name != "" {
			sent[id] = true
		}
	}
	return sent, nil
}

// there is the name of the file with a Ref, or "".
func (d *Drop) there(ref string) (string, error) {
	info, err := os.Stat(d.folder)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		d.names, d.seen = nil, time.Time{}
		return "", nil
	case err != nil:
		return "", err
	case d.names == nil || !info.ModTime().Equal(d.seen):
		if err := d.read(); err != nil {
			return "", err
		}
		d.seen = info.ModTime()
	}
	name := d.names[ref]
	if name == "" {
		return "", nil
	}
	if refOf(filepath.Join(d.folder, name)) != ref {
		return "", nil // cut short or edited: it proves nothing
	}
	return name, nil
}

// forgotten is how old an unfinished file must be for it to be removed.
const forgotten = time.Hour

// read reads the folder's names, and removes what a crash left half written.
func (d *Drop) read() error {
	entries, err := os.ReadDir(d.folder)
	if err != nil {
		return err
	}
	d.names = make(map[string]string, len(entries))
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".clarion-") && strings.HasSuffix(e.Name(), ".part") {
			if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > forgotten {
				_ = os.Remove(filepath.Join(d.folder, e.Name()))
			}
			continue
		}
		stem, is := strings.CutSuffix(e.Name(), ".eml")
		at := strings.LastIndexByte(stem, '_')
		if !is || at < 0 || !e.Type().IsRegular() {
			continue
		}
		if ref, ok := unsafeRef(stem[at+1:]); ok {
			d.names[ref] = e.Name()
		}
	}
	return nil
}

func (d *Drop) remember() {
	if info, err := os.Stat(d.folder); err == nil {
		d.seen = info.ModTime()
	}
}

// write writes a file whole or not at all, and never over another.
func (d *Drop) write(name string, data []byte) (err error) {
	part := filepath.Join(d.folder, ".clarion-"+strings.TrimSuffix(name, ".eml")+".part")
	_ = os.Remove(part) // of an earlier crash: we hold the folder
	f, err := d.create(part)
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(part) }()
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return err
	}
	if err := place(part, filepath.Join(d.folder, name)); err != nil {
		return err
	}
	syncFolder(d.folder)
	return nil
}

// place gives the finished file its name. A link fails if the name is taken;
// a file system that has no links is asked first.
func place(part, final string) error {
	err := os.Link(part, final)
	if err == nil || errors.Is(err, fs.ErrExist) || errors.Is(err, syscall.ENOSPC) {
		return err
	}
	if _, err := os.Lstat(final); !errors.Is(err, fs.ErrNotExist) {
		return fs.ErrExist
	}
	return os.Rename(part, final)
}

// syncFolder makes the new name durable, where a folder can be synced.
func syncFolder(folder string) {
	if f, err := os.Open(folder); err == nil {
		_ = f.Sync()
		_ = f.Close()
	}
}

// refOf reads the reference in a file's headers, "" if it has none.
func refOf(file string) string {
	f, err := os.Open(file)
	if err != nil {
		return ""
	}
	defer func() { _ = f.Close() }()
	head, err := textproto.NewReader(bufio.NewReader(io.LimitReader(f, 1<<20))).ReadMIMEHeader()
	if err != nil {
		return ""
	}
	return head.Get("X-Clarion-Ref")
}

// reason is why a file could not be used, without its path.
func reason(err error) string {
	var p *fs.PathError
	var l *os.LinkError
	switch {
	case errors.As(err, &p):
		return p.Err.Error()
	case errors.As(err, &l):
		return l.Err.Error()
	}
	return err.Error()
}

// nameOf is the name of a letter's file: when, to whom, about what, and the
// reference, which alone is what the file is known by.
func nameOf(o letter.Outgoing) string {
	who := o.Content.ToName
	if who == "" {
		who, _, _ = strings.Cut(o.Content.To, "@")
	}
	about := slug(who+" "+o.Content.Subject, 60)
	return o.Date.Format("2006-01-02-1504") + "-" + about + "_" + safeRef(o.Ref) + ".eml"
}

// slug is a text as a part of a file name: small letters of the alphabet,
// digits and hyphens.
func slug(s string, longest int) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(s) {
		switch {
		case b.Len() >= longest:
		case r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r)):
			b.WriteRune(unicode.ToLower(r))
		case unicode.Is(unicode.Mn, r) || r == '\'' || r == '’':
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	if out := strings.Trim(b.String(), "-"); out != "" {
		return out
	}
	return "letter"
}

// safeRef is a reference in a file name: all but small letters, digits and
// hyphens is written as = and its number, so that no two are alike even where
// capitals do not count.
func safeRef(ref string) string {
	var b strings.Builder
	for i := range len(ref) {
		if c := ref[i]; c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "=%02x", c)
		}
	}
	return b.String()
}

func unsafeRef(s string) (string, bool) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '=' {
			b.WriteByte(s[i])
			continue
		}
		var c byte
		if _, err := fmt.Sscanf(s[i+1:min(i+3, len(s))], "%02x", &c); err != nil {
			return "", false
		}
		b.WriteByte(c)
		i += 2
	}
	return b.String(), true
}
