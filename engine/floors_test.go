package engine_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// module is what the paths of our own packages begin with.
const module = "github.com/clarion-clp/clarion/"

// floors is the house: a package imports only from floors below its own, and
// neighbours on one floor do not know each other. Calendar and spelling are
// known to all. A package that is not in the table fails the test: it is given
// its floor first.
var floors = map[string]int{
	"engine/spelling":         -2,
	"engine/calendar":         -1,
	"playbooks":               -1, // what ships: files, and nothing that runs
	"engine/dataset":          0,
	"engine/ledger":           0,
	"engine/condition":        1,
	"engine/letter":           1,
	"engine/playbook":         2,
	"engine/plan":             3,
	"engine/lockfile":         4,
	"engine/store":            4,
	"connectors/sheet":        4,
	"connectors/ics":          4,
	"connectors/mail":         4,
	"connectors/mail/account": 4,
	"connectors/mail/mailbox": 4,
	"connectors/mail/inbound": 4,
	"engine/document":         4, // words and pages of a plan, for the command and the console
	"engine/sample":           4, // makes files; the rooms it feeds do not know it
	"engine":                  5,
	"engine/console":          6,
	"cmd/clarion":             7,
}

// ours are imports between neighbours that the house allows, each for a reason.
var ours = map[[2]string]string{
	{"engine/ledger", "engine/dataset"}:                          "a record is known by its number, and the number is dataset's",
	{"engine/store", "engine/lockfile"}:                          "one lock for all systems",
	{"connectors/mail/account", "engine/lockfile"}:               "one lock for all systems",
	{"connectors/mail/account", "connectors/mail/internal/wire"}: "what a server says is put into words in one way",
	{"connectors/mail/mailbox", "connectors/mail/internal/wire"}: "what a server says is put into words in one way",
}

// pure is the highest floor below the purity line.
const pure = 3

// impure are the packages that nothing below the purity line may import, with
// all below them: they read a clock, the world or chance, or wait.
var impure = []string{"context", "os", "io/ioutil", "log", "net", "syscall", "unsafe", "plugin", "testing",
	"sync", "math/rand", "crypto/rand", "database/sql", "embed", "runtime", "path/filepath", "flag"}

// pardoned are the exceptions, which nobody outside can observe: an index that
// is made when first asked for, and files that are parsed beside one another,
// each into a place of its own.
var pardoned = map[[2]string]bool{
	{"engine/dataset", "sync/atomic"}:   true,
	{"engine/condition", "sync"}:        true,
	{"engine/condition", "sync/atomic"}: true,
	{"engine/playbook", "sync"}:         true,
}

