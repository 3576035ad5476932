package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/clarion-clp/clarion/engine/ledger"
)

// A Footing says whether this file may be the one that letters are sent from.
type Footing string

// The footings. Only on StandsOK may anything be sent.
const (
	StandsOK      Footing = "ok"
	StandsBehind  Footing = "behind"         // letters were sent that it does not know of
	StandsMoved   Footing = "other machine"  // it was last used on another machine, or by another user
	StandsToTake  Footing = "needs takeover" // it was restored from a backup
	StandsUnnoted Footing = "unnoted"        // its counter cannot be kept outside the database
)

// A Stand is the store's footing, why it is so, and what to do.
type Stand struct {
	Footing   Footing
	Why, Hint string
	Sent      int64 // messages claimed, by this file
	Elsewhere int64 // and by what is noted in the configuration folder
}

// Sending reports whether anything may be sent.
func (s Stand) Sending() bool { return s.Footing == StandsOK }

// A note is what is kept outside the database.
type note struct {
	Instance string    `json:"instance"`
	Machine  string    `json:"machine"`
	Epoch    int64     `json:"epoch"`
	Sent     int64     `json:"sent"`
	At       time.Time `json:"at"`
}

const takeoverHint = "look in the mailbox's Sent folder for letters it may not know of, then run clarion takeover"

// Stand compares the store with what this machine knows about it. A store that
// is not on firm ground plans, but does not send, until it is taken over.
func (s *Store) Stand(ctx context.Context) (Stand, error) {
	meta, err := readMeta(ctx, s.read)
	if err != nil {
		return Stand{}, explain("checking the store", err)
	}
	mine := s.noteOf(meta)
	noted := s.noteAgain(ctx)
	outside, found, err := s.readNote()
	if err != nil {
		return Stand{}, err
	}
	stand := Stand{Footing: StandsOK, Sent: mine.Sent, Elsewhere: outside.Sent}
	set := func(f Footing, why string) Stand {
		stand.Footing, stand.Why, stand.Hint = f, why, takeoverHint
		return stand
	}
	switch {
	case meta[metaTakeover] == "1":
		return set(StandsToTake, "the database was restored from a backup"), nil
	case meta[metaMachine] != "" && meta[metaMachine] != s.machine():
		return set(StandsMoved, "the database was last used on another computer"), nil
	case found && outside.Epoch > mine.Epoch:
		return set(StandsBehind, "another copy of this database was taken over on this computer"), nil
	case found && outside.Sent > mine.Sent:
		return set(StandsBehind, fmt.Sprintf("this computer has noted %d sent letters, and the database knows of %d: it is an old copy",
			outside.Sent, mine.Sent)), nil
	case !found && s.options.ConfigDir != "" && mine.Sent > 0 && noted == nil:
		return set(StandsMoved, "letters were sent from this database, but not by this user of this computer"), nil
	case noted != nil:
		stand.Footing, stand.Why = StandsUnnoted, "the number of sent letters cannot be noted outside the database: "+noted.Error()
		stand.Hint = "check the folder " + s.options.ConfigDir
	}
	return stand, nil
}

// noteAgain tries once more to write the counter down outside the database,
// where that failed: the disk may have room again.
func (s *Store) noteAgain(ctx context.Context) error {
	s.mu.Lock()
	noted := s.noted
	s.mu.Unlock()
	if noted == nil {
		return nil
	}
	noted = s.noteOutside(ctx)
	s.mu.Lock()
	s.noted = noted
	s.mu.Unlock()
	return noted
}

// Takeover makes this file the one that letters are sent from, on this machine.
// Every other copy that this machine meets is behind from then on.
func (s *Store) Takeover(ctx context.Context, by string) error {
	outside, _, err := s.readNote()
	if err != nil {
		return err
	}
	return s.Update(ctx, func(t *Tx) error {
		epoch, err := t.number(metaEpoch)
		if err != nil {
			return explain("taking the store over", err)
		}
		sent, err := t.number(metaSent)
		if err != nil {
			return explain("taking the store over", err)
		}
		for _, m := range [][2]string{
			{metaMachine, s.machine()}, {metaTakeover, "0"},
			{metaEpoch, strconv.FormatInt(max(epoch, outside.Epoch)+1, 10)},
			{metaSent, strconv.FormatInt(max(sent, outside.Sent), 10)},
		} {
			if err := t.setMeta(m[0], m[1]); err != nil {
				return explain("taking the store over", err)
			}
		}
		return t.Apply(s.options.Now(), by, ledger.TakenOver{Machine: s.machine()})
	})
}

// machine is the hash under which the store knows this machine.
func (s *Store) machine() string {
	sum := sha256.Sum256([]byte("clarion machine\x00" + s.options.Machine))
	return hex.EncodeToString(sum[:8])
}

func (s *Store) noteOf(meta map[string]string) note {
	epoch, _ := strconv.ParseInt(meta[metaEpoch], 10, 64) // written by us alone
	sent, _ := strconv.ParseInt(meta[metaSent], 10, 64)
	return note{Instance: s.instance, Machine: s.machine(), Epoch: epoch, Sent: sent, At: s.options.Now().UTC()}
}

func (s *Store) notePath() string {
	return filepath.Join(s.options.ConfigDir, s.instance+".json")
}

// readNote reads what is kept outside; false: nothing is.
func (s *Store) readNote() (n note, found bool, err error) {
	if s.options.ConfigDir == "" {
		return n, false, nil
	}
	b, err := os.ReadFile(s.notePath())
	if errors.Is(err, fs.ErrNotExist) {
		return n, false, nil
	}
	if err != nil {
		return n, false, explain("reading the number of sent letters", err)
	}
	if err := json.Unmarshal(b, &n); err != nil || n.Instance != s.instance {
		return n, false, &Fault{What: "the file " + s.notePath() + " cannot be read",
			Hint: "delete it, then run clarion takeover", Err: err}
	}
	return n, true, nil
}

// noteOutside writes the counter of sent messages beside the user's settings,
// whole or not at all. It never goes back.
func (s *Store) noteOutside(ctx context.Context) error {
	if s.options.ConfigDir == "" {
		return nil
	}
	meta, err := readMeta(ctx, s.read)
	if err != nil {
		return err
	}
	mine := s.noteOf(meta)
	outside, found, err := s.readNote()
	if err == nil && found && (outside.Epoch > mine.Epoch || outside.Sent > mine.Sent) {
		return nil // an old copy must not make itself the newest
	}
	b, err := json.Marshal(mine)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(s.options.ConfigDir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(s.options.ConfigDir, ".note-*") // readable by the user alone
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), s.notePath())
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}
