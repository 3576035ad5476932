package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/sample"
)

type demoCmd struct {
	All   bool   `help:"Show every line of the plan, however many."`
	Year  bool   `help:"Show a year in the life of the officers, month by month, with every shipped playbook on. Nothing is kept."`
	Fresh bool   `help:"Throw the demo's folder away and begin anew."`
	Dir   string `arg:"" optional:"" help:"The folder to make; by default clarion-demo, here." type:"path"`
}

func (*demoCmd) Help() string {
	return examples(
		`clarion demo                # the sample's own day, 2 November 2026`, `clarion demo --on +1        # and the day after`,
		`clarion demo --on +7        # let a week pass; letters go on the day they are due`, `clarion demo --fresh        # begin anew`,
		`clarion demo --year         # a year in the life of the officers`)
}

// The demo has a day of its own, so that everybody sees the same.
var demoDay = calendar.NewDate(2026, time.November, 2)

const demoSeed = 1

// Run makes the sample constituency and lets the days up to the chosen one
// happen: each time its officers saved a list, that list is imported, and the
// letters of the day go into a folder.
func (c *demoCmd) Run(s *session) error {
	if c.Year {
		return c.year(s)
	}
	clock, err := demoClock()
	if err != nil {
		return err
	}
	if err := c.place(s); err != nil {
		return err
	}
	if c.Fresh {
		if err := c.clear(); err != nil {
			return err
		}
	}
	on := clock.AtHour(demoDay)
	if s.On != "" {
		if on, err = parseOn(s.On, clock, on); err != nil {
			return err
		}
		if on.Before(clock.AtHour(demoDay)) {
			return usage("--on %s: the demo begins on %s", s.On, demoDay.Words())
		}
		if clock.Day(on) > demoDay.AddDays(demoDays) {
			return usage("--on %s: the demo's story ends with +%d, %s", s.On, demoDays, demoDay.AddDays(demoDays).Words())
		}
	} else if was, ok := demoNow(c.Dir); ok && was.After(on) {
		on = was
	}
	con := sample.Make(demoSeed, demoDay)
	if err := c.begin(con, clock); err != nil {
		return err
	}
	return c.live(s, con, clock, on)
}

// demoDays is how far the demo goes: a year, in which its last list grows stale
// and is held, as it should be.
const demoDays = 366

// place settles which folder is meant: the one that is named, the one we are
// in, or clarion-demo.
func (c *demoCmd) place(s *session) error {
	folder, err := filepath.Abs(s.Folder)
	if err != nil {
		return fmt.Errorf("finding the folder: %w", err)
	}
	switch {
	case c.Dir != "":
	case isDemo(folder):
		c.Dir = folder
	default:
		c.Dir = filepath.Join(folder, "clarion-demo")
	}
	return nil
}

// demoClock is the civil time of the sample, before its settings are there.
func demoClock() (calendar.Clock, error) {
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		return calendar.Clock{}, fmt.Errorf("finding the time zone: %w", err)
	}
	return calendar.Clock{Zone: zone, Hour: 9 * 60}, nil
}

// demoPart is what a demo's folder has for itself: the database, and the mark
// that says that it is a demo and which day it is in it.
const demoPart = ".clarion"

func demoMark(folder string) string { return filepath.Join(folder, demoPart, "demo") }

// isDemo tells that a folder was made by the demo.
func isDemo(folder string) bool {
	_, err := os.Stat(demoMark(folder))
	return err == nil
}

// demoNow is the day and time in a demo's folder.
func demoNow(folder string) (time.Time, bool) {
	b, err := os.ReadFile(demoMark(folder))
	if err != nil {
		return time.Time{}, false
	}
	_, at, _ := strings.Cut(strings.TrimSpace(string(b)), "it is ")
	t, err := time.Parse(time.RFC3339, at)
	return t, err == nil
}

// markDemo notes the day in a demo's folder.
func markDemo(folder string, at time.Time) error {
	text := "made by clarion demo; it is " + at.UTC().Format(time.RFC3339) + "\n"
	return writeFiles(folder, map[string][]byte{demoPart + "/demo": []byte(text)})
}

