package store

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// shared are the folders of programs that copy files between computers, as the
// beginning of the folder's name in small letters.
var shared = []struct{ folder, program string }{
	{"dropbox", "Dropbox"},
	{"onedrive", "OneDrive"},
	{"google drive", "Google Drive"},
	{"googledrive", "Google Drive"},
	{"googlefs", "Google Drive"},
	{"icloud", "iCloud"},
	{"iclouddrive", "iCloud"},
	{"pclouddrive", "pCloud"},
	{"mobile documents", "iCloud"},
	{"com~apple~clouddocs", "iCloud"},
	{"cloudstorage", "a cloud drive"},
	{"nextcloud", "Nextcloud"},
	{"owncloud", "ownCloud"},
	{"pcloud", "pCloud"},
	{"box sync", "Box"},
	{"syncthing", "Syncthing"},
}

// checkPlace refuses a file in a folder that is shared between computers: two
// of them would write it, and the log beside it would not travel with it.
func checkPlace(path string) error {
	if why := Shared(path); why != "" {
		return refusePlace(path, why)
	}
	return nil
}

// Shared says how other computers have a hand in a file or folder, as far as
// that can be seen ("is copied between computers by Dropbox"); nothing: they
// have none.
func Shared(path string) string {
	folder := existing(filepath.Dir(path))
	for _, p := range []string{path, folder} {
		if program := sharing(p); program != "" {
			return "is copied between computers by " + program
		}
	}
	if kind := remote(folder); kind != "" {
		return "is on " + kind
	}
	return ""
}

func refusePlace(path, why string) error {
	return &Fault{What: fmt.Sprintf("the database cannot be kept at %s, which %s: letters could go out twice, or be forgotten", path, why),
		Hint: "keep it on this computer's own disk, and copy it with clarion backup"}
}

// sharing names the program that copies a path between computers, if its name
// shows one.
func sharing(path string) string {
	for _, part := range strings.FieldsFunc(path, func(r rune) bool { return r == '/' || r == '\\' }) {
		part = strings.ToLower(part)
		for _, s := range shared {
			if rest, ok := strings.CutPrefix(part, s.folder); ok && (rest == "" || !letterOrDigit(rest[0])) {
				return s.program
			}
		}
	}
	return ""
}

func letterOrDigit(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= '0' && b <= '9'
}

// existing is the nearest folder that is there, with its links followed.
func existing(folder string) string {
	for {
		if real, err := filepath.EvalSymlinks(folder); err == nil {
			return real
		}
		up := filepath.Dir(folder)
		if up == folder {
			return folder
		}
		if _, err := os.Lstat(folder); err == nil {
			return folder // a link that leads nowhere: opening it will say so
		}
		folder = up
	}
}
