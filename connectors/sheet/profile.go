package sheet

import (
	"embed"
	"fmt"
	"strings"
	"sync"

	"gopkg.in/yaml.v3"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// A profile is a layout that is public: what its headings are in our datasets,
// and what its words mean. The order of its columns does not matter and any
// column but those it is recognised by may be missing.
type profile struct {
	name     string
	dataset  string
	register bool                // a public register, which is recognised in every import
	needs    []string            // folded headings by which it is recognised
	columns  map[string][]string // their heading -> our column, the first that the schema has; none: something of theirs
	words    map[string][]string // their word, folded -> our choice, the first that the column has
}

// recognises reports whether the headings are of this layout.
func (p *profile) recognises(header []string) bool {
	have := make(map[string]bool, len(header))
	for _, h := range header {
		if len(h) <= 200 {
			have[fold(h)] = true
		}
	}
	for _, n := range p.needs {
		if !have[n] {
			return false
		}
	}
	return true
}

// passesOver reports whether the layout says of a heading that it is none of
// our columns, however much like one it looks.
func (p *profile) passesOver(heading string) bool {
	if p == nil {
		return false
	}
	for h, names := range p.columns {
		if len(names) == 0 && fold(h) == fold(heading) {
			return true
		}
	}
	return false
}

// layouts are the profiles that ship, one file each, with where it was seen.
//
//go:embed layouts/*.yaml
var layouts embed.FS

// profiles are the layouts that ship, in the order of their names. They are a
// part of the program: one that cannot be read is a fault of it.
var profiles = sync.OnceValue(func() []*profile {
	list, err := layouts.ReadDir("layouts")
	if err != nil {
		panic(err)
	}
	var out []*profile
	for _, f := range list {
		text, err := layouts.ReadFile("layouts/" + f.Name())
		if err != nil {
			panic(err)
		}
		p, err := readProfile(text)
		if err != nil {
			panic(fmt.Sprintf("layouts/%s: %v", f.Name(), err))
		}
		out = append(out, p)
	}
	return out
})

// readProfile reads the file of a layout.
func readProfile(text []byte) (*profile, error) {
	var is struct {
		Name, Dataset  string
		Register       bool
		RecognisedBy   []string `yaml:"recognised_by"`
		Columns, Words map[string][]string
	}
	d := yaml.NewDecoder(strings.NewReader(string(text)))
	d.KnownFields(true)
	if err := d.Decode(&is); err != nil {
		return nil, err
	}
	p := &profile{name: is.Name, dataset: is.Dataset, register: is.Register, columns: is.Columns, words: is.Words}
	for _, h := range is.RecognisedBy {
		p.needs = append(p.needs, fold(h))
	}
	if p.name == "" || p.dataset == "" || len(p.needs) == 0 || len(p.columns) == 0 {
		return nil, fmt.Errorf("a layout has a name, a dataset, what it is recognised by, and columns")
	}
	return p, nil
}

// profileFor is the profile that the source names or, failing that, the
// register to look for in files of this dataset. All other layouts must be
// named: their numbers are not the party's.
func profileFor(spec Spec, schema *dataset.Schema) (*profile, error) {
	var names []string
	for _, p := range profiles() {
		if spec.Profile == p.name || spec.Profile == "" && p.register && schema.Name == p.dataset {
			return p, nil
		}
		names = append(names, p.name)
	}
	if spec.Profile != "" {
		return nil, fmt.Errorf("there is no layout called %q; those that are known are %s", shown(spec.Profile), strings.Join(names, ", "))
	}
	return nil, nil
}

// layoutOf is the layout of a dataset that the headings have, if they have one.
func layoutOf(header []string, schema *dataset.Schema) *profile {
	for _, p := range profiles() {
		if p.dataset == schema.Name && p.recognises(header) {
			return p
		}
	}
	return nil
}
