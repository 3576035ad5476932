package engine_test

import (
	"database/sql"
	"encoding/hex"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/store"
)

// decisions are the lines of the log as text.
func (h *house) decisions(q engine.LogQuery) (out []string) {
	h.t.Helper()
	lines, err := h.Decisions(ctx, q)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, l := range lines {
		out = append(out, strings.TrimSpace(l.By+" | "+l.Playbook+" | "+l.Words))
	}
	return out
}

// do fails the test where a verb fails.
func (h *house) do(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// decided is a house in which much was decided: two letters approved by a person
// whom the officers list knows, one struck out.
func decided(t *testing.T) *house {
	h := arrears(t, "", 3)
	var mo dataset.Ref
	h.do(h.store.View(ctx, func(tx *store.Tx) error {
		tables, err := tx.Tables(h.Set().Schemas)
		for _, r := range tables["officers"].Rows {
			if role, _ := r.Get(tables["officers"].Schema, "role"); role.S == "membership_officer" {
				mo = r.Ref
			}
		}
		return err
	}))
	shown, _, err := h.Pending(ctx)
	h.do(err)
	h.pass(time.Minute)
	_, err = h.Approve(ctx, engine.Voice{Role: "membership_officer", Person: mo, Via: "mail"}, shown[:2])
	h.do(err)
	h.pass(time.Minute)
	_, err = h.Reject(ctx, engine.Voice{Role: "membership_officer", Person: mo}, "spoke with her", shown[2:])
	h.do(err)
	h.pass(time.Minute)
	h.do(h.Suppress(ctx, "secretary", "A00001", "marketing", "asked for it on the phone", false))
	h.pass(time.Minute)
	h.do(h.Stop(ctx, "secretary", "the date is wrong"))
	h.pass(time.Minute)
	h.do(h.Resume(ctx, "secretary", "mended"))
	return h
}

// TestTheLogSaysWhatWasDecided: who decided what, in words; alike decisions of
// one moment are one line, pages join without a gap, and who was forgotten is a
// number.
func TestTheLogSaysWhatWasDecided(t *testing.T) {
	t.Parallel()
	h := decided(t)
	got := h.decisions(engine.LogQuery{Most: 5, Names: true})
	want := []string{
		"Secretary |  | let letters go again: mended",
		"Secretary |  | stopped every letter: the date is wrong",
		"Secretary |  | no more marketing to Olive1 Older (A00001): asked for it on the phone",
		"Vice Chair (Membership) | arrears-chase | struck out letter",
		"Vice Chair (Membership) (Mo Member), by mail | arrears-chase | said yes to 2 letters",
	}
	for i := range want {
		if i >= len(got) || !strings.HasPrefix(got[i], want[i]) {
			t.Fatalf("the log says\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	if !strings.HasSuffix(got[3], ": spoke with her") {
		t.Errorf("no reason: %s", got[3])
	}
	if hidden := h.decisions(engine.LogQuery{Most: 3}); strings.Contains(strings.Join(hidden, "\n"), "Olive") {
		t.Errorf("names that nobody asked for: %q", hidden)
	}
	if mine := h.decisions(engine.LogQuery{Playbook: "arrears-chase", Most: 2}); len(mine) != 2 || !strings.Contains(mine[0], "struck out") {
		t.Errorf("of one playbook: %q", mine)
	}
	for _, all := range []bool{false, true} {
		whole, before := h.decisions(engine.LogQuery{All: all}), int64(0)
		var pages []string
		for {
			lines, err := h.Decisions(ctx, engine.LogQuery{All: all, Before: before, Most: 2})
			h.do(err)
			if len(lines) == 0 {
				break
			}
			before = lines[len(lines)-1].Seq
			for _, l := range lines {
				pages = append(pages, strings.TrimSpace(l.By+" | "+l.Playbook+" | "+l.Words))
			}
		}
		if !slices.Equal(pages, whole) {
			t.Errorf("page by page the log has %d lines, at once %d", len(pages), len(whole))
		}
	}
	_, err := h.Forget(ctx, "secretary", "members", "A00001", true)
	h.do(err)
	said := strings.Join(h.decisions(engine.LogQuery{All: true, Names: true}), "\n")
	if strings.Contains(said, "Olive1 ") || strings.Contains(said, "A00001") || strings.Contains(said, "on the phone") || !strings.Contains(said, "no more marketing to no. ") {
		t.Errorf("who was forgotten is in the log:\n%s", said)
	}
}

// TestVerifyFindsWhatWasChanged changes the database by hand, in ways that grow
// cleverer: what the log itself does not show, an old head does.
func TestVerifyFindsWhatWasChanged(t *testing.T) {
	t.Parallel()
	h := decided(t)
	early := h.store.Path() + ".early"
	h.do(h.Engine.Backup(ctx, early))
	h.pass(time.Hour)
	h.do(h.Stop(ctx, "secretary", "again"))
	seq, head, err := h.Head(ctx)
	h.do(err)
	v, err := h.Verify(ctx, "")
	if err != nil || v.Head != head || v.Events != seq {
		t.Fatalf("%+v, %v; want head %s at event %d", v, err, head, seq)
	}
	if v, err = h.Verify(ctx, strings.ToUpper(head[:12])); err != nil || v.Asked.Seq != seq {
		t.Errorf("its own head: %+v, %v", v, err)
	}
	for _, odd := range []string{"abc", "xyzxyzxyzxyz", head + "0", head[:11]} {
		if _, err := h.Verify(ctx, odd); err == nil || !strings.Contains(err.Error(), "no head of a log") {
			t.Errorf("--head %s: %v", odd, err)
		}
	}
	later := h.store.Path() + ".late"
	h.do(h.Engine.Backup(ctx, later))
	for _, x := range []struct {
		name   string
		from   string
		sql    []string
		alone  bool // seen without a head
		after  string
		forged bool
	}{
		{"nothing", later, nil, false, "", false},
		{"a body", later, []string{`update events set body = replace(body, '"digest"', ' "digest"') where seq = (select max(seq) from events where type = 'message_approved')`}, true, "is not what was written", false},
		{"who did it", later, []string{`update events set happened_by = 'treasurer' where type = 'message_rejected'`}, true, "is not what was written", false},
		{"when", later, []string{`update events set happened = happened + 1 where type = 'message_rejected'`}, true, "is not what was written", false},
		{"two events swapped", later, []string{
			`update events set seq = -1 where seq = 5`, `update events set seq = 5 where seq = 6`, `update events set seq = 6 where seq = -1`}, true, "does not follow", false},
		{"one taken out", later, []string{`delete from events where seq = 7`}, true, "event 7 of the log is missing", false},
		{"the end cut off", later, []string{`delete from events where seq > (select max(seq) from events) - 2`}, true, "the log ends with event", false},
		{"the ledger alone", later, []string{`update messages set state = 'approved' where state = 'rejected'`}, true, "not the one that the log makes", false},
		{"the end cut off, and the ledger with it", early, nil, false, "no event of the log has the hash", false},
		{"written anew with its hashes", later, nil, false, "no event of the log has the hash", true},
	} {
		file := h.store.Path() + ".tried"
		body, err := os.ReadFile(x.from)
		h.do(err)
		h.do(os.WriteFile(file, body, 0o600))
		tamper(t, file, x.sql, x.forged)
		s, err := store.Open(ctx, file, store.Options{Machine: "test", ReadOnly: true})
		if err != nil {
			t.Fatalf("%s: %v", x.name, err)
		}
		e, err := engine.New(engine.Options{Folder: h.folder, Loaded: h.Set(), Store: s, Now: h.Now})
		h.do(err)
		_, without := e.Verify(ctx, "")
		_, with := e.Verify(ctx, head)
		s.Close()
		if (without != nil) != x.alone {
			t.Errorf("%s: without a head %v", x.name, without)
		}
		if x.alone && (!strings.Contains(without.Error(), x.after) || !strings.Contains(without.Error(), "changed or cut after")) {
			t.Errorf("%s: %v", x.name, without)
		}
		if (with != nil) != (x.after != "") || with != nil && !strings.Contains(with.Error(), x.after) {
			t.Errorf("%s: with the head %v", x.name, with)
		}
	}
}

// tamper changes a database by hand; forged, the last event was another's, and
// all hashes fit.
func tamper(t *testing.T, file string, statements []string, forged bool) {
	t.Helper()
	db, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	do := func(q string, args ...any) {
		t.Helper()
		if _, err := db.Exec(q, args...); err != nil {
			t.Fatalf("%s: %v", q, err)
		}
	}
	do("pragma foreign_keys = off")
	do("pragma ignore_check_constraints = on")
	for _, q := range statements {
		do(q)
	}
	if !forged {
		return
	}
	var e ledger.Event
	var at int64
	var typ, body, previous string
	if err := db.QueryRow(`select seq, happened, type, body, previous from events order by seq desc limit 1`).Scan(&e.Seq, &at, &typ, &body, &previous); err != nil {
		t.Fatal(err)
	}
	if e.Change, err = ledger.Decode(typ, []byte(body)); err != nil {
		t.Fatal(err)
	}
	e.At, e.By = time.UnixMicro(at).UTC(), "treasurer"
	var prev [32]byte
	if _, err := hex.Decode(prev[:], []byte(previous)); err != nil {
		t.Fatal(err)
	}
	sum, err := ledger.Chain(prev, e)
	if err != nil {
		t.Fatal(err)
	}
	hash := hex.EncodeToString(sum[:])
	do(`update events set happened_by = ?, hash = ? where seq = ?`, e.By, hash, e.Seq)
	do(`update books set hash = ?`, hash)
}
