package sheet

import (
	"fmt"
	"sort"
	"strings"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
)

// keys gives each record its key, and refuses those without one and those that
// share one. Refusals come out in the order of the file.
func (t *typer) keys(reading *dataset.Reading) {
	kept := 0
	known := newKeyIndex(reading.Records)
	var again map[string][]int // key -> all rows that have it, where several do
	robbed := t.robbed(reading)
	for i := range reading.Records {
		rec := &reading.Records[i]
		key, no := t.keyOf(rec)
		if no.Why == "" && robbed > 0 && len(key) < robbed && onlyDigits(key) && key[0] != '0' {
			no = dataset.Refusal{Line: rec.Line, Column: t.cols[t.key[0]].name, Text: shown(key), Key: strings.Repeat("0", robbed-len(key)) + key,
				Why: fmt.Sprintf("others have %d figures and begin with 0, so a spreadsheet has probably eaten the 0 of this one; format the column as text in the original and export it again", robbed)}
		}
		if no.Why != "" {
			reading.Refused = append(reading.Refused, no)
			continue
		}
		rec.Key = key
		if kept < i {
			reading.Records[kept] = *rec
		}
		if first := known.add(kept); first != kept {
			if again == nil {
				again = make(map[string][]int)
			}
			if len(again[key]) == 0 {
				again[key] = append(again[key], reading.Records[first].Line)
			}
			again[key] = append(again[key], rec.Line)
		}
		kept++
	}
	clear(reading.Records[kept:])
	reading.Records = reading.Records[:kept]
	if again != nil {
		t.refuseShared(reading, again)
	}
	sort.SliceStable(reading.Refused, func(i, j int) bool { return reading.Refused[i].Line < reading.Refused[j].Line })
	if len(reading.Records) == 0 {
		reading.Records = nil
	}
}

// robbed finds out whether a spreadsheet has eaten leading noughts of some keys:
// at least two have one, and those all have equally many figures, which it
// gives. Shorter keys of figures have then lost theirs.
func (t *typer) robbed(reading *dataset.Reading) int {
	if len(t.key) != 1 || t.cols[t.key[0]].kind != dataset.Text {
		return 0
	}
	n, width := 0, 0
	for i := range reading.Records {
		s := reading.Records[i].Cells[t.key[0]].S
		if len(s) < 2 || s[0] != '0' || !onlyDigits(s) {
			continue
		}
		if n > 0 && len(s) != width {
			return 0
		}
		n, width = n+1, len(s)
	}
	if n < 2 {
		return 0
	}
	return width
}

func (t *typer) refuseShared(reading *dataset.Reading, again map[string][]int) {
	kept := reading.Records[:0]
	for _, rec := range reading.Records {
		lines := again[rec.Key]
		if len(lines) == 0 {
			kept = append(kept, rec)
			continue
		}
		reading.Refused = append(reading.Refused, dataset.Refusal{
			Line: rec.Line, Column: strings.Join(t.schema.Key, ", "), Text: shown(rec.Key), Key: rec.Key,
			Why: "the same key stands in " + others(lines, rec.Line) + ", and nobody can tell which is right; keep one",
		})
	}
	clear(reading.Records[len(kept):])
	reading.Records = kept
}

// others names the other rows, at most five of them.
func others(lines []int, mine int) string {
	var b strings.Builder
	n := 0
	for _, l := range lines {
		if l == mine {
			continue
		}
		if n++; n > 5 {
			continue
		}
		if n > 1 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%d", l)
	}
	switch {
	case n > 5:
		return fmt.Sprintf("rows %s and %d more", b.String(), n-5)
	case n > 1:
		return "rows " + b.String()
	}
	return "row " + b.String()
}

// keyOf is the key of a record, or why it has none.
func (t *typer) keyOf(rec *dataset.Record) (string, dataset.Refusal) {
	if len(t.key) == 1 {
		k := t.key[0]
		s := keyPart(rec.Cells[k])
		if s == "" {
			return "", t.noKey(rec, k)
		}
		return s, dataset.Refusal{}
	}
	parts := make([]string, len(t.key))
	for i, k := range t.key {
		parts[i] = keyPart(rec.Cells[k])
		if parts[i] == "" && (i == 0 || unreadable(rec, t.cols[k].name) != "") {
			return "", t.noKey(rec, k)
		}
		parts[i] = strings.NewReplacer("%", "%25", "/", "%2F").Replace(parts[i])
	}
	return strings.Join(parts, "/"), dataset.Refusal{}
}

func (t *typer) noKey(rec *dataset.Record, k int) dataset.Refusal {
	name := t.cols[k].name
	why := name + " is blank, and without it nobody can tell which record this is"
	text := ""
	for _, p := range rec.Problems {
		if p.Column == name {
			why, text = name+" could not be read: "+p.Why, p.Text
		}
	}
	return dataset.Refusal{Line: rec.Line, Column: name, Text: text, Why: why}
}

func unreadable(rec *dataset.Record, column string) string {
	for _, p := range rec.Problems {
		if p.Column == column {
			return p.Why
		}
	}
	return ""
}

// keyPart is what a cell gives to a key.
func keyPart(v dataset.Value) string {
	switch v.Kind {
	case dataset.Blank:
		return ""
	case dataset.Text, dataset.Choice, dataset.Person, dataset.Reference, dataset.File:
		return keyText(v.S)
	case dataset.Date:
		return calendar.Date(v.N).String()
	}
	return fmt.Sprintf("%d", v.N)
}

// names gives each record its whole name where the schema has one and the file
// has it only in parts.
func (t *typer) names(reading *dataset.Reading) {
	name := columnOf(t.schema, "name")
	if name < 0 || t.cols[name].at >= 0 || t.cols[name].kind != dataset.Text {
		return
	}
	known, given, family := columnOf(t.schema, "preferred_name"), columnOf(t.schema, "first_name"), columnOf(t.schema, "last_name")
	part := func(cells []dataset.Value, i int) string {
		if i >= 0 && cells[i].Kind == dataset.Text {
			return cells[i].S
		}
		return ""
	}
	var whole []byte
	for i := range reading.Records {
		cells := reading.Records[i].Cells
		first := part(cells, known)
		if first == "" {
			first = part(cells, given)
		}
		whole = append(whole[:0], first...)
		if last := part(cells, family); last != "" {
			if first != "" {
				whole = append(whole, ' ')
			}
			whole = append(whole, last...)
		}
		if len(whole) > 0 {
			cells[name] = dataset.TextValue(t.keep(whole))
		}
	}
}
