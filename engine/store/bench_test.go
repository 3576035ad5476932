package store

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
)

// memberSchema is a membership list of the usual width.
func memberSchema() *dataset.Schema {
	text := func(name string, class dataset.Class) dataset.Column {
		return dataset.Column{Name: name, Kind: dataset.Text, Class: class}
	}
	return &dataset.Schema{Name: "members", Singular: "member", Person: true, Email: "email", Key: []string{"number"},
		Columns: []dataset.Column{
			text("number", dataset.Contact), text("first_name", dataset.Name), text("last_name", dataset.Name),
			text("email", dataset.Contact), text("phone", dataset.Contact), text("address", dataset.Contact),
			text("town", dataset.Contact), text("postcode", dataset.Contact), text("branch", dataset.Free),
			{Name: "status", Kind: dataset.Choice, Choices: []string{"active", "lapsed"}},
			{Name: "joined", Kind: dataset.Date}, {Name: "renewal", Kind: dataset.Date},
			{Name: "rate", Kind: dataset.Money, Class: dataset.Financial}, {Name: "arrears", Kind: dataset.Number},
			{Name: "paper", Kind: dataset.File},
		}}
}

var firstNames = []string{"Ann", "Bob", "Carys", "Dilip", "Ewa", "Femi", "Grace", "Hugh"}
var lastNames = []string{"Ash", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Gorse", "Hazel", "Ivy", "Juniper", "Kauri"}

// member is an invented member.
func member(n int) *dataset.Row {
	first, last := firstNames[n%len(firstNames)], lastNames[n%len(lastNames)]
	day := calendar.NewDate(2020, time.Month(1+n%12), 1+n%28)
	return &dataset.Row{Ref: dataset.Ref(n), Key: fmt.Sprintf("A%06d", n), FirstSeen: noon, Changed: noon, Baseline: true, Line: n + 1,
		Cells: []dataset.Value{
			dataset.TextValue(fmt.Sprintf("A%06d", n)), dataset.TextValue(first), dataset.TextValue(last),
			dataset.TextValue(fmt.Sprintf("%s.%s.%d@example.org", first, last, n)), dataset.TextValue(fmt.Sprintf("01632 960%03d", n%1000)),
			dataset.TextValue(fmt.Sprintf("%d Station Road", n)), dataset.TextValue("Fakenham"), dataset.TextValue(fmt.Sprintf("NR%d 9ZZ", n%90)),
			dataset.TextValue(fmt.Sprintf("Branch %d", n%5)), dataset.ChoiceValue("active"), dataset.DateValue(day),
			dataset.DateValue(day.AddDays(365)), dataset.MoneyValue(500), dataset.NumberValue(int64(n % 4)), {},
		}}
}

// listOf is a membership list of so many.
func listOf(n int) *dataset.Table {
	rows := make([]*dataset.Row, n)
	for i := range rows {
		rows[i] = member(i + 1)
	}
	return dataset.NewTable(memberSchema(), rows, noon, noon, "members.csv", "")
}

// importList keeps a list as an import.
func importList(t testing.TB, s *Store, table *dataset.Table) (id int64) {
	t.Helper()
	update(t, s, func(tx *Tx) (err error) {
		var keys []string
		for _, r := range table.Rows {
			keys = append(keys, r.Key)
		}
		refs, err := tx.Refs(table.Schema.Name, keys)
		if err != nil {
			return err
		}
		for _, r := range table.Rows {
			r.Ref = refs[r.Key]
		}
		_, known, err := tx.LastImport(table.Schema.Name)
		if err != nil {
			return err
		}
		id, err = tx.SaveImport(ImportRecord{Dataset: table.Schema.Name, File: "members.csv", SHA256: "x", At: noon, By: "secretary",
			Rows: len(table.Rows), Full: true, Baseline: !known}, table, nil)
		return err
	})
	return id
}

// busyStore is a store of 3,000 members, each with a case and a letter sent to
// every tenth.
func busyStore(b *testing.B) string {
	path := filepath.Join(b.TempDir(), "clarion.db")
	s := open(b, path)
	importList(b, s, listOf(3000))
	update(b, s, func(tx *Tx) error {
		for n := 1; n <= 3000; n++ {
			opening, action := opened(dataset.Ref(n))
			if err := tx.Apply(noon, "clarion", opening); err != nil {
				return err
			}
			if n%10 != 0 {
				continue
			}
			c := words(fmt.Sprintf("m%d@example.org", n), "Dear member")
			m := proposal(tx, dataset.Ref(n), action, c)
			if err := tx.Apply(noon, "clarion", m); err != nil {
				return err
			}
			stored, _ := tx.Book().MessageAt(m.Message.Key)
			if err := tx.SaveContent(stored.ID, c); err != nil {
				return err
			}
			if err := tx.Apply(noon, "secretary", ledger.MessageApproved{ID: stored.ID, Digest: c.Digest()},
				ledger.MessageClaimed{ID: stored.ID, Fence: 1}, ledger.MessageSent{ID: stored.ID}); err != nil {
				return err
			}
		}
		return nil
	})
	s.Close()
	return path
}

func BenchmarkOpen(b *testing.B) {
	path := busyStore(b)
	for b.Loop() {
		s, err := Open(context.Background(), path, Options{Now: fixed})
		if err != nil {
			b.Fatal(err)
		}
		s.Close()
	}
}

func BenchmarkOpenAndView(b *testing.B) {
	path := busyStore(b)
	schemas := map[string]*dataset.Schema{"members": memberSchema()}
	for b.Loop() {
		s, err := Open(context.Background(), path, Options{Now: fixed})
		if err != nil {
			b.Fatal(err)
		}
		view(b, s, func(tx *Tx) error {
			if n := len(tx.Book().Messages()); n != 300 {
				b.Fatalf("%d messages", n)
			}
			tables, err := tx.Tables(schemas)
			if err == nil && len(tables["members"].Rows) != 3000 {
				b.Fatal("not all members")
			}
			return err
		})
		s.Close()
	}
}

func BenchmarkTables(b *testing.B) {
	s := open(b, busyStore(b))
	schemas := map[string]*dataset.Schema{"members": memberSchema()}
	for b.Loop() {
		s.dropTables()
		view(b, s, func(tx *Tx) error {
			_, err := tx.Tables(schemas)
			return err
		})
	}
}

func BenchmarkBook(b *testing.B) {
	s := open(b, busyStore(b))
	for b.Loop() {
		s.book = nil
		view(b, s, func(tx *Tx) error { tx.Book(); return nil })
	}
}

func BenchmarkUpdate(b *testing.B) {
	path := busyStore(b)
	next := dataset.Ref(10000)
	for _, events := range []int{1, 50} {
		b.Run(fmt.Sprint(events), func(b *testing.B) {
			s := open(b, path)
			view(b, s, func(tx *Tx) error { tx.Book(); return nil })
			for b.Loop() {
				var changes []ledger.Change
				for range events {
					next++
					opening, _ := opened(next)
					changes = append(changes, opening)
				}
				update(b, s, func(tx *Tx) error { return tx.Apply(noon, "clarion", changes...) })
			}
		})
	}
}
