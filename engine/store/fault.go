package store

import (
	"context"
	"errors"
	"io/fs"
	"syscall"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"
)

// A Fault is an error for people: what is wrong in a sentence, and what to do.
// It names files, never what stands in them.
type Fault struct {
	What string
	Hint string
	Err  error
}

// Error gives the sentence and, in it, what the system said.
func (f *Fault) Error() string {
	if f.Err == nil {
		return f.What + "; " + f.Hint
	}
	return f.What + " (" + f.Err.Error() + "); " + f.Hint
}

// Unwrap gives what the system said.
func (f *Fault) Unwrap() error { return f.Err }

// ErrNotFound is returned where something was asked for that the store has not.
var ErrNotFound = errors.New("the store does not hold it")

// explain says what was being done and, for the failures that people meet,
// what they can do. Cancelling is passed on as it is.
func explain(doing string, err error) error {
	var fault *Fault
	switch {
	case err == nil:
		return nil
	case errors.As(err, &fault), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	}
	what, hint := diagnose(err)
	return &Fault{What: what + " while " + doing, Hint: hint, Err: err}
}

// diagnose turns a failure of the database or the file system into words.
func diagnose(err error) (what, hint string) {
	const whole = "nothing of it was kept; what was there before is whole"
	code := sqliteCode(err)
	switch {
	case code == lib.SQLITE_FULL || errors.Is(err, syscall.ENOSPC):
		return "the disk is full", "make room on it and run the command again; " + whole
	case code == lib.SQLITE_READONLY || errors.Is(err, syscall.EROFS):
		return "the database cannot be written", "check that the file and its folder are not write-protected; " + whole
	case code == lib.SQLITE_BUSY || code == lib.SQLITE_LOCKED:
		return "another Clarion is writing to the database", "wait for it to finish and run the command again; " + whole
	case code == lib.SQLITE_CANTOPEN:
		return "the database cannot be opened", "check that its folder exists and that you may write to it"
	case code == lib.SQLITE_CORRUPT || code == lib.SQLITE_NOTADB:
		return "the database is damaged or is no database", "put the file aside and run clarion restore with the last backup"
	case code == lib.SQLITE_IOERR:
		return "the disk did not do what was asked", "check the disk and the room left on it; " + whole
	case code == lib.SQLITE_CONSTRAINT:
		return "the database refused a change that would break a promise of the ledger", "this is a fault in Clarion: please report it; " + whole
	case errors.Is(err, fs.ErrPermission):
		return "the file may not be used", "check who owns it and its folder"
	}
	return "something failed", "run the command again; " + whole
}

// sqliteCode is the primary result code of SQLite, or 0.
func sqliteCode(err error) int {
	var e *sqlite.Error
	if errors.As(err, &e) {
		return e.Code() & 0xff
	}
	return 0
}

func isBusy(err error) bool {
	c := sqliteCode(err)
	return c == lib.SQLITE_BUSY || c == lib.SQLITE_LOCKED
}

func isNotFound(err error) bool { return errors.Is(err, ErrNotFound) }
