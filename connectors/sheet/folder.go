package sheet

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strconv"
	"strings"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
)

const indexName = "index.csv"

// A folderReader reads a folder as a table of its documents.
type folderReader struct {
	*typer
	room     *room
	folder   string
	file     int // place of the column of the document
	find     nameFinder
	words    *mapper           // what the columns are called
	sidecars map[string]string // what speaks of a document, by its name
	beside   map[string]string // the document that a sidecar speaks of, by the sidecar's name
	first    map[string]string // the first file that is a document, by digest
	index    map[string]indexRow
	shelf    *shelf
	out      *dataset.Reading
}

// An indexRow is what index.csv says of a document.
type indexRow struct {
	line  int
	texts []string // by column of the schema
	used  bool
}

func readFolder(ctx context.Context, r *room, spec Spec, schema *dataset.Schema, clock calendar.Clock) (dataset.Reading, error) {
	fail := func(err error) (dataset.Reading, error) { return dataset.Reading{}, err }
	folder, err := inside(spec.Folder)
	if err != nil {
		return fail(err)
	}
	if info, err := r.root.Stat(folder); err != nil || !info.IsDir() {
		return fail(&missing{fmt.Sprintf("there is no folder %s for %s; make it, and put the documents there", shown(folder), schema.Name)})
	}
	file := -1
	at := make([]int, len(schema.Columns))
	for i, c := range schema.Columns {
		if at[i] = i; c.Kind == dataset.File && file < 0 {
			file = i
		}
	}
	if file < 0 {
		return fail(fmt.Errorf("%s cannot be read from a folder: it has no column for a document", schema.Name))
	}
	order, err := parseOrder(spec.Dates)
	if err != nil {
		return fail(err)
	}
	out := dataset.Reading{File: folder, Unit: "file", Columns: map[string]string{schema.Columns[file].Name: "file"}}
	f := &folderReader{room: r, folder: folder, file: file, shelf: &shelf{room: r, near: folder}, out: &out,
		index: map[string]indexRow{}, first: map[string]string{}}
	names, err := f.list(ctx)
	if err != nil {
		return fail(err)
	}
	year := referenceYear(out.Modified, clock)
	f.typer = newTyper(schema, clock, year, order, at)
	f.find = finderFor(f.typer, year)
	if f.words, err = f.wording(spec); err != nil {
		return fail(err)
	}
	if err := f.readIndex(); err != nil {
		return fail(err)
	}
	f.findSidecars(names)
	for i, name := range names {
		if err := ctx.Err(); err != nil {
			return fail(err)
		}
		f.one(i+1, name)
	}
	f.missing(len(names))
	f.settle(&out)
	f.seal()
	return out, nil
}

// list gives all files below the folder in the order of their names, and notes
// when the latest of them changed.
func (f *folderReader) list(ctx context.Context) ([]string, error) {
	var names []string
	err := fs.WalkDir(f.room.root.FS(), f.folder, func(name string, d fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			return fmt.Errorf("the folder %s cannot be read: %w", shown(name), cause(err))
		case d.IsDir() && name != f.folder && strings.HasPrefix(d.Name(), "."):
			return fs.SkipDir
		case d.IsDir():
			return nil
		}
		if info, err := d.Info(); err == nil && info.ModTime().After(f.out.Modified) {
			f.out.Modified = info.ModTime()
		}
		if why := passedOver(d.Name()); why == lockFile || why == halfDownload {
			f.out.InUse = shown(strings.TrimPrefix(name, f.folder+"/")) + " lies there, " + why
		}
		if names = append(names, name); len(names) > maxFolder {
			return fmt.Errorf("the folder %s has more than %d files; is it the right folder?", shown(f.folder), maxFolder)
		}
		return nil
	})
	return names, err
}

