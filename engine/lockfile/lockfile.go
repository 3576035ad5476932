// Package lockfile takes locks that end with the process, and makes new names in
// folders durable, on each system in its own way.
package lockfile

import "errors"

// ErrTaken says that another process has the lock.
var ErrTaken = errors.New("locked by another process")
