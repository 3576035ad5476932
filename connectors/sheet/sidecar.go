package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// maxSaid is how long a sidecar or the beginning of a text may be that says of
// what kind a document is.
const maxSaid = 64 << 10

// A saying is what somebody wrote of a document: texts by the place of the
// column in the schema.
type saying map[int]string

// findSidecars finds among the names of the folder what speaks of a document.
func (f *folderReader) findSidecars(names []string) {
	f.sidecars, f.beside = map[string]string{}, map[string]string{}
	all := make(map[string]bool, len(names))
	for _, name := range names {
		all[strings.TrimPrefix(name, f.folder+"/")] = true
	}
	for _, name := range names {
		below := strings.TrimPrefix(name, f.folder+"/")
		if about := sidecarOf(below, all); about != "" && f.sidecars[about] == "" {
			f.sidecars[about], f.beside[below] = below, about
		}
	}
}

// hear lays what is written of a document over what its name says: first what
// stands at the head of a text, then what lies beside it.
func (f *folderReader) hear(below string, doc dataset.Document, texts []string) string {
	lay := func(text []byte) string {
		says, err := f.said(text)
		if err != nil {
			return err.Error()
		}
		for i, s := range says {
			texts[i] = s
		}
		return ""
	}
	if doc.Type == mediaText || doc.Type == mediaMark {
		if why := lay(frontMatter(doc.Bytes)); why != "" {
			return "what stands between --- at its head cannot be read: " + why
		}
	}
	side := f.sidecars[below]
	if side == "" {
		return ""
	}
	text, _, err := f.room.read(path.Join(f.folder, side), maxSaid)
	if err != nil {
		return err.Error()
	}
	plain, _ := decode(text)
	if why := lay([]byte(plain)); why != "" {
		return "what " + shown(side) + " says of it cannot be read: " + why
	}
	return ""
}

// own fills with what a document says of itself only what its name leaves open,
// because a document is often made out of the last one and still says what that
// was. Where the two differ, a person is told.
func (f *folderReader) own(number int, below string, own map[string]string, untitled bool, texts []string) {
	for i := range f.cols {
		c := &f.cols[i]
		says := ""
		for _, word := range f.ownWords(i, own) {
			if s := own[word]; says == "" {
				says = s
			}
		}
		if says == "" || i == f.file || f.isKey(i) {
			continue
		}
		if c.kind == dataset.Choice {
			if says = c.choices[fold(says)]; says == "" {
				continue
			}
		}
		note := ""
		switch {
		case c.name == "title":
			if on, _, _, dated := dateAmong(nameWords(says), f.year); dated && texts[i] != "" {
				if named, ok := dateInName(below, f.year); ok && named != on {
					note = "its properties bear the title of another day's, which does not count"
					break
				}
			}
			if untitled {
				texts[i] = says
			}
		case texts[i] == "":
			texts[i], note = says, "it is not in the name, and was taken from the document's own properties"
		case fold(texts[i]) != fold(says):
			note = "its properties say " + shown(says) + "; the name of the file counts"
		}
		if note != "" {
			f.out.Notes = append(f.out.Notes, dataset.Note{Line: number, Column: c.name, Text: shown(below), Why: note})
		}
	}
}

// ownWords are the names among a document's properties that mean a column, in
// order.
func (f *folderReader) ownWords(column int, own map[string]string) []string {
	var out []string
	for word := range own {
		if f.words.columnFor(word) == column {
			out = append(out, word)
		}
	}
	slices.Sort(out)
	return out
}

// isKey reports whether a column is a part of the key.
func (f *folderReader) isKey(column int) bool { return slices.Contains(f.key, column) }

// sidecarOf is the document of which a file like minutes.pdf.yaml or
// minutes.yaml speaks, among the names of the folder; empty: it is no sidecar.
func sidecarOf(name string, names map[string]bool) string {
	ext := strings.ToLower(path.Ext(name))
	if ext != ".yaml" && ext != ".yml" {
		return ""
	}
	about := name[:len(name)-len(ext)]
	if names[about] {
		return about
	}
	found := ""
	for _, e := range documentEndings {
		if !names[about+e] {
			continue
		}
		if found != "" {
			return "" // two documents of that name
		}
		found = about + e
	}
	return found
}

// said reads what a text in YAML says of a document: each key a column by its
// name or another word for it, each value one word or line.
func (f *folderReader) said(text []byte) (saying, error) {
	if len(text) > maxSaid {
		return nil, fmt.Errorf("it is longer than %d KB", maxSaid>>10)
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, errors.New("it is not in the form of name: value, one to a line")
	}
	if len(doc.Content) == 0 {
		return nil, nil
	}
	top := doc.Content[0]
	if top.Kind != yaml.MappingNode {
		return nil, errors.New("it is not in the form of name: value, one to a line")
	}
	out := saying{}
	for i := 0; i+1 < len(top.Content); i += 2 {
		key, value := top.Content[i], top.Content[i+1]
		column := f.words.columnFor(key.Value)
		switch {
		case column < 0:
			return nil, fmt.Errorf("line %d: %q is nothing that is kept of a document; there are: %s", key.Line, shown(key.Value), strings.Join(columnNames(f.schema), ", "))
		case column == f.file:
			return nil, fmt.Errorf("line %d: %s is the document itself, which it lies beside; leave that line out", key.Line, shown(key.Value))
		case value.Kind != yaml.ScalarNode:
			return nil, fmt.Errorf("line %d: write one value for %s", value.Line, shown(key.Value))
		case out[column] != "":
			return nil, fmt.Errorf("line %d: %s is said twice", key.Line, shown(f.schema.Columns[column].Name))
		}
		if value.Tag != "!!null" {
			out[column] = value.Value
		}
	}
	return out, nil
}

// frontMatter is the YAML between two lines of --- at the beginning of a text,
// if there is any.
func frontMatter(data []byte) []byte {
	text, _ := decode(data[:min(len(data), maxSaid+16)&^1])
	text = strings.ReplaceAll(text, "\r\n", "\n")
	body, ok := strings.CutPrefix(text, "---\n")
	if !ok {
		return nil
	}
	front, _, ok := strings.Cut("\n"+body, "\n---")
	if !ok || !strings.Contains(front, ":") { // a rule across the page, and another
		return nil
	}
	return bytes.TrimSpace([]byte(front))
}

// columnFor is the column that a word names, by its name or another word for
// it; -1: none, or more than one.
func (m *mapper) columnFor(word string) int {
	column, best := -1, unmapped
	for _, c := range m.claims[fold(word)] {
		switch {
		case c.tier < best:
			column, best = c.column, c.tier
		case c.tier == best:
			column = -1
		}
	}
	return column
}
