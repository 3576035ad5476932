package store

import (
	"bytes"
	"crypto/hmac"
	"database/sql"
	"encoding/base32"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
)

// A Purpose is what the reader of a message may do with the token in it.
type Purpose string

// The purposes of tokens. What makes use of a token names the one it is for, and
// takes no other.
const (
	// ToUnsubscribe is in a letter to a member: no more marketing.
	ToUnsubscribe Purpose = "unsubscribe"
	// ToAnswer is in an officer's message: the answers to the tasks in it.
	ToAnswer Purpose = "answer"
	// ToReview is in an officer's message: a yes to the letters that it tells of,
	// once, and a no to them.
	ToReview Purpose = "review"
	// ToStop is in the message that tells of somebody's yes: it stops what has not
	// left.
	ToStop Purpose = "stop"
)

// purposes says of each purpose by which byte a token carries it and how many
// days it lasts. A byte is never given to another purpose: old letters keep
// theirs. Whoever wants no more letters may find an old one first; a task is
// answered soon, or asked again in another message. A review ends with its saved
// plan, and a stop with the undo window, which is for whoever uses them to look
// up: the days here are the most that both may be.
var purposes = map[Purpose]struct {
	code byte
	days int
}{
	ToUnsubscribe: {1, 3 * 366},
	ToAnswer:      {2, 92},
	ToReview:      {3, 92},
	ToStop:        {4, 2},
}

// ErrToken is all that is said of a token that does not hold. Whether it was
// misread, forged, meant for something else, of another constituency or too old
// is nobody's business who has no better one.
var ErrToken = errors.New("this link does not hold, or no longer")

// A Claim is what a token that holds stands for.
type Claim struct {
	Purpose Purpose
	Message int64     // the message that the token went with
	Plan    int64     // the saved plan of a review, whose letters the message tells of; else 0
	Until   time.Time // the last moment at which the token holds
	Used    time.Time // when it was first used; zero: never
}

// The parts of a token, in bytes: its purpose; the day on which it ends; the
// number of its message, as short as it can be written; of a review the number
// of the saved plan, likewise; and the proof, 104 bits.
const (
	tokenDay   = 2
	tokenProof = 13
)

// tokenLetters writes tokens in small letters and in figures that look like no
// letter: a token survives being read out, and a mail server that writes
// addresses in small letters.
var tokenLetters = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// Token makes the token with which the reader of a message may do one thing. It
// is derived from the message and the store's secret, so that nothing is kept
// before it is used: the same message, purpose and day give the same token. It
// lasts, from the moment on, as long as its purpose wants.
//
// It holds in a copy of the database, whose letters are the same ones, and in
// no other constituency's. It is bound to the words of its message: where a copy
// that was restored has since given the number to another message, the token of
// the lost one does not hold.
func (t *Tx) Token(p Purpose, message int64, from time.Time) (string, error) {
	return t.token(p, message, 0, from)
}

// ReviewToken makes the token of a review: it is for the letters of one saved
// plan, and bound to that plan's digest too.
func (t *Tx) ReviewToken(message, plan int64, from time.Time) (string, error) {
	return t.token(ToReview, message, plan, from)
}

func (t *Tx) token(p Purpose, message, plan int64, from time.Time) (string, error) {
	kind, known := purposes[p]
	if !known || message <= 0 || (plan > 0) != (p == ToReview) {
		return "", &Fault{What: fmt.Sprintf("there are no tokens to %q for message %d", p, message), Hint: "this is a fault in Clarion: please report it"}
	}
	last := from.Unix()/secondsADay + int64(kind.days)
	if last < 0 || last > math.MaxUint16 {
		return "", &Fault{What: "the clock is not within the years of which a link can tell", Hint: "set the clock of this computer right"}
	}
	head := binary.BigEndian.AppendUint16([]byte{kind.code}, uint16(last))
	head = binary.AppendUvarint(head, uint64(message))
	if plan > 0 {
		head = binary.AppendUvarint(head, uint64(plan))
	}
	proof, found, err := t.tokenProof(head, message, plan)
	if err == nil && !found {
		err = ErrNotFound
	}
	if err != nil {
		return "", explain("making a link", err)
	}
	return tokenLetters.EncodeToString(append(head, proof...)), nil
}

const secondsADay = 24 * 60 * 60

