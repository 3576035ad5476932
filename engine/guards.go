package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/store"
)

// The guards of an import (architecture, guarded snapshots).
const (
	goneShare  = 10 // per cent of the records that may be missing from a full list
	goneRows   = 20 // or so many, whichever is more
	knownShare = 10 // per cent of a list of people of whom some must be known
	aList      = 10 // rows from which on a first list, or a strange one, is judged by what all of it has
)

// doubt finds the reasons to refuse the file until a person says otherwise. Past
// are the imports of the dataset that stand.
func (e *Engine) doubt(imp *Import, before, branches *dataset.Table, past []store.ImportRecord) {
	add := func(word, why string) {
		if why != "" {
			imp.Doubts = append(imp.Doubts, Doubt{word, why})
		}
	}
	schema := e.set.Schemas[imp.Dataset]
	n := len(imp.Reading.Records)
	if n == 0 {
		add("empty", "it has no rows that can be read")
	}
	if imp.Same {
		return
	}
	add("another", e.another(imp, schema, before))
	add("stale", e.past(imp))
	add("branch", oneBranch(imp, schema, before, branches))
	if before == nil {
		return
	}
	if imp.Full {
		gone, all := len(imp.Gone)+len(imp.Missing), len(before.Rows) // whatever becomes of those that are missing
		switch {
		case gone*2 >= all && all > 0:
			add("half", fmt.Sprintf("%d of %d records are missing from it: it looks like a part of the list", gone, all))
		case gone > max(goneRows, all*goneShare/100):
			add("gone", fmt.Sprintf("%d of %d records are missing from it", gone, all))
		}
	}
	add("renamed", renamed(imp, schema, before))
	last := past[len(past)-1]
	add("older", e.older(imp.Reading, schema, past))
	add("header", strings.Join(append(moved(imp, past), lost(imp, last)...), ", and "))
	if last.Baseline && n > 2*len(before.Rows) {
		add("grown", fmt.Sprintf("it has %d records where the first had %d: the first may have been a part of the list, and then nobody in it is new",
			n, len(before.Rows)))
	}
}

// refused is the error of a file with doubts that were not waived, or nil.
func (i *Import) refused(accepted []string) error {
	r := &Refused{Dataset: i.Dataset, File: i.file}
	for _, d := range i.Doubts {
		if !slices.Contains(accepted, d.Word) {
			r.Doubts = append(r.Doubts, d)
			r.Part = r.Part || i.Full && (d.Word == "gone" || d.Word == "half" || d.Word == "branch")
		}
	}
	if len(r.Doubts) == 0 {
		return nil
	}
	if slices.ContainsFunc(r.Doubts, func(d Doubt) bool { return d.Word == "another" || d.Word == "empty" }) {
		r.Part = false // it is hardly a part of this list
	}
	return r
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

// another says that a list of people is another constituency's: it says so
// itself, or hardly anybody in it is known. A short part may be of new people.
func (e *Engine) another(imp *Import, schema *dataset.Schema, before *dataset.Table) string {
	if !schema.Person {
		return ""
	}
	if theirs := e.elsewhere(imp, schema, before); theirs != "" {
		return "it is the list of " + dataset.Plain(theirs)
	}
	n := len(imp.Reading.Records) - imp.Erased
	known, least := n-len(imp.New), aList
	if !imp.Full {
		least = goneRows + 1
	}
	if before == nil || len(before.Rows) < aList || n < least || known*100 >= n*knownShare {
		return ""
	}
	return fmt.Sprintf("of the %d people in it %d are known: it looks like another constituency's", n, known)
}

// elsewhere is the constituency that most of a list says it is of, where that is
// neither what the list held says nor anything like this constituency's name.
func (e *Engine) elsewhere(imp *Import, schema *dataset.Schema, before *dataset.Table) string {
	theirs := valuesIn(imp.Reading.Records, schema, "constituency")
	most, n := "", 0
	for name, count := range theirs {
		if count > n || count == n && name < most {
			most, n = name, count
		}
	}
	if most == "" || alike(most, e.set.Constituency.Name) {
		return ""
	}
	if before != nil {
		for name := range valuesOf(before.Rows, schema, "constituency") {
			if alike(name, most) {
				return ""
			}
		}
	}
	return most
}

// alike reports whether two names of constituencies share a word of their own.
func alike(a, b string) bool {
	words := func(s string) []string {
		return slices.DeleteFunc(strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return r == ' ' || r == ',' || r == '-' || r == '&' }), func(w string) bool {
			return slices.Contains([]string{"and", "the", "of", "clp", "constituency", "labour", "party", "north", "south", "east", "west", "central", "mid"}, w)
		})
	}
	has := words(a)
	if len(has) == 0 { // West CLP: there is nothing else to go by
		return strings.EqualFold(a, b)
	}
	return slices.ContainsFunc(words(b), func(w string) bool { return slices.Contains(has, w) })
}

// oneBranch says that a list that is to be the whole is one branch's, where there
// are several: in the list held or, of a first list, in the constituency.
func oneBranch(imp *Import, schema *dataset.Schema, before, branches *dataset.Table) string {
	if schema.Branch == "" {
		return ""
	}
	theirs := valuesIn(imp.Reading.Records, schema, schema.Branch)
	if len(theirs) != 1 {
		return ""
	}
	var only string
	for only = range theirs {
	}
	if before == nil {
		if branches != nil && len(branches.Rows) > 1 && theirs[only] >= aList && schema.Person {
			return fmt.Sprintf("all of it is of the branch %s, and there are %d: it looks like one branch's list", dataset.Plain(only), len(branches.Rows))
		}
		return ""
	}
	held := valuesOf(before.Rows, schema, schema.Branch)
	if !imp.Full || len(held) < 2 {
		return ""
	}
	return fmt.Sprintf("all of it is of the branch %s, where the list held has %d branches: it looks like one branch's list", dataset.Plain(only), len(held))
}

