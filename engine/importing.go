package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/engine/store"
)

// An Import is a file that was read and compared with what is held, and not
// yet taken: the first of the two phases.
type Import struct {
	Dataset  string
	Kind     string // which kind of report it is, where the source or a person says so: mar
	Reading  dataset.Reading
	Before   int      // records held
	Baseline bool     // the dataset's first import: history
	Same     bool     // the very file that was imported last, and read as it was then: a list of a later day is another
	Undone   bool     // this very file was taken before, and that was undone
	Full     bool     // the whole list: who is missing is gone in the end
	New      []string // keys
	Gone     []string // missing from as many whole lists as it takes, or left before
	Missing  []string // missing from this whole list, and held until others miss them too
	Times    int      // the most lists in a row that one of these was missing from
	After    int      // how many it takes
	Doubtful []string // held as they were, for their rows in the file were refused
	Disputed []string // events that another source has too, on another day or under another key: in words
	History  []string // new, and yet history: they may have stood in rows of the first list that could not be read
	Kept     int      // records that are not in the file and stay, for it is a part of the list
	Changed  []string
	Erased   int // rows of people who were forgotten, left out
	// Doubts are the reasons for which the file is refused until a person says
	// otherwise, each by its own word.
	Doubts []Doubt

	table   *dataset.Table
	held    *dataset.Table // what is held, as files said it; nil: nothing
	seen    string         // what of it a person saw; empty: nobody did
	at      time.Time      // when it was compared
	counter int64          // the store's at that time
	mapping string         // how the file was read, in words
	file    string         // that a person named, in place of the source's
}

// Nothing reports that nothing of the dataset was ever taken and that there is
// nothing yet to take, as in a folder for papers that has none.
func (i *Import) Nothing() bool {
	return i.Baseline && len(i.Reading.Records)+len(i.Reading.Refused)+i.Erased == 0
}

// Unread counts the cells of the file that could not be read.
func (i *Import) Unread() int {
	n := 0
	for _, r := range i.Reading.Records {
		n += len(r.Problems)
	}
	return n
}

// A Doubt is one reason to refuse a file, and the word that overrides it.
type Doubt struct {
	Word string // one of DoubtWords
	Why  string
}

// DoubtWords are the words of all doubts, as a person writes them to take a file
// in spite of one.
var DoubtWords = []string{"gone", "half", "branch", "another", "older", "stale", "grown", "header", "renamed", "empty"}

// Refused is the error of an import with doubts that nobody waived.
type Refused struct {
	Dataset, File string // the file, if a person named one
	Doubts        []Doubt
	Part          bool // it looks like a part of the list, and could be taken as one
}

func (r *Refused) Error() string {
	again := "clarion import " + r.Dataset
	if r.File != "" {
		again += " " + quoted(r.File)
	}
	part := ""
	if r.Part {
		part = ". If it is only a part of the list, in which nobody is missing: " + again + " --part"
	}
	var why, words []string
	for _, d := range r.Doubts {
		why = append(why, d.Why)
		words = append(words, "--accept "+d.Word)
	}
	which := r.Dataset
	if r.File != "" {
		which += ", " + dataset.Plain(r.File) + ","
	}
	return fmt.Sprintf("the file of %s was not taken: %s. Nothing has changed. If it is right all the same: %s %s%s",
		which, strings.Join(why, "; "), again, strings.Join(words, " "), part)
}

// quoted shows the name of a file as it is typed in a command.
func quoted(file string) string {
	if file = dataset.Plain(file); strings.ContainsAny(file, " '\"") {
		return strconv.Quote(file)
	}
	return file
}

// ErrNoSource says that constituency.yaml does not say where a dataset comes
// from.
var ErrNoSource = errors.New("constituency.yaml does not say where it comes from: add it under data")

// As is what a person says of a file, beside what constituency.yaml says of the
// list.
type As struct {
	Kind string // which kind of report it is
	Part bool   // it is a part of the list only: who is not in it is not gone

	Columns map[string]string // under which headings some columns stand
	Dates   string            // day-first or month-first
	Sheet   string            // of a workbook
}

// source is a source as a person says it is read this once.
func (as As) source(src playbook.Source) playbook.Source {
	if len(as.Columns) > 0 {
		columns := maps.Clone(src.Columns)
		if columns == nil {
			columns = map[string]string{}
		}
		maps.Copy(columns, as.Columns)
		src.Columns = columns
	}
	src.Dates, src.Sheet = cmp.Or(as.Dates, src.Dates), cmp.Or(as.Sheet, src.Sheet)
	return src
}

// Prepare reads a dataset's file and compares it with what is held. File, if
// not empty, is read in place of the one that constituency.yaml names.
func (e *Engine) Prepare(ctx context.Context, name, file string) (*Import, error) {
	return e.PrepareAs(ctx, name, file, As{})
}

