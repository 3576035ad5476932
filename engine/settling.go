package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/store"
)

// SettleAfter is how long a file must have lain unchanged before a pass takes it
// by itself: a spreadsheet saves, and a download comes, in pieces.
const SettleAfter = 20 * time.Second

const (
	cutAfter   = 5 * time.Minute // of a file whose last line has no end
	secondLook = 3 * time.Second // between the two looks of a pass that is made once
)

// A Waiting is a file, or a list's place, that a pass left as it is: it is tried
// again by itself, and what was imported before stays in force.
type Waiting struct {
	Dataset, File string // the list may not be known
	Why           string
	again         time.Duration // after which another look is worth while; 0: when something changes
}

func (w Waiting) String() string {
	out := w.Why
	if w.File != "" {
		out = dataset.Plain(w.File) + ": " + out
	}
	if w.Dataset != "" {
		out = w.Dataset + ": " + out
	}
	return out
}

// A sight is how a file was when it was first seen so.
type sight struct {
	stamp string
	at    time.Time
}

// unsettled says why what was read may not be whole yet, and is not taken by a
// pass; empty: it may be taken. A person who names a file is not made to wait.
func (e *Engine) unsettled(ctx context.Context, r dataset.Reading) (why string, again time.Duration) {
	why, need := e.unripe(r)
	if why == "" || r.InUse != "" {
		return why, need
	}
	now := e.Now()
	place := filepath.Join(e.Folder, filepath.FromSlash(r.File))
	look := stampOf(place)
	switch {
	case e.sights != nil: // the daemon looks again with its next beats
		first, seen := e.sights[place]
		if !seen || first.stamp != look {
			first = sight{look, now}
			e.sights[place] = first
		}
		if now.Sub(first.at) >= need {
			delete(e.sights, place)
			return "", 0
		}
	case !r.Cut:
		if e.Pause(ctx, secondLook); ctx.Err() == nil && stampOf(place) == look {
			return "", 0
		}
	}
	return why, need
}

// unripe says why a file may not be whole yet, by what it and its time say; empty:
// it may be taken.
func (e *Engine) unripe(r dataset.Reading) (why string, need time.Duration) {
	if e.Steady == 0 {
		return "", 0
	}
	if r.InUse != "" {
		return r.InUse + ". It is taken when that is closed", retry
	}
	need = e.Steady
	why = "it was changed a moment ago. It is taken when it has lain unchanged for a while"
	if r.Cut {
		need = max(need, cutAfter)
		why = "its last line has no end, as of a file that is half written. It is taken when it has lain unchanged for five minutes"
	}
	if e.Now().Sub(r.Modified) >= need {
		return "", 0
	}
	return why, need
}

// stampOf stands for the names, sizes and times of a file, or of all in a
// folder but what is hidden.
func stampOf(place string) string {
	var out []string
	_ = filepath.WalkDir(place, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil
		}
		if i, err := d.Info(); err == nil {
			out = append(out, fmt.Sprintf("%s %d %d", name, i.Size(), i.ModTime().UnixNano()))
		}
		return nil
	})
	return headerHash(out)
}

// fetch imports a dataset if its file is there, has settled, and is not the one
// that was imported last. One whose import was undone waits for a person to say
// that it is right after all. Take says whether to import, or only to look.
func (e *Engine) fetch(ctx context.Context, name string, p *Pass, take bool) error {
	imp, err := e.Prepare(ctx, name, "")
	switch {
	case err != nil && ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, dataset.ErrUnfinished):
		p.Waiting = append(p.Waiting, Waiting{Dataset: name, Why: err.Error(), again: retry})
		return nil
	case errors.Is(err, os.ErrNotExist):
		return e.vanished(ctx, name, err, p)
	case err != nil:
		p.Refused = append(p.Refused, err)
		return nil
	case imp.Same, imp.Nothing():
		return nil
	}
	old, err := e.superseded(ctx, imp)
	if err != nil || old {
		return err
	}
	return e.takeSettled(ctx, imp, p, take)
}

