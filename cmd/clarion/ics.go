package main

import (
	"bytes"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/document"
	"github.com/clarion-clp/clarion/engine/plan"
)

// calendarFile writes a forecast as a calendar file (RFC 5545): one event for
// each thing that happens, which lasts the whole day it happens on, so that no
// zone moves it. What does not go is left out. The one time in it is the stamp
// that the standard demands, which says when the file was made.
func calendarFile(constituency string, f plan.Forecast, now time.Time) []byte {
	var b bytes.Buffer
	writeLines(&b, "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Clarion//Forecast//EN", "CALSCALE:GREGORIAN", "METHOD:PUBLISH",
		"X-WR-CALNAME:"+escaped(constituency+", the days ahead"),
		"X-WR-CALDESC:"+escaped("As they would be if: "+strings.Join(f.Assumed, " ")))
	stamp := now.UTC().Format("20060102T150405Z")
	for _, d := range f.Days {
		for _, h := range d.Items {
			if h.What == plan.WasBarred {
				continue
			}
			writeLines(&b, "BEGIN:VEVENT", "UID:"+h.ID()+"@forecast.clarion.invalid", "DTSTAMP:"+stamp,
				"DTSTART;VALUE=DATE:"+compact(d.Date.String()), "DTEND;VALUE=DATE:"+compact(d.Date.AddDays(1).String()),
				"SUMMARY:"+escaped(heading(h)), "DESCRIPTION:"+escaped(described(h)), "CATEGORIES:"+escaped(document.Kind(h.What)),
				"CLASS:PRIVATE", "TRANSP:TRANSPARENT", "END:VEVENT")
		}
	}
	writeLines(&b, "END:VCALENDAR")
	return b.Bytes()
}

// heading is what a calendar shows of a thing in one line.
func heading(h plan.Happening) string {
	what := document.Kind(h.What)
	text := document.Happens(h)
	if to := document.Whose(h); to != "" {
		text = to + ": " + text
	}
	return strings.ToUpper(what[:1]) + what[1:] + ", " + text
}

// described is what a calendar shows of a thing when it is opened.
func described(h plan.Happening) string {
	lines := []string{dataset.Plain(h.Title) + " (" + h.Playbook + ", " + h.Step + ")"}
	if len(h.To) > 3 {
		lines = append(lines, "To "+plural(len(h.To), "person", "persons"))
	}
	if h.About != "" {
		lines = append(lines, "About "+dataset.Plain(h.About))
	}
	if h.Why != "" {
		lines = append(lines, "Because: "+dataset.Plain(h.Why))
	}
	return strings.Join(append(lines, "A forecast: it is not certain."), "\n")
}

func compact(iso string) string { return strings.ReplaceAll(iso, "-", "") }

// escaped makes text of a value. A new line becomes \n, and what else controls
// or cannot be seen is named.
func escaped(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = strings.NewReplacer(`\`, `\\`, `;`, `\;`, `,`, `\,`).Replace(dataset.Plain(l))
	}
	return strings.Join(lines, `\n`)
}

// widestLine is how many bytes a line of a calendar file may have.
const widestLine = 75

// folded breaks a line where it is too long, never inside a character: each part
// after the first begins with a blank.
func folded(line string) string {
	var b strings.Builder
	room := widestLine
	for line != "" {
		n := 0
		for n < len(line) {
			_, size := utf8.DecodeRuneInString(line[n:])
			if n+size > room {
				break
			}
			n += size
		}
		b.WriteString(line[:n] + "\r\n")
		if line = line[n:]; line != "" {
			b.WriteString(" ")
		}
		room = widestLine - 1
	}
	return b.String()
}
