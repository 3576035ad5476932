package console_test

import (
	"archive/zip"
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine/console"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// TestWhatIsNoList is refused in words, and nothing of it stays.
func TestWhatIsNoList(t *testing.T) {
	t.Parallel()
	h := newHouse(t, playbook.Web{})
	g := h.officer("secretary@example.org")
	before := h.changes()
	var bomb bytes.Buffer
	z := zip.NewWriter(&bomb)
	for _, name := range []string{"[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml"} {
		f, err := z.Create(name)
		h.must(err)
		for range 40 {
			_, err = f.Write(bytes.Repeat([]byte("<row>"), 200_000))
			h.must(err)
		}
	}
	h.must(z.Close())
	big := bytes.Repeat([]byte("x"), 21<<20)
	for what, f := range map[string]struct {
		name, says string
		data       []byte
		status     int
	}{
		"empty": {"members.csv", "The file is empty", nil, 422}, "too large": {"members.csv", "larger than 20 MB", big, 422},
		"no name": {"", "No file was chosen", []byte("x"), 422},
	} {
		g.bring("/data/members/upload", f.name, f.data).want(t, what, f.status, f.says)
	}
	for what, f := range map[string]struct {
		name, says string
		data       []byte
	}{
		"a picture": {"members.csv", "cannot be read as this list", []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")}, "a PDF": {"members.xlsx", "cannot be read as this list", []byte("%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")},
		"a bomb": {"members.xlsx", "cannot be read as this list", bomb.Bytes()}, "noughts": {"members.csv", "cannot be read as this list", make([]byte, 5000)},
		"script": {"<script>alert(1)</script>.csv", "script_.csv", []byte(roll(6, "<script>alert(1)</script>"))},
		"turned": {"mem\u202evsc.exe.csv", "mem_vsc.exe.csv", []byte(roll(6, "\u202eOlder"))},
		"hidden": {`C:\Users\x\..\.ssh\.members.csv`, "members.csv", []byte(roll(6, "=HYPERLINK(1)"))}, "long": {strings.Repeat("m", 5000) + ".csv", "mmmm.csv", []byte(roll(6, "Older"))},
		"a pattern": {"members*[a]?.csv", "members__a__.csv", []byte(roll(6, "Other"))},
	} {
		a := g.bring("/data/members/upload", f.name, f.data)
		if a.StatusCode != 303 {
			t.Errorf("%s: %d\n%s", what, a.StatusCode, a.body)
			continue
		}
		page := g.get(a.Header.Get("Location"))
		if page.want(t, what, 200, f.says); strings.Contains(page.body, "<script") || strings.ContainsAny(page.body, "\u202e\x1b\x00") {
			t.Errorf("%s stands on the page as it came:\n%s", what, page.body)
		}
		if n := len(h.staged()); n != 1 {
			t.Errorf("%s: %d files lie there", what, n)
		}
	}
	for what, body := range map[string]string{"no parts": "file=x", "broken off": "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"m.csv\"\r\n\r\nabc", "no file": "--b\r\nContent-Disposition: form-data; name=\"other\"\r\n\r\nabc\r\n--b--\r\n"} {
		a := g.ask("POST", "/data/members/upload", body, with("Cookie", g.cookie), with("Content-Type", "multipart/form-data; boundary=b"))
		a.want(t, what, 422)
	}
	g.bring("/data/nothing/upload", "m.csv", []byte("x")).want(t, "no such list", 404)
	if n := len(h.staged()); n != 1 || h.changes() != before {
		t.Errorf("%d files lie there, after %d changes", n, h.changes()-before)
	}
	again, err := console.Open(console.Options{Web: playbook.Web{Listen: "127.0.0.1:0"}, Folder: h.folder, Engine: h.now})
	h.must(err)
	h.must(again.Close())
	if left := h.staged(); len(left) != 0 {
		t.Errorf("the next program leaves lying what nobody can get at: %v", left)
	}
}

// TestAPaperIsBrought is laid where papers are read from, and a list is not.
func TestAPaperIsBrought(t *testing.T) {
	t.Parallel()
	h := newHouse(t, playbook.Web{})
	h.write("constituency.yaml", strings.Replace(settings, "data:\n", "data:\n  documents: {folder: papers}\n", 1))
	h.must(h.Reload())
	g := h.officer("secretary@example.org")
	const name = "2026-11-12 gm minutes approved.txt"
	to, page := g.brought("/data/documents/upload", name, "Minutes of the meeting\n\nNothing was decided.\n")
	page.want(t, "a paper", 200, "laid into the folder papers", name)
	g.post(to+"/take", "sha256", "x").want(t, "another", 409)
	g.take(to, page).want(t, "taken", 303)
	if b, err := os.ReadFile(filepath.Join(h.folder, "papers", name)); err != nil || !strings.HasPrefix(string(b), "Minutes") || len(h.staged()) != 0 {
		t.Errorf("%q, %v, and %v lies there", b, err, h.staged())
	}
	to, page = g.brought("/data/upload", name, "Minutes of another meeting\n")
	g.take(to, page).want(t, "of the same name", 422, "There is a paper of this name already")
	_, page = g.brought("/data/documents/upload", "members.csv", roll(6, "Older"))
	if page.want(t, "a list", 200, "It is no paper, but of the list members"); strings.Contains(page.body, "Lay it there") {
		t.Error("a list can be laid among the papers")
	}
	h.run()
	g.get("/data/documents").want(t, "read", 200, "<dd>1</dd>", "the folder papers")
}

// TestTwoFilesAtOnce: the second is told to wait, and the first comes whole.
func TestTwoFilesAtOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t, playbook.Web{})
	a, b := h.officer("secretary@example.org"), h.officer("membership@example.org")
	r, w, err := os.Pipe()
	h.must(err)
	req, err := http.NewRequestWithContext(ctx, "POST", "http://"+h.Address()+"/data/members/upload", r)
	h.must(err)
	req.Header.Set("Cookie", a.cookie)
	req.Header.Set("Content-Type", "multipart/form-data; boundary=b")
	ended := make(chan int, 1)
	go func() {
		res, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			ended <- 0
			return
		}
		res.Body.Close()
		ended <- res.StatusCode
	}()
	_, err = w.WriteString("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"m.csv\"\r\n\r\nMembership")
	h.must(err)
	for len(h.staged()) == 0 { // it is on its way
		time.Sleep(time.Millisecond)
	}
	b.bring("/data/members/upload", "m.csv", []byte(roll(6, "Older"))).want(t, "the second", 422, "Another file is being brought")
	_, err = w.WriteString(strings.TrimPrefix(roll(6, "Other"), "Membership") + "\r\n--b--\r\n")
	h.must(err)
	h.must(w.Close())
	if status := <-ended; status != 303 || len(h.staged()) != 1 {
		t.Errorf("the first: %d, %v", status, h.staged())
	}
	b.brought("/data/members/upload", "m.csv", roll(6, "Older"))
}