// PrepareAs is Prepare for a file of which a person says more.
func (e *Engine) PrepareAs(ctx context.Context, name, file string, as As) (*Import, error) {
	schema := e.set.Schemas[name]
	if schema == nil {
		return nil, fmt.Errorf("there is no dataset called %s; there are: %s", dataset.Plain(name), strings.Join(e.Datasets(), ", "))
	}
	src, ok := e.set.Constituency.Data[name]
	if !ok && file == "" {
		return nil, fmt.Errorf("%s: %w", name, ErrNoSource)
	}
	folder := e.Folder
	if file != "" {
		folder, src.From = e.place(file)
		src.Folder = ""
	}
	src = as.source(src)
	r, err := e.Read(ctx, folder, src, schema, e.Clock())
	if err != nil {
		return nil, err
	}
	for i := range r.Records {
		rec := &r.Records[i]
		rec.Problems = append(rec.Problems, e.set.NameRoles(schema, rec.Cells)...)
	}
	imp := &Import{Dataset: name, Kind: src.Kind, Reading: r, Full: src.Full && !as.Part, mapping: mapping(r.Columns, src.Dates), file: file}
	if as.Kind != "" {
		imp.Kind = as.Kind
	}
	now := e.Now()
	// A view: nobody of a file that is not taken leaves a trace.
	err = e.Store.View(ctx, func(tx *store.Tx) error {
		if err := e.nameBranches(tx, schema, r.Records); err != nil {
			return err
		}
		return e.compare(tx, imp, schema, now)
	})
	return imp, err
}

// place is the folder from which a named file is read, and its path from
// there: a file in the constituency's folder is read from that folder, so that
// it may name papers that lie in it; any other, such as a download, from its
// own.
func (e *Engine) place(file string) (folder, name string) {
	if !filepath.IsAbs(file) {
		return e.Folder, file
	}
	if in, err := filepath.Rel(e.Folder, file); err == nil && filepath.IsLocal(in) && !isUpload(in) {
		return e.Folder, filepath.ToSlash(in)
	}
	return filepath.Dir(file), filepath.Base(file)
}

// Datasets lists the names of all datasets.
func (e *Engine) Datasets() []string {
	var out []string
	for n := range e.set.Schemas {
		out = append(out, n)
	}
	sort.Strings(out)
	return out
}

// compare builds the table that the import would make, and its doubts.
func (e *Engine) compare(tx *store.Tx, imp *Import, schema *dataset.Schema, now time.Time) error {
	last, again, err := tx.LastImport(imp.Dataset)
	if err != nil {
		return err
	}
	imp.Baseline, imp.at, imp.counter = !again, now, tx.Counter()
	var before *dataset.Table
	if again {
		if before, err = tx.TableLike(last.ID, schema, imp.Reading.Records); err != nil {
			return err
		}
		imp.Before, imp.held = len(before.Rows), before
	}
	m := merging{Import: imp, schema: schema, before: before, now: now, clock: e.Clock(),
		was: e.drawn(last), day: e.drawn(store.ImportRecord{At: now, HasDate: imp.Reading.HasDate, ListDate: imp.Reading.ListDate})}
	unheld := m.match()
	all, err := importsOf(tx, imp.Dataset)
	if err != nil {
		return err
	}
	if again {
		m.unread = e.unreadSince(&m, standing(all))
		if m.back, err = returned(tx, imp.Dataset, unheld, schema, all); err != nil {
			return err
		}
	}
	if m.refs, err = tx.Refs(imp.Dataset, unheld); err != nil {
		return err
	}
	first := now
	if again {
		first = before.First
	}
	tables, err := tx.Tables(e.set.Schemas)
	if err != nil {
		return err
	}
	m.current = tables[imp.Dataset]
	imp.After = e.set.GoneAfter(imp.Dataset)
	imp.table = dataset.NewTable(schema, m.merge(), now, first, imp.Reading.File, imp.Reading.Sheet).MatchPeople(tables["members"])
	// The same bytes may say something else once a column is mapped anew; and in
	// a list of a later day they say that nothing has changed, and who is missing still.
	if imp.Same = again && last.SHA256 == imp.Reading.SHA256 && last.Mapping == imp.mapping && (!imp.Reading.HasDate || m.day <= m.was || last.HasDate && imp.Reading.ListDate <= last.ListDate); imp.Same {
		imp.Kind = last.Kind
	}
	imp.Undone = undone(all, imp.Reading.SHA256, last.ID)
	e.doubt(imp, before, tables["branches"], standing(all))
	return nil
}

