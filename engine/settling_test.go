package engine_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/connectors/sheet"
	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/letter"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/engine/store"
)

// steady makes a house wait until files have settled. Its first list is taken.
func steady(t *testing.T) *house {
	t.Helper()
	h := newHouse(t, "")
	h.Steady = engine.SettleAfter
	h.Recognise = func(ctx context.Context, folder, file string, set *playbook.Set) (string, error) {
		var lists []sheet.Candidate
		for _, name := range h.Sources() {
			src := set.Constituency.Data[name]
			lists = append(lists, sheet.Candidate{Schema: set.Schemas[name], Spec: sheet.Spec{From: src.From, Folder: src.Folder}})
		}
		return sheet.Recognise(ctx, folder, file, lists, h.Clock())
	}
	h.save("data/members.csv", -time.Hour, rows(old, 20))
	h.run()
	h.has(20)
	return h
}

// save writes a list of members as if it were written so long before now.
func (h *house) save(name string, ago time.Duration, lists ...[]string) {
	h.t.Helper()
	text := header
	for _, l := range lists {
		text += strings.Join(l, "\n") + "\n"
	}
	h.put(name, ago, text)
}

func (h *house) put(name string, ago time.Duration, text string) {
	h.t.Helper()
	h.write(name, text)
	at := h.time.Add(ago)
	if err := os.Chtimes(filepath.Join(h.folder, name), at, at); err != nil {
		h.t.Fatal(err)
	}
}

// has compares how many members are held.
func (h *house) has(want int) {
	h.t.Helper()
	if keys, _ := h.held("members"); len(keys) != want {
		h.t.Errorf("%d members are held, not %d", len(keys), want)
	}
}

// says looks for words among the reasons for which a pass took nothing.
func says(t *testing.T, p engine.Pass, words string) {
	t.Helper()
	if len(p.Imports) > 0 || !strings.Contains(fmt.Sprint(p.Waiting, p.Refused), words) {
		t.Errorf("imports %v, waiting %v, refused %v; want %q", p.Imports, p.Waiting, p.Refused, words)
	}
}

// TestAFileThatIsBeingWritten is left alone by the daemon until it has lain
// unchanged for a while, whatever its time says.
func TestAFileThatIsBeingWritten(t *testing.T) {
	t.Parallel()
	h := steady(t)
	beat := h.beats()
	beat()
	h.save("data/members.csv", -time.Second, rows(old, 20), rows(fresh, 1))
	p, _ := beat()
	says(t, p, "a moment ago")
	h.pass(time.Minute)
	h.save("data/members.csv", -time.Second, rows(old, 20), rows(fresh, 2)) // it goes on
	p, _ = beat()
	says(t, p, "a moment ago")
	h.has(20)
	h.pass(time.Minute)
	if p, made := beat(); !made || len(p.Imports) != 1 {
		t.Errorf("a file that has settled: %t, %v", made, p.Waiting)
	}
	h.has(22)

	// The clock of the computer it came from is ahead.
	h.save("data/members.csv", 48*time.Hour, rows(old, 20), rows(fresh, 3))
	p, _ = beat()
	says(t, p, "a moment ago")
	h.pass(time.Minute)
	beat()
	h.has(23)

	// Its last line has no end.
	whole := header + strings.Join(append(rows(old, 20), rows(fresh, 4)...), "\n")
	h.put("data/members.csv", -time.Minute, whole)
	p, _ = beat()
	says(t, p, "last line has no end")
	h.pass(6 * time.Minute)
	beat()
	h.has(24)

	// A program has it open, for however long.
	h.save("data/members.csv", -time.Hour, rows(old, 20), rows(fresh, 5))
	h.write("data/.~lock.members.csv#", "ann")
	p, _ = beat()
	says(t, p, "has it open")
	h.pass(time.Hour)
	beat()
	h.has(24)
	if waiting, _, err := h.Waits(ctx); err != nil || len(waiting) != 1 {
		t.Errorf("status says %v, %v", waiting, err)
	}
	if err := os.Remove(filepath.Join(h.folder, "data/.~lock.members.csv#")); err != nil {
		t.Fatal(err)
	}
	h.pass(10 * time.Minute)
	beat()
	h.has(25)

	// Half a workbook is no list that was refused.
	h.put("data/members.csv", -time.Hour, "PK\x03\x04 xl/workbook.xml and")
	p, _ = beat()
	says(t, p, "cut off")
	if len(p.Refused) > 0 {
		t.Errorf("it is refused: %v", p.Refused)
	}
	h.has(25)
}

