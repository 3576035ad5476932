package console

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strings"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/document"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// A backlogPage is the backlog of a playbook.
type backlogPage struct {
	Name, Title string
	Cases       []backlogRow
	May         bool
	Who         string // decides
	Observes    bool   // and so nothing of it could act
	All         int    // of how many the seat may decide
	Digest      string // stands for all of them
}

// A backlogRow is one case of it.
type backlogRow struct{ Case, About, Record, Opened string }

// mostBacklog is how many cases a page lists.
const mostBacklog = 500

// backlog lists the cases of a playbook that held already when it was switched
// on.
func (d *desk) backlog() {
	pb := d.set().Playbook(d.r.URL.Query().Get("playbook"))
	if pb == nil || !d.open(pb.Name) {
		d.gone()
		return
	}
	v := backlogPage{Name: pb.Name, Title: dataset.Plain(pb.Title), May: d.decides(pb.Role, "") != "",
		Observes: plan.TrustIn(pb, d.set().Constituency, d.book(), d.l.In.Now).Level == playbook.Observe}
	if roles := plan.Deciders(d.l.In, pb.Role); len(roles) > 0 {
		v.Who = d.set().RoleTitle(roles[0])
	}
	cases := d.held(pb.Name)
	v.All, v.Digest = len(cases), heldDigest(cases)
	for _, c := range cases[:min(len(cases), mostBacklog)] {
		of := aRecord{c.Dataset, c.Subject}
		v.Cases = append(v.Cases, backlogRow{string(c.Key), d.label(of), d.recordPath(of), d.clock().Day(c.Opened).Words()})
	}
	d.page("backlog", "Backlog of "+pb.Title, v)
}

// held are the backlog cases of a playbook that the seat may see.
func (d *desk) held(name string) []ledger.Case {
	return slices.DeleteFunc(d.book().Cases(), func(c ledger.Case) bool {
		return c.Playbook != name || !c.Backlog || c.State == ledger.Closed || !d.here(c.Dataset, c.Subject)
	})
}

// heldDigest stands for some cases: whoever lets all of them act means those that
// the page counted.
func heldDigest(cases []ledger.Case) string {
	keys := make([]string, len(cases))
	for i, c := range cases {
		keys[i] = string(c.Key)
	}
	slices.Sort(keys)
	sum := sha256.Sum256([]byte(strings.Join(keys, "\n")))
	return hex.EncodeToString(sum[:])
}

// approveBacklog lets cases act that held already: those that are ticked, or all.
func (d *desk) approveBacklog() {
	pb := d.set().Playbook(d.r.PostFormValue("playbook"))
	if pb == nil || !d.open(pb.Name) {
		d.gone()
		return
	}
	page := "/plan/backlog?playbook=" + pb.Name
	role := d.decides(pb.Role, "")
	if role == "" {
		d.fail(errors.New("the " + d.set().RoleTitle(pb.Role) + " decides about this backlog"))
		return
	}
	all := d.held(pb.Name)
	whole := d.r.PostFormValue("all") != ""
	if whole && len(all) > 0 && d.r.PostFormValue("digest") != heldDigest(all) {
		d.fail(engine.ErrMoved)
		return
	}
	var keys []ledger.CaseKey
	for _, c := range all {
		if whole || slices.Contains(d.r.PostForm["case"], string(c.Key)) {
			keys = append(keys, c.Key)
		}
	}
	if len(keys) == 0 {
		if len(all) == 0 || len(d.r.PostForm["case"]) > 0 { // pressed twice
			d.done(page, "These may act already.")
			return
		}
		d.fail(errors.New("tick those that may act. Nothing was done"))
		return
	}
	n, err := d.e.ApproveBacklog(d.steady(), role, pb.Name, keys)
	if err != nil {
		d.fail(err)
		return
	}
	d.done(page, document.Plural(n, "case", "cases")+" may act, counted from today. The plan shows what comes of it.")
}
