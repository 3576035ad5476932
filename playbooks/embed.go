// Package playbooks is what ships with the program: the library of playbooks
// by role, with their letters and tests; the shapes of the datasets (data);
// the dated figures of the law and the bank holidays (law); the table of roles;
// and the words by which officers look for a duty. README.md lists it all.
package playbooks

import (
	"embed"
	"io/fs"
)

//go:generate sh -c "go run ../cmd/clarion playbooks --markdown > README.md"
//go:generate go test ../cmd/clarion -run OfLists|OfTheLists -update

//go:embed roles.yaml promotion.yaml synonyms.yaml */*.yaml */*/*.md
var library embed.FS

// Library is everything that ships, as playbook.Load reads it.
var Library fs.FS = library
