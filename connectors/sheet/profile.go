package sheet

import (
	"fmt"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// A profile is the layout of a public register: what its headings are in our
// datasets, and what its words mean. The order of its columns does not matter
// and any column but those in needs may be missing.
type profile struct {
	name    string
	dataset string
	needs   []string            // folded headings by which it is recognised
	columns map[string][]string // their heading -> our column, the first that the schema has
	words   map[string][]string // their word, folded -> our choice, the first that the column has
}

// recognises reports whether the headings are of this layout.
func (p *profile) recognises(header []string) bool {
	have := make(map[string]bool, len(header))
	for _, h := range header {
		if len(h) <= 200 {
			have[fold(h)] = true
		}
	}
	for _, n := range p.needs {
		if !have[n] {
			return false
		}
	}
	return true
}

var profiles = []*profile{electoralCommission}

// profileFor is the profile that the source names or, failing that, the one to
// look for in files of this dataset.
func profileFor(spec Spec, schema *dataset.Schema) (*profile, error) {
	for _, p := range profiles {
		if spec.Profile == p.name || spec.Profile == "" && schema.Name == p.dataset {
			return p, nil
		}
	}
	if spec.Profile != "" {
		return nil, fmt.Errorf("there is no layout called %q; the one that is known is %s", shown(spec.Profile), electoralCommission.name)
	}
	return nil, nil
}

// electoralCommission is the register of donations as the Electoral Commission
// publishes it. Its columns have changed places over the years, and some come
// and go (CampaigningName, RegisterName, IsIrishSource).
var electoralCommission = &profile{
	name:    "electoral-commission",
	dataset: "donations",
	needs:   []string{"ecref", "value", "donorname"},
	columns: map[string][]string{
		"ECRef":                     {"donation_id", "key", "id", "reference"},
		"Value":                     {"amount", "value"},
		"DonorName":                 {"donor", "donor_name", "source_name"},
		"DonorStatus":               {"donor_type", "source_type"},
		"DonorId":                   {"donor_id", "source_id"},
		"ReceivedDate":              {"received_on", "received"},
		"AcceptedDate":              {"accepted_on", "accepted"},
		"ReportedDate":              {"reported_on", "reported_hq_at", "reported"},
		"DonationType":              {"kind"},
		"NatureOfDonation":          {"nature", "description"},
		"PurposeOfVisit":            {"purpose", "purpose_of_visit"},
		"DonationAction":            {"status"},
		"AccountingUnitName":        {"accounting_unit", "unit"},
		"Postcode":                  {"postcode"},
		"CompanyRegistrationNumber": {"company_number", "register_ref", "company_registration_number"},
		"IsSponsorship":             {"sponsorship", "is_sponsorship"},
		"IsBequest":                 {"bequest", "is_bequest"},
		"IsAggregation":             {"aggregation", "is_aggregation", "aggregated"},
	},
	words: map[string][]string{
		"tradeunion":                  {"trade_union", "union"},
		"unincorporatedassociation":   {"unincorporated_association", "association"},
		"publicfund":                  {"public_fund", "public_funds", "other"},
		"registeredpoliticalparty":    {"registered_party", "registered_political_party", "political_party", "party"},
		"friendlysociety":             {"friendly_society", "cooperative_society", "friendly_society_or_cooperative"},
		"limitedliabilitypartnership": {"limited_liability_partnership", "llp"},
		"buildingsociety":             {"building_society"},
		"trust":                       {"trust", "other"},
		"impermissibledonor":          {"impermissible", "impermissible_donor", "other"},
		"unidentifiabledonor":         {"unidentifiable", "unidentifiable_donor", "unidentified", "other"},
		"unidentifieddonor":           {"unidentified", "unidentifiable", "unidentifiable_donor", "other"},
		"noncash":                     {"non_cash", "in_kind"},
		"publicfunds":                 {"public_funds", "public_fund", "other"},
		"exempttrust":                 {"exempt_trust", "trust", "other"},
		"permissibledonorexempttrust": {"exempt_trust", "trust", "other"},
		"visit":                       {"visit", "other"},
		"returned":                    {"returned"},
		"forfeited":                   {"forfeited"},
		"deferred":                    {"received"},
	},
}
