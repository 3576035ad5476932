// Package condition is the language of conditions: kinds, checking, missing
// values, evaluation and explanation. Expressions are parsed by expr; the tree
// is checked by our own kinds, then evaluated by expr's machine where every
// cell it reads is present and by our own walker, in Kleene logic, where one
// is not.
//
// # Missing values
//
// Missing is not false. A blank or unreadable cell makes whatever needs it
// unknown, and an unknown says which cells it was for want of. Only what the
// rest decides is known: false and unknown is false, true or unknown is true.
// present and blank are always known.
//
//   - filter and find leave a row out when they cannot tell, and list the cells
//     in Term.LeftOut; so does everything worked out from such a list.
//   - any is true if one row is, else unknown if one row is or was left out;
//     all and none are mirrored; so is in.
//   - count, sum, len, min and max of a list that lost a row are unknown.
//   - map drops blank values, latest skips them; both list them.
//   - find without a hit, latest of nothing, and the empty place of a step or a
//     setting are absent: unknown, but quietly ("not yet").
//
// # Numbers
//
// Numbers are whole; money is in pence. A division is rounded down. A result
// that does not fit, or a division by nought, is unknown and says why.
//
// # Bounds
//
// Text from a playbook is hostile until shown otherwise: an expression is at
// most 4,000 characters and 500 parts, closures do not nest, and evaluation
// counts its steps. The clock is never asked.
package condition

import (
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
)

// A Scope is what an expression may name.
type Scope struct {
	Names     map[string]dataset.Type // subject, settings, let names, steps, datasets, today, now ...
	Law       map[string]dataset.Type // figures and tables of the law: functions of a date, by name
	Playbooks map[string]bool         // names open_case may use; nil: any
	Audiences map[string]bool         // names audience may use; nil: any
	Let       bool                    // the expression stands in `let`, where ?? may be used
}

// A Fault is something wrong with an expression, and where.
type Fault struct {
	Offset int    // in runes from the start of the source
	Length int    // in runes; 0 if only the start is known
	Text   string // what is wrong, one sentence
	Hint   string // what to do about it; may be empty
}

// An Expr is a checked expression, ready to be evaluated any number of times.
type Expr struct {
	source string
	typ    dataset.Type
	program
}

// A World is what expressions are evaluated against. It is built once per plan
// and holds the indexes that equalities between datasets are served from.
type World struct {
	Tables   dataset.Tables
	Clock    calendar.Clock
	Now      time.Time
	Law      func(name string, on calendar.Date) (dataset.Term, bool) // false: no entry in force that day
	Replied  func(person dataset.Ref, vars Vars) bool                 // since the case opened
	OpenCase func(playbook string, subject dataset.Ref) bool
	Audience func(name string) dataset.Term

	// LeapBefore says that someone born on 29 February has their birthday on
	// 28 February in other years; without it, on 1 March.
	LeapBefore bool

	cache cache
}

// Vars gives the value of a name in scope that is not one of the World's own
// (datasets, today, now, law). It may compute it on first use.
type Vars func(name string) dataset.Term

// An Explanation is one part of an expression with its value: the tree an
// officer is shown.
type Explanation struct {
	Source string         // this part, as written
	Value  dataset.Term   // what it came to
	Words  string         // the value in words: "yes", "no", "cannot tell", "£600.00"
	Cells  []dataset.Cell // cells this part read directly
	Parts  []Explanation  // of and/or/not, comparisons
}
