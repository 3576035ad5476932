package engine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/engine/store"
)

// What a page changes in the constituency's own files is written into the same
// files that a person writes: the bytes of one value, or a file of words. Nothing
// is written before all files were read together with it, and it made no fault
// that was not there before; nor where somebody else wrote to the file since the
// page was made.

// An Editing is what somebody wants to have changed of a playbook.
type Editing struct {
	Playbook string
	Step     string                       // whose words are changed; empty: settings
	Changes  map[string][]playbook.Change // by the file: playbooks.yaml, constituency.yaml
	Words    map[string]string            // whole files of words
	Saw      map[string]string            // by the file: its Print as the page showed it
}

// An Edited is what would come of an Editing, or came of it.
type Edited struct {
	Set    *playbook.Set
	Faults []playbook.Fault // that it would make; then nothing is written
	Same   bool             // the files say so already

	files map[string]string
}

// Print is the fingerprint of one of the constituency's own files; empty: it is
// not there.
func (e *Engine) Print(file string) (string, error) {
	data, err := e.ownFile(file)
	if err != nil || data == nil {
		return "", err
	}
	return fingerprint(data), nil
}

func fingerprint(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// ownFile reads one of the constituency's own files; nil: it is not there.
func (e *Engine) ownFile(file string) ([]byte, error) {
	if !fs.ValidPath(file) {
		return nil, fmt.Errorf("%s is no file of the constituency's folder", dataset.Plain(file))
	}
	data, err := os.ReadFile(filepath.Join(e.Folder, filepath.FromSlash(file)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err == nil && data == nil {
		data = []byte{}
	}
	if err != nil {
		return nil, fmt.Errorf("reading %s: %s", dataset.Plain(file), reason(err))
	}
	return data, nil
}

// OwnText gives the text of one of the constituency's own files.
func (e *Engine) OwnText(file string) (text string, there bool, err error) {
	data, err := e.ownFile(file)
	return strings.ReplaceAll(string(data), "\r\n", "\n"), data != nil, err
}

// TryEditing says what would come of an editing, and writes nothing.
func (e *Engine) TryEditing(ed Editing) (*Edited, error) {
	out := &Edited{files: map[string]string{}}
	for _, file := range slices.Sorted(maps.Keys(ed.Changes)) {
		data, err := e.unchanged(file, ed.Saw)
		if err != nil {
			return nil, err
		}
		now, err := playbook.Amend(data, ed.Changes[file]...)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		if string(now) != string(data) {
			out.files[file] = string(now)
		}
	}
	for _, file := range slices.Sorted(maps.Keys(ed.Words)) {
		data, err := e.unchanged(file, ed.Saw)
		if err != nil {
			return nil, err
		}
		words := ed.Words[file]
		if strings.Contains(string(data), "\r\n") {
			words = strings.ReplaceAll(words, "\n", "\r\n")
		}
		if data == nil || string(data) != words {
			out.files[file] = words
		}
	}
	if out.Same = len(out.files) == 0; out.Same {
		out.Set = e.set
		return out, nil
	}
	own := os.DirFS(e.Folder)
	var err error
	if out.Set, err = playbook.Load(e.Library, playbook.Over(own, out.files)); err != nil {
		return nil, fmt.Errorf("loading the playbooks: %w", err)
	}
	if faults := out.Set.All(); len(faults) > 0 {
		was, err := playbook.Load(e.Library, own)
		if err != nil {
			return nil, fmt.Errorf("loading the playbooks: %w", err)
		}
		out.Faults = newFaults(was.All(), faults)
	}
	return out, nil
}

// unchanged reads a file that is still what a page showed.
func (e *Engine) unchanged(file string, saw map[string]string) ([]byte, error) {
	data, err := e.ownFile(file)
	if err != nil {
		return nil, err
	}
	is := ""
	if data != nil {
		is = fingerprint(data)
	}
	if shown, said := saw[file]; !said || shown != is {
		return nil, fmt.Errorf("%w: %s is no longer as it was shown", ErrMoved, dataset.Plain(file))
	}
	return data, nil
}

// newFaults are those that were not there before, wherever they stood then.
func newFaults(was, now []playbook.Fault) (out []playbook.Fault) {
	had := map[[2]string]int{}
	for _, f := range was {
		had[[2]string{f.File, f.Text}]++
	}
	for _, f := range now {
		key := [2]string{f.File, f.Text}
		if had[key]--; had[key] < 0 {
			out = append(out, f)
		}
	}
	return out
}

// Edit writes an editing, and notes in the log that it was made. Where it would
// make a fault, nothing is written.
func (e *Engine) Edit(ctx context.Context, v Voice, ed Editing) (*Edited, error) {
	var out *Edited
	undo := func() {}
	err := e.Store.Update(ctx, func(tx *store.Tx) (err error) { // one after the other
		if out, err = e.TryEditing(ed); err != nil || out.Same || len(out.Faults) > 0 {
			return err
		}
		now := e.Now()
		if pb := e.set.Playbook(ed.Playbook); pb != nil { // what it said until now is kept, for its history
			if _, found, err := tx.Version(pb.Name, pb.Digest); err != nil || !found {
				if err == nil {
					err = e.saveVersion(tx, pb, "", now)
				}
				if err != nil {
					return err
				}
			}
		}
		if undo, err = e.writeOwn(out.files); err != nil {
			return err
		}
		with := e.with(out.Set)
		change := ledger.Edited{Playbook: ed.Playbook, Step: ed.Step, Person: v.Person}
		if pb := out.Set.Playbook(ed.Playbook); pb != nil {
			change.Digest = pb.Digest
			if err := with.saveEdited(tx, pb, edit{By: v.Role, Person: v.Person, Step: ed.Step, At: now}); err != nil {
				return err
			}
		}
		return tx.Apply(now, v.Role, change)
	})
	if err != nil {
		undo()
		return nil, err
	}
	if !out.Same && len(out.Faults) == 0 {
		e.set = out.Set
	}
	return out, nil
}

// writeOwn puts files into the constituency's folder, those that name others
// last; undo puts back what was there.
func (e *Engine) writeOwn(files map[string]string) (undo func(), err error) {
	root, err := os.OpenRoot(e.Folder)
	if err != nil {
		return func() {}, fmt.Errorf("opening the folder: %s", reason(err))
	}
	defer func() { _ = root.Close() }()
	was := map[string][]byte{}
	undo = func() {
		root, err := os.OpenRoot(e.Folder)
		if err != nil {
			return
		}
		defer func() { _ = root.Close() }()
		for name, data := range was {
			if data == nil {
				_ = root.Remove(name)
			} else {
				_ = place(root, name, data)
			}
		}
	}
	names := slices.Sorted(maps.Keys(files))
	slices.SortStableFunc(names, func(a, b string) int { return strings.Compare(path.Ext(a), path.Ext(b)) }) // .md before .yaml
	for _, name := range names {
		if info, err := root.Lstat(name); err == nil && !info.Mode().IsRegular() {
			undo()
			return func() {}, fmt.Errorf("%s leads to a file elsewhere, so it is not written from here; change it there", dataset.Plain(name))
		}
		data, err := e.ownFile(name)
		if err == nil {
			err = root.MkdirAll(path.Dir(name), 0o700)
		}
		if err == nil {
			was[name] = data
			err = place(root, name, []byte(files[name]))
		}
		if err != nil {
			undo()
			return func() {}, fmt.Errorf("writing %s: %s", dataset.Plain(name), reason(err))
		}
	}
	return undo, nil
}

// An edit is who made a version of a playbook, and when. It names no person but
// by number.
type edit struct {
	By     string      `json:"by"`
	Person dataset.Ref `json:"person,omitempty"`
	Step   string      `json:"step,omitempty"`
	At     time.Time   `json:"at"`
}

// saveEdited keeps what a playbook says since an edit. The same words again are
// the same version, which keeps the minute of its adoption.
func (e *Engine) saveEdited(tx *store.Tx, pb *playbook.Playbook, by edit) error {
	kept, _, err := readVersion(tx, pb.Name, pb.Digest)
	if err != nil {
		return err
	}
	return e.saveKept(tx, pb, keptVersion{Minute: kept.Minute, Edits: append(kept.Edits, by)}, by.At)
}

// Minute gives the words behind a minute of the log; none where they were erased.
func (e *Engine) Minute(ctx context.Context, hash string) (words string, err error) {
	err = e.Store.View(ctx, func(tx *store.Tx) error {
		words, err = tx.Words(hash)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		return err
	})
	return words, err
}

// A Past is one version of a playbook: when it began to be what it says, by whom,
// and what was different in it from the one before.
type Past struct {
	At      time.Time
	By      string      // the role; empty: it was seen, and nobody here wrote it
	Person  dataset.Ref // the officer, where known
	Step    string      // whose words were changed
	Minute  string      // of its adoption
	Digest  string
	Changes []playbook.Difference // since the version before; nothing for the first
}

// History tells what a playbook has said here, the newest first.
func (e *Engine) History(ctx context.Context, name string) (out []Past, err error) {
	origins := map[string][]playbook.Origin{}
	err = e.Store.View(ctx, func(tx *store.Tx) error {
		all, err := tx.Versions(name)
		if err != nil {
			return err
		}
		for _, v := range all {
			kept, _, err := readVersion(tx, name, v.Digest)
			if err != nil {
				return err
			}
			origins[v.Digest] = kept.Origins
			minute, err := tx.Words(kept.Minute)
			if err != nil {
				return err
			}
			for _, x := range kept.Edits {
				out = append(out, Past{At: x.At, By: x.By, Person: x.Person, Step: x.Step, Digest: v.Digest, Minute: minute})
			}
			if len(kept.Edits) == 0 {
				out = append(out, Past{At: v.Stored, Digest: v.Digest, Minute: minute})
			}
		}
		return nil
	})
	slices.SortStableFunc(out, func(a, b Past) int {
		if a.By == "" != (b.By == "") && a.At.Equal(b.At) { // what was there came before what was made of it
			return strings.Compare(b.By, a.By)
		}
		return b.At.Compare(a.At)
	})
	for i := range out {
		if i+1 < len(out) {
			out[i].Changes = playbook.Between(origins[out[i+1].Digest], origins[out[i].Digest])
		}
	}
	return out, err
}
