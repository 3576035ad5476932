package store

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
)

// An Inbound is what became of one message of the mailbox. Messages that are
// none of the program's business are not kept.
type Inbound struct {
	ID              int64
	Validity, UID   uint32 // where it lay when it was last seen
	Content         string // by which it is known again, wherever it lies
	Received, Taken time.Time
	Kind, Result    string
	Waiting         bool   // for a person
	Folder          string // where it is filed, once decided; empty: it is left
	Message         int64  // of ours, that it is about
	Person          dataset.Ref
	Sender          string // keyed hash
	Files           int    // attached ones that were taken
	Bytes           int64
	Shown           InboundText // only while it waits
}

// An InboundText is what a person is shown of a message that waits.
type InboundText struct {
	From, Subject, Why string
	Files              []string
	List               string // the dataset of what is attached, as far as it is known
}

// Cursor gives how far a mailbox was read, and when anybody last looked.
func (t *Tx) Cursor(mailbox string) (validity, uid uint32, looked time.Time, err error) {
	var v, u, at int64
	found, err := t.one(`select uidvalidity, uid, looked from cursors where constituency = ? and mailbox = ?`, []any{here, t.mailbox(mailbox)}, &v, &u, &at)
	if err != nil || !found {
		return 0, 0, time.Time{}, explain("reading how far the mailbox was read", err)
	}
	return uint32(v), uint32(u), time.UnixMicro(at).UTC(), nil
}

// MoveCursor notes how far a mailbox was read. It is no change to anybody.
func (t *Tx) MoveCursor(mailbox string, validity, uid uint32, at time.Time) error {
	return explain("noting how far the mailbox was read", t.execQuiet(`insert into cursors (constituency, mailbox, uidvalidity, uid, looked) values (?, ?, ?, ?, ?)
		on conflict (constituency, mailbox) do update set uidvalidity = excluded.uidvalidity, uid = excluded.uid, looked = excluded.looked`,
		here, t.mailbox(mailbox), int64(validity), int64(uid), at.UnixMicro()))
}

// mailbox is the name under which a mailbox is kept: its own holds an address.
func (t *Tx) mailbox(name string) string { return t.s.keyed("mailbox", name) }

// ContentHash is the keyed hash under which a message is known again.
func (t *Tx) ContentHash(text string) string { return t.s.keyed("inbound", text) }

// HadInbound tells that a message was had before, by its place or by what it
// says. One that has another place since, because the server numbered its folder
// anew or somebody moved it there and back, is known by the new one from now on.
func (t *Tx) HadInbound(mailbox string, m Inbound) (bool, error) {
	const doing = "looking whether a message was had before"
	box := t.mailbox(mailbox)
	var id int64
	found, err := t.one(`select id from inbound where constituency = ? and mailbox = ? and uidvalidity = ? and uid = ?`,
		[]any{here, box, int64(m.Validity), int64(m.UID)}, &id)
	if err != nil || found {
		return found, explain(doing, err)
	}
	found, err = t.one(`select id from inbound where constituency = ? and mailbox = ? and content = ?`, []any{here, box, m.Content}, &id)
	if err != nil || !found {
		return found, explain(doing, err)
	}
	return true, explain(doing, t.execQuiet(`update inbound set uidvalidity = ?, uid = ? where constituency = ? and id = ?
		and filed is null and not exists (select 1 from inbound o where o.constituency = inbound.constituency and o.mailbox = inbound.mailbox and o.uidvalidity = ? and o.uid = ?)`,
		int64(m.Validity), int64(m.UID), here, id, int64(m.Validity), int64(m.UID)))
}

