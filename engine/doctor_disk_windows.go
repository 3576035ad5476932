package engine

import "golang.org/x/sys/windows"

// roomAt is how many bytes may still be written in a folder.
func roomAt(folder string) (uint64, error) {
	name, err := windows.UTF16PtrFromString(folder)
	if err != nil {
		return 0, err
	}
	var free uint64
	err = windows.GetDiskFreeSpaceEx(name, &free, nil, nil)
	return free, err
}
