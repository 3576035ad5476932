package store

import "strings"

// clearFiles empties the personal files that were made for the person and that
// no letter about others carries. The person is taken out of the tables that
// went to officers.
func (f *forgetting) clearFiles() error {
	mine, theirs := map[string]bool{}, map[string]bool{}
	for _, sha := range f.files {
		mine[sha] = true
	}
	var all []string
	err := f.each(`select message, sha256 from attachments where constituency = ? order by message, position`, []any{here}, func(scan func(...any) error) error {
		var id int64
		var sha string
		err := scan(&id, &sha)
		if f.linked[id] {
			mine[sha] = true
		} else {
			theirs[sha] = true
		}
		all = append(all, sha)
		return err
	})
	if err != nil {
		return err
	}
	kept, err := f.clearMine(mine, theirs)
	if err != nil {
		return err
	}
	redacted, done := 0, map[string]bool{}
	for _, sha := range all {
		if done[sha] || !theirs[sha] {
			continue
		}
		done[sha] = true
		clean, found, err := f.redactFile(sha)
		if err != nil {
			return err
		}
		if !found {
			continue
		}
		redacted++
		if mine[sha] {
			kept-- // it stays, without them
		}
		if f.writing {
			if err := f.replaceFile(sha, clean); err != nil {
				return err
			}
		}
	}
	f.did(redacted, "tables that went to officers and list them", "they are taken out")
	if kept > 0 {
		f.items = append(f.items, ForgetItem{What: "papers that were sent to others too", Count: kept, Kept: true,
			Why: "they are records of the party; look through them yourself"})
	}
	return nil
}

// clearMine empties files of the person's, and counts those that are kept.
func (f *forgetting) clearMine(mine, theirs map[string]bool) (kept int, err error) {
	cleared := 0
	for sha := range mine {
		var class string
		found, err := f.one(`select class from files where constituency = ? and sha256 = ? and erased is null`, []any{here, sha}, &class)
		if err != nil {
			return 0, err
		}
		if !found {
			continue
		}
		if class != KeepPersonal || theirs[sha] {
			kept++
			continue
		}
		cleared++
		if f.writing {
			if err := f.emptyFile(sha); err != nil {
				return 0, err
			}
		}
	}
	f.did(cleared, "files made for them", "cleared")
	return kept, nil
}

func (f *forgetting) emptyFile(sha string) error {
	return f.exec(`update files set body = null, erased = ? where constituency = ? and sha256 = ?`, f.at.UnixMicro(), here, sha)
}

// redactFile gives the text of a personal file without the person, and whether
// they were in it. Files that are not text, and documents, are none of these.
func (f *forgetting) redactFile(sha string) (string, bool, error) {
	var class, kind string
	found, err := f.one(`select class, media_type from files where constituency = ? and sha256 = ? and erased is null`, []any{here, sha}, &class, &kind)
	if err != nil || !found || class != KeepPersonal || !strings.HasPrefix(kind, "text/") {
		return "", false, err
	}
	text, _, err := f.File(sha)
	if err != nil {
		return "", false, err
	}
	clean, named := f.find.redact(string(text))
	return clean, named, nil
}

// replaceFile puts another text in the place of a file, in every letter.
func (f *forgetting) replaceFile(sha, text string) error {
	var kind string
	if _, err := f.one(`select media_type from files where constituency = ? and sha256 = ?`, []any{here, sha}, &kind); err != nil {
		return err
	}
	other, err := f.PutFile([]byte(text), kind, KeepPersonal)
	if err != nil {
		return err
	}
	if err := f.exec(`update attachments set sha256 = ?, size = ? where constituency = ? and sha256 = ?`, other, len(text), here, sha); err != nil {
		return err
	}
	return f.emptyFile(sha)
}
