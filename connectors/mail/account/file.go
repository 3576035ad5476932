package account

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"github.com/clarion-clp/clarion/engine/lockfile"
)

// kept is what a file of a log-in holds.
type kept struct {
	Registration
	User  string       `json:"user"`
	Since time.Time    `json:"since"`
	Token oauth2.Token `json:"token"`
}

// good tells that the access token can be used.
func (k kept) good() bool {
	return k.Token.AccessToken != "" && (k.Token.Expiry.IsZero() || time.Until(k.Token.Expiry) > fresh)
}

// read reads a file of a log-in.
func read(file string) (kept, error) {
	var k kept
	switch open, err := readable(file); {
	case errors.Is(err, fs.ErrNotExist):
		return k, &Fault{Text: "The mail account is not logged in: clarion mail login."}
	case err != nil:
		return k, unusable(err)
	case open:
		return k, &Fault{Text: "Others on this computer can read the file of the mail account's log-in, so it is not used. Make it yours alone (chmod 600 " + filepath.Base(file) + "), and log in again if somebody may have had it: clarion mail login."}
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return k, unusable(err)
	}
	if json.Unmarshal(b, &k) != nil || k.check() != nil || k.Token.RefreshToken == "" {
		return kept{}, &Fault{Text: "The file of the mail account's log-in is damaged. Log in again: clarion mail login."}
	}
	return k, nil
}

// readable tells that others than its owner can read a file. Windows has other
// means: there a file in one's own folder is one's own.
func readable(file string) (bool, error) {
	info, err := os.Stat(file)
	if err != nil {
		return false, err
	}
	return runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0, nil
}

// unusable is a fault of the disk, without the path.
func unusable(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	var link *os.LinkError
	if errors.As(err, &link) {
		err = link.Err
	}
	return &Fault{Text: "The file of the mail account's log-in cannot be used: " + err.Error() + "."}
}

// write puts a log-in on the disk.
func write(file string, k kept) error {
	b, err := json.MarshalIndent(k, "", "  ")
	if err != nil {
		return unusable(err)
	}
	return replace(file, append(b, '\n'))
}

// KeepPassword puts a password into a file that its owner alone can read. The
// spaces in which some providers show an app password are left out.
func KeepPassword(file, password string, spaces bool) error {
	if !spaces {
		password = strings.Join(strings.Fields(password), "")
	}
	if password == "" || strings.ContainsFunc(password, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return errors.New("that is no password: it is empty, or holds what cannot be typed")
	}
	return replace(file, []byte(password+"\n"))
}

// replace puts a file in the place of another, whole or not at all, readable by
// its owner alone.
func replace(file string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(file), ".log-in-*") // readable by its owner alone
	if err != nil {
		return unusable(err)
	}
	_, err = f.Write(content)
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(f.Name(), file)
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return unusable(err)
	}
	if err := lockfile.SyncFolder(filepath.Dir(file)); err != nil {
		return unusable(err)
	}
	return nil
}

// lock waits until no other process renews the log-in of a file.
func lock(ctx context.Context, file string) (unlock func(), err error) {
	f, err := os.OpenFile(file+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, unusable(err)
	}
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(time.Minute); ; {
		err := lockfile.Take(f)
		if err == nil {
			return func() { _ = f.Close() }, nil
		}
		if !errors.Is(err, lockfile.ErrTaken) {
			_ = f.Close()
			return nil, unusable(err)
		}
		select {
		case <-ctx.Done():
			_ = f.Close()
			return nil, ctx.Err()
		case <-tick.C:
		}
		if time.Now().After(end) {
			_ = f.Close()
			return nil, &Fault{Text: "Another program is renewing the log-in of the mail account, and does not come to an end.", temporary: true}
		}
	}
}
