package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/letter"
)

// The person who is forgotten, and somebody who shares the house and the name.
const (
	oldEmail = "zebedee.quill@example.org"
	newEmail = "zq@example.net"
	street   = "7 Unforgettable Mews"
)

// personal is everything that must not be found afterwards.
var personal = []string{"Zebedee", "zebedee", "Zebedee Quill", "Quill, Zebedee", oldEmail, newEmail, "zq%40example.net", street, "960777", "A000007", "allergic to bees"}

// tableOfTwo is a table that goes to officers.
const tableOfTwo = "name,phone\r\nZebedee Quill,01632 960777\r\nMrs Quill,\r\n"

// someone fills a store with a person in every place where one can be.
func someone(t *testing.T, s *Store) dataset.Ref {
	t.Helper()
	list := listOf(30)
	zebedee := list.Rows[6]
	set := func(r *dataset.Row, column, value string) {
		i, _ := list.Schema.Column(column)
		r.Cells[i] = dataset.TextValue(value)
	}
	var sha, table string
	update(t, s, func(tx *Tx) (err error) {
		if sha, err = tx.PutFile([]byte(strings.Repeat("A letter made for Zebedee Quill. ", 50)), "text/plain", KeepPersonal); err != nil {
			return err
		}
		table, err = tx.PutFile([]byte(tableOfTwo), "text/csv; charset=utf-8", KeepPersonal)
		return err
	})
	set(zebedee, "first_name", "Zebedee")
	set(zebedee, "last_name", "Quill")
	set(zebedee, "email", oldEmail)
	set(zebedee, "phone", "01632 960777")
	set(zebedee, "address", street)
	zebedee.Problems = []dataset.Problem{{Column: "joined", Text: "Zebedee's birthday", Why: "no date"}}
	wife := list.Rows[7]
	set(wife, "last_name", "Quill")
	importList(t, s, list)
	again := listOf(30)
	*again.Rows[6], *again.Rows[7] = *zebedee, *wife
	again.Rows[6].Cells = slices.Clone(zebedee.Cells)
	set(again.Rows[6], "email", newEmail)
	last, _ := list.Schema.Column("paper")
	again.Rows[6].Cells[last] = dataset.FileValue(sha)
	importList(t, s, again)
	meetings := &dataset.Schema{Name: "meetings", Key: []string{"title"}, Columns: []dataset.Column{
		{Name: "title", Kind: dataset.Text}, {Name: "minute_taker", Kind: dataset.Person, Class: dataset.Name}}}
	importList(t, s, dataset.NewTable(meetings, []*dataset.Row{
		{Key: "June", Line: 2, Cells: []dataset.Value{dataset.TextValue("Talk by Zebedee Quill"), dataset.PersonValue("Quill, Zebedee", zebedee.Ref)}},
		{Key: "July with zebedee", Line: 3, Cells: []dataset.Value{dataset.TextValue("AGM"), dataset.PersonValue("B. Ash", 2)}},
	}, noon, noon, "meetings.csv", ""))
	update(t, s, func(tx *Tx) error {
		id, err := tx.SaveImport(ImportRecord{Dataset: "refused", File: "Zebedee Quill.csv", At: noon, By: "secretary"},
			dataset.NewTable(&dataset.Schema{Name: "refused"}, nil, noon, noon, "", ""),
			[]ProblemRow{{Ref: zebedee.Ref, Line: 8, Text: "secret illness"}, {Line: 9, Text: "see " + newEmail, Why: "no such column"}})
		if err != nil || id == 0 {
			return err
		}
		if _, err := tx.SaveFact(FactRecord{Dataset: "members", Ref: zebedee.Ref, Column: "town", Value: dataset.TextValue("allergic to bees"),
			By: "secretary", At: noon}); err != nil {
			return err
		}
		if _, err := tx.SaveFact(FactRecord{Dataset: "members", Ref: wife.Ref, Column: "town", Value: dataset.TextValue("married to Zebedee"),
			By: "secretary", At: noon, Source: "record"}); err != nil {
			return err
		}
		_, err = tx.SaveWords("Zebedee asked us not to")
		return err
	})
	file := []letter.Attachment{{Name: "Zebedee Quill.txt", Type: "text/plain", SHA256: sha, Size: 1}}
	toHim := words(newEmail, "Dear Zebedee")
	toHim.ToName, toHim.Attachments = "Zebedee Quill", file
	send(t, s, propose(t, s, zebedee.Ref, toHim))
	update(t, s, func(tx *Tx) error {
		for uid, m := range []Inbound{
			{Kind: "list", Shown: InboundText{From: newEmail, Subject: "The list", Why: "its sender is not named"}},
			{Kind: "reply", Person: zebedee.Ref, Shown: InboundText{From: "z@example.net", Subject: "for Zebedee Quill", Why: "another address"}},
			{Kind: "list", Shown: InboundText{From: "reports@example.org", Subject: "The list", Files: []string{"Zebedee Quill.csv"}}},
			{Kind: "list", Shown: InboundText{From: "reports@example.org", Subject: "The other list"}},
		} {
			m.Validity, m.UID, m.Content, m.Received, m.Taken, m.Waiting = 1, uint32(uid+1), fmt.Sprint(uid), noon, noon, true
			if _, err := tx.SaveInbound("box", m); err != nil {
				return err
			}
		}
		return nil
	})
	toWife := words("wife@example.org", "Greetings to ZEBEDEE\nQuill, https://example.org/?m=zq%40example.net and Mrs Quill.")
	toWife.Attachments = []letter.Attachment{{Name: "task 1.csv", Type: "text/csv; charset=utf-8", SHA256: table, Size: int64(len(tableOfTwo))}}
	send(t, s, propose(t, s, wife.Ref, toWife))
	propose(t, s, list.Rows[2].Ref, words("other@example.org", "Please ring Zebedee Quill"))
	propose(t, s, list.Rows[3].Ref, words("third@example.org", "Nothing about anybody"))
	inTheTable := words("fourth@example.org", "See the table")
	inTheTable.Attachments = toWife.Attachments
	propose(t, s, list.Rows[4].Ref, inTheTable)
	return zebedee.Ref
}

