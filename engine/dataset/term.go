package dataset

// A Type is what an expression, or a name in a letter, can be. Exactly one of
// Kind, Record, Fields and List is set.
type Type struct {
	Kind   Kind            // a plain value
	Column *Column         // the column a plain value came from, if it did
	Record *Schema         // a record
	Fields map[string]Type // a structure: settings, a table's row, a period, a step
	List   *Type           // a list of these
}

// A Term is the run-time value of a Type: known, blank, or unknown with its
// causes.
type Term struct {
	Value   Value           // plain; Kind Blank when blank; of a table's row: its key
	Row     *Row            // a record; nil with Schema set: not there
	Schema  *Schema         // of Row, or of Rows
	Rows    []*Row          // a list of records of Schema
	List    []Term          // any other list
	IsList  bool            // Rows or List holds, even if empty
	Fields  map[string]Term // a structure
	Unknown *Unknown        // not nil: cannot tell, and the rest is void
	LeftOut []Cell          // cells for want of which rows were left out of this list, or while working this out
}

// Unknown says why something cannot be told. A record that is not there is
// quiet ("not yet"); a blank or unreadable cell goes to the cannot-tell list.
type Unknown struct {
	Absent bool   // a record that is not there, and nothing worse
	Cells  []Cell // the blank or unreadable cells that were needed
	Why    string // anything else, in a sentence: the law table has no entry
}

// A Cell names one cell of one record, for people.
type Cell struct {
	Dataset string
	Ref     Ref
	Key     string
	Column  string
	Origin  Origin
	Why     string // why it could not be read; empty: it is blank
}
