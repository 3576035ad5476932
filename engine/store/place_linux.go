package store

import (
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// remote says what kind of network file system holds a folder, if one does.
func remote(folder string) string {
	var fs unix.Statfs_t
	if unix.Statfs(folder, &fs) != nil {
		return "" // opening the file will say what is wrong
	}
	switch uint32(fs.Type) {
	case unix.NFS_SUPER_MAGIC:
		return "a network drive (NFS)"
	case unix.SMB_SUPER_MAGIC, unix.SMB2_SUPER_MAGIC, unix.CIFS_SUPER_MAGIC:
		return "a network drive (Windows sharing)"
	case unix.AFS_SUPER_MAGIC, unix.CODA_SUPER_MAGIC, unix.CEPH_SUPER_MAGIC:
		return "a network drive"
	case unix.FUSE_SUPER_MAGIC:
		mounts, err := os.ReadFile("/proc/self/mountinfo")
		if err == nil && onLocalDisk(string(mounts), folder) {
			return ""
		}
		return "a drive that another program provides (FUSE)"
	}
	return ""
}

// onLocalDisk reports whether the nearest mount above a folder is a disk that a
// program drives ("fuseblk": how a USB stick from Windows is read).
func onLocalDisk(mounts, folder string) bool {
	best, local := -1, false
	for line := range strings.Lines(mounts) {
		before, after, ok := strings.Cut(line, " - ")
		fields, kinds := strings.Fields(before), strings.Fields(after)
		if !ok || len(fields) < 5 || len(kinds) == 0 {
			continue
		}
		at := strings.ReplaceAll(fields[4], `\040`, " ")
		under := folder == at || strings.HasPrefix(folder, strings.TrimSuffix(at, "/")+"/")
		if under && len(at) >= best {
			best, local = len(at), kinds[0] == "fuseblk"
		}
	}
	return local
}
