package inbound

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path"
	"strings"
	"unicode"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// FileKind is what an attachment may be used as.
type FileKind string

// The kinds of files.
const (
	SheetFile    FileKind = "sheet"
	CalendarFile FileKind = "calendar"
	DocumentFile FileKind = "document"
	PictureFile  FileKind = "picture"
	MessageFile  FileKind = "message"
	OtherFile    FileKind = "other"
)

// An Attachment is a file that came with a message.
type Attachment struct {
	Name    string // safe to save under, in any folder of any system
	Type    string // as the sender says: text/csv
	Kind    FileKind
	Size    int
	SHA256  string
	Refused string // why it must not be taken, and what to do; empty if it may

	part *part
}

// Bytes are the file's own, decoded anew whenever they are asked for. What was
// refused has none.
func (a Attachment) Bytes() ([]byte, error) {
	if a.Refused != "" {
		return nil, errors.New(a.Refused)
	}
	return a.part.decoded(maxFile)
}

const (
	maxFile  = 25 << 20
	longName = 120 // bytes of a file's name
)

// fileKinds are the endings of names, and what such a file is. A reason why it
// is not taken stands behind a colon.
var fileKinds = map[string]string{
	".csv": "sheet", ".tsv": "sheet", ".tab": "sheet", ".xlsx": "sheet",
	".xls":  "sheet:it is a workbook of before 2007; ask for it saved as .xlsx or CSV",
	".ods":  "sheet:it is a workbook of LibreOffice; ask for it saved as .xlsx or CSV",
	".xlsb": "sheet:it is a binary workbook; ask for it saved as .xlsx or CSV",
	".xlsm": "sheet:it can hold a program (macros); ask for it saved as .xlsx or CSV",
	".ics":  "calendar",
	".pdf":  "document", ".docx": "document", ".odt": "document", ".txt": "document", ".md": "document",
	".doc":  "document:it is a Word document of before 2007; ask for it as .docx or PDF",
	".rtf":  "document:it can hold other files; ask for it as .docx or PDF",
	".docm": "document:it can hold a program (macros); ask for it as .docx or PDF",
	".dotm": "document:it can hold a program (macros); ask for it as .docx or PDF",
	".jpg":  "picture", ".jpeg": "picture", ".png": "picture", ".gif": "picture", ".webp": "picture", ".heic": "picture", ".bmp": "picture", ".svg": "picture:it can hold a program",
	".eml": "message",
	".zip": "other:it is packed; ask for the file itself", ".7z": "other:it is packed; ask for the file itself", ".rar": "other:it is packed; ask for the file itself", ".gz": "other:it is packed; ask for the file itself",
	".p7m": "other:it is encrypted; ask for it without", ".p7s": "other", ".asc": "other", ".pgp": "other:it is encrypted; ask for it without", ".gpg": "other:it is encrypted; ask for it without",
}

// typeEndings are the endings of the types, for files without a name of theirs.
var typeEndings = map[string]string{
	"text/csv": ".csv", "application/csv": ".csv", "text/tab-separated-values": ".tsv",
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx", "application/vnd.ms-excel": ".xls",
	"application/vnd.ms-excel.sheet.macroenabled.12": ".xlsm", "application/vnd.oasis.opendocument.spreadsheet": ".ods",
	"text/calendar": ".ics", "application/ics": ".ics", "application/pdf": ".pdf", "text/plain": ".txt", "text/markdown": ".md", "text/html": ".html",
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx", "application/msword": ".doc", "application/rtf": ".rtf",
	"application/vnd.oasis.opendocument.text": ".odt", "image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/webp": ".webp", "image/svg+xml": ".svg",
	"message/rfc822": ".eml", "message/global": ".eml", "application/zip": ".zip", "application/pgp-encrypted": ".pgp", "application/pkcs7-mime": ".p7m",
}

// beginnings are the bytes with which files of a kind begin.
var beginnings = map[string]string{".xlsx": "PK\x03\x04", ".docx": "PK\x03\x04", ".odt": "PK\x03\x04", ".pdf": "%PDF-"}

// attachments looks at every file that came with the message.
func (m *Message) attachments(r *reader) {
	used := map[string]bool{}
	for _, p := range r.files {
		m.Attachments = append(m.Attachments, attachment(p, used))
	}
}

