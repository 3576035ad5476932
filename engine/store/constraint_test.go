package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	lib "modernc.org/sqlite/lib"

	"github.com/clarion-clp/clarion/engine/ledger"
)

// TestTheFirstSchemaIsFrozen compares what the first migration makes with the
// schema that was released. It must never be written anew: a change of the
// schema is a new migration.
func TestTheFirstSchemaIsFrozen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "clarion.db")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := single(path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := migrateTo(context.Background(), db, 1, "machine", noon); err != nil {
		t.Fatal(err)
	}
	rows, err := db.Query(`select sql from sqlite_master where sql is not null order by name`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var made strings.Builder
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
		made.WriteString(text + ";\n\n")
	}
	golden := filepath.Join("..", "..", "testdata", "store", "schema-1.sql")
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if made.String() != string(want) {
		t.Errorf("the first migration does not make the schema of %s:\n%s", golden, made.String())
	}
}

// TestEveryTableHasItsConstituency checks the shape that all tables share.
func TestEveryTableHasItsConstituency(t *testing.T) {
	s := open(t, "")
	var tables []string
	view(t, s, func(tx *Tx) error {
		return tx.each(`select name from sqlite_master where type = 'table' and name <> 'migrations' order by name`, nil,
			func(scan func(...any) error) error {
				var name string
				err := scan(&name)
				tables = append(tables, name)
				return err
			})
	})
	for _, want := range []string{"meta", "files", "imports", "snapshots", "problems", "people", "identities", "facts", "contacts",
		"playbook_versions", "adoptions", "trusts", "runs", "cases", "actions", "tasks", "messages", "message_actions", "attempts",
		"batches", "decisions", "suppressions", "inbound", "cursors", "tokens", "leases", "events", "erasures"} {
		if !slices.Contains(tables, want) {
			t.Errorf("there is no table %s", want)
		}
	}
	for _, name := range tables {
		view(t, s, func(tx *Tx) error {
			var first string
			if _, err := tx.one(`select name from pragma_table_info(?) where pk = 1`, []any{name}, &first); err != nil {
				return err
			}
			if first != "constituency" {
				t.Errorf("the key of %s begins with %q, not with the constituency", name, first)
			}
			return nil
		})
	}
}

// copyRow is SQL that inserts a row of a table again with some columns changed.
func copyRow(t *testing.T, s *Store, table, where string, change map[string]string) string {
	var columns, values []string
	view(t, s, func(tx *Tx) error {
		return tx.each(`select name from pragma_table_info(?)`, []any{table}, func(scan func(...any) error) error {
			var name string
			err := scan(&name)
			columns = append(columns, name)
			if v, ok := change[name]; ok {
				name = v
			}
			values = append(values, name)
			return err
		})
	})
	return fmt.Sprintf("insert into %s (%s) select %s from %s where %s", table, strings.Join(columns, ", "), strings.Join(values, ", "), table, where)
}

