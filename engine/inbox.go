package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// The inbox of a constituency's folder, and where its files go once they are
// taken. Nothing is deleted.
const (
	inboxFolder = "inbox"
	takenFolder = "inbox/taken"
)

// A drop is a file of the inbox that is known to be of a list.
type drop struct {
	file, dataset string
	info          fs.FileInfo
}

// inbox takes what lies in the inbox, the older files first: a list through the
// same guards as any, a paper by laying it where papers are read from.
func (e *Engine) inbox(ctx context.Context, p *Pass, take bool) error {
	if e.Recognise == nil {
		return nil
	}
	entries, err := os.ReadDir(filepath.Join(e.Folder, inboxFolder))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		p.Waiting = append(p.Waiting, Waiting{File: inboxFolder, Why: "the folder cannot be read: " + reason(err), again: retry})
		return nil
	}
	all, err := e.recognised(ctx, entries, p)
	if err != nil {
		return err
	}
	rank := map[string]int{}
	for i, name := range e.Sources() {
		rank[name] = i
	}
	slices.SortStableFunc(all, func(a, b drop) int {
		if n := rank[a.dataset] - rank[b.dataset]; n != 0 {
			return n
		}
		return a.info.ModTime().Compare(b.info.ModTime())
	})
	for _, k := range all {
		if err := e.dropped(ctx, k.dataset, k.file, k.info, p, take); err != nil {
			return err
		}
	}
	return nil
}

// recognised says of which list each file is; those of none stay, with the
// reason.
func (e *Engine) recognised(ctx context.Context, entries []os.DirEntry, p *Pass) ([]drop, error) {
	var all []drop
	for _, d := range entries {
		file := path.Join(inboxFolder, d.Name())
		info, err := d.Info()
		if err != nil || file == takenFolder || d.IsDir() && strings.HasPrefix(d.Name(), ".") {
			continue // gone since, or a program's own
		}
		if why := unfit(info.Mode()); why != "" {
			p.Waiting = append(p.Waiting, Waiting{File: file, Why: why})
			continue
		}
		name, err := e.Recognise(ctx, e.Folder, file, e.set)
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			w := Waiting{Why: err.Error()}
			if errors.Is(err, dataset.ErrUnfinished) {
				w.again = retry
			}
			p.Waiting = append(p.Waiting, w)
		case name != "":
			all = append(all, drop{file, name, info})
		}
	}
	return all, nil
}

// unfit says why what lies in the inbox is no file to look at; empty: it is one.
func unfit(mode fs.FileMode) string {
	switch {
	case mode&fs.ModeSymlink != 0:
		return "it is a link. Put the file itself here"
	case mode.IsDir():
		return "it is a folder, and nothing in it is looked at. Put the files themselves into " + inboxFolder
	case !mode.IsRegular():
		return "it is no plain file. If the folder is kept in the cloud, it has not come down yet: open it once"
	}
	return ""
}

// dropped takes one file of the inbox.
func (e *Engine) dropped(ctx context.Context, name, file string, info fs.FileInfo, p *Pass, take bool) error {
	wait := func(why string) { p.Waiting = append(p.Waiting, Waiting{Dataset: name, File: file, Why: why}) }
	if to := e.set.Constituency.Data[name].Folder; to != "" {
		if !take {
			return nil
		}
		if why, again := e.unsettled(ctx, dataset.Reading{File: file, Modified: info.ModTime()}); why != "" {
			p.Waiting = append(p.Waiting, Waiting{name, file, why, again})
			return ctx.Err()
		}
		if _, err := os.Lstat(filepath.Join(e.Folder, to, info.Name())); err == nil {
			wait("there is a paper of this name in " + to + " already. Give this one another name, or put it in the place of that one yourself")
		} else if err := e.move(file, path.Join(filepath.ToSlash(to), info.Name())); err != nil {
			wait(err.Error())
		}
		return nil
	}
	imp, err := e.Prepare(ctx, name, file)
	switch {
	case err != nil && ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, dataset.ErrUnfinished):
		p.Waiting = append(p.Waiting, Waiting{Dataset: name, Why: err.Error(), again: retry})
		return nil
	case err != nil:
		p.Refused = append(p.Refused, err)
		return nil
	}
	taken := len(p.Imports)
	if !imp.Same {
		if err := e.takeSettled(ctx, imp, p, take); err != nil {
			return err
		}
	}
	if now, err := os.Lstat(filepath.Join(e.Folder, file)); err != nil || now.Size() != info.Size() || !now.ModTime().Equal(info.ModTime()) {
		return nil // another was laid in its place meanwhile: the next pass reads that
	}
	if take && (imp.Same || len(p.Imports) > taken) {
		if err := e.move(file, e.free(path.Join(takenFolder, info.Name()))); err != nil {
			wait("it was taken, and cannot be moved to " + takenFolder + ": " + err.Error())
		}
	}
	return nil
}

// free is a name that no file has yet.
func (e *Engine) free(name string) string {
	ext := path.Ext(name)
	out := name
	for n := 2; ; n++ {
		if _, err := os.Lstat(filepath.Join(e.Folder, out)); err != nil { // not there; or the move says why not
			return out
		}
		out = fmt.Sprintf("%s (%d)%s", name[:len(name)-len(ext)], n, ext)
	}
}

// move gives a file another place within the constituency's folder, and follows
// no link out of it.
func (e *Engine) move(from, to string) error {
	root, err := os.OpenRoot(e.Folder)
	if err != nil {
		return fmt.Errorf("opening the folder: %s", reason(err))
	}
	defer func() { _ = root.Close() }()
	if err := root.MkdirAll(path.Dir(to), 0o700); err != nil {
		return fmt.Errorf("making the folder %s: %s", dataset.Plain(path.Dir(to)), reason(err))
	}
	if err := root.Rename(from, to); err != nil {
		return fmt.Errorf("moving it: %s", reason(err))
	}
	return nil
}
