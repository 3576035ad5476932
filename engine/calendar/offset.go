package calendar

// An OffsetText is a key of chase: when to speak, counted from the due day.
//
//	offset = N unit ("before"|"after") | on the day | each day after | each week after
//
// "On the day" is 0 days after. A repeated one first speaks Duration after the
// due day, and then every Repeat: "each week after" is 1 week after, 2 weeks
// after, and so on.
type OffsetText struct {
	Duration Duration
	Before   bool
	Repeat   Duration // zero unless it repeats
}

// String writes the offset so that it reads back as the same.
func (o OffsetText) String() string {
	switch {
	case o.Repeat.N > 0:
		return "each " + o.Repeat.Unit.String() + " after"
	case o.Duration == Duration{N: 0, Unit: Day} && !o.Before:
		return "on the day"
	}
	return o.Duration.String() + " " + direction(o.Before)
}

// ParseOffset reads a key of chase. The error is a *SyntaxError.
func ParseOffset(s string) (OffsetText, error) {
	const usual = "write one such as 3 days before, on the day, 5 days after, each day after or each week after"
	ws := words(s)
	if len(ws) == 0 {
		return OffsetText{}, &SyntaxError{Text: "a moment to chase is missing", Hint: usual}
	}
	last := ws[len(ws)-1]
	switch ws[0].low {
	case "on":
		if len(ws) == 3 && ws[1].low == "the" && ws[2].low == "day" {
			return OffsetText{Duration: Duration{Unit: Day}}, nil
		}
		return OffsetText{}, &SyntaxError{Offset: ws[0].at, Text: quoted(s) + " is not a moment to chase", Hint: "write: on the day"}
	case "each", "every":
		if len(ws) == 3 && ws[0].low == "each" && ws[2].low == "after" {
			switch ws[1].low {
			case "day":
				return OffsetText{Duration: Duration{1, Day}, Repeat: Duration{1, Day}}, nil
			case "week":
				return OffsetText{Duration: Duration{1, Week}, Repeat: Duration{1, Week}}, nil
			}
		}
		return OffsetText{}, &SyntaxError{Offset: ws[0].at, Text: quoted(s) + " is not a moment to chase", Hint: "only these repeat: each day after, each week after"}
	}
	if last.low != "before" && last.low != "after" {
		if _, err := durationOf(ws[:1]); len(ws) == 1 && err != nil {
			return OffsetText{}, &SyntaxError{Offset: ws[0].at, Text: quoted(s) + " is not a moment to chase", Hint: usual}
		}
		return OffsetText{}, &SyntaxError{Offset: last.after(), Text: "before or after is missing behind " + quoted(s), Hint: usual}
	}
	if len(ws) == 1 {
		return OffsetText{}, &SyntaxError{Offset: last.at, Text: "how long " + last.low + " is missing", Hint: usual}
	}
	d, err := durationOf(ws[:len(ws)-1])
	if err != nil {
		return OffsetText{}, err
	}
	return OffsetText{Duration: d, Before: last.low == "before"}, nil
}
