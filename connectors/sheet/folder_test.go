package sheet

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
)

// lay writes files below a new folder; the time of each is a day later than
// that of the one before.
func lay(t *testing.T, files ...string) string {
	t.Helper()
	root := t.TempDir()
	for i := 0; i < len(files); i += 2 {
		name := filepath.Join(root, filepath.FromSlash(files[i]))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(files[i+1]), 0o644); err != nil {
			t.Fatal(err)
		}
		at := changedOn.AddDate(0, 0, i/2)
		if err := os.Chtimes(name, at, at); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

const oneMember = "Mem No,First name\nA1,Jo\n"

func TestTheNewestFileWins(t *testing.T) {
	for name, c := range map[string]struct {
		files []string
		want  string
	}{
		"by the date in the name": {[]string{"data/members 2026-11-02.csv", oneMember, "data/members 2026-10-05.csv", oneMember}, "data/members 2026-11-02.csv"},
		"in any form":             {[]string{"data/members_02-11-2026.csv", oneMember, "data/members-20261005.csv", oneMember, "data/members 1 Nov 2026.csv", oneMember}, "data/members_02-11-2026.csv"},
		"by the time it changed":  {[]string{"data/members.csv", oneMember, "data/members (1).csv", oneMember}, "data/members (1).csv"},
		"not what is not ours":    {[]string{"data/members.csv", oneMember, "data/members.csv.part", oneMember, "data/.~lock.members.csv#", oneMember, "data/members~", oneMember}, "data/members.csv"},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := Read(context.Background(), lay(t, c.files...), Spec{From: "data/*members*"}, members(), london(t))
			if err != nil {
				t.Fatal(err)
			}
			account(t, r)
			if r.File != c.want {
				t.Errorf("read %s, want %s", r.File, c.want)
			}
			if dated := strings.Contains(c.want, "02"); r.HasDate != dated || dated && r.ListDate != calendar.NewDate(2026, 11, 2) {
				t.Errorf("list date %v, %t", r.ListDate, r.HasDate)
			}
		})
	}
}

