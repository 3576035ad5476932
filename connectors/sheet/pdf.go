package sheet

import (
	"bytes"
	"compress/zlib"
	"io"
	"regexp"
	"sync"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// maxUnpacked is how much of a PDF's packed objects is looked at.
const maxUnpacked = 32 << 20

// What is looked for in a PDF. A name may have white space or a comment before
// it; a letter of it may be written as #4a, which is undone first.
var (
	pdfGap       = `(?:[\x00\t\n\f\r ]|%[^\r\n]*[\r\n])*`
	pdfScript    = pattern(`/S` + pdfGap + `/(?:JavaScript|Launch)`)
	pdfEmbedded  = pattern(`/EmbeddedFiles?[^0-9A-Za-z]`)
	pdfEncrypted = pattern(`/Encrypt` + pdfGap + `(?:<<|[0-9]+[\t\n\r ]+[0-9]+[\t\n\r ]+R)`)
	pdfPacked    = pattern(`/Type` + pdfGap + `/ObjStm`)
	pdfOther     = pattern(`/(?:ASCIIHexDecode|ASCII85Decode|LZWDecode|RunLengthDecode|Crypt|AHx|A85|LZW|RL)[^0-9A-Za-z]|/Predictor` + pdfGap + `(?:[2-9]|1[0-9])`)
)

// pattern is a pattern that is compiled when it is first needed, not whenever the
// program starts.
func pattern(text string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })
}

// insidePDF says why a PDF is not taken: it is none, it is not whole, nobody can
// look inside, or it does something when it is opened.
func insidePDF(data []byte) string {
	if !bytes.Contains(data[:min(len(data), 1024)], []byte("%PDF-")) {
		return "its name says PDF but it is none; it may be a download that went wrong"
	}
	if tail := data[max(0, len(data)-2048):]; !bytes.Contains(tail, []byte("%%EOF")) && !bytes.Contains(tail, []byte("startxref")) {
		return dataset.ErrUnfinished.Error()
	}
	if why := pdfDoes(plainNames(data)); why != "" {
		return why
	}
	left := int64(maxUnpacked)
	for at := 0; ; {
		i := bytes.Index(data[at:], []byte("stream"))
		if i < 0 {
			return ""
		}
		i += at
		at = i + len("stream")
		if i >= 3 && string(data[i-3:i]) == "end" {
			continue
		}
		before := data[max(0, i-8192):i]
		if o := bytes.LastIndex(before, []byte(" obj")); o >= 0 {
			before = before[o:]
		}
		if dict := plainNames(before); pdfPacked().Match(dict) {
			if pdfOther().Match(dict) {
				return hasPassword
			}
			objects, why := unpacked(data[at:], bytes.Contains(dict, []byte("/Fl")), &left)
			if why == "" {
				why = pdfDoes(plainNames(objects))
			}
			if why != "" {
				return why
			}
		}
	}
}

// pdfDoes says why what stands in a PDF keeps it out.
func pdfDoes(text []byte) string {
	switch {
	case bytes.Contains(text, []byte("/Encrypt")) && pdfEncrypted().Match(text):
		return hasPassword
	case (bytes.Contains(text, []byte("/JavaScript")) || bytes.Contains(text, []byte("/Launch"))) && pdfScript().Match(text):
		return "it runs a program when it is opened (JavaScript or Launch); print it to PDF anew"
	case bytes.Contains(text, []byte("/EmbeddedFile")) && pdfEmbedded().Match(text):
		return "it has other files inside it; save those beside it, and it without them"
	}
	return ""
}

// unpacked gives the objects of a stream, of which no more than left may come.
func unpacked(stream []byte, packed bool, left *int64) ([]byte, string) {
	stream = bytes.TrimPrefix(bytes.TrimPrefix(stream, []byte("\r")), []byte("\n"))
	if !packed {
		end := bytes.Index(stream, []byte("endstream"))
		if end < 0 {
			return nil, isDamaged
		}
		if *left -= int64(end); *left < 0 {
			return nil, isBomb
		}
		return stream[:end], ""
	}
	z, err := zlib.NewReader(bytes.NewReader(stream))
	if err != nil {
		return nil, isDamaged
	}
	out, err := io.ReadAll(io.LimitReader(z, *left+1))
	if *left -= int64(len(out)); *left < 0 {
		return nil, isBomb
	}
	if err != nil && len(out) == 0 {
		return nil, isDamaged
	}
	return out, "" // readers show what came before the damage, and so it is judged
}

// plainNames undoes the #4a of names.
func plainNames(data []byte) []byte {
	if bytes.IndexByte(data, '#') < 0 {
		return data
	}
	out := make([]byte, 0, len(data))
	for i := 0; i < len(data); i++ {
		if data[i] == '#' && i+2 < len(data) {
			if h, l := hexDigit(data[i+1]), hexDigit(data[i+2]); h >= 0 && l >= 0 {
				out = append(out, byte(h<<4|l))
				i += 2
				continue
			}
		}
		out = append(out, data[i])
	}
	return out
}

func hexDigit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}