func attachment(p *part, used map[string]bool) Attachment {
	name := p.fileName()
	if name == "" && typeEndings[p.media] == ".eml" {
		if inner, _, _ := readHeader(p.body); inner.Get("Subject") != "" {
			name = strings.ReplaceAll(words(inner.Get("Subject")), "/", "-") + ".eml"
		}
	}
	a := Attachment{Type: line(p.media, 100), part: p}
	a.Name = unused(safeName(name, typeEndings[p.media]), used)
	ending := strings.ToLower(path.Ext(a.Name))
	kind, refused, _ := strings.Cut(fileKinds[ending], ":")
	a.Kind, a.Refused = FileKind(kind), refused
	if kind == "" {
		a.Kind = OtherFile
		a.Refused = "no list or document has a name that ends so"
	}
	if method := strings.ToLower(p.params["method"]); a.Kind == CalendarFile && method != "" && method != "publish" {
		a.Kind, a.Refused = OtherFile, "it is an invitation or the answer to one, not a calendar"
	}
	data, err := p.decoded(maxFile + 1)
	sum := sha256.Sum256(data)
	a.Size, a.SHA256 = len(data), hex.EncodeToString(sum[:])
	switch {
	case p.media == "application/ms-tnef" || strings.EqualFold(name, "winmail.dat"):
		a.Kind, a.Refused = OtherFile, "Outlook packed what was attached into it; ask for the message again as HTML or plain text"
	case err != nil:
		a.Refused = err.Error() + "; ask for it again"
	case p.cut:
		a.Refused = "the message ends in the middle of it; ask for it again"
	case len(data) > maxFile:
		a.Refused = fmt.Sprintf("it is larger than %d MB", maxFile>>20)
	case a.Refused != "":
	case len(data) == 0:
		a.Refused = "it is empty"
	case !bytes.HasPrefix(data, []byte(beginnings[ending])):
		a.Refused = "it is not what its name says; ask for it again"
	case bytes.HasPrefix(data, []byte("MZ")) || bytes.HasPrefix(data, []byte("\x7fELF")):
		a.Refused = "it is a program, whatever its name says"
	}
	return a
}

// reserved are names that Windows takes for devices.
var reserved = map[string]bool{"con": true, "prn": true, "aux": true, "nul": true, "conin$": true, "conout$": true}

// safeName makes a name that stays in its folder, on any system: no separators,
// nothing unseen, nothing that is an option, a device or a hidden file.
func safeName(name, ending string) string {
	name = strings.ToValidUTF8(name, "")
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(`<>:"|?*%$&;'`+"`", r), r == unicode.ReplacementChar:
			return '-'
		case unicode.IsSpace(r):
			return ' '
		case dataset.Plain(string(r)) != string(r):
			return '-'
		}
		return r
	}, name)
	name = strings.TrimLeft(strings.Trim(strings.Join(strings.Fields(name), " "), ". "), "-.~ ")
	ext := path.Ext(name)
	if len(ext) > 12 || strings.Contains(ext, " ") {
		ext = ""
	}
	stem := strings.TrimRight(strings.TrimSuffix(name, ext), ". ")
	if ext == "" {
		ext = ending
	}
	if stem == "" {
		stem = "attachment"
	}
	for len(stem)+len(ext) > longName {
		r := []rune(stem)
		stem = strings.TrimRight(string(r[:len(r)-1]), ". ")
	}
	low := strings.ToLower(stem)
	if first, _, _ := strings.Cut(low, "."); reserved[strings.TrimSpace(first)] || len(first) == 4 && (strings.HasPrefix(first, "com") || strings.HasPrefix(first, "lpt")) && first[3] >= '0' && first[3] <= '9' {
		stem = "_" + stem
	}
	return stem + ext
}

// unused is the name, or the name with a number if another file has it.
func unused(name string, used map[string]bool) string {
	ext := path.Ext(name)
	stem, try := strings.TrimSuffix(name, ext), name
	for n := 2; used[strings.ToLower(try)]; n++ {
		try = fmt.Sprintf("%s (%d)%s", stem, n, ext)
	}
	used[strings.ToLower(try)] = true
	return try
}