// valuesIn counts what stands in a column of a file, where anything does.
func valuesIn(records []dataset.Record, schema *dataset.Schema, column string) map[string]int {
	return values(len(records), func(n int) []dataset.Value { return records[n].Cells }, schema, column)
}

// valuesOf counts what stands in a column of a list that is held.
func valuesOf(rows []*dataset.Row, schema *dataset.Schema, column string) map[string]int {
	return values(len(rows), func(n int) []dataset.Value { return rows[n].Cells }, schema, column)
}

// values counts what stands in a column of some rows; often the next row has the
// same as the one before.
func values(rows int, cells func(row int) []dataset.Value, schema *dataset.Schema, column string) map[string]int {
	out := map[string]int{}
	i, ok := schema.Column(column)
	last, run := "", 0
	for n := 0; ok && n < rows; n++ {
		s := ""
		if c := cells(n); i < len(c) {
			s = c[i].S
		}
		if s == last {
			run++
			continue
		}
		out[last] += run
		last, run = s, 1
	}
	out[last] += run
	delete(out, "")
	return out
}

// older says that a list was drawn before the newest that was taken, or is the
// very file of an earlier import: what has happened since would be undone. A list
// that officers keep by hand, and may change back, is no export.
func (e *Engine) older(r dataset.Reading, schema *dataset.Schema, past []store.ImportRecord) string {
	newest := store.ImportRecord{}
	for _, p := range past {
		if p.HasDate && (!newest.HasDate || p.ListDate > newest.ListDate) {
			newest = p
		}
	}
	if r.HasDate && newest.HasDate && r.ListDate < newest.ListDate {
		return "it is the list of " + r.ListDate.Words() + ", older than the one held, of " + newest.ListDate.Words()
	}
	if !schema.Person || r.HasDate && newest.HasDate && r.ListDate > newest.ListDate {
		return ""
	}
	for _, p := range past[:len(past)-1] {
		if p.SHA256 == r.SHA256 && past[len(past)-1].SHA256 != r.SHA256 {
			return "it is the very file that was taken on " + e.Clock().Day(p.At).Words() + ", and another was taken since"
		}
	}
	return ""
}

// moved says how the headings of a file differ from those of the last file of
// its kind: which are gone, which are new, and which stands elsewhere. Parts of a
// list have headings of their own, which the whole is not compared with.
func moved(imp *Import, past []store.ImportRecord) []string {
	for _, p := range slices.Backward(past) {
		if p.Kind != imp.Kind || p.Full != imp.Full {
			continue
		}
		switch {
		case p.HeaderHash == headerHash(imp.Reading.Header):
			return nil
		case p.Header == nil:
			return []string{"its headings are not those of the last file"}
		}
		return movedHeadings(p.Header, imp.Reading.Header)
	}
	return nil
}

// movedHeadings says how headings differ. Capitals and spaces make none.
func movedHeadings(was, now []string) []string {
	fold := func(list []string) (folded, shown []string) {
		for _, h := range list {
			if f := strings.Join(strings.Fields(strings.ToLower(h)), " "); f != "" {
				folded, shown = append(folded, f), append(shown, dataset.Plain(h))
			}
		}
		return folded, shown
	}
	wasFolded, wasShown := fold(was)
	nowFolded, nowShown := fold(now)
	missing := func(from, in, words []string) (out []string) {
		for i, h := range from {
			if !slices.Contains(in, h) {
				out = append(out, words[i])
			}
		}
		return out
	}
	var out []string
	if gone := missing(wasFolded, nowFolded, wasShown); len(gone) > 0 {
		out = append(out, "its headings have no longer "+strings.Join(gone, ", "))
	}
	if fresh := missing(nowFolded, wasFolded, nowShown); len(fresh) > 0 {
		out = append(out, "its headings are new: "+strings.Join(fresh, ", "))
	}
	if len(out) > 0 {
		return out
	}
	for i, h := range nowFolded {
		if i < len(wasFolded) && h != wasFolded[i] {
			return []string{fmt.Sprintf("its headings stand in another order: %s where %s stood", nowShown[i], wasShown[i])}
		}
	}
	if len(nowFolded) != len(wasFolded) {
		return []string{"a heading stands in it more or less often than in the last file"}
	}
	return nil
}

// lost says which of our columns the last file had and this one has not. A part of
// what was the whole list, or of another kind, takes nothing away.
func lost(imp *Import, last store.ImportRecord) []string {
	var out []string
	for _, m := range strings.Split(last.Mapping, "; ") {
		ours, _, ok := strings.Cut(m, " = ")
		if _, has := imp.Reading.Columns[ours]; ok && !has {
			out = append(out, ours)
		}
	}
	if len(out) == 0 || !imp.Full && (last.Kind != imp.Kind || last.Full) {
		return nil
	}
	return []string{"it has no column any more for " + strings.Join(out, ", ")}
}

// headerHash stands for a file's header, to see that a layout has changed.
func headerHash(header []string) string {
	h := sha256.Sum256([]byte(strings.Join(header, "\x00")))
	return hex.EncodeToString(h[:])
}
