package main

import (
	"bytes"
	"fmt"
	"os"
	"strings"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/document"
	"github.com/clarion-clp/clarion/engine/plan"
)

type forecastCmd struct {
	Until string `help:"The last day (2026-12-31, or +90)." default:"+30" placeholder:"DATE"`
	HTML  string `name:"html" help:"Write a calendar by month into this file, to look at and to print." placeholder:"FILE" type:"path"`
	ICS   string `name:"ics" help:"Write a calendar file, which other calendars read, into this file." placeholder:"FILE" type:"path"`
	All   bool   `help:"Show every line, however many."`
}

func (*forecastCmd) Help() string {
	return examples(`clarion forecast`, `clarion forecast --until 2026-12-31 --html ahead.html`,
		`clarion forecast --until +90 --ics ahead.ics`, `clarion forecast --until +7 --json`)
}

// Run prints what the days ahead would bring, after what that assumes.
func (c *forecastCmd) Run(s *session) error {
	o, err := s.open(false)
	if err != nil {
		return err
	}
	defer o.Close()
	now := o.Now()
	until, err := lastDay(c.Until, o.Clock().Day(now))
	if err != nil {
		return err
	}
	f, err := o.Forecast(s.ctx, until)
	if err != nil {
		return err
	}
	f = f.For(o.Set(), s.As)
	name := o.Set().Constituency.Name
	written := []string{}
	for _, w := range []struct {
		file string
		body func() ([]byte, error)
	}{
		{c.HTML, func() ([]byte, error) { return calendarPage(name, f) }},
		{c.ICS, func() ([]byte, error) { return calendarFile(name, f, now), nil }},
	} {
		if w.file == "" {
			continue
		}
		body, err := w.body()
		if err == nil {
			err = os.WriteFile(w.file, body, 0o600)
		}
		if err != nil {
			return fmt.Errorf("writing the calendar: %w", err)
		}
		written = append(written, w.file)
	}
	if s.JSON {
		return s.out.json(forecastView(o, f))
	}
	s.printForecast(f, c.All)
	s.faults(o)
	for _, file := range written {
		s.out.say("\nWritten: %s. It names people and what they are owed: keep it where the lists are kept.", dataset.Plain(file))
	}
	return nil
}

// lastDay reads a day, or a number of days from today.
func lastDay(text string, today calendar.Date) (calendar.Date, error) {
	if strings.HasPrefix(text, "+") {
		n, err := dayCount(text)
		return today.AddDays(n), err
	}
	d, err := calendar.ParseDate(text)
	if err != nil {
		return d, usage("--until %s: write a day, 2026-12-31, or a number of days, +90", dataset.Plain(text))
	}
	return d, nil
}

func dayCount(text string) (int, error) {
	n := 0
	if len(text) < 2 || len(text) > 5 {
		return 0, usage("--until %s: write a number of days, +90", dataset.Plain(text))
	}
	for _, r := range text[1:] {
		if r < '0' || r > '9' {
			return 0, usage("--until %s: write a number of days, +90", dataset.Plain(text))
		}
		n = n*10 + int(r-'0')
	}
	return n, nil
}

// mostADay is how many lines of one day are shown unless all are asked for.
const mostADay = 12

func (s *session) printForecast(f plan.Forecast, all bool) {
	s.out.say("%s", s.out.paint("1", "The days from "+f.From.Words()+" to "+f.Until.Words()+", as they would be if:"))
	for _, a := range f.Assumed {
		s.note("- ", a)
	}
	s.printHolds(f.Holds)
	if n := len(f.CannotTell); n > 0 {
		s.out.say("\n%s left out for want of a cell: clarion plan says which.", plural(n, "record is", "records are"))
	}
	s.private(f.Private)
	if len(f.Days)+f.Private == 0 {
		s.out.say("\nNothing happens.")
	}
	for _, d := range f.Days {
		s.out.head(weekdayWords(d.Date))
		shown := d.Items
		if !all && len(shown) > mostADay+1 {
			shown = shown[:mostADay]
		}
		var rows [][]string
		for _, h := range shown {
			rows = append(rows, []string{document.Kind(h.What), document.Whose(h), h.Playbook, document.Happens(h)})
		}
		s.out.table("  ", 34, rows)
		if n := len(d.Items) - len(shown); n > 0 {
			s.out.say("  and %d more: --all shows them", n)
		}
	}
}

// note prints a point of a list, its later lines beneath its first.
func (s *session) note(mark, text string) {
	for i, l := range wrap(dataset.Plain(text), s.out.wide-2-len(mark)) {
		if i > 0 {
			mark = strings.Repeat(" ", len(mark))
		}
		s.out.say("  %s%s", mark, l)
	}
}

func forecastView(o *office, f plan.Forecast) object {
	return object{"from": f.From.String(), "until": f.Until.String(), "assumed": some(f.Assumed), "holds": each(f.Holds, holdView),
		"cannot_tell": len(f.CannotTell), "private": f.Private,
		"days": each(f.Days, func(d plan.Day) object {
			return object{"date": d.Date.String(), "items": each(d.Items, func(h plan.Happening) object { return happeningView(o, h) })}
		})}
}

func happeningView(o *office, h plan.Happening) object {
	v := object{"what": string(h.What), "playbook": h.Playbook, "step": h.Step, "to": some(h.To), "date": h.On.String()}.
		text("about", h.About).text("line", h.Line).text("why", h.Why).text("answer", h.Answer)
	if !h.Due.IsZero() {
		v["due"] = o.Clock().Day(h.Due).String()
	}
	if h.What == plan.LetterGoes {
		v["asked"] = h.Asked
	}
	return v
}

// writeLines joins lines as a calendar file wants them.
func writeLines(b *bytes.Buffer, lines ...string) {
	for _, l := range lines {
		b.WriteString(folded(l))
	}
}
