package store

import (
	"database/sql"
	"fmt"
	"maps"
	"slices"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
)

// clearContents empties the words of every message that concerns the person,
// and takes them out of the words of all others. A waiting message about
// others that names the person is taken back, since its words were approved as
// they stood; it is planned again without them.
func (f *forgetting) clearContents() error {
	ids, err := f.contentIDs()
	if err != nil {
		return err
	}
	cleared, redacted := 0, 0
	for _, id := range ids {
		if !f.linked[id] {
			named, err := f.redactContent(id)
			if err != nil {
				return err
			}
			if named {
				redacted++
			}
			continue
		}
		cleared++
		if err := f.clearContent(id); err != nil {
			return err
		}
	}
	f.did(cleared, "letters to them or about them", "their words are cleared")
	f.did(redacted, "letters about others that name them", "the name is taken out")
	return nil
}

// contentIDs are the messages that have words.
func (f *forgetting) contentIDs() (ids []int64, err error) {
	err = f.each(`select message from contents where constituency = ? and erased is null order by message`,
		[]any{here}, func(scan func(...any) error) error {
			var id int64
			err := scan(&id)
			ids = append(ids, id)
			return err
		})
	return ids, err
}

func (f *forgetting) clearContent(id int64) error {
	if !f.writing {
		return nil
	}
	if err := f.exec(`update contents set mail_from = '', from_name = '', reply_to = '', mail_to = '', to_name = '',
		subject = '', body_text = '', body_html = null, why = '', erased = ? where constituency = ? and message = ?`,
		f.at.UnixMicro(), here, id); err != nil {
		return err
	}
	return f.exec(`update attachments set name = '' where constituency = ? and message = ?`, here, id)
}

func (f *forgetting) redactContent(id int64) (bool, error) {
	c, _, err := f.content(id)
	if err != nil {
		return false, err
	}
	named := false
	for _, text := range []*string{&c.FromName, &c.ReplyTo, &c.To, &c.ToName, &c.Subject, &c.Text, &c.HTML, &c.Why} {
		clean, found := f.find.redact(*text)
		*text, named = clean, named || found
	}
	for _, a := range c.Attachments {
		_, found, err := f.redactFile(a.SHA256)
		if err != nil {
			return false, err
		}
		named = named || found
	}
	if !named || !f.writing {
		return named, nil
	}
	m, _ := f.Book().Message(id)
	switch m.State {
	case ledger.Claimed:
		return false, &Fault{What: fmt.Sprintf("letter %d, which names the person, is being sent at this moment", id),
			Hint: "wait a minute and run the command again; nothing was changed"}
	case ledger.Proposed, ledger.Approved, ledger.Deferred:
		if err := f.Apply(f.at, f.by, ledger.MessageSuperseded{ID: id, Reason: "erased"}); err != nil {
			return false, err
		}
		return true, f.clearContent(id)
	}
	html, err := deflate([]byte(c.HTML))
	if err != nil {
		return false, err
	}
	return true, f.exec(`update contents set from_name = ?, reply_to = ?, mail_to = ?, to_name = ?, subject = ?,
		body_text = ?, body_html = ?, why = ?, redacted = ? where constituency = ? and message = ?`,
		c.FromName, c.ReplyTo, c.To, c.ToName, c.Subject, c.Text, html, c.Why, f.at.UnixMicro(), here, id)
}

// clearSnapshots takes the record out of every table that is kept, undone and
// old ones too, and the person out of the records of others.
func (f *forgetting) clearSnapshots() error {
	rows, mentions := 0, 0
	if f.writing {
		if err := f.storeWhole(); err != nil {
			return err
		}
	}
	err := f.snapshots(func(id int64, table *dataset.Table) error {
		kept := make([]*dataset.Row, 0, len(table.Rows))
		dropped, named := 0, 0
		for _, r := range table.Rows {
			if table.Schema.Name == f.dataset && r.Ref == f.ref {
				dropped++
				continue
			}
			clean, changed := f.cleanRow(r)
			if changed {
				named++
			}
			kept = append(kept, clean)
		}
		rows, mentions = rows+dropped, mentions+named
		if dropped+named == 0 || !f.writing {
			return nil
		}
		return f.rewriteSnapshot(id, dataset.NewTable(table.Schema, kept, table.Imported, table.First, table.File, table.Sheet))
	})
	if err == nil && f.writing { // they are worked out anew, without them
		err = f.dropChanges()
	}
	f.did(rows, "rows in imported tables", "taken out of each")
	f.did(mentions, "rows about others that name them", "the name is taken out")
	return err
}

