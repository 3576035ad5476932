package sheet

import (
	"strings"
	"unicode/utf8"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
)

// quick reads the cells that nearly all cells are like, in one look and with
// nothing to be asked, noted or refused: it makes of them what read makes, and
// leaves all others to it. Smooth cells have no line end of Windows in them.
func (t *typer) quick(c *column, s string, smooth bool, v *dataset.Value) bool {
	switch c.kind {
	case dataset.Text:
		return smooth && !t.damaged && t.quickText(c, s, v)
	case dataset.Choice, dataset.Length, dataset.Reference:
		b := c.before(s)
		if s != b.s {
			return false
		}
		*v = b.v
		return true
	case dataset.Number:
		if len(s) >= 10 || !onlyDigits(s) {
			return false
		}
		*v = dataset.Value{Kind: dataset.Number, N: int64(number(s))}
		return true
	case dataset.Money:
		pence, ok := plainMoney(s)
		if ok {
			*v = dataset.Value{Kind: dataset.Money, N: pence}
		}
		return ok
	case dataset.YesNo:
		switch s {
		case "Yes", "yes", "1":
			*v = dataset.Value{Kind: dataset.YesNo, N: 1}
			return true
		case "No", "no", "0":
			*v = dataset.Value{Kind: dataset.YesNo}
			return true
		}
	case dataset.Date:
		if len(s) == 10 && (!c.birth || t.lives(s)) {
			if day, ok := t.quickDay(c, s); ok {
				*v = dataset.Value{Kind: dataset.Date, N: int64(day)}
				return true
			}
		}
	case dataset.Time:
		if len(s) == 16 {
			return t.quickTime(c, s, v)
		}
	case dataset.Person:
		if a := s[0] | 0x20; smooth && !t.damaged && a != 'n' && a > '.' && a < utf8.RuneSelf && len(s) <= maxCell {
			*v = dataset.Value{Kind: dataset.Person, S: s}
			return true
		}
	}
	return false
}

// quickText reads the commonest cells of text.
func (t *typer) quickText(c *column, s string, v *dataset.Value) bool {
	switch c.use {
	case plainText:
		if s[0] <= '9' && !figuresFirst(s) || len(s) > maxCell {
			return false
		}
	case emailText:
		if !plainEmail(s) {
			return false
		}
	case phoneText:
		return t.quickPhone(s, v)
	default:
		return false
	}
	*v = dataset.Value{Kind: dataset.Text, S: s}
	return true
}

// figuresFirst reports whether a text that begins with a figure is no number
// that a spreadsheet may have shortened.
func figuresFirst(s string) bool {
	return s[0] >= '0' && (s[len(s)-1] > '9' || strings.IndexByte(s, '+') < 0)
}

// quickPhone reads a British number of ten or eleven figures, with spaces
// between them or without.
func (t *typer) quickPhone(s string, v *dataset.Value) bool {
	if len(s) < 10 || len(s) > 16 || s[0] != '0' {
		return false
	}
	e164 := [13]byte{'+', '4'} // and the first figure, 0, becomes the second 4
	figures := e164[2:]
	n := 0
	for i := range len(s) {
		switch ch := s[i]; {
		case ch == ' ':
		case ch < '0' || ch > '9' || n == len(figures):
			return false
		default:
			figures[n] = ch
			n++
		}
	}
	if n < 10 || figures[1] == '0' { // 0044 is +44
		return false
	}
	figures[0] = '4'
	*v = dataset.Value{Kind: dataset.Text, S: t.keep(e164[:2+n])}
	return true
}

// lives reports whether somebody born on a day, 13/02/1985 or 1985-02-13, may be
// on the list (noBirth).
func (t *typer) lives(s string) bool {
	a, b := two(s, 0), two(s, 2)
	if s[2] == '/' {
		a, b = two(s, 6), two(s, 8)
	}
	year := a*100 + b
	return a >= 0 && b >= 0 && year <= t.year && year >= t.year-oldest
}

// quickTime reads a moment whose day quickDay reads, on a day on which the
// clocks do not change.
func (t *typer) quickTime(c *column, s string, v *dataset.Value) bool {
	hour, minute := two(s, 11), two(s, 14)
	if s[10] != ' ' && s[10] != 'T' || s[13] != ':' || hour < 0 || hour > 23 || minute < 0 || minute > 59 {
		return false
	}
	day, ok := t.quickDay(c, s[:10])
	if !ok {
		return false
	}
	d := &t.days[uint(day)%uint(len(t.days))]
	if d.day != day || !d.known {
		*d = wholeDay{day: day, known: true, begins: t.clock.On(day, 0).UnixMicro()}
		d.even = t.clock.On(day, 1439).UnixMicro()-d.begins == 1439*microMinute
	}
	if d.even {
		*v = dataset.Value{Kind: dataset.Time, N: d.begins + int64(hour*60+minute)*microMinute}
	} else {
		*v = dataset.TimeValue(t.clock.On(day, hour*60+minute))
	}
	return true
}

const microMinute = 60_000_000 // microseconds

// A wholeDay is when a day begins, if that is known, and whether the clocks stay
// as they are until it ends.
type wholeDay struct {
	day    calendar.Date
	known  bool
	even   bool
	begins int64 // microseconds since 1970
}
