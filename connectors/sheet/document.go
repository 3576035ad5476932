package sheet

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"sort"
	"strings"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// A shelf opens the documents that cells name, and keeps each once.
type shelf struct {
	room  *room
	near  string // the folder of the table that names them
	total int64
	docs  map[string]dataset.Document // by digest
}

// take opens the document of a cell.
func (s *shelf) take(cell string) (dataset.Value, string) {
	if s == nil {
		return dataset.Value{}, "a document can only be read together with the folder that it lies in"
	}
	name, err := inside(cell)
	if err != nil {
		return dataset.Value{}, "a document outside the constituency's folder; put it there"
	}
	if _, err := s.room.root.Stat(name); err != nil && s.near != "." {
		if other := path.Join(s.near, name); s.room.has(other) {
			name = other
		}
	}
	if !s.room.has(name) {
		return dataset.Value{}, "there is no such file in the constituency's folder"
	}
	doc, why := s.open(name)
	if why != "" {
		return dataset.Value{}, why
	}
	return dataset.FileValue(doc.SHA256), ""
}

// open reads a document of the room, or says why not.
func (s *shelf) open(name string) (dataset.Document, string) {
	doc, _, why := s.look(name)
	return doc, why
}

// look is open, and gives what the document says of itself.
func (s *shelf) look(name string) (doc dataset.Document, own map[string]string, why string) {
	media, why := documentType(name)
	if why != "" {
		return doc, nil, why
	}
	data, _, err := s.room.read(name, maxBytes)
	if err != nil {
		return doc, nil, err.Error()
	}
	if own, why = lookInside(data, media); why != "" {
		return doc, nil, why
	}
	sum := sha256.Sum256(data)
	digest := hex.EncodeToString(sum[:])
	if doc, ok := s.docs[digest]; ok {
		return doc, own, ""
	}
	if s.total += int64(len(data)); s.total > maxTotal {
		return doc, nil, fmt.Sprintf("the documents are larger than %d MB together; move old ones to another folder", maxTotal>>20)
	}
	if s.docs == nil {
		s.docs = make(map[string]dataset.Document)
	}
	doc = dataset.Document{SHA256: digest, Name: path.Base(name), Type: media, Bytes: data}
	s.docs[digest] = doc
	return doc, own, ""
}

// deliver puts the documents into the reading, by digest, and makes its own
// digest cover them.
func (s *shelf) deliver(reading *dataset.Reading) {
	if s == nil || len(s.docs) == 0 {
		return
	}
	wanted := make(map[string]bool)
	for _, rec := range reading.Records {
		for _, v := range rec.Cells {
			if v.Kind == dataset.File {
				wanted[v.S] = true
			}
		}
	}
	for digest, doc := range s.docs {
		if wanted[digest] {
			reading.Files = append(reading.Files, doc)
		}
	}
	sort.Slice(reading.Files, func(i, j int) bool { return reading.Files[i].SHA256 < reading.Files[j].SHA256 })
	h := sha256.New()
	h.Write([]byte(reading.SHA256))
	for _, doc := range reading.Files {
		h.Write([]byte(doc.SHA256))
	}
	reading.SHA256 = hex.EncodeToString(h.Sum(nil))
}

const (
	mediaPDF  = "application/pdf"
	mediaDocx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	mediaOdt  = "application/vnd.oasis.opendocument.text"
	mediaText = "text/plain"
	mediaMark = "text/markdown"
)

// documentType is the media type of a document by its name, or why it is none
// that can be taken.
func documentType(name string) (media, why string) {
	switch ext := strings.ToLower(path.Ext(name)); ext {
	case ".pdf":
		return mediaPDF, ""
	case ".docx":
		return mediaDocx, ""
	case ".odt":
		return mediaOdt, ""
	case ".txt":
		return mediaText, ""
	case ".md", ".markdown":
		return mediaMark, ""
	case ".docm", ".dotm", ".xlsm", ".xltm", ".xlam", ".xlsb", ".pptm", ".potm", ".ppsm", ".ppam", ".sldm":
		return "", "a document that can carry macros, which many mail systems refuse and nobody should open; save it as PDF"
	case ".doc", ".dot", ".rtf", ".pages", ".wpd":
		return "", "an old or unusual word processor's document, which not everybody can open; save it as PDF or .docx"
	case "":
		return "", "a file without an ending, so nobody can tell what it is; documents are .pdf, .docx, .odt, .txt or .md"
	default:
		return "", "not a document: those are .pdf, .docx, .odt, .txt or .md; save it as PDF"
	}
}

// documentEndings are those of the documents that are taken.
var documentEndings = []string{".docx", ".markdown", ".md", ".odt", ".pdf", ".txt"}

// lookInside looks at what a document is, whatever its name says: it gives what
// the document says of itself, or why it is not taken.
func lookInside(data []byte, media string) (own map[string]string, why string) {
	if len(data) == 0 {
		return nil, "the file is empty: a download that went wrong, or one that has not come down from the cloud yet"
	}
	if data[0] == 0 && zeros(data) {
		return nil, errBlank.Error()
	}
	switch media {
	case mediaPDF:
		return nil, insidePDF(data)
	case mediaDocx, mediaOdt:
		return insideZip(data, media)
	}
	marked := bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff"))
	if !marked && bytes.IndexByte(data, 0) >= 0 || bytes.HasPrefix(data, []byte("%PDF-")) || isZip(data) {
		return nil, "its name says text but it is none"
	}
	return nil, ""
}