// storeWhole makes every table that is stored as a patch a whole one: what it is
// laid over will not stay as it is.
func (f *forgetting) storeWhole() error {
	return f.snapshots(func(id int64, table *dataset.Table) error {
		body, _, _, err := f.snapshotBody(id)
		if _, patched := dataset.PatchBase(body); err != nil || !patched {
			return err
		}
		return f.rewriteSnapshot(id, table)
	})
}

// cleanRow gives somebody else's row without the person.
func (f *forgetting) cleanRow(r *dataset.Row) (*dataset.Row, bool) {
	clean, changed := r, false
	own := func() {
		if !changed {
			c := *r
			c.Cells = append([]dataset.Value(nil), r.Cells...)
			c.Problems = append([]dataset.Problem(nil), r.Problems...)
			clean, changed = &c, true
		}
	}
	for i, v := range r.Cells {
		if v.Kind == dataset.Person && v.N != 0 && dataset.Ref(v.N) == f.ref {
			own()
			clean.Cells[i] = dataset.Value{}
		} else if v.Kind == dataset.Text || v.Kind == dataset.Person || v.Kind == dataset.Reference {
			if text, found := f.find.redact(v.S); found {
				own()
				clean.Cells[i].S = text
			}
		}
	}
	for i, p := range r.Problems {
		if text, found := f.find.redact(p.Text); found {
			own()
			clean.Problems[i].Text = text
		}
	}
	if f.find.has(r.Key) {
		own()
		clean.Key = erasedKey(r.Ref)
	}
	return clean, changed
}

// erasedKey is the key of a record that is not the person's, but said who they are.
func erasedKey(ref dataset.Ref) string { return fmt.Sprintf("erased-%d", ref) }

func (f *forgetting) rewriteSnapshot(id int64, table *dataset.Table) error {
	body, err := table.MarshalBinary()
	if err != nil {
		return err
	}
	digest := sha256Hex(body)
	var codec int
	if _, err := f.one(`select codec from snapshots where constituency = ? and import = ?`, []any{here, id}, &codec); err != nil {
		return err
	}
	if codec == codecDeflate {
		if body, err = deflate(body); err != nil {
			return err
		}
	}
	return f.exec(`update snapshots set body = ?, digest = ? where constituency = ? and import = ?`, body, digest, here, id)
}

// clearFacts empties the local facts on the person, withdrawn ones too.
func (f *forgetting) clearFacts() error {
	var n int
	if _, err := f.one(`select count(*) from facts where constituency = ? and dataset = ? and ref = ? and erased is null`,
		[]any{here, f.dataset, int64(f.ref)}, &n); err != nil {
		return err
	}
	f.did(n, "local facts", "their values are cleared")
	if !f.writing {
		return nil
	}
	return f.exec(`update facts set value = null, was = null, source = '', erased = ?,
		withdrawn = coalesce(withdrawn, ?), withdrawn_by = coalesce(withdrawn_by, ?)
		where constituency = ? and dataset = ? and ref = ? and erased is null`,
		f.at.UnixMicro(), f.at.UnixMicro(), f.by, here, f.dataset, int64(f.ref))
}

// clearTexts empties what imports refused of the person's rows, and takes the
// person out of every other text that is kept.
func (f *forgetting) clearTexts() error {
	var n int
	if _, err := f.one(`select count(*) from problems where constituency = ? and ref = ? and found <> ''`,
		[]any{here, int64(f.ref)}, &n); err != nil {
		return err
	}
	f.did(n, "cells that could not be read", "cleared")
	if f.writing {
		if err := f.exec(`update problems set found = '', why = '' where constituency = ? and ref = ?`, here, int64(f.ref)); err != nil {
			return err
		}
	}
	mentions, err := f.redactNames()
	if err != nil {
		return err
	}
	own := fmt.Sprintf("(ref is null or ref <> %d)", f.ref)
	for _, at := range [][3]string{
		{"problems", "found", own}, {"problems", "why", own}, {"facts", "value", own}, {"facts", "was", own}, {"facts", "source", own},
		{"words", "body", ""}, {"imports", "file", ""}, {"imports", "sheet", ""}, {"attempts", "detail", ""},
		{"inbound", "taken_for", ""}, {"meta", "value", ""},
	} {
		found, err := f.redactColumn(at[0], at[1], at[2])
		if err != nil {
			return err
		}
		mentions += found
	}
	f.did(mentions, "notes about others that name them", "the name is taken out")
	return nil
}

// redactNames takes the person out of the names of files that letters about
// others carry.
func (f *forgetting) redactNames() (int, error) {
	var names []string
	err := f.each(`select message, name from attachments where constituency = ?`, []any{here}, func(scan func(...any) error) error {
		var id int64
		var name string
		err := scan(&id, &name)
		if !f.linked[id] && f.find.has(name) {
			names = append(names, name)
		}
		return err
	})
	for _, name := range names {
		if err != nil || !f.writing {
			break
		}
		clean, _ := f.find.redact(name)
		err = f.exec(`update attachments set name = ? where constituency = ? and name = ?`, clean, here, name)
	}
	return len(names), err
}

