package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/store"
)

// The room on a disk below which nothing more can be relied on, and below which
// somebody should know. A backup needs as much as the database again.
const (
	noRoom     = 64 << 20
	littleRoom = 512 << 20
)

// places looks at the folder, the database's file, the files with passwords, and
// at the disks under them.
func (d *doctor) places(context.Context) error {
	d.private("Folder", d.Folder, "It holds members' lists: ")
	if why := store.Shared(filepath.Join(d.Folder, "constituency.yaml")); why != "" {
		d.doubt("Shared", "see that only officers who may see the lists are let into it; the database is elsewhere, and must be",
			"The folder %s.", why)
	}
	d.private("Database file", d.Store.Path(), "It holds all that is known of members: ")
	for _, x := range d.Secrets {
		d.secret(x)
	}
	d.room()
	return nil
}

// secret looks at a file that nobody else may read.
func (d *doctor) secret(x Secret) {
	name := dataset.Plain(filepath.Base(x.Path))
	info, err := os.Stat(x.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		d.unwell(x.Name, x.Make, "The file %s is not there.", name)
		return
	case err != nil || !info.Mode().IsRegular():
		d.unwell(x.Name, x.Make+", once you have moved away what is there", "%s cannot be read as a file.", name)
		return
	case info.Size() == 0:
		d.unwell(x.Name, x.Make, "The file %s is empty.", name)
		return
	}
	d.private(x.Name, x.Path, "It "+x.Does+": ")
	if why := store.Shared(x.Path); why != "" {
		d.doubt(x.Name, "keep it elsewhere, and give its whole path in constituency.yaml", "The file %s %s, and so is on all of those computers.", name, why)
	}
}

// private looks whether others who use this computer can get at a file or folder.
func (d *doctor) private(about, path, holds string) {
	name := dataset.Plain(path)
	if runtime.GOOS == "windows" {
		d.well(about, "%s. Windows says who may open it: its properties, Security.", name)
		return
	}
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		real = path
	}
	info, err := os.Stat(real)
	if err != nil {
		d.unwell(about, "check the path", "%s cannot be looked at.", name)
		return
	}
	mode := info.Mode().Perm()
	right := "600"
	if info.IsDir() {
		right = "700"
	}
	hint := fmt.Sprintf("chmod %s %q", right, name)
	switch {
	case mode&0o077 == 0:
		d.well(about, "%s: only you can open it.", name)
	case closed(filepath.Dir(real)):
		d.well(about, "%s: only you can come to it.", name)
	case mode&0o022 != 0:
		d.unwell(about, hint, "%sothers on this computer can change %s.", holds, name)
	default:
		d.unwell(about, hint, "%sothers on this computer can read %s.", holds, name)
	}
}

// closed tells that others are kept out by a folder somewhere above.
func closed(folder string) bool {
	for {
		info, err := os.Stat(folder)
		if err == nil && info.Mode().Perm()&0o011 == 0 {
			return true
		}
		up := filepath.Dir(folder)
		if up == folder {
			return false
		}
		folder = up
	}
}

// room looks at the disks.
func (d *doctor) room() {
	at := filepath.Dir(d.Store.Path())
	free, err := roomAt(at)
	var file int64
	if info, err := os.Stat(d.Store.Path()); err == nil {
		file = info.Size()
	}
	most := uint64(max(3*file, littleRoom))
	if there, wrong := roomAt(d.Folder); wrong == nil && (err != nil || there < free) {
		at, free, err = d.Folder, there, nil
	}
	at = dataset.Plain(at)
	const hint = "delete or move away what is not needed there"
	switch {
	case errors.Is(err, errors.ErrUnsupported):
	case err != nil:
		d.doubt("Disk", "look yourself", "Nobody can say how much room there is in %s.", at)
	case free < max(noRoom, uint64(2*file)):
		d.unwell("Disk", hint, "Only %s are free in %s: a pass could not be written down.", gigabytes(free), at)
	case free < most:
		d.doubt("Disk", hint, "Only %s are free in %s.", gigabytes(free), at)
	default:
		d.well("Disk", "%s are free.", gigabytes(free))
	}
}

func gigabytes(n uint64) string {
	if n < 1<<30 {
		return fmt.Sprintf("%d MB", n>>20)
	}
	return fmt.Sprintf("%.1f GB", float64(n)/(1<<30))
}
