package sheet

import (
	"bytes"
	"errors"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
	"unsafe"
)

// What a file without content says: it failed, or its content is elsewhere.
var (
	errEmpty = errors.New("the file is empty; export it again. If it lies in a folder that is kept in the cloud, open it once, so that it comes down")
	errBlank = errors.New("nothing is in the file but zeros: its content has not come down from the cloud yet, or the download broke off. Open it once, or export it again")
)

// refuseForeign refuses bytes that are some other kind of file, with what to
// do about it. It looks at the content, because names lie.
func refuseForeign(data []byte) error {
	const save = " Open it, choose Save As, and save it as an Excel workbook (.xlsx) or as CSV UTF-8"
	head := data[:min(len(data), 4096)]
	lower := bytes.ToLower(bytes.TrimLeft(head, "\xef\xbb\xbf \t\r\n"))
	switch {
	case len(data) == 0:
		return errEmpty
	case head[0] == 0 && zeros(data):
		return errBlank
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")) && bytes.Contains(data, []byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e")):
		return errors.New("this is an Excel workbook with a password, which cannot be read. Open it, take the password off (File, Info, Protect Workbook), and save it again")
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return errors.New("this is an old Excel workbook (.xls), which cannot be read." + save)
	case bytes.HasPrefix(head, []byte("%PDF-")):
		return errors.New("this is a PDF, not a table; export the list as CSV instead")
	case bytes.HasPrefix(head, []byte("\x1f\x8b")):
		return errors.New("this is a compressed file; unpack it first")
	case bytes.HasPrefix(head, []byte("{\\rtf")):
		return errors.New("this is a word processor's document, not a table; export the list as CSV instead")
	case bytes.HasPrefix(lower, []byte("<!doctype html")), bytes.HasPrefix(lower, []byte("<html")):
		return errors.New("this is a web page, perhaps a sign-in page that was saved in place of the list; download it again")
	case bytes.HasPrefix(lower, []byte("<?xml")), bytes.HasPrefix(lower, []byte("<table")):
		return errors.New("this is a workbook saved as XML or HTML, which cannot be read." + save)
	case bytes.HasPrefix(lower, []byte("begin:vcalendar")):
		return errors.New("this is a calendar: look at it with clarion calendar. To read meetings from it, name it whole in constituency.yaml, as in from: data/meetings.ics")
	}
	return nil
}

// zeros reports whether data has a size and no content, as the place of a file
// has that has not come down yet.
func zeros(data []byte) bool {
	return len(bytes.Trim(data, "\x00")) == 0
}

// decode gives the text that the bytes stand for: by byte-order mark, by the
// NULs of UTF-16, as UTF-8 if they are, and else as Windows-1252. Characters
// that cannot be told are U+FFFD, and cells with one are problems.
func decode(data []byte) (text, encoding string) {
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		return strings.ToValidUTF8(asText(data[3:]), "\uFFFD"), "UTF-8"
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		return decode16(data[2:], false), "UTF-16"
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		return decode16(data[2:], true), "UTF-16"
	}
	if big, yes := looks16(data); yes {
		return decode16(data, big), "UTF-16"
	}
	if utf8.Valid(data) {
		return asText(data), "UTF-8"
	}
	if mostly8(data) {
		return strings.ToValidUTF8(asText(data), "\uFFFD"), "UTF-8"
	}
	return decode1252(data), "Windows-1252"
}

// asText gives the bytes of a file as text without copying them: nobody changes
// them once they are read, and a file of 50 MB is held only once.
func asText(data []byte) string { return unsafe.String(unsafe.SliceData(data), len(data)) }

// looks16 reports whether the bytes are UTF-16 without a mark: Latin text then
// has a NUL in every other place.
func looks16(data []byte) (big, yes bool) {
	n := min(len(data), 4096) &^ 1
	if n < 4 {
		return false, false
	}
	var even, odd int
	for i := 0; i < n; i += 2 {
		if data[i] == 0 {
			even++
		}
		if data[i+1] == 0 {
			odd++
		}
	}
	half := n / 2
	switch {
	case odd*10 >= half*7 && even*10 <= half:
		return false, true
	case even*10 >= half*7 && odd*10 <= half:
		return true, true
	}
	return false, false
}

func decode16(data []byte, big bool) string {
	units := make([]uint16, 0, len(data)/2+1)
	for i := 0; i+1 < len(data); i += 2 {
		if big {
			units = append(units, uint16(data[i])<<8|uint16(data[i+1]))
		} else {
			units = append(units, uint16(data[i+1])<<8|uint16(data[i]))
		}
	}
	if len(data)%2 == 1 {
		units = append(units, utf8.RuneError)
	}
	return string(utf16.Decode(units))
}

// mostly8 reports whether invalid bytes are stray ones in text that is UTF-8:
// at least four characters of several bytes for each of them.
func mostly8(data []byte) bool {
	var good, bad int
	for i := 0; i < len(data); {
		if data[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size == 1 {
			bad++
		} else {
			good++
		}
		i += size
	}
	return good >= 4*bad
}

// high1252 is what Windows-1252 has in the places 0x80 to 0x9F.
var high1252 = [32]rune{
	'€', utf8.RuneError, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', utf8.RuneError, 'Ž', utf8.RuneError,
	utf8.RuneError, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', utf8.RuneError, 'ž', 'Ÿ',
}

func decode1252(data []byte) string {
	var b strings.Builder
	b.Grow(len(data) + len(data)/8)
	for _, c := range data {
		switch {
		case c < 0x80:
			b.WriteByte(c)
		case c < 0xA0:
			b.WriteRune(high1252[c-0x80])
		default:
			b.WriteRune(rune(c))
		}
	}
	return b.String()
}

// blankText reports whether there is nothing but space in s.
func blankText(s string) bool { return trim(s) == "" }
