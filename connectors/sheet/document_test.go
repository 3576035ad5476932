package sheet

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// zipped packs parts, given as names and texts, in this order. A later part of
// the same name takes the place of an earlier one.
func zipped(t testing.TB, parts ...string) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(parts); i += 2 {
		text := parts[i+1]
		again := false
		for j := i + 2; j < len(parts); j += 2 {
			if parts[j] == parts[i] && !again {
				text, again = parts[j+1], true
			}
		}
		earlier := false
		for j := 0; j < i; j += 2 {
			earlier = earlier || parts[j] == parts[i]
		}
		if earlier {
			continue
		}
		method := zip.Deflate
		if parts[i] == "mimetype" {
			method = zip.Store
		}
		f, err := w.CreateHeader(&zip.FileHeader{Name: parts[i], Method: method})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

const (
	wordTypes = `<Types><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`
	wordText  = `<w:document xmlns:w="w"><w:body><w:p><w:r><w:t>Minutes</w:t></w:r></w:p></w:body></w:document>`
)

// wordFile is a document of Word's with more parts.
func wordFile(t testing.TB, more ...string) string {
	t.Helper()
	return zipped(t, append([]string{"[Content_Types].xml", wordTypes, "word/document.xml", wordText}, more...)...)
}

// openFile is a document of LibreOffice's with more parts.
func openFile(t testing.TB, more ...string) string {
	t.Helper()
	return zipped(t, append([]string{"mimetype", mediaOdt, "content.xml", "<office:document-content/>", "META-INF/manifest.xml", "<manifest:manifest/>"}, more...)...)
}

// pdfFile is a PDF with some objects.
func pdfFile(objects ...string) string {
	return "%PDF-1.7\n" + strings.Join(objects, "\n") + "\ntrailer << /Root 1 0 R >>\nstartxref\n9\n%%EOF\n"
}

// packedPDF is a PDF whose objects are packed.
func packedPDF(t testing.TB, dict, objects string) string {
	t.Helper()
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	if _, err := w.Write([]byte(objects)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return pdfFile("4 0 obj << " + dict + " >>\nstream\r\n" + b.String() + "\nendstream endobj")
}

// TestWhatIsInsideADocument: it is judged by that, and not by its name.
func TestWhatIsInsideADocument(t *testing.T) {
	rels := func(kind, target string) string {
		return `<Relationships><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/` + kind + `" Target="` + target + `" TargetMode="External"/></Relationships>`
	}
	field := func(code string) string {
		return `<w:document><w:fldChar/><w:instrText>` + code[:1] + `</w:instrText><w:instrText>` + code[1:] + `</w:instrText></w:document>`
	}
	locked := magicOLE + "E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00"
	whole := wordFile(t)
	bomb := `<w:document>` + strings.Repeat(" ", 20<<20) + `</w:document>`
	for name, c := range map[string]struct{ data, media, want string }{
		"word":                       {whole, mediaDocx, ""},
		"word, a link in it":         {wordFile(t, "word/_rels/document.xml.rels", rels("hyperlink", "https://example.org")), mediaDocx, ""},
		"word, its author's own":     {wordFile(t, "word/_rels/settings.xml.rels", rels("attachedTemplate", `file:///C:\\Users\\ann\\Normal.dotm`)), mediaDocx, ""},
		"word, a chart":              {wordFile(t, "word/embeddings/Sheet1.xlsx", zipped(t, "xl/workbook.xml", "x")), mediaDocx, ""},
		"word, a page number":        {wordFile(t, "word/document.xml", field(" PAGE ")), mediaDocx, ""},
		"word, macros":               {wordFile(t, "word/vbaProject.bin", "x"), mediaDocx, "macros"},
		"word, macros by type":       {wordFile(t, "[Content_Types].xml", strings.ReplaceAll(wordTypes, "openxmlformats-officedocument.wordprocessingml.document", "ms-word.document.macroEnabled")), mediaDocx, "macros"},
		"word, macros elsewhere":     {wordFile(t, "word/_rels/document.xml.rels", `<R><Relationship Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject" Target="other.bin"/></R>`, "word/other.bin", "x"), mediaDocx, "macros"},
		"word, a macro workbook":     {wordFile(t, "word/embeddings/Sheet1.xlsx", zipped(t, "xl/vbaProject.bin", "x")), mediaDocx, "macros"},
		"word, an object":            {wordFile(t, "word/embeddings/oleObject1.bin", magicOLE), mediaDocx, "program"},
		"word, a program":            {wordFile(t, "word/media/picture.png", "MZ\x90\x00"), mediaDocx, "program"},
		"word, a control":            {wordFile(t, "word/activeX/activeX1.xml", "<a/>"), mediaDocx, "program"},
		"word, a script":             {wordFile(t, "word/media/x.vbs", "x"), mediaDocx, "program"},
		"word, DDE":                  {wordFile(t, "word/document.xml", field("DDEAUTO cmd")), mediaDocx, "program"},
		"word, a template fetched":   {wordFile(t, "word/_rels/settings.xml.rels", rels("attachedTemplate", "https://example.com/x.dotm")), mediaDocx, "elsewhere"},
		"word, a template on a host": {wordFile(t, "word/_rels/settings.xml.rels", rels("attachedTemplate", `\\\\host\\x.dotm`)), mediaDocx, "elsewhere"},
		"word, a password":           {locked, mediaDocx, "password"},
		"word, the old kind":         {magicOLE + "WordDocument", mediaDocx, "old word processor"},
		"word, only by name":         {"<html>", mediaDocx, "it is none"},
		"word, a workbook":           {zipped(t, "xl/workbook.xml", "x"), mediaDocx, "another kind"},
		"word, cut off":              {whole[:len(whole)-60], mediaDocx, "end is missing"},
		"word, damaged":              {wordFile(t, "word/document.xml", "<a"), mediaDocx, "damaged"},
		"word, a bomb":               {wordFile(t, "word/document.xml", bomb), mediaDocx, "swells"},
		"word, an entity":            {wordFile(t, "word/document.xml", `<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>`), mediaDocx, "damaged"},
		"word, parts twice":          {wordFile(t, "WORD/document.xml", wordText), mediaDocx, "damaged"},
		"odt":                        {openFile(t), mediaOdt, ""},
		"odt, lists of no macros":    {openFile(t, "Basic/script-lc.xml", "<a/>", "Basic/Standard/script-lb.xml", "<a/>"), mediaOdt, ""},
		"odt, Basic":                 {openFile(t, "Basic/Standard/Module1.xml", "<a/>"), mediaOdt, "macros"},
		"odt, Python":                {openFile(t, "Scripts/python/x.txt", "x"), mediaOdt, "macros"},
		"odt, an object":             {openFile(t, "Object 1", magicOLE), mediaOdt, "program"},
		"odt, a password":            {openFile(t, "META-INF/manifest.xml", "<m><manifest:encryption-data/></m>"), mediaOdt, "password"},
		"odt, a workbook":            {openFile(t, "mimetype", "application/vnd.oasis.opendocument.spreadsheet"), mediaOdt, "another kind"},
		"pdf":                        {pdfFile("1 0 obj << /Type /Catalog >> endobj"), mediaPDF, ""},
		"pdf, an action that goes":   {pdfFile("1 0 obj << /OpenAction << /S /GoTo /D [3 0 R /Fit] >> >> endobj"), mediaPDF, ""},
		"pdf, packed":                {packedPDF(t, "/Type /ObjStm /Filter /FlateDecode", "<< /Type /Catalog >>"), mediaPDF, ""},
		"pdf, a script":              {pdfFile("1 0 obj << /OpenAction << /S /JavaScript /JS (app.alert) >> >> endobj"), mediaPDF, "runs a program"},
		"pdf, a script in disguise":  {pdfFile("1 0 obj << /S % a comment\n/J#61va#53cript >> endobj"), mediaPDF, "runs a program"},
		"pdf, a script packed":       {packedPDF(t, "/Type/ObjStm/Filter/FlateDecode", "<< /S/JavaScript /JS (x) >>"), mediaPDF, "runs a program"},
		"pdf, a program":             {pdfFile("1 0 obj << /S /Launch /F (cmd.exe) >> endobj"), mediaPDF, "runs a program"},
		"pdf, files in it":           {pdfFile("1 0 obj << /Names << /EmbeddedFiles 2 0 R >> >> endobj"), mediaPDF, "other files"},
		"pdf, a password":            {pdfFile("trailer << /Encrypt 7 0 R >>"), mediaPDF, "password"},
		"pdf, packed oddly":          {packedPDF(t, "/Type /ObjStm /Filter [/ASCIIHexDecode /FlateDecode]", "x"), mediaPDF, "password"},
		"pdf, a bomb":                {packedPDF(t, "/Type /ObjStm /Filter /FlateDecode", strings.Repeat(" ", maxUnpacked+1)), mediaPDF, "swells"},
		"pdf, cut off":               {"%PDF-1.7\n1 0 obj << /Type /Cat", mediaPDF, "end is missing"},
		"pdf, only by name":          {"<html>sign in</html>", mediaPDF, "it is none"},
		"text":                       {"hello", mediaText, ""},
		"text that is a PDF":         {"%PDF-1.7", mediaText, "it is none"},
		"text that is an archive":    {whole, mediaMark, "it is none"},
		"nothing":                    {"", mediaPDF, "empty"},
	} {
		if _, why := lookInside([]byte(c.data), c.media); why != "" && c.want == "" || !strings.Contains(why, c.want) {
			t.Errorf("%s: %q, want %q", name, why, c.want)
		}
	}
}

// TestWhatIsSaidOfADocument: the index before the sidecar before the head of the
// text before the name before the properties.
func TestWhatIsSaidOfADocument(t *testing.T) {
	core := func(title, status string) string {
		return `<cp:coreProperties><dc:title>` + title + `</dc:title><cp:contentStatus>` + status + `</cp:contentStatus></cp:coreProperties>`
	}
	custom := `<Properties><property name="Meeting"><vt:lpwstr>gm-7</vt:lpwstr></property><property name="Nonsense"><vt:lpwstr>x</vt:lpwstr></property></Properties>`
	meta := `<m><dc:title>Agenda of 12 October 2026</dc:title><meta:user-defined meta:name="Status">Agreed</meta:user-defined></m>`
	root := lay(t,
		"papers/1 minutes draft.txt", "---\nstatus: approved\nmeeting: gm-1\n---\nMinutes",
		"papers/2 minutes draft.md", "---\nstatus: approved\nmeeting: gm-a\n---\nMinutes", "papers/2 minutes draft.md.yaml", "meeting: gm-b\ntitle: Ours\n",
		"papers/2b minutes.md", "---\r\nmeeting: gm-a\r\n---\r\nMinutes", "papers/2b minutes.yaml", "meeting: gm-b\n",
		"papers/3 minutes.pdf", "%PDF-1 3 %%EOF", "papers/3 minutes.yml", "status: approved\n",
		"papers/4 minutes draft.docx", wordFile(t, "docProps/core.xml", core("Old", "Final"), "docProps/custom.xml", custom),
		"papers/2026-11-12 gm agenda.odt", openFile(t, "meta.xml", meta),
		"papers/2026-11-13 ec agenda.docx", wordFile(t, "docProps/core.xml", core("What the executive will talk about", "no status of ours")),
		"papers/5 rule.md", "---\nA line across the page\n---\n",
		"papers/6 bad.txt", "---\nstatus: [a, b]\n---\n", "papers/7 odd.txt", "---\nshoe size: 4\n---\n", "papers/8.txt", "x", "papers/8.txt.yaml", "status",
		"papers/alone.yaml", "status: draft\n", "papers/9 same.txt", "x",
		"papers/index.csv", "file,meeting\n2 minutes draft.md,gm-c\n",
	)
	schema := documents()
	r, err := Read(context.Background(), root, Spec{Folder: "papers"}, schema, london(t))
	if err != nil {
		t.Fatal(err)
	}
	account(t, r)
	got := map[string]string{}
	for _, rec := range r.Records {
		cell := func(column string) string { return rec.Cells[columnOf(schema, column)].S }
		got[rec.Key] = fmt.Sprintf("%s|%s|%s", cell("meeting"), cell("status"), cell("title"))
	}
	for name, want := range map[string]string{
		"1 minutes draft.txt": "gm-1|approved|1 minutes draft", "2 minutes draft.md": "gm-c|approved|Ours", "2b minutes.md": "gm-b||2b minutes", "3 minutes.pdf": "|approved|3 minutes",
		"4 minutes draft.docx": "gm-7|draft|4 minutes draft", "2026-11-12 gm agenda.odt": "gm-2026-11-12|approved|2026-11-12 gm agenda",
		"2026-11-13 ec agenda.docx": "ec-2026-11-13||What the executive will talk about", "5 rule.md": "||5 rule", "9 same.txt": "||9 same",
	} {
		if got[name] != want {
			t.Errorf("%s: %q, want %q", name, got[name], want)
		}
	}
	var said []string
	for _, x := range append(r.Refused, r.Skipped...) {
		said = append(said, x.Text+": "+x.Why)
	}
	for _, n := range r.Notes {
		said = append(said, n.Text+": "+n.Column+" "+n.Why)
	}
	all := strings.Join(said, "\n")
	for _, want := range []string{
		"6 bad.txt: what stands between --- at its head cannot be read: line 1: write one value", `7 odd.txt: what stands between --- at its head cannot be read: line 1: "shoe size" is nothing that is kept`,
		"8.txt: what 8.txt.yaml says of it cannot be read", "alone.yaml: not a document", "2 minutes draft.md.yaml: says what 2 minutes draft.md is",
		"4 minutes draft.docx: status its properties say approved; the name of the file counts", "4 minutes draft.docx: meeting it is not in the name",
		"2026-11-12 gm agenda.odt: title its properties bear the title of another day",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("nobody says %q:\n%s", want, all)
		}
	}
}

// TestFilesThatLieInTheWay are passed over, and say so if they are asked for.
func TestFilesThatLieInTheWay(t *testing.T) {
	for name, want := range map[string]string{
		"~$minutes.docx": "lock file", ".~lock.members.csv#": "lock file", "Thumbs.db": "computer's own", "desktop.ini": "computer's own", "._x.pdf": "computer's own",
		"x.pdf.crdownload": "not finished", "x.csv.part": "not finished", "Unconfirmed 12.crdownload": "not finished", "x.download": "not finished",
		"members (Ann's conflicted copy 2026-11-02).csv": "second version", "members.sync-conflict-20261102-1.csv": "second version", "members.csv~": "temporary",
		".members.csv.icloud": "in the cloud", "minutes.gdoc": "link to a document", "x.tmp": "temporary", "minutes.docx.sb-12-ab": "keeps folders the same",
	} {
		if got := passedOver(name); !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
		_, err := Read(context.Background(), lay(t, name, oneMember), Spec{From: name}, members(), london(t))
		if err == nil || !strings.Contains(err.Error(), "passed over: ") {
			t.Errorf("%s, asked for: %v", name, err)
		}
	}
	for _, name := range []string{"members.csv", "partners.csv", "download.csv", "temple.pdf", "~2026.csv.xlsx"[1:], "copy of members.csv"} {
		if got := passedOver(name); got != "" {
			t.Errorf("%s is passed over: %s", name, got)
		}
	}
}

// TestAFileThatIsNotWhole is known from one that is.
func TestAFileThatIsNotWhole(t *testing.T) {
	xlsx := string(book(t, nil, tab{name: "S", rows: [][]any{{"Mem No", "First name"}, {"A1", "Jo"}}}))
	for name, c := range map[string]struct {
		files      []string
		cut, inUse bool
	}{
		"whole":                {[]string{"m.csv", oneMember}, false, false},
		"without its last end": {[]string{"m.csv", strings.TrimSuffix(oneMember, "\n")}, true, false},
		"whole in UTF-16":      {[]string{"m.csv", "\xff\xfeM\x00e\x00m\x00 \x00N\x00o\x00\n\x001\x00\n\x00"}, false, false},
		"open in LibreOffice":  {[]string{"m.csv", oneMember, ".~lock.m.csv#", ""}, false, true},
		"open in Excel":        {[]string{"m.csv", oneMember, "~$m.csv", ""}, false, true},
		"still downloaded":     {[]string{"m.csv", oneMember, "m.csv.part", ""}, false, true},
	} {
		r, err := Read(context.Background(), lay(t, c.files...), Spec{From: "*.csv"}, members(), london(t))
		if err != nil || r.Cut != c.cut || (r.InUse != "") != c.inUse {
			t.Errorf("%s: %v, cut %t, in use %q", name, err, r.Cut, r.InUse)
		}
	}
	if _, err := Read(context.Background(), lay(t, "m.xlsx", xlsx[:len(xlsx)-40]), Spec{From: "*.xlsx"}, members(), london(t)); !errors.Is(err, dataset.ErrUnfinished) {
		t.Errorf("a workbook that is cut off: %v", err)
	}
	r, err := Read(context.Background(), lay(t, "p/a.txt", "x", "p/~$a.docx", ""), Spec{Folder: "p"}, documents(), london(t))
	if err != nil || r.InUse == "" {
		t.Errorf("a folder in which a document is open: %v, %q", err, r.InUse)
	}
}

// FuzzDocument looks into any bytes: nothing panics or swells, the reason is
// plain, and what carries macros by the name of a part is never taken.
func FuzzDocument(f *testing.F) {
	f.Add([]byte(wordFile(f, "docProps/core.xml", "<c><title>x</title></c>")), "status: draft")
	f.Add([]byte(openFile(f, "meta.xml", `<m><user-defined name="Status">x</user-defined></m>`)), "")
	f.Add([]byte(packedPDF(f, "/Type /ObjStm /Filter /FlateDecode", "<< /S /JavaScript >>")), "a: [b]")
	f.Add([]byte(wordFile(f, "word/vbaProject.bin", "x")), "&a [*a]")
	schema := documents()
	m, err := newMapper(Spec{}, schema)
	if err != nil {
		f.Fatal(err)
	}
	folder := &folderReader{typer: &typer{schema: schema}, words: m, file: columnOf(schema, "file")}
	f.Fuzz(func(t *testing.T, data []byte, text string) {
		for _, media := range []string{mediaPDF, mediaDocx, mediaOdt, mediaText} {
			own, why := lookInside(data, media)
			if !utf8.ValidString(why) || why == "" && media == mediaDocx && bytes.Contains(data, []byte("vbaProject.bin")) {
				t.Fatalf("%s: %q", media, why)
			}
			for name, s := range own {
				if len(s) > maxProperty+10 {
					t.Fatalf("%s is %d bytes long", name, len(s))
				}
			}
		}
		for _, text := range [][]byte{[]byte(text), frontMatter(data)} {
			if _, err := folder.said(text); err != nil && strings.ContainsAny(err.Error(), "\x00\x1b\u202e\n") {
				t.Fatalf("the error is not plain: %q", err)
			}
		}
	})
}

// TestAPaperThatWouldTakeHours: streams that never end, each holding all that
// follow, are a bomb.
func TestAPaperThatWouldTakeHours(t *testing.T) {
	data := "%PDF-1.7\n" + strings.Repeat(" obj/Type/ObjStm stream", 400_000) + "endstream #aa startxref"
	if _, why := lookInside([]byte(data), "application/pdf"); why != isBomb {
		t.Errorf("it is judged %q", why)
	}
}
