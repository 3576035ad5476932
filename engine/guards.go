package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/store"
)

// The guards of an import (architecture, guarded snapshots).
const (
	goneShare = 10 // per cent of the records that may be missing from a full list
	goneRows  = 20 // or so many, whichever is more
)

// doubt finds the reasons to refuse the file until a person says otherwise.
func (e *Engine) doubt(imp *Import, before *dataset.Table, last store.ImportRecord, again bool) {
	add := func(word, why string, args ...any) {
		imp.Doubts = append(imp.Doubts, Doubt{word, fmt.Sprintf(why, args...)})
	}
	n := len(imp.Reading.Records)
	if n == 0 {
		add("empty", "it has no rows that can be read")
	}
	if imp.Same {
		return
	}
	if why := e.past(imp); why != "" {
		add("stale", "%s", why)
	}
	if !again {
		return
	}
	if imp.Full {
		gone, all := len(imp.Gone), len(before.Rows)
		switch {
		case gone*2 >= all && all > 0:
			add("half", "%d of %d records are missing from it: it looks like a part of the list", gone, all)
		case gone > max(goneRows, all*goneShare/100):
			add("gone", "%d of %d records are missing from it", gone, all)
		}
	}
	if older := older(imp.Reading, last); older != "" {
		add("older", "%s", older)
	}
	if lost := lostColumns(imp.Reading.Columns, last.Mapping); len(lost) > 0 {
		add("header", "it has no column any more for %s", strings.Join(lost, ", "))
	}
	if last.Baseline && n > 2*len(before.Rows) {
		add("grown", "it has %d records where the first had %d: the first may have been a part of the list, and then nobody in it is new", n, len(before.Rows))
	}
}

// past says that a list was drawn longer ago than stale_after allows: taken in
// today, it would pass for fresh.
func (e *Engine) past(imp *Import) string {
	after := e.set.Constituency.Data[imp.Dataset].StaleAfter
	if after.N == 0 || !imp.Reading.HasDate {
		return ""
	}
	end, err := e.Clock().ShiftDate(imp.Reading.ListDate, after, false)
	if err != nil || e.Clock().Day(e.Now()) <= end {
		return ""
	}
	return "it is the list of " + imp.Reading.ListDate.Words() + ", older than " + after.String()
}

// older says that a list was drawn before the one that is held.
func older(r dataset.Reading, last store.ImportRecord) string {
	if !r.HasDate || !last.HasDate || r.ListDate >= last.ListDate {
		return ""
	}
	return "it is the list of " + r.ListDate.Words() + ", older than the one held, of " + last.ListDate.Words()
}

// lostColumns are those that the last file had and this one has not.
func lostColumns(columns map[string]string, last string) []string {
	var out []string
	for _, m := range strings.Split(last, "; ") {
		ours, _, ok := strings.Cut(m, " = ")
		if _, has := columns[ours]; ok && !has {
			out = append(out, ours)
		}
	}
	return out
}

// headerHash stands for a file's header, to see that a layout has changed.
func headerHash(header []string) string {
	h := sha256.Sum256([]byte(strings.Join(header, "\x00")))
	return hex.EncodeToString(h[:])
}
