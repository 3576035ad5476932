package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestTheDiskIsFull fills a real, small file system. Where none may be mounted
// it fills a database that is held small: the same code answers both.
func TestTheDiskIsFull(t *testing.T) {
	folder := t.TempDir()
	var s *Store
	var free func()
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "size=3m"); err == nil {
		t.Cleanup(func() { syscall.Unmount(folder, syscall.MNT_DETACH) })
		ballast := filepath.Join(folder, "ballast")
		if err := os.WriteFile(ballast, make([]byte, 1<<20), 0o600); err != nil {
			t.Fatal(err)
		}
		s = open(t, filepath.Join(folder, "clarion.db"))
		free = func() {
			if err := os.Remove(ballast); err != nil {
				t.Fatal(err)
			}
		}
	} else {
		s = open(t, filepath.Join(folder, "clarion.db"))
		if _, err := s.write.Exec(`pragma max_page_count = 300`); err != nil {
			t.Fatal(err)
		}
		free = func() { s.write.Exec(`pragma max_page_count = 330`) }
	}
	fullDisk(t, s, free)
}

func TestLocalDisks(t *testing.T) {
	mounts := strings.Join([]string{
		`22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw`,
		`40 22 8:17 / /media/my\040stick rw - fuseblk /dev/sdb1 rw`,
		`41 22 0:40 / /home/ann/server rw - fuse.sshfs ann@example.org: rw`,
	}, "\n")
	for folder, want := range map[string]bool{"/media/my stick/clarion": true, "/home/ann/server": false, "/home/ann/server/x": false, "/home/ann/serverless": false} {
		if got := onLocalDisk(mounts, folder); got != want {
			t.Errorf("onLocalDisk(%s) = %t", folder, got)
		}
	}
	if kind := remote(os.TempDir()); kind != "" {
		t.Errorf("the folder of temporary files is on %s", fmt.Sprint(kind))
	}
}

// TestAReadOnlyDisk looks at a store on a disk that cannot be written, such as
// a backup on a disc. Where none may be mounted the folder is locked instead,
// which holds for everybody but the superuser, who may mount one.
func TestAReadOnlyDisk(t *testing.T) {
	folder := t.TempDir()
	mounted := syscall.Mount("tmpfs", folder, "tmpfs", 0, "size=8m") == nil
	path := filepath.Join(folder, "clarion.db")
	s := open(t, path)
	id := propose(t, s, 17, words("ann@example.org", "Dear Ann"))
	s.Close()
	if mounted {
		t.Cleanup(func() { syscall.Unmount(folder, syscall.MNT_DETACH) })
		if err := syscall.Mount("tmpfs", folder, "tmpfs", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
			t.Fatal(err)
		}
	} else {
		t.Cleanup(func() { os.Chmod(folder, 0o700) })
		if err := os.Chmod(folder, 0o500); err != nil {
			t.Fatal(err)
		}
	}
	r := open(t, path, func(o *Options) { o.ReadOnly = true })
	view(t, r, func(tx *Tx) error {
		_, err := tx.Content(id)
		return err
	})
	_, err := Open(context.Background(), path, Options{Now: fixed})
	var fault *Fault
	if !errors.As(err, &fault) || fault.Hint == "" {
		t.Errorf("opened for writing: %v", err)
	}
}