// takeSettled commits a prepared import unless its file may not be whole yet,
// its import was undone, or it is refused.
func (e *Engine) takeSettled(ctx context.Context, imp *Import, p *Pass, take bool) error {
	name := imp.Dataset
	if imp.Undone {
		p.Refused = append(p.Refused, fmt.Errorf("the file of %[1]s is the one whose import was undone, so it was not taken again. Save a corrected one, or take it all the same with %[2]s", name, imp.again()))
		return nil
	}
	if take {
		if why, again := e.unsettled(ctx, imp.Reading); why != "" {
			p.Waiting = append(p.Waiting, Waiting{name, imp.Reading.File, why, again})
			return ctx.Err()
		}
		rec, err := e.Commit(ctx, imp, "clarion")
		switch {
		case err != nil && ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			p.Refused = append(p.Refused, err)
		default:
			p.Imports = append(p.Imports, rec)
		}
		return nil
	}
	err, why := imp.refused(nil), ""
	if err != nil || imp.Reading.InUse != "" { // what is half written looks like half a list
		why, _ = e.unripe(imp.Reading)
	}
	if why != "" {
		p.Waiting = append(p.Waiting, Waiting{Dataset: name, File: imp.Reading.File, Why: why})
	} else if err != nil {
		p.Refused = append(p.Refused, err)
	}
	return nil
}

// again is the command that takes a file which a pass did not.
func (i *Import) again() string {
	if i.file != "" {
		return "clarion import " + i.Dataset + " " + quoted(i.file)
	}
	return "clarion import " + i.Dataset
}

// vanished tells of a list whose file was there, and is not any more: a stick
// that was drawn out, a folder that was moved. What was imported stays.
func (e *Engine) vanished(ctx context.Context, name string, missing error, p *Pass) error {
	return e.Store.View(ctx, func(tx *store.Tx) error {
		last, ok, err := tx.LastImport(name)
		if err != nil || !ok || !e.set.Constituency.Data[name].Names(last.File) {
			return err
		}
		p.Waiting = append(p.Waiting, Waiting{Dataset: name, Why: fmt.Sprintf("%s. What was imported on %s is held still",
			missing, e.Clock().Day(last.At).Words())})
		return nil
	})
}

// superseded reports a file that was taken before, has not been touched since,
// and after which another was taken: an old list that still lies in its folder
// is not news, least of all one whose import was undone. The times of files say nothing where the clock is feigned.
func (e *Engine) superseded(ctx context.Context, imp *Import) (bool, error) {
	old := false
	err := e.Store.View(ctx, func(tx *store.Tx) error {
		all, err := importsOf(tx, imp.Dataset)
		if err != nil || len(all) == 0 {
			return err
		}
		last := all[len(all)-1]
		before := imp.Reading.Modified.Before(last.At)
		if e.Steady == 0 { // only what came by a page leaves the list's own file behind
			before = strings.HasPrefix(last.File, uploadedAs)
		}
		old = before && last.SHA256 != imp.Reading.SHA256 &&
			slices.ContainsFunc(all, func(r store.ImportRecord) bool { return r.SHA256 == imp.Reading.SHA256 })
		return nil
	})
	return old, err
}

// Waits gathers what lies in the constituency's folder and is not taken, each
// with the reason. It changes nothing.
func (e *Engine) Waits(ctx context.Context) (waiting []Waiting, refused []error, err error) {
	var p Pass
	err = e.takeFiles(ctx, &p, false)
	return p.Waiting, p.Refused, err
}

// takeFiles goes through what people put into the constituency's folder: first
// what they dropped into its inbox, then the place of each list.
func (e *Engine) takeFiles(ctx context.Context, p *Pass, take bool) error {
	if err := e.inbox(ctx, p, take); err != nil {
		return err
	}
	for _, name := range e.Sources() {
		if err := e.fetch(ctx, name, p, take); err != nil {
			return err
		}
	}
	return nil
}

// reason is what went wrong with a file, without its path.
func reason(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	var l *os.LinkError
	if errors.As(err, &l) {
		return l.Err.Error()
	}
	return err.Error()
}
