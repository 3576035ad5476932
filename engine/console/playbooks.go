package console

import (
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/document"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// playbookPages registers the pages of playbooks: all of them, one in words with
// its settings, and what an officer may change of it.
func (c *Console) playbookPages(mux *http.ServeMux) {
	b := &bookshelf{Console: c}
	mux.HandleFunc("GET /playbooks", c.seated(b.list))
	mux.HandleFunc("POST /playbooks/tests", c.seated(b.testAll))
	mux.HandleFunc("GET /playbooks/{name}", c.seated(b.one(b.show)))
	mux.HandleFunc("POST /playbooks/{name}/settings", c.needs(maySettings, b.one(b.saveSettings)))
	mux.HandleFunc("POST /playbooks/{name}/law", c.needs(maySettings, b.one(b.saveLaw)))
	mux.HandleFunc("POST /playbooks/{name}/step", c.needs(maySettings, b.one(b.switchStep)))
	mux.HandleFunc("POST /playbooks/{name}/on", c.needs(maySettings, b.one(b.switchOn)))
	mux.HandleFunc("POST /playbooks/{name}/trust", c.freshly(mayTrust, b.one(b.trust)))
	mux.HandleFunc("POST /playbooks/{name}/tests", c.seated(b.one(b.test)))
	c.letterPages(mux, b)
}

// A bookshelf keeps what is the same for every visit until the settings change:
// what the playbooks are called that are not switched on, and how their tests
// went. It keeps words, and no playbooks: a program at rest is to be small.
type bookshelf struct {
	*Console
	trying   sync.Mutex // held while tests are run
	mu       sync.Mutex
	of       *playbook.Set // that the rest was made from
	rows     []shelved
	pages    map[string]described // of playbooks that are off
	tests    map[string]tested
	pictures map[string][]picture // of letters as they stand
	figures  map[string][]*playbook.Figure

	at     *engine.Look // that what follows was made from
	counts map[string]reckoned
	past   map[string][]engine.Past
}

// reckoned is what the ledger knows of a playbook.
type reckoned struct {
	trust          plan.Standing
	cases, backlog int
}

// A shelved playbook is one of the list of all.
type shelved struct {
	Name, Title, Role, Office string
	Trigger, Reaches          string
	Locked                    bool
}

// A described playbook is one in words.
type described struct {
	shelved
	About  []wordsPart
	broken []faultWords // of one that is off
}

// kept calls f while nobody else looks at the shelf, which is emptied where the
// settings are others than when it was filled.
func (b *bookshelf) kept(set *playbook.Set, f func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.of != set {
		b.of, b.rows = set, nil
		b.pages, b.tests, b.pictures, b.figures = map[string]described{}, map[string]tested{}, map[string][]picture{}, map[string][]*playbook.Figure{}
	}
	f()
}

// all lists every playbook that there is, in the order of the offices.
func (b *bookshelf) all(e *engine.Engine) (rows []shelved, err error) {
	set := e.Set()
	b.kept(set, func() {
		if b.rows == nil {
			var whole *playbook.Set
			if whole, err = playbook.LoadAll(e.Library, os.DirFS(e.Folder)); err != nil {
				return
			}
			for _, pb := range whole.Playbooks {
				b.rows = append(b.rows, shelve(whole, pb))
			}
			order := set.RoleOrder()
			slices.SortStableFunc(b.rows, func(x, y shelved) int { return slices.Index(order, x.Role) - slices.Index(order, y.Role) })
		}
		rows = b.rows
	})
	return rows, err
}

func shelve(set *playbook.Set, pb *playbook.Playbook) shelved {
	basis := map[playbook.Basis]string{playbook.Officer: "Officers' own work", playbook.Service: "Service letters", playbook.Marketing: "Promotion, only to those who agreed"}
	return shelved{Name: pb.Name, Title: dataset.Plain(pb.Title), Role: pb.Role, Office: set.RoleTitle(pb.Role), Locked: pb.Locked,
		Trigger: dataset.Plain(set.Trigger(pb)), Reaches: basis[pb.Basis] + ", to " + strings.Join(set.Reaches(pb), ", ")}
}

// standing is how one playbook stands, for the list and its own page.
type standing struct {
	State   string // in words
	Level   string // observe, each, ...; empty: it does not run
	Cases   int
	Backlog int
	Faults  []faultWords
	Private bool // its numbers are for other roles
}

// faultWords is a fault of a file for people.
type faultWords struct{ Text, Where, Source, Caret string }

func wordsOf(list []playbook.Fault) (out []faultWords) {
	for _, f := range list {
		w := faultWords{Text: dataset.Plain(f.Text), Source: dataset.Plain(f.Source)}
		if f.Hint != "" {
			w.Text += " " + wholeSentence(f.Hint)
		}
		if f.Line > 0 {
			w.Where = "Line " + itoa(f.Line) + ", column " + itoa(max(f.Column, 1))
			if f.File != "" {
				w.Where += " of " + dataset.Plain(f.File)
			}
		} else {
			w.Where = dataset.Plain(f.File)
		}
		if f.Column > 0 && f.Source != "" {
			w.Caret = strings.Repeat(" ", f.Column-1) + "^"
		}
		out = append(out, w)
	}
	return out
}

// wholeSentence makes a sentence of a hint, which may be a question.
func wholeSentence(s string) string {
	if s = dataset.Plain(s); s == "" || strings.HasSuffix(s, "?") {
		return document.Capital(s)
	}
	return sentence(s)
}

// count counts what the ledger knows of each playbook, once for each look.
func (b *bookshelf) count(v *visit) (counts map[string]reckoned) {
	in, set := v.seen.In, v.e.Set()
	b.kept(set, func() {
		if b.at != v.seen {
			b.at, b.counts, b.past = v.seen, map[string]reckoned{}, map[string][]engine.Past{}
			for _, pb := range set.Playbooks {
				b.counts[pb.Name] = reckoned{trust: plan.TrustIn(pb, set.Constituency, in.Book, in.Now)}
			}
			for _, c := range in.Book.Cases() {
				if n, runs := b.counts[c.Playbook]; runs && c.State != ledger.Closed {
					if n.cases++; c.Backlog {
						n.backlog++
					}
					b.counts[c.Playbook] = n
				}
			}
		}
		counts = b.counts
	})
	return counts
}

// stands says how playbooks stand.
func (b *bookshelf) stands(v *visit) map[string]standing {
	set := v.e.Set()
	out := map[string]standing{}
	for _, name := range set.Off {
		out[name] = standing{State: "off"}
	}
	for name, faults := range set.Disabled {
		out[name] = standing{State: plural(len(faults), "fault", "faults") + ", so it does not run", Faults: wordsOf(faults)}
	}
	counts := b.count(v)
	for _, pb := range set.Playbooks {
		n := counts[pb.Name]
		st := standing{State: "on; " + trustWords[n.trust.Level], Level: n.trust.Level.String(), Cases: n.cases, Backlog: n.backlog}
		if _, on := v.seen.In.Book.FirstSwitched(pb.Name); !on {
			st.State = "on from the next run; " + trustWords[n.trust.Level]
		}
		if !v.Seat.Sees(set, pb.Name) {
			st.Cases, st.Backlog, st.Private = 0, 0, true
		}
		out[pb.Name] = st
	}
	return out
}

// pastOf tells what a playbook has said here, once for each look.
func (b *bookshelf) pastOf(v *visit, name string) (past []engine.Past, err error) {
	b.count(v)
	var known bool
	b.kept(v.e.Set(), func() { past, known = b.past[name] })
	if known {
		return past, nil
	}
	if past, err = v.e.History(v.r.Context(), name); err == nil {
		b.kept(v.e.Set(), func() {
			if b.at == v.seen {
				b.past[name] = past
			}
		})
	}
	return past, err
}

// trustWords say what a playbook may do by itself.
var trustWords = map[playbook.Trust]string{
	playbook.Observe: "it only shows what it would do", playbook.Each: "every letter asks",
	playbook.Batch: "its letters ask together", playbook.Automatic: "its letters go by themselves",
}

// An officeShelf is the playbooks of one role.
type officeShelf struct {
	Title string
	Rows  []officeRow // of those that are on
	Off   []officeRow
}

type officeRow struct {
	shelved
	standing
	Tests string
}

// playbookList is the page of all playbooks.
type playbookList struct {
	Offices            []officeShelf
	On, All            int
	Query, Only        string
	Faults             []faultWords // of the files that all rest on
	May                bool
	Untested, Failures int
}

// list shows all playbooks by their offices.
func (b *bookshelf) list(v *visit) {
	rows, err := b.all(v.e)
	if err != nil {
		v.fail(err)
		return
	}
	p := playbookList{Query: dataset.Plain(short(v.r.FormValue("q"), 80)), Only: v.r.FormValue("only"), Faults: wordsOf(v.e.Set().Faults), May: true}
	stands := b.stands(v)
	var tests map[string]tested
	b.kept(v.e.Set(), func() { tests = b.tests })
	for _, name := range faultyOnes(v.e.Set(), rows) { // what is so faulty that nobody knows its office
		rows = append(slices.Clone(rows), shelved{Name: name, Title: name, Office: "With faults"})
	}
	for _, r := range rows {
		st := stands[r.Name]
		if st.State == "" {
			st.State = "off"
		}
		p.All++
		if st.State != "off" {
			p.On++
		}
		if p.Only == "on" && st.State == "off" || !speaksOf(r, p.Query) {
			continue
		}
		row := officeRow{shelved: r, standing: st, Tests: b.testWords(tests[r.Name], st.Level != "")}
		if st.Level != "" && !tests[r.Name].Ran {
			p.Untested++
		}
		p.Failures += len(tests[r.Name].Failed)
		if n := len(p.Offices); n == 0 || p.Offices[n-1].Title != r.Office {
			p.Offices = append(p.Offices, officeShelf{Title: r.Office})
		}
		last := &p.Offices[len(p.Offices)-1]
		if st.State == "off" {
			last.Off = append(last.Off, row)
			continue
		}
		last.Rows = append(last.Rows, row)
	}
	v.page("playbooks", "Playbooks", p)
}

// faultyOnes are playbooks that are not even in the list of all.
func faultyOnes(set *playbook.Set, rows []shelved) (out []string) {
	for name := range set.Disabled {
		if !slices.ContainsFunc(rows, func(r shelved) bool { return r.Name == name }) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// speaksOf reports that a playbook is one that somebody looks for: each word
// stands in what it is called, whose it is, or when it acts.
func speaksOf(r shelved, query string) bool {
	text := strings.ToLower(strings.Join([]string{r.Name, r.Title, r.Office, r.Trigger, r.Reaches}, " "))
	for _, word := range strings.Fields(strings.ToLower(query)) {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}

// short cuts a text that somebody typed.
func short(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most])
	}
	return s
}
