package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/engine/store"
)

// sources are the files that a playbook is made of, as they were: its own and
// those of its letters, in the library and in the constituency's folder, and
// what playbooks.yaml said of it.
type sources struct {
	Library map[string]string `json:"library,omitempty"`
	Own     map[string]string `json:"own,omitempty"`
	Entry   string            `json:"entry,omitempty"`
}

// longestSource is the most bytes of a file that is kept with a version.
const longestSource = 1 << 20

// sourcesOf reads the files that a playbook is made of.
func (e *Engine) sourcesOf(pb *playbook.Playbook) (sources, error) {
	own := os.DirFS(e.Folder)
	out := sources{Own: map[string]string{}}
	entry, said, err := entryOf(own, pb.Name)
	if err != nil {
		return out, err
	}
	out.Entry = entry
	for _, name := range said {
		if text, ok := short(own, name); ok {
			out.Own[name] = text
		}
	}
	for _, dir := range []string{pb.Name, strings.TrimSuffix(pb.File, ".yaml")} { // the letters of added steps, and of a playbook of its own
		maps.Copy(out.Own, textsIn(own, dir))
	}
	if _, itsOwn := out.Own[pb.File]; !itsOwn {
		out.Library = libraryFiles(e.Library, pb.File)
	}
	return out, nil
}

// libraryFiles are the playbook's file and its letters.
func libraryFiles(library fs.FS, file string) map[string]string {
	out := textsIn(library, strings.TrimSuffix(file, ".yaml"))
	if text, ok := short(library, file); ok {
		out[file] = text
	}
	return out
}

// textsIn are the files of a folder, if it is there.
func textsIn(files fs.FS, dir string) map[string]string {
	out := map[string]string{}
	list, err := fs.ReadDir(files, dir)
	if err != nil {
		return out
	}
	for _, f := range list {
		name := path.Join(dir, f.Name())
		if text, ok := short(files, name); ok && f.Type().IsRegular() {
			out[name] = text
		}
	}
	return out
}

// short gives the text of a file of an ordinary size.
func short(files fs.FS, name string) (string, bool) {
	if !fs.ValidPath(name) {
		return "", false
	}
	info, err := fs.Stat(files, name)
	if err != nil || !info.Mode().IsRegular() || info.Size() > longestSource {
		return "", false
	}
	text, err := fs.ReadFile(files, name)
	return string(text), err == nil
}

// entryOf gives what playbooks.yaml says of a playbook, and every text that
// stands there, of which some name files.
func entryOf(own fs.FS, name string) (entry string, said []string, err error) {
	entries, err := tailorings(own)
	if err != nil || entries[name].Kind == 0 {
		return "", nil, err
	}
	node := entries[name]
	var walk func(n *yaml.Node)
	walk = func(n *yaml.Node) {
		if n.Kind == yaml.ScalarNode {
			said = append(said, path.Clean(strings.ReplaceAll(n.Value, `\`, "/")))
		}
		for _, x := range n.Content {
			walk(x)
		}
	}
	walk(&node)
	body, err := yaml.Marshal(&node)
	if err != nil {
		return "", nil, fmt.Errorf("keeping what %s says: %w", tailoring, err)
	}
	return string(body), said, nil
}

// tailorings reads what a constituency says of each playbook.
func tailorings(own fs.FS) (map[string]yaml.Node, error) {
	body, err := fs.ReadFile(own, tailoring)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var entries map[string]yaml.Node
	if err == nil {
		err = yaml.Unmarshal(body, &entries)
	}
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", tailoring, err)
	}
	return entries, nil
}

// CompareAdopted says what the playbooks as they are now would have done over
// all the lists that were ever imported, and those that were adopted would not,
// and the other way round: of one playbook or, without a name, of all that were
// adopted. Everything else is as it is now.
func (e *Engine) CompareAdopted(ctx context.Context, name string) (plan.Contrast, error) {
	own := fs.FS(os.DirFS(e.Folder))
	ours, err := loadWhole(e.Library, own)
	if err != nil {
		return plan.Contrast{}, err
	}
	var h plan.History
	var kept map[string]sources
	err = e.Store.View(ctx, func(tx *store.Tx) error {
		if kept, err = e.adopted(tx, name); err == nil {
			h, err = past(tx, ours)
		}
		return err
	})
	if err != nil {
		return plan.Contrast{}, err
	}
	theirs, err := e.asAdopted(own, kept)
	if err != nil {
		return plan.Contrast{}, err
	}
	return plan.Compare(ours, theirs, h, e.Now())
}

// adopted gives the files of the playbooks that were adopted, as they were.
func (e *Engine) adopted(tx *store.Tx, name string) (map[string]sources, error) {
	book, err := tx.LoadBook()
	if err != nil {
		return nil, err
	}
	out := map[string]sources{}
	for _, pb := range e.set.Playbooks {
		a, at, ok := book.Adoption(pb.Name)
		if !ok || name != "" && pb.Name != name {
			continue
		}
		kept, found, err := readVersion(tx, pb.Name, a.Digest)
		if err != nil {
			return nil, err
		}
		if !found || len(kept.Sources.Library)+len(kept.Sources.Own) == 0 {
			return nil, fmt.Errorf("of %s as it was adopted on %s only the words were kept, so it cannot be played. Adopt it anew: clarion adopt %[1]s --minute TEXT", pb.Name, e.Clock().Day(at).Words())
		}
		out[pb.Name] = kept.Sources
	}
	switch {
	case len(out) > 0:
		return out, nil
	case name != "":
		return nil, fmt.Errorf("%s has not been adopted, so there is nothing to compare it with: clarion adopt %[1]s --minute TEXT", dataset.Plain(name))
	}
	return nil, errors.New("no playbook has been adopted, so there is nothing to compare with: clarion adopt PLAYBOOK --minute TEXT")
}

// asAdopted loads the playbooks with some as they were when they were adopted.
func (e *Engine) asAdopted(own fs.FS, kept map[string]sources) (*playbook.Set, error) {
	entries, err := tailorings(own)
	if err != nil {
		return nil, err
	}
	if entries == nil {
		entries = map[string]yaml.Node{}
	}
	swapped, files := map[string]string{}, map[string]string{}
	for name, was := range kept {
		for file := range libraryFiles(e.Library, e.set.Playbook(name).File) { // what came later is not there
			swapped[file] = ""
		}
		maps.Copy(swapped, was.Library)
		maps.Copy(files, was.Own)
		delete(entries, name)
		if was.Entry != "" {
			var n yaml.Node
			if err := yaml.Unmarshal([]byte(was.Entry), &n); err != nil || len(n.Content) != 1 {
				return nil, fmt.Errorf("reading what was kept of %s: %w", name, err)
			}
			entries[name] = *n.Content[0]
		}
	}
	body, err := yaml.Marshal(entries)
	if err != nil {
		return nil, fmt.Errorf("putting %s together: %w", tailoring, err)
	}
	files[tailoring] = string(body)
	library, err := playbook.Swapped(e.Library, swapped)
	if err != nil {
		return nil, err
	}
	set, err := loadWhole(library, instead{FS: own, files: files})
	if err != nil {
		return nil, err
	}
	for name := range kept {
		if f := set.Disabled[name]; len(f) > 0 {
			return nil, fmt.Errorf("%s as it was adopted can no longer be read by this Clarion: %w", name, f[0])
		}
	}
	return set, nil
}
