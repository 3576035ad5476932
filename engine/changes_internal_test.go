package engine

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/connectors/sheet"
	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/engine/store"
	"github.com/clarion-clp/clarion/playbooks"
)

// TestChangesThatAreKept: over imports, undoings, forgettings and another clock,
// the changes that are kept are those that the lists themselves give.
func TestChangesThatAreKept(t *testing.T) {
	ctx, folder, now := context.Background(), t.TempDir(), time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const own = "name: listed\ntitle: What has changed\nrole: secretary\nbasis: officer\nevery: monday\nsteps:\n" +
		"  - task: look\n    to: secretary\n    subject: Look\n    rows: filter(changes, .kind == \"joined\")\n    columns: [kind, name]\n    due: 7 days after given\n"
	write("constituency.yaml", "name: Anytown CLP\ndata:\n  members: {from: members.csv, full: yes}\n")
	write("playbooks.yaml", "listed: {file: listed.yaml}\n")
	write("listed.yaml", own)
	st, err := store.Open(ctx, filepath.Join(t.TempDir(), "clarion.db"), store.Options{Machine: "laptop", ConfigDir: t.TempDir(), Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	read := func(ctx context.Context, folder string, src playbook.Source, schema *dataset.Schema, clock calendar.Clock) (dataset.Reading, error) {
		return sheet.Read(ctx, folder, sheet.Spec{From: src.From}, schema, clock)
	}
	e, err := New(Options{Folder: folder, Library: playbooks.Library, Store: st, Now: func() time.Time { return now }, Read: read})
	if err != nil {
		t.Fatal(err)
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	check := func(doing string, kept bool) {
		t.Helper()
		err := st.View(ctx, func(tx *store.Tx) error {
			records, err := tx.Imports()
			if err != nil {
				return err
			}
			got, err := e.changes(tx, records)
			if err != nil {
				return err
			}
			var lists []*dataset.Table
			for _, r := range ofMembers(records) {
				list, err := tx.Table(r.ID, e.set.Schemas["members"])
				if err != nil {
					return err
				}
				lists = append(lists, list)
			}
			want := dataset.Changes(e.Clock(), lists...)
			if !reflect.DeepEqual(plainRows(got), plainRows(want)) || got.File != want.File || !got.Imported.Equal(want.Imported) || !got.First.Equal(want.First) {
				t.Errorf("%s: %d changes are given, and the lists have %d:\n%v\n%v", doing, len(got.Rows), len(want.Rows), plainRows(got), plainRows(want))
			}
			stamp, err := e.changesStamp()
			if err != nil {
				return err
			}
			have, err := tx.ChangesKept(stamp)
			if n := len(ofMembers(records)) - 1; kept && len(have) < n {
				t.Errorf("%s: kept of %d imports, not of %d", doing, len(have), n)
			}
			return err
		})
		if err != nil {
			t.Fatalf("%s: %v", doing, err)
		}
	}
	var gone string
	for i := range 14 {
		now = now.Add(24 * time.Hour)
		var b strings.Builder
		b.WriteString("Membership Number,First Name,Last Name,Status,Joined\n")
		for n := range 12 {
			if id := fmt.Sprintf("A%02d", n); id != gone && rnd.IntN(4) > 0 {
				fmt.Fprintf(&b, "%s,Jo%d,Ash,%s,2026-01-%02d\n", id, n, []string{"active", "arrears", "resigned"}[rnd.IntN(3)], 1+rnd.IntN(28))
			}
		}
		write("members.csv", b.String())
		imp, err := e.Prepare(ctx, "members", "")
		if err != nil {
			t.Fatal(err)
		}
		if _, err = e.Commit(ctx, imp, "secretary", "gone", "half", "grown", "empty", "older", "header", "stale"); err != nil {
			t.Fatal(err)
		}
		check(fmt.Sprint("import ", i), true)
		switch i {
		case 4, 9:
			if _, err := e.Undo(ctx, "members", "secretary"); err != nil {
				t.Fatal(err)
			}
			check("undone", true)
		case 6, 11:
			gone = imp.Reading.Records[0].Key
			if _, err := e.Forget(ctx, "secretary", "members", gone, true); err != nil {
				t.Fatal(err)
			}
			check("forgotten", true)
		}
	}
	write("constituency.yaml", "name: Anytown CLP\ntime_zone: Asia/Tokyo\ndata:\n  members: {from: members.csv, full: yes}\n")
	if err := e.Reload(); err != nil {
		t.Fatal(err)
	}
	check("another clock", false)
	if _, err := e.Propose(ctx); err != nil {
		t.Fatal(err)
	}
	check("another clock, and a plan", true)
}

// plainRows are the rows of a table as they can be compared.
func plainRows(t *dataset.Table) []string {
	var out []string
	for _, r := range t.Rows {
		out = append(out, fmt.Sprint(r.Key, " ", r.Line, " ", r.FirstSeen.UnixMicro(), " ", r.Changed.UnixMicro(), " ", r.Cells, " ", r.Problems))
	}
	return out
}
