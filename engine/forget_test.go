package engine_test

import (
	"bytes"
	"compress/flate"
	"database/sql"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/sample"
	"github.com/clarion-clp/clarion/engine/store"
)

// who is forgotten: a member whose payments stopped, who was written to, rung,
// and spoken about.
const who = "A150001"

// TestForgettingAfterAJourney lives six weeks of the sample constituency, in
// which letters are sent, rejected and tasks answered, and then forgets one
// member: no byte of the database knows them any more, a newer list leaves them
// out, and nobody else is the poorer.
func TestForgettingAfterAJourney(t *testing.T) {
	h, con := journey(t)
	h.accounts()
	him := traces(t, h)
	if len(him) < 5 {
		t.Fatalf("too little is known of the member: %q", him)
	}
	for what, n := range search(t, h, him) {
		if n == 0 {
			t.Errorf("before, the database does not hold %q: the search cannot fail", what)
		}
	}
	dossier, err := h.Dossier(ctx, "members", who)
	must(h, err)
	text := fmt.Sprintf("%+v", dossier)
	for _, want := range append(him[:3:3], "Letters", "Recorded here", "Cases and tasks", "Contacts") {
		if !strings.Contains(text, want) {
			t.Errorf("the dossier does not show %q", want)
		}
	}
	other, err := h.Dossier(ctx, "members", "A200001")
	must(h, err)
	sent := len(h.book().MessagesIn("sent"))

	preview, err := h.Forget(ctx, "secretary", "members", who, false)
	if err != nil || len(preview) == 0 {
		t.Fatal(preview, err)
	}
	if _, err := h.Dossier(ctx, "members", who); err != nil {
		t.Errorf("the preview did it: %v", err)
	}
	done, err := h.Forget(ctx, "secretary", "members", who, true)
	must(h, err)
	if !reflect.DeepEqual(preview, done) {
		t.Errorf("the preview said %+v, done was %+v", preview, done)
	}
	for what, n := range search(t, h, him) {
		if n > 0 {
			t.Errorf("%d times in the database: %q", n, what)
		}
	}
	if _, err := h.Dossier(ctx, "members", who); err == nil {
		t.Error("there is still a dossier")
	}
	after, err := h.Dossier(ctx, "members", "A200001")
	must(h, err)
	if !reflect.DeepEqual(other, after) {
		t.Errorf("somebody else's dossier changed:\n%+v\n%+v", other, after)
	}
	if n := len(h.book().MessagesIn("sent")); n != sent {
		t.Errorf("%d messages were sent, %d before", n, sent)
	}
	h.run() // the same list again
	for _, e := range con.Exports {
		// A gift stays a gift. The treasurer takes the name out of the list, as
		// the program asks for.
		if b, ok := e.Files["data/donations.csv"]; ok {
			e.Files["data/donations.csv"] = bytes.ReplaceAll(b, []byte("Bernard Hollis"), []byte("Somebody"))
		}
	}
	live(h, con, 30)
	keys, _ := h.held("members")
	for _, k := range keys {
		if k == who {
			t.Error("a newer list brought them back")
		}
	}
	for what, n := range search(t, h, him) {
		if n > 0 {
			t.Errorf("after a newer list %d times in the database: %q", n, what)
		}
	}
	h.replayed()
}

// journey lives the sample's days up to the fourteenth.
func journey(t *testing.T) (*house, sample.Constituency) {
	t.Helper()
	today := calendar.NewDate(2026, time.November, 2)
	h := &house{t: t, folder: quick(t), base: quick(t), time: day0}
	con := sample.Make(1, today)
	for path, b := range con.Exports[0].Files {
		h.write(path, string(b))
	}
	h.open("clarion.db", "config")
	h.time = day0.AddDate(0, 0, -28)
	h.entrust(slices.Sorted(maps.Keys(h.Set().Constituency.Trust))...)
	for _, d := range []int{-28, -14, 0} {
		live(h, con, d)
	}
	proposed, _, err := h.Pending(ctx)
	must(h, err)
	var yes, no []engine.Pending
	for _, p := range proposed {
		if p.Content.ToName == "Bernard Hollis" {
			yes = append(yes, p)
		} else {
			no = append(no, p)
		}
	}
	if len(yes) != 1 || len(no) == 0 {
		t.Fatalf("%d letters to the member wait, and %d others", len(yes), len(no))
	}
	_, err = h.Approve(ctx, engine.Voice{Role: "membership_officer"}, yes)
	must(h, err)
	_, err = h.Reject(ctx, engine.Voice{Role: "membership_officer"}, "Bernard Hollis says that she has paid", no)
	must(h, err)
	h.run()
	for column, text := range map[string]string{"phone": "07700 900999", "preferred_name": "Quillfeather", "address": "Zanzibar Cottage"} {
		_, _, err = h.Record(ctx, "membership_officer", "members", who, column, text)
		must(h, err)
	}
	must(h, h.Contact(ctx, "membership_officer", who, "phone", false))
	for _, d := range []int{1, 7, 14} {
		live(h, con, d)
		answer(h)
	}
	live(h, con, 14)
	return h, con
}

