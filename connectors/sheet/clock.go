package sheet

import (
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// splitTime cuts the time of day off a date: after a T, or after the last
// space before something with a colon, or am or pm.
func splitTime(s string) (day, clock string) {
	if len(s) > 11 && (s[10] == 'T' || s[10] == ' ') && s[4] == '-' {
		return s[:10], trim(s[11:])
	}
	i := strings.IndexByte(s, ':')
	if i < 0 {
		n := len(s)
		if n < 3 || !strings.EqualFold(s[n-2:], "am") && !strings.EqualFold(s[n-2:], "pm") {
			return s, ""
		}
		i = len(trim(s[:n-2]))
	}
	j := strings.LastIndexByte(s[:i], ' ')
	if j < 0 {
		return s, ""
	}
	return trim(strings.TrimSuffix(trim(s[:j]), ",")), trim(s[j+1:])
}

// minutesOf reads the time of day that stands behind a date, if one does.
func minutesOf(c *column, s string) (minutes int, given bool, why string) {
	if s == "" {
		return 0, false, ""
	}
	minutes, ok := timeOfDay(s)
	if !ok {
		if c.kind == dataset.Date {
			return 0, true, "what follows the date is no time of day"
		}
		return 0, true, "not a time of day; write it like 19:30"
	}
	return minutes, true, ""
}

// timeOfDay reads 19:30, 19:30:00, 7:30 pm, 7pm; seconds are dropped.
func timeOfDay(s string) (int, bool) {
	text := strings.ToLower(s)
	half := 0
	for _, end := range []string{"am", "pm", "a.m.", "p.m."} {
		if rest, ok := strings.CutSuffix(text, end); ok {
			text, half = trim(rest), 1
			if end[0] == 'p' {
				half = 2
			}
			break
		}
	}
	parts := strings.Split(text, ":")
	if half > 0 && len(parts) == 1 {
		parts = strings.Split(text, ".")
	}
	if len(parts) > 3 || half == 0 && len(parts) < 2 {
		return 0, false
	}
	if len(parts) == 3 {
		sec, frac, dotted := strings.Cut(parts[2], ".")
		if len(sec) != 2 || !onlyDigits(sec) || number(sec) > 59 || dotted && !onlyDigits(frac) {
			return 0, false
		}
	}
	var hm [2]int
	for i, p := range parts[:min(len(parts), 2)] {
		if !onlyDigits(p) || len(p) > 2 || i == 1 && len(p) != 2 {
			return 0, false
		}
		hm[i] = number(p)
	}
	if half > 0 {
		if hm[0] < 1 || hm[0] > 12 {
			return 0, false
		}
		hm[0] %= 12
		if half == 2 {
			hm[0] += 12
		}
	}
	if hm[0] > 23 || hm[1] > 59 {
		return 0, false
	}
	return hm[0]*60 + hm[1], true
}

// instant reads a moment with its zone, 2026-11-12T19:30:00Z.
func instant(s string) (time.Time, bool) {
	if len(s) < 17 || len(s) > 40 || s[4] != '-' {
		return time.Time{}, false
	}
	for _, form := range [...]string{time.RFC3339Nano, "2006-01-02T15:04Z07:00", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05 Z0700", "2006-01-02 15:04:05 MST"} {
		if at, err := time.Parse(form, s); err == nil {
			if form == "2006-01-02 15:04:05 MST" && !strings.HasSuffix(s, " UTC") && !strings.HasSuffix(s, " GMT") {
				return time.Time{}, false
			}
			return at.UTC(), true
		}
	}
	return time.Time{}, false
}