// clear throws a demo folder away, and nothing but a demo folder.
func (c *demoCmd) clear() error {
	if _, err := os.Stat(c.Dir); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if !isDemo(c.Dir) {
		return fmt.Errorf("%s was not made by clarion demo; it is left alone. Name another folder: clarion demo FOLDER", c.Dir)
	}
	if err := os.RemoveAll(c.Dir); err != nil {
		return fmt.Errorf("clearing the demo folder: %w", err)
	}
	return nil
}

// begin makes the folder as it was on the day of the first export.
func (c *demoCmd) begin(con sample.Constituency, clock calendar.Clock) error {
	if isDemo(c.Dir) {
		return nil
	}
	if list, err := os.ReadDir(c.Dir); err == nil && len(list) > 0 {
		return fmt.Errorf("%s is there already and is not the demo's; it is left alone. Name another folder: clarion demo FOLDER", c.Dir)
	}
	if err := writeFiles(c.Dir, con.Exports[0].Files); err != nil {
		return err
	}
	return markDemo(c.Dir, clock.AtHour(con.Exports[0].Date))
}

// writeFiles saves files in a folder, each whole or not at all.
func writeFiles(folder string, files map[string][]byte) error {
	var names []string
	for n := range files {
		names = append(names, n)
	}
	sort.Strings(names)
	for _, n := range names {
		path := filepath.Join(folder, filepath.FromSlash(n))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return fmt.Errorf("saving %s: %w", n, err)
		}
		if err := os.WriteFile(path+".part", files[n], 0o600); err != nil {
			return fmt.Errorf("saving %s: %w", n, err)
		}
		if err := os.Rename(path+".part", path); err != nil {
			return fmt.Errorf("saving %s: %w", n, err)
		}
	}
	return nil
}

// live lets the days happen.
func (c *demoCmd) live(s *session, con sample.Constituency, clock calendar.Clock, on time.Time) error {
	now := on
	o, err := s.openAt(c.Dir, filepath.Join(c.Dir, demoPart, "clarion.db"), filepath.Join(c.Dir, demoPart), nil, func() time.Time { return now })
	if err != nil {
		return err
	}
	defer o.Close()
	st, err := o.Status(s.ctx)
	if err != nil {
		return err
	}
	if on.Before(st.LastRun) {
		return fmt.Errorf("in this demo it is already %s, and time does not go back. Begin anew: %s demo --fresh%s",
			clock.Words(st.LastRun), s.me, c.named())
	}
	if st.LastRun.IsZero() { // its officers trust the playbooks as far as their files say
		now = clock.AtHour(con.Exports[0].Date)
		for _, pb := range o.Set().Playbooks {
			if _, named := o.Set().Constituency.Trust[pb.Name]; !named {
				continue // nobody has spoken of it: it observes
			}
			if _, _, err := o.Trust(s.ctx, "secretary", pb.Name, pb.Trust.String(), ""); err != nil {
				return err
			}
		}
	}
	if !s.JSON {
		s.out.say("%s, an invented constituency, in %s\n", s.out.paint("1", sample.Name), rel(c.Dir))
	}
	pass := func(at time.Time) (engine.Pass, error) {
		now = at
		if err := markDemo(c.Dir, at); err != nil {
			return engine.Pass{}, err
		}
		return o.Run(s.ctx)
	}
	if err := c.days(s, con, clock, st.LastRun, on, pass); err != nil {
		return err
	}
	p, err := pass(on)
	if err != nil {
		return err
	}
	return c.tell(s, o, p)
}

