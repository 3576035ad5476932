package engine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// Headings say which columns of a file are which of a list's, for a person to
// agree to.
type Headings struct {
	Sheet   string
	Row     int    // in which they stand
	Layout  string // the public layout that they are
	Columns []Heading
	Missing []string // columns that tell the rows apart and that no heading is surely
	Lost    []string // columns that constituency.yaml maps to headings that the file has not
}

// A Heading is one column of a file, and what it may be.
type Heading struct {
	Letter, Heading string
	Mark            string   // by which constituency.yaml knows it: its heading, or "column F"
	Names           []string // the columns of the list that it is
	Sure            bool     // nobody needs to be asked, also where it is none
	Could           []string // where it is not sure: what it could be, the likeliest first
	Looks           string   // what its cells look like
	Why             string
	Samples         []string // some of its cells, as they stand in the file
}

// HeadingsOf says which headings of an upload are which columns of a list. It
// changes nothing.
func (e *Engine) HeadingsOf(ctx context.Context, name string, u Upload, as As) (Headings, error) {
	schema := e.set.Schemas[name]
	if schema == nil {
		return Headings{}, fmt.Errorf("there is no list called %s", dataset.Plain(name))
	}
	if e.Headings == nil {
		return Headings{}, errors.New("the headings of files cannot be looked at here")
	}
	src := as.source(e.set.Constituency.Data[name])
	src.From, src.Folder = u.Name, ""
	h, err := e.Headings(ctx, filepath.Dir(u.place(e)), src, schema, e.Clock())
	if errors.Is(err, fs.ErrNotExist) {
		err = ErrUploadGone
	}
	return h, err
}

// A ColumnsEdit is constituency.yaml with what a person said of the headings of a
// list, ready to be put in the place of what was read.
type ColumnsEdit struct{ was, now []byte }

// EditColumns prepares to write into constituency.yaml what a person said of the
// headings of a list, so that its next file is read so by itself. Nothing is
// written yet, and what would make a fault of the settings is refused. The answer
// is nothing where there is nothing to write.
func (e *Engine) EditColumns(name string, columns map[string]string) (*ColumnsEdit, error) {
	if len(columns) == 0 {
		return nil, nil
	}
	root, err := os.OpenRoot(e.Folder)
	if err != nil {
		return nil, fmt.Errorf("opening the folder: %s", reason(err))
	}
	defer func() { _ = root.Close() }()
	x := &ColumnsEdit{}
	if x.was, err = root.ReadFile(settingsFile); err != nil {
		return nil, fmt.Errorf("reading %s: %s", settingsFile, reason(err))
	}
	var edits []playbook.Edit
	if x.now, edits, err = playbook.WriteColumns(x.was, name, columns); err != nil || len(edits) == 0 {
		return nil, err
	}
	set, err := playbook.Load(e.Library, playbook.Over(os.DirFS(e.Folder), map[string]string{settingsFile: string(x.now)}))
	if err != nil {
		return nil, fmt.Errorf("reading %s with these headings: %w", settingsFile, err)
	}
	if len(set.Faults) > len(e.set.Faults) {
		return nil, fmt.Errorf("%s would have a fault with these headings, so they were not written: %w", settingsFile, set.Faults[0])
	}
	return x, nil
}

// WriteColumns puts what EditColumns prepared in the place of what it read, if
// that still stands there.
func (e *Engine) WriteColumns(x *ColumnsEdit) error {
	if x == nil {
		return nil
	}
	root, err := os.OpenRoot(e.Folder)
	if err != nil {
		return fmt.Errorf("opening the folder: %s", reason(err))
	}
	defer func() { _ = root.Close() }()
	is, err := root.ReadFile(settingsFile)
	if err != nil || !bytes.Equal(is, x.was) {
		return errors.New(settingsFile + " has changed meanwhile, so the headings were not written into it")
	}
	if err := place(root, settingsFile, x.now); err != nil {
		return fmt.Errorf("writing %s: %s", settingsFile, reason(err))
	}
	return nil
}

// settingsFile is the file that describes a constituency.
const settingsFile = "constituency.yaml"
