package sample_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/connectors/sheet"
	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/engine/sample"
	"github.com/clarion-clp/clarion/playbooks"
)

// TestTheFolderIsOneThatClarionReads writes the folder of several days out,
// loads its settings and playbooks without a fault, and reads every list: no
// row is refused, no heading is left over, and only the cells that the story
// spoils cannot be read.
func TestTheFolderIsOneThatClarionReads(t *testing.T) {
	today := calendar.NewDate(2026, time.November, 2)
	spoilt := map[string]bool{"members.email": true, "members.joined": true, "donations.amount": true, "donations.received_on": true}
	for seed := range uint64(3) {
		c := sample.Make(seed, today)
		for _, day := range []int{-28, 0, 30} {
			root := write(t, c.On(today.AddDays(day)))
			set, err := playbook.Load(playbooks.Library, os.DirFS(root))
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range set.All() {
				t.Errorf("%s\n%s", f.Error(), f.Caret())
			}
			if set.Playbook("fortnightly-digest") == nil {
				t.Error("the sample's own playbook is not there")
			}
			for name, src := range set.Constituency.Data {
				spec := sheet.Spec{From: src.From, Folder: src.Folder, Columns: src.Columns}
				r, err := sheet.Read(context.Background(), root, spec, set.Schemas[name], set.Constituency.Clock)
				if err != nil {
					t.Fatalf("seed %d, day %d: %v", seed, day, err)
				}
				if len(r.Refused)+len(r.Skipped)+len(r.Unused) > 0 || len(r.Records) == 0 {
					t.Errorf("seed %d, day %d, %s: %d rows kept, refused %v, skipped %v, headings unused %v",
						seed, day, name, len(r.Records), r.Refused, r.Skipped, r.Unused)
				}
				for _, rec := range r.Records {
					for _, p := range rec.Problems {
						if !spoilt[name+"."+p.Column] {
							t.Errorf("seed %d, day %d, %s %s: %s %q: %s", seed, day, name, rec.Key, p.Column, p.Text, p.Why)
						}
					}
				}
				if name == "documents" && len(r.Files) < len(r.Records)-1 {
					t.Errorf("seed %d, day %d: %d documents, and files of %d", seed, day, len(r.Records), len(r.Files))
				}
			}
		}
	}
}

// write puts files into a new folder.
func write(t *testing.T, files map[string][]byte) string {
	t.Helper()
	root := t.TempDir()
	for path, b := range files {
		file := filepath.Join(root, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}
