package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// The limits of what is looked at inside a document.
const (
	maxParts    = 4_000    // files within a document
	maxNested   = 20 << 20 // bytes of a workbook within a document
	maxProperty = 500      // bytes of what a document says of itself
)

// The reasons for which a document is refused by what is inside it. A program
// that opens with a document can send, delete and copy as its reader; a letter
// of ours must never carry one to three thousand people.
const (
	hasMacros   = "it carries macros, which many mail systems refuse and nobody should open; save it as PDF"
	hasPrograms = "it carries a program or another file that can hold one; take that out, or save it as PDF"
	hasFetching = "it fetches a part of itself from elsewhere when it is opened; save it as PDF"
	hasPassword = "it is locked with a password, so that nobody can look inside; save it without one"
	isDamaged   = "it is damaged; open it, save it again, or save it as PDF"
	isBomb      = "it swells to many times its size when it is unpacked, as no document does; check that it is the right file"
)

// magicOLE begins old documents of Office, locked ones, and most embedded objects.
const magicOLE = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

// A bundle is a document that is a zip of parts: Word's or OpenDocument's.
type bundle struct {
	workbook                   // the parts, and how they are read without swelling
	own      map[string]string // what the document says of itself, by folded name
}

// insideZip looks through a document of Word's or OpenDocument's. It gives what
// the document says of itself, or why it is not taken.
func insideZip(data []byte, media string) (own map[string]string, why string) {
	const none = "its name says it is a word processor's document but it is none; it may be damaged, or a download that went wrong"
	switch {
	case bytes.HasPrefix(data, []byte(magicOLE)) && bytes.Contains(data, []byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e")):
		return nil, hasPassword
	case bytes.HasPrefix(data, []byte(magicOLE)):
		return nil, "it is an old word processor's document (.doc) under another name; save it as PDF or .docx"
	case !isZip(data):
		return nil, none
	case torn(data):
		return nil, dataset.ErrUnfinished.Error()
	case bytes.Contains(data, []byte("vbaProject.bin")): // even where the table of contents hides it
		return nil, hasMacros
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil && !(errors.Is(err, zip.ErrInsecurePath) && z != nil) {
		return nil, isDamaged
	}
	if len(z.File) > maxParts {
		return nil, isBomb
	}
	a := &bundle{workbook: workbook{size: len(data), files: make(map[string]*zip.File, len(z.File))}, own: map[string]string{}}
	for _, f := range z.File {
		name := partName(f.Name)
		if a.files[name] != nil {
			return nil, isDamaged // readers differ in which of the two they open
		}
		a.files[name] = f
		if why := a.program(name, f); why != "" {
			return nil, why
		}
	}
	if media == mediaOdt {
		err = a.openDocument()
	} else {
		err = a.word()
	}
	var refused reason
	switch {
	case errors.As(err, &refused):
		return nil, string(refused)
	case errors.Is(err, errBomb), errors.Is(err, errGiant):
		return nil, isBomb
	case err != nil:
		return nil, isDamaged
	}
	return a.own, ""
}

// A reason is an error that says why a document is not taken.
type reason string

func (r reason) Error() string { return string(r) }

// programEndings are those of files that run when they are opened.
var programEndings = []string{".exe", ".dll", ".scr", ".com", ".bat", ".cmd", ".js", ".jse", ".vbs", ".vbe", ".wsf", ".ps1", ".hta", ".jar", ".msi",
	".lnk", ".pif", ".cpl", ".py", ".sh", ".app", ".docm", ".dotm", ".xlsm", ".xltm", ".xlsb", ".pptm", ".potm", ".ppsm"}

// program says why a part of a document keeps the whole of it out, by its name
// and by how it begins.
func (a *bundle) program(name string, f *zip.File) string {
	base := path.Base(name)
	switch {
	case strings.HasPrefix(base, "vbaproject"), strings.HasPrefix(base, "vbadata"), strings.HasPrefix(name, "scripts/"):
		return hasMacros
	case strings.HasPrefix(name, "basic/") && path.Ext(base) == ".xml" && !strings.HasPrefix(base, "script-l"):
		return hasMacros // the lists of libraries stand there in documents without any
	case strings.Contains(name, "/activex/"), slices.Contains(programEndings, path.Ext(base)):
		return hasPrograms
	case strings.HasSuffix(name, "/"), strings.Contains(name, "/fonts/"): // fonts are scrambled: they may begin with anything
		return ""
	}
	from, err := f.Open()
	if err != nil {
		return isDamaged
	}
	defer func() { _ = from.Close() }()
	head := make([]byte, 8)
	n, err := io.ReadFull(from, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return isDamaged
	}
	head = head[:n]
	for _, magic := range []string{magicOLE, "MZ", "\x7fELF", "\xcf\xfa\xed\xfe", "\xce\xfa\xed\xfe", "\xca\xfe\xba\xbe", "#!"} {
		if bytes.HasPrefix(head, []byte(magic)) {
			return hasPrograms
		}
	}
	if !isZip(head) {
		return ""
	}
	rest, err := io.ReadAll(io.LimitReader(from, maxNested+1))
	if err != nil || len(rest) > maxNested {
		return hasPrograms // too large to look through
	}
	return nested(append(head, rest...))
}

// nested looks through a document within a document, such as the workbook of a
// chart.
func nested(data []byte) string {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil || len(z.File) > maxParts {
		return hasPrograms
	}
	for _, f := range z.File {
		name := partName(f.Name)
		base := path.Base(name)
		if strings.HasPrefix(base, "vbaproject") {
			return hasMacros
		}
		if slices.Contains(programEndings, path.Ext(base)) || strings.Contains(name, "embeddings/") {
			return hasPrograms
		}
	}
	return ""
}

// word looks through a document of Word's.
func (a *bundle) word() error {
	const main = "word/document.xml"
	types := map[string]bool{}
	err := a.elements("[content_types].xml", func(e xml.StartElement) error {
		kind := strings.ToLower(attribute(e, "ContentType"))
		if strings.Contains(kind, "macroenabled") || strings.Contains(kind, "vbaproject") {
			return reason(hasMacros)
		}
		types[kind] = true
		return nil
	})
	if err != nil {
		return err
	}
	if !types["application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"] || a.files[main] == nil {
		return reason("its name says it is a document of Word's but it is another kind; save it as PDF")
	}
	names := make([]string, 0, len(a.files))
	for name := range a.files {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		switch {
		case strings.HasSuffix(name, ".rels"):
			err = a.elements(name, fetching)
		case path.Dir(name) == "word" && path.Ext(name) == ".xml":
			err = a.fields(name)
		}
		if err != nil {
			return err
		}
	}
	if err := a.properties("docprops/core.xml"); err != nil {
		return err
	}
	return a.properties("docprops/custom.xml")
}

// elements gives every element of a part; a part that is not there has none.
func (a *bundle) elements(name string, do func(xml.StartElement) error) error {
	if a.files[name] == nil {
		return nil
	}
	return a.each(name, func(tok xml.Token) error {
		if e, ok := tok.(xml.StartElement); ok {
			return do(e)
		}
		return nil
	})
}

// fetching refuses what opens another file together with the document: a
// template from the web brings its macros with it.
func fetching(e xml.StartElement) error {
	kind := path.Base(attribute(e, "Type"))
	if kind == "vbaProject" {
		return reason(hasMacros)
	}
	target := strings.ToLower(attribute(e, "Target"))
	if attribute(e, "TargetMode") != "External" || !slices.Contains([]string{"attachedTemplate", "oleObject", "frame", "subDocument", "package"}, kind) {
		return nil
	}
	// Word notes the template on its author's own disk; it is not fetched.
	if own, ok := strings.CutPrefix(target, "file:///"); kind == "attachedTemplate" && (ok && !strings.HasPrefix(own, `\\`) || !strings.Contains(target, "://") && !strings.HasPrefix(target, `\\`)) {
		return nil
	}
	return reason(hasFetching)
}

// fields refuses the one field that starts a program: DDE.
func (a *bundle) fields(name string) error {
	var code strings.Builder
	within := false
	starts := func(s string) bool { return strings.HasPrefix(strings.ToUpper(strings.TrimSpace(s)), "DDE") }
	return a.each(name, func(tok xml.Token) error {
		switch e := tok.(type) {
		case xml.StartElement:
			switch e.Name.Local {
			case "instrText":
				within = true
			case "fldChar":
				code.Reset()
			case "fldSimple":
				if starts(attribute(e, "instr")) {
					return reason(hasPrograms)
				}
			}
		case xml.EndElement:
			if e.Name.Local == "instrText" {
				within = false
			}
		case xml.CharData:
			if !within || code.Len() > maxProperty {
				return nil
			}
			if code.Write(e); starts(code.String()) {
				return reason(hasPrograms)
			}
		}
		return nil
	})
}

// openDocument looks through a document of LibreOffice's or OpenOffice's.
func (a *bundle) openDocument() error {
	f := a.files["mimetype"]
	if f == nil {
		return reason(isDamaged)
	}
	from, err := f.Open()
	if err != nil {
		return err
	}
	kind, err := io.ReadAll(io.LimitReader(from, 200))
	_ = from.Close()
	if err != nil {
		return err
	}
	if strings.TrimSpace(string(kind)) != mediaOdt || a.files["content.xml"] == nil {
		return reason("its name says it is a document of LibreOffice's but it is another kind; save it as PDF")
	}
	err = a.elements("meta-inf/manifest.xml", func(e xml.StartElement) error {
		if e.Name.Local == "encryption-data" {
			return reason(hasPassword)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return a.properties("meta.xml")
}

// properties reads what a document says of itself: its title and status, and
// what its author added under a name.
func (a *bundle) properties(part string) error {
	if a.files[part] == nil {
		return nil
	}
	var text strings.Builder
	name := ""
	return a.each(part, func(tok xml.Token) error {
		switch e := tok.(type) {
		case xml.StartElement:
			switch local := e.Name.Local; local {
			case "title", "category":
				name = local
			case "contentStatus":
				name = "status"
			case "property", "user-defined":
				name = attribute(e, "name")
			default:
				return nil
			}
			text.Reset()
		case xml.CharData:
			if name != "" && text.Len()+len(e) <= maxProperty {
				text.Write(e)
			}
		case xml.EndElement:
			switch e.Name.Local {
			case "title", "category", "contentStatus", "property", "user-defined":
				if s := trim(text.String()); s != "" && name != "" {
					a.own[fold(name)] = s
				}
				name = ""
			}
		}
		return nil
	})
}

// torn reports an archive whose table of contents, which is written last, is
// not there.
func torn(data []byte) bool {
	return isZip(data) && !bytes.Contains(data[max(0, len(data)-70_000):], []byte("PK\x05\x06"))
}