// rawBytes are all bytes of a store's files and of every blob in it, unpacked.
func rawBytes(t *testing.T, s *Store) []byte {
	t.Helper()
	var all []byte
	for _, name := range []string{"", "-wal", "-shm"} {
		b, err := os.ReadFile(s.path + name)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		all = append(all, b...)
	}
	view(t, s, func(tx *Tx) error {
		for _, blob := range [][2]string{{"files", "body"}, {"snapshots", "body"}, {"changes", "body"}, {"contents", "body_html"}, {"inbound", "body"}} {
			err := tx.each(`select `+blob[1]+` from `+blob[0]+` where `+blob[1]+` is not null`, nil, func(scan func(...any) error) error {
				var b []byte
				if err := scan(&b); err != nil {
					return err
				}
				all = append(all, b...)
				if plain, err := inflate(b); err == nil {
					all = append(all, plain...)
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	return all
}

func TestForgetLeavesNoByte(t *testing.T) {
	s := open(t, "")
	ref := someone(t, s)
	before := rawBytes(t, s)
	counter := changes(t, s)
	for _, text := range personal {
		if !bytes.Contains(before, []byte(text)) {
			t.Errorf("%q was not there before, so that the test says nothing about it", text)
		}
	}
	var dry, real []ForgetItem
	view(t, s, func(tx *Tx) (err error) { dry, err = tx.Forget("members", ref, "secretary", noon); return err })
	if changes(t, s) != counter {
		t.Error("the dry run changed something")
	}
	update(t, s, func(tx *Tx) (err error) { real, err = tx.Forget("members", ref, "secretary", noon); return err })
	if fmt.Sprint(dry) != fmt.Sprint(real) {
		t.Errorf("the dry run says\n%v\nand the run did\n%v", dry, real)
	}
	after := rawBytes(t, s)
	for _, text := range append(personal, "secret illness") {
		if at := bytes.Index(after, []byte(text)); at >= 0 {
			t.Errorf("%q is still there: %q", text, after[max(0, at-60):min(len(after), at+60)])
		}
	}
	sameEverywhere(t, s)
	othersAreWhole(t, s, ref)
	if err := s.Update(context.Background(), func(tx *Tx) error { _, err := tx.Forget("members", ref, "secretary", noon); return err }); !errors.Is(err, ErrNotFound) {
		t.Errorf("forgetting twice: %v", err)
	}
	if err := s.Update(context.Background(), func(tx *Tx) error { _, err := tx.Forget("members", 999, "secretary", noon); return err }); !errors.Is(err, ErrNotFound) {
		t.Errorf("forgetting nobody: %v", err)
	}
}

// changes is the change counter.
func changes(t *testing.T, s *Store) (n int64) {
	view(t, s, func(tx *Tx) error { n = tx.Counter(); return nil })
	return n
}

// othersAreWhole checks what must survive, and that the person stays away.
func othersAreWhole(t *testing.T, s *Store, ref dataset.Ref) {
	t.Helper()
	table := current(t, s)
	if len(table.Rows) != 29 || table.ByRef(ref) != nil {
		t.Errorf("%d members are left", len(table.Rows))
	}
	if got := cell(t, table, "A000008", "last_name").S; got != "Quill" {
		t.Errorf("somebody else's name is %q", got)
	}
	view(t, s, func(tx *Tx) error {
		b := tx.Book()
		for id, want := range map[int64]ledger.MessageState{1: ledger.Sent, 2: ledger.Sent, 3: ledger.Superseded, 4: ledger.Proposed, 5: ledger.Superseded} {
			if m, _ := b.Message(id); m.State != want {
				t.Errorf("message %d is %s, want %s", id, m.State, want)
			}
		}
		for _, c := range b.CasesOf("welcome", "members", ref) {
			if c.State != ledger.Closed || c.Result != ledger.Ended {
				t.Errorf("the person's case is %s, %s", c.State, c.Result)
			}
		}
		if _, err := tx.Content(1); !errors.Is(err, ErrNotFound) {
			t.Errorf("the words to the person: %v", err)
		}
		c, err := tx.Content(2)
		want := "Greetings to [erased], https://example.org/?m=[erased] and Mrs Quill."
		if err != nil || c.Text != want {
			t.Errorf("the words to somebody else are %q, %v", c.Text, err)
		}
		if len(c.Attachments) != 1 {
			t.Fatalf("the letter to somebody else has the files %+v", c.Attachments)
		}
		if body, _, err := tx.File(c.Attachments[0].SHA256); err != nil || string(body) != "name,phone\r\n[erased],[erased]\r\nMrs Quill,\r\n" || c.Attachments[0].Size != int64(len(body)) {
			t.Errorf("the table is now %q, %v", body, err)
		}
		if c, err := tx.Content(4); err != nil || c.Text != "Nothing about anybody" {
			t.Errorf("the words about nobody are %q, %v", c.Text, err)
		}
		return nil
	})
	update(t, s, func(tx *Tx) error {
		refs, err := tx.Refs("members", []string{"A000007", "A000008"})
		if err != nil || refs["A000007"] != 0 || refs["A000008"] == 0 {
			t.Errorf("a later import gets the numbers %v, %v", refs, err)
		}
		return nil
	})
}

func TestForgetWaitsForALetterOnTheWire(t *testing.T) {
	s := open(t, "")
	ref := someone(t, s)
	update(t, s, func(tx *Tx) error {
		m, _ := tx.Book().Message(3)
		return tx.Apply(noon, "secretary", ledger.MessageApproved{ID: 3, Digest: m.Digest}, ledger.MessageClaimed{ID: 3, Fence: 1})
	})
	err := s.Update(context.Background(), func(tx *Tx) error { _, err := tx.Forget("members", ref, "secretary", noon); return err })
	if err == nil || !strings.Contains(err.Error(), "being sent at this moment") {
		t.Errorf("a letter on the wire was forgotten: %v", err)
	}
	if table := current(t, s); table.ByRef(ref) == nil {
		t.Error("and half of it was kept")
	}
}

// TestAnInterruptedWipeIsFinished: a reader keeps old bytes alive; the next
// start overwrites them.
func TestAnInterruptedWipeIsFinished(t *testing.T) {
	path := filepath.Join(t.TempDir(), "clarion.db")
	s := open(t, path)
	ref := someone(t, s)
	if _, err := s.write.Exec(`pragma busy_timeout = 1`); err != nil {
		t.Fatal(err)
	}
	var err error
	view(t, open(t, path), func(tx *Tx) error {
		tx.Book() // another process is in the middle of reading
		err = s.Update(context.Background(), func(tx *Tx) error { _, err := tx.Forget("members", ref, "secretary", noon); return err })
		return nil
	})
	var fault *Fault
	if !errors.As(err, &fault) || !strings.Contains(fault.What, "was erased") {
		t.Fatalf("the error is %v", err)
	}
	s.Close()
	s = open(t, path)
	if found := slices.ContainsFunc(personal, func(text string) bool { return bytes.Contains(rawBytes(t, s), []byte(text)) }); found {
		t.Error("old bytes are still there")
	}
}

func TestDossier(t *testing.T) {
	s := open(t, "")
	ref := someone(t, s)
	var d Dossier
	view(t, s, func(tx *Tx) (err error) { d, err = tx.Dossier("members", ref); return err })
	var all strings.Builder
	var titles []string
	for _, section := range d.Sections {
		titles = append(titles, section.Title)
		for _, line := range section.Lines {
			fmt.Fprintf(&all, "%s: %s = %s (%s)\n", section.Title, line.Label, line.Value.S, line.Source)
		}
	}
	if got := strings.Join(titles, ", "); got != "Record, Earlier lists, Recorded here, Could not be read, Letters, Cases and tasks, What came back, Named elsewhere" {
		t.Errorf("the sections are %s", got)
	}
	for _, want := range []string{"Record: email = " + newEmail + " (members.csv, row 8, email)", "Earlier lists: email = " + oldEmail,
		"Recorded here: town = allergic to bees", "Could not be read:  = secret illness", "Letters: letter 1, sent = Welcome\nDear Zebedee",
		"Cases and tasks: welcome = open", "What came back: list = " + newEmail + " The list", "What came back: reply = z@example.net for Zebedee Quill", "Named elsewhere: meetings, title = Talk by Zebedee Quill", "Named elsewhere: letter 2 about others"} {
		if !strings.Contains(all.String(), want) {
			t.Errorf("the dossier lacks %q:\n%s", want, all.String())
		}
	}
	if strings.Contains(all.String(), "third@example.org") {
		t.Error("the dossier speaks of somebody else")
	}
}

func TestTraces(t *testing.T) {
	schema := memberSchema()
	row := func(first, last, address string) *dataset.Row {
		r := member(1)
		r.Key = "M" + last + first
		r.Cells = slices.Clone(r.Cells)
		r.Cells[0], r.Cells[1], r.Cells[2], r.Cells[5] = dataset.TextValue(r.Key), dataset.TextValue(first), dataset.TextValue(last), dataset.TextValue(address)
		return r
	}
	f := newTraces()
	f.own(schema, row("Zoë", "O'Hara", "1 Long Street"))
	f.other(schema, row("Zoë", "Ash", "1 Long Street"))
	f.other(schema, row("Finn", "Birch", "2 Long Street"))
	f.close()
	for text, want := range map[string]string{
		"Dear Zoë,":                "Dear Zoë,", // another has the name
		"ZOË   O'Hara and Zoë Ash": "[erased] and Zoë Ash",
		"O&#39;Hara":               "[erased]",
		"O'Haras":                  "O'Haras",
		"(o'hara)":                 "([erased])",
		"1 Long Street":            "1 Long Street", // the household's
		"":                         "",
	} {
		if got, _ := f.redact(text); got != want {
			t.Errorf("redact(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestNoPersonalDataInTheLedgerTables(t *testing.T) {
	s := open(t, "")
	someone(t, s)
	clears := map[string]bool{"contents": true, "attachments": true, "identities": true, "facts": true, "problems": true, "words": true,
		"imports": true, "files": true, "snapshots": true, "changes": true}
	var tables []string
	view(t, s, func(tx *Tx) error {
		return tx.each(`select name from sqlite_master where type = 'table'`, nil, func(scan func(...any) error) error {
			var name string
			err := scan(&name)
			tables = append(tables, name)
			return err
		})
	})
	for _, name := range tables {
		if clears[name] {
			continue
		}
		for _, text := range everyText(t, s, name) {
			for _, p := range personal {
				if strings.Contains(text, p) {
					t.Errorf("%s holds %q: %s", name, p, text)
				}
			}
		}
	}
}

// everyText gives all values of a table.
func everyText(t *testing.T, s *Store, table string) (texts []string) {
	t.Helper()
	view(t, s, func(tx *Tx) error {
		rows, err := tx.tx.Query(`select * from ` + table)
		if err != nil {
			return err
		}
		defer rows.Close()
		columns, err := rows.Columns()
		if err != nil {
			return err
		}
		for rows.Next() {
			values := make([]any, len(columns))
			for i := range values {
				values[i] = new(sql.RawBytes)
			}
			if err := rows.Scan(values...); err != nil {
				return err
			}
			for _, v := range values {
				texts = append(texts, string(*v.(*sql.RawBytes)))
			}
		}
		return rows.Err()
	})
	return texts
}

// TestWhatImportsChangedIsForgotten: it is thrown away whole, for it can be
// worked out anew; and what an import changed that was undone is not given.
func TestWhatImportsChangedIsForgotten(t *testing.T) {
	s := open(t, "")
	ref := someone(t, s)
	var list *dataset.Table
	kept := func() (ids []int64) {
		view(t, s, func(tx *Tx) error {
			all, err := tx.Changes("rules", list.Schema)
			for id, table := range all {
				ids = append(ids, id)
				if len(table.Rows) != len(list.Rows) {
					t.Errorf("import %d changed %d records, not %d", id, len(table.Rows), len(list.Rows))
				}
			}
			if other, _ := tx.Changes("other rules", list.Schema); len(other) > 0 {
				t.Error("what other rules make is given too")
			}
			slices.Sort(ids)
			return err
		})
		return ids
	}
	list = current(t, s)
	update(t, s, func(tx *Tx) error {
		for _, id := range []int64{1, 2} {
			if err := tx.SaveChanges(id, "rules", list); err != nil {
				return err
			}
		}
		return nil
	})
	if got := kept(); !slices.Equal(got, []int64{1, 2}) {
		t.Errorf("kept of %v", got)
	}
	if !bytes.Contains(rawBytes(t, s), []byte("Zebedee")) {
		t.Error("the test says nothing")
	}
	update(t, s, func(tx *Tx) error { _, err := tx.UndoImport(2, "secretary", noon); return err })
	if got := kept(); !slices.Equal(got, []int64{1}) {
		t.Errorf("after the undoing, kept of %v", got)
	}
	update(t, s, func(tx *Tx) error { _, err := tx.Forget("members", ref, "secretary", noon); return err })
	if got := kept(); len(got) > 0 {
		t.Errorf("after the forgetting, kept of %v", got)
	}
}