// clock are the functions of package time that look at the clock of the
// machine, or at its zone.
var clock = []string{"Now", "Since", "Until", "Local", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker"}

// A source is one file of the program, tests aside.
type source struct {
	pkg, name string
	file      *ast.File
	fset      *token.FileSet
}

// sources parses every file of the program.
func sources(t *testing.T) []source {
	t.Helper()
	var out []source
	root := ".."
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := d.Name()
		if d.IsDir() {
			if name != root && strings.HasPrefix(base, ".") || base == "testdata" {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(base, ".go") || strings.HasSuffix(base, "_test.go") {
			return nil
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		out = append(out, source{path.Dir(rel), rel, f, fset})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestFloors holds every import of the program against the table.
func TestFloors(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range sources(t) {
		seen[s.pkg] = true
		for _, i := range s.file.Imports {
			p, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if why := climbs(s.pkg, p); why != "" {
				t.Errorf("%s: %s", s.fset.Position(i.Pos()), why)
			}
		}
	}
	for _, p := range []string{"engine/calendar", "engine/plan", "engine/store", "cmd/clarion"} {
		if !seen[p] {
			t.Errorf("%s was not looked at: the test has lost its way", p)
		}
	}
}

// climbs says why a package may not import another, or nothing.
func climbs(pkg, imported string) string {
	floor, known := floors[room(pkg)]
	if !known {
		return pkg + " has no floor in the table"
	}
	other, own := strings.CutPrefix(imported, module)
	if !own {
		if floor <= pure && tainted(imported) && !pardoned[[2]string{pkg, imported}] && pkg != "playbooks" {
			return pkg + " is below the purity line and imports " + imported
		}
		return ""
	}
	below, known := floors[room(other)]
	switch {
	case room(pkg) == room(other):
		return ""
	case strings.HasPrefix(pkg, "engine") && strings.HasPrefix(other, "connectors/"):
		return pkg + " imports a connector: the engine declares what it uses, and commands wire them"
	case pkg == "engine/console" && other == "engine/store":
		return pkg + " imports the store: pages are made over the verbs of the engine"
	case !known:
		return other + " has no floor in the table"
	case below < floor || ours[[2]string{pkg, other}] != "":
		return ""
	}
	return pkg + " (floor " + strconv.Itoa(floor) + ") imports " + other + " (floor " + strconv.Itoa(below) + ")"
}

// room is the package that another inside it, under internal, belongs to.
func room(pkg string) string {
	before, _, _ := strings.Cut(pkg, "/internal/")
	return before
}

// tainted tells that a package is impure, or lies below one that is.
func tainted(imported string) bool {
	if imported == "net/url" || imported == "net/mail" || imported == "net/netip" { // they only read text
		return false
	}
	return slices.ContainsFunc(impure, func(p string) bool { return imported == p || strings.HasPrefix(imported, p+"/") })
}

// TestNoClockBelowTheLine finds looks at the clock of the machine, and
// functions that take a context.
func TestNoClockBelowTheLine(t *testing.T) {
	for _, s := range sources(t) {
		if floor, ok := floors[s.pkg]; !ok || floor > pure {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if x, ok := n.(*ast.SelectorExpr); ok && looks(x) {
				t.Errorf("%s: time.%s below the purity line", s.fset.Position(x.Pos()), x.Sel.Name)
			}
			return true
		})
	}
}

func looks(x *ast.SelectorExpr) bool {
	p, ok := x.X.(*ast.Ident)
	return ok && p.Name == "time" && slices.Contains(clock, x.Sel.Name)
}

// TestTheTableBites: what the house forbids is found, and what it allows is not.
func TestTheTableBites(t *testing.T) {
	for _, x := range []struct {
		pkg, imported string
		allowed       bool
	}{
		{"engine/plan", module + "engine/ledger", true},
		{"engine/ledger", module + "engine/plan", false},
		{"engine/condition", module + "engine/letter", false},
		{"engine/store", module + "connectors/mail", false},
		{"engine", module + "connectors/mail", false},
		{"engine/console", module + "engine/store", false},
		{"engine/console", module + "connectors/mail", false},
		{"engine/console", module + "engine", true},
		{"engine/plan", "context", false},
		{"engine/plan", "net/http", false},
		{"engine/plan", "math/rand/v2", false},
		{"engine/plan", "sync/atomic", false},
		{"engine/store", "context", true},
		{"engine/plan", "math/bits", true},
		{"engine/playbook", "io/fs", true},
		{"engine/new", "fmt", false},
		{"engine/plan", module + "engine/new", false},
	} {
		why := climbs(x.pkg, x.imported)
		if (why == "") != x.allowed {
			t.Errorf("%s imports %s: %q, allowed should be %v", x.pkg, x.imported, why, x.allowed)
		}
	}
	f, err := parser.ParseFile(token.NewFileSet(), "x.go", `package x; import "time"; var a = time.Now; var b = time.UTC`, 0)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	ast.Inspect(f, func(n ast.Node) bool {
		if x, ok := n.(*ast.SelectorExpr); ok && looks(x) {
			found++
		}
		return true
	})
	if found != 1 {
		t.Errorf("%d looks at the clock found, want 1", found)
	}
}
