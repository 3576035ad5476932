package playbook

import (
	"io/fs"
	"strings"

	"gopkg.in/yaml.v3"
)

// anID is what the id of a constituency looks like: the name of a folder, on any
// system.
const anID = `^[^./\\:*?"<>|\s][^/\\:*?"<>|]{1,78}[^./\\:*?"<>|\s]$`

// isID reports what anID says.
func isID(s string) bool {
	n := len([]rune(s))
	return n >= 3 && n <= 80 && !strings.ContainsAny(s, `/\:*?"<>|`) && strings.Trim(s, ". \t\r\n\u00a0") == s
}

// ID is the id that the constituency of a folder has given itself, or empty. It
// is asked for before anything else of the folder is, and whatever else is wrong
// with it.
func ID(own fs.FS) string {
	body, err := fs.ReadFile(own, constituencyFile)
	var said struct {
		ID yaml.Node `yaml:"id"`
	}
	if err != nil || len(body) > maxFile || yaml.Unmarshal(body, &said) != nil || said.ID.Kind != yaml.ScalarNode || !isID(said.ID.Value) {
		return ""
	}
	return said.ID.Value
}
