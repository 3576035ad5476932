package ics

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// A part is one VCALENDAR of a file. What stands outside of all has one too.
type part struct {
	method string // CANCEL: all its events are called off
	zones  map[string]*ownZone
}

// A raw is a VEVENT as it stands in the file.
type raw struct {
	line  int
	of    *part
	props []line
	stray int    // the first line of it that is none, or 0
	bad   string // why it cannot be read
}

// An ownZone is a VTIMEZONE.
type ownZone struct {
	id, place string // TZID and X-LIC-LOCATION
	turns     []*turn
}

// A turn is the STANDARD or DAYLIGHT of a VTIMEZONE.
type turn struct{ props []line }

// A frame is a block that is open while a file is read.
type frame struct {
	name string
	line int
	part *part
	ev   *raw
	zone *ownZone
	turn *turn
}

// A parser reads the blocks of a file, without recursion.
type parser struct {
	stack  []frame
	deeper int // blocks open below the deepest that is looked at
	found  bool
	loose  *part // of events outside of any calendar
	events []*raw
	passed []Remark
	odd    []Remark
}

// wanted are the properties of an event that are read; all others are ignored.
var wanted = map[string]bool{
	"UID": true, "SUMMARY": true, "DTSTART": true, "DTEND": true, "DURATION": true, "RRULE": true, "EXRULE": true, "RDATE": true,
	"EXDATE": true, "RECURRENCE-ID": true, "STATUS": true, "SEQUENCE": true, "LAST-MODIFIED": true, "DTSTAMP": true,
	"LOCATION": true, "URL": true, "CATEGORIES": true, "X-GOOGLE-CONFERENCE": true, "X-MICROSOFT-SKYPETEAMSMEETINGURL": true, "CONFERENCE": true,
}

// parse finds the events of a file.
func parse(data []byte) (*parser, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if err := refuse(data); err != nil {
		return nil, err
	}
	p := &parser{loose: &part{zones: map[string]*ownZone{}}}
	u := unfolder{data: data}
	for {
		n, text, long, ok := u.next()
		if !ok {
			break
		}
		l, ok := cut(n, text, long)
		switch {
		case !ok:
			p.strange(n, text)
		case l.name == "BEGIN":
			p.begin(l)
		case l.name == "END":
			p.end(l)
		case p.deeper == 0:
			p.property(l)
		}
		if len(p.events) > maxEvents {
			return nil, fmt.Errorf("the file has more than %d events, too many for a calendar; check that it is the right file", maxEvents)
		}
	}
	for len(p.stack) > 0 {
		p.leave("it begins here and the file ends before it does, so the file may be cut off; download it again")
	}
	if !p.found {
		return nil, errors.New("this is not a calendar: nothing in it begins with BEGIN:VCALENDAR. Export the calendar again, as .ics")
	}
	return p, nil
}

// refuse tells from the content what is no calendar at all.
func refuse(data []byte) error {
	head := bytes.ToLower(bytes.TrimLeft(data[:min(len(data), 512)], " \t\r\n"))
	switch {
	case len(head) == 0:
		return errors.New("the file is empty; export the calendar again")
	case bytes.HasPrefix(head, []byte("<!doctype html")), bytes.HasPrefix(head, []byte("<html")):
		return errors.New("this is a web page, perhaps a sign-in page that was saved in place of the calendar; download it again")
	case bytes.HasPrefix(head, []byte("pk\x03\x04")):
		return errors.New("this is a ZIP archive, as Google makes of several calendars; unpack it and take the .ics file out of it")
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		return errors.New("this calendar is written in UTF-16; open it in an editor and save it as UTF-8")
	}
	return nil
}

// top is the innermost open block.
func (p *parser) top() *frame {
	if len(p.stack) == 0 {
		return &frame{part: p.loose}
	}
	return &p.stack[len(p.stack)-1]
}

// isOpen reports whether a block of that name is open.
func (p *parser) isOpen(name string) bool {
	for i := range p.stack {
		if p.stack[i].name == name {
			return true
		}
	}
	return false
}

