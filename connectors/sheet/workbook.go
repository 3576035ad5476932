package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strconv"
	"strings"
)

// A workbook is an Excel file: a zip of XML parts. Its sheets are read as they
// come; only the strings that they share are held.
type workbook struct {
	size    int // of the file
	files   map[string]*zip.File
	strings string // all that are shared, one behind the other
	ends    []uint32
	styles  []format
	is1904  bool // whether days count from 1904
}

func isZip(data []byte) bool { return bytes.HasPrefix(data, []byte("PK\x03\x04")) }

// openWorkbook recognises an Excel workbook, and says what other archives are.
func openWorkbook(data []byte) (*source, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil && !(errors.Is(err, zip.ErrInsecurePath) && z != nil) {
		return nil, foreignZip(data, nil)
	}
	b := &workbook{size: len(data), files: make(map[string]*zip.File, len(z.File))}
	for _, f := range z.File {
		name := partName(f.Name)
		if b.files[name] == nil {
			b.files[name] = f
		}
	}
	main := b.main()
	if b.files[main] == nil {
		return nil, foreignZip(data, b.files)
	}
	links, err := b.links(path.Join(path.Dir(main), "_rels", path.Base(main)+".rels"), path.Dir(main))
	if err != nil {
		return nil, err
	}
	src := &source{encoding: "Excel workbook", damaged: true}
	if err := b.sheets(main, links, src); err != nil {
		return nil, err
	}
	if src.zero = zero1900; b.is1904 {
		src.zero = zero1904
	}
	if len(src.ways) == 0 {
		return nil, errors.New("the workbook has no sheet with cells; open it and look whether it is the right file")
	}
	for _, l := range links {
		switch {
		case strings.HasSuffix(l.kind, "/sharedStrings"):
			err = b.readStrings(l.target)
		case strings.HasSuffix(l.kind, "/styles"):
			err = b.readStyles(l.target)
		}
		if err != nil {
			return nil, err
		}
	}
	return src, nil
}

