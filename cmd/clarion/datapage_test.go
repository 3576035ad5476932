package main

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/playbooks"
)

const (
	anew    = "go generate ./playbooks"
	export  = "members-export.csv" // the list of the pictures, as a volunteer gets it
	cellsOf = "export.svg"
)

// dataFolder is where the page on lists is, as it was before any test moved.
var dataFolder = func() string {
	p, err := filepath.Abs(filepath.Join("..", "..", "playbooks", "data"))
	if err != nil {
		panic(err)
	}
	return p
}()

// The tables of the page on what to export are made from the shapes of the lists
// and from what the playbooks read; all else in it is for people to write.
func TestThePageOfLists(t *testing.T) {
	set, err := playbook.Load(playbooks.Library, nil)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dataFolder, "README.md")
	is, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	readers := readersOf(set)
	block := regexp.MustCompile(`(?s)<!-- (columns of ([a-z_]+)|all lists)[^>]*-->\n.*?<!-- end -->`)
	seen := 0
	want := block.ReplaceAllStringFunc(string(is), func(old string) string {
		seen++
		m := block.FindStringSubmatch(old)
		head, _, _ := strings.Cut(old, "\n")
		if m[2] == "" {
			return head + "\n" + allLists(set, readers) + "<!-- end -->"
		}
		schema := set.Schemas[m[2]]
		if schema == nil {
			t.Errorf("%s: there is no list %s", head, m[2])
			return old
		}
		return head + "\n" + columnsOf(schema, readers[m[2]]) + "<!-- end -->"
	})
	if seen < 6 {
		t.Errorf("only %d tables are in the page", seen)
	}
	kept(t, file, []byte(want), anew)
	for _, name := range sortedKeys(set.Schemas) {
		if !strings.Contains(want, "`"+name+"`") {
			t.Errorf("the page says nothing of %s", name)
		}
	}
	for _, word := range engine.DoubtWords {
		if !strings.Contains(want, "`"+word+"`") {
			t.Errorf("the page does not say what to do when a list is refused as %s", word)
		}
	}
	for _, l := range regexp.MustCompile(`\]\(([^)#:]+)\)`).FindAllStringSubmatch(want, -1) {
		if _, err := os.Stat(filepath.Join(dataFolder, l[1])); err != nil {
			t.Error(err)
		}
	}
}

// readersOf says how many playbooks read each column of each list.
func readersOf(set *playbook.Set) map[string]map[string]int {
	out := map[string]map[string]int{}
	for _, pb := range set.Playbooks {
		for _, path := range pb.Data() {
			list, column, _ := strings.Cut(path, ".")
			if out[list] == nil {
				out[list] = map[string]int{}
			}
			out[list][column]++
		}
	}
	return out
}

