package sample

import (
	"bytes"
	"encoding/csv"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestAYearOfTheSameSeedIsTheSame(t *testing.T) {
	a, b := Year(7, today, []string{"x"}), Year(7, today, []string{"x"})
	if len(a.Exports) < 100 || len(a.Exports) != len(b.Exports) {
		t.Fatalf("%d exports, and %d", len(a.Exports), len(b.Exports))
	}
	for i, e := range a.Exports {
		if e.Date != b.Exports[i].Date || !maps.EqualFunc(e.Files, b.Exports[i].Files, bytes.Equal) {
			t.Fatalf("export %d, of %s, is another the second time", i, e.Date)
		}
	}
}

// The membership list comes each fortnight but one, and what the officers keep
// comes when it has changed.
func TestTheListsOfAYear(t *testing.T) {
	c := Year(1, today, nil)
	var days []int
	for _, e := range c.Exports {
		if e.Files["data/members.csv"] != nil {
			days = append(days, int(e.Date-today))
		}
	}
	if len(days) != 26 || days[0] != 0 || slices.Contains(days, forgotten) {
		t.Errorf("membership lists on days %v", days)
	}
	seats := map[string]int{}
	for _, row := range rowsOf(t, c.On(today.AddDays(100))["officers.csv"]) {
		if row["until"] == "" {
			seats[row["role"]]++
		}
	}
	for _, role := range []string{"chair", "vice_chair", "secretary", "assistant_secretary", "treasurer", "auditor", "membership_officer",
		"campaign_coordinator", "policy_officer", "womens_officer", "bame_officer", "lgbtq_officer", "disabilities_officer",
		"equality_and_diversity_officer", "youth_officer", "trade_union_liaison_officer", "political_education_officer",
		"communications_officer", "fundraising_coordinator", "it_coordinator", "canvassing_coordinator", "direct_mail_coordinator",
		"telephone_bank_coordinator", "branch_chair", "branch_secretary", "branch_treasurer", "branch_membership_secretary", "branch_campaign_organiser"} {
		if seats[role] == 0 {
			t.Errorf("on day 100 nobody is %s", role)
		}
	}
}

// Everybody in the year is invented, and lives at example.org, .com or .net.
func TestNobodyInAYearIsReal(t *testing.T) {
	address := regexp.MustCompile(`[^\s@,"]+@[^\s@,"]+`)
	for _, e := range Year(1, today, nil).Exports {
		for name, b := range e.Files {
			if !strings.HasSuffix(name, ".csv") {
				continue
			}
			for _, a := range address.FindAllString(string(b), -1) {
				_, domain, _ := strings.Cut(strings.ToLower(a), "@")
				if !slices.Contains(append(providers, "example"), domain) { // a slip of the pen ends at the comma
					t.Fatalf("%s of %s has %s", name, e.Date, a)
				}
			}
		}
	}
}

func rowsOf(t *testing.T, b []byte) []map[string]string {
	t.Helper()
	all, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(b, []byte(bom)))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, row := range all[1:] {
		m := map[string]string{}
		for i, cell := range row {
			m[all[0][i]] = cell
		}
		out = append(out, m)
	}
	return out
}
