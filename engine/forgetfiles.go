package engine

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/store"
)

// Letters that were written once lie in files of the constituency's folder, whose
// conditions may name a person. Of somebody who is forgotten the names, numbers
// and addresses are taken out of them: a letter that was written once goes to
// nobody whom it did not choose on its day, so that other words in its condition
// can only take its unsent letters away.

// forgotten stands where a person's name stood.
const forgotten = "forgotten"

// namesOf are the texts of a record by which a person is named in a condition or
// a letter.
func namesOf(t *dataset.Table, r *dataset.Row) []string {
	text := func(column string) string {
		v, _ := r.Get(t.Schema, column)
		if v.IsBlank() {
			return ""
		}
		return strings.TrimSpace(v.S)
	}
	all := []string{r.Key, text("name"), text("email"), text("phone")}
	if first, last := text("first_name"), text("last_name"); first != "" && last != "" {
		all = append(all, first+" "+last)
	}
	for _, s := range slices.Clone(all) {
		all = append(all, strings.ReplaceAll(s, "'", "''")) // as it is quoted in YAML
	}
	all = slices.DeleteFunc(all, func(s string) bool { return len(s) < 2 })
	slices.SortFunc(all, func(a, b string) int { return len(b) - len(a) })
	return slices.Compact(all)
}

// forgetInFiles takes texts out of the files of letters that were written once, or
// only counts the files that have one.
func (e *Engine) forgetInFiles(texts []string, really bool) ([]store.ForgetItem, error) {
	if len(texts) == 0 {
		return nil, nil
	}
	quoted := make([]string, len(texts))
	for i, s := range texts {
		quoted[i] = regexp.QuoteMeta(s)
	}
	named := regexp.MustCompile(`(?i)(^|[^\pL\pN_])(?:` + strings.Join(quoted, "|") + `)($|[^\pL\pN_])`)
	root, err := os.OpenRoot(e.Folder)
	if err != nil {
		return nil, fmt.Errorf("opening the folder: %s", reason(err))
	}
	defer func() { _ = root.Close() }()
	n := 0
	err = fs.WalkDir(root.FS(), onceFolder, func(name string, d fs.DirEntry, err error) error {
		ext := path.Ext(name)
		if err != nil || d.IsDir() || ext != ".yaml" && ext != ".md" {
			return nil
		}
		was, err := root.ReadFile(name)
		if err != nil {
			return fmt.Errorf("reading %s: %s", dataset.Plain(name), reason(err))
		}
		now := named.ReplaceAll(was, []byte("${1}"+forgotten+"${2}"))
		now = named.ReplaceAll(now, []byte("${1}"+forgotten+"${2}")) // of two side by side the second
		if string(now) == string(was) {
			return nil
		}
		if n++; !really {
			return nil
		}
		if err := place(root, name, now); err != nil {
			return fmt.Errorf("%s still names them, and cannot be written: %s", dataset.Plain(name), reason(err))
		}
		return nil
	})
	if n == 0 || err != nil {
		return nil, err
	}
	return []store.ForgetItem{{What: "files of letters that were written once and name them", Count: n, Why: "the name is taken out"}}, nil
}
