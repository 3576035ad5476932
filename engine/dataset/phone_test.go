package dataset

import (
	"strings"
	"testing"

	"github.com/clarion-clp/clarion/engine/calendar"
)

// A telephone number in the form of E.164 is shown with spaces and, if it is
// British, with the 0 of home; any other text as it stands.
func TestATelephoneNumberIsShownWithSpaces(t *testing.T) {
	for s, want := range map[string]string{
		"+442079460000": "020 7946 0000", "+442920180001": "029 2018 0001", "+441134960000": "0113 496 0000", "+441214960000": "0121 496 0000",
		"+441632960101": "01632 960101", "+447700900123": "07700 900123", "+443001234567": "0300 123 4567", "+44800123456": "0800 123456", "+44169772345": "01697 72345",
		"+33123456789": "+33 123 456 789", "+12025550123": "+1 202 555 0123", "+353201234567": "+353 201 234 567", "+4412345": "+4412345",
		"+44": "+44", "07700900123": "07700900123", "+0770090012": "+0770090012", "+44770090012x": "+44770090012x", "A150001": "A150001", "+5": "+5", "+441632960101441632": "+441632960101441632",
	} {
		got := TextValue(s).Words(calendar.Clock{})
		if got != want {
			t.Errorf("%s is shown as %s, want %s", s, got, want)
		}
		if home := strings.ReplaceAll(got, " ", ""); home != s && "+44"+strings.TrimPrefix(home, "0") != s {
			t.Errorf("%s is shown with other figures: %s", s, got)
		}
	}
}
