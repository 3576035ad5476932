package playbook

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
)

// A shelf is a library in memory, of which one file may read otherwise.
type shelf struct {
	files map[string][]byte // never changed
	names []string          // sorted
	name  string            // the file that reads otherwise
	data  []byte
}

// only takes what one playbook and its tests rest on out of a library: a
// smaller one loads faster. Without a name it takes all.
func only(library fs.FS, name string) (*shelf, error) {
	s := &shelf{files: map[string][]byte{}}
	err := fs.WalkDir(library, ".", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		dir, base := path.Split(file)
		own := strings.TrimSuffix(strings.TrimSuffix(base, ".yaml"), ".test") == name || path.Base(dir) == name
		if dir != "" && dir != "data/" && dir != "law/" && !own {
			return nil
		}
		data, err := fs.ReadFile(library, file)
		s.files[file] = data
		s.names = append(s.names, file)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the library: %w", err)
	}
	slices.Sort(s.names)
	return s, nil
}

// with is the shelf with another text of one file.
func (s *shelf) with(name string, data []byte) *shelf {
	c := *s
	c.name, c.data = name, data
	return &c
}

// ReadFile gives the text of a file.
func (s *shelf) ReadFile(name string) ([]byte, error) {
	if name == s.name {
		return slices.Clone(s.data), nil
	}
	data, ok := s.files[name]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return slices.Clone(data), nil
}

// ReadDir lists a folder.
func (s *shelf) ReadDir(name string) ([]fs.DirEntry, error) {
	prefix := name + "/"
	if name == "." {
		prefix = ""
	}
	var list []fs.DirEntry
	for _, file := range s.names {
		rest, in := strings.CutPrefix(file, prefix)
		if !in {
			continue
		}
		first, _, deeper := strings.Cut(rest, "/")
		if n := len(list); n > 0 && list[n-1].Name() == first {
			continue
		}
		if deeper {
			list = append(list, fs.FileInfoToDirEntry(shelved{name: first, dir: true}))
			continue
		}
		data, _ := s.ReadFile(file)
		list = append(list, fs.FileInfoToDirEntry(shelved{name: first, size: int64(len(data))}))
	}
	slices.SortFunc(list, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	if list == nil && name != "." {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: fs.ErrNotExist}
	}
	return list, nil
}

// Open opens a file or a folder.
func (s *shelf) Open(name string) (fs.File, error) {
	if data, err := s.ReadFile(name); err == nil {
		return &openShelved{shelved{name: path.Base(name), size: int64(len(data))}, bytes.NewReader(data)}, nil
	}
	list, err := s.ReadDir(name)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return &openFolder{openShelved{shelved{name: path.Base(name), dir: true}, strings.NewReader("")}, list}, nil
}

// shelved describes a file or a folder of a shelf.
type shelved struct {
	name string
	dir  bool
	size int64
}

func (i shelved) Name() string       { return i.name }
func (i shelved) Size() int64        { return i.size }
func (i shelved) ModTime() time.Time { return time.Time{} }
func (i shelved) IsDir() bool        { return i.dir }
func (i shelved) Sys() any           { return nil }
func (i shelved) Mode() fs.FileMode {
	if i.dir {
		return fs.ModeDir | 0o555
	}
	return 0o444
}

// openShelved is one that is open.
type openShelved struct {
	shelved
	io.Reader
}

func (f *openShelved) Stat() (fs.FileInfo, error) { return f.shelved, nil }
func (f *openShelved) Close() error               { return nil }

// openFolder is a folder that is open, with what is not yet listed of it.
type openFolder struct {
	openShelved
	left []fs.DirEntry
}

// Read refuses: a folder has no text.
func (f *openFolder) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: f.name, Err: fs.ErrInvalid}
}

// ReadDir lists the next n, or all.
func (f *openFolder) ReadDir(n int) ([]fs.DirEntry, error) {
	if n <= 0 {
		n = len(f.left)
	} else if len(f.left) == 0 {
		return nil, io.EOF
	}
	n = min(n, len(f.left))
	list := f.left[:n]
	f.left = f.left[n:]
	return list, nil
}

// Swapped is a library in which some files read otherwise; a file without a text
// is not there.
func Swapped(library fs.FS, files map[string]string) (fs.FS, error) {
	s := &shelf{files: map[string][]byte{}}
	err := fs.WalkDir(library, ".", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if _, other := files[file]; !other {
			s.files[file], err = fs.ReadFile(library, file)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the library: %w", err)
	}
	for file, text := range files {
		if text != "" {
			s.files[file] = []byte(text)
		}
	}
	s.names = sortedNames(s.files)
	return s, nil
}
