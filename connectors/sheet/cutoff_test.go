package sheet

import (
	"strings"
	"testing"
	"time"
)

// A download that broke off ends in the middle of a row: that row is no
// record. A list whose last line merely lacks its line end is whole.
func TestAListThatIsCutOff(t *testing.T) {
	const whole = "membership_no,first_name,status,branch\nA1,Jo,active,North\nA2,Lee,active,South"
	for _, c := range []struct {
		name, text       string
		records, refused int
	}{
		{"whole", whole, 2, 0},
		{"whole, with a line end", whole + "\n", 2, 0},
		{"cut off after a cell", strings.TrimSuffix(whole, ",South"), 1, 1},
		{"cut off in a number", strings.TrimSuffix(whole, "2,Lee,active,South"), 1, 1},
		{"short, but ended", strings.TrimSuffix(whole, ",South") + "\n", 2, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := ReadBytes("members.csv", []byte(c.text), time.Time{}, Spec{}, members(), london(t))
			if err != nil {
				t.Fatal(err)
			}
			if len(r.Records) != c.records || len(r.Refused) != c.refused {
				t.Fatalf("%d records and %d refused, not %d and %d: %v", len(r.Records), len(r.Refused), c.records, c.refused, r.Refused)
			}
			if c.refused > 0 && !strings.Contains(r.Refused[0].Why, "in the middle of this row") {
				t.Errorf("it is refused for another reason: %s", r.Refused[0].Why)
			}
		})
	}
}
