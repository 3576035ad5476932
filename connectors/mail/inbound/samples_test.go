package inbound

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
)

// A folder of real reports, with expected.csv (file, recipient, status, reason,
// hardbounce, feedbacktype) beside them, is asked for by CLARION_BOUNCES. None
// is part of this project; the reports of testdata are invented.
func TestRealReports(t *testing.T) {
	folder := os.Getenv("CLARION_BOUNCES")
	if folder == "" {
		folder = filepath.Join("testdata", "reports") // our own, in the same form
	}
	f, err := os.Open(filepath.Join(folder, "expected.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]string{}
	hard := map[string]bool{}
	for _, r := range rows[1:] {
		want[r[0]] = append(want[r[0]], strings.ToLower(r[1]))
		hard[r[0]+strings.ToLower(r[1])] = r[4] == "true"
	}
	right, invented, falseHard, foundHard, allHard := 0, 0, 0, 0, 0
	for name, to := range want {
		raw, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		m := Read(raw, Own{})
		var got []string
		for _, f := range m.Failures {
			a := strings.ToLower(f.Recipient)
			got = append(got, a)
			is, listed := hard[name+a]
			if !listed {
				invented++
			}
			if f.Verdict == Hard && !is {
				falseHard++
				t.Errorf("%s: %s is not hard: %s (%s)", name, a, f.Rule, f.Diagnostic)
			}
			if f.Verdict == Hard && is {
				foundHard++
			}
		}
		for _, a := range to {
			if hard[name+a] {
				allHard++
			}
		}
		sort.Strings(got)
		sort.Strings(to)
		if strings.Join(got, " ") == strings.Join(to, " ") {
			right++
		} else {
			t.Logf("%s: got %q, not %q (%s: %s)", name, got, to, m.Kind, m.Why)
		}
	}
	t.Logf("recipients right in %d of %d reports, %d invented, %d false hard, %d of %d hard found", right, len(want), invented, falseHard, foundHard, allHard)
	if 100*right < 95*len(want) {
		t.Errorf("recipients right in only %d of %d", right, len(want))
	}
}
