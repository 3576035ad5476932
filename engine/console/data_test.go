package console_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/connectors/sheet"
	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/engine/store"
)

// specOf, recognise and headings read files as the program does.
func specOf(src playbook.Source) sheet.Spec {
	return sheet.Spec{From: src.From, Folder: src.Folder, Sheet: src.Sheet, Columns: src.Columns, Dates: src.Dates}
}

func recognise(ctx context.Context, folder, file string, set *playbook.Set) (string, error) {
	var all []sheet.Candidate
	for name, src := range set.Constituency.Data {
		all = append(all, sheet.Candidate{Schema: set.Schemas[name], Spec: specOf(src)})
	}
	return sheet.Recognise(ctx, folder, file, all, set.Constituency.Clock)
}

func headings(ctx context.Context, folder string, src playbook.Source, schema *dataset.Schema, clock calendar.Clock) (engine.Headings, error) {
	p, err := sheet.Propose(ctx, folder, specOf(src), schema, clock)
	h := engine.Headings{Sheet: p.Sheet, Row: p.HeaderRow, Missing: p.Missing, Lost: p.Lost}
	for _, c := range p.Columns {
		h.Columns = append(h.Columns, engine.Heading(c))
	}
	return h, err
}

// roll is a list of members: so many of those that are held, with the surname of
// the first, and some that are new.
func roll(held int, first string, fresh ...string) string {
	text := "Membership Number,First Name,Last Name,Email,Status,Date Joined,Branch,Marketing Consent\n"
	for i := range held {
		surname := "Older"
		if i == 0 {
			surname = first
		}
		text += fmt.Sprintf("A%05d,Olive%d,%s,olive%d@example.com,Active,2015-03-01,North,No\n", i, i, surname, i)
	}
	for i := range 3 {
		text += fmt.Sprintf("B%05d,Nia%d,Newer,nia%d@example.net,Active,2026-10-28,North,Yes\n", i, i, i)
	}
	for i, name := range fresh {
		text += fmt.Sprintf("C%05d,%s,Newest,new%d@example.net,Active,2026-11-05,North,Yes\n", i, name, i)
	}
	return text
}

// bring sends a file as a browser does.
func (g *guest) bring(path, name string, data []byte) answer {
	g.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreateFormFile("file", "x")
	g.must(err)
	_, err = part.Write(data)
	g.must(err)
	g.must(w.Close())
	body := strings.Replace(b.String(), `filename="x"`, `filename="`+strings.NewReplacer(`"`, `%22`).Replace(name)+`"`, 1)
	return g.ask("POST", path, body, with("Cookie", g.cookie), with("Sec-Fetch-Site", "same-origin"), with("Content-Type", w.FormDataContentType()))
}

// brought brings a file and gives the page of its difference.
func (g *guest) brought(path, name, text string) (string, answer) {
	g.t.Helper()
	a := g.bring(path, name, []byte(text))
	to := a.Header.Get("Location")
	if a.StatusCode != http.StatusSeeOther || !strings.HasPrefix(to, "/data/uploads/") {
		g.t.Fatalf("%s leads to %q: %d\n%s", name, to, a.StatusCode, a.body)
	}
	return to, g.get(to)
}

// hidden gives a field of a page that nobody types.
func (a answer) hidden(name string) string {
	m := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(a.body)
	if m == nil {
		return ""
	}
	return m[1]
}

// take presses the button of a page of a difference.
func (g *guest) take(to string, page answer, more ...string) answer {
	g.t.Helper()
	return g.post(to+"/take", append([]string{"sha256", page.hidden("sha256"), "shown", page.hidden("shown")}, more...)...)
}

// staged lists what lies in the folder of files that were brought.
func (h *house) staged() (files []string) {
	_ = filepath.WalkDir(filepath.Join(h.folder, ".uploads"), func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files = append(files, filepath.Base(p))
		}
		return nil
	})
	return files
}

// imports counts what was imported of a list.
func (h *house) imports(list string) (n int) {
	h.view(func(tx *store.Tx) error {
		all, err := tx.ImportsOf(list, 0, 100)
		for _, r := range all {
			if r.Undone.IsZero() {
				n++
			}
		}
		return err
	})
	return n
}

// last is the number of the import of a list that stands.
func (h *house) last(list string) (id string) {
	h.view(func(tx *store.Tx) error {
		r, _, err := tx.LastImport(list)
		id = fmt.Sprint(r.ID)
		return err
	})
	return id
}

