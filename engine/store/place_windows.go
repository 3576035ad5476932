package store

import (
	"path/filepath"

	"golang.org/x/sys/windows"
)

// remote says what kind of network drive holds a folder, if one does.
func remote(folder string) string {
	volume := filepath.VolumeName(folder)
	if len(volume) > 2 && volume[:2] == `\\` {
		return "a network drive"
	}
	root, err := windows.UTF16PtrFromString(volume + `\`)
	if err != nil {
		return "" // opening the file will say what is wrong
	}
	if windows.GetDriveType(root) == windows.DRIVE_REMOTE {
		return "a network drive"
	}
	return ""
}