// columnsOf is the table of a list's columns: what has to be there, what is read
// by the most playbooks, and at the end what none asks for.
func columnsOf(s *dataset.Schema, readers map[string]int) string {
	var b strings.Builder
	b.WriteString("| Column | Headings that are known | What stands there | Who needs it |\n|---|---|---|---|\n")
	columns := slices.Clone(s.Columns)
	weight := func(c dataset.Column) int {
		if slices.Contains(s.Key, c.Name) {
			return 1000
		}
		return readers[c.Name]
	}
	slices.SortStableFunc(columns, func(a, b dataset.Column) int { return weight(b) - weight(a) })
	var idle []string
	for _, c := range columns {
		needs := plural(readers[c.Name], "playbook", "playbooks")
		switch {
		case slices.Contains(s.Key, c.Name):
			needs = "**everything**: it tells the rows apart"
		case readers[c.Name] == 0:
			idle = append(idle, "`"+c.Name+"`")
			continue
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", c.Name, strings.Join(c.Synonyms[:min(len(c.Synonyms), 5)], ", "), contentOf(&c), needs)
	}
	if len(idle) > 0 {
		fmt.Fprintf(&b, "\nAlso known, though no playbook that ships asks for it by name: %s.\n", strings.Join(idle, ", "))
	}
	return b.String()
}

// contentOf says what stands in a column.
func contentOf(c *dataset.Column) string {
	what := map[dataset.Kind]string{dataset.Text: "text", dataset.Number: "a whole number", dataset.Money: "pounds and pence", dataset.YesNo: "yes or no",
		dataset.Date: "a date", dataset.Time: "a date and a time", dataset.Length: "a length of time", dataset.Person: "a name, a membership number or an address",
		dataset.Reference: "the name of one of " + readable(c.Of), dataset.File: "the name of a file", dataset.Choice: "one of: " + readable(strings.Join(c.Choices, ", "))}[c.Kind]
	if c.About != "" {
		what = strings.TrimSuffix(c.About, ".") + " (" + what + ")"
	}
	return strings.ReplaceAll(what, "|", "/")
}

// allLists is the table of all lists there are.
func allLists(set *playbook.Set, readers map[string]map[string]int) string {
	var b strings.Builder
	b.WriteString("| List | What is in it | Without this column it is refused | Playbooks that read it |\n|---|---|---|---|\n")
	for _, name := range sortedKeys(set.Schemas) {
		s := set.Schemas[name]
		n := 0
		for _, pb := range set.Playbooks {
			if slices.ContainsFunc(pb.Data(), func(path string) bool { return strings.HasPrefix(path, name+".") }) {
				n++
			}
		}
		keys := "`" + strings.Join(s.Key, "`, `") + "`"
		if len(s.Key) == 0 {
			keys = "none"
		}
		fmt.Fprintf(&b, "| [`%s`](%s.yaml) | %s | %s | %d |\n", name, name, strings.ReplaceAll(s.About, "|", "/"), keys, n)
	}
	return b.String()
}

// The pictures of the page are what the program prints of the list beside them,
// and of two later ones.
func TestPicturesOfTheLists(t *testing.T) {
	list, err := os.ReadFile(filepath.Join(dataFolder, "pictures", export))
	if err != nil {
		t.Fatal(err)
	}
	alone(t)
	t.Setenv("COLUMNS", "96")
	clarion(t, exitOK, "init", "party", "--name", "Anytown CLP", "--from", "secretary@example.org", "--yes")
	t.Chdir("party")
	save := func(name string, text []byte) {
		t.Helper()
		if err := os.WriteFile(name, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	save(export, list)
	draw := func(file, title string, steps ...picturedStep) {
		t.Helper()
		var text strings.Builder
		for i, step := range steps {
			out, errs := clarion(t, step.code, append(words(step.line)[1:], "--on", step.on)...)
			if i > 0 {
				text.WriteString("\n")
			}
			text.WriteString("$ " + step.line + "\n" + out)
			for line := range strings.Lines(errs) {
				for _, l := range wrap(strings.TrimRight(line, "\n"), 96) {
					text.WriteString(l + "\n")
				}
			}
		}
		finish(t, file, ofTerminal(title, installed.Replace(text.String())))
	}
	finish(t, cellsOf, ofCells("An export of members as a spreadsheet shows it, with a title above the headings and a total below the list", cellsIn(list)))
	draw("sheet.svg", "clarion sheet: how the export is read, column by column, and which cells cannot be", picturedStep{"clarion sheet " + export, exitFaults, "2026-11-02"})
	draw("map.svg", "clarion map: which column each heading is proposed to be; one is asked about", picturedStep{"clarion map " + export + " members --look", exitFaults, "2026-11-02"})
	draw("written.svg", "clarion map: the answer is written down", picturedStep{"clarion map " + export + " members --column \"Party ID=membership_no\" --column Standing=status --yes", exitOK, "2026-11-02"})

	save(filepath.Join("data", "members-2026-11-02.csv"), list)
	clarion(t, exitOK, "import", "members", "--on", "2026-11-02")
	later := strings.NewReplacer("Printed on 02/11", "Printed on 16/11", "30/02/2021", "20/02/2021", "1.50009E+05", "A150009",
		"In arrears;20/10/2026;North;\xa30.00", "Active;;North;\xa35.67", "Total;9", "A150010;Jo;Sample;jo@example.com;07700 900110;11/11/2026;New;;South;\xa32.00\r\nTotal;10").Replace(string(list))
	save(filepath.Join("data", "members-2026-11-16.csv"), []byte(later))
	draw("import.svg", "clarion import: what is different in the list of a fortnight later, first only looked at and then taken",
		picturedStep{"clarion import members --look", exitOK, "2026-11-16"}, picturedStep{"clarion import members", exitOK, "2026-11-16"})
	rows := strings.SplitAfter(later, "\r\n")
	save(filepath.Join("data", "members-2026-11-30.csv"), []byte(strings.Join(rows[:7], "")))
	draw("refused.svg", "clarion import: a list in which half of the members are missing is refused, with what to do", picturedStep{"clarion import members", exitFaults, "2026-11-30"})
}

// installed are the hints as they stand where the program is installed, and not
// run from its source.
var installed = strings.NewReplacer("go run github.com/clarion-clp/clarion/cmd/clarion ", "clarion ")

// A picturedStep is a command line of a picture, and the day it is typed on.
type picturedStep struct {
	line string
	code int
	on   string
}

// cellsIn are the cells of the export of the pictures.
func cellsIn(list []byte) [][]string {
	var text strings.Builder
	for _, b := range list { // one byte a letter
		text.WriteRune(rune(b))
	}
	var rows [][]string
	for line := range strings.Lines(text.String()) {
		rows = append(rows, strings.Split(strings.TrimRight(line, "\r\n"), ";"))
	}
	return rows
}

// finish holds a picture against the one that is kept: well formed, with words
// for those who do not see it, and shown in the page.
func finish(t *testing.T, name string, svg []byte) {
	t.Helper()
	kept(t, filepath.Join(dataFolder, "pictures", name), svg, anew)
	page, err := os.ReadFile(filepath.Join(dataFolder, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`!\[[^\]]{20,}\]\(pictures/` + regexp.QuoteMeta(name) + `\)`).Match(page) {
		t.Errorf("the page does not show %s with words for it", name)
	}
	d := xml.NewDecoder(strings.NewReader(string(svg)))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
}
