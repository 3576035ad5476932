package engine

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// A Differing is one record in which a file differs from what is held, or that
// only one of them has.
type Differing struct {
	Key, Label string
	Line       int // row of the file; 0: it is not in it
	Cells      []Differ
}

// A Differ is one cell in which they differ.
type Differ struct {
	Column  string
	Class   dataset.Class
	Was, Is string // as people read them; empty: blank
}

// Shown stands for everything that a person is shown of an import before it is
// taken: the file, how it is read, what is held, how many are new and gone, and
// each doubt in its words.
func (i *Import) Shown() string {
	text, _ := json.Marshal(struct { // plain data always marshals
		Dataset, Kind, SHA, Mapping                     string
		Before                                          int
		Same, Full, Baseline                            bool
		New, Gone, Missing, Doubtful, Changed, Disputed []string
		Refused, Unread                                 int
		Doubts                                          []Doubt
	}{i.Dataset, i.Kind, i.Reading.SHA256, i.mapping, i.Before, i.Same, i.Full, i.Baseline, i.New, i.Gone, i.Missing, i.Doubtful, i.Changed, i.Disputed,
		len(i.Reading.Refused), i.Unread(), i.Doubts})
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// Saw binds an import to what a person saw of it: if something else is to be
// taken by the time that it is, nothing is.
func (i *Import) Saw(shown string) { i.seen = shown }

// Records gives the first of some records of an import, by their keys: what the
// file says of them and what is held.
func (i *Import) Records(e *Engine, keys []string, most int) []Differing {
	var out []Differing
	for _, key := range keys[:min(len(keys), most)] {
		var was, is *dataset.Row
		if i.held != nil {
			was = i.held.ByKey(key)
		}
		is = i.table.ByKey(key)
		d := Differing{Key: key, Label: dataset.Plain(key)}
		switch {
		case is != nil:
			d.Label, d.Line = Label(i.table.Schema, is), is.Line
		case was != nil:
			d.Label = Label(i.held.Schema, was)
		}
		if was != nil && is != nil {
			for at, c := range i.table.Schema.Columns {
				before, after := cellAt(was, at), cellAt(is, at)
				if !sameCell(before, after) {
					d.Cells = append(d.Cells, Differ{c.Name, c.Class, dataset.Plain(before.Words(e.Clock())), dataset.Plain(after.Words(e.Clock()))})
				}
			}
		}
		out = append(out, d)
	}
	return out
}

func cellAt(r *dataset.Row, at int) dataset.Value {
	if at < len(r.Cells) {
		return r.Cells[at]
	}
	return dataset.Value{}
}

// A Tally says of a column in how many records it changes.
type Tally struct {
	Column string
	N      int
}

// ChangedColumns counts in how many records each column changes, the most first.
func (i *Import) ChangedColumns() []Tally {
	if i.held == nil {
		return nil
	}
	counts := make([]int, len(i.table.Schema.Columns))
	for _, key := range i.Changed {
		was, is := i.held.ByKey(key), i.table.ByKey(key)
		for at := 0; was != nil && is != nil && at < len(counts); at++ {
			if !sameCell(cellAt(was, at), cellAt(is, at)) {
				counts[at]++
			}
		}
	}
	var out []Tally
	for at, n := range counts {
		if n > 0 {
			out = append(out, Tally{i.table.Schema.Columns[at].Name, n})
		}
	}
	slices.SortStableFunc(out, func(a, b Tally) int { return cmp.Compare(b.N, a.N) })
	return out
}

// Table is the list as it will be held once the import is taken; it is not to be
// changed.
func (i *Import) Table() *dataset.Table { return i.table }
