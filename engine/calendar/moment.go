package calendar

import (
	"strings"
	"unicode"
)

// A MomentText is a moment cut into its parts. Expressions stay text; whoever
// reads them finds their faults with the offsets given.
//
//	moment = [duration ("before"|"after")] anchor ["at" HH:MM] [", or the working day" ("before"|"after")]
//	anchor = opening | given | due | deadline | any expression that is a date or time
//	duration = N unit | a setting, law or table column of type duration
type MomentText struct {
	Offset    string // "7 days", or an expression such as "settings.check_in"
	OffsetAt  int    // where it starts, in runes
	Before    bool
	HasOffset bool
	Anchor    string // "opening", or an expression such as "meeting.start"
	AnchorAt  int    // where it starts, in runes
	At        int    // minutes after midnight, or -1
	Roll      Roll
}

// Fixed gives the duration if it is written out, and false if there is none or
// it is an expression.
func (m MomentText) Fixed() (Duration, bool) {
	if !m.HasOffset {
		return Duration{}, false
	}
	d, err := ParseDuration(m.Offset)
	return d, err == nil
}

// String writes the moment so that it reads back as the same, but for spaces.
func (m MomentText) String() string {
	var b strings.Builder
	if m.HasOffset {
		b.WriteString(m.Offset + " " + direction(m.Before) + " ")
	}
	b.WriteString(m.Anchor)
	if m.At >= 0 {
		b.WriteString(" at " + HourWords(m.At))
	}
	if m.Roll != NoRoll {
		b.WriteString(", or the working day " + direction(m.Roll == RollBefore))
	}
	return b.String()
}

// direction gives the word for it.
func direction(before bool) string {
	if before {
		return "before"
	}
	return "after"
}

// ParseMoment cuts a moment into its parts. Words inside brackets and quotes
// belong to expressions, and so does "before" in "milestone.before". The error
// is a *SyntaxError.
func ParseMoment(s string) (MomentText, error) {
	text := []rune(s)
	head, tail, err := pieces(text)
	if err != nil {
		return MomentText{}, err
	}
	m := MomentText{At: -1}
	if tail != nil {
		if m.Roll, err = rollOf(tail); err != nil {
			return MomentText{}, err
		}
	}
	if len(head) == 0 {
		return MomentText{}, &SyntaxError{Text: "a moment is missing", Hint: "write one such as 7 days after opening"}
	}
	if head, err = m.readOffset(text, head); err != nil {
		return MomentText{}, err
	}
	if head, err = m.readHour(head); err != nil {
		return MomentText{}, err
	}
	return m, m.readAnchor(text, head)
}

// readOffset takes the duration and its direction from the front.
func (m *MomentText) readOffset(text []rune, head []word) ([]word, error) {
	split := -1
	for i, w := range head {
		if w.low != "before" && w.low != "after" {
			continue
		}
		if split >= 0 {
			e := &SyntaxError{Offset: w.at, Text: quoted(w.text) + " stands here a second time", Hint: "a moment has one duration and one anchor, such as 7 days before meeting.start"}
			if i >= 4 && head[i-1].low == "day" && head[i-4].low == "or" {
				e.Offset, e.Hint = head[i-4].at, "put a comma in front of: or the working day "+w.low
			}
			return nil, e
		}
		split = i
	}
	if split < 0 {
		return head, nil
	}
	way := head[split]
	if split == 0 {
		return nil, &SyntaxError{Offset: way.at, Text: "how long " + way.low + " is missing", Hint: "write a duration first, such as 7 days " + way.low}
	}
	ws := head[:split]
	m.HasOffset, m.Before = true, way.low == "before"
	m.OffsetAt = ws[0].at
	m.Offset = string(text[ws[0].at:ws[split-1].after()])
	if unicode.IsDigit([]rune(ws[0].text)[0]) || split > 1 {
		d, err := durationOf(ws)
		if err != nil {
			return nil, err
		}
		m.Offset = d.String()
	}
	if split == len(head)-1 {
		return nil, &SyntaxError{Offset: way.after(), Text: "the anchor is missing after " + quoted(way.text), Hint: "write what it is counted from, such as opening or meeting.start"}
	}
	return head[split+1:], nil
}

// readHour takes "at HH:MM" from the end.
func (m *MomentText) readHour(head []word) ([]word, error) {
	for i, w := range head {
		if w.low != "at" {
			continue
		}
		if i == len(head)-1 {
			return nil, &SyntaxError{Offset: w.after(), Text: `the time is missing after "at"`, Hint: "write a time such as at 18:00"}
		}
		minutes, err := hourAt(head[i+1])
		if err != nil {
			return nil, err
		}
		if i+2 < len(head) {
			return nil, &SyntaxError{Offset: head[i+2].at, Text: quoted(head[i+2].text) + " does not belong here", Hint: "the time of day stands last: 7 days before meeting.start at 18:00"}
		}
		m.At = minutes
		return head[:i], nil
	}
	return head, nil
}

// readAnchor takes what is left.
func (m *MomentText) readAnchor(text []rune, head []word) error {
	if len(head) == 0 {
		return &SyntaxError{Text: "the anchor is missing", Hint: "write what the moment is, such as opening or meeting.start"}
	}
	first := head[0]
	if unicode.IsDigit([]rune(first.text)[0]) {
		return &SyntaxError{Offset: first.at, Text: "a moment cannot start its anchor with " + quoted(first.text), Hint: "say before or after what: 7 days after opening"}
	}
	m.AnchorAt = first.at
	m.Anchor = string(text[first.at:head[len(head)-1].after()])
	return nil
}

// rollOf reads what stands behind the comma.
func rollOf(tail []word) (Roll, error) {
	want := []string{"or", "the", "working", "day"}
	hint := "behind the comma write: or the working day before, or: or the working day after"
	for i, w := range tail {
		switch {
		case i < 4 && w.low != want[i], i == 4 && w.low != "before" && w.low != "after", i > 4:
			return 0, &SyntaxError{Offset: w.at, Text: quoted(w.text) + " does not belong here", Hint: hint}
		}
	}
	if len(tail) < 5 {
		last := tail[len(tail)-1]
		return 0, &SyntaxError{Offset: last.after(), Text: "the end of the moment is missing", Hint: hint}
	}
	if tail[4].low == "before" {
		return RollBefore, nil
	}
	return RollAfter, nil
}
