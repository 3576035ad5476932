package sheet

import (
	"fmt"
	"strings"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// sameSheet compares the names of sheets as people write them.
func sameSheet(a, b string) bool {
	return strings.EqualFold(strings.Join(strings.Fields(a), " "), strings.Join(strings.Fields(b), " "))
}

// rival refuses to choose between two sheets that could both be the list: one
// for each year, say. A hidden sheet is no rival of one that is seen.
func (c *candidate) rival(all []candidate, m *mapper) error {
	if c.comma != 0 || m.spec.Sheet != "" {
		return nil
	}
	for i := range all {
		d := &all[i]
		if d.sheet == c.sheet || d.hidden && !c.hidden || !d.keys || !d.data || d.score*5 < c.score*4 {
			continue
		}
		return fmt.Errorf("the sheets %q and %q of the workbook could both be the list of %s. Decide in constituency.yaml, in its entry: sheet: %q",
			shown(c.sheet), shown(d.sheet), m.schema.Name, shown(c.sheet))
	}
	return nil
}

// sheetNotes says which sheet of a workbook was read, where it has several.
func sheetNotes(c *candidate, src *source) []dataset.Note {
	if c.comma != 0 {
		return nil
	}
	var notes []dataset.Note
	say := func(format string, args ...any) {
		notes = append(notes, dataset.Note{Why: fmt.Sprintf(format, args...)})
	}
	if len(src.ways) > 1 {
		say("the workbook has the sheets %s; only %q was read", sheetNames(src.ways), shown(c.sheet))
	}
	if c.hidden {
		say("the sheet %q is hidden in the workbook, and was read all the same", shown(c.sheet))
	}
	return notes
}

func sheetNames(ways []way) string {
	var names []string
	for i, w := range ways {
		if i == 12 {
			names = append(names, fmt.Sprintf("%d more", len(ways)-i))
			break
		}
		name := fmt.Sprintf("%q", shown(w.sheet))
		if w.comma != 0 {
			return "no sheets"
		}
		if w.hidden {
			name += " (hidden)"
		}
		names = append(names, name)
	}
	if n := len(names); n > 1 {
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
	return strings.Join(names, "")
}
