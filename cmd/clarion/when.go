package main

import (
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/condition"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/playbook"
)

type whenCmd struct {
	Moment string `arg:"" help:"A moment or a schedule, as a playbook would write it."`
	laid
}

func (*whenCmd) Help() string {
	return examples(`clarion when '12 working days before 2026-05-07'`, `clarion when '19 uk working days before 2019-12-12 at 16:00'`,
		`clarion when '4 months after 2025-12-31, or the working day before' --nation scotland`, `clarion when '2 weeks on monday at 07:00' --on 2026-11-02`)
}

// slots is how many beats of a schedule are shown.
const slots = 5

func (c *whenCmd) Run(s *session) error {
	text := strings.TrimSpace(c.Moment)
	return s.bench(c.laid, func(b *plan.Bench, clock calendar.Clock) error {
		schedule, scheduleFaults := b.Schedule(text)
		if len(scheduleFaults) == 0 {
			return s.beats(b, schedule, clock)
		}
		r, unknown, faults := b.When(text)
		switch {
		case len(faults) > 0 && !isMoment(text):
			return s.faulty(scheduleFaults)
		case len(faults) > 0:
			return s.faulty(faults)
		case unknown != nil:
			return s.faulty([]playbook.Fault{{Column: 1, Text: "This cannot be told: " + strings.TrimPrefix(condition.Why(unknown), "cannot tell: ") + "."}})
		case s.JSON:
			return s.out.json(whenView(r, text, clock))
		}
		printReckoning(s, r, clock)
		return nil
	})
}

// isMoment tells a moment with a fault from a schedule with one: a moment has a
// direction, a day or a column in it.
func isMoment(text string) bool {
	words := " " + strings.ToLower(text) + " "
	return strings.Contains(words, " before ") || strings.Contains(words, " after ") || strings.ContainsAny(words, ".-(")
}

// weekdayWords is a day with its weekday: Thursday 7 May 2026.
func weekdayWords(d calendar.Date) string { return d.Weekday().String() + " " + d.Words() }

// hourOf is the time of day of an instant there.
func hourOf(t time.Time, clock calendar.Clock) string { return t.In(clock.Zone).Format("15:04") }

// beats shows when a schedule falls next.
func (s *session) beats(b *plan.Bench, schedule *calendar.Schedule, clock calendar.Clock) error {
	var next []calendar.Slot
	at := b.Now()
	for len(next) < slots {
		slot := schedule.Next(clock, at)
		next, at = append(next, slot), slot.At
	}
	if s.JSON {
		return s.out.json(object{"schedule": schedule.String(), "slots": each(next, func(x calendar.Slot) object {
			return object{"day": clock.Day(x.At).String(), "weekday": clock.Day(x.At).Weekday().String(), "period": x.Period.Label,
				"from": x.Period.Start.String(), "until": x.Period.End.String()}.at("at", x.At, clock.Zone)
		})})
	}
	s.out.say("%s", s.out.paint("1", schedule.String()))
	rows := [][]string{}
	for _, x := range next {
		rows = append(rows, []string{weekdayWords(clock.Day(x.At)), hourOf(x.At, clock), x.Period.Label})
	}
	s.out.table("  ", 60, rows)
	return nil
}

// printReckoning shows a moment, and how it was counted.
func printReckoning(s *session, r plan.Reckoning, clock calendar.Clock) {
	s.out.say("%s at %s", s.out.paint("1", weekdayWords(clock.Day(r.At))), hourOf(r.At, clock))
	if r.Counted {
		way := "after"
		if r.Before {
			way = "before"
		}
		s.out.say("  counted: %s %s %s", r.By, way, weekdayWords(r.From))
	}
	if r.Roll != calendar.NoRoll {
		way := "after"
		if r.Roll == calendar.RollBefore {
			way = "before"
		}
		s.out.say("  %s is no working day, so the working day %s it", weekdayWords(r.Rolled), way)
	}
	weekend := 0
	for _, x := range r.Skipped {
		if x.Weekend {
			weekend++
			continue
		}
		s.out.say("  skipped: %s, %s", weekdayWords(x.Day), x.Why)
	}
	if weekend > 0 {
		s.out.say("  skipped: %s", plural(weekend, "day of the weekend", "Saturdays and Sundays"))
	}
	if len(r.Skipped) > 0 && r.By.Unit != calendar.UKWorkingDay {
		s.out.say("  bank holidays are those of %s", nationNamed(clock.Nation))
	}
}

func nationNamed(n calendar.Nation) string {
	switch n {
	case calendar.Scotland:
		return "Scotland"
	case calendar.NorthernIreland:
		return "Northern Ireland"
	}
	return "England and Wales"
}

// whenView is what --json prints of a moment.
func whenView(r plan.Reckoning, text string, clock calendar.Clock) object {
	day := clock.Day(r.At)
	v := object{"moment": text, "day": day.String(), "weekday": day.Weekday().String(), "nation": clock.Nation.String(),
		"counted_from": r.From.String(), "skipped": each(r.Skipped, func(x plan.Skipped) object {
			return object{"day": x.Day.String(), "why": x.Why, "weekend": x.Weekend}
		})}.at("at", r.At, clock.Zone)
	if r.Counted {
		v["by"], v["before"] = r.By.String(), r.Before
	}
	if r.Roll != calendar.NoRoll {
		v["moved_from"] = r.Rolled.String()
	}
	return v
}
