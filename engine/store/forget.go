package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
)

// A ForgetItem is one kind of thing that was held on a person, and what becomes
// of it.
type ForgetItem struct {
	What  string
	Count int
	Kept  bool
	Why   string // of what is kept, or how it was cleared
}

// forgetting is one erasure under way, or the rehearsal of one.
type forgetting struct {
	*Tx
	dataset string
	ref     dataset.Ref
	key     string
	at      time.Time
	by      string
	find    *traces
	linked  map[int64]bool // messages to the person or about them
	files   []string       // that the person's records point to
	items   []ForgetItem
}

// Forget clears all that is held on the person behind a record: the record in
// every imported table, local facts, the words of letters to and about them,
// files made for them, their key. Their names and addresses are taken out of
// the texts about others. Numbers, dates and states stay, and lead nowhere.
// Waiting letters are taken back, cases closed, and a later import leaves the
// record out. When the transaction is on the disk, the old bytes are
// overwritten.
//
// In a View nothing is changed: the list says what would be.
func (t *Tx) Forget(name string, ref dataset.Ref, by string, at time.Time) ([]ForgetItem, error) {
	f := &forgetting{Tx: t, dataset: name, ref: ref, at: at, by: by, find: newTraces(), linked: map[int64]bool{}}
	for _, step := range []func() error{
		f.identify, f.gather, f.closeLedger, f.clearContents, f.clearFiles, f.clearSnapshots,
		f.clearFacts, f.clearTexts, f.clearInbound, f.clearTokens, f.clearKeys, f.finish,
	} {
		if err := step(); err != nil {
			return nil, explain("forgetting a record of "+name, err)
		}
	}
	return f.items, nil
}

// did notes what became of something.
func (f *forgetting) did(count int, what, why string) {
	if count > 0 {
		f.items = append(f.items, ForgetItem{What: what, Count: count, Why: why})
	}
}

// identify finds the record.
func (f *forgetting) identify() error {
	var key sql.NullString
	found, err := f.one(`select key_text from identities where constituency = ? and dataset = ? and ref = ?`,
		[]any{here, f.dataset, int64(f.ref)}, &key)
	switch {
	case err != nil:
		return err
	case !found:
		return &Fault{What: fmt.Sprintf("there is no record %d of %s", f.ref, f.dataset), Hint: "look it up by its key first", Err: ErrNotFound}
	case !key.Valid:
		return &Fault{What: fmt.Sprintf("record %d of %s was forgotten already", f.ref, f.dataset), Hint: "there is nothing left to do", Err: ErrNotFound}
	}
	f.key = key.String
	f.find.add(f.key)
	return nil
}