// live lets a day of the sample happen.
func live(h *house, con sample.Constituency, day int) {
	h.t.Helper()
	date := con.Today.AddDays(day)
	for _, e := range con.Exports {
		if e.Date == date {
			for path, b := range e.Files {
				h.write(path, string(b))
			}
		}
	}
	h.mu.Lock()
	h.time = day0.AddDate(0, 0, day)
	h.mu.Unlock()
	p := h.run()
	if p.Delivery.Stopped != "" || len(p.Delivery.Fell) > 0 {
		h.t.Errorf("day %d: %+v", day, p.Delivery)
	}
}

// answer answers every task about the member, and the first of the others.
func answer(h *house) {
	h.t.Helper()
	tasks, err := h.Tasks(ctx)
	must(h, err)
	others := 0
	for _, v := range tasks {
		his := strings.Contains(v.Line, "Bernard Hollis")
		if len(v.Answers) == 0 || !his && others > 0 {
			continue
		}
		if !his {
			others++
		}
		_, _, err := h.Answer(ctx, "membership_officer", v.Number, v.Answers[0])
		must(h, err)
	}
}

// traces are what the member is known by, as the database has it.
func traces(t *testing.T, h *house) []string {
	t.Helper()
	row, err := h.Row(ctx, "members", who)
	must(h, err)
	out := []string{who}
	for _, column := range []string{"name", "email", "phone", "address", "preferred_name"} {
		if row[column] != "" {
			out = append(out, row[column])
		}
	}
	return out
}

// search counts how often texts stand in the database: in the bytes of its
// files, in every cell of every table, and in what a packed cell unpacks to.
func search(t *testing.T, h *house, texts []string) map[string]int {
	t.Helper()
	found := map[string]int{}
	look := func(table string, b []byte) {
		b = bytes.ToLower(b)
		for _, s := range texts {
			n := bytes.Count(b, bytes.ToLower([]byte(s)))
			if found[s] += n; n > 0 && testing.Verbose() {
				t.Logf("%q: %d in %s", s, n, table)
			}
		}
	}
	for _, s := range texts {
		found[s] = 0
	}
	files, err := filepath.Glob(filepath.Join(h.base, "*.db*"))
	must(h, err)
	for _, f := range files {
		b, err := os.ReadFile(f)
		must(h, err)
		look(filepath.Base(f), b)
	}
	db, err := sql.Open("sqlite", "file:"+h.store.Path()+"?mode=ro")
	must(h, err)
	defer db.Close()
	names, err := db.Query(`select name from sqlite_master where type = 'table'`)
	must(h, err)
	var tables []string
	for names.Next() {
		var n string
		must(h, names.Scan(&n))
		tables = append(tables, n)
	}
	must(h, names.Err())
	cells := 0
	for _, n := range tables {
		cells += searchTable(h, db, n, look)
	}
	if cells < 10000 {
		t.Errorf("only %d cells were looked at", cells)
	}
	return found
}

func searchTable(h *house, db *sql.DB, table string, look func(string, []byte)) (cells int) {
	h.t.Helper()
	rows, err := db.Query(`select * from "` + table + `"`)
	must(h, err)
	defer rows.Close()
	cols, err := rows.Columns()
	must(h, err)
	for rows.Next() {
		values := make([]any, len(cols))
		into := make([]any, len(cols))
		for i := range values {
			into[i] = &values[i]
		}
		must(h, rows.Scan(into...))
		for _, v := range values {
			cells++
			b, packed := v.([]byte)
			if !packed {
				look(table, fmt.Append(nil, v))
				continue
			}
			look(table, b)
			if unpacked, err := io.ReadAll(flate.NewReader(bytes.NewReader(b))); err == nil || len(unpacked) > 100 {
				look(table, unpacked)
			}
		}
	}
	must(h, rows.Err())
	return cells
}

// accounts checks that every letter has its words, and that those in the folder
// are those that are called sent.
func (h *house) accounts() {
	h.t.Helper()
	counts := map[string]int{}
	err := h.store.View(ctx, func(tx *store.Tx) error {
		for _, m := range tx.Book().Messages() {
			counts[string(m.State)]++
			if c, err := tx.Content(m.ID); err != nil || c.Digest() != m.Digest {
				h.t.Errorf("message %d: %v", m.ID, err)
			}
		}
		again, err := tx.Replay()
		if err == nil && !again.Equal(tx.Book()) {
			h.t.Error("the events, replayed, give another ledger than the one that is stored")
		}
		return err
	})
	must(h, err)
	if counts["sent"] < 30 || counts["rejected"] == 0 {
		h.t.Errorf("a poor journey: %v", counts)
	}
	if n := len(h.outbox()); n != counts["sent"] {
		h.t.Errorf("%d letters lie in the folder, %d are called sent", n, counts["sent"])
	}
}
