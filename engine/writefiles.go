package engine

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// lay writes the files of a letter into the folder; undo takes them away again.
func (e *Engine) lay(d *Draft) (undo func(), err error) {
	root, err := os.OpenRoot(e.Folder)
	if err != nil {
		return nil, fmt.Errorf("opening the folder: %s", reason(err))
	}
	defer func() { _ = root.Close() }()
	is, err := root.ReadFile("playbooks.yaml")
	if err != nil && !errors.Is(err, fs.ErrNotExist) || !bytes.Equal(is, d.index) {
		return nil, errors.New("playbooks.yaml has changed since it was read, so nothing was written; do it again")
	}
	folder := path.Join(onceFolder, d.Name)
	undo = func() {
		root, err := os.OpenRoot(e.Folder)
		if err != nil {
			return
		}
		defer func() { _ = root.Close() }()
		if d.index != nil {
			_ = place(root, "playbooks.yaml", d.index)
		} else {
			_ = root.Remove("playbooks.yaml")
		}
		_ = root.RemoveAll(folder)
		_ = root.Remove(folder + ".yaml")
		_ = root.Remove(onceFolder) // unless another letter lies there
	}
	if err := root.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("making the folder %s: %s", folder, reason(err))
	}
	// The entry that makes the playbook known is written last.
	for _, name := range []string{path.Join(folder, onceStep+".md"), folder + ".yaml", "playbooks.yaml"} {
		if err := place(root, name, []byte(d.files[name])); err != nil {
			undo()
			return nil, fmt.Errorf("writing %s: %s", dataset.Plain(name), reason(err))
		}
	}
	return undo, nil
}

// place puts a file where it belongs, whole or not at all.
func place(root *os.Root, name string, data []byte) error {
	mode := fs.FileMode(0o600)
	if info, err := root.Stat(name); err == nil {
		mode = info.Mode().Perm()
	}
	beside := name + ".new"
	if err := root.WriteFile(beside, data, mode); err != nil {
		_ = root.Remove(beside)
		return err
	}
	return root.Rename(beside, name)
}
