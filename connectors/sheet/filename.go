package sheet

import (
	"path"
	"strings"
	"time"
	"unicode"

	"github.com/clarion-clp/clarion/engine/calendar"
)

// dateInName finds the one date that a file's name carries: members 2026-11-02,
// list_20261102, gm 12-11-2026, minutes 12 Nov 2026. Two different dates, or
// one that could be read in two ways, are none.
func dateInName(name string, year int) (calendar.Date, bool) {
	words := nameWords(stem(name))
	found, _, _, ok := dateAmong(words, year)
	return found, ok
}

func stem(name string) string {
	base := path.Base(strings.ReplaceAll(name, `\`, "/"))
	return strings.TrimSuffix(base, path.Ext(base))
}

// nameWords cuts a name into words and numbers.
func nameWords(s string) []string {
	if len(s) > 500 {
		s = s[:500]
	}
	return strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '\'' && r != '’' })
}

// dateAmong finds the one date among words, and where it stands.
func dateAmong(words []string, year int) (found calendar.Date, from, to int, ok bool) {
	for i := 0; i < len(words); i++ {
		for n := min(3, len(words)-i); n >= 1; n-- {
			if n == 2 {
				continue
			}
			d, yes := wordsDate(words[i:i+n], year)
			if !yes {
				continue
			}
			if ok && d != found {
				return 0, 0, 0, false
			}
			if !ok {
				found, from, to, ok = d, i, i+n, true
			}
			i += n - 1
			break
		}
	}
	return found, from, to, ok
}

// wordsDate reads one or three words as a date. Two numbers under 13 are taken
// with the day first, as people here name files, if the year has four figures.
func wordsDate(words []string, year int) (calendar.Date, bool) {
	if len(words) == 1 && len(words[0]) != 8 {
		return 0, false
	}
	f, why := parseDay(strings.Join(words, " "))
	if why != "" || f.twoDigits && f.slash && f.month <= 12 && f.day <= 12 && f.day != f.month {
		return 0, false
	}
	if f.twoDigits {
		if f.year, why = century(f.year, year); why != "" {
			return 0, false
		}
	}
	if impossible(f) != "" || f.year < 1990 || f.year > 2100 {
		return 0, false
	}
	return calendar.NewDate(f.year, time.Month(f.month), f.day), true
}

// meetingWords are what meetings are called in names of files, by the word
// that stands for them in a document's record.
var meetingWords = map[string]string{
	"gm": "gm", "generalmeeting": "gm", "general": "gm",
	"gc": "gm", "generalcommittee": "gm",
	"agm": "agm", "annualgeneralmeeting": "agm", "annualmeeting": "agm",
	"egm": "special", "sgm": "special", "special": "special", "specialmeeting": "special", "extraordinarygeneralmeeting": "special",
	"ec": "ec", "exec": "ec", "executive": "ec", "executivecommittee": "ec", "executivemeeting": "ec",
	"amm": "all_member", "allmember": "all_member", "allmembers": "all_member", "allmembermeeting": "all_member", "allmembersmeeting": "all_member",
	"branch": "branch", "branchmeeting": "branch",
	"forum": "policy", "policyforum": "policy", "policy": "policy",
	"campaign": "campaign", "campaigns": "campaign", "campaignmeeting": "campaign", "campaigncommittee": "campaign",
	"social": "social",
}

// A nameFinder reads what a document's name says: the day, the meeting, the
// kind and the status, in any order, in the words of the schema's choices.
type nameFinder struct {
	kinds, statuses, meetings map[string]string
	year                      int
}

// A docName is what was found.
type docName struct {
	on                    calendar.Date
	dated                 bool
	meeting, kind, status string
	rest                  int // words that say none of these
}

func (n *nameFinder) find(name string) docName {
	words := nameWords(stem(name))
	var d docName
	var from, to int
	d.on, from, to, d.dated = dateAmong(words, n.year)
	if d.dated {
		words = append(append([]string{}, words[:from]...), words[to:]...)
	}
	words = take(words, n.statuses, &d.status)
	words = take(words, n.kinds, &d.kind)
	words = take(words, n.meetings, &d.meeting)
	d.rest = len(words)
	return d
}

// take finds the longest run of words that the list knows and takes it out.
// Two different answers of the same length are none.
func take(words []string, list map[string]string, out *string) []string {
	for n := min(4, len(words)); n >= 1; n-- {
		at := -1
		for i := 0; i+n <= len(words); i++ {
			meant := list[fold(strings.Join(words[i:i+n], " "))]
			if meant == "" {
				continue
			}
			if at >= 0 && meant != *out {
				*out = ""
				return words
			}
			if at < 0 {
				at, *out = i, meant
			}
		}
		if at >= 0 {
			return append(append([]string{}, words[:at]...), words[at+n:]...)
		}
	}
	return words
}
