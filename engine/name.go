package engine

import (
	"context"
	"strconv"
	"strings"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/store"
)

// Names gives the names, for people, of addressees as the Book has them: a
// person by name, a role in words.
func (e *Engine) Names(ctx context.Context, addressees ...string) (map[string]string, error) {
	out := map[string]string{}
	err := e.Store.View(ctx, func(tx *store.Tx) error {
		tables, err := tx.Tables(e.set.Schemas)
		if err != nil {
			return err
		}
		if err := e.asOne(tx, tables); err != nil { // an old number has the name of the new one
			return err
		}
		for _, a := range addressees {
			out[a] = e.nameOf(tables, a)
		}
		return nil
	})
	return out, err
}

func (e *Engine) nameOf(tables dataset.Tables, addressee string) string {
	if role, ok := strings.CutPrefix(addressee, "role:"); ok {
		role, branch, _ := strings.Cut(role, "/")
		if branch != "" {
			branch = ", " + strings.ReplaceAll(branch, "_", " ")
		}
		return e.set.RoleTitle(role) + branch
	}
	name, number, ok := strings.Cut(addressee, "#")
	ref, err := strconv.ParseInt(number, 10, 64)
	if !ok || err != nil {
		return dataset.Plain(addressee)
	}
	if t := tables[name]; t != nil {
		if r := t.ByRef(dataset.Ref(ref)); r != nil {
			return Label(t.Schema, r)
		}
	}
	return "somebody who is no longer on the list of " + dataset.Plain(name)
}