// TestPromisesAreConstraints tries to break each promise of the ledger by hand.
func TestPromisesAreConstraints(t *testing.T) {
	s := open(t, "")
	first := propose(t, s, 17, words("ann@example.org", "Dear Ann"))
	waiting := propose(t, s, 18, words("bob@example.org", "Dear Bob"))
	send(t, s, first)
	importList(t, s, listOf(3))
	update(t, s, func(tx *Tx) error {
		opening, action := opened(17)
		if err := tx.Apply(noon, "clarion", ledger.TaskGiven{Key: ledger.NewActionKey(opening.Case, "phone", "", "role:secretary", ""),
			Case: opening.Case, Step: "phone", Addressee: "role:secretary"}); err != nil {
			return err
		}
		if err := tx.Apply(noon, "clarion", ledger.Suppressed{Person: 3, Scope: "all"}); err != nil {
			return err
		}
		if _, err := tx.SaveFact(FactRecord{Dataset: "members", Ref: 1, Column: "phone", By: "secretary", At: noon}); err != nil {
			return err
		}
		_, err := tx.PutFile([]byte("minutes"), "text/plain", KeepDocument)
		_ = action
		return err
	})
	again := func(table, where string, change map[string]string) string { return copyRow(t, s, table, where, change) }
	message := fmt.Sprintf("id = %d", waiting)
	for _, c := range []struct{ name, sql string }{
		{"a case twice by its key", again("cases", "subject = 17", map[string]string{"occasion": "'other'"})},
		{"a case twice by its parts", again("cases", "subject = 17", map[string]string{"key": "'other'"})},
		{"a case in no known state", `update cases set state = 'asleep'`},
		{"a closed case without a result", `update cases set state = 'closed'`},
		{"an open case with a result", `update cases set result = 'done'`},
		{"an action twice by its key", again("actions", "case_key like '%17%'", map[string]string{"step": "'other'"})},
		{"an action twice by its parts", again("actions", "case_key like '%17%'", map[string]string{"key": "'other'"})},
		{"an action of no case", `update actions set case_key = 'none'`},
		{"an action in no known state", `update actions set state = 'lost'`},
		{"a case deleted from under its actions", `delete from cases`},
		{"a task number twice", again("tasks", "1 = 1", map[string]string{"key": "'other'"})},
		{"a task key twice", again("tasks", "1 = 1", map[string]string{"number": "99"})},
		{"a task in no known state", `update tasks set state = 'forgotten'`},
		{"a task answered with nothing", `update tasks set state = 'answered'`},
		{"a task of no case", `update tasks set case_key = 'none'`},
		{"a message's revision twice", again("messages", message, map[string]string{"id": "99", "state": "'superseded'"})},
		{"two living messages of a key", again("messages", message, map[string]string{"id": "99", "revision": "2"})},
		{"a message number twice", again("messages", message, map[string]string{"key": "'other'"})},
		{"a message in no known state", `update messages set state = 'lost' where ` + message},
		{"a message approved without a decision on its words", `update messages set state = 'approved' where ` + message},
		{"a message claimed without approval", `update messages set state = 'claimed', attempts = 1 where ` + message},
		{"a message approved under another digest", `update messages set state = 'approved', approved_digest = 'other' where ` + message},
		{"a message's words changed after approval", fmt.Sprintf(`update messages set digest = 'other' where id = %d`, first)},
		{"a message's digest changed from under its words", `update messages set digest = 'other' where ` + message},
		{"a message sent without an attempt", fmt.Sprintf(`update messages set attempts = 0 where id = %d`, first)},
		{"an action twice in a message", again("message_actions", fmt.Sprintf("message = %d", first), map[string]string{"position": "9"})},
		{"a message carrying no action there is", `update message_actions set action = 'none'`},
		{"a decision on other words", again("decisions", "1 = 1", map[string]string{"digest": "'other'", "seq": "1"})},
		{"a decision twice", again("decisions", "1 = 1", map[string]string{"seq": "1"})},
		{"a decision without an event", `update decisions set seq = 999`},
		{"words of no message", again("contents", fmt.Sprintf("message = %d", first), map[string]string{"message": "999"})},
		{"words that are not the message's", `update contents set digest = 'other'`},
		{"an attachment that is no file", fmt.Sprintf(`insert into attachments values (1, %d, 1, 'a', 'b', '%064d', 1)`, first, 7)},
		{"an attempt twice", again("attempts", "1 = 1", nil)},
		{"an attempt ended without an outcome", `update attempts set outcome = ''`},
		{"an event number twice", again("events", "seq = 2", map[string]string{"hash": "replace(hash, 'a', 'b')", "previous": "hash"})},
		{"two events after one", again("events", "seq = 2", map[string]string{"seq": "999", "hash": "replace(hash, 'a', 'b')"})},
		{"an event after none", again("events", "seq = 2", map[string]string{"seq": "999", "hash": "replace(hash, 'a', 'b')", "previous": "null"})},
		{"an event after one that is not there", again("events", "seq = 2", map[string]string{"seq": "999", "hash": "replace(hash, 'a', 'b')", "previous": "replace(hash, 'a', 'c')"})},
		{"an event deleted from the log", `delete from events where seq = 2`},
		{"a projection of no event", `update books set seq = 999`},
		{"a key twice", again("identities", "ref = 1", map[string]string{"ref": "99"})},
		{"a record number twice", again("identities", "ref = 1", map[string]string{"key_text": "'other'"})},
		{"a record number of nothing", `update identities set ref = 0 where ref = 3`},
		{"two facts over one cell", again("facts", "1 = 1", map[string]string{"id": "99"})},
		{"a fact on no record", `update facts set ref = 999`},
		{"a fact by nobody", `update facts set recorded_by = ''`},
		{"a second first import", again("imports", "1 = 1", map[string]string{"id": "99"})},
		{"a table of no import", `update snapshots set import = 999`},
		{"a file under no digest", `update files set sha256 = 'x'`},
		{"a file twice", again("files", "1 = 1", nil)},
		{"a suppression twice", again("suppressions", "1 = 1", map[string]string{"number": "99"})},
		{"a suppression of nobody", `update suppressions set person = 0`},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := s.Update(context.Background(), func(tx *Tx) error {
				n, err := tx.execCount(c.sql)
				if err == nil && n == 0 {
					t.Error("the attempt touched no row, so that it says nothing")
				}
				if err == nil {
					err = errors.New("allowed")
				}
				return err
			})
			if sqliteCode(err) != lib.SQLITE_CONSTRAINT {
				t.Errorf("%s: %v", c.sql, err)
			}
		})
	}
	sameEverywhere(t, s)
}

