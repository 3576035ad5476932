package engine

import (
	"context"
	"errors"
	"io/fs"

	"github.com/clarion-clp/clarion/engine/store"
)

// What the store keeps, as the verbs give it.
type (
	// An ImportRecord is one import.
	ImportRecord = store.ImportRecord
	// A ProblemRow is a row or a cell of an import that could not be read.
	ProblemRow = store.ProblemRow
	// A ForgetItem is one kind of thing that is held on a person, and what becomes
	// of it.
	ForgetItem = store.ForgetItem
	// A Sitting is for whom somebody signed in to the console.
	Sitting = store.Sitting
)

// Missing reports whether a verb failed because what was asked for is not there.
func Missing(err error) bool { return errors.Is(err, store.ErrNotFound) }

// Ours reports whether a verb failed for a reason that is not for people: the
// disk, the database, an end that came too early. All other errors are sentences.
func Ours(err error) bool {
	var fault *store.Fault
	if errors.As(err, &fault) {
		return fault.Err != nil
	}
	var path *fs.PathError
	return errors.As(err, &path) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}
