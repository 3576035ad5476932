package lockfile

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// Take takes the lock of an open file without waiting, or answers ErrTaken. It
// ends when the file is closed, also by the end of the process.
func Take(f *os.File) error {
	err := windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY,
		0, 1, 0, &windows.Overlapped{})
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) || errors.Is(err, windows.ERROR_IO_PENDING) {
		return ErrTaken
	}
	return err
}

// SyncFolder does nothing: Windows keeps names with their files.
func SyncFolder(string) error { return nil }
