package sheet

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/clarion-clp/clarion/engine/calendar"
)

// A format is how a style of a workbook shows numbers, as far as it matters
// here: dates are numbers that only their format tells from others.
type format struct {
	day, clock bool
	percent    bool
	foreign    string  // a currency that is not pounds
	picture    []digit // "A"000000: the figures with their noughts, and the letters between them
	places     int     // for figures, in picture
}

// A digit is a place for a figure or, if it is not 0, a letter.
type digit struct {
	letter rune
	nought bool // shown even where the number has no figure
}

var general format

// formatOf reads the format of a number: one that every spreadsheet knows by
// its id, or a code.
func formatOf(id int, code string) format {
	if code != "" {
		return readFormat(code)
	}
	switch {
	case id >= 14 && id <= 17, id >= 27 && id <= 31, id == 36, id >= 50 && id <= 58:
		return format{day: true}
	case id >= 18 && id <= 21, id >= 32 && id <= 35, id >= 45 && id <= 47:
		return format{clock: true}
	case id == 22:
		return format{day: true, clock: true}
	case id == 9, id == 10:
		return format{percent: true}
	}
	return format{}
}

// readFormat reads the first section of a code, which is that of positive
// numbers: dd/mm/yyyy, "A"000000, [$€-2] #,##0.00.
func readFormat(code string) format {
	if strings.EqualFold(code, "general") || code == "@" {
		return format{}
	}
	f := format{}
	plain := true // nothing but figures and letters
	var months, words bool
	var letters strings.Builder // all that stands for itself
	literal := func(r rune) {
		letters.WriteRune(r)
		f.picture = append(f.picture, digit{letter: r})
	}
	runes := []rune(code)
	for i := 0; i < len(runes); i++ {
		switch r := runes[i]; r {
		case ';':
			i = len(runes)
		case '"':
			for i++; i < len(runes) && runes[i] != '"'; i++ {
				literal(runes[i])
			}
		case '\\':
			if i++; i < len(runes) {
				literal(runes[i])
			}
		case '_', '*':
			i++
		case '[':
			end := i + 1
			for end < len(runes) && runes[end] != ']' {
				end++
			}
			inner := string(runes[i+1 : end])
			if symbol, ok := strings.CutPrefix(inner, "$"); ok {
				symbol, _, _ = strings.Cut(symbol, "-")
				for _, r := range symbol {
					literal(r)
				}
			} else if inner != "" && strings.Trim(strings.ToLower(inner), "hms") == "" {
				f.clock = true
			}
			i = end
		case 'y', 'Y', 'd', 'D':
			f.day = true
		case 'm', 'M':
			months = true
		case 'h', 'H', 's', 'S':
			f.clock = true
		case '0', '#', '?':
			f.picture = append(f.picture, digit{nought: r == '0'})
			f.places++
		case '%':
			f.percent = true
		case '.', ',', '/', 'E', 'e', '@', 'A', 'a', 'G', 'g', 'B', 'b':
			plain = false
			words = words || r == 'A' || r == 'a'
		default:
			literal(r)
		}
	}
	if months && !f.clock {
		f.day = true
	}
	f.settle(plain, letters.String())
	return f
}

// settle decides what the letters of a code mean.
func (f *format) settle(plain bool, letters string) {
	for _, mark := range []string{"€", "$", "¥", "EUR", "USD", "CHF"} {
		if strings.Contains(letters, mark) && !f.day && !f.clock {
			f.foreign = mark
		}
	}
	pounds := strings.Trim(letters, " £()-+") == ""
	noughts := 0
	for _, d := range f.picture {
		if d.nought {
			noughts++
		}
	}
	if !plain || f.day || f.clock || f.percent || f.foreign != "" || f.places == 0 || f.places > 40 || pounds && noughts < 2 {
		f.picture = nil
	}
}

// show gives a number as the sheet shows it: dates as 2026-02-01, times as
// 19:30, noughts where its picture has them. Bare is the number itself where
// that is something else; bad says why it cannot be right.
func (f *format) show(text string, is1904 bool) (shown string, is cellKind, bare, bad string) {
	if f.picture == nil && !f.day && !f.clock && !f.percent && f.foreign == "" && len(text) < 16 && onlyDigits(text) {
		return text, numberCell, "", ""
	}
	if strings.Trim(text, "0123456789+-.eE") != "" {
		return text, textCell, "", "the workbook calls this a number, and it is none; open it and save it again"
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return text, textCell, "", "the workbook calls this a number, and it is none; open it and save it again"
	}
	if f.day || f.clock {
		shown, bad = f.moment(n, is1904)
		return shown, dateCell, "", bad
	}
	shown = figures(n)
	switch {
	case f.percent:
		return figures(n*100) + "%", numberCell, "", ""
	case f.foreign != "":
		return f.foreign + shown, numberCell, "", ""
	case f.picture != nil && onlyDigits(shown):
		return f.paint(shown), numberCell, shown, ""
	}
	return shown, numberCell, "", ""
}

// figures writes a number with the fifteen figures that a spreadsheet knows of
// it. One with more has lost them, and is written so that it shows.
func figures(n float64) string {
	if abs := math.Abs(n); abs >= 1e15 {
		return strconv.FormatFloat(n, 'E', -1, 64)
	} else if n == math.Trunc(n) {
		return strconv.FormatInt(int64(n), 10)
	} else if abs < 1e-9 {
		return strconv.FormatFloat(n, 'g', 15, 64)
	}
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(n, 'g', 15, 64), 64)
	return strconv.FormatFloat(rounded, 'f', -1, 64)
}

// paint puts figures into the places of the picture, from the right.
func (f *format) paint(figures string) string {
	var b strings.Builder
	left := len(figures) - f.places // figures for which there is no place
	begun := false
	for _, d := range f.picture {
		if d.letter != 0 {
			b.WriteRune(d.letter)
			continue
		}
		if !begun && left > 0 {
			b.WriteString(figures[:left])
			figures, left = figures[left:], 0
		}
		begun = true
		switch {
		case left < 0:
			if left++; d.nought {
				b.WriteByte('0')
			}
		default:
			b.WriteByte(figures[0])
			figures = figures[1:]
		}
	}
	return trim(b.String())
}

// moment writes the number of a day, and its part of a day, as a date and a
// time.
func (f *format) moment(n float64, is1904 bool) (shown, bad string) {
	const why = "a date that no spreadsheet can show"
	if n < 0 || n > 2_958_466 || math.IsNaN(n) {
		return strconv.FormatFloat(n, 'g', 15, 64), why
	}
	days := int(n)
	seconds := int(math.Round((n - math.Floor(n)) * 86400))
	if seconds == 86400 {
		days, seconds = days+1, 0
	}
	clock := fmt.Sprintf("%02d:%02d", seconds/3600, seconds/60%60)
	if seconds%60 != 0 {
		clock += fmt.Sprintf(":%02d", seconds%60)
	}
	var day calendar.Date
	switch {
	case days == 0 && !f.day:
		return clock, ""
	case is1904:
		day = zero1904.AddDays(days)
	case days == 0:
		return "1900-01-00", ""
	case days == 60: // a day that spreadsheets have and the calendar has not
		return "1900-02-29", ""
	case days < 60:
		day = zero1900.AddDays(days + 1)
	default:
		day = zero1900.AddDays(days)
	}
	if seconds == 0 && !f.clock {
		return day.String(), ""
	}
	return day.String() + " " + clock, ""
}