// Commit takes a prepared import. Accepted are the words of the doubts that a
// person waived. The same file again is no change and no error.
func (e *Engine) Commit(ctx context.Context, imp *Import, by string, accepted ...string) (store.ImportRecord, error) {
	if imp.Kind != "" && !playbook.IsName(imp.Kind) {
		return store.ImportRecord{}, fmt.Errorf("%q is no kind of report: write one word in small letters, such as mar", dataset.Plain(imp.Kind))
	}
	if err := imp.refused(accepted); err != nil {
		return store.ImportRecord{}, err
	}
	var rec store.ImportRecord
	now := e.Now()
	err := e.Store.Update(ctx, func(tx *store.Tx) error {
		fresh, err := e.fresh(tx, imp, now)
		if err != nil {
			return err
		}
		if imp.seen != "" && fresh.Shown() != imp.seen {
			return ErrMoved
		}
		if fresh.Same {
			last, _, err := tx.LastImport(imp.Dataset)
			rec = last
			return err
		}
		if err := fresh.refused(accepted); err != nil { // something else was taken since it was looked at
			return err
		}
		if slices.Contains(accepted, "grown") {
			for _, r := range fresh.table.Rows {
				r.Baseline = true
			}
		}
		rec, err = e.take(tx, fresh, by, fresh.at)
		return err
	})
	if err != nil {
		imp.at = time.Time{} // the numbers that its records got were not kept
	}
	return rec, err
}

// fresh compares a prepared import anew, as things stand now. If it was prepared
// a moment ago and nothing was written since, it holds as it is, and its new
// records only get their numbers.
func (e *Engine) fresh(tx *store.Tx, imp *Import, now time.Time) (*Import, error) {
	const moment = time.Minute
	if since := now.Sub(imp.at); imp.counter != tx.Counter() || since < 0 || since > moment || e.Clock().Day(now) != e.Clock().Day(imp.at) {
		again := &Import{Dataset: imp.Dataset, Kind: imp.Kind, Reading: imp.Reading, Full: imp.Full, mapping: imp.mapping, file: imp.file}
		return again, e.compare(tx, again, e.set.Schemas[imp.Dataset], now)
	}
	var keys []string
	for _, r := range imp.table.Rows {
		if r.Ref < 0 {
			keys = append(keys, r.Key)
		}
	}
	refs, err := tx.Refs(imp.Dataset, keys)
	if err != nil {
		return nil, err
	}
	for _, r := range imp.table.Rows {
		if r.Ref < 0 {
			r.Ref = refs[r.Key]
		}
	}
	return imp, nil
}

// take saves the table, the files and the problems of an import, and logs it.
func (e *Engine) take(tx *store.Tx, imp *Import, by string, now time.Time) (store.ImportRecord, error) {
	for _, f := range imp.Reading.Files {
		if _, err := tx.PutFile(f.Bytes, f.Type, "document"); err != nil {
			return store.ImportRecord{}, err
		}
	}
	rec := store.ImportRecord{Dataset: imp.Dataset, Kind: imp.Kind, File: imp.Reading.File, Sheet: imp.Reading.Sheet,
		SHA256: imp.Reading.SHA256, HeaderHash: headerHash(imp.Reading.Header), Header: imp.Reading.Header, Mapping: imp.mapping,
		ListDate: imp.Reading.ListDate, HasDate: imp.Reading.HasDate, At: now, By: by,
		Rows: len(imp.table.Rows), New: len(imp.New), Gone: len(imp.Gone), Changed: len(imp.Changed),
		Refused: len(imp.Reading.Refused), Unread: imp.Unread(), Full: imp.Full, Baseline: imp.Baseline}
	id, err := tx.SaveImport(rec, imp.table, problems(imp))
	if err != nil {
		return rec, err
	}
	rec.ID = id
	if imp.Dataset == "members" {
		if err := e.keepChanges(tx); err != nil {
			return rec, err
		}
		if err := e.keepDeaths(tx, now); err != nil {
			return rec, err
		}
	}
	return rec, tx.Apply(now, by, ledger.Imported{Import: id, Dataset: imp.Dataset, Rows: rec.Rows, New: rec.New,
		Gone: rec.Gone, Altered: rec.Changed, Refused: rec.Refused, Digest: imp.Reading.SHA256})
}

func problems(imp *Import) []store.ProblemRow {
	var out []store.ProblemRow
	for _, r := range imp.table.Rows {
		if r.Changed.Equal(imp.table.Imported) {
			for _, p := range r.Problems {
				out = append(out, store.ProblemRow{Ref: r.Ref, Line: r.Line, Column: p.Column, Text: p.Text, Why: p.Why})
			}
		}
	}
	for _, r := range imp.Reading.Refused {
		out = append(out, store.ProblemRow{Line: r.Line, Column: r.Column, Text: r.Text, Why: r.Why})
	}
	return out
}

// mapping says which of our columns is read from which of theirs, and how.
func mapping(columns map[string]string, dates string) string {
	var out []string
	if dates != "" {
		out = append(out, "dates "+dates)
	}
	for ours, theirs := range columns {
		out = append(out, ours+" = "+theirs)
	}
	sort.Strings(out)
	return strings.Join(out, "; ")
}

// Sources are the datasets that constituency.yaml says where to find, branches
// and members first because others name them.
func (e *Engine) Sources() []string {
	var out []string
	for n := range e.set.Constituency.Data {
		out = append(out, n)
	}
	rank := map[string]int{"branches": -3, "members": -2, "officers": -1}
	sort.Slice(out, func(i, j int) bool {
		if a, b := rank[out[i]], rank[out[j]]; a != b {
			return a < b
		}
		return out[i] < out[j]
	})
	return out
}
