package console

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/dataset"
)

// A brought is a file that somebody brought, and what they said of it since. It
// is theirs alone until they say yes or no, or an hour has passed; all of it is
// forgotten when the program ends, and the file is swept away by the next.
type brought struct {
	engine.Upload
	owner dataset.Ref
	list  string // empty: it is not known yet
	why   string // it is not
	as    engine.As
	keep  bool   // what was said of the headings is written into constituency.yaml
	took  string // the page to go on to; empty: nothing is decided yet

	mu   sync.Mutex   // one at a time decides about it
	at   *engine.Look // what follows was made of this
	imp  *engine.Import
	err  error // in the place of an import
	head *engine.Headings
}

// uploads are the files that wait.
type uploads struct {
	mu   sync.Mutex
	held map[string]*brought
	one  chan struct{} // file that is on its way
}

// mostBrought is how many files may wait at once, of all who bring any: each is
// bounded, and so is what they take on the disk.
const mostBrought = 10

// mostBringing is how much of a request is read: what is more than a file may
// hold is read to its end, so that the browser can hear that it was too much.
const mostBringing = 3 * engine.MostUpload

func newUploads() *uploads { return &uploads{held: map[string]*brought{}, one: make(chan struct{}, 1)} }

var (
	errNoFile   = errors.New("no file was chosen. Choose one, and press the button again")
	errBusy     = errors.New("another file is being brought at this moment. Nothing was done; try again in a minute")
	errManyWait = errors.New("too many files wait for a decision already. Nothing was done; try again in an hour, or ask the others to decide")
)

// bring takes the file of a form. What it held before for the same person is
// thrown away: one file is looked at after the other.
func (v *visit) bring(list string) (*brought, error) {
	select {
	case v.uploads.one <- struct{}{}:
		defer func() { <-v.uploads.one }()
	default:
		return nil, errBusy
	}
	until := time.Now().Add(mostUpload)
	answer := http.NewResponseController(v.w)
	_, _ = answer.SetReadDeadline(until), answer.SetWriteDeadline(until.Add(mostWrite)) // where it is not to be had, it takes a faster line
	parts, err := v.r.MultipartReader()
	if err != nil {
		return nil, errNoFile
	}
	for {
		part, err := parts.NextPart()
		switch {
		case errors.Is(err, io.EOF):
			return nil, errNoFile
		case err != nil:
			return nil, notWhole(err)
		case part.FormName() != "file":
			continue
		case part.FileName() == "":
			return nil, errNoFile
		}
		u, err := v.e.Stage(part.FileName(), part)
		_, _ = io.Copy(io.Discard, v.r.Body)
		if err != nil {
			return nil, notWhole(err)
		}
		return v.hold(u, list)
	}
}

// notWhole says what a file that broke off means.
func notWhole(err error) error {
	switch {
	case errors.As(err, new(*http.MaxBytesError)):
		return engine.ErrLargeFile
	case errors.Is(err, engine.ErrLargeFile), errors.Is(err, engine.ErrEmptyFile):
		return err
	}
	return errors.New("the file did not come whole, and nothing of it was kept. Bring it again")
}

// hold keeps a file in mind, for an hour.
func (v *visit) hold(u engine.Upload, list string) (*brought, error) {
	b := &brought{Upload: u, owner: v.Seat.Person, list: list}
	v.sweep()
	v.uploads.mu.Lock()
	defer v.uploads.mu.Unlock()
	for id, other := range v.uploads.held {
		if other.owner != b.owner || !other.mu.TryLock() { // it is being decided about at this moment
			continue
		}
		if other.took == "" {
			_ = v.e.Unstage(id) // else it is swept away when its hour has passed
			delete(v.uploads.held, id)
		}
		other.mu.Unlock()
	}
	if len(v.uploads.held) >= mostBrought {
		_ = v.e.Unstage(u.ID)
		return nil, errManyWait
	}
	v.uploads.held[u.ID] = b
	time.AfterFunc(engine.UploadHolds+time.Minute, v.Console.sweep)
	return b, nil
}

