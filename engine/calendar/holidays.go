package calendar

import (
	"time"

	"github.com/clarion-clp/clarion/engine/spelling"
)

// Holidays is a dated table of the days on which a nation does not work, from
// a first to a last day. Outside these days it knows nothing, and says so. The
// zero table covers no day.
type Holidays struct {
	table *holidayTable // shared by all copies, never changed
}

// A holidayTable has a byte for each day, with a bit for each nation.
type holidayTable struct {
	from, to Date
	nations  uint8 // the nations covered
	days     []uint8
}

// NewHolidays builds a table. A nation is covered only if it is in the map;
// days outside from and to are left out.
func NewHolidays(days map[Nation][]Date, from, to Date) Holidays {
	if to < from || !from.Valid() || !to.Valid() {
		return Holidays{}
	}
	t := &holidayTable{from: from, to: to, days: make([]uint8, to-from+1)}
	for n, list := range days {
		if n < EnglandAndWales || n > NorthernIreland {
			continue
		}
		t.nations |= n.bit()
		for _, d := range list {
			if d >= from && d <= to {
				t.days[d-from] |= n.bit()
			}
		}
	}
	return Holidays{table: t}
}

// bit is the nation's place in a day's byte.
func (n Nation) bit() uint8 { return 1 << (n - EnglandAndWales) }

// allNations has the bit of every nation.
const allNations uint8 = 1<<3 - 1

// Covers gives the first and last day of the table; ok is false for a table of nothing.
func (h Holidays) Covers() (from, to Date, ok bool) {
	if h.table == nil {
		return 0, 0, false
	}
	return h.table.from, h.table.to, true
}

// off says whether one of the nations in want has a holiday that day.
func (h Holidays) off(want uint8, d Date) (bool, error) {
	if h.table == nil || want == 0 || h.table.nations&want != want {
		return false, &OutsideTable{Day: d}
	}
	if d < h.table.from || d > h.table.to {
		return false, &OutsideTable{Day: d, From: h.table.from, To: h.table.to, Covered: true}
	}
	return h.table.days[d-h.table.from]&want != 0, nil
}

// An OutsideTable error says that working days were asked for where no
// holidays are known. It never means that there are none.
type OutsideTable struct {
	Day      Date // the day that could not be told
	From, To Date // what the table covers
	Covered  bool // whether it covers the nation at all
}

// Error says it in a sentence, and what to do.
func (e *OutsideTable) Error() string {
	if !e.Covered {
		return "no bank holidays are known for this nation, so working days cannot be counted; " +
			"name the nation in the constituency's file, or add its days to the table of bank holidays"
	}
	return "working days near " + e.Day.Words() + " cannot be counted: the table of bank holidays covers " +
		e.From.Words() + " to " + e.To.Words() + "; install a newer Clarion, or add the missing years to the table"
}

// nationWords are the nations as files write them.
var nationWords = [...]string{EnglandAndWales: "england_and_wales", Scotland: "scotland", NorthernIreland: "northern_ireland"}

// String gives the nation as files write it: england_and_wales.
func (n Nation) String() string {
	if n == 0 || int(n) >= len(nationWords) {
		return ""
	}
	return nationWords[n]
}

// ParseNation reads england_and_wales, scotland or northern_ireland. England
// and Wales may also be named singly, for they share their bank holidays.
func ParseNation(s string) (Nation, error) {
	switch s {
	case "england_and_wales", "england", "wales":
		return EnglandAndWales, nil
	case "scotland":
		return Scotland, nil
	case "northern_ireland":
		return NorthernIreland, nil
	}
	hint := "write england_and_wales, scotland or northern_ireland"
	if near := spelling.Nearest(s, nationWords[EnglandAndWales:]); near != "" {
		hint = "did you mean " + near + "?"
	}
	return 0, &SyntaxError{Text: quoted(s) + " is not a nation with bank holidays of its own", Hint: hint}
}

// Holiday says whether the constituency's nation has a bank holiday that day.
func (c Clock) Holiday(d Date) (bool, error) {
	return c.Holidays.off(c.nationBits(), d)
}

// WorkingDay says whether people work that day in the constituency's nation:
// it is no Saturday, no Sunday and no bank holiday.
func (c Clock) WorkingDay(d Date) (bool, error) {
	return c.working(d, c.nationBits())
}

// nationBits has the bit of the constituency's nation, or none.
func (c Clock) nationBits() uint8 {
	if c.Nation < EnglandAndWales || c.Nation > NorthernIreland {
		return 0
	}
	return c.Nation.bit()
}

// working says whether a day is a working day in all the nations given.
func (c Clock) working(d Date, nations uint8) (bool, error) {
	off, err := c.Holidays.off(nations, d)
	if err != nil {
		return false, err
	}
	w := d.Weekday()
	return !off && w != time.Saturday && w != time.Sunday, nil
}