// TestAListIsBrought through its whole life: seen, taken, not taken again by what
// comes after, and withdrawn.
func TestAListIsBrought(t *testing.T) {
	t.Parallel()
	h := newHouse(t, playbook.Web{})
	g := h.officer("secretary@example.org")
	before, had := h.changes(), h.imports("members")

	to, page := g.brought("/data/members/upload", "../../Downloads/members-2026-11-07.csv", roll(5, "Married", "Ned"))
	page.want(t, "the difference", 200, "members-2026-11-07.csv", "of 7 November 2026", "New: 1", "Changed: 1", "Missing this time: 1", "Ned Newest (C00000)", "<td>Older</td><td>Married</td>", "Olive5 Older (A00005)")
	if h.changes() != before || h.imports("members") != had {
		t.Fatal("looking at a file changed something")
	}
	info, err := filepath.Glob(filepath.Join(h.folder, ".uploads", "*", "*"))
	if err != nil || len(info) != 1 {
		t.Fatalf("%v, %v", info, err)
	}
	for path, mode := range map[string]fs.FileMode{info[0]: 0o600, filepath.Dir(info[0]): 0o700, filepath.Join(h.folder, ".uploads"): 0o700} {
		if i, err := os.Stat(path); err != nil || i.Mode().Perm() != mode {
			t.Errorf("%s: %v, %v", path, i.Mode(), err)
		}
	}
	h.run() // whatever runs meanwhile leaves it alone
	if h.imports("members") != had {
		t.Fatal("a run took a file that nobody said yes to")
	}
	for what, fields := range map[string][]string{
		"another file": {"sha256", strings.Repeat("0", 64), "shown", page.hidden("shown")}, "another difference": {"sha256", page.hidden("sha256"), "shown", "x"}, "nothing shown": {},
	} {
		g.post(to+"/take", fields...).want(t, what, 409, "Something else has happened meanwhile")
	}
	if h.imports("members") != had {
		t.Fatal("what was not shown was taken")
	}
	for range 2 { // pressed twice, it is taken once
		if a := g.take(to, page); a.StatusCode != 303 || a.Header.Get("Location") != "/data/members" {
			t.Fatalf("%d %s\n%s", a.StatusCode, a.Header.Get("Location"), a.body)
		}
	}
	if h.imports("members") != had+1 || len(h.staged()) != 0 {
		t.Fatalf("%d imports, and %v lies there", h.imports("members"), h.staged())
	}
	g.get("/data/members").want(t, "the list", 200, "members-2026-11-07.csv is taken", "uploaded/members-2026-11-07.csv", "Secretary", "Withdraw the last import", "1 new, 1 changed, 0 gone", "Held again is data/members-2026-11-02.csv")
	h.run() // the older file in its place is no news
	if h.imports("members") != had+1 {
		t.Error("the run after took the list's own older file")
	}
	if waiting, refused, err := h.Waits(ctx); err != nil || len(waiting)+len(refused) > 0 {
		t.Errorf("a later pass complains: %v %v %v", waiting, refused, err)
	}
	g.get("/data").want(t, "the lists", 200, `href="/data/members"`, "fresh until 3 September 2027")
	_, same := g.brought("/data/upload", "members-2026-11-07.csv", roll(5, "Married", "Ned"))
	same.want(t, "the same once more", 200, "the very file that was taken last")

	// A letter went because of it, so it is not withdrawn; the next one is.
	g.get("/data/members").want(t, "what cannot be withdrawn", 200, "cannot be undone: because of it 1 letter of new-member-welcome was sent")
	g.post("/data/members/undo", "import", h.last("members")).want(t, "what cannot be withdrawn", 422, "because of it 1 letter")
	h.pass(time.Hour)
	g = h.officer("secretary@example.org")
	older := h.last("members")
	to, page = g.brought("/data/members/upload", "members-2026-11-08.csv", roll(6, "Widowed", "Ned"))
	g.take(to, page).want(t, "another", 303)
	page = g.get("/data/members")
	page.want(t, "what is withdrawn", 200, "Withdraw the last import", "0 new, 1 changed, 0 gone", "Held again is uploaded/members-2026-11-07.csv")
	g.post("/data/members/undo", "import", older).want(t, "an older import", 409)
	g.post("/data/members/undo", "import", page.hidden("import")).want(t, "withdrawn", 303)
	g.post("/data/members/undo", "import", page.hidden("import")).want(t, "withdrawn twice", 409)
	g.get("/data/members").want(t, "afterwards", 200, "is withdrawn", "withdrawn on")
	if h.imports("members") != had+1 {
		t.Errorf("%d imports stand", h.imports("members"))
	}
}

