package store

import "golang.org/x/sys/unix"

// remote says what kind of network file system holds a folder, if one does.
func remote(folder string) string {
	var fs unix.Statfs_t
	if unix.Statfs(folder, &fs) != nil {
		return "" // opening the file will say what is wrong
	}
	if fs.Flags&unix.MNT_LOCAL == 0 {
		return "a network drive"
	}
	return ""
}
