package store

import (
	"database/sql"
	"fmt"

	"github.com/clarion-clp/clarion/engine/letter"
)

// SaveContent keeps the words of a message, which must be the very words whose
// digest the ledger holds. Words are kept once and never changed.
func (t *Tx) SaveContent(id int64, c letter.Content) error {
	doing := fmt.Sprintf("keeping the words of message %d", id)
	digest := c.Digest()
	var owed string
	found, err := t.one(`select digest from messages where constituency = ? and id = ?`, []any{here, id}, &owed)
	if err != nil {
		return explain(doing, err)
	}
	if !found {
		return fmt.Errorf("%s: %w", doing, ErrNotFound)
	}
	if owed != digest {
		return fmt.Errorf("%s: they are not the words that the ledger holds the digest of", doing)
	}
	html, err := deflate([]byte(c.HTML))
	if err != nil {
		return explain(doing, err)
	}
	err = t.exec(`insert into contents (constituency, message, digest, mail_from, from_name, reply_to, mail_to, to_name,
		subject, body_text, body_html, why) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		here, id, digest, c.From, c.FromName, c.ReplyTo, c.To, c.ToName, c.Subject, c.Text, html, c.Why)
	if err != nil {
		return explain(doing, err)
	}
	for i, a := range c.Attachments {
		err := t.exec(`insert into attachments (constituency, message, position, name, media_type, sha256, size)
			values (?, ?, ?, ?, ?, ?, ?)`, here, id, i+1, a.Name, a.Type, a.SHA256, a.Size)
		if err != nil {
			return explain(doing, err)
		}
	}
	return nil
}

// Content gives the words of a message; ErrNotFound once they were erased.
func (t *Tx) Content(id int64) (letter.Content, error) {
	c, erased, err := t.content(id)
	if err == nil && erased {
		err = ErrNotFound
	}
	if err != nil {
		return letter.Content{}, fmt.Errorf("reading the words of message %d: %w", id, err)
	}
	return c, nil
}

// content gives what is left of the words of a message.
func (t *Tx) content(id int64) (c letter.Content, erased bool, err error) {
	var html []byte
	var gone sql.NullInt64
	found, err := t.one(`select mail_from, from_name, reply_to, mail_to, to_name, subject, body_text, body_html, why, erased
		from contents where constituency = ? and message = ?`, []any{here, id},
		&c.From, &c.FromName, &c.ReplyTo, &c.To, &c.ToName, &c.Subject, &c.Text, &html, &c.Why, &gone)
	if err != nil {
		return c, false, err
	}
	if !found {
		return c, false, ErrNotFound
	}
	page, err := inflate(html)
	if err != nil {
		return c, false, err
	}
	c.HTML = string(page)
	err = t.each(`select name, media_type, sha256, size from attachments
		where constituency = ? and message = ? order by position`, []any{here, id}, func(scan func(...any) error) error {
		var a letter.Attachment
		if err := scan(&a.Name, &a.Type, &a.SHA256, &a.Size); err != nil {
			return err
		}
		c.Attachments = append(c.Attachments, a)
		return nil
	})
	return c, gone.Valid, err
}