// one reads one file of the folder.
func (f *folderReader) one(number int, name string) {
	f.out.Lines++
	below := strings.TrimPrefix(name, f.folder+"/")
	base := path.Base(name)
	skip := func(why string) {
		f.out.Skipped = append(f.out.Skipped, dataset.Refusal{Line: number, Column: "file", Text: shown(below), Why: why})
	}
	if below == indexName {
		skip("the list of the documents, not one of them")
		return
	}
	if why := passedOver(base); why != "" {
		skip(why)
		return
	}
	if about := f.beside[below]; about != "" {
		skip("says what " + shown(about) + " is, and is no document itself")
		return
	}
	row, listed := f.index[indexKey(below)]
	if listed {
		row.used = true
		f.index[indexKey(below)] = row
	}
	info, err := f.room.root.Stat(name)
	if err == nil && info.IsDir() {
		skip("a link to a folder; links to folders are not followed")
		return
	}
	texts, digest, why := f.take(number, name, below, err)
	if why != "" {
		f.out.Refused = append(f.out.Refused, dataset.Refusal{Line: number, Column: "file", Text: shown(below), Why: why})
		return
	}
	if listed {
		for i, s := range row.texts {
			if trim(s) != "" {
				texts[i] = s
			}
		}
	}
	texts[f.file] = ""
	cells := make([]dataset.Value, len(f.cols))
	f.record(f.out, &line{row: number, cells: texts}, cells)
	cells[f.file] = dataset.FileValue(digest)
}

// take opens a document and gathers what is said of it, but for the index.
// Failed is why it cannot even be looked for.
func (f *folderReader) take(number int, name, below string, failed error) (texts []string, digest, why string) {
	if failed != nil {
		return nil, "", "it cannot be opened: " + cause(failed).Error()
	}
	doc, own, why := f.shelf.look(name)
	if why != "" {
		return nil, "", why
	}
	texts, untitled := f.describe(below)
	f.own(number, below, own, untitled, texts)
	if why := f.hear(below, doc, texts); why != "" {
		return nil, "", why
	}
	if twin := f.first[doc.SHA256]; twin != "" {
		f.out.Notes = append(f.out.Notes, dataset.Note{Line: number, Column: "file", Text: shown(below), Why: "it is " + shown(twin) + " once more, to the byte"})
	} else {
		f.first[doc.SHA256] = below
	}
	return texts, doc.SHA256, ""
}

// describe gives the texts of a document's columns from its name, and whether
// the name says nothing that could be a title.
func (f *folderReader) describe(below string) (texts []string, untitled bool) {
	d := f.find.find(below)
	texts = make([]string, len(f.cols))
	set := func(s string, names ...string) {
		for _, name := range names {
			if i := columnOf(f.schema, name); i >= 0 && i != f.file && s != "" && texts[i] == "" {
				texts[i] = s
				return
			}
		}
	}
	if len(f.key) > 0 {
		texts[f.key[0]] = below
	}
	set(d.kind, "kind")
	set(d.status, "status")
	set(strings.Join(strings.Fields(strings.ReplaceAll(stem(below), "_", " ")), " "), "title")
	switch i := columnOf(f.schema, "meeting"); {
	case i < 0 || d.meeting == "":
	case f.cols[i].kind == dataset.Choice:
		set(d.meeting, "meeting")
	case d.dated:
		set(d.meeting+"-"+d.on.String(), "meeting")
	}
	if d.dated {
		set(d.on.String(), "date", "on", "dated")
		y, _, _ := d.on.Civil()
		set(strconv.Itoa(y), "year")
	} else {
		for _, w := range nameWords(stem(below)) {
			if len(w) == 4 && onlyDigits(w) && (w[:2] == "19" || w[:2] == "20") {
				set(w, "year")
			}
		}
	}
	return texts, d.rest == 0
}

// finderFor knows the words of the schema's choices.
func finderFor(t *typer, year int) nameFinder {
	n := nameFinder{year: year, meetings: meetingWords}
	words := func(name string) map[string]string {
		if i := columnOf(t.schema, name); i >= 0 {
			return t.cols[i].choices
		}
		return nil
	}
	n.kinds, n.statuses = words("kind"), words("status")
	if m := words("meeting"); m != nil {
		n.meetings = m
	}
	return n
}

