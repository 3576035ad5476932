package playbook_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/playbooks"
)

// An officer finds a duty by her own words: it is among the first three.
func TestFindingADuty(t *testing.T) {
	search, err := playbook.NewSearch(playbooks.Library, shipped(t))
	if err != nil {
		t.Fatal(err)
	}
	for words, want := range map[string]string{
		"donor":                                   "donation-permissibility",
		"money stopped":                           "arrears-chase",
		"late fee":                                "arrears-chase",
		"members who have not paid their subs":    "arrears-chase",
		"welcome":                                 "new-member-welcome",
		"AGM":                                     "agm-timetable",
		"postal vote":                             "ballot-timetable",
		"who takes the notes":                     "minute-taker-rota",
		"sending out the minutes":                 "minutes-circulate",
		"calling a meeting":                       "meeting-notice",
		"bank signatories":                        "bank-mandate",
		"GDPR request":                            "data-rights-clock",
		"data breach":                             "breach-clock",
		"thank you letter for a gift":             "thank-every-gift",
		"someone has resigned from the party":     "resigned-contact",
		"moved house":                             "transfer-in-out",
		"wheelchair access":                       "inclusive-event-check",
		"reasonable adjustments":                  "reasonable-adjustment",
		"volunteers":                              "volunteer-match",
		"canvassing session short of people":      "campaign-slippage",
		"leaflets":                                "leaflet-run",
		"turning 18":                              "birthday-18",
		"handing over to a successor":             "officer-handover",
		"subscription of an affiliated union":     "affiliation-renewal",
		"borrow money":                            "loan-precheck",
		"quarterly return to head office":         "quarterly-donation-return",
		"raffle":                                  "meeting-raffle",
		"annual accounts":                         "annual-accounts",
		"delete old membership lists":             "data-store-tidy",
		"stand in while the chair is on holiday":  "chair-cover",
		"action points":                           "action-log-chase",
		"training":                                "education-programme",
		"young members":                           "young-members-meetup",
		"women":                                   "women-new-member",
		"passwords of someone who has left":       "leaver-access-revoke",
		"resolution":                              "motion-tracker",
		"printed and promoted by on our website":  "imprint-check",
		"election nomination dates":               "election-timetable",
		"nobody has uploaded the membership list": "mar-missing",
	} {
		var got []string
		for _, pb := range search.Find(words) {
			got = append(got, pb.Name)
		}
		if i := slices.Index(got, want); i < 0 || i > 2 {
			t.Errorf("%q finds %s, and %s at %d", words, got[:min(4, len(got))], want, i+1)
		}
	}
	for _, words := range []string{"zebra", "", "the of and", "???"} {
		if got := search.Find(words); len(got) > 0 {
			t.Errorf("%q finds %s", words, got[0].Name)
		}
	}
}

// A misspelt list of words is refused, with the place.
func TestSynonymsAreChecked(t *testing.T) {
	set := shipped(t)
	for text, want := range map[string]string{
		"ignor: [a]\nmeans: {}\n":    "synonyms.yaml:1:1",
		"means: [gift]\n":            "synonyms.yaml:1:8",
		"ignore: [a]\nignore: [b]\n": "synonyms.yaml:2:1",
	} {
		if _, err := playbook.NewSearch(fstest.MapFS{"synonyms.yaml": {Data: []byte(text)}}, set); err == nil {
			t.Errorf("%q is taken", text)
		} else if !strings.Contains(err.Error(), want+":") {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

// A role is served by what it owns, what goes to it and what its settings name.
func TestWhomAPlaybookServes(t *testing.T) {
	set := shipped(t)
	for name, roles := range map[string][]string{
		"meeting-notice":          {"secretary", "chair"},
		"equality-events":         {"equality_and_diversity_officer", "womens_officer", "bame_officer", "lgbtq_officer", "disabilities_officer"},
		"branch-money-sweep":      {"treasurer", "branch_treasurer"},
		"officer-handover":        {"secretary", "everyone"},
		"donation-permissibility": {"treasurer", "chair"},
	} {
		got := set.Serves(set.Playbook(name))
		for _, role := range roles {
			if !slices.Contains(got, role) {
				t.Errorf("%s serves %s, and not %s", name, got, role)
			}
		}
	}
}

// What a constituency has not switched on is listed all the same, as it would
// hold there.
func TestLoadAllListsWhatIsOff(t *testing.T) {
	files := plain(map[string]string{"playbooks.yaml": "new-member-welcome: {settings: {check_in: 30 days}}\narrears-chase: \"off\"\n"})
	on, err := playbook.Load(playbooks.Library, files)
	if err != nil {
		t.Fatal(err)
	}
	all, err := playbook.LoadAll(playbooks.Library, files)
	if err != nil {
		t.Fatal(err)
	}
	if len(on.Playbooks) != 1 || len(all.Playbooks) != len(on.Off)+1 || len(all.Off) != 0 {
		t.Errorf("%d on, %d off, %d in all", len(on.Playbooks), len(on.Off), len(all.Playbooks))
	}
	if all.Playbook("arrears-chase") == nil || all.Playbook("new-member-welcome").Digest != on.Playbook("new-member-welcome").Digest {
		t.Error("what is off is not there, or what is on is another")
	}
}
