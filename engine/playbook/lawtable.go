package playbook

import (
	"slices"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
)

// aTable is the kind of a figure that is a table.
const aTable = "table"

// lawColumnTypes are the words for the columns of a table of the law.
var lawColumnTypes = []string{"text", "texts", "number", "money", "date", "duration", "yes/no"}

// A lawColumn is one column of a table of the law; one of texts holds a list
// of words in each row.
type lawColumn struct {
	dataset.Column
	list bool
}

// typ is what law.<name>(date) is in conditions and letters.
func (f *Figure) typ() dataset.Type {
	if f.columns == nil {
		return dataset.Type{Kind: f.Kind}
	}
	fields := make(map[string]dataset.Type, len(f.columns))
	for _, c := range f.columns {
		t := dataset.Type{Kind: c.Kind}
		if c.list {
			t = dataset.Type{List: &dataset.Type{Kind: c.Kind}}
		}
		fields[c.Name] = t
	}
	return dataset.Type{List: &dataset.Type{Fields: fields}}
}

// safeWay reads in which direction a figure may be tightened. A table has none.
func (f *Figure) safeWay(m mapping, kind string, at value) (string, bool) {
	safe := m.get("safe")
	switch {
	case kind == aTable && safe.there():
		safe.fault("delete it", "A table of the law cannot be tightened.")
		return "", false
	case kind == aTable:
		return "", true
	case !safe.there():
		at.fault("it can be "+orList(safeWays), "A figure must have safe.")
		return "", false
	}
	return safe.choice("safe", safeWays...)
}

// head reads the columns of a table; the first is the key of a row.
func (f *Figure) head(v value, kind string, at value) bool {
	switch {
	case kind != aTable && v.there():
		v.fault("", "Only a table has columns.")
		return false
	case kind != aTable:
		return true
	case !v.there():
		at.fault("", "A table must have columns.")
		return false
	}
	m, good := v.mapping("columns")
	for _, e := range m.entries {
		name, ok := e.key.name("column")
		word, ok2 := e.val.choice("a column", lawColumnTypes...)
		c := lawColumn{Column: dataset.Column{Name: name, Kind: kindNames[word]}}
		if word == "texts" {
			c.Kind, c.list = dataset.Text, true
		}
		f.columns = append(f.columns, c)
		good = good && ok && ok2
	}
	if good && len(f.columns) == 0 {
		v.fault("", "A table must have columns.")
	}
	return good && len(f.columns) > 0
}

// rows reads the rows of a table from one day on. Several rows may have the
// same key, as the same step of an election has in different nations: what a
// playbook chooses of them must differ in it.
func (f *Figure) rows(v value, clock calendar.Clock) ([]dataset.Term, bool) {
	list, good := v.items("value")
	out := make([]dataset.Term, 0, len(list))
	for _, item := range list {
		row, ok := f.row(item, clock)
		good = good && ok
		out = append(out, row)
	}
	return out, good
}

// row reads one row; every column must be there.
func (f *Figure) row(v value, clock calendar.Clock) (dataset.Term, bool) {
	var names []string
	for _, c := range f.columns {
		names = append(names, c.Name)
	}
	m, good := v.mapping("a row of "+f.Name, names...)
	if !good {
		return dataset.Term{}, false
	}
	fields := make(map[string]dataset.Term, len(names))
	for _, c := range f.columns {
		cell := m.get(c.Name)
		if !cell.there() {
			v.fault("", "The row has no %s.", c.Name)
			good = false
			continue
		}
		t, ok := c.cell(cell, clock)
		fields[c.Name], good = t, good && ok
	}
	return dataset.Term{Value: fields[f.columns[0].Name].Value, Fields: fields}, good // known by its first column (rule 15)
}

// cell reads one cell of a table.
func (c *lawColumn) cell(v value, clock calendar.Clock) (dataset.Term, bool) {
	if !c.list {
		val, ok := v.literal(c.Name, &c.Column, clock)
		return dataset.Term{Value: val}, ok
	}
	words, ok := v.texts(c.Name)
	t := dataset.Term{IsList: true}
	for _, w := range words {
		t.List = append(t.List, dataset.Term{Value: dataset.TextValue(w)})
	}
	return t, ok && !slices.Contains(words, "")
}
