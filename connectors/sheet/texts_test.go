package sheet

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
)

// TestTexts types rows that another connector has made: mapped and read like a
// table's, and every row is accounted for.
func TestTexts(t *testing.T) {
	schema := &dataset.Schema{Name: "meetings", Key: []string{"uid"}, Columns: []dataset.Column{
		{Name: "uid", Kind: dataset.Text}, {Name: "name", Kind: dataset.Text, Synonyms: []string{"title"}},
		{Name: "start", Kind: dataset.Time}, {Name: "date", Kind: dataset.Date},
		{Name: "status", Kind: dataset.Choice, Choices: []string{"planned", "confirmed"}, Meanings: map[string][]string{"planned": {"tentative"}}},
	}}
	header := []string{"uid", "title", "date", "start", "status", "short"}
	rows := []Row{
		{Line: 3, Cells: []string{"a", "Total", "2026-07-05", "2026-07-05T18:30:00Z", "tentative", "gm-1"}},
		{Line: 9, Cells: []string{"b", "Other", "2026-07-06", "", "confirmed", "gm-2"}, Unsure: map[int]string{4: "it is not sure"}},
		{Line: 20, Cells: []string{"c", "=x", "2026-13-01", "", "", ""}},
		{Line: 30, Cells: []string{"c", "Again", "", "", "", ""}},
	}
	r := dataset.Reading{Lines: 1, Refused: []dataset.Refusal{{Line: 25, Why: "said before"}}}
	if err := Texts(&r, header, rows, Spec{}, schema, london(t)); err != nil {
		t.Fatal(err)
	}
	account(t, r)
	if len(r.Records) != 2 || len(r.Refused) != 3 || r.Refused[0].Line != 20 || r.Refused[1].Line != 25 || r.Columns["name"] != "title" {
		t.Fatalf("%+v", r)
	}
	a, b := r.Records[0], r.Records[1]
	if a.Key != "a" || a.Line != 3 || a.Cells[1].S != "Total" || a.Cells[2].Words(london(t)) != "5 July 2026 at 19:30" || a.Cells[3].AsDate() != calendar.NewDate(2026, 7, 5) || a.Cells[4].S != "planned" {
		t.Errorf("%+v", a)
	}
	if !b.Cells[4].IsBlank() || len(b.Problems) != 1 || b.Problems[0] != (dataset.Problem{Column: "status", Text: "confirmed", Why: "it is not sure"}) {
		t.Errorf("%+v", b)
	}

	// The constituency may take the key from another heading.
	r = dataset.Reading{}
	if err := Texts(&r, header, rows[:3], Spec{Columns: map[string]string{"uid": "short"}}, schema, london(t)); err != nil {
		t.Fatal(err)
	}
	if account(t, r); len(r.Records) != 2 || r.Records[1].Key != "gm-2" || len(r.Refused) != 1 {
		t.Errorf("%+v", r)
	}
}

// TestFind finds the file that Read would read, whole.
func TestFind(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{"clp-2026-11-02.ics", "clp-2026-11-09.ics", "clp-2026-11-16.ics.part"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f, err := Find(folder, "clp-*", london(t))
	if err != nil || f.Name != "clp-2026-11-09.ics" || string(f.Bytes) != f.Name || !f.Dated || f.ListDate != calendar.NewDate(2026, 11, 9) || f.Modified.IsZero() {
		t.Errorf("%+v, %v", f, err)
	}
	if _, err := Find(folder, "../clp.ics", london(t)); err == nil {
		t.Error("a file outside of the folder was found")
	}
}
