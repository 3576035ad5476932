// Package engine carries a plan through review and delivery, and takes back
// what the world answers. Its methods are the verbs of the program: Import,
// Plan, Propose, Approve, Deliver, Tick, Answer, Record, Explain and the rest.
//
// The engine owns no rule. What is due is decided by plan, what may happen by
// the ledger, what is kept by the store. A preview is a plan that nobody
// proposes: there is no dry-run flag in here, so a dry run cannot send by
// mistake and cannot differ from the run.
//
// Time is given by Options.Now. Every verb takes it once, at its beginning.
package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/letter"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/engine/store"
)

// A Sender delivers one message to one recipient.
type Sender interface {
	Send(ctx context.Context, m letter.Outgoing) letter.Outcome
	Close() error
}

// A Prover is a Sender that can look for messages it delivered before. Finding
// one proves that it went; not finding it proves nothing.
type Prover interface {
	Sent(ctx context.Context, messageIDs []string) (map[string]bool, error)
}

// A Reader reads one dataset's file or folder, relative to the constituency's
// folder, typed by its schema.
type Reader func(ctx context.Context, folder string, src playbook.Source, schema *dataset.Schema, clock calendar.Clock) (dataset.Reading, error)

// Options are what an Engine needs from outside.
type Options struct {
	Folder  string // of the constituency: constituency.yaml and what it names
	Library fs.FS  // what ships
	// Loaded is what playbook.Load made of both, where the caller has it already.
	Loaded *playbook.Set
	Store  *store.Store
	Now    func() time.Time
	Read   Reader
	// Sender opens the way out that the constituency's mail settings name.
	Sender func(ctx context.Context, c *playbook.Constituency) (Sender, error)
	// Mailbox opens the mailbox that they name; nil: there is none.
	Mailbox func(ctx context.Context, c *playbook.Constituency) (Mailbox, error)
	// Steady is how long a file must have lain unchanged before a pass takes it by
	// itself. 0, where the clock is feigned and a file's time says nothing: at once.
	Steady time.Duration
	// Recognise says of which list a file of the inbox is, given its place in the
	// folder; none and no error: of none, such as a lock file. It may be nil.
	Recognise func(ctx context.Context, folder, file string, set *playbook.Set) (string, error)
	// Headings says which columns of a file are which of a list's, for a person to
	// agree to. It may be nil.
	Headings func(ctx context.Context, folder string, src playbook.Source, schema *dataset.Schema, clock calendar.Clock) (Headings, error)
	Log      *slog.Logger // may be nil
	// Pause waits between letters where the provider asks for it.
	Pause func(ctx context.Context, d time.Duration)
}

// An Engine is one constituency at work.
type Engine struct {
	Options
	set   *playbook.Set
	every time.Duration // of the daemon's beat, for tests; 0: Beat
	// sights are the files that the daemon waits for, by their place; nil outside of
	// it.
	sights map[string]sight
	// untaken are the files that the last pass found and did not take.
	untaken []plan.Untaken
}

// A NotReady error says that the constituency's own files have faults, which
// must be mended before anything runs.
type NotReady struct{ Faults []playbook.Fault }

func (e *NotReady) Error() string {
	if len(e.Faults) == 1 {
		return e.Faults[0].Error()
	}
	return fmt.Sprintf("%s (and %d more: clarion check shows them all)", e.Faults[0].Error(), len(e.Faults)-1)
}

// New loads the constituency's playbooks and settings.
func New(o Options) (*Engine, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Pause == nil {
		o.Pause = wait
	}
	e := &Engine{Options: o, set: o.Loaded}
	if e.set != nil {
		return e, nil
	}
	if err := e.Reload(); err != nil {
		return nil, err
	}
	return e, nil
}

// wait pauses for a while, or until the context ends.
func wait(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// Reload reads the library and the constituency's files anew.
func (e *Engine) Reload() error {
	if _, err := os.Stat(filepath.Join(e.Folder, "constituency.yaml")); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is not a constituency's folder: it has no constituency.yaml", e.Folder)
	}
	set, err := playbook.Load(e.Library, os.DirFS(e.Folder))
	if err != nil {
		return fmt.Errorf("loading the playbooks: %w", err)
	}
	if set.Fatal() {
		return &NotReady{Faults: set.Faults}
	}
	e.set = set
	return nil
}

// Set gives what was loaded: playbooks, settings, faults.
func (e *Engine) Set() *playbook.Set { return e.set }

// Clock gives the constituency's civil time.
func (e *Engine) Clock() calendar.Clock { return e.set.Constituency.Clock }

// input gathers what a plan depends on, from one transaction.
func (e *Engine) input(tx *store.Tx, now time.Time) (plan.Input, error) {
	records, err := e.history(tx)
	if err != nil {
		return plan.Input{}, err
	}
	tables, err := tx.Tables(e.set.Schemas)
	if err != nil {
		return plan.Input{}, err
	}
	book, err := tx.LoadBook()
	if err != nil {
		return plan.Input{}, err
	}
	if err := e.derive(tx, tables, records, now); err != nil {
		return plan.Input{}, err
	}
	if err := e.dated(tx, tables); err != nil {
		return plan.Input{}, err
	}
	post, err := e.post(tx, now)
	if err != nil {
		return plan.Input{}, err
	}
	return plan.Input{Set: e.set, Tables: tables, Book: book, Now: now, Hash: tx.AddressHash, File: e.describe(tx, tables), Untaken: e.untaken, Post: post}, nil
}

// describe gives the frozen files that documents name, under their own names.
func (e *Engine) describe(tx *store.Tx, tables dataset.Tables) func(string) (letter.Attachment, bool) {
	return func(sha string) (letter.Attachment, bool) {
		body, kind, err := tx.File(sha)
		if err != nil {
			return letter.Attachment{}, false
		}
		return letter.Attachment{Name: fileName(tables, sha, kind), Type: kind, SHA256: sha, Size: int64(len(body))}, true
	}
}

// fileName finds what a document was called when it was imported.
func fileName(tables dataset.Tables, sha, kind string) string {
	if t := tables["documents"]; t != nil {
		for _, r := range t.Rows {
			for i, v := range r.Cells {
				if v.Kind == dataset.File && v.S == sha && i < len(t.Schema.Columns) {
					if n, _ := r.Get(t.Schema, "file_name"); !n.IsBlank() {
						return filepath.Base(n.S)
					}
					return named(filepath.Base(r.Key), kind)
				}
			}
		}
	}
	return named("document", kind)
}

// named gives a file's name an ending, without which the reader's computer
// does not know what to open it with.
func named(name, kind string) string {
	ending := map[string]string{"application/pdf": ".pdf", "text/plain": ".txt", "text/csv": ".csv", "text/html": ".html",
		"application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
		"application/vnd.oasis.opendocument.text":                                 ".odt",
		"image/png": ".png", "image/jpeg": ".jpg"}
	media, _, _ := strings.Cut(kind, ";")
	if e := ending[media]; e != "" && !strings.EqualFold(filepath.Ext(name), e) {
		return name + e
	}
	return name
}