// days lets the days happen that lie between the last run and the chosen
// moment. Up to the demo's own day somebody ran the program when a list was
// saved; from then on it runs every morning.
func (c *demoCmd) days(s *session, con sample.Constituency, clock calendar.Clock, last, on time.Time, pass func(time.Time) (engine.Pass, error)) error {
	exports := map[calendar.Date]map[string][]byte{}
	for _, e := range con.Exports {
		exports[e.Date] = e.Files
	}
	for d := con.Exports[0].Date; ; d = d.AddDays(1) {
		at := clock.AtHour(d)
		if at.After(on) {
			return nil
		}
		files, saved := exports[d]
		if !at.After(last) || !saved && d <= demoDay {
			continue
		}
		if err := writeFiles(c.Dir, files); err != nil {
			return err
		}
		if at.Equal(on) {
			return nil
		}
		s.progress("%s …", d.Words())
		p, err := pass(at)
		s.progress("")
		if err != nil {
			return err
		}
		if text := day(p); text != "" && !s.JSON {
			s.out.say("%-18s %s", d.Words()+":", text)
		}
	}
}

// day is what happened on a day, in few words; nothing if nothing did.
func day(p engine.Pass) string {
	var did []string
	if n := len(p.Imports); n > 0 {
		did = append(did, plural(n, "list imported", "lists imported"))
	}
	if n := p.Delivery.Sent; n > 0 {
		did = append(did, plural(n, "letter sent", "letters sent"))
	}
	if p.Delivery.Stopped != "" {
		did = append(did, "sending stopped: "+p.Delivery.Stopped)
	}
	return strings.Join(did, ", ")
}

// tell prints the last pass and the three things to do next.
func (c *demoCmd) tell(s *session, o *office, p engine.Pass) error {
	p.Plan = p.Plan.For(o.Set(), s.As)
	p.Before = p.Before.For(o.Set(), s.As)
	if s.JSON {
		return s.out.json(passView(s, o, p))
	}
	s.out.say("")
	s.printPass(o, p, c.All)
	on := calendar.DaysBetween(demoDay, o.Clock().Day(o.Now())) + 7
	s.out.head("What next")
	s.out.hints([][]string{
		{"Look at the letters that went:", "ls " + shell(rel(within(c.Dir, o.Set().Constituency.Mail.Drop)))},
		{"See what waits for your yes:", s.me + " -C " + shell(rel(c.Dir)) + " review"},
		{"Let a week pass:", fmt.Sprintf("%s demo --on +%d%s", s.me, on, c.named())},
	})
	return nil
}

// named is the folder as an argument, unless it is the one that is meant
// anyway.
func (c *demoCmd) named() string {
	if wd, err := os.Getwd(); err == nil && (c.Dir == filepath.Join(wd, "clarion-demo") || c.Dir == wd) {
		return ""
	}
	return " " + shell(rel(c.Dir))
}

// rel shortens a path for people.
func rel(path string) string {
	if wd, err := os.Getwd(); err == nil {
		if r, err := filepath.Rel(wd, path); err == nil && len(r) < len(path) {
			return r
		}
	}
	return path
}

// shell writes a path so that it can be pasted into a command line.
func shell(path string) string {
	if path != "" && !strings.ContainsFunc(path, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune(`/\:._-+@%,`, r))
	}) {
		return path
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}

// started is the command by which the program was started, so that what it
// suggests can be pasted: by go run, by a path, or by its bare name.
func started(arg0 string) string {
	if strings.Contains(filepath.ToSlash(arg0), "/go-build") || cached(arg0) {
		if _, err := os.Stat(filepath.Join("cmd", "clarion", "main.go")); err == nil {
			return "go run ./cmd/clarion"
		}
		return "go run github.com/clarion-clp/clarion/cmd/clarion"
	}
	if strings.ContainsAny(arg0, `/\`) {
		return shell(arg0)
	}
	return "clarion"
}

// cached tells that a program lies in go's build cache, where go run keeps it.
func cached(arg0 string) bool {
	cache := os.Getenv("GOCACHE")
	return cache != "" && strings.HasPrefix(filepath.Clean(arg0), filepath.Clean(cache)+string(filepath.Separator))
}

// remember notes the day of a demo's folder after a pass that ran on it, so
// that the commands after it live on that day too.
func (o *office) remember() error {
	was, demo := demoNow(o.Folder)
	if !demo || !o.Now().After(was) {
		return nil
	}
	return markDemo(o.Folder, o.Now())
}
