package ledger

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"time"
	"unicode/utf8"
)

// The most bytes that a text in the log may have: in the fields that hold a
// reason, and in any other.
const (
	shortText = 200
	longText  = 2000
)

// A change is a Change of this package.
type change interface {
	Change
	// apply makes the change, or says why it is refused; then nothing is changed.
	apply(b *Book, at time.Time) string
}

// A tidier is a change that has more than one form; tidy gives the one in
// which it stands in the log. It shares nothing with the original.
type tidier interface{ tidy() change }

// Encode gives the body of a change in the log, as JSON. It is an error if the
// body would hold what a log must not: a mail address, an invisible character,
// a long text.
func Encode(c Change) ([]byte, error) {
	_, body, err := encode(c)
	return body, err
}

// encode gives a change in its tidy form, and its body.
func encode(c Change) (change, []byte, error) {
	known, ok := c.(change)
	if !ok || reflect.TypeOf(c).Kind() == reflect.Pointer {
		return nil, nil, &Refused{Change: fmt.Sprintf("%T", c), Why: "this is no change that a ledger knows"}
	}
	if t, ok := known.(tidier); ok {
		known = t.tidy()
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(known); err != nil {
		return nil, nil, &Refused{Change: known.Type(), Why: "it cannot be written: " + err.Error()}
	}
	body := bytes.TrimSuffix(b.Bytes(), []byte("\n"))
	if why := unfit(body); why != "" {
		return nil, nil, &Refused{Change: known.Type(), Why: why}
	}
	return known, body, nil
}

// unfit says why a body, which is JSON as Encode writes it, may not stand in
// the log. It reads the very bytes that go there.
func unfit(body []byte) string {
	name, start, in := "", 0, false
	for i := 0; i < len(body); {
		r, size := rune(body[i]), 1
		switch {
		case r == '"' && !in:
			in, start = true, i+1
		case r == '"':
			in = false
			text := body[start:i]
			if i+1 < len(body) && body[i+1] == ':' {
				name = string(text)
			}
			if len(text) > longText || len(text) > shortText && isReason(name) {
				return "the text of " + name + " is too long for the log"
			}
		case r == '\\' && in:
			size = 2
			if next := body[i+1]; next != '"' && next != '\\' {
				return "a text holds an invisible character"
			}
		case in:
			if r >= utf8.RuneSelf {
				r, size = utf8.DecodeRune(body[i:])
			}
			if r == '@' {
				return "a text holds what may be a mail address"
			}
			if unlawful(r) {
				return "a text holds an invisible character"
			}
		}
		i += size
	}
	return ""
}

// isReason tells the fields that hold a few words.
func isReason(name string) bool {
	return name == "reason" || name == "why" || name == "how" || name == "answer" || name == "level" || name == "scope"
}

// Decode reads the body of a change of that type. It is strict: an unknown
// type, an unknown field or anything after the body is an error.
func Decode(typ string, body []byte) (Change, error) {
	read, ok := decoders[typ]
	if !ok {
		return nil, fmt.Errorf("there is no change of type %q", typ)
	}
	c, err := read(body)
	if err != nil {
		return nil, fmt.Errorf("reading a change of type %s: %w", typ, err)
	}
	return c, nil
}

// decode reads the body of a change of type T.
func decode[T change](body []byte) (Change, error) {
	if trimmed := bytes.TrimSpace(body); len(trimmed) == 0 || trimmed[0] != '{' {
		return nil, errors.New("the body is not an object")
	}
	var c T
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("something follows the body")
	}
	if t, ok := any(c).(tidier); ok {
		return t.tidy(), nil
	}
	return c, nil
}

// Chain gives the hash of an event that follows one whose hash is prev:
// SHA-256 over prev, Seq and At (microseconds) as 8 bytes each, By, the type
// and the body, with a zero byte after By and after the type.
func Chain(prev [32]byte, e Event) ([32]byte, error) {
	c, body, err := encode(e.Change)
	if err != nil {
		return [32]byte{}, err
	}
	return chain(prev, e.Seq, e.At, e.By, c.Type(), body), nil
}

// chain is Chain for a body that is encoded already.
func chain(prev [32]byte, seq int64, at time.Time, by, typ string, body []byte) [32]byte {
	text := make([]byte, 0, len(prev)+18+len(by)+len(typ)+len(body))
	text = append(text, prev[:]...)
	text = binary.BigEndian.AppendUint64(text, uint64(seq))
	text = binary.BigEndian.AppendUint64(text, uint64(at.UnixMicro()))
	text = append(append(text, by...), 0)
	text = append(append(text, typ...), 0)
	return sha256.Sum256(append(text, body...))
}