// CheckToken gives what a token stands for, if it holds at a moment and is for
// that purpose; otherwise ErrToken. It changes nothing.
func (t *Tx) CheckToken(p Purpose, token string, now time.Time) (Claim, error) {
	head, proof, message, plan := readToken(token)
	want, found, err := t.tokenProof(head, message, plan)
	if err != nil {
		return Claim{}, explain("looking at a link", err)
	}
	// The proof is compared first, and in constant time.
	if !hmac.Equal(proof, want) || !found || head[0] != purposes[p].code {
		return Claim{}, ErrToken
	}
	c := Claim{Purpose: p, Message: message, Plan: plan}
	c.Until = time.Unix((int64(binary.BigEndian.Uint16(head[1:]))+1)*secondsADay-1, 0).UTC()
	if now.After(c.Until) {
		return Claim{}, ErrToken
	}
	var used sql.NullInt64
	_, err = t.one(`select used from tokens where constituency = ? and hash = ?`, []any{here, t.tokenHash(token)}, &used)
	c.Used = moment(used)
	return c, explain("looking at a link", err)
}

// UseToken is CheckToken for what makes use of the token. It notes the first use,
// in the same transaction as what is done with it. What may be done only once
// asks whether the claim was used before; all else gives way to doing it again,
// for people press buttons twice and machines send twice.
func (t *Tx) UseToken(p Purpose, token string, now time.Time) (Claim, error) {
	c, err := t.CheckToken(p, token, now)
	if err != nil || !c.Used.IsZero() {
		return c, err
	}
	err = t.exec(`insert into tokens (constituency, hash, purpose, subject, officer, expires, used) values (?, ?, ?, ?, '', ?, ?)`,
		here, t.tokenHash(token), string(p), tokenSubject(c.Message), c.Until.UnixMicro(), now.UnixMicro())
	return c, explain("noting that a link was used", err)
}

// tokenSubject is by which a used token is found when the reader of its message
// is forgotten.
func tokenSubject(message int64) string { return fmt.Sprintf("message %d", message) }

// tokenHash is what is kept of a used token.
func (t *Tx) tokenHash(token string) string { return t.s.keyed("used token", plainToken(token)) }

// plainToken is a token as it was made, whatever a mail program did to it.
func plainToken(token string) string { return strings.ToLower(strings.TrimSpace(token)) }

// readToken takes a token apart. One that cannot be read comes back as one that
// can be, and has no proof: it costs the same to refuse.
func readToken(token string) (head, proof []byte, message, plan int64) {
	none := []byte{0, 0, 0, 0}
	if len(token) > 4*tokenLetters.EncodedLen(1+tokenDay+2*binary.MaxVarintLen64+tokenProof) {
		return none, nil, 0, 0
	}
	plain := plainToken(token)
	raw, err := tokenLetters.DecodeString(plain)
	if err != nil || len(raw) <= 1+tokenDay+tokenProof || tokenLetters.EncodeToString(raw) != plain {
		return none, nil, 0, 0
	}
	cut := len(raw) - tokenProof
	head, proof = raw[:cut:cut], raw[cut:]
	rest, read := head[1+tokenDay:], true
	if message, rest, read = readNumber(rest); read && head[0] == purposes[ToReview].code {
		plan, rest, read = readNumber(rest)
	}
	if !read || len(rest) > 0 {
		return none, nil, 0, 0
	}
	return head, proof, message, plan
}

// readNumber takes a number from the front, if it is one and is as short as it
// can be written.
func readNumber(from []byte) (number int64, rest []byte, ok bool) {
	n, length := binary.Uvarint(from)
	if length <= 0 || n == 0 || n > 1<<62 || !bytes.Equal(binary.AppendUvarint(nil, n), from[:length]) {
		return 0, nil, false
	}
	return int64(n), from[length:], true
}

// tokenProof is the proof of a token's head: a keyed hash of it together with
// what the message is, of which one without the store's secret knows nothing, and
// with what the saved plan is.
func (t *Tx) tokenProof(head []byte, message, plan int64) (proof []byte, found bool, err error) {
	var key, digest, letters string
	found, err = t.one(`select key, digest from messages where constituency = ? and id = ?`, []any{here, message}, &key, &digest)
	if err != nil {
		return nil, false, err
	}
	if plan > 0 {
		book, err := t.LoadBook()
		if err != nil {
			return nil, false, err
		}
		saved, known := book.SavedPlan(plan)
		letters, found = " "+saved.Digest, found && known
	}
	sum, err := hex.DecodeString(t.s.keyed("token", fmt.Sprintf("%x %q %q %q%s", head, t.s.instance, key, digest, letters)))
	return sum[:tokenProof], found, err
}
