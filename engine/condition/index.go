package condition

import (
	"sync"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// A cache holds what is worked out from the tables of a World once and used by
// every expression after: indexes of equalities, and columns in the form that
// expr's machine takes. It cannot be observed, but for the time it saves.
type cache struct {
	mu      sync.Mutex
	indexes map[columnKey]*index
	columns map[columnKey][]any
}

type columnKey struct {
	table *dataset.Table
	col   int
}

// An index gives the rows of a table that hold a value in a column, in order,
// and those of which nothing is known.
type index struct {
	rows    map[dataset.Value][]int32
	unknown []int32
}

// index gives the index of a column, built when first asked for.
func (c *cache) index(t *dataset.Table, col int) *index {
	c.mu.Lock()
	defer c.mu.Unlock()
	key := columnKey{t, col}
	if i := c.indexes[key]; i != nil {
		return i
	}
	i := &index{rows: make(map[dataset.Value][]int32, len(t.Rows))}
	n := node{col: col, schema: t.Schema}
	for at, r := range t.Rows {
		v := normal(columnValue(t.Schema, r, &n))
		if v.Kind == dataset.Blank || v.Kind == dataset.Person && v.N == 0 {
			i.unknown = append(i.unknown, int32(at))
			continue
		}
		i.rows[v] = append(i.rows[v], int32(at))
	}
	if c.indexes == nil {
		c.indexes = map[columnKey]*index{}
	}
	c.indexes[key] = i
	return i
}

// candidates gives the rows of a list that an index says may satisfy a
// closure, and those of which it does not know, both in order; not ok if there
// is no index and all rows must be asked.
func (f *frame) candidates(n *node, of *dataset.Term) (known, unknown []int32, ok bool) {
	if n.key == nil {
		return nil, nil, false
	}
	table := f.w.Tables[n.kids[0].name]
	if table == nil || len(table.Rows) != len(of.Rows) {
		return nil, nil, false
	}
	col := n.key.col
	if table.Schema != n.kids[0].typ.List.Record {
		var there bool
		if col, _, there = columnOf(table.Schema, n.key.name); !there {
			return nil, nil, false
		}
	}
	v, why := f.operand(n.key.outer)
	if why != nil {
		return nil, nil, false
	}
	i := f.w.cache.index(table, col)
	return i.rows[normal(v)], i.unknown, true
}