// sweep forgets and deletes what nobody decided about in time.
func (c *Console) sweep() {
	e := c.Engine()
	now := e.Now()
	c.uploads.mu.Lock()
	for id, b := range c.uploads.held {
		if now.Sub(b.At) >= engine.UploadHolds {
			delete(c.uploads.held, id)
		}
	}
	c.uploads.mu.Unlock()
	c.deleteUntil(now.Add(-engine.UploadHolds))
}

// deleteUntil deletes the files that were brought no later than a moment.
func (c *Console) deleteUntil(moment time.Time) {
	if err := c.Engine().Sweep(moment); err != nil {
		c.Log.Error("files that were brought and forgotten cannot be deleted")
	}
}

// mine finds a file that the seat brought.
func (v *visit) mine(id string) *brought {
	v.uploads.mu.Lock()
	defer v.uploads.mu.Unlock()
	b := v.uploads.held[id]
	if b == nil || b.owner != v.Seat.Person || v.now().Sub(b.At) >= engine.UploadHolds {
		return nil
	}
	return b
}

// decided deletes a file of which somebody has said what becomes of it; whoever
// presses the button once more is led on to the same page.
func (v *visit) decided(b *brought, path string) {
	b.took = path
	b.at, b.imp, b.head, b.err = nil, nil, nil, nil
	if err := v.e.Unstage(b.ID); err != nil {
		v.Log.Error("a file that was decided about cannot be deleted")
	}
}

// read reads a file as its owner says, and compares it with what is held. It is
// read again only when something has changed since.
func (b *brought) read(ctx context.Context, v *visit) (*engine.Import, error) {
	if b.at == v.seen && (b.imp != nil || b.err != nil) {
		return b.imp, b.err
	}
	b.at = v.seen
	b.imp, b.err = v.e.PrepareUpload(ctx, b.list, b.Upload, b.as)
	if h, err := v.e.HeadingsOf(ctx, b.list, b.Upload, engine.As{Sheet: b.as.Sheet, Dates: b.as.Dates}); err == nil {
		b.head = &h
	} else {
		b.head = nil
	}
	return b.imp, b.err
}

// said notes what the owner says of a file: which list it is, which heading is
// which column, and the rest.
func (b *brought) said(v *visit) error {
	form := v.r.PostForm
	if list := form.Get("list"); list != "" && b.list == "" {
		if v.e.Set().Schemas[list] == nil {
			return errors.New("choose which list it is")
		}
		b.list, b.why = list, ""
	}
	as := engine.As{Kind: strings.TrimSpace(form.Get("kind")), Part: form.Get("part") == "yes", Sheet: strings.TrimSpace(form.Get("sheet"))}
	switch d := form.Get("dates"); d {
	case "day-first", "month-first":
		as.Dates = d
	}
	var err error
	if as.Columns, err = b.columns(form.Get); err != nil {
		return err
	}
	b.as, b.keep = as, form.Get("keep") == "yes"
	b.at = nil
	return nil
}

// columns are the headings that a form gives for another column than the one that
// they were taken for.
func (b *brought) columns(said func(string) string) (map[string]string, error) {
	if b.head == nil {
		return b.as.Columns, nil
	}
	out := map[string]string{}
	for _, h := range b.head.Columns {
		name := said("column-" + h.Letter)
		if name == "" || name == b.taken(h) && b.as.Columns[name] != h.Mark {
			continue
		}
		if other, twice := out[name]; twice {
			return nil, errors.New(readable(name) + " cannot stand under two headings, " + dataset.Plain(other) + " and " + dataset.Plain(h.Mark) + ". Choose one of them")
		}
		out[name] = h.Mark
	}
	return out, nil
}

// taken is the column that a heading is taken for: as the file was read or, where
// it could not be, as is likely.
func (b *brought) taken(h engine.Heading) string {
	if b.imp == nil {
		if len(h.Names) > 0 {
			return h.Names[0]
		}
		return ""
	}
	found := ""
	for name, heading := range b.imp.Reading.Columns {
		if heading == h.Heading && (found == "" || slices.Contains(h.Names, name) || name < found && !slices.Contains(h.Names, found)) {
			found = name
		}
	}
	return found
}

// readable writes the name of a list or a column for people.
func readable(name string) string {
	name = strings.ReplaceAll(name, "_", " ")
	if name == "" {
		return ""
	}
	return strings.ToUpper(name[:1]) + name[1:]
}
