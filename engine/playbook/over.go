package playbook

import "io/fs"

// Over is a folder in which some files stand that are not written yet, or read
// otherwise: so that a change can be tried before it is made.
func Over(under fs.FS, files map[string]string) fs.FS {
	s := &shelf{files: make(map[string][]byte, len(files)), names: sortedNames(files)}
	for name, text := range files {
		s.files[name] = []byte(text)
	}
	return over{s, under}
}

type over struct {
	top   *shelf
	under fs.FS
}

// Open opens a file.
func (o over) Open(name string) (fs.File, error) {
	if _, ok := o.top.files[name]; ok {
		return o.top.Open(name)
	}
	return o.under.Open(name)
}
