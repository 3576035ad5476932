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
	media, why := documentType(name)
	if why != "" {
		return dataset.Document{}, why
	}
	data, _, err := s.room.read(name, maxBytes)
	if err != nil {
		return dataset.Document{}, err.Error()
	}
	if why := wrongContent(data, media); why != "" {
		return dataset.Document{}, why
	}
	sum := sha256.Sum256(data)
	digest := hex.EncodeToString(sum[:])
	if doc, ok := s.docs[digest]; ok {
		return doc, ""
	}
	if s.total += int64(len(data)); s.total > maxTotal {
		return dataset.Document{}, fmt.Sprintf("the documents are larger than %d MB together; move old ones to another folder", maxTotal>>20)
	}
	if s.docs == nil {
		s.docs = make(map[string]dataset.Document)
	}
	doc := dataset.Document{SHA256: digest, Name: path.Base(name), Type: media, Bytes: data}
	s.docs[digest] = doc
	return doc, ""
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

// wrongContent says why bytes are not what the name promises.
func wrongContent(data []byte, media string) string {
	switch media {
	case mediaPDF:
		if !bytes.Contains(data[:min(len(data), 1024)], []byte("%PDF-")) {
			return "its name says PDF but it is none; it may be a download that went wrong"
		}
	case mediaDocx, mediaOdt:
		if !bytes.HasPrefix(data, []byte("PK\x03\x04")) {
			return "its name says it is a word processor's document but it is none; it may have a password or be damaged"
		}
		if bytes.Contains(data, []byte("vbaProject.bin")) || bytes.Contains(data, []byte("Basic/Standard/")) {
			return "it carries macros, which many mail systems refuse and nobody should open; save it as PDF"
		}
	default:
		if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
			return ""
		}
		if bytes.IndexByte(data, 0) >= 0 {
			return "its name says text but it is none"
		}
	}
	if len(data) == 0 {
		return "the file is empty"
	}
	return ""
}
