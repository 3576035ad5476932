package playbook_test

import (
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine/playbook"
)

// TestReview: what may be said of how a yes is given, and what holds where
// nothing is. What is wrong is in testdata/bad.
func TestReview(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for text, want := range map[string]playbook.Review{
		"":                          {15 * time.Minute, 25, 7 * day, 25, 5, 30 * time.Minute},
		"review: {undo: 0 minutes}": {0, 25, 7 * day, 25, 5, 30 * time.Minute},
		"review: {undo: 24 hours, by_reply: 0, expires: 1 hour, stages: {from: 0}}":                            {day, 0, time.Hour, 0, 5, 30 * time.Minute},
		"review: {undo: 1 day, by_reply: 10, expires: 60 days, stages: {from: 100, first: 10, wait: 2 hours}}": {day, 10, 60 * day, 100, 10, 2 * time.Hour},
	} {
		set := load(t, map[string]string{"constituency.yaml": "name: Anytown CLP\n" + text + "\n"})
		if set.Constituency.Review != want || len(set.Faults) != 0 {
			t.Errorf("%s: %+v, faults %v", text, set.Constituency.Review, set.Faults)
		}
	}
	one := load(t, map[string]string{"constituency.yaml": "name: Anytown CLP\n"})
	other := load(t, map[string]string{"constituency.yaml": "name: Anytown CLP\nreview: {undo: 1 hour}\n"})
	if one.Settings == "" || one.Settings == other.Settings {
		t.Error("the digest of the settings does not tell them apart")
	}
}
