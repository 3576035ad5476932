package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/connectors/ics"
	"github.com/clarion-clp/clarion/connectors/sheet"
	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/playbook"
)

type calendarCmd struct {
	File string `arg:"" help:"A calendar file, .ics."`
	From string `help:"The first day to show; today, if it is left out." placeholder:"DATE"`
	To   string `help:"The last day to show; a year on, if it is left out." placeholder:"DATE"`
}

func (*calendarCmd) Help() string {
	return examples(`clarion calendar meetings.ics --from 2026-11-01 --to 2027-02-01`, `clarion calendar ~/Downloads/basic.ics --from 2026-11-01 --to 2026-11-30 --json`)
}

// Run lays out a calendar file without a constituency, in the time of London.
func (c *calendarCmd) Run(s *session) error {
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		return fmt.Errorf("finding the time of London: %w", err)
	}
	clock := calendar.Clock{Zone: zone}
	in, err := c.window(s, clock)
	if err != nil {
		return err
	}
	path, err := filepath.Abs(c.File)
	if err != nil {
		return fmt.Errorf("finding the file: %w", err)
	}
	f, err := sheet.Find(filepath.Dir(path), filepath.Base(path), clock)
	if err != nil {
		return err
	}
	l, err := ics.Read(f.Bytes, in, clock)
	if err != nil {
		return fmt.Errorf("%s: %w", dataset.Plain(c.File), err)
	}
	if s.JSON {
		err = s.out.json(listingView(c.File, in, l, clock))
	} else {
		s.printListing(c.File, in, l, clock)
	}
	if err == nil && len(l.Refused) > 0 {
		return errFaults
	}
	return err
}

// window reads the days to be shown.
func (c *calendarCmd) window(s *session, clock calendar.Clock) (ics.Window, error) {
	var in ics.Window
	day := func(flag, text string, or func() (calendar.Date, error)) (calendar.Date, error) {
		if text == "" {
			return or()
		}
		d, err := calendar.ParseDate(text)
		if err != nil {
			return 0, usage("--%s: %v", flag, err)
		}
		return d, nil
	}
	var err error
	if in.From, err = day("from", c.From, func() (calendar.Date, error) {
		now, err := s.clock(s.Folder, clock)
		if err != nil {
			return 0, err
		}
		return clock.Day(now()), nil
	}); err != nil {
		return in, err
	}
	if in.To, err = day("to", c.To, func() (calendar.Date, error) { return in.From.AddMonths(12), nil }); err != nil {
		return in, err
	}
	if in.To < in.From {
		return in, usage("--to %s is before --from %s", in.To, in.From)
	}
	return in, nil
}

// printListing prints what happens, and then all that was odd or was left out.
func (s *session) printListing(file string, in ics.Window, l ics.Listing, clock calendar.Clock) {
	s.out.say("%s", s.out.paint("1", fmt.Sprintf("%s from %s to %s", plural(len(l.Occurrences), "occurrence", "occurrences"), in.From.Words(), in.To.Words())))
	s.out.note("  ", "%s has %s; times are those of London.", dataset.Plain(file), plural(l.Events, "event", "events"))
	var rows [][]string
	for _, o := range l.Occurrences {
		about := []string{o.Status}
		if o.Doubt != "" {
			about[0] = strings.TrimSpace(o.Status + "?")
		}
		if o.Moved {
			about = append(about, "moved from "+o.Was.Words())
		}
		rows = append(rows, []string{weekday(o.Day) + " " + o.Day.Words(), hours(o, clock), dataset.Plain(o.Title), dataset.Plain(o.Venue), strings.Trim(strings.Join(about, ", "), ", ")})
	}
	if len(rows) > 0 {
		s.out.say("")
		s.out.table("  ", 40, rows)
	}
	s.printRemarks("31", "Could not be read", l.Refused)
	s.printRemarks("33", "To be looked at", l.Odd)
	s.printRemarks("", "Older versions, left out", l.Replaced)
	s.printRemarks("", "Not events, left out", l.Passed)
	if n := len(l.Outside); n > 0 {
		s.out.say("")
		s.out.say("%s: not on these days.", plural(n, "other event", "other events"))
	}
}

func (s *session) printRemarks(colour, title string, list []ics.Remark) {
	if len(list) == 0 {
		return
	}
	s.out.say("\n%s", s.out.paint("1;"+colour, fmt.Sprintf("%s (%d)", title, len(list))))
	var rows [][]string
	for _, r := range list {
		text := r.Why
		if r.Title != "" {
			text = r.Title + ": " + text
		}
		rows = append(rows, []string{fmt.Sprintf("line %d", r.Line), text})
	}
	s.out.table("  ", 40, rows)
}

func weekday(d calendar.Date) string { return d.Weekday().String()[:3] }

// hours says from when to when an occurrence lasts.
func hours(o ics.Occurrence, clock calendar.Clock) string {
	until := ""
	if o.Last != o.Day {
		until = " to " + weekday(o.Last) + " " + o.Last.Words()
	}
	at := func(t time.Time) string { return t.In(clock.Zone).Format("15:04") }
	switch {
	case o.Whole:
		return "all day" + until
	case o.End.IsZero() || o.End.Equal(o.Start):
		return at(o.Start)
	case until != "":
		return at(o.Start) + until + ", " + at(o.End)
	}
	return at(o.Start) + "-" + at(o.End)
}