// gather learns what the person is called, and which messages concern them.
func (f *forgetting) gather() error {
	err := f.snapshots(func(_ int64, table *dataset.Table) error {
		for _, r := range table.Rows {
			switch {
			case table.Schema.Name == f.dataset && r.Ref == f.ref:
				f.find.own(table.Schema, r)
				f.files = append(f.files, filesOf(r)...)
			case table.Schema.Name == f.dataset:
				f.find.other(table.Schema, r)
			default:
				f.matched(r)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	facts, err := f.Facts(f.dataset)
	if err != nil {
		return err
	}
	for _, fact := range facts {
		if fact.Ref == f.ref && fact.Value.Kind == dataset.Text {
			f.find.add(fact.Value.S)
		}
	}
	err = f.each(`select distinct m.id from messages m
		left join message_actions x on x.constituency = m.constituency and x.message = m.id
		left join actions a on a.constituency = x.constituency and a.key = x.action
		left join cases c on c.constituency = a.constituency and c.key = a.case_key
		where m.constituency = ? and (m.person = ? or a.addressee = ? or (c.dataset = ? and c.subject = ?))`,
		[]any{here, int64(f.ref), f.address(), f.dataset, int64(f.ref)}, func(scan func(...any) error) error {
			var id int64
			err := scan(&id)
			f.linked[id] = true
			return err
		})
	if err != nil {
		return err
	}
	if err := f.addressees(); err != nil {
		return err
	}
	f.find.close()
	return nil
}

// addressees learns the name and address on the letters to the person.
func (f *forgetting) addressees() error {
	return f.each(`select c.mail_to, c.to_name from contents c
		join messages m on m.constituency = c.constituency and m.id = c.message
		where c.constituency = ? and m.person = ?`, []any{here, int64(f.ref)}, func(scan func(...any) error) error {
		var to, name string
		if err := scan(&to, &name); err != nil {
			return err
		}
		f.find.add(to)
		f.find.add(name)
		return nil
	})
}

// address is how the ledger names the person as an addressee.
func (f *forgetting) address() string { return fmt.Sprintf("%s#%d", f.dataset, f.ref) }

// matched takes in what another dataset calls the person.
func (f *forgetting) matched(r *dataset.Row) {
	for _, v := range r.Cells {
		if v.Kind == dataset.Person && dataset.Ref(v.N) == f.ref {
			f.find.add(v.S)
		}
	}
}

func filesOf(r *dataset.Row) (digests []string) {
	for _, v := range r.Cells {
		if v.Kind == dataset.File && v.S != "" {
			digests = append(digests, v.S)
		}
	}
	return digests
}

// snapshots calls each with every table that is kept, oldest first.
func (f *forgetting) snapshots(each func(id int64, table *dataset.Table) error) error {
	var ids []int64
	err := f.each(`select import from snapshots where constituency = ? order by import`, []any{here}, func(scan func(...any) error) error {
		var id int64
		err := scan(&id)
		ids = append(ids, id)
		return err
	})
	for _, id := range ids {
		if err != nil {
			return err
		}
		var l loaded
		if l, err = f.readSnapshot(id, nil, nil); err == nil {
			err = each(id, l.table)
		}
	}
	return err
}

// closeLedger tells the ledger, which closes the cases and takes back what
// waits. A letter on the wire cannot be taken back, so it is waited for.
func (f *forgetting) closeLedger() error {
	b, err := f.LoadBook()
	if err != nil {
		return err
	}
	waiting, open := 0, 0
	for id := range f.linked {
		m, _ := b.Message(id)
		switch m.State {
		case ledger.Claimed:
			return &Fault{What: fmt.Sprintf("letter %d, which concerns the person, is being sent at this moment", id),
				Hint: "wait a minute and run the command again; nothing was changed"}
		case ledger.Proposed, ledger.Approved, ledger.Deferred:
			waiting++
		}
	}
	for _, c := range b.Cases() {
		if c.Dataset == f.dataset && c.Subject == f.ref && c.State != ledger.Closed {
			open++
		}
	}
	f.did(waiting, "waiting letters", "taken back")
	f.did(open, "open cases", "closed as ended")
	if !f.writing || slices.Contains(b.Rest().Erased, f.ref) {
		return nil
	}
	return f.Apply(f.at, f.by, ledger.Erased{Person: f.ref})
}

// finish says what Forget does not reach, and has the old bytes overwritten.
func (f *forgetting) finish() error {
	f.items = append(f.items, ForgetItem{What: "numbers, dates and states in the ledger", Kept: true,
		Why: "they say what was done, and lead to nobody"})
	f.items = append(f.items, ForgetItem{What: "backups, and the files that were imported", Kept: true,
		Why: "delete the old ones, or take the person out of them, yourself"})
	if !f.writing {
		return nil
	}
	f.forgot = true
	return f.setMeta(metaWipe, "1")
}

// wipe overwrites what was erased: the file is written anew without its free
// pages, and its log is emptied.
func (s *Store) wipe(ctx context.Context) error {
	const doing = "overwriting what was erased"
	if _, err := s.write.ExecContext(ctx, `vacuum`); err != nil {
		return explain(doing, err)
	}
	var busy, frames, moved int
	if err := s.write.QueryRowContext(ctx, `pragma wal_checkpoint(truncate)`).Scan(&busy, &frames, &moved); err != nil {
		return explain(doing, err)
	}
	if busy != 0 {
		return &Fault{What: "the person was erased, but another Clarion is reading, so that old bytes are still in the database's log",
			Hint: "stop it; the next start of Clarion overwrites them"}
	}
	_, err := s.write.ExecContext(ctx, `update meta set value = '0' where constituency = ? and name = ?`, here, metaWipe)
	return explain(doing, err)
}
