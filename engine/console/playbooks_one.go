package console

import (
	"errors"
	"net/http"
	"os"
	"slices"
	"strings"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// one finds the playbook of a page.
func (b *bookshelf) one(page func(*visit, *playbook.Playbook)) func(*visit) {
	return func(v *visit) {
		name, set := v.r.PathValue("name"), v.e.Set()
		pb := set.Playbook(name)
		if pb == nil && !slices.Contains(set.Off, name) && len(set.Disabled[name]) == 0 {
			v.gone()
			return
		}
		if pb != nil || v.r.Method == http.MethodGet || strings.HasSuffix(v.r.URL.Path, "/on") {
			page(v, pb)
			return
		}
		v.gone()
	}
}

// playbookPage is the page of one playbook.
type playbookPage struct {
	described
	standing
	Own                            bool // its own file is the constituency's
	Settings                       []settingField
	Law                            []lawField
	Steps                          []stepRow
	Letters                        []letterRow2
	Levels                         []levelChoice
	Why, Next                      string
	Origins                        []originRow
	Ours                           int
	Past                           []pastRow
	Tests                          tested
	MaySet, MayTrust, MayLaw, Off  bool
	Saw, SawLaw                    string
	Adopted, Minute                string
	Wrong                          []faultWords // of what was typed, and is not written
	WhoSets, WhoTrusts, ListedSets string
}

// An originRow is a value, and where it comes from.
type originRow struct {
	Path, Value, From string
	Library           string // what the library says, where ours is otherwise
}

// A stepRow is one step and whether it is on.
type stepRow struct {
	ID, What, To    string
	Off, Added, Law bool
	Locked          string // why it cannot be switched
	Letter          bool
}

// letterRow2 is a letter that can be edited.
type letterRow2 struct {
	Step, Subject string
	Ours          bool
}

// A levelChoice is a level of trust.
type levelChoice struct {
	Level, Words string
	Now          bool
}

// A pastRow is a version of the playbook.
type pastRow struct {
	When, Who, What, Minute string
	Changes                 []changeRow
	More                    int
}

type changeRow struct{ What, Was, Now string }

// show shows a playbook.
func (b *bookshelf) show(v *visit, pb *playbook.Playbook) { b.showWith(v, pb, nil, nil) }

// showWith is show with what somebody typed and what is wrong with it.
func (b *bookshelf) showWith(v *visit, pb *playbook.Playbook, typed map[string][]string, wrong []faultWords) {
	name := v.r.PathValue("name")
	p := playbookPage{standing: b.stands(v)[name], Wrong: wrong}
	if pb == nil {
		b.showOff(v, name, p)
		return
	}
	set := v.e.Set()
	p.described = described{shelved: shelve(set, pb)}
	b.kept(set, func() {
		d, known := b.pages[name]
		if !known {
			d = described{shelved: p.shelved, About: partsOf(set.Words(pb))}
			b.pages[name] = d
		}
		p.About, p.Tests = d.About, b.tests[name]
	})
	p.MaySet, p.MayTrust, p.MayLaw = v.mayFor(maySettings, pb.Role), v.mayFor(mayTrust, pb.Role), v.may(maySettings)
	p.WhoSets, p.WhoTrusts = v.holdersOf(maySettings)+" and "+set.RoleTitle(pb.Role), v.holdersOf(mayTrust)+" and "+set.RoleTitle(pb.Role)
	var err error
	if p.Saw, err = v.e.Print(tailoringFile); err == nil {
		p.SawLaw, err = v.e.Print(constituencyFile)
	}
	if err == nil {
		err = b.history(v, &p, name)
	}
	if err != nil {
		v.fail(err)
		return
	}
	p.Settings = v.fields(pb, typed)
	p.Law = b.lawFields(v, pb)
	p.Steps, p.Letters = v.steps(pb)
	for _, o := range pb.Origins() {
		row := originRow{Path: dataset.Plain(o.Path), Value: plainLines(o.Value), From: dataset.Plain(o.From)}
		if o.Ours() {
			p.Ours++
			row.Library = plainLines(o.Library)
		}
		p.Origins = append(p.Origins, row)
	}
	b.trustInto(v, pb, &p)
	if wrong != nil {
		v.status = http.StatusUnprocessableEntity
	}
	v.page("playbook", p.Title, p)
}

// The files that a constituency writes.
const (
	tailoringFile    = "playbooks.yaml"
	constituencyFile = "constituency.yaml"
)

// showOff shows a playbook that does not run: in words, where it can be read.
func (b *bookshelf) showOff(v *visit, name string, p playbookPage) {
	set := v.e.Set()
	p.Off = len(set.Disabled[name]) == 0
	p.Name, p.Title = name, name
	b.kept(set, func() {
		d, known := b.pages[name]
		if !known {
			whole, err := playbook.LoadAll(v.e.Library, os.DirFS(v.e.Folder))
			if err != nil {
				return
			}
			if pb := whole.Playbook(name); pb != nil {
				d = described{shelved: shelve(whole, pb), About: partsOf(whole.Words(pb))}
			} else {
				d = described{shelved: shelved{Name: name, Title: name}}
				if p.Off { // else it is said already
					d.broken = wordsOf(whole.Disabled[name])
				}
			}
			b.pages[name] = d
		}
		p.described, p.Faults = d, append(p.Faults, d.broken...)
	})
	var err error
	if p.Saw, err = v.e.Print(tailoringFile); err != nil {
		v.fail(err)
		return
	}
	p.MaySet = v.mayFor(maySettings, p.Role)
	p.WhoSets = v.holdersOf(maySettings)
	if p.Role != "" {
		p.WhoSets += " and " + p.Office
	}
	v.page("playbook", p.Title, p)
}

// trustInto fills in how far the playbook is trusted.
func (b *bookshelf) trustInto(v *visit, pb *playbook.Playbook, p *playbookPage) {
	in := v.seen.In
	st := b.count(v)[pb.Name].trust
	p.Why, p.Next = v.whyTrust(pb, st, v.wordsOf(st.Minute)), nextTrust(pb, st)
	for l := playbook.Observe; l <= pb.Trust; l++ {
		p.Levels = append(p.Levels, levelChoice{Level: l.String(), Words: wholeSentence(trustWords[l]), Now: l == st.Level})
	}
	if a, at, ok := in.Book.Adoption(pb.Name); ok {
		p.Adopted = v.clock().Day(at).Words()
		for _, row := range p.Past {
			if row.Minute != "" && p.Minute == "" {
				p.Minute = row.Minute
			}
		}
		if a.Digest != pb.Digest {
			p.Adopted += ", and changed since"
		}
	}
}

// wordsOf gives words that the store keeps; nothing where they were erased.
func (v *visit) wordsOf(hash string) string {
	words, err := v.e.Minute(v.r.Context(), hash)
	if err != nil {
		return ""
	}
	return words
}

// mostPast is how many versions a page tells of.
const mostPast = 12

// history tells what the playbook has said here.
func (b *bookshelf) history(v *visit, p *playbookPage, name string) error {
	past, err := b.pastOf(v, name)
	if err != nil {
		return err
	}
	for _, x := range past[:min(len(past), mostPast)] {
		p.Past = append(p.Past, v.pastRow(x))
	}
	return nil
}

// pastRow puts a version into words.
func (v *visit) pastRow(x engine.Past) pastRow {
	r := pastRow{When: v.clock().Words(x.At), Who: v.officerWords(x.By, x.Person), What: "Its settings were changed", Minute: dataset.Plain(x.Minute)}
	switch {
	case x.Step != "":
		r.What = "The words of its letter " + dataset.Plain(strings.ReplaceAll(x.Step, "_", " ")) + " were changed"
	case x.By == "":
		r.What = "It was at work as it was then"
		if x.Minute != "" {
			r.What = "It was adopted"
		}
	}
	const most = 8
	for _, d := range x.Changes {
		if len(r.Changes) == most {
			r.More++
			continue
		}
		r.Changes = append(r.Changes, changeRow{What: dataset.Plain(d.Path), Was: plainLines(d.Then), Now: plainLines(d.Now)})
	}
	return r
}

// officerWords says who did something: the role, and the officer where the lists
// still have the record.
func (v *visit) officerWords(role string, person dataset.Ref) string {
	if role == "" {
		return ""
	}
	title := v.e.Set().RoleTitle(role)
	if person == 0 {
		return title
	}
	for _, s := range plan.Sitting(v.seen.In) {
		if s.Person == person || s.Row == person {
			return title + ", " + dataset.Plain(s.Name)
		}
	}
	return title
}

// steps lists the steps, and the letters that can be edited.
func (v *visit) steps(pb *playbook.Playbook) (rows []stepRow, letters []letterRow2) {
	own := map[string]string{}
	for _, o := range pb.Origins() {
		own[o.Path] = o.Library
	}
	wordings := pb.Wordings()
	for _, s := range pb.Steps {
		r := stepRow{ID: s.ID, What: map[playbook.StepKind]string{playbook.Email: "letter", playbook.Task: "task"}[s.Kind], Off: s.Off, Added: own["steps."+s.ID] == ""}
		i := slices.IndexFunc(wordings, func(w playbook.Wording) bool { return w.Step == s.ID })
		r.Letter = i >= 0
		switch {
		case pb.Locked:
			r.Locked = "it rests on law: we may add to it, and take nothing away"
		case r.Added:
			r.Locked = "it is our own: take it out of the file that has it"
		}
		rows = append(rows, r)
		if i >= 0 {
			w := wordings[i]
			letters = append(letters, letterRow2{Step: s.ID, Subject: dataset.Plain(w.Subject),
				Ours: w.Own || slices.ContainsFunc(w.Blocks, func(x playbook.Block) bool { return x.Own })})
		}
	}
	return rows, letters
}

// A lawField is a figure of the law that the playbook rests on.
type lawField struct {
	Name, Title, Value, Source, Own, Way string
	Today                                string
	Can                                  bool
}

// lawFields are the figures that may be held more strictly, and no less.
func (b *bookshelf) lawFields(v *visit, pb *playbook.Playbook) (out []lawField) {
	var figures []*playbook.Figure
	b.kept(v.e.Set(), func() {
		if _, known := b.figures[pb.Name]; !known {
			b.figures[pb.Name] = v.e.Set().FiguresOf(pb)
		}
		figures = b.figures[pb.Name]
	})
	today := v.clock().Day(v.now())
	for _, f := range figures {
		law, source, own, can := f.Held(today, v.clock())
		if law == "" {
			continue
		}
		out = append(out, lawField{Name: f.Name, Title: strings.TrimSuffix(dataset.Plain(f.Title), "."), Value: law, Source: dataset.Plain(source), Own: own, Way: f.Safe,
			Today: today.String(), Can: can})
	}
	return out
}

// tested is how a playbook's own tests went.
type tested struct {
	Ran     bool
	At      string
	Count   int
	Failed  []testRow
	All     []testRow
	Steps   []plan.Covered
	Reasons []plan.Covered
}

type testRow struct {
	Name, Where string
	Failures    []string
	Own         bool
}

// runTests runs the tests of playbooks and keeps how they went.
func (b *bookshelf) runTests(v *visit, names []string) error {
	if !b.trying.TryLock() {
		return errors.New("tests are being run already; look again in a while")
	}
	defer b.trying.Unlock()
	own := os.DirFS(v.e.Folder)
	tests, faults, err := playbook.LoadTests(v.e.Library, own, names...)
	if err != nil {
		return err
	}
	out := map[string]tested{}
	results := map[string][]plan.Result{}
	for _, t := range tests {
		if v.r.Context().Err() != nil {
			return v.r.Context().Err()
		}
		results[t.Playbook] = append(results[t.Playbook], plan.Run(t))
	}
	for _, name := range names {
		r := tested{Ran: true, At: v.clock().Words(v.now()), Count: len(results[name])}
		for _, x := range results[name] {
			row := testRow{Name: dataset.Plain(x.Test.Name), Where: dataset.Plain(x.Test.File) + ", line " + itoa(x.Test.Line), Own: x.Test.Own}
			for _, f := range x.Failures {
				row.Failures = append(row.Failures, "Line "+itoa(f.Line)+": "+dataset.Plain(f.Text))
			}
			r.All = append(r.All, row)
			if len(row.Failures) > 0 {
				r.Failed = append(r.Failed, row)
			}
		}
		for _, f := range faults {
			if f.Playbook == name || strings.HasSuffix(strings.TrimSuffix(f.File, ".test.yaml"), "/"+name) {
				r.Failed = append(r.Failed, testRow{Name: "The tests cannot be read", Where: dataset.Plain(f.File) + ", line " + itoa(f.Line), Failures: []string{dataset.Plain(f.Text)}})
			}
		}
		for _, c := range plan.Coverages(results[name]) {
			r.Steps, r.Reasons = c.Steps, c.Reasons
		}
		out[name] = r
	}
	b.kept(v.e.Set(), func() {
		for name, r := range out {
			b.tests[name] = r
		}
	})
	return nil
}

// testWords says how the tests went.
func (b *bookshelf) testWords(t tested, runs bool) string {
	switch {
	case t.Ran && len(t.Failed) > 0:
		return plural(len(t.Failed), "test fails", "tests fail")
	case t.Ran && t.Count == 0:
		return "has none"
	case t.Ran:
		return plural(t.Count, "passes", "pass")
	case runs:
		return "not run yet"
	}
	return ""
}

// test runs the tests of one playbook.
func (b *bookshelf) test(v *visit, pb *playbook.Playbook) {
	if err := b.runTests(v, []string{pb.Name}); err != nil {
		v.fail(err)
		return
	}
	v.done("/playbooks/"+pb.Name+"#tests", "The tests were run.")
}

// testAll runs the tests of all playbooks that are switched on.
func (b *bookshelf) testAll(v *visit) {
	var names []string
	for _, pb := range v.e.Set().Playbooks {
		names = append(names, pb.Name)
	}
	if len(names) > 0 {
		if err := b.runTests(v, names); err != nil {
			v.fail(err)
			return
		}
	}
	v.done("/playbooks?only=on", "The tests of "+plural(len(names), "playbook", "playbooks")+" were run.")
}
