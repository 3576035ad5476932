package calendar_test

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/clarion-clp/clarion/engine/calendar"
)

// zone loads a zone; the data are part of the test.
func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// london is the usual clock: nine o'clock, England and Wales, the shipped table.
func london(t testing.TB) calendar.Clock {
	t.Helper()
	return calendar.Clock{Zone: zone(t, "Europe/London"), Hour: 9 * 60, Nation: calendar.EnglandAndWales, Holidays: shipped(t)}
}

// shipped reads the shipped table of bank holidays, line by line.
func shipped(t testing.TB) calendar.Holidays {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "..", "playbooks", "law", "bank-holidays.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	days := map[calendar.Nation][]calendar.Date{}
	var from, to calendar.Date
	var nation calendar.Nation
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		line := lines.Text()
		if iso, ok := strings.CutPrefix(line, "from: "); ok {
			from = date(t, iso)
		} else if iso, ok := strings.CutPrefix(line, "until: "); ok {
			to = date(t, iso)
		} else if rest, ok := strings.CutPrefix(line, "  - {date: "); ok {
			days[nation] = append(days[nation], date(t, rest[:10]))
		} else if n, err := calendar.ParseNation(strings.TrimSuffix(line, ":")); err == nil {
			nation = n
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return calendar.NewHolidays(days, from, to)
}

// date reads a day.
func date(t testing.TB, iso string) calendar.Date {
	t.Helper()
	d, err := calendar.ParseDate(iso)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// span reads a duration.
func span(t testing.TB, s string) calendar.Duration {
	t.Helper()
	d, err := calendar.ParseDuration(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// instant reads a moment with its offset from UTC.
func instant(t testing.TB, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}