func TestFilesThatCannotBeRead(t *testing.T) {
	root := lay(t, "data/other.csv", oneMember, "data/sub/x.csv", oneMember)
	outside := lay(t, "secret.csv", oneMember)
	for want, spec := range map[string]Spec{
		"no file matches data/members*.csv; the folder data has other.csv": {From: "data/members*.csv"},
		"there is no file data/members.csv; the folder data has other.csv": {From: "data/members.csv"},
		"there is no folder nowhere":                                       {From: "nowhere/members*.csv"},
		"leads out of the constituency's folder":                           {From: "../members.csv"},
		"is not in the constituency's folder":                              {From: outside + "/secret.csv"},
		"is not a file":                                                    {From: "data/sub"},
		"no pattern":                                                       {From: "data/[members.csv"},
		"has both from and folder":                                         {From: "x", Folder: "y"},
		"names no file":                                                    {},
		"there is no folder papers":                                        {Folder: "papers"},
		"has no column for a document":                                     {Folder: "data"},
	} {
		if _, err := Read(context.Background(), root, spec, members(), london(t)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: error %v, want %q", spec, err, want)
		}
	}
	if _, err := Read(context.Background(), filepath.Join(root, "none"), Spec{From: "x"}, members(), london(t)); err == nil {
		t.Error("a folder that is not there was opened")
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Read(ended, root, Spec{From: "data/other.csv"}, members(), london(t)); err == nil {
		t.Error("read after the end of its context")
	}
	if runtime.GOOS == "windows" {
		return // making links needs a privilege there
	}
	for link, to := range map[string]string{"data/link.csv": outside + "/secret.csv", "data/inside.csv": "other.csv"} {
		if err := os.Symlink(to, filepath.Join(root, link)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Read(context.Background(), root, Spec{From: "data/link.csv"}, members(), london(t)); err == nil {
		t.Error("a link out of the folder was followed")
	}
	if r, err := Read(context.Background(), root, Spec{From: "data/inside.csv"}, members(), london(t)); err != nil || len(r.Records) != 1 {
		t.Errorf("a link inside the folder: %v", err)
	}
}

func TestAFolderOfDocuments(t *testing.T) {
	const pdf = "%PDF-1.7 one\n%%EOF"
	docx, odt := wordFile(t), openFile(t)
	root := lay(t,
		"papers/2026-11-12 gm minutes approved.pdf", pdf,
		"papers/EC_Agenda_03-12-2026.docx", docx,
		"papers/Standing Orders 2025 final.odt", odt,
		"papers/2025/annual general meeting, mins (draft) 1st May 2025.md", "# Minutes",
		"papers/notes.txt", "hello",
		"papers/macro.docm", docx,
		"papers/virus.docx", wordFile(t, "word/vbaProject.bin", "x"),
		"papers/broken.pdf", "<html>sign in</html>",
		"papers/old.doc", "x", "papers/empty.txt", "", "papers/budget.xlsx", "PK\x03\x04", "papers/README", "x",
		"papers/~$minutes.docx", "x", "papers/.~lock.a.odt#", "x", "papers/x.pdf.crdownload", "x", "papers/y.part", "x", "papers/z.tmp", "x",
		"papers/.DS_Store", "x", "papers/Thumbs.db", "x", "papers/.hidden/secret.pdf", pdf, "papers/copy of agenda.pdf", pdf,
	)
	schema := documents()
	r, err := Read(context.Background(), root, Spec{Folder: "papers"}, schema, london(t))
	if err != nil {
		t.Fatal(err)
	}
	account(t, r)
	var got []string
	for _, rec := range r.Records {
		cell := func(column string) string { return rec.Cells[columnOf(schema, column)].S }
		got = append(got, fmt.Sprintf("%s|%s|%s|%s|%s|%d|%d", rec.Key, cell("kind"), cell("meeting"), cell("status"), cell("title"), rec.Cells[columnOf(schema, "year")].N, len(rec.Problems)))
	}
	want := []string{
		"2025/annual general meeting, mins (draft) 1st May 2025.md|minutes|agm-2025-05-01|draft|annual general meeting, mins (draft) 1st May 2025|2025|0",
		"2026-11-12 gm minutes approved.pdf|minutes|gm-2026-11-12|approved|2026-11-12 gm minutes approved|2026|0",
		"EC_Agenda_03-12-2026.docx|agenda|ec-2026-12-03||EC Agenda 03-12-2026|2026|0",
		"Standing Orders 2025 final.odt|standing_orders||approved|Standing Orders 2025 final|2025|0",
		"copy of agenda.pdf|agenda|||copy of agenda|0|0",
		"notes.txt||||notes|0|0",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %s\nwant %s", strings.Join(got, "\n     "), strings.Join(want, "\n     "))
	}
	refused := map[string]string{"macro.docm": "macros", "virus.docx": "macros", "broken.pdf": "none", "old.doc": "PDF or .docx", "empty.txt": "empty", "budget.xlsx": "not a document", "README": "without an ending"}
	for _, no := range r.Refused {
		if want := refused[no.Text]; want == "" || !strings.Contains(no.Why, want) {
			t.Errorf("refused %s: %s", no.Text, no.Why)
		}
		delete(refused, no.Text)
	}
	if len(refused) != 0 || len(r.Skipped) != 7 {
		t.Errorf("not refused: %v; skipped %v", refused, r.Skipped)
	}
	// Two files of the same bytes are one document.
	if len(r.Files) != 5 {
		t.Errorf("%d documents", len(r.Files))
	}
	for _, doc := range r.Files {
		if doc.Name == "EC_Agenda_03-12-2026.docx" && (doc.Type != mediaDocx || !bytes.Equal(doc.Bytes, []byte(docx))) {
			t.Errorf("document %v", doc)
		}
	}
}

func TestTheIndexOfAFolder(t *testing.T) {
	const pdf = "%PDF-1.7 %%EOF "
	root := lay(t, "papers/a.pdf", pdf+"a", "papers/sub/2026-11-12 gm minutes draft.pdf", pdf+"b",
		"papers/index.csv", "File,Kind,Meeting,Status,Title,doc\nA.PDF,Agenda,gm-1,agreed,The agenda,x\nsub\\2026-11-12 gm minutes draft.pdf,,,approved,,\ngone.pdf,minutes,,,,\n")
	schema := documents()
	r, err := Read(context.Background(), root, Spec{Folder: "papers"}, schema, london(t))
	if err != nil {
		t.Fatal(err)
	}
	account(t, r)
	want := [][]string{{"agenda", "gm-1", "The agenda", "approved"}, {"minutes", "gm-2026-11-12", "2026-11-12 gm minutes draft", "approved"}}
	for i, rec := range r.Records {
		if got := []string{rec.Cells[1].S, rec.Cells[2].S, rec.Cells[3].S, rec.Cells[4].S}; !reflect.DeepEqual(got, want[i]) {
			t.Errorf("%s: %q, want %q", rec.Key, got, want[i])
		}
	}
	if len(r.Records) != 2 || len(r.Refused) != 1 || r.Refused[0].Text != "gone.pdf" || !strings.Contains(r.Refused[0].Why, "row 4") {
		t.Errorf("refused %v", r.Refused)
	}
	if !reflect.DeepEqual(r.Unused, []string{"doc"}) {
		t.Errorf("unused %v", r.Unused)
	}
	before := r.SHA256
	if err := os.WriteFile(filepath.Join(root, "papers/a.pdf"), []byte(pdf+"changed"), 0o644); err != nil {
		t.Fatal(err)
	}
	if r, err = Read(context.Background(), root, Spec{Folder: "papers"}, schema, london(t)); err != nil || r.SHA256 == before {
		t.Errorf("a document changed and the digest did not (%v)", err)
	}
}

func TestDocumentsInATable(t *testing.T) {
	root := lay(t, "papers/a.pdf", "%PDF-1 a %%EOF", "data/b.txt", "b", "data/documents.csv", "Key,Kind,File\nd1,agenda,papers/a.pdf\nd2,guide,b.txt\nd3,guide,gone.pdf\nd4,guide,../x.pdf\nd5,guide,papers/a.exe\nd6,guide,papers\n")
	schema := documents()
	r, err := Read(context.Background(), root, Spec{From: "data/documents.csv"}, schema, london(t))
	if err != nil {
		t.Fatal(err)
	}
	account(t, r)
	if len(r.Files) != 2 || r.Records[0].Cells[5].S == "" || r.Records[1].Cells[5].S == "" {
		t.Errorf("files %v", r.Files)
	}
	for i, want := range map[int]string{2: "no such file", 3: "outside", 4: "no such file", 5: "no such file"} {
		if p := r.Records[i].Problems; len(p) != 1 || !strings.Contains(p[0].Why, want) {
			t.Errorf("%s: %v, want %q", r.Records[i].Key, p, want)
		}
	}
	before := r.SHA256
	if err := os.WriteFile(filepath.Join(root, "papers/a.pdf"), []byte("%PDF-1 changed %%EOF"), 0o644); err != nil {
		t.Fatal(err)
	}
	if r, err = Read(context.Background(), root, Spec{From: "data/documents.csv"}, schema, london(t)); err != nil || r.SHA256 == before {
		t.Errorf("a document changed and the digest did not (%v)", err)
	}
	data, _ := os.ReadFile(filepath.Join(root, "data/documents.csv"))
	r, err = ReadBytes("documents.csv", data, changedOn, Spec{}, schema, london(t))
	if err != nil || len(r.Files) != 0 || len(r.Records) != 6 || len(r.Records[0].Problems) != 1 {
		t.Errorf("without a folder: %v, %v", r.Records, err)
	}
}

func TestDateInName(t *testing.T) {
	for name, want := range map[string]string{
		"members 2026-11-02.csv": "2026-11-02", "members_20261102.csv": "2026-11-02", "2nd Nov 2026 members.csv": "2026-11-02", "data/2026/members 02.11.2026 (1).csv": "2026-11-02",
		"members 13-11-26.csv": "2026-11-13", "members 02-11-26.csv": "", "members.csv": "", "members 2026.csv": "", "members 2026-11-02 to 2026-11-09.csv": "", "members 99999999.csv": "",
		"members 2026-11-02 v2 2026-11-02.csv": "2026-11-02", "members 2026-02-30.csv": "",
	} {
		got := ""
		if d, ok := dateInName(name, 2026); ok {
			got = d.String()
		}
		if got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestReadingTwiceGivesTheSame(t *testing.T) {
	root := lay(t, "papers/2026-11-12 gm minutes.pdf", "%PDF-1 %%EOF", "papers/b.txt", "b", "papers/index.csv", "file,kind\nb.txt,guide\nx,guide\ny,guide\n")
	read := func() dataset.Reading {
		r, err := Read(context.Background(), root, Spec{Folder: "papers"}, documents(), london(t))
		if err != nil {
			t.Fatal(err)
		}
		r.Modified = time.Time{}
		return r
	}
	first := read()
	for range 5 {
		if again := read(); !reflect.DeepEqual(first, again) {
			t.Fatalf("first %v\nthen  %v", first, again)
		}
	}
}