// redactColumn takes the person out of one column of one table, in the rows
// that are not the person's own.
func (f *forgetting) redactColumn(table, column, others string) (int, error) {
	if others != "" {
		others = " and " + others
	}
	var before []string
	err := f.each(`select distinct `+column+` from `+table+` where constituency = ? and `+column+` is not null`+others,
		[]any{here}, func(scan func(...any) error) error {
			var text string
			err := scan(&text)
			if f.find.has(text) {
				before = append(before, text)
			}
			return err
		})
	if err != nil || !f.writing {
		return len(before), err
	}
	for _, text := range before {
		clean, _ := f.find.redact(text)
		if err := f.exec(`update `+table+` set `+column+` = ? where constituency = ? and `+column+` = ?`, clean, here, text); err != nil {
			return 0, err
		}
	}
	return len(before), nil
}

// clearInbound empties the messages that came from the person or about them.
func (f *forgetting) clearInbound() error {
	var ids []int64
	err := f.each(`select id, message, person, body from inbound where constituency = ? and body is not null`,
		[]any{here}, func(scan func(...any) error) error {
			var id int64
			var message, person sql.NullInt64
			var body []byte
			if err := scan(&id, &message, &person, &body); err != nil {
				return err
			}
			text, err := inflate(body)
			if err != nil {
				return err
			}
			if person.Int64 == int64(f.ref) || f.linked[message.Int64] || f.find.has(string(text)) {
				ids = append(ids, id)
			}
			return nil
		})
	f.did(len(ids), "messages from them", "cleared")
	for _, id := range ids {
		if err != nil || !f.writing {
			return err
		}
		err = f.exec(`update inbound set body = null, taken_for = '', state = 'done', erased = ? where constituency = ? and id = ?`, f.at.UnixMicro(), here, id)
	}
	return err
}

// clearTokens takes away what is known of the links in letters to or about the
// person.
func (f *forgetting) clearTokens() error {
	n := 0
	for _, id := range slices.Sorted(maps.Keys(f.linked)) {
		links := 0
		if _, err := f.one(`select count(*) from tokens where constituency = ? and subject = ?`, []any{here, tokenSubject(id)}, &links); err != nil {
			return err
		}
		if n += links; links == 0 || !f.writing {
			continue
		}
		if err := f.exec(`delete from tokens where constituency = ? and subject = ?`, here, tokenSubject(id)); err != nil {
			return err
		}
	}
	f.did(n, "links in those letters that were used", "deleted")
	return f.clearSessions()
}

// clearSessions signs the person out of the console.
func (f *forgetting) clearSessions() error {
	n := 0
	for _, table := range []string{"sessions", "sign_ins"} {
		open := 0
		if _, err := f.one(`select count(*) from `+table+` where constituency = ? and person = ?`, []any{here, int64(f.ref)}, &open); err != nil {
			return err
		}
		if n += open; open == 0 || !f.writing {
			continue
		}
		if err := f.exec(`delete from `+table+` where constituency = ? and person = ?`, here, int64(f.ref)); err != nil {
			return err
		}
	}
	f.did(n, "sign-ins to the console", "ended")
	return nil
}

// clearKeys clears the key of the record, which is known again only by its
// keyed hash, and the keys of other records that say who the person is.
func (f *forgetting) clearKeys() error {
	f.did(1, "key of the record", "cleared; a keyed hash of it stays, so that an import leaves the record out")
	var named []dataset.Ref
	err := f.each(`select ref, key_text from identities where constituency = ? and key_text is not null`,
		[]any{here}, func(scan func(...any) error) error {
			var n int64
			var key string
			err := scan(&n, &key)
			if ref(n) != f.ref && f.find.has(key) {
				named = append(named, ref(n))
			}
			return err
		})
	if err != nil {
		return err
	}
	f.did(len(named), "keys of other records that name them", "replaced")
	if !f.writing {
		return nil
	}
	for _, other := range named {
		if err := f.exec(`update identities set key_text = ? where constituency = ? and ref = ?`, erasedKey(other), here, int64(other)); err != nil {
			return err
		}
	}
	if err := f.exec(`insert into erasures (constituency, ref, dataset, key_hash, erased, erased_by, kept) values (?, ?, ?, ?, ?, ?, ?)`,
		here, int64(f.ref), f.dataset, f.s.keyHash(f.dataset, f.key), f.at.UnixMicro(), f.by, "numbers, dates and states"); err != nil {
		return err
	}
	return f.exec(`update identities set key_text = null, person = null, erased = ? where constituency = ? and ref = ?`,
		f.at.UnixMicro(), here, int64(f.ref))
}
