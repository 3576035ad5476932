package main

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// A database lies in the user's own data folder, because one in a synchronised
// folder is damaged sooner or later, under the constituency's id, so that its
// folder can be moved. A folder without an id has one made of its path. Beside
// the database a note says where the folder was seen last.
const (
	databaseFile = "clarion.db"
	folderNote   = "folder.txt"
)

// newID makes an id: the constituency's name as far as it can be one, and some
// letters that no other has.
func newID(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() == 30 {
			break
		}
	}
	return strings.Trim(strings.TrimSuffix(b.String(), "-")+"-"+strings.ToLower(rand.Text()[:8]), "-")
}

// pathID is the id of a folder that has none of its own.
func pathID(folder string) string {
	h := sha256.Sum256([]byte(folder))
	return filepath.Base(folder) + "-" + hex.EncodeToString(h[:4])
}

// idOf is the id that a folder has, written down or not.
func idOf(folder string) (id string, written bool) {
	if id := playbook.ID(os.DirFS(folder)); id != "" {
		return id, true
	}
	return pathID(folder), false
}

// databasePath is where the database of a folder lies. A demo has its own beside
// its files, for it is thrown away with them.
func (s *session) databasePath(folder string) string {
	if s.Database != "" {
		return s.Database
	}
	if isDemo(folder) {
		return filepath.Join(folder, demoPart, databaseFile)
	}
	id, _ := idOf(folder)
	return filepath.Join(dataDir(), id, databaseFile)
}

// known makes sure that the database of a folder is that of this constituency,
// and notes where the folder is. Where that is in doubt nothing is done: an empty
// database would begin all anew, and send what was sent.
func (s *session) known(folder string) error {
	if s.Database != "" || isDemo(folder) {
		return nil
	}
	id, written := idOf(folder)
	home := filepath.Join(dataDir(), id)
	was := noted(home)
	switch {
	case was != "" && was != folder && sameID(was, id) && !sameFolder(was, folder):
		return fmt.Errorf("two folders say that they are the constituency %s: %s and %s. Nothing was done. If this is a copy to try things in, write another id into its constituency.yaml, such as id: %s, and then: clarion init --begin. If the folder was moved, delete the old one",
			id, dataset.Plain(was), dataset.Plain(folder), newID(filepath.Base(folder)))
	case exists(filepath.Join(home, databaseFile)) || was != "":
	case written && exists(filepath.Join(dataDir(), pathID(folder), databaseFile)):
		return fmt.Errorf("the database of this folder is known as %[1]s, and constituency.yaml says id: %[2]s. Nothing was done. Write there id: %[1]s",
			dataset.Plain(pathID(folder)), id)
	case written:
		return fmt.Errorf("constituency.yaml says id: %s, and there is no database of it on this computer. Nothing was done: an empty one could send again what was sent elsewhere. Bring its latest backup here: clarion restore FILE. If it never had a database: clarion init --begin", id)
	default:
		if lost := lostDatabases(folder); len(lost) > 0 {
			return fmt.Errorf("nothing is known yet of the folder %s, and there is the database of a folder that is no longer where it was: %s. Nothing was done. If this is that folder, moved, write into constituency.yaml id: %s. If it is another constituency: clarion init --begin",
				dataset.Plain(folder), dataset.Plain(strings.Join(lost, ", ")), dataset.Plain(lost[0]))
		}
	}
	if was == folder {
		return nil
	}
	return note(home, folder)
}

// note writes down where the folder of a database is.
func note(home, folder string) error {
	err := os.MkdirAll(home, 0o700)
	if err == nil {
		err = os.WriteFile(filepath.Join(home, folderNote), []byte(folder+"\n"), 0o600)
	}
	if err != nil {
		return fmt.Errorf("noting where the constituency's folder is: %w", err)
	}
	return nil
}

// begin notes a folder that has a constituency.yaml and is new to this computer.
func (s *session) begin(folder string) error {
	id, _ := idOf(folder)
	home := filepath.Join(dataDir(), id)
	if was := noted(home); exists(filepath.Join(home, databaseFile)) || was != "" && was != folder {
		return fmt.Errorf("there is a database of the constituency %s already. To begin another, write another id into constituency.yaml, such as id: %s", dataset.Plain(id), newID(filepath.Base(folder)))
	}
	if err := note(home, folder); err != nil {
		return err
	}
	return s.tell("The constituency %s begins on this computer with an empty database.", dataset.Plain(id))
}

// noted is where the folder of a database was seen last.
func noted(home string) string {
	text, err := os.ReadFile(filepath.Join(home, folderNote))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}

// sameID reports whether a folder is there and has an id.
func sameID(folder, id string) bool {
	if _, err := os.Stat(filepath.Join(folder, "constituency.yaml")); err != nil {
		return false
	}
	its, _ := idOf(folder)
	return its == id
}

// sameFolder reports two names of one folder.
func sameFolder(a, b string) bool {
	x, err := os.Stat(a)
	y, err2 := os.Stat(b)
	return err == nil && err2 == nil && os.SameFile(x, y)
}

// lostDatabases are those made for folders without an id that are no longer
// there, or of whose folder only the name is known, and that is the same.
func lostDatabases(folder string) []string {
	list, err := os.ReadDir(dataDir())
	if err != nil {
		return nil
	}
	var lost []string
	for _, d := range list {
		home := filepath.Join(dataDir(), d.Name())
		at := strings.LastIndexByte(d.Name(), '-')
		if at < 0 || !exists(filepath.Join(home, databaseFile)) {
			continue
		}
		was := noted(home)
		if was == "" && d.Name()[:at] == filepath.Base(folder) || was != "" && pathID(was) == d.Name() && !sameID(was, d.Name()) {
			lost = append(lost, d.Name())
		}
	}
	return lost
}