// listingView is what --json prints of a calendar.
func listingView(file string, in ics.Window, l ics.Listing, clock calendar.Clock) object {
	remark := func(r ics.Remark) object { return object{"line": r.Line, "why": r.Why}.text("title", r.Title) }
	return object{"file": file, "from": in.From.String(), "to": in.To.String(), "zone": clock.Zone.String(), "events": l.Events,
		"refused": each(l.Refused, remark), "odd": each(l.Odd, remark), "replaced": each(l.Replaced, remark),
		"outside": each(l.Outside, remark), "passed": each(l.Passed, remark),
		"occurrences": each(l.Occurrences, func(o ics.Occurrence) object {
			v := object{"key": o.Key, "uid": o.UID, "line": o.Line, "date": o.Day.String(), "last_day": o.Last.String(), "all_day": o.Whole,
				"moved": o.Moved, "first_planned": o.Was.String(), "categories": some(o.Categories)}
			v = v.text("title", o.Title).text("venue", o.Venue).text("status", o.Status).text("url", o.URL).text("doubt", o.Doubt)
			if !o.Start.IsZero() {
				v["start"] = o.Start.In(clock.Zone).Format(time.RFC3339)
			}
			if !o.End.IsZero() {
				v["end"] = o.End.In(clock.Zone).Format(time.RFC3339)
			}
			return v
		})}
}

// source reads a dataset's source as the engine asks for it: a table, a folder
// or a calendar. A calendar is laid out from its beginning to the end of the
// year after that of now, so that nothing leaves it merely because time passes.
func source(now func() time.Time) func(context.Context, string, playbook.Source, *dataset.Schema, calendar.Clock) (dataset.Reading, error) {
	return func(ctx context.Context, folder string, src playbook.Source, schema *dataset.Schema, clock calendar.Clock) (dataset.Reading, error) {
		spec := specOf(src)
		if !src.Calendar() {
			return sheet.Read(ctx, folder, spec, schema, clock)
		}
		f, err := sheet.Find(folder, src.From, clock)
		if err != nil {
			return dataset.Reading{}, err
		}
		year, _, _ := clock.Day(now()).Civil()
		l, err := ics.Read(f.Bytes, ics.Window{From: calendar.NewDate(1800, time.January, 1), To: calendar.NewDate(year+1, time.December, 31)}, clock)
		if err == nil {
			var r dataset.Reading
			if r, err = records(f, l, src.Types, spec, schema, clock); err == nil {
				return r, nil
			}
		}
		return dataset.Reading{}, fmt.Errorf("%s: %w", dataset.Plain(f.Name), err)
	}
}

// records makes records of what a calendar lists.
func records(f sheet.File, l ics.Listing, types map[string]string, spec sheet.Spec, schema *dataset.Schema, clock calendar.Clock) (dataset.Reading, error) {
	table := l.Table(schema, types)
	r := dataset.Reading{Unit: "line", InUse: f.InUse, File: f.Name, SHA256: l.Digest(table), Modified: f.Modified, ListDate: f.ListDate, HasDate: f.Dated}
	for _, m := range l.Refused {
		r.Refused = append(r.Refused, dataset.Refusal{Line: m.Line, Column: "title", Text: m.Title, Why: m.Why})
	}
	for _, list := range [][]ics.Remark{l.Replaced, l.Outside, l.Passed} {
		for _, m := range list {
			r.Skipped = append(r.Skipped, dataset.Refusal{Line: m.Line, Column: "title", Text: m.Title, Why: m.Why})
		}
	}
	for _, m := range l.Odd {
		r.Notes = append(r.Notes, dataset.Note{Line: m.Line, Text: m.Title, Why: m.Why})
	}
	r.Lines = len(r.Refused) + len(r.Skipped)
	rows := make([]sheet.Row, len(table))
	for i, row := range table {
		rows[i] = sheet.Row(row)
	}
	err := sheet.Texts(&r, ics.Headings, rows, spec, schema, clock)
	r.Unused = nil // the headings are ours, and nobody has to give them a place
	return r, err
}

// recognise says of which list a file of the inbox is, of those that
// constituency.yaml names.
func recognise(ctx context.Context, folder, file string, set *playbook.Set) (string, error) {
	var lists []sheet.Candidate
	for _, name := range sortedKeys(set.Constituency.Data) {
		if schema := set.Schemas[name]; schema != nil {
			lists = append(lists, sheet.Candidate{Schema: schema, Spec: specOf(set.Constituency.Data[name])})
		}
	}
	return sheet.Recognise(ctx, folder, file, lists, set.Constituency.Clock)
}

// specOf says to the reader of sheets where a source lies, and how it is read.
func specOf(src playbook.Source) sheet.Spec {
	return sheet.Spec{From: src.From, Folder: src.Folder, Sheet: src.Sheet, Profile: src.Profile, Columns: src.Columns, Dates: src.Dates}
}