// TestADoubtNeedsAWordOfItsOwn, and holds only for what was shown.
func TestADoubtNeedsAWordOfItsOwn(t *testing.T) {
	t.Parallel()
	h := newHouse(t, playbook.Web{})
	g := h.officer("membership@example.org")
	had := h.imports("members")
	to, page := g.brought("/data/upload", "members.csv", roll(1, "Older"))
	page.want(t, "half a list", 200, "5 of 9 records are missing from it", `name="accept" value="half" required`, "Membership")
	g.take(to, page).want(t, "without a word", 422, "Nothing was taken", "5 of 9 records")
	g.take(to, page, "accept", "gone").want(t, "another word", 422)
	if h.imports("members") != had {
		t.Fatal("it was taken in spite of a doubt")
	}
	// As a part of the list nobody is missing.
	page = g.follow(to+"/as", "part", "yes")
	page.want(t, "as a part", 200, "as a part of the list", "5 records that are not in it stay")
	// Somebody else takes another list meanwhile: what was shown is no more.
	other := h.officer("secretary@example.org")
	from, theirs := other.brought("/data/members/upload", "members-2026-11-08.csv", roll(6, "Older", "Ned"))
	other.take(from, theirs).want(t, "the other", 303)
	g.take(to, page).want(t, "what was shown before", 409)
	page = g.get(to)
	page.want(t, "shown anew", 200, "6 records that are not in it stay")
	g.take(to, page).want(t, "taken", 303)
	if h.imports("members") != had+2 {
		t.Errorf("%d imports", h.imports("members")-had)
	}
	// And a file that lies in its place and was refused can be looked at here.
	h.write("data/members-2026-11-09.csv", roll(1, "Wiser"))
	lists := g.get("/data")
	lists.want(t, "what waits", 200, "Files that lie in the folder", "of 10 records are missing from it", "See what is different in it")
	page = g.follow("/data/members/bring", "file", lists.hidden("file"))
	page.want(t, "from its place", 200, "members-2026-11-09.csv", `value="half"`)
	g.post("/data/members/bring", "file", "../../etc/passwd").want(t, "any file", 409)
}

// TestHeadingsAreMapped by hand, kept in the settings to the byte, and read so
// from then on; a list that nobody recognises is said to be one.
func TestHeadingsAreMapped(t *testing.T) {
	t.Parallel()
	h := newHouse(t, playbook.Web{})
	g := h.officer("secretary@example.org")
	strange := strings.NewReplacer("Membership Number", "Ref", "Last Name", "Clan", "Email", "Post").Replace(roll(6, "Older", "Ned"))
	to, page := g.brought("/data/upload", "list.csv", strange)
	page.want(t, "unknown", 200, "Which list is list.csv?", `<option value="members">Members</option>`)
	g.post(to+"/as", "list", "nothing").want(t, "no such list", 422)
	page = g.follow(to+"/as", "list", "members")
	page.want(t, "said to be one", 200, "cannot be read as this list", "No heading is surely Membership no", `aria-label="Ref is"`)
	if strings.Contains(page.body, "Take it") {
		t.Error("what cannot be read can be taken")
	}
	g.post(to+"/as", "column-A", "membership_no", "column-C", "membership_no").want(t, "one column twice", 422, "cannot stand under two headings")
	fields := []string{"column-A", "membership_no", "column-C", "last_name", "column-D", "email", "keep", "yes"}
	page = g.follow(to+"/as", fields...)
	page.want(t, "mapped", 200, "New: 1", "as you say", "Its headings have no longer", `value="header"`)
	was, err := os.ReadFile(filepath.Join(h.folder, "constituency.yaml"))
	h.must(err)
	g.take(to, page, "accept", "header").want(t, "taken", 303)
	is, err := os.ReadFile(filepath.Join(h.folder, "constituency.yaml"))
	h.must(err)
	want := strings.Replace(string(was), "stale_after: 300 days}", `stale_after: 300 days, columns: {email: "Post", last_name: "Clan", membership_no: "Ref"}}`, 1)
	if string(is) != want {
		t.Errorf("constituency.yaml is now\n%s", is)
	}
	if src := h.Engine.Set().Constituency.Data["members"]; src.Columns["email"] != "Post" {
		t.Errorf("the settings were not read anew: %v", src.Columns)
	}
	_, page = g.brought("/data/members/upload", "list-2.csv", strings.Replace(strange, "Ned", "Ted", 1))
	page.want(t, "the next", 200, "Changed: 1", "as constituency.yaml says")
}

