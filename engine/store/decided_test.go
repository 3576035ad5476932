package store

import (
	"strings"
	"testing"
)

// TestDecisionsHaveAnIndex: what people decided is found without reading all that
// the program did, and in order without sorting.
func TestDecisionsHaveAnIndex(t *testing.T) {
	s := open(t, "")
	var plan []string
	view(t, s, func(tx *Tx) error {
		return tx.each(`explain query plan select seq, type, happened, happened_by, entity, body, hash from events where constituency = ?
			 and (happened_by <> 'clarion' or type in ('`+strings.Join(Decisions, "', '")+`')) order by seq desc`, []any{here}, func(scan func(...any) error) error {
			var id, parent, unused int
			var detail string
			err := scan(&id, &parent, &unused, &detail)
			plan = append(plan, detail)
			return err
		})
	})
	if got := strings.Join(plan, "; "); !strings.Contains(got, "events_decided") || strings.Contains(strings.ToUpper(got), "TEMP B-TREE") {
		t.Error(got)
	}
}
