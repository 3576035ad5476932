package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"time"
)

// keptPlans is the number of saved plans that a Book remembers at least; it
// remembers every one that is open.
const keptPlans = 20

// A SavedPlan is what waited for a yes at a moment: the letters, in the order in
// which they were shown, and what they were made from.
type SavedPlan struct {
	Number    int64     `json:"number"`
	Digest    string    `json:"digest"` // PlanDigest of its letters
	Saved     time.Time `json:"saved"`
	Expires   time.Time `json:"expires"`
	Data      string    `json:"data,omitempty"`
	Playbooks string    `json:"playbooks,omitempty"`
	Settings  string    `json:"settings,omitempty"`
	Letters   []int64   `json:"letters"`
	Expired   bool      `json:"expired,omitempty"` // and it was recorded
}

// PlanDigest is the digest of a plan: SHA-256 over its number and the digests of
// its letters in their order, each with a line's end. The number makes of the same
// letters, shown anew, another plan: a yes to one that expired is none to it.
func PlanDigest(number int64, letters []Message) string {
	h := sha256.New()
	h.Write([]byte("plan " + strconv.FormatInt(number, 10) + "\n"))
	for _, m := range letters {
		h.Write([]byte(m.Digest + "\n"))
	}
	return hex.EncodeToString(h.Sum(nil))
}

func (c PlanSaved) tidy() change {
	c.Letters, c.Expires = copied(c.Letters), moment(c.Expires)
	return c
}

func (c PlanSaved) apply(b *Book, at time.Time) string {
	switch {
	case len(c.Letters) == 0:
		return "a plan has letters"
	case !c.Expires.After(at):
		return "the plan would expire before it is saved"
	}
	var letters []Message
	for _, id := range c.Letters {
		m, why := b.findMessage(id, Proposed)
		switch {
		case why != "":
			return why
		case m.Kind != Letter:
			return "a plan has letters, and no digests"
		}
		letters = append(letters, m.Message)
	}
	if sorted := slices.Compact(slices.Sorted(slices.Values(c.Letters))); len(sorted) != len(c.Letters) {
		return "a letter is in the plan twice"
	}
	switch {
	case c.Plan != b.NextPlan():
		return "its number does not follow that of the plan before"
	case c.Digest != PlanDigest(c.Plan, letters):
		return "the digest is not that of the letters"
	}
	kept := make([]SavedPlan, 0, len(b.plans)+1)
	for i, p := range b.plans {
		if len(b.plans)-i < keptPlans || b.planOpen(&p) {
			kept = append(kept, p)
		}
	}
	b.plans = append(kept, SavedPlan{
		Number: c.Plan, Digest: c.Digest, Saved: at, Expires: c.Expires,
		Data: c.Data, Playbooks: c.Playbooks, Settings: c.Settings, Letters: c.Letters,
	})
	b.touch.part("plans")
	return ""
}

func (c PlanExpired) apply(b *Book, at time.Time) string {
	i := slices.IndexFunc(b.plans, func(p SavedPlan) bool { return p.Number == c.Plan })
	switch {
	case i < 0:
		return "there is no saved plan of that number"
	case b.plans[i].Expired:
		return "the plan has expired already"
	case !b.planOpen(&b.plans[i]):
		return "every letter of the plan has been decided"
	case at.Before(b.plans[i].Expires):
		return "the plan has not reached its end"
	}
	b.plans = slices.Clone(b.plans)
	b.plans[i].Expired = true
	b.touch.part("plans")
	return ""
}

// planOpen tells whether a plan may yet be approved: it has not expired, and a
// letter of it waits for a yes.
func (b *Book) planOpen(p *SavedPlan) bool {
	return !p.Expired && slices.ContainsFunc(p.Letters, func(id int64) bool {
		return b.messages[id-1].State == Proposed
	})
}

// NextPlan is the number of the next plan that is saved.
func (b *Book) NextPlan() int64 {
	if n := len(b.plans); n > 0 {
		return b.plans[n-1].Number + 1
	}
	return 1
}

// SavedPlans gives the saved plans that are remembered, the oldest first.
func (b *Book) SavedPlans() []SavedPlan {
	all := slices.Clone(b.plans)
	for i := range all {
		all[i].Letters = slices.Clone(all[i].Letters)
	}
	return all
}

// SavedPlan gives the saved plan of that number.
func (b *Book) SavedPlan(number int64) (SavedPlan, bool) {
	for _, p := range b.plans {
		if p.Number == number {
			p.Letters = slices.Clone(p.Letters)
			return p, true
		}
	}
	return SavedPlan{}, false
}

// OpenPlans gives the saved plans that have not expired and of which a letter
// waits for a yes, the oldest first.
func (b *Book) OpenPlans() []SavedPlan {
	return slices.DeleteFunc(b.SavedPlans(), func(p SavedPlan) bool { return !b.planOpen(&p) })
}