func TestTheStoreSaysWhichPromise(t *testing.T) {
	s := open(t, "")
	id := propose(t, s, 17, words("ann@example.org", "Dear Ann"))
	err := s.Update(context.Background(), func(tx *Tx) error {
		return tx.SaveContent(id, words("ann@example.org", "Dear Anne"))
	})
	if err == nil || !strings.Contains(err.Error(), "not the words") {
		t.Errorf("words that nobody approved were kept: %v", err)
	}
	err = s.Update(context.Background(), func(tx *Tx) error {
		return explain("testing", tx.exec(`update messages set state = 'sent' where id = ?`, id))
	})
	var fault *Fault
	if !errors.As(err, &fault) || !strings.Contains(fault.What, "promise of the ledger") {
		t.Errorf("the error is %v", err)
	}
}

// TestAnOlderStoreIsBroughtUpToDate makes a store as the first release did, with
// an import in it, and opens it: nothing is lost, and what is new is blank.
func TestAnOlderStoreIsBroughtUpToDate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "clarion.db")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := single(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := migrateTo(context.Background(), db, 1, "machine", noon); err != nil {
		t.Fatal(err)
	}
	_, err = db.Exec(`insert into imports (constituency, id, dataset, file, sheet, sha256, header_hash, imported, imported_by, row_count, new_count,
		gone_count, changed_count, refused_count, is_full, is_baseline, mapping) values (?, 1, 'members', 'members.csv', '', 'x', '', 1, 'secretary', 3, 2, 1, 0, 0, 1, 1, '')`, here)
	if err != nil {
		t.Fatal(err)
	}
	db.Close()
	s := open(t, path)
	view(t, s, func(tx *Tx) error {
		all, err := tx.Imports()
		if err != nil || len(all) != 1 || all[0].Dataset != "members" || all[0].New != 2 || all[0].Gone != 1 || all[0].Kind != "" || all[0].Unread != 0 {
			t.Errorf("the imports are %+v, %v", all, err)
		}
		return nil
	})
}