// SaveInbound keeps what became of a message, and gives it a number. What it is
// known by is unique: the same message is never taken twice.
func (t *Tx) SaveInbound(mailbox string, m Inbound) (int64, error) {
	const doing = "noting what became of a message"
	id, err := t.next("inbound")
	if err != nil {
		return 0, explain(doing, err)
	}
	var body []byte
	state := "done"
	if m.Waiting {
		state = "waiting"
		plain, err := json.Marshal(m.Shown)
		if err != nil {
			return 0, explain(doing, err)
		}
		if body, err = deflate(plain); err != nil {
			return 0, explain(doing, err)
		}
	}
	var message, person any
	if m.Message != 0 {
		message = m.Message
	}
	if m.Person != 0 {
		person = int64(m.Person)
	}
	err = t.exec(`insert into inbound (constituency, id, mailbox, uidvalidity, uid, content, received, taken_for, message, person, body,
		state, result, folder, taken, sender, files, bytes) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		here, id, t.mailbox(mailbox), int64(m.Validity), int64(m.UID), m.Content, m.Received.UnixMicro(), m.Kind, message, person, body,
		state, m.Result, m.Folder, m.Taken.UnixMicro(), m.Sender, m.Files, m.Bytes)
	return id, explain(doing, err)
}

// Inbound gives the messages that wait for a person, the oldest first, or one of
// any state by its number.
func (t *Tx) Inbound(id int64) ([]Inbound, error) {
	which, args := `state = 'waiting'`, []any{here}
	if id != 0 {
		which, args = `id = ?`, []any{here, id}
	}
	return t.inbound(which, args)
}

// InboundTaken gives the messages that were taken since, the oldest first.
func (t *Tx) InboundTaken(since time.Time) ([]Inbound, error) {
	return t.inbound(`taken > ?`, []any{here, since.UnixMicro()})
}

// Unfiled gives the messages that were decided and not filed yet.
func (t *Tx) Unfiled(mailbox string) ([]Inbound, error) {
	return t.inbound(`mailbox = ? and state = 'done' and folder <> '' and filed is null`, []any{here, t.mailbox(mailbox)})
}

func (t *Tx) inbound(which string, args []any) ([]Inbound, error) {
	var out []Inbound
	err := t.each(`select id, uidvalidity, uid, content, received, taken, taken_for, result, state, folder, message, person, sender, files, bytes, body
		from inbound where constituency = ? and `+which+` order by id`, args, func(scan func(...any) error) error {
		var m Inbound
		var validity, uid, received, taken int64
		var state string
		var message, person sql.NullInt64
		var body []byte
		if err := scan(&m.ID, &validity, &uid, &m.Content, &received, &taken, &m.Kind, &m.Result, &state, &m.Folder, &message, &person, &m.Sender, &m.Files, &m.Bytes, &body); err != nil {
			return err
		}
		m.Validity, m.UID = uint32(validity), uint32(uid)
		m.Received, m.Taken = time.UnixMicro(received).UTC(), time.UnixMicro(taken).UTC()
		m.Waiting, m.Message, m.Person = state == "waiting", message.Int64, dataset.Ref(person.Int64)
		if body != nil {
			plain, err := inflate(body)
			if err != nil {
				return err
			}
			if err := json.Unmarshal(plain, &m.Shown); err != nil {
				return fmt.Errorf("message %d of the mailbox is damaged: %w", m.ID, err)
			}
		}
		out = append(out, m)
		return nil
	})
	return out, explain("reading what came back", err)
}

// Filed notes that nothing more is to be done with a message.
func (t *Tx) Filed(id int64, at time.Time) error {
	return explain("noting that a message was filed", t.execQuiet(`update inbound set filed = ? where constituency = ? and id = ?`, at.UnixMicro(), here, id))
}

// DecideInbound ends the waiting of a message; what was shown of it is not kept.
func (t *Tx) DecideInbound(id int64, result string, files int, bytes int64) error {
	return explain("deciding about a message", t.exec(`update inbound set state = 'done', result = ?, body = null, files = files + ?, bytes = bytes + ?
		where constituency = ? and id = ?`, result, files, bytes, here, id))
}

// InboundSince counts the messages with a result that were taken since.
func (t *Tx) InboundSince(result string, since time.Time) (n int, err error) {
	_, err = t.one(`select count(*) from inbound where constituency = ? and result = ? and taken > ?`, []any{here, result, since.UnixMicro()}, &n)
	return n, explain("counting what came back", err)
}

// FromSender counts what came from a sender since: files that were taken, their
// bytes, and messages that had to wait.
func (t *Tx) FromSender(sender string, since time.Time) (files int, bytes int64, waiting int, err error) {
	_, err = t.one(`select coalesce(sum(files), 0), coalesce(sum(bytes), 0), coalesce(sum(case when state = 'waiting' then 1 else 0 end), 0)
		from inbound where constituency = ? and sender = ? and taken > ?`, []any{here, sender, since.UnixMicro()}, &files, &bytes, &waiting)
	return files, bytes, waiting, explain("counting what came from a sender", err)
}

// InboundAbout counts the letters to an address that a result was noted of.
func (t *Tx) InboundAbout(address, result string, since time.Time) (n int, err error) {
	_, err = t.one(`select count(distinct i.message) from inbound i join messages m on m.constituency = i.constituency and m.id = i.message
		where i.constituency = ? and m.address = ? and i.result = ? and i.received > ?`, []any{here, address, result, since.UnixMicro()}, &n)
	return n, explain("counting what came back from an address", err)
}

// WithDigest gives the messages whose digest begins so.
func (t *Tx) WithDigest(prefix string) (ids []int64, err error) {
	err = t.each(`select id from messages where constituency = ? and digest >= ? and digest < ? order by id`, []any{here, prefix, prefix + "g"}, func(scan func(...any) error) error {
		var id int64
		err := scan(&id)
		ids = append(ids, id)
		return err
	})
	return ids, explain("looking for a letter", err)
}

// LastTo gives the last message that went to an address, by its hash, or the
// last that was not to its owner as an officer; 0: none.
func (t *Tx) LastTo(address string, member bool) (id int64, err error) {
	not := ""
	if member {
		not = "officer"
	}
	_, err = t.one(`select coalesce(max(id), 0) from messages where constituency = ? and address = ? and address <> '' and state in (?, ?, ?) and basis <> ?`,
		[]any{here, address, string(ledger.Sent), string(ledger.Uncertain), string(ledger.Bounced), not}, &id)
	return id, explain("looking for a letter", err)
}
