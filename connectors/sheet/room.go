package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
)

// A room is the constituency's folder. Nothing outside it can be opened
// through it, by a path with dots or by a link.
type room struct{ root *os.Root }

func openRoom(folder string) (*room, error) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, fmt.Errorf("the folder %s cannot be opened: %w", shown(folder), cause(err))
	}
	return &room{root}, nil
}

func (r *room) close() { _ = r.root.Close() }

// inside makes a path of the constituency's into one of the room.
func inside(name string) (string, error) {
	if filepath.IsAbs(name) || strings.HasPrefix(name, "/") || filepath.VolumeName(name) != "" {
		return "", fmt.Errorf("%s is not in the constituency's folder; put the file there and write its place from there, like data/members.csv", shown(name))
	}
	clean := path.Clean(strings.ReplaceAll(name, `\`, "/"))
	if clean == ".." || strings.HasPrefix(clean, "../") {
		return "", fmt.Errorf("%s leads out of the constituency's folder; put the file in it", shown(name))
	}
	return clean, nil
}

// newest is the file that a pattern names: of several the one with the latest
// date in its name or, for want of one, the latest change; of equals the
// latest change and then the last name.
func (r *room) newest(pattern string, clock calendar.Clock) (string, error) {
	pattern, err := inside(pattern)
	if err != nil {
		return "", err
	}
	if _, err := r.root.Stat(pattern); err == nil || !strings.ContainsAny(pattern, "*?[") {
		return pattern, nil
	}
	names, err := fs.Glob(r.root.FS(), pattern)
	if err != nil {
		return "", fmt.Errorf("%s is no pattern of file names; * stands for any letters", shown(pattern))
	}
	type candidate struct {
		name  string
		on    calendar.Date
		dated bool // in its name
		at    time.Time
	}
	var all []candidate
	for _, name := range names {
		if passedOver(path.Base(name)) != "" {
			continue
		}
		info, err := r.root.Stat(name)
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		c := candidate{name: name, at: info.ModTime()}
		on, dated := dateInName(name, referenceYear(c.at, clock))
		if c.on, c.dated = on, dated; !dated {
			zoned := clock
			if zoned.Zone == nil {
				zoned.Zone = time.UTC
			}
			c.on = zoned.Day(c.at)
		}
		all = append(all, c)
	}
	if _, err := fs.ReadDir(r.root.FS(), path.Dir(pattern)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("the folder %s cannot be read: %w", shown(path.Dir(pattern)), cause(err))
	}
	if len(all) == 0 {
		return "", &missing{fmt.Sprintf("no file matches %s; %s", shown(pattern), r.neighbours(path.Dir(pattern)))}
	}
	sort.Slice(all, func(i, j int) bool {
		a, b := all[i], all[j]
		switch {
		case a.dated != b.dated: // a copy without a date is not newer than the lists
			return a.dated
		case a.on != b.on:
			return a.on > b.on
		case !a.at.Equal(b.at):
			return a.at.After(b.at)
		}
		return a.name > b.name
	})
	return all[0].name, nil
}

// missing is the error of a file or folder that is not there; to callers it is
// fs.ErrNotExist.
type missing struct{ text string }

func (m *missing) Error() string { return m.text }
func (m *missing) Unwrap() error { return fs.ErrNotExist }

// unfinished is the error of a file that is not whole; to callers it is
// dataset.ErrUnfinished.
type unfinished struct{ text string }

func (u *unfinished) Error() string { return u.text }
func (u *unfinished) Unwrap() error { return dataset.ErrUnfinished }

// neighbours says what a folder has instead of the file that was not there.
func (r *room) neighbours(folder string) string {
	entries, err := fs.ReadDir(r.root.FS(), folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Sprintf("the folder %s cannot be read: %v", shown(folder), cause(err))
	}
	if err != nil {
		return "there is no folder " + shown(folder)
	}
	var names []string
	for _, e := range entries {
		if passedOver(e.Name()) == "" && !e.IsDir() && len(names) < 10 {
			names = append(names, shown(e.Name()))
		}
	}
	if len(names) == 0 {
		return "the folder " + shown(folder) + " has no files; save the export there"
	}
	return "the folder " + shown(folder) + " has " + strings.Join(names, ", ")
}

// read reads a file whole, unless it is larger than limit or changes while it
// is read.
func (r *room) read(name string, limit int64) ([]byte, time.Time, error) {
	fail := func(err error) ([]byte, time.Time, error) {
		return nil, time.Time{}, err
	}
	if why := passedOver(path.Base(name)); why != "" && why != hiddenFile {
		return fail(fmt.Errorf("%s is passed over: %s", shown(name), why))
	}
	before, err := r.root.Stat(name)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return fail(&missing{fmt.Sprintf("there is no file %s; %s", shown(name), r.neighbours(path.Dir(name)))})
		}
		return fail(fmt.Errorf("%s cannot be opened: %w", shown(name), cause(err)))
	}
	if !before.Mode().IsRegular() && !before.IsDir() {
		return fail(fmt.Errorf("%s is no plain file. If it lies in a folder that is kept in the cloud, it has not come down yet: open it once", shown(name)))
	}
	if before.IsDir() {
		return fail(fmt.Errorf("%s is not a file; write folder: instead of from: for a folder of documents", shown(name)))
	}
	if before.Size() > limit {
		return fail(fmt.Errorf("%s is larger than %d MB; check that it is the right file", shown(name), limit>>20))
	}
	f, err := r.root.Open(name)
	if err != nil {
		return fail(fmt.Errorf("%s cannot be opened: %w", shown(name), cause(err)))
	}
	defer func() { _ = f.Close() }()
	all := bytes.NewBuffer(make([]byte, 0, before.Size()+bytes.MinRead)) // all at once, and not in ever larger pieces
	_, err = all.ReadFrom(io.LimitReader(f, limit+1))
	data := all.Bytes()
	if err != nil {
		return fail(fmt.Errorf("%s cannot be read: %w", shown(name), cause(err)))
	}
	after, err := f.Stat()
	if err != nil || after.Size() != int64(len(data)) || after.Size() != before.Size() || !after.ModTime().Equal(before.ModTime()) {
		return fail(&unfinished{fmt.Sprintf("%s is being written at this moment; try again when the download or the copying is done", shown(name))})
	}
	return data, after.ModTime(), nil
}

// cause is what went wrong without the path, which the message has already.
func cause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		if p.Err != nil && strings.Contains(p.Err.Error(), "escapes") {
			return errors.New("it is a link that leads out of the constituency's folder; copy the file itself here")
		}
		return p.Err
	}
	return err
}

// Two reasons for which a file is passed over that also say that another may be
// on its way.
const (
	lockFile     = "a lock file: a document is open in a program"
	halfDownload = "a download that has not finished"
)

// passedOver says why a file is none of ours by its name; empty: it may be.
func passedOver(name string) string {
	lower := strings.ToLower(name)
	ends := func(endings ...string) bool {
		return slices.ContainsFunc(endings, func(e string) bool { return strings.HasSuffix(lower, e) })
	}
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(lower, w) })
	}
	switch {
	case strings.HasPrefix(name, "~$"), strings.HasPrefix(lower, ".~lock"):
		return lockFile
	case lower == "thumbs.db", lower == "ehthumbs.db", lower == "desktop.ini", lower == ".ds_store", lower == "icon\r", strings.HasPrefix(name, "._"):
		return "a file of the computer's own"
	case strings.HasPrefix(name, ".") && ends(".icloud"):
		return "it is in the cloud and not on this computer: open it once, so that it comes down"
	case has(".dropbox.", ".syncthing.", ".sb-", ".~tmp"), strings.HasPrefix(lower, ".dropbox"), strings.HasPrefix(lower, "~syncthing~"):
		return "a temporary file of a program that keeps folders the same"
	case strings.HasPrefix(name, "."):
		return hiddenFile
	case ends(".part", ".crdownload", ".download", ".partial", ".opdownload", ".filepart", ".aria2", ".!ut"):
		return halfDownload
	case has("conflicted copy", "case conflict", ".sync-conflict-"), strings.HasPrefix(lower, "conflict of "):
		return "a second version, which a program made that keeps folders the same: look which of the two is right, and give that the plain name"
	case ends(".gdoc", ".gsheet", ".gslides", ".url", ".lnk", ".webloc", ".desktop"):
		return "a link to a document and not the document: save a copy of that here"
	case ends(".tmp", ".temp", ".bak", "~"), strings.HasPrefix(name, "~"):
		return "a temporary file or a copy kept by a program"
	}
	return ""
}

// hiddenFile is passed over unless a person names it.
const hiddenFile = "a hidden file"

// inUse says that somebody may be writing a file at this moment, by what lies
// beside it.
func (r *room) inUse(name string) string {
	folder, base := path.Split(name)
	locks := []string{".~lock." + base + "#", "~$" + base}
	if runes := []rune(base); len(runes) > 8 { // Word puts its mark in the place of two letters
		locks = append(locks, "~$"+string(runes[2:]))
	}
	for _, lock := range locks {
		if _, err := r.root.Stat(folder + lock); err == nil {
			return "a program has it open (" + shown(lock) + " lies beside it)"
		}
	}
	for _, ending := range []string{".part", ".crdownload", ".download", ".partial", ".filepart"} {
		if _, err := r.root.Stat(folder + base + ending); err == nil {
			return "it is being downloaded (" + shown(base+ending) + " lies beside it)"
		}
	}
	return ""
}

// has reports whether there is a file of that name, links followed inside.
func (r *room) has(name string) bool {
	info, err := r.root.Stat(name)
	return err == nil && info.Mode().IsRegular()
}