// wording knows what the columns are called where somebody writes of the
// documents: there the schema's key and document are plain text.
func (f *folderReader) wording(spec Spec) (*mapper, error) {
	shape := *f.schema
	shape.Columns = append([]dataset.Column{}, f.schema.Columns...)
	for i := range shape.Columns {
		shape.Columns[i].Kind = dataset.Text
		shape.Columns[i].Class = dataset.Free
	}
	column := &shape.Columns[f.file]
	column.Synonyms = append(append([]string{}, column.Synonyms...), "file", "file name", "filename", "document")
	shape.Key, shape.Email = []string{column.Name}, ""
	shape.Name = "the list of documents"
	return newMapper(Spec{Columns: spec.Columns}, &shape)
}

// readIndex reads index.csv, if the folder has one. Its column file names the
// document.
func (f *folderReader) readIndex() error {
	name := path.Join(f.folder, indexName)
	if !f.room.has(name) {
		return nil
	}
	data, _, err := f.room.read(name, maxBytes)
	if err != nil {
		return err
	}
	m := f.words
	src, err := openSource(data)
	if err != nil {
		return fmt.Errorf("%s: %w", shown(name), err)
	}
	lay, _, err := findLayout(src, m)
	if err != nil {
		return fmt.Errorf("%s: %w", shown(name), err)
	}
	at, err := m.resolve(lay.header)
	if err != nil {
		return fmt.Errorf("%s: %w", shown(name), err)
	}
	f.out.Header = lay.header
	columns, unused := m.report(lay.header, at)
	f.out.Unused = unused
	for ours, theirs := range columns {
		f.out.Columns[ours] = theirs
	}
	return f.readRows(name, lay, at)
}

// readRows takes in the rows of index.csv.
func (f *folderReader) readRows(name string, lay layout, at []int) error {
	g, err := lay.open(false)
	if err != nil {
		return fmt.Errorf("%s: %w", shown(name), err)
	}
	for g.next() {
		ln := g.at()
		if ln.row <= lay.row || ln.fault != "" || at[f.file] >= len(ln.cells) || trim(ln.cells[at[f.file]]) == "" {
			continue
		}
		texts := make([]string, len(at))
		for i, p := range at {
			if p >= 0 && p < len(ln.cells) {
				texts[i] = ln.cells[p]
			}
		}
		key := indexKey(texts[f.file])
		if old, ok := f.index[key]; ok {
			return fmt.Errorf("%s: rows %d and %d name the same document; keep one of them", shown(name), old.line, ln.row)
		}
		f.index[key] = indexRow{line: ln.row, texts: texts}
	}
	if err := g.failed(); err != nil {
		return fmt.Errorf("%s: %w", shown(name), err)
	}
	return nil
}

// missing refuses the rows of index.csv whose document is not there.
func (f *folderReader) missing(n int) {
	var lines []indexRow
	for _, row := range f.index {
		if !row.used {
			lines = append(lines, row)
		}
	}
	sort.Slice(lines, func(i, j int) bool { return lines[i].line < lines[j].line })
	for i, row := range lines {
		f.out.Lines++
		f.out.Refused = append(f.out.Refused, dataset.Refusal{Line: n + i + 1, Column: "file", Text: shown(row.texts[f.file]),
			Why: fmt.Sprintf("%s lists it in row %d, but there is no such file in the folder", indexName, row.line)})
	}
}

// seal gives the reading its documents and a digest over all that was read.
func (f *folderReader) seal() {
	h := sha256.New()
	for _, rec := range f.out.Records {
		fmt.Fprintf(h, "%d:%s", len(rec.Key), rec.Key)
		for _, v := range rec.Cells {
			fmt.Fprintf(h, "|%d %d %d:%s", v.Kind, v.N, len(v.S), v.S)
		}
	}
	f.out.SHA256 = hex.EncodeToString(h.Sum(nil))
	f.shelf.deliver(f.out)
}

// indexKey makes the names of documents comparable: capitals and the slashes
// of Windows do not count.
func indexKey(name string) string {
	return strings.ToLower(path.Clean(strings.ReplaceAll(trim(name), `\`, "/")))
}
