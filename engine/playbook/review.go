package playbook

import (
	"strconv"
	"strings"
	"time"
)

// A Review is how a yes is given: for how long it can be taken back, what may be
// approved by replying to a mail, how long a saved plan stands, and in which
// stages a large batch leaves.
type Review struct {
	Undo       time.Duration // after a person's yes nothing leaves for so long; 0: at once
	ByReply    int           // letters at most that a reply or a link may approve
	Expires    time.Duration // how long a saved plan may be approved
	StageFrom  int           // a batch of more letters leaves in two stages; 0: never
	StageFirst int           // how many go first
	StageWait  time.Duration // how long the rest waits then
}

// reviewByDefault is what holds where a constituency says nothing.
func reviewByDefault() Review {
	return Review{Undo: 15 * time.Minute, ByReply: 25, Expires: 7 * 24 * time.Hour, StageFrom: 25, StageFirst: 5, StageWait: 30 * time.Minute}
}

const aSpan = `^\d{1,5} (minute|hour|day)s?$`

var (
	reviewForm = form{what: "review", fields: []field{
		{"undo", false, like(aSpan), "How long a yes can be taken back before anything leaves: 15 minutes, unless it says otherwise; 24 hours at most."},
		{"by_reply", false, aNumber(0, 1000), "How many letters may be approved by answering a mail: 25, unless it says otherwise."},
		{"expires", false, like(aSpan), "How long a plan may be approved: 7 days, unless it says otherwise."},
		{"stages", false, in("stages"), "How a large batch leaves: a few letters first, then the rest."},
	}}
	stagesForm = form{what: "stages", fields: []field{
		{"from", false, aNumber(0, 100000), "A batch of more letters leaves in two stages: 25, unless it says otherwise; 0: none does."},
		{"first", false, aNumber(1, 1000), "How many go first: 5, unless it says otherwise."},
		{"wait", false, like(aSpan), "How long the rest waits then: 30 minutes, unless it says otherwise."},
	}}
)

// readReview reads how a yes is given.
func readReview(v value, r *Review) {
	m, _ := v.form(reviewForm)
	setSpan(m, "undo", &r.Undo, 0, 24*time.Hour)
	setNumber(m, "by_reply", &r.ByReply, 0, 1000)
	setSpan(m, "expires", &r.Expires, time.Hour, 60*24*time.Hour)
	if s := m.get("stages"); s.there() {
		sm, _ := s.form(stagesForm)
		setNumber(sm, "from", &r.StageFrom, 0, 100000)
		setNumber(sm, "first", &r.StageFirst, 1, 1000)
		setSpan(sm, "wait", &r.StageWait, time.Minute, 24*time.Hour)
		if r.StageFrom > 0 && r.StageFirst > r.StageFrom {
			s.fault("let fewer go first, or begin with larger batches", "%d letters would go first of a batch that may have no more than %d.", r.StageFirst, r.StageFrom+1)
		}
	}
}

// spanUnits are the units of a span on the clock.
var spanUnits = map[string]time.Duration{"minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}

// setSpan reads a span on the clock into a place, if it is written: 15 minutes.
func setSpan(m mapping, key string, to *time.Duration, low, high time.Duration) {
	v := m.get(key)
	if !v.there() {
		return
	}
	text, ok := v.text(key)
	if !ok {
		return
	}
	number, unit, _ := strings.Cut(text, " ")
	n, err := strconv.Atoi(number)
	one, known := spanUnits[strings.TrimSuffix(unit, "s")]
	switch span := time.Duration(n) * one; {
	case err != nil || !known || n < 0 || n > 99999:
		v.fault("write a number and minutes, hours or days: 15 minutes", "%s cannot be %q.", sentence(key), plain(text))
	case span < low || span > high:
		v.fault("", "%s is between %s and %s.", sentence(key), spanWords(low), spanWords(high))
	default:
		*to = span
	}
}

// spanWords says a span as it is written.
func spanWords(d time.Duration) string {
	for _, unit := range []string{"day", "hour", "minute"} {
		one := spanUnits[unit]
		if n := int(d / one); d%one == 0 && (n > 1 || n == 1 && unit != "day") {
			if n == 1 {
				return "1 " + unit
			}
			return strconv.Itoa(n) + " " + unit + "s"
		}
	}
	return "0 minutes"
}