// partName makes the names of parts comparable.
func partName(s string) string {
	return strings.ToLower(strings.TrimPrefix(path.Clean("/"+strings.ReplaceAll(s, `\`, "/")), "/"))
}

// main is the name of the part that lists the sheets.
func (b *workbook) main() string {
	links, err := b.links("_rels/.rels", "")
	if err == nil {
		for _, l := range links {
			if strings.HasSuffix(l.kind, "/officeDocument") && strings.HasSuffix(l.target, "workbook.xml") {
				return l.target
			}
		}
	}
	return "xl/workbook.xml"
}

// foreignZip says what an archive is that is no workbook of Excel's.
func foreignZip(data []byte, files map[string]*zip.File) error {
	const save = " Open it, choose Save As (in Numbers: File, Export To), and save it as an Excel workbook (.xlsx) or as CSV UTF-8"
	has := func(name string) bool { return files[name] != nil }
	head := data[:min(len(data), 4096)]
	switch {
	case bytes.Contains(head, []byte("opendocument.spreadsheet")):
		return errors.New("this is a LibreOffice or OpenOffice workbook (.ods), which cannot be read." + save)
	case has("index/document.iwa"), has("index.zip"), bytes.Contains(head, []byte("Index/Document.iwa")):
		return errors.New("this is a workbook or document of an Apple program (.numbers), which cannot be read." + save)
	case has("xl/workbook.bin"):
		return errors.New("this is an Excel workbook of the binary kind (.xlsb), which cannot be read." + save)
	case has("word/document.xml"), bytes.Contains(head, []byte("opendocument.text")):
		return errors.New("this is a word processor's document, not a table; export the list as CSV instead")
	case files == nil && bytes.Contains(data, []byte("xl/")):
		return errDamaged
	}
	return errors.New("this is a ZIP archive, which cannot be read. Unpack it, or open it in a spreadsheet and save it as CSV UTF-8")
}

// A link is what one part says of another.
type link struct{ id, kind, target string }

// each gives the elements of a part, one after the other.
func (b *workbook) each(name string, do func(xml.Token) error) error {
	f := b.files[partName(name)]
	if f == nil {
		return errDamaged
	}
	p, err := openPart(f, b.size)
	if err != nil {
		return err
	}
	for {
		tok, err := p.token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := do(tok); err != nil {
			_ = p.from.Close()
			return err
		}
	}
}

// links reads what the parts in a folder are to each other.
func (b *workbook) links(name, folder string) ([]link, error) {
	var out []link
	err := b.each(name, func(tok xml.Token) error {
		e, ok := tok.(xml.StartElement)
		if !ok || e.Name.Local != "Relationship" || attribute(e, "TargetMode") == "External" {
			return nil
		}
		target := attribute(e, "Target")
		if !strings.HasPrefix(target, "/") {
			target = path.Join(folder, target)
		}
		if out = append(out, link{attribute(e, "Id"), attribute(e, "Type"), partName(target)}); len(out) > 10*maxSheets {
			return errBomb
		}
		return nil
	})
	return out, err
}

// sheets lists the sheets in their order.
func (b *workbook) sheets(main string, links []link, src *source) error {
	return b.each(main, func(tok xml.Token) error {
		e, ok := tok.(xml.StartElement)
		switch {
		case !ok:
		case e.Name.Local == "workbookPr":
			b.is1904 = truth(attribute(e, "date1904"))
		case e.Name.Local == "sheet":
			id := ""
			for _, a := range e.Attr {
				if a.Name.Local == "id" && a.Name.Space != "" {
					id = a.Value
				}
			}
			for _, l := range links {
				if l.id != id || !strings.HasSuffix(l.kind, "/worksheet") || b.files[l.target] == nil {
					continue
				}
				state := attribute(e, "state")
				src.ways = append(src.ways, way{sheet: attribute(e, "name"), hidden: state == "hidden" || state == "veryHidden",
					open: func(bool) (grid, error) { return b.open(l.target) }})
				break
			}
			if len(src.ways) > maxSheets {
				return errBomb
			}
		}
		return nil
	})
}

// readStrings holds the strings that the sheets share, without how they are
// written: bold, coloured, or to be spoken.
func (b *workbook) readStrings(name string) error {
	var all strings.Builder
	var spoken, text bool
	begun := 0
	err := b.each(name, func(tok xml.Token) error {
		switch e := tok.(type) {
		case xml.StartElement:
			switch e.Name.Local {
			case "si":
				begun = all.Len()
			case "rPh":
				spoken = true
			case "t":
				text = !spoken
			}
		case xml.EndElement:
			switch e.Name.Local {
			case "rPh":
				spoken = false
			case "t":
				text = false
			case "si":
				if b.ends = append(b.ends, uint32(all.Len())); len(b.ends) > maxString {
					return errBomb
				}
			}
		case xml.CharData:
			if text {
				all.Write(e)
			}
			if all.Len() > maxShared || all.Len()-begun > maxToken {
				return errGiant
			}
		}
		return nil
	})
	b.strings = all.String()
	return err
}

// shared is the i-th of the shared strings.
func (b *workbook) shared(s string) (string, bool) {
	i, err := strconv.Atoi(s)
	if err != nil || i < 0 || i >= len(b.ends) {
		return "", false
	}
	from := uint32(0)
	if i > 0 {
		from = b.ends[i-1]
	}
	return unescape(b.strings[from:b.ends[i]]), true
}

// readStyles learns how each style shows its numbers.
func (b *workbook) readStyles(name string) error {
	codes := make(map[int]string)
	cells := false
	return b.each(name, func(tok xml.Token) error {
		switch e := tok.(type) {
		case xml.StartElement:
			id, err := strconv.Atoi(attribute(e, "numFmtId"))
			switch e.Name.Local {
			case "numFmt":
				if code := attribute(e, "formatCode"); err == nil && len(code) < 1000 {
					codes[id] = code
				}
			case "cellXfs":
				cells = true
			case "xf":
				if !cells {
					break
				}
				if b.styles = append(b.styles, formatOf(id, codes[id])); len(b.styles) > maxStyles {
					return errBomb
				}
			}
		case xml.EndElement:
			if e.Name.Local == "cellXfs" {
				cells = false
			}
		}
		return nil
	})
}
