package letter

import (
	"slices"
	"strings"
	"testing"
)

// pagesAbout are all that is printed about a person of that name.
func pagesAbout(name string) map[string][]byte {
	const notice = "Made on 2 November 2026. Delete it."
	return map[string][]byte{
		"calls": PrintCalls(notice, []CallSheet{{Title: name, Facts: name, Whom: name, Calls: []Call{{Row: 1, Name: name, Phone: name, Address: name, Key: name, About: name, Mark: name}},
			Beyond: []string{name}}}),
		"letters": PrintLetters(notice, []Leaf{{To: []string{name, name}, Date: name, Subject: name, Reply: name, Enclosed: []string{name},
			Frame: Frame{Constituency: name, Sender: strings.TrimSpace(strings.ReplaceAll(name, "\n", " ")), Why: "why", Imprint: "imprint"}}}),
		"labels": PrintLabels(notice, ThreeBySeven, 0, [][]string{{name, name}}),
	}
}

// Whatever somebody is called, it is text on a printed page.
func TestPrintedNamesAreText(t *testing.T) {
	for _, name := range hostile {
		if shown(name) == "" {
			continue
		}
		plain := pagesAbout("Alex")
		for what, page := range pagesAbout(name) {
			got, words := outline(t, string(page))
			want, _ := outline(t, string(plain[what]))
			if !slices.Equal(got, want) {
				t.Errorf("%s about %q have another structure", what, name)
			}
			if !strings.Contains(words, shown(name)) {
				t.Errorf("%s do not show %q", what, name)
			}
		}
	}
}

// The first line of what is printed says what it is, and ends there, whatever a
// constituency is called.
func TestPrintedFirstLine(t *testing.T) {
	for _, name := range append(slices.Clone(hostile), "--> x", "a -- b --!> c", "=A1") {
		for what, page := range map[string][]byte{"letters": PrintLetters(name+" Delete it.", nil), "csv": PrintCSV(name+" Delete it.", Grid{Head: []string{"a", "b"}, Rows: [][]string{{"1", "2"}}})} {
			first, rest, _ := strings.Cut(string(page), "\n")
			if !strings.Contains(first, "Delete it.") {
				t.Errorf("%s of %q begin with %q", what, name, first)
			}
			if what == "letters" && (!strings.HasPrefix(first, "<!--") || strings.Index(first, "-->") != len(first)-3 || strings.Contains(first, "--!>") || !strings.HasPrefix(rest, "<!DOCTYPE html>")) {
				t.Errorf("the remark of %q is %q", name, first)
			}
		}
	}
}

// Labels stand where those on the sheet are, also where some are gone already.
func TestPrintedLabels(t *testing.T) {
	for _, c := range []struct {
		size               LabelSize
		used, labels       int
		pages, last, first int // labels on the last page, blank ones at the head of the first
	}{
		{ThreeBySeven, 0, 21, 1, 21, 0}, {ThreeBySeven, 0, 22, 2, 1, 0}, {TwoBySeven, 0, 15, 2, 1, 0}, {TwoBySeven, 3, 12, 2, 1, 3},
		{ThreeBySeven, 21, 1, 1, 1, 0}, {ThreeBySeven, 20, 2, 2, 1, 20}, {ThreeBySeven, 0, 0, 0, 0, 0}, {TwoBySeven, -4, 1, 1, 1, 0},
	} {
		page := string(PrintLabels("x", c.size, c.used, slices.Repeat([][]string{{"Ann", "1 High Street"}}, c.labels)))
		sheets := strings.Split(page, `<div class="sheet labels`)[1:]
		if len(sheets) != c.pages || strings.Count(page, "<strong>Ann") != c.labels {
			t.Errorf("%+v: %d pages, %d labels", c, len(sheets), strings.Count(page, "<strong>Ann"))
			continue
		}
		if c.pages == 0 {
			continue
		}
		if n := strings.Count(sheets[c.pages-1], `class="label"`); n != c.last {
			t.Errorf("%+v: %d labels on the last page", c, n)
		}
		if n := strings.Count(sheets[0], `<div class="label"></div>`); n != c.first {
			t.Errorf("%+v: %d blank ones", c, n)
		}
		if strings.Count(page, "<div") != strings.Count(page, "</div>") {
			t.Errorf("%+v: what is opened is not closed", c)
		}
	}
}

// No cell of a printed table is a formula.
func TestPrintedTablesHoldNoFormulas(t *testing.T) {
	got := string(PrintCSV("Made today.", Grid{Head: []string{"name", "telephone"}, Rows: [][]string{{"=1+1", "+44 1632 960001"}, {"@x", "-1"}}}))
	if want := "\ufeffMade today.\r\nname,telephone\r\n'=1+1,+44 1632 960001\r\n'@x,-1\r\n"; got != want {
		t.Errorf("the file is %q, want %q", got, want)
	}
}
