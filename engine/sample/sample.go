// Package sample makes a whole constituency that does not exist: its members,
// gifts, meetings, papers, officers and settings, as the files that its
// officers would keep, and the exports that would follow each other over two
// months. The same seed and the same day give the same bytes; nothing here
// reads a clock. Everybody in it is invented, every address is at example.org,
// example.com or example.net, every telephone number is one that is reserved
// for stories, and no postcode area called XW exists.
//
// Harrowmere and Thornley CLP has about 600 members in five branches. Around
// the crowd, which the seed draws, stands a cast that every seed shares. Days
// are counted from today, which is day 0; exports are dated days -28, -14, 0,
// 1, 7, 14 and 30, and the first of them is the baseline: nobody in it is new.
//
// New on day 0:
//
//	A200001 Amara Okafor       joined -5, Harrowmere Town, agreed to marketing
//	A200002 Ffion Prys         joined -4, Castle Hill; shares an address and an
//	A200003 Gethin Prys        email with her husband, who joined with her
//	A200004 Tomasz Zielinski   joined -3, Thornley, has no email
//	A200005 Grace Adeyemi      joined -6, branch blank
//	A200006 Oliver Finch       joined -2, Millbrook; resigns by day 7
//	A200007 Harold Whitcombe   a new number, joined twelve years ago: not new
//	A200008 Isla Drummond      joins on day 10, and is not welcome before
//	A200009 Colin Peverell     "31/02" as the day he joined: cannot tell
//	A200010 Beth Sandiford     joined -1, Saltmarsh, a branch without officers
//
// Later: A200011 Priya Raman on day 1; A200012 Euan McAllister and A200013
// Chiamaka Eze on day 7; A200014 Rowan Teague on day 14; A200015 Mei Lin Cheng
// and A200016 Silas Brathwaite on day 30.
//
// Payments. A few dozen of the crowd are in arrears at the baseline, which
// makes them backlog. New in arrears on day 0:
//
//	A150001 Bernard Hollis     since -6, and stays so
//	A150002 Yusuf Rahman       since -8; shares his email with Layla Rahman,
//	                           so nothing about payments goes there
//	A150004 Maureen Tate       since -5; somebody rang her on day -4, so she is
//	                           left alone until day 10
//	A150005 Desmond Clarke     no date on which the arrears began: cannot tell
//	A150006 Sofia Marino       since -9; has paid by day 7
//	A150007 Gareth Lloyd       only on day 7, since day 3
//
// Others: A150008 Niamh Gallagher had lapsed and is back by day 7 under her
// old number; A150009 Walter Pym has died by day 7; A150010 Ivor Blackett
// takes the minutes of general meetings.
//
// Gifts: R9001 £750.00 received -13, unchecked until after day 14, so the
// reminders grow louder; R9002 £500.00 exactly, received -10, needs no check;
// R9003 £500.01, received -9, does; R9004 £1,200.00 received -40 and never
// checked, its time is over; R9005 £620.00 received -20 and checked; R9006
// £2,000.00 received -33 and returned; R9007 £1,234.50 received -2, checked by
// day 7; R9008 has no amount; R9009 an unreadable date; R9010 £900.00 received
// on day 5, first seen on day 7. The rest are small.
//
// Meetings: a general meeting on day -6 whose minutes are a draft on day 7 and
// approved on day 14; an executive on day -20 whose minutes are approved on
// day 0; an executive on day 8, approved on day 14; a general meeting on day
// 22 that has no minutes by day 30; an annual meeting on day 50.
//
// Officers: one in two roles, one deputy, one who left, and no officer at all
// in Saltmarsh.
//
// Year tells a whole year from day 0, in which every shipped playbook finds
// something to do: every office has a holder (team.go), meetings come and go
// with their papers (rhythm.go), members join, fall behind and leave (lives.go),
// and the other lists stand in year/*.csv, row by row with the day from which it
// is there (books.go).
package sample

import (
	"bytes"
	"math/rand/v2"

	"github.com/clarion-clp/clarion/engine/calendar"
)

// Name is what the constituency is called.
const Name = "Harrowmere and Thornley CLP"

// A Constituency is its exports, the earliest first.
type Constituency struct {
	Today   calendar.Date
	Exports []Export
}

// An Export is what its officers had saved by a day: the files that were new
// or had changed since the export before, by their path in the folder, with
// slashes. The first holds the settings, the playbooks and the README too.
type Export struct {
	Date  calendar.Date
	Files map[string][]byte
}

// days are when exports are dated, counted from today.
var days = []int{-28, -14, 0, 1, 7, 14, 30}

// usual is about how many members the constituency has, and cast how many of
// them are not drawn.
const (
	usual = 600
	cast  = 25
)

// Make makes the constituency of a seed, as it is around today.
func Make(seed uint64, today calendar.Date) Constituency { return Sized(seed, today, usual) }

// Sized makes a constituency of about so many members, to measure with. Where
// they are more than usual, more of them are new on day 0: one in 120.
func Sized(seed uint64, today calendar.Date, members int) Constituency {
	w := newWorld(rand.New(rand.NewPCG(seed, 0x636c6172696f6e)), today, members)
	c := Constituency{Today: today}
	last := map[string][]byte{}
	for i, n := range days {
		w.live(n)
		files := w.files()
		if i == 0 {
			w.settle(files)
		}
		for path, b := range files {
			if old, ok := last[path]; ok && bytes.Equal(old, b) {
				delete(files, path)
				continue
			}
			last[path] = b
		}
		c.Exports = append(c.Exports, Export{Date: today.AddDays(n), Files: files})
	}
	return c
}

// On gives every file of the folder as it was at the end of a day: those of
// the exports up to then, laid over each other. Before the first export there
// are none.
func (c Constituency) On(day calendar.Date) map[string][]byte {
	files := map[string][]byte{}
	for _, e := range c.Exports {
		if e.Date > day {
			break
		}
		for path, b := range e.Files {
			files[path] = b
		}
	}
	return files
}

// A world is the constituency while its story is told.
type world struct {
	today    calendar.Date
	day      int // of the export being made, from today
	members  []*member
	gifts    []gift
	meetings []meeting
	papers   []paper
	agreed   []agreed
	notes    map[string][]entry // what the year's rhythm writes into the officers' books
}

// date is a day of the story.
func (w *world) date(day int) calendar.Date { return w.today.AddDays(day) }

// now is the day of the export being made.
func (w *world) now() calendar.Date { return w.date(w.day) }

func newWorld(r *rand.Rand, today calendar.Date, members int) *world {
	w := &world{today: today, day: days[0]}
	w.crowd(r, members-cast)
	w.newcomers(r, (members-usual)/120)
	w.cast()
	w.smallGifts(r)
	w.storyGifts()
	w.diary()
	return w
}
