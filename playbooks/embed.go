// Package playbooks is what ships with the program: the library of playbooks
// by role, with their letters and tests; the shapes of the datasets (data);
// the dated figures of the law and the bank holidays (law); and the table of
// roles.
package playbooks

import (
	"embed"
	"io/fs"
)

//go:embed roles.yaml promotion.yaml */*.yaml */*/*.md
var library embed.FS

// Library is everything that ships, as playbook.Load reads it.
var Library fs.FS = library