// TestWhoMayTakeAList: by right, the officers with a fresh sign-in, nobody
// another's file, and nobody for longer than an hour.
func TestWhoMayTakeAList(t *testing.T) {
	t.Parallel()
	h := newHouse(t, playbook.Web{})
	secretary, mo, nora := h.officer("secretary@example.org"), h.officer("membership@example.org"), h.officer("north@example.org")
	nora.bring("/data/members/upload", "m.csv", []byte(roll(6, "Older"))).want(t, "no right", 403)
	nora.post("/data/members/undo", "import", "2").want(t, "no right to withdraw", 403)
	if a := nora.get("/data"); strings.Contains(a.body, `type="file"`) {
		t.Error("who may not bring a list is asked for one")
	}
	to, page := secretary.brought("/data/members/upload", "m.csv", roll(6, "Other"))
	for what, a := range map[string]answer{"another's file": mo.get(to), "another's take": mo.take(to, page), "another's throw": mo.post(to + "/throw"), "no file": mo.get("/data/uploads/" + strings.Repeat("0", 40))} {
		a.want(t, what, 404, "does not wait here any more")
	}
	// The session ends, and the same person comes back.
	secretary.post("/sign-out").want(t, "signed out", 303)
	if a := secretary.take(to, page); a.StatusCode == 200 || h.imports("members") != 2 {
		t.Fatalf("without a session: %d, %d imports", a.StatusCode, h.imports("members"))
	}
	secretary = h.officer("secretary@example.org")
	secretary.get(to).want(t, "come back", 200, "Changed: 1")
	secretary.post(to+"/throw").want(t, "thrown away", 303)
	if len(h.staged()) != 0 || h.imports("members") != 2 {
		t.Fatal("what was thrown away lies there still, or was taken")
	}

	list := strings.Replace(officers, "secretary,,Ann Secretary,secretary@example.org", "secretary,,Ann Secretary,secretary@example.org,2024-01-01,2026-11-07,\nsecretary,,Una Younger,una@example.org", 1)
	off, shown := mo.brought("/data/upload", "officers.csv", list)
	if shown.want(t, "another's right", 200, "The Secretary or the Chair takes a list of officers"); strings.Contains(shown.body, "Take it<") {
		t.Error("who may not take it is asked to")
	}
	mo.take(off, shown).want(t, "the officers", 403)
	h.pass(11 * time.Minute)
	off, shown = secretary.brought("/data/officers/upload", "officers.csv", list)
	shown.want(t, "the officers", 200, "By this list you hold no role", "You will be asked to sign in once more")
	secretary.take(off, shown).want(t, "a sign-in that is not fresh", 403, "Please sign in once more")
	secretary = h.officer("secretary@example.org")
	secretary.take(off, secretary.get(off)).want(t, "a fresh one", 303)
	secretary.get("/data").want(t, "and is out", 303)

	una := h.officer("una@example.org")
	una.get("/officers").want(t, "the officers now", 200, "Una Younger", "una@example.org", "Other roles that nobody holds", "1 row is of terms that are over")
	old, _ := una.brought("/data/members/upload", "m.csv", roll(6, "Other"))
	h.pass(61 * time.Minute)
	una = h.officer("una@example.org")
	una.get(old).want(t, "after an hour", 404)
	una.brought("/data/members/upload", "n.csv", roll(6, "Other"))
	if left := h.staged(); len(left) != 1 || left[0] != "n.csv" {
		t.Errorf("what nobody decided about lies there still: %v", left)
	}
	if strings.Contains(h.logged.String(), "Olive") || strings.Contains(h.logged.String(), "m.csv") {
		t.Errorf("logged: %s", h.logged)
	}
}

// TestWhatCouldNotBeRead is shown to those who may see it.
func TestWhatCouldNotBeRead(t *testing.T) {
	t.Parallel()
	h := newHouse(t, playbook.Web{})
	g := h.officer("membership@example.org")
	text := strings.Replace(roll(6, "Older"), "olive1@example.com", "olive1 at <home>", 1) + ",Nobody,Without,nobody@example.net,Active,2015-03-01,North,No\n"
	text = strings.Replace(text, "2015-03-01", "soon", 1)
	to, page := g.brought("/data/members/upload", "members.csv", text)
	page.want(t, "the faults", 200, "1 row is refused", "2 cells cannot be read", "olive1 at &lt;home&gt;", "<td>soon</td>")
	g.take(to, page).want(t, "taken", 303)
	g.get("/data/members").want(t, "the list", 200, "1 row was refused, and 2 cells could not be read", "olive1 at &lt;home&gt;", "<td>soon</td>")
	h.officer("north@example.org").get("/data/members").want(t, "her branch", 200, "olive1 at &lt;home&gt;", "1 of them are not of your branch")
	it := h.local("it_coordinator").get("/data/members")
	it.want(t, "who sees no contacts", 200, "not for your role", "<td>soon</td>")
	if strings.Contains(it.body, "olive1 at") {
		t.Error("an address is shown to who may not see it")
	}
}

// TestEveryTemplateHasANameOfItsOwn: of two with one name the second would stand
// on the pages of the first.
func TestEveryTemplateHasANameOfItsOwn(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("pages/*.html")
	if err != nil || len(files) < 5 {
		t.Fatal(files, err)
	}
	seen := map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`\{\{-?\s*(?:define|block)\s+"([^"]+)"`).FindAllStringSubmatch(string(text), -1) {
			if other := seen[m[1]]; other != "" {
				t.Errorf("%s and %s both define %q", other, file, m[1])
			}
			seen[m[1]] = file
		}
	}
}