func (p *parser) begin(l line) {
	name := strings.ToUpper(strings.TrimSpace(l.value))
	if p.deeper > 0 || len(p.stack) >= maxDepth {
		if p.deeper++; name == "VEVENT" {
			p.events = append(p.events, &raw{line: l.n, of: p.top().part, bad: fmt.Sprintf("it stands within more than %d other blocks, which no calendar does", maxDepth)})
		}
		return
	}
	switch name { // what holds no other of its kind has been left without an end
	case "VCALENDAR":
		p.found = true
		p.unwind("VCALENDAR")
	case "VEVENT", "VTIMEZONE", "VTODO", "VJOURNAL", "VFREEBUSY":
		p.unwind("VEVENT")
	}
	above := p.top()
	f := frame{name: name, line: l.n, part: above.part}
	switch {
	case name == "VCALENDAR":
		f.part = &part{zones: map[string]*ownZone{}}
	case name == "VEVENT":
		f.ev = &raw{line: l.n, of: f.part}
	case name == "VTIMEZONE":
		f.zone = &ownZone{}
	case (name == "STANDARD" || name == "DAYLIGHT") && above.zone != nil:
		if f.turn = (&turn{}); len(above.zone.turns) < maxTurns {
			above.zone.turns = append(above.zone.turns, f.turn)
		}
	case name == "VTODO" || name == "VJOURNAL" || name == "VFREEBUSY":
		p.remark(&p.passed, l.n, map[string]string{"VTODO": "a task", "VJOURNAL": "a journal entry", "VFREEBUSY": "busy times"}[name]+", not an event")
	}
	p.stack = append(p.stack, f)
}

// unwind leaves a block that should have ended, and all that is open in it.
func (p *parser) unwind(name string) {
	for p.isOpen(name) {
		p.leave("it begins here and never ends: its END line is missing")
	}
}

func (p *parser) end(l line) {
	if p.deeper > 0 {
		p.deeper--
		return
	}
	name := strings.ToUpper(strings.TrimSpace(l.value))
	if !p.isOpen(name) {
		p.remark(&p.odd, l.n, "an END without its BEGIN: "+shown(name))
		return
	}
	for p.top().name != name {
		p.leave("it begins here and never ends: its END line is missing")
	}
	p.leave("")
}

// leave closes the innermost block. Bad says that its end was not there.
func (p *parser) leave(bad string) {
	f := p.stack[len(p.stack)-1]
	p.stack = p.stack[:len(p.stack)-1]
	switch {
	case f.ev != nil:
		if f.ev.bad == "" {
			f.ev.bad = bad
		}
		p.events = append(p.events, f.ev)
	case f.zone != nil && f.zone.id != "" && f.part.zones[f.zone.id] == nil && len(f.part.zones) < maxTurns:
		f.part.zones[f.zone.id] = f.zone
	case f.name == "VCALENDAR" && bad != "":
		p.remark(&p.odd, f.line, "the calendar that begins here never ends, so the file may be cut off")
	}
}

// property keeps a line that is needed.
func (p *parser) property(l line) {
	f := p.top()
	switch {
	case f.ev != nil && wanted[l.name]:
		switch {
		case l.long:
			f.ev.bad = fmt.Sprintf("its %s in line %d is longer than any that can be right", l.name, l.n)
		case len(f.ev.props) >= maxProps:
			f.ev.bad = fmt.Sprintf("it has more than %d lines", maxProps)
		default:
			f.ev.props = append(f.ev.props, l)
		}
	case f.turn != nil && len(f.turn.props) < maxTurns:
		f.turn.props = append(f.turn.props, l)
	case f.zone != nil && l.name == "TZID":
		f.zone.id = l.value
	case f.zone != nil && l.name == "X-LIC-LOCATION":
		f.zone.place = l.value
	case f.name == "VCALENDAR" && l.name == "METHOD":
		f.part.method = strings.ToUpper(strings.TrimSpace(l.value))
	}
}

// strange deals with a line that is no content line. One that begins like a
// property that is needed spoils its event.
func (p *parser) strange(n int, text string) {
	f := p.top()
	if f.ev == nil {
		if len(p.stack) > 0 || p.found {
			p.remark(&p.odd, n, "this line cannot be read: "+shown(text))
		}
		return
	}
	upper := strings.ToUpper(text[:min(len(text), 20)])
	for _, name := range []string{"UID", "DTSTART", "DTEND", "DURATION", "RRULE", "EXRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "STATUS", "SEQUENCE"} {
		if strings.HasPrefix(upper, name) {
			f.ev.bad = fmt.Sprintf("line %d of the file, %s, cannot be read", n, shown(text))
		}
	}
	if f.ev.stray == 0 {
		f.ev.stray = n
	}
}

// remark notes what is not an event, or is odd.
func (p *parser) remark(to *[]Remark, n int, why string) {
	*to = append(*to, Remark{Line: n, Why: why})
}

// shown is text from outside as people may see it: plain and cut.
func shown(s string) string {
	n := 0
	for i := range s {
		if n++; n > shownRunes {
			return dataset.Plain(s[:i] + "…")
		}
	}
	return dataset.Plain(s)
}
