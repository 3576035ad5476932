package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/store"
)

// Bounds of what is taken from one sender in a day.
const (
	mostFilesADay = 20
	mostBytesADay = 50 << 20
)

// stagingFolder is where an attachment lies while it is looked at. It is hidden,
// so that no pass takes anything from it.
const stagingFolder = "inbox/.mail"

// A laying is what was found of the files of a message.
type laying struct {
	list   string // the dataset of them, as far as it is known
	found  []string
	laid   []string // files in the inbox now
	bytes  int64
	why    string // why they wait for a person; empty, with nothing laid: they are none of our business
	seen   bool   // some file is of a list
	refuse string // why a file could not be read
}

func (l *laying) names() []string {
	if l == nil {
		return nil
	}
	return l.laid
}

// lay looks at the files of a message and lays those that may be taken unseen
// into the inbox, whose door has the same guards for all. It is done before what
// became of the message is noted: a file that is laid twice, because the look
// broke off between, is imported once.
func (c *collecting) lay(ctx context.Context, in Incoming) (*laying, error) {
	if in.Kind != MailList && in.Kind != MailDocument || c.Recognise == nil {
		return nil, nil
	}
	had := false
	l := &laying{}
	err := c.Store.View(ctx, func(tx *store.Tx) (err error) {
		if had, err = tx.HadInbound(c.name, store.Inbound{Validity: in.At.Validity, UID: in.At.UID, Content: tx.ContentHash(in.identity())}); err != nil || had {
			return err
		}
		files, bytes, _, err := tx.FromSender(tx.AddressHash(in.From), c.Now().Add(-24*time.Hour))
		if files+len(in.Files) > mostFilesADay || bytes+in.size() > mostBytesADay {
			l.why = fmt.Sprintf("more came from its sender within a day than %d files and %d MB", mostFilesADay, mostBytesADay>>20)
		}
		return err
	})
	if err != nil || had {
		return nil, err
	}
	c.judge(in, l)
	err = c.stage(ctx, in, l, l.why == "", func(list string) string {
		if l.why == "" && !slices.Contains(c.set.Constituency.Mail.Mailbox.Senders[list], strings.ToLower(in.From)) {
			return "its sender is not named under mailbox: senders: " + list
		}
		return ""
	})
	return l, err
}

// judge says why no file of a message is taken unseen, if there is a reason.
func (c *collecting) judge(in Incoming, l *laying) {
	box := c.set.Constituency.Mail.Mailbox
	listed := false
	for _, addresses := range box.Senders {
		listed = listed || slices.Contains(addresses, strings.ToLower(in.From))
	}
	switch {
	case l.why != "":
	case !listed:
		l.why = "its sender is not named under mailbox: senders"
	case box.Stamp == "":
		l.why = "nobody can tell whether its sender is genuine: mailbox: authserv does not say under which name the mail server says so"
	case !in.Genuine:
		l.why = "the mail server does not say that its sender is who they say (DMARC)"
	case !in.Whole:
		l.why = "it is too large to be fetched whole"
	}
}

func (in Incoming) size() (n int64) {
	for _, f := range in.Files {
		n += int64(f.Size)
	}
	return n
}

// stage puts each file where it can be looked at, says of which list it is and,
// if it may be taken, moves it into the inbox.
func (c *collecting) stage(ctx context.Context, in Incoming, l *laying, take bool, mayNot func(list string) string) error {
	root, err := os.OpenRoot(c.Folder)
	if err != nil {
		return fmt.Errorf("opening the folder: %s", reason(err))
	}
	defer func() { _ = root.Close() }()
	defer func() { _ = root.RemoveAll(stagingFolder) }() // our own copies; the message keeps its files
	type ready struct{ place, name string }
	var all []ready
	for _, f := range in.Files {
		if f.Refused != "" {
			l.refuse = f.Name + ": " + f.Refused
			continue
		}
		place := path.Join(stagingFolder, f.Name)
		list, err := c.stageOne(ctx, root, place, f, in.Received)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil || list == "" {
			if err != nil {
				l.refuse = f.Name + ": " + err.Error()
			}
			continue
		}
		l.seen, l.list = true, list
		l.found = append(l.found, f.Name)
		if why := mayNot(list); why != "" {
			l.why, take = why, false
		}
		l.bytes += int64(f.Size)
		all = append(all, ready{place, f.Name})
	}
	if !take {
		return nil
	}
	for _, f := range all {
		to := c.free(path.Join(inboxFolder, f.name))
		if err := c.Engine.move(f.place, to); err != nil {
			return err
		}
		l.laid = append(l.laid, to)
	}
	return nil
}

// stageOne writes one file into the hidden folder and asks of which list it is.
// Its time is that of the message: older files are taken first.
func (c *collecting) stageOne(ctx context.Context, root *os.Root, place string, f MailFile, at time.Time) (list string, err error) {
	data, err := f.Bytes()
	if err != nil {
		return "", err
	}
	if err := root.MkdirAll(path.Dir(place), 0o700); err != nil {
		return "", errors.New(reason(err))
	}
	if err := root.WriteFile(place, data, 0o600); err != nil {
		return "", errors.New(reason(err))
	}
	if ext := strings.ToLower(path.Ext(place)); !at.IsZero() && (ext == ".csv" || ext == ".txt" || ext == ".tsv") {
		at = at.Add(-cutAfter) // a message comes whole: a last line without an end is no half of a file
	}
	if !at.IsZero() {
		_ = root.Chtimes(place, at, at) // it is only by which files are put in order
	}
	list, err = c.Recognise(ctx, c.Folder, place, c.set)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", errors.New(strings.TrimPrefix(err.Error(), place+": "))
	}
	return list, nil
}

// files notes what became of the files of a message. A message whose files are
// of no list, from somebody who is named nowhere, is left alone.
func (t *taking) files() error {
	l := t.laid
	switch {
	case l == nil:
		return nil
	case len(l.laid) > 0:
		t.rec.Files, t.rec.Bytes = len(l.laid), l.bytes
		return t.did(wasFiles, filesFolder)
	case !l.seen && (l.refuse == "" || !t.named()):
		return nil
	case t.in.Kind == MailDocument && !t.named() && l.why != "":
		return nil // somebody sent somebody a paper
	}
	why := l.why
	if l.refuse != "" && (why == "" || !l.seen) {
		why = "a file of it cannot be taken: " + l.refuse
	}
	t.rec.Shown.List = l.list
	for _, n := range l.found {
		t.rec.Shown.Files = append(t.rec.Shown.Files, dataset.Plain(n))
	}
	return t.wait(why)
}

// named tells that the sender is named in the settings.
func (t *taking) named() bool {
	for _, addresses := range t.set.Constituency.Mail.Mailbox.Senders {
		if slices.Contains(addresses, strings.ToLower(t.in.From)) {
			return true
		}
	}
	return false
}
