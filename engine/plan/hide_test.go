package plan

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// fits reports whether a number can stand behind a word of a table: which is
// all that a reader knows of it.
func fits(c count, n int) bool {
	switch c.cover {
	case under:
		return n >= 0 && n < few
	case over:
		return n >= few
	case unsaid:
		return n >= 0
	}
	return n == c.n
}

// could collects, for each count of a printed table, the numbers under few that
// it has in some table with the same words. It tries all tables until each
// count under few has had all, and knows nothing of how the words were chosen.
func could(printed []count, cells, most int, build func([]int) []count) map[int]map[int]bool {
	seen, missing := map[int]map[int]bool{}, 0
	for i, c := range printed {
		if c.cover == under {
			seen[i] = map[int]bool{}
			missing += few
		}
	}
	list := make([]int, cells)
	var try func(at int)
	try = func(at int) {
		if at < cells {
			for n := 0; n <= most && missing > 0; n++ {
				if fits(printed[at], n) {
					list[at] = n
					try(at + 1)
				}
			}
			return
		}
		other := build(list)
		for i := range other {
			if !fits(printed[i], other[i].n) {
				return
			}
		}
		for i := range seen {
			if !seen[i][other[i].n] {
				seen[i][other[i].n] = true
				missing--
			}
		}
	}
	try(0)
	return seen
}

// safe says what is wrong with a printed table.
func safe(printed []count, cells, most int, build func([]int) []count) string {
	seen := could(printed, cells, most, build)
	for i, c := range printed {
		switch {
		case c.cover == exact && c.n < few:
			return fmt.Sprintf("count %d is printed: %d", i, c.n)
		case c.cover == under && c.n >= few, c.cover == over && c.n < few:
			return fmt.Sprintf("count %d is %s, and is %d", i, c.word(), c.n)
		case c.cover != under:
			continue
		}
		for n := range few {
			if !seen[i][n] {
				return fmt.Sprintf("count %d is %s, and can be no %d", i, c.word(), n)
			}
		}
	}
	return ""
}

// squared builds a table of a height and a width from its cells.
func squared(width int) func([]int) []count {
	return func(cells []int) []count {
		var lines [][]int
		for i := 0; i < len(cells); i += width {
			lines = append(lines, cells[i:i+width])
		}
		return crossTable(lines)
	}
}

// every runs over all tables of so many cells with some numbers.
func every(cells int, numbers []int, f func([]int)) {
	list := make([]int, cells)
	var fill func(at int)
	fill = func(at int) {
		if at == cells {
			f(list)
			return
		}
		for _, n := range numbers {
			list[at] = n
			fill(at + 1)
		}
	}
	fill(0)
}

// Whoever has the printed table, knows what its words mean and tries all tables
// there can be, finds that each count under 5 can be any number from 0 to 4.
func TestNobodyWorksOutACountUnderFive(t *testing.T) {
	for _, c := range []struct {
		height, width int
		plain         bool
		numbers       []int
	}{
		{1, 1, true, []int{0, 1, 4, 5, 9}},
		{2, 1, true, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}},
		{3, 1, true, []int{0, 1, 3, 4, 5, 6, 8, 9}},
		{4, 1, true, []int{0, 2, 4, 5, 7}},
		{1, 1, false, []int{0, 1, 4, 5, 9}},
		{1, 2, false, []int{0, 1, 4, 5, 6, 9}},
		{3, 1, false, []int{0, 3, 4, 5, 7}},
		{2, 2, false, []int{0, 1, 3, 4, 5, 6, 8}},
		{2, 3, false, []int{1, 6}},
		{3, 2, false, []int{4, 5}},
	} {
		build, kind := squared(c.width), "crossed"
		if c.plain {
			build, kind = plainTable, "plain"
		}
		t.Run(fmt.Sprintf("%s %d by %d", kind, c.height, c.width), func(t *testing.T) {
			every(c.height*c.width, c.numbers, func(cells []int) {
				table := build(cells)
				hide(table)
				if why := safe(table, len(cells), slices.Max(cells)+few-1, build); why != "" {
					t.Fatalf("of %v %s: %s", cells, said(table), why)
				}
			})
		})
	}
}

// A table in which nothing is under 5 is printed whole; in others something is
// hidden, always the same, and no more than the words of the table allow.
func TestATableOfLargeCountsIsPrintedWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(1, 4).Draw(t, "width")
		cells := rapid.SliceOfN(rapid.IntRange(0, 30), width, width).Draw(t, "first")
		for range rapid.IntRange(0, 3).Draw(t, "more") {
			cells = append(cells, rapid.SliceOfN(rapid.IntRange(0, 30), width, width).Draw(t, "line")...)
		}
		a, b := squared(width)(cells), squared(width)(cells)
		hidden := hide(a)
		hide(b)
		small := false
		for _, n := range cells {
			small = small || n < few
		}
		if hidden != small || said(a) != said(b) {
			t.Fatalf("of %v hidden is %v: %s, %s", cells, hidden, said(a), said(b))
		}
		for _, c := range a {
			if c.cover != exact && !small || c.cover == exact && c.n < few {
				t.Fatalf("of %v %s", cells, said(a))
			}
		}
	})
}

// said is a table in words.
func said(table []count) string {
	out := ""
	for i := range table {
		out += "[" + table[i].word() + "]"
	}
	return out
}

// What is hidden beside a count under 5 is the smallest that will do.
func TestTheSmallestIsHiddenBesides(t *testing.T) {
	for _, c := range []struct {
		cells [][]int
		plain []int
		want  string
	}{
		{plain: []int{12, 7, 9}, want: "[12][7][9][28]"},
		{plain: []int{12, 3, 9, 20}, want: "[12][under 5][5 or more][20][44]"},
		{plain: []int{12, 3, 5, 20}, want: "[5 or more][under 5][5 or more][20][40]"},
		{plain: []int{12, 3, 2}, want: "[5 or more][under 5][under 5][17]"},
		{plain: []int{1, 1, 2, 1}, want: "[under 5][under 5][under 5][under 5][5]"},
		{plain: []int{3, 3}, want: "[under 5][under 5][not shown]"},
		{plain: []int{1, 1}, want: "[under 5][under 5][not shown]"},
		{plain: []int{3}, want: "[under 5][under 5]"},
		{plain: nil, want: "[under 5]"},
		{cells: [][]int{{20, 9}, {12, 8}}, want: "[20][9][12][8][29][20][32][17][49]"},
		{cells: [][]int{{20, 9, 30}, {3, 8, 9}, {14, 15, 16}}, want: "[20][9][30][under 5][5 or more][9][5 or more][5 or more][16][59][20][45][37][32][55][124]"},
	} {
		table := plainTable(c.plain)
		if c.cells != nil {
			table = crossTable(c.cells)
		}
		hide(table)
		if got := said(table); got != c.want {
			t.Errorf("of %v%v %s, want %s", c.plain, c.cells, got, c.want)
		}
	}
}
