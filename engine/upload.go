package engine

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// A file that comes by a page lies in a folder of its own, which nobody else can
// read, until a person has seen what is different in it and has said yes or no.
// It is hidden, so that no pass takes anything from it. What was said yes to is
// kept in the database, as of any list; the file itself is deleted either way,
// for whoever brought it has it still.
const uploadFolder = ".uploads"

// MostUpload is how large a file may be that comes by a page.
const MostUpload = 20 << 20

// UploadHolds is how long a file waits for the word of whoever brought it.
const UploadHolds = time.Hour

// Faults of a file that came by a page.
var (
	ErrEmptyFile = errors.New("the file is empty. Export the list again, and look into the file before you bring it")
	ErrLargeFile = fmt.Errorf("the file is larger than %d MB, which no list of a constituency is. Is it the right one? A list with pictures or other sheets in it is smaller when it is saved as CSV", MostUpload>>20)
	// ErrUploadGone says that a file does not wait any more: an hour has passed, or
	// it was taken or thrown away.
	ErrUploadGone = errors.New("the file does not wait here any more: it was taken or thrown away, or nobody decided within an hour. Bring it again")
)

// An Upload is a file that came by a page and waits.
type Upload struct {
	ID     string // of its folder, which says when it came; nobody can guess it
	Name   string // as it is shown and remembered
	SHA256 string
	Size   int64
	At     time.Time
}

// Stage keeps a file that came by a page. Its name may be anything. What cannot
// be kept whole is not kept at all.
func (e *Engine) Stage(name string, from io.Reader) (u Upload, err error) {
	u = Upload{Name: safeName(name), At: e.Now()}
	id := make([]byte, 16)
	if _, err := rand.Read(id); err != nil {
		return u, fmt.Errorf("making a name for the file: %w", err)
	}
	u.ID = strconv.FormatInt(u.At.Unix(), 36) + "-" + hex.EncodeToString(id)
	root, err := os.OpenRoot(e.Folder)
	if err != nil {
		return u, fmt.Errorf("opening the folder: %s", reason(err))
	}
	defer func() { _ = root.Close() }()
	folder := path.Join(uploadFolder, u.ID)
	if err := root.MkdirAll(folder, 0o700); err != nil {
		return u, fmt.Errorf("making a folder for the file: %s", reason(err))
	}
	defer func() {
		if err != nil {
			_ = root.RemoveAll(folder)
		}
	}()
	file := path.Join(folder, u.Name)
	f, err := root.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return u, fmt.Errorf("keeping the file: %s", reason(err))
	}
	sum := sha256.New()
	u.Size, err = io.Copy(io.MultiWriter(f, sum), io.LimitReader(from, MostUpload+1))
	if closed := f.Close(); err == nil {
		err = closed
	}
	switch {
	case err != nil:
		return u, fmt.Errorf("the file did not come whole: %w", err)
	case u.Size > MostUpload:
		return u, ErrLargeFile
	case u.Size == 0:
		return u, ErrEmptyFile
	}
	u.SHA256 = hex.EncodeToString(sum.Sum(nil))
	_ = root.Chtimes(file, u.At, u.At) // against which years of two figures are read
	return u, nil
}

// StageWaiting keeps a copy of a file that lies in the constituency's folder and
// that no pass took: of a list's own place, or one by its name.
func (e *Engine) StageWaiting(ctx context.Context, list, file string) (Upload, error) {
	if file == "" {
		imp, err := e.Prepare(ctx, list, "")
		if err != nil {
			return Upload{}, err
		}
		file = imp.Reading.File
	}
	root, err := os.OpenRoot(e.Folder)
	if err != nil {
		return Upload{}, fmt.Errorf("opening the folder: %s", reason(err))
	}
	defer func() { _ = root.Close() }()
	f, err := root.Open(file)
	if err != nil {
		return Upload{}, fmt.Errorf("opening the file: %s", reason(err))
	}
	defer func() { _ = f.Close() }()
	return e.Stage(path.Base(filepath.ToSlash(file)), f)
}

// Unstage deletes a file that came by a page.
func (e *Engine) Unstage(id string) error {
	if staged(id).IsZero() {
		return nil // the name of no upload
	}
	root, err := os.OpenRoot(e.Folder)
	if err != nil {
		return fmt.Errorf("opening the folder: %s", reason(err))
	}
	defer func() { _ = root.Close() }()
	if err := root.RemoveAll(path.Join(uploadFolder, id)); err != nil {
		return fmt.Errorf("deleting the file: %s", reason(err))
	}
	return nil
}

