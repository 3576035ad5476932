package engine

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/engine/store"
)

// Compare says what the playbooks as they are in the folder now would have done
// over all the lists that were ever imported, and those that ship would not, and
// the other way round. With names the folder of other playbooks to compare with,
// such as an earlier copy of this one; empty: those that ship. Nothing of it is
// written down.
func (e *Engine) Compare(ctx context.Context, with string) (plan.Contrast, error) {
	ours, err := loadWhole(e.Library, os.DirFS(e.Folder))
	if err != nil {
		return plan.Contrast{}, err
	}
	base := fs.FS(os.DirFS(e.Folder))
	if with != "" {
		base = os.DirFS(with)
	} else if base, err = untailored(ours, base); err != nil {
		return plan.Contrast{}, err
	}
	theirs, err := loadWhole(e.Library, base)
	if err != nil {
		return plan.Contrast{}, err
	}
	var h plan.History
	err = e.Store.View(ctx, func(tx *store.Tx) error {
		h, err = past(tx, ours)
		return err
	})
	if err != nil {
		return plan.Contrast{}, err
	}
	return plan.Compare(ours, theirs, h, e.Now())
}

// loadWhole loads playbooks that are to be played. Those with faults are left out, as they
// are in earnest.
func loadWhole(library, own fs.FS) (*playbook.Set, error) {
	set, err := playbook.Load(library, own)
	if err != nil {
		return nil, fmt.Errorf("loading the playbooks: %w", err)
	}
	if set.Fatal() {
		return nil, &NotReady{Faults: set.Faults}
	}
	return set, nil
}

// past gathers the lists that stand and the facts over them, each with the
// moment at which it came to be known.
func past(tx *store.Tx, set *playbook.Set) (plan.History, error) {
	var h plan.History
	records, err := tx.Imports()
	if err != nil {
		return h, err
	}
	for _, r := range records {
		schema := set.Schemas[r.Dataset]
		if !r.Undone.IsZero() || schema == nil {
			continue
		}
		t, err := tx.Table(r.ID, schema)
		if err != nil {
			return h, err
		}
		h.Lists = append(h.Lists, plan.Snapshot{Table: t, Import: importOf(r)})
	}
	slices.SortStableFunc(h.Lists, func(a, b plan.Snapshot) int { return a.At.Compare(b.At) })
	names := make([]string, 0, len(set.Schemas))
	for name := range set.Schemas {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		facts, err := tx.Facts(name)
		if err != nil {
			return h, err
		}
		for _, f := range facts {
			h.Facts = append(h.Facts, plan.Known{Dataset: name, Ref: f.Ref,
				Fact: dataset.Fact{Column: f.Column, Value: f.Value, By: f.By, At: f.At}})
		}
	}
	slices.SortStableFunc(h.Facts, func(a, b plan.Known) int { return a.Fact.At.Compare(b.Fact.At) })
	return h, nil
}

// tailoring is the file in which a constituency says what it makes of the
// library.
const tailoring = "playbooks.yaml"

// untailored gives a constituency's files as they would be if it followed the
// library in everything that they name. Only what the library leaves open stays:
// settings for which it has no value.
func untailored(set *playbook.Set, own fs.FS) (fs.FS, error) {
	entries, err := tailorings(own)
	if err != nil || entries == nil {
		return own, err
	}
	kept := map[string]map[string]map[string]yaml.Node{}
	for name, entry := range entries {
		var said struct {
			File     string               `yaml:"file"`
			Settings map[string]yaml.Node `yaml:"settings"`
		}
		if entry.Kind == yaml.MappingNode && (entry.Decode(&said) != nil || said.File != "") {
			continue // one of its own
		}
		open := leftOpen(set.Playbook(name))
		settings := map[string]yaml.Node{}
		for s, v := range said.Settings {
			if slices.Contains(open, s) {
				settings[s] = v
			}
		}
		kept[name] = map[string]map[string]yaml.Node{} // named, so that it is on
		if len(settings) > 0 {
			kept[name]["settings"] = settings
		}
	}
	body, err := yaml.Marshal(kept)
	if err != nil {
		return nil, fmt.Errorf("leaving out what is said in %s: %w", tailoring, err)
	}
	return instead{FS: own, files: map[string]string{tailoring: string(body)}}, nil
}

// leftOpen names the settings of a playbook that the library has no value for.
func leftOpen(pb *playbook.Playbook) []string {
	if pb == nil {
		return nil
	}
	given := map[string]bool{}
	var names []string
	for _, o := range pb.Origins() {
		path, ok := strings.CutPrefix(o.Path, "settings.")
		if !ok {
			continue
		}
		name, _, _ := strings.Cut(path, ".") // a table's rows are values of their own
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
		given[name] = given[name] || o.Library != ""
	}
	return slices.DeleteFunc(names, func(name string) bool { return given[name] })
}

// instead is a folder in which some files say something else.
type instead struct {
	fs.FS
	files map[string]string
}

func (i instead) Open(name string) (fs.File, error) {
	if text, other := i.files[name]; other {
		return &page{Reader: strings.NewReader(text), name: name}, nil
	}
	return i.FS.Open(name)
}

// page is such a file, opened; it is its own description.
type page struct {
	*strings.Reader
	name string
}

func (p *page) Stat() (fs.FileInfo, error) { return p, nil }
func (p *page) Close() error               { return nil }
func (p *page) Name() string               { return p.name }
func (p *page) Mode() fs.FileMode          { return 0o444 }
func (p *page) ModTime() time.Time         { return time.Time{} }
func (p *page) IsDir() bool                { return false }
func (p *page) Sys() any                   { return nil }
