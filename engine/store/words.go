package store

import "fmt"

// SaveWords keeps what a person wrote, as the reason of a rejection or of a
// stop, and gives the hash that the log may hold in its place. The hash is
// keyed: nobody can try words against it.
func (t *Tx) SaveWords(text string) (string, error) {
	if text == "" {
		return "", nil
	}
	hash := t.s.keyed("words", text)
	return hash, explain("keeping a reason", t.exec(`insert into words (constituency, hash, body, stored) values (?, ?, ?, ?)
		on conflict (constituency, hash) do nothing`, here, hash, text, t.s.options.Now().UnixMicro()))
}

// Words gives what was kept under a hash. A hash of nothing is nothing.
func (t *Tx) Words(hash string) (string, error) {
	if hash == "" {
		return "", nil
	}
	var text string
	found, err := t.one(`select body from words where constituency = ? and hash = ?`, []any{here, hash}, &text)
	if err == nil && !found {
		err = fmt.Errorf("reading a reason: %w", ErrNotFound)
	}
	return text, err
}