// TestOnePassLooksTwice at a file that was changed a moment ago.
func TestOnePassLooksTwice(t *testing.T) {
	t.Parallel()
	h := steady(t)
	looks := 0
	h.Pause = func(context.Context, time.Duration) { looks++ }
	h.save("data/members.csv", -time.Second, rows(old, 20), rows(fresh, 1))
	h.run()
	h.has(21)
	h.Pause = func(context.Context, time.Duration) {
		looks++
		h.save("data/members.csv", 0, rows(old, 20), rows(fresh, 3))
	}
	h.save("data/members.csv", -time.Second, rows(old, 20), rows(fresh, 2))
	p := h.run()
	says(t, p, "a moment ago")
	h.has(21)
	if looks != 2 {
		t.Errorf("%d second looks", looks)
	}
	// What a person asks for is taken at once.
	imp, err := h.Prepare(ctx, "members", "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Commit(ctx, imp, "secretary"); err != nil {
		t.Fatal(err)
	}
	h.has(23)
}

// TestAFolderThatVanishes loses nothing, and is told; so is a list that lies
// where it lay while a newer one was taken from elsewhere.
func TestAFolderThatVanishes(t *testing.T) {
	t.Parallel()
	h := steady(t)
	data, away := filepath.Join(h.folder, "data"), filepath.Join(h.folder, ".away")
	if err := os.Rename(data, away); err != nil {
		t.Fatal(err)
	}
	p := h.run()
	says(t, p, "is held still")
	h.has(20)
	if err := os.Rename(away, data); err != nil {
		t.Fatal(err)
	}
	if p = h.run(); len(p.Waiting)+len(p.Imports) > 0 {
		t.Errorf("it came back: %v, %v", p.Waiting, p.Imports)
	}
	h.pass(time.Minute)
	h.save("other/new.csv", -time.Minute, rows(old, 20), rows(fresh, 3))
	imp, err := h.Prepare(ctx, "members", "other/new.csv")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Commit(ctx, imp, "secretary"); err != nil {
		t.Fatal(err)
	}
	h.pass(time.Hour)
	h.run()
	h.has(23)
}

// TestTheInbox takes what is recognised, through the same guards, moves it aside,
// and leaves the rest with the reason.
func TestTheInbox(t *testing.T) {
	t.Parallel()
	h := steady(t)
	h.save("inbox/export (3).csv", -time.Hour, rows(old, 20), rows(fresh, 2))
	h.save("inbox/export (2).csv", -2*time.Hour, rows(old, 20), rows(fresh, 1))
	h.put("inbox/recipes.csv", -time.Hour, "Dish,Minutes\nSoup,20\n")
	h.put("inbox/half.csv.part", -time.Hour, "Memb")
	h.put("inbox/~$export.xlsx", -time.Hour, "x")
	h.put("inbox/from Jo/members.csv", -time.Hour, "x")
	h.put("inbox/.sync/state", -time.Hour, "x")
	if _, refused, err := h.Waits(ctx); err != nil || len(refused) > 0 {
		t.Errorf("refused at a look: %v, %v", refused, err)
	}
	p := h.run()
	if len(p.Imports) != 2 || len(p.Waiting) != 2 || !strings.Contains(p.Waiting[0].String(), "inbox/from Jo: it is a folder") || !strings.Contains(p.Waiting[1].Why, "not those of any list") {
		t.Errorf("imports %v, waiting %v, refused %v", p.Imports, p.Waiting, p.Refused)
	}
	h.has(22)
	for name, there := range map[string]bool{"inbox/taken/export (3).csv": true, "inbox/taken/export (2).csv": true, "inbox/export (3).csv": false,
		"inbox/recipes.csv": true, "inbox/half.csv.part": true, "inbox/~$export.xlsx": true} {
		if _, err := os.Stat(filepath.Join(h.folder, name)); (err == nil) != there {
			t.Errorf("%s: %v", name, err)
		}
	}
	h.pass(time.Hour)
	h.run() // the older list that still lies in data is not news
	h.has(22)

	h.save("inbox/export (3).csv", -time.Hour, rows(old, 5)) // a quarter of the list
	p, err := h.Run(ctx)
	if err != nil || len(p.Refused) != 1 || !strings.Contains(p.Refused[0].Error(), `clarion import members "inbox/export (3).csv" --accept half`) {
		t.Errorf("refused %v, %v", p.Refused, err)
	}
	h.has(22)
	h.put("inbox/begun.csv", -time.Second, header+old(1)[:20]) // nobody is told to accept what is half written
	if waiting, refused, err := h.Waits(ctx); err != nil || len(refused) != 1 || !strings.Contains(fmt.Sprint(waiting), "inbox/begun.csv: its last line has no end") {
		t.Errorf("status says %v, %v, %v", waiting, refused, err)
	}
	if err := os.Remove(filepath.Join(h.folder, "inbox/begun.csv")); err != nil {
		t.Fatal(err)
	}
	if _, refused, err := h.Waits(ctx); err != nil || len(refused) != 1 {
		t.Errorf("status says %v, %v", refused, err)
	}
	h.save("inbox/export (3).csv", -time.Hour, rows(old, 20), rows(fresh, 2)) // the same again
	h.run()
	if _, err := os.Stat(filepath.Join(h.folder, "inbox/taken/export (3) (2).csv")); err != nil {
		t.Errorf("what was taken before is not put aside: %v", err)
	}
}

