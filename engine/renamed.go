package engine

import (
	"fmt"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// The least part of a list, in hundredths, and the fewest rows whose moving to
// other branches at once is no removal of members but of branches.
const (
	movedShare = 5
	movedRows  = 20
)

// renamed says that far more members are in another branch than ever move at
// once: branches have other names or borders now, and every officer of a branch
// would be told of members who have gone nowhere.
func renamed(imp *Import, schema *dataset.Schema, before *dataset.Table) string {
	at, ok := schema.Column(schema.Branch)
	if !ok || schema.Event {
		return ""
	}
	both, moved := 0, 0
	ways := map[[2]string]int{}
	for _, rec := range imp.Reading.Records {
		row := before.ByKey(rec.Key)
		if row == nil || at >= len(rec.Cells) {
			continue
		}
		both++
		was, _ := row.Get(before.Schema, schema.Branch)
		now := rec.Cells[at]
		if !was.IsBlank() && !now.IsBlank() && was.S != now.S {
			moved++
			ways[[2]string{was.S, now.S}]++
		}
	}
	if moved <= max(movedRows, both*movedShare/100) {
		return ""
	}
	var most [2]string
	for way, n := range ways {
		if n > ways[most] || n == ways[most] && (way[0] < most[0] || way[0] == most[0] && way[1] < most[1]) {
			most = way
		}
	}
	return fmt.Sprintf("%d of %d records are in another branch than before, %d of them in %s and not in %s: it looks as if branches had other names or borders now",
		moved, both, ways[most], dataset.Plain(most[1]), dataset.Plain(most[0]))
}
