package store

import "time"

// A Version is what a playbook said at a moment: when it was adopted, or when it
// first was at work here. Body is for whoever saved it; it holds nothing of any
// person.
type Version struct {
	Playbook, Digest, Body string
	Stored                 time.Time
}

// SaveVersion keeps what a playbook says. The same digest again replaces what was
// kept under it.
func (t *Tx) SaveVersion(v Version) error {
	return explain("keeping the version of a playbook", t.exec(`insert into playbook_versions (constituency, digest, playbook, body, stored)
		values (?, ?, ?, ?, ?) on conflict (constituency, digest) do update set body = excluded.body, stored = excluded.stored`,
		here, v.Digest, v.Playbook, v.Body, v.Stored.UnixMicro()))
}

// Versions gives all that was kept of a playbook, the newest first.
func (t *Tx) Versions(playbook string) (out []Version, err error) {
	err = t.each(`select digest, body, stored from playbook_versions where constituency = ? and playbook = ? order by stored desc, digest`,
		[]any{here, playbook}, func(scan func(...any) error) error {
			v := Version{Playbook: playbook}
			var stored int64
			if err := scan(&v.Digest, &v.Body, &stored); err != nil {
				return err
			}
			v.Stored = time.UnixMicro(stored).UTC()
			out = append(out, v)
			return nil
		})
	return out, explain("reading the versions of a playbook", err)
}

// Version gives what was kept of a playbook under a digest.
func (t *Tx) Version(playbook, digest string) (Version, bool, error) {
	v := Version{Playbook: playbook, Digest: digest}
	var stored int64
	found, err := t.one(`select body, stored from playbook_versions where constituency = ? and digest = ? and playbook = ?`,
		[]any{here, digest, playbook}, &v.Body, &stored)
	v.Stored = time.UnixMicro(stored).UTC()
	return v, found, explain("reading the version of a playbook", err)
}

// LastVersion gives the version of a playbook that was kept last.
func (t *Tx) LastVersion(playbook string) (Version, bool, error) {
	v := Version{Playbook: playbook}
	var stored int64
	found, err := t.one(`select digest, body, stored from playbook_versions where constituency = ? and playbook = ?
		order by stored desc, digest limit 1`, []any{here, playbook}, &v.Digest, &v.Body, &stored)
	v.Stored = time.UnixMicro(stored).UTC()
	return v, found, explain("reading the version of a playbook", err)
}
