package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/connectors/sheet"
	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/engine/sample"
	"github.com/clarion-clp/clarion/playbooks"
)

// A sampleYear is the sample constituency with the whole library switched on,
// lived through in memory: its lists are read as any import is, but nothing is
// stored and nothing leaves the program.
type sampleYear struct {
	*plan.Play
	con    sample.Constituency
	folder string
	seen   map[string]string // what a list held when it was last read
}

// newSampleYear lays the files of the year's first day into a folder and loads
// the playbooks.
func newSampleYear(folder string) (*sampleYear, error) {
	y := &sampleYear{con: sample.Year(demoSeed, demoDay, shippedNames()), folder: folder, seen: map[string]string{}}
	if err := y.lay(demoDay); err != nil {
		return nil, err
	}
	set, err := playbook.Load(playbooks.Library, os.DirFS(folder))
	if err != nil {
		return nil, fmt.Errorf("loading the playbooks of the sample's year: %w", err)
	}
	if faults := set.All(); len(faults) > 0 {
		return nil, fmt.Errorf("the playbooks of the sample's year: %s", faults[0].Error())
	}
	y.Play = plan.NewPlay(set)
	y.Now = set.Constituency.Clock.AtHour(demoDay)
	return y, y.Entrust()
}

// shippedNames are the names of all playbooks that ship.
func shippedNames() []string {
	var names []string
	files, err := fs.Glob(playbooks.Library, "*/*.yaml")
	if err != nil {
		panic("the library's pattern is wrong: " + err.Error())
	}
	for _, f := range files {
		dir, base, _ := strings.Cut(f, "/")
		if dir != "data" && dir != "law" && !strings.HasSuffix(base, ".test.yaml") {
			names = append(names, strings.TrimSuffix(base, ".yaml"))
		}
	}
	sort.Strings(names)
	return names
}

// lay writes the files that are new by a day.
func (y *sampleYear) lay(day calendar.Date) error {
	for _, e := range y.con.Exports {
		if e.Date == day {
			return writeFiles(y.folder, e.Files)
		}
	}
	return nil
}

// bring reads the lists that are new by a day, members and officers first.
func (y *sampleYear) bring(ctx context.Context) func(calendar.Date) error {
	return func(day calendar.Date) error {
		if err := y.lay(day); err != nil {
			return err
		}
		names := []string{"branches", "members", "officers"}
		for name := range y.Set.Constituency.Data {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
		sort.Strings(names[3:])
		for _, name := range names {
			if err := y.read(ctx, name); err != nil {
				return err
			}
		}
		return ctx.Err()
	}
}

// read imports a list if it says something new.
func (y *sampleYear) read(ctx context.Context, name string) error {
	src, ok := y.Set.Constituency.Data[name]
	if !ok {
		return nil
	}
	path := filepath.Join(y.folder, filepath.FromSlash(src.From))
	info, err := os.Stat(path)
	if err == nil && y.seen[name] == info.ModTime().String()+fmt.Sprint(info.Size()) {
		return nil
	}
	r, err := sheet.Read(ctx, y.folder, sheet.Spec{From: src.From, Folder: src.Folder, Columns: src.Columns}, y.Set.Schemas[name], y.Set.Constituency.Clock)
	if err != nil {
		return fmt.Errorf("reading the sample's %s: %w", name, err)
	}
	y.seen[name] = info.ModTime().String() + fmt.Sprint(info.Size())
	var rows []*dataset.Row
	for _, rec := range r.Records {
		rows = append(rows, &dataset.Row{Key: rec.Key, Line: rec.Line, Cells: rec.Cells, Problems: rec.Problems})
	}
	y.Import(name, r.File, rows)
	return nil
}

// live lets the year happen, up to a day.
func (y *sampleYear) live(ctx context.Context, until calendar.Date, tell func(plan.Happening)) error {
	bring := y.bring(ctx)
	return plan.Live(y.Play, demoDay, until, bring, tell)
}

// year shows a year in the life of the officers, month by month, office by
// office, or the part of it until a day.
func (c *demoCmd) year(s *session) error {
	folder, err := os.MkdirTemp("", "clarion-year-")
	if err != nil {
		return fmt.Errorf("making room for the year: %w", err)
	}
	defer os.RemoveAll(folder)
	y, err := newSampleYear(folder)
	if err != nil {
		return err
	}
	clock := y.Set.Constituency.Clock
	until := clock.AtHour(demoDay.AddDays(yearDays - 1))
	if s.On != "" {
		if until, err = parseOn(s.On, clock, clock.AtHour(demoDay)); err != nil {
			return err
		}
		if d := clock.Day(until); d < demoDay || d >= demoDay.AddDays(yearDays) {
			return usage("--on %s: the year goes from %s to %s", s.On, demoDay.Words(), demoDay.AddDays(yearDays-1).Words())
		}
	}
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // it is soon over, and has room
	b := newYearBook(y.Set)
	last := time.Month(0)
	err = y.live(s.ctx, clock.Day(until), func(h plan.Happening) {
		if _, m, _ := h.On.Civil(); m != last {
			last = m
			s.progress("%s …", m)
		}
		b.tell(h)
	})
	s.progress("")
	if err != nil {
		return err
	}
	b.close(y.Play)
	if s.JSON {
		return s.out.json(b)
	}
	s.printYear(b)
	return nil
}

// yearDays is how many days the year has.
const yearDays = 365