// Sweep deletes what came by a page no later than a moment.
func (e *Engine) Sweep(until time.Time) error {
	entries, err := os.ReadDir(filepath.Join(e.Folder, uploadFolder))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, d := range entries {
		if at := staged(d.Name()); !at.IsZero() && !at.After(until) {
			err = errors.Join(err, e.Unstage(d.Name()))
		}
	}
	return err
}

// staged is when the upload of a name came; zero: it is the name of none.
func staged(id string) time.Time {
	at, random, ok := strings.Cut(id, "-")
	seconds, err := strconv.ParseInt(at, 36, 64)
	if _, bad := hex.DecodeString(random); !ok || err != nil || bad != nil || len(random) != 32 {
		return time.Time{}
	}
	return time.Unix(seconds, 0)
}

// place is where an upload lies.
func (u Upload) place(e *Engine) string { return filepath.Join(e.Folder, uploadFolder, u.ID, u.Name) }

// isUpload reports whether a place within the constituency's folder is one of an
// upload.
func isUpload(in string) bool { return strings.HasPrefix(filepath.ToSlash(in), uploadFolder+"/") }

// uploadedAs is what is remembered of where an upload lay: it lies nowhere any
// more, and no pass is to look for it.
const uploadedAs = "uploaded/"

// ListOf says of which list an upload is, as the inbox would; an error that says
// why it cannot.
func (e *Engine) ListOf(ctx context.Context, u Upload) (string, error) {
	if e.Recognise == nil {
		return "", errors.New("say which list it is")
	}
	name, err := e.Recognise(ctx, filepath.Dir(u.place(e)), u.Name, e.set)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", ErrUploadGone
	case err == nil && name == "":
		return "", errors.New("it is no list: it is a lock file, a half download, or a file of the computer's own")
	}
	return name, err
}

// PrepareUpload is PrepareAs for a file that came by a page.
func (e *Engine) PrepareUpload(ctx context.Context, name string, u Upload, as As) (*Import, error) {
	imp, err := e.PrepareAs(ctx, name, u.place(e), as)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrUploadGone
	}
	if err != nil {
		return nil, err
	}
	imp.Reading.File = uploadedAs + imp.Reading.File
	imp.table.File = imp.Reading.File
	return imp, nil
}

// LayPaper puts an upload where the papers of a list are read from, as the inbox
// does; it refuses what is no paper. The next pass reads it.
func (e *Engine) LayPaper(ctx context.Context, name string, u Upload) (string, error) {
	to := e.set.Constituency.Data[name].Folder
	if to == "" {
		return "", fmt.Errorf("the papers of %s are kept in no folder", dataset.Plain(name))
	}
	if is, err := e.ListOf(ctx, u); err != nil {
		return "", err
	} else if is != name {
		return "", fmt.Errorf("it is no paper, but of the list %s", dataset.Plain(is))
	}
	if _, err := os.Lstat(filepath.Join(e.Folder, to, u.Name)); err == nil {
		return "", errors.New("there is a paper of this name already. Give this one another name, and bring it again")
	}
	file := path.Join(filepath.ToSlash(to), u.Name)
	if err := e.move(path.Join(uploadFolder, u.ID, u.Name), file); err != nil {
		return "", err
	}
	return file, e.Unstage(u.ID)
}

// mostName is how many characters of a name are kept.
const mostName = 80

// safeName is a name under which a file can be kept anywhere and shown to
// anybody: without folders, without characters that control or hide, or mean
// something to a search for files, and not hidden. The day that a list's name has
// in it stays.
func safeName(name string) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	var b strings.Builder
	for _, r := range name {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), strings.ContainsRune(" -_.,()&+'", r):
			b.WriteRune(r)
		default:
			b.WriteByte('_')
		}
	}
	name = strings.TrimLeft(strings.TrimRight(b.String(), " ."), " ._~")
	ending := path.Ext(name)
	if len(ending) > 10 {
		ending = ""
	}
	stem := []rune(strings.TrimSuffix(name, ending))
	if len(stem) == 0 {
		stem = []rune("list")
	}
	return string(stem[:min(len(stem), mostName)]) + ending
}
