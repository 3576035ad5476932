// Package calendar is civil time: days, the hour of a constituency, working
// days by nation, moments, periods and schedules. It never reads a clock and
// never reads the zone of the machine: both are given.
package calendar

import "time"

// A Date is a civil day, counted in days from 1 January 1970.
// Valid dates are 1 January 1800 to 31 December 2999.
type Date int32

// A Unit is what a duration is counted in.
type Unit uint8

// The units of the language.
const (
	Hour Unit = iota + 1
	Day
	ClearDay
	WorkingDay   // of the constituency's nation
	UKWorkingDay // no holiday anywhere in the United Kingdom
	Week
	Month
	Year
)

// A Duration is a number of units, "7 days"; it has no direction.
type Duration struct {
	N    int
	Unit Unit
}

// A Clock is what a constituency's civil time consists of.
type Clock struct {
	Zone     *time.Location
	Hour     int      // minutes after midnight at which a day's letters go
	Nation   Nation   // whose holidays count
	Holidays Holidays // the dated table of holidays
}

// A Nation is one whose bank holidays are its own.
type Nation uint8

// The nations with holidays of their own.
const (
	EnglandAndWales Nation = iota + 1
	Scotland
	NorthernIreland
)

// A Period is the stretch of days that one slot of a schedule stands for.
type Period struct {
	Start, End Date   // both inclusive
	Label      string // "March 2026", "week of 2 November 2026", "2026"
	Number     int    // 1 to 12 for months, 1 to 4 for quarters, the year for years
}

// A Slot is one beat of a schedule.
type Slot struct {
	At     time.Time // when it falls
	Period Period
	Key    string // its identity: the civil day of At, "2026-11-02"
}
