package condition

import "github.com/clarion-clp/clarion/engine/dataset"

// An op is what a part of a checked expression does.
type op uint8

const (
	opLiteral      op = iota // value
	opName                   // slot: a name that Vars gives
	opToday                  // the civil day of World.Now
	opNow                    // World.Now
	opDataset                // name: all records of a dataset
	opColumn                 // kids[0] is a record; col
	opRow                    // col of the closure's row
	opRowField               // name, in the structure the closure is at
	opField                  // kids[0] is a structure; name
	opPersonRecord           // kids[0] is a person: their record in people
	opArray                  // literals
	opNot                    // from here on, yes or no
	opAnd                    //
	opOr                     //
	opEqual                  //
	opUnequal                //
	opLess                   //
	opLessOrEqual            //
	opMore                   //
	opMoreOrEqual            //
	opIn                     //
	opContains               //
	opStartsWith             //
	opEndsWith               //
	opAdd                    // arithmetic, by the kinds of kids
	opSubtract               //
	opMultiply               //
	opDivide                 //
	opNegate                 //
	opElse                   // ??
	opAny                    // closures: kids[0] the list, kids[1] the predicate
	opAll                    //
	opNone                   //
	opCount                  //
	opFilter                 //
	opFind                   //
	opMap                    //
	opSum                    // kids[1] may be missing
	opLen                    //
	opMin                    // of a list, or of kids
	opMax                    //
	opLatest                 //
	opPresent                // functions of ours
	opBlank                  //
	opDays                   //
	opMonths                 //
	opDay                    //
	opYear                   //
	opDaysBetween            //
	opBirthday               //
	opShare                  //
	opPounds                 //
	opReplied                //
	opOpenCase               // name: the playbook
	opAudience               // name
	opLaw                    // name: the figure
)

// Columns that every record has, whatever its schema.
const (
	colKey       = -1
	colFirstSeen = -2
	colBaseline  = -3
)

// A node is one part of a checked expression. It is never changed after
// Compile.
type node struct {
	op     op
	bad    bool // a fault was reported; nothing more is said about it
	inner  bool // it reads the row of the closure around it
	typ    dataset.Type
	from   int // in runes
	to     int
	kids   []*node
	name   string
	slot   int             // of opName: index into program.slots
	id     int             // its number among the nodes of the expression
	col    int             // of opColumn, opRow
	schema *dataset.Schema // of opColumn, opRow: the one checked against
	value  dataset.Value   // of opLiteral
	key    *lookup         // of a closure: the equality an index can serve
}

// A lookup is an equality `.column == outer` that must hold for the closure's
// predicate to hold, so that only the rows an index gives need be asked.
type lookup struct {
	col   int
	name  string // of the column
	outer *node
}

// closure reports whether n runs a predicate or an expression for each row.
func (n *node) closure() bool {
	return n.op >= opAny && n.op <= opSum && len(n.kids) == 2
}

// yesNo reports whether n is yes, no or unknown.
func (n *node) yesNo() bool { return n.typ.Kind == dataset.YesNo }

// reads reports whether n, or a part of it, reads the name in the slot.
func (n *node) reads(slot int) bool {
	if n.op == opName && n.slot == slot {
		return true
	}
	for _, k := range n.kids {
		if k.reads(slot) {
			return true
		}
	}
	return false
}

// varying marks the nodes that read the name in the slot, by their number.
func (n *node) varying(slot int, marks []bool) bool {
	reads := n.op == opName && n.slot == slot
	for _, k := range n.kids {
		reads = k.varying(slot, marks) || reads
	}
	marks[n.id] = reads
	return reads
}

// program is what an Expr holds beside its source and type.
type program struct {
	root   *node
	source []rune
	names  []string // top-level names, sorted
	slots  []string // the names that Vars gives
	uses   []string // dataset.column, sorted
	nodes  int
	law    bool
	moves  bool
	plans  plans
	frames frames
}
