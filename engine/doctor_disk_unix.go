//go:build linux || darwin

package engine

import "golang.org/x/sys/unix"

// roomAt is how many bytes may still be written in a folder.
func roomAt(folder string) (uint64, error) {
	var at unix.Statfs_t
	if err := unix.Statfs(folder, &at); err != nil {
		return 0, err
	}
	return at.Bavail * uint64(at.Bsize), nil
}