// TestAFileThatIsLeft reaches the digest of the officer who looks after files:
// once, and again each week while it lies there. A lock file is given a day.
func TestAFileThatIsLeft(t *testing.T) {
	t.Parallel()
	h := steady(t)
	h.put("inbox/recipes.csv", -time.Hour, "Dish,Minutes\nSoup,20\n")
	h.save("inbox/members.csv", -time.Hour, rows(old, 5))
	h.save("data/members.csv", -time.Hour, rows(old, 20), rows(fresh, 1))
	h.put("data/.~lock.members.csv#", -time.Hour, ",Ann,office,,;")
	told := func() string {
		h.t.Helper()
		var out []string
		for _, m := range h.book().MessagesIn(ledger.Sent) {
			if m.Kind != ledger.Digest {
				continue
			}
			var c letter.Content
			if err := h.store.View(ctx, func(tx *store.Tx) (err error) { c, err = tx.Content(m.ID); return err }); err != nil {
				h.t.Fatal(err)
			}
			for _, what := range []string{"inbox/recipes.csv", "the file of members", "data/members.csv"} {
				if strings.Contains(c.Text, "Not taken: "+what) {
					out = append(out, fmt.Sprintf("%s to %s on %d", what, c.ToName, m.At.Day()))
				}
			}
		}
		return strings.Join(out, "; ")
	}
	pass := func() {
		h.t.Helper()
		if _, err := h.Run(ctx); err != nil {
			h.t.Fatal(err)
		}
	}
	first := "inbox/recipes.csv to Ann Secretary on 2; the file of members to Ann Secretary on 2"
	pass()
	if got := told(); got != first {
		t.Fatalf("told at once: %s", got)
	}
	h.pass(time.Hour)
	pass()
	if got := told(); got != first {
		t.Errorf("told an hour later: %s", got)
	}
	h.pass(day)
	pass()
	first += "; data/members.csv to Ann Secretary on 3"
	if got := told(); got != first {
		t.Errorf("told the next day: %s", got)
	}
	if err := os.Remove(filepath.Join(h.folder, "inbox/members.csv")); err != nil {
		t.Fatal(err)
	}
	h.put("data/.~lock.members.csv#", 0, "")
	h.save("data/members.csv", -time.Hour, rows(old, 20))
	h.pass(6 * day)
	pass()
	if got := told(); got != first+"; inbox/recipes.csv to Ann Secretary on 9" {
		t.Errorf("told a week later: %s", got)
	}
}

// TestAnUndoneListStaysUndone: its file still lies in its place when the corrected
// one is brought from elsewhere.
func TestAnUndoneListStaysUndone(t *testing.T) {
	t.Parallel()
	h := steady(t)
	h.save("data/members.csv", -time.Hour, rows(old, 21))
	h.run()
	h.has(21)
	if _, err := h.Undo(ctx, "members", "secretary"); err != nil {
		t.Fatal(err)
	}
	h.pass(time.Hour)
	h.save("inbox/right.csv", -time.Minute, rows(old, 22))
	for range 3 {
		p, err := h.Run(ctx)
		if err != nil || slices.ContainsFunc(p.Imports, func(r store.ImportRecord) bool { return r.File != "inbox/right.csv" }) {
			t.Errorf("imported: %v, %v", p.Imports, err)
		}
		h.pass(time.Hour)
	}
	h.has(22)
}

// TestANameFromTheFuture: the same bytes are one list, on however many days they
// are read, if the day in the file's name has not come.
func TestANameFromTheFuture(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "")
	h.save("data/members 2027-12-12.csv", -time.Hour, rows(old, 20))
	for day := range 3 {
		p, err := h.Run(ctx)
		taken := slices.ContainsFunc(p.Imports, func(r store.ImportRecord) bool { return r.Dataset == "members" })
		if err != nil || taken != (day == 0) {
			t.Errorf("day %d: imported: %t, %v", day, taken, err)
		}
		h.pass(24 * time.Hour)
	}
}

// TestNoRoomInTheInbox: a place for what was taken that cannot be used is told, and
// nothing waits for it.
func TestNoRoomInTheInbox(t *testing.T) {
	t.Parallel()
	h := steady(t)
	h.put("inbox/taken", -time.Hour, "a file\n")
	h.save("inbox/members.csv", -time.Hour, rows(old, 20), rows(fresh, 1))
	p, err := h.Run(ctx)
	if err != nil || !strings.Contains(fmt.Sprint(p.Waiting), "it was taken, and cannot be moved to inbox/taken") {
		t.Errorf("%v, %v", p.Waiting, err)
	}
	h.has(21)
}
