package plan_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/connectors/sheet"
	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/engine/sample"
	"github.com/clarion-clp/clarion/playbooks"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestTheSampleStory plays the sample constituency through its two months, a
// look a day, and compares the plans of the days of its exports with those in
// testdata/story, line by line. What its officers do is little: they approve
// what waits for them, release what a brake holds, and answer nothing.
func TestTheSampleStory(t *testing.T) {
	today := calendar.NewDate(2026, time.November, 2)
	c := sample.Make(1, today)
	s := newStory(t, c)
	for day := -28; day <= 30; day++ {
		pl := s.day(today.AddDays(day))
		if !slices.Contains([]int{-28, -14, 0, 1, 7, 14, 30}, day) {
			continue
		}
		compareGolden(t, filepath.Join("testdata", "story", fmt.Sprintf("day%+d.txt", day)), s.text(pl))
	}
}

// A story is the sample constituency on its way through time.
type story struct {
	*plan.Play
	t      testing.TB
	sample sample.Constituency
	root   string
	seen   map[string]string // what a source held when it was last imported
}

func newStory(t testing.TB, c sample.Constituency) *story {
	s := &story{t: t, sample: c, root: t.TempDir(), seen: map[string]string{}}
	s.lay(c.Exports[0].Date)
	set, err := playbook.Load(playbooks.Library, os.DirFS(s.root))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range set.All() {
		t.Errorf("%s\n%s", f.Error(), f.Caret())
	}
	s.Play = plan.NewPlay(set)
	s.Now = set.Constituency.Clock.AtHour(c.Exports[0].Date)
	for _, c := range plan.Entrust(set) { // as clarion demo does; what nobody has spoken of observes
		if _, named := set.Constituency.Trust[c.(ledger.Trusted).Playbook]; !named {
			continue
		}
		if err := s.Do("secretary", c); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// lay writes the files that are new by a day.
func (s *story) lay(day calendar.Date) {
	for _, e := range s.sample.Exports {
		if e.Date != day {
			continue
		}
		for path, b := range e.Files {
			file := filepath.Join(s.root, filepath.FromSlash(path))
			if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
				s.t.Fatal(err)
			}
			if err := os.WriteFile(file, b, 0o600); err != nil {
				s.t.Fatal(err)
			}
		}
	}
}

// day lets one day happen: the files of the day are imported, the officers
// decide, a look is taken, and what may leave leaves.
func (s *story) day(day calendar.Date) *plan.Plan {
	s.lay(day)
	s.Now = s.Set.Constituency.Clock.AtHour(day)
	for _, name := range []string{"branches", "members", "officers", "donations", "documents", "meetings"} {
		s.fetch(name)
	}
	pl, err := s.Look()
	if err != nil {
		s.t.Fatalf("day %s: %v", day, err)
	}
	for _, m := range s.Book.MessagesIn(ledger.Proposed) {
		if m.Two {
			if err := s.Do("secretary", ledger.MessageGotYes{ID: m.ID, Digest: m.Digest}); err != nil {
				s.t.Fatal(err)
			}
		}
		if err := s.Do("officer", ledger.MessageApproved{ID: m.ID, Digest: m.Digest}); err != nil {
			s.t.Fatal(err)
		}
	}
	if _, err := s.Look(); err != nil { // an officer's digest no longer asks for what is approved
		s.t.Fatalf("day %s: %v", day, err)
	}
	reconciles(s.t.Errorf, s.Book, plan.Compute(s.Input()))
	if _, err := s.Deliver(); err != nil {
		s.t.Fatalf("day %s: %v", day, err)
	}
	return pl
}

// fetch imports a dataset if its source says something new.
func (s *story) fetch(name string) {
	src, ok := s.Set.Constituency.Data[name]
	if !ok {
		return
	}
	spec := sheet.Spec{From: src.From, Folder: src.Folder, Columns: src.Columns}
	r, err := sheet.Read(context.Background(), s.root, spec, s.Set.Schemas[name], s.Set.Constituency.Clock)
	if err != nil {
		s.t.Fatal(err)
	}
	if s.seen[name] == r.SHA256 {
		return
	}
	s.seen[name] = r.SHA256
	var rows []*dataset.Row
	for _, rec := range r.Records {
		rows = append(rows, &dataset.Row{Key: rec.Key, Line: rec.Line, Cells: rec.Cells, Problems: rec.Problems})
	}
	s.Import(name, r.File, rows)
}

// text writes a plan as people read it.
func (s *story) text(pl *plan.Plan) string {
	var b strings.Builder
	clock := s.Set.Constituency.Clock
	fmt.Fprintf(&b, "The plan of %s\n\n", clock.Words(pl.Now))
	for _, name := range sortedKeys(pl.Counts) {
		c := pl.Counts[name]
		fmt.Fprintf(&b, "%s: looked %d, matched %d, not %d, cannot tell %d; opened %d, closed %d\n",
			name, c.Looked, c.Matched, c.NotMatched, c.Unknown, c.Opened, c.Closed)
	}
	for _, h := range pl.Holds {
		fmt.Fprintf(&b, "\nHOLD %s %s (%d): %s\n", h.Kind, h.Playbook, h.Count, h.Why)
	}
	verb := plan.Verb("")
	for _, l := range pl.Lines {
		if l.Verb == plan.Later {
			continue
		}
		if l.Verb != verb {
			verb = l.Verb
			fmt.Fprintf(&b, "\n%s\n", strings.ToUpper(string(verb)))
		}
		fmt.Fprintf(&b, "  %s.%s | %s | to %s | due %s | %s\n", l.Playbook, l.Step, l.About, l.To, clock.Day(l.When), l.Why)
	}
	if len(pl.CannotTell) > 0 {
		b.WriteString("\nCANNOT TELL\n")
	}
	for _, x := range pl.CannotTell {
		fmt.Fprintf(&b, "  %s: %s of %s: %s", x.Playbook, x.What, x.About, x.Why)
		for _, cell := range x.Cells {
			fmt.Fprintf(&b, " %s (row %d) %s", cell.Column, cell.Origin.Row, cell.Why)
		}
		b.WriteString("\n")
	}
	for _, m := range pl.Messages {
		if m.Kind == ledger.Digest && !m.Stands {
			fmt.Fprintf(&b, "\n--- to %s: %s\n%s", m.Content.To, m.Content.Subject, m.Content.Text)
		}
	}
	return b.String()
}

// compareGolden compares a text with a file, and shows the first line that
// differs.
func compareGolden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want, have := strings.Split(string(b), "\n"), strings.Split(got, "\n")
	for i := range max(len(want), len(have)) {
		w, h := "(nothing more)", "(nothing more)"
		if i < len(want) {
			w = want[i]
		}
		if i < len(have) {
			h = have[i]
		}
		if w != h {
			t.Errorf("%s:%d\n is  %s\nwant %s", file, i+1, h, w)
			return
		}
	}
}
