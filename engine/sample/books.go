package sample

import (
	"bytes"
	"embed"
	"encoding/csv"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// lists holds what the officers of the sample's year write down, a file for each
// list. Its first column, "day", is the day of the story, counted from today,
// from which a row is there. A later row with the same key tells what has
// changed: its cells lie over those of the earlier row, where they are not
// empty; "-" empties a cell. A row that holds "gone" takes its record away.
//
// In a cell, @-30@ stands for the day 30 days before today, and @-30 19:30@ for
// a time on it, both as 2026-10-03; @year@ for the year of today, and @lastyear@ for the one before it.
//
//go:embed year
var lists embed.FS

// keyed is how many columns tell one record of a list from another, where that
// takes more than the first.
var keyed = map[string]int{"absences": 2, "access_grants": 3, "agenda_items": 2, "bank_mandates": 2, "election_dates": 2,
	"officers": 4, "signups": 2, "volunteers": 2}

// books are the lists that officers keep by hand.
type books struct {
	w     *world
	names []string
	of    map[string]*book
}

// A book is one list: its columns, and what is written in it from which day.
type book struct {
	head []string
	rows []entry
}

type entry struct {
	day   int
	cells []string
}

// books reads all of them, and adds what the year's rhythm brings.
func (w *world) books() *books {
	b := &books{w: w, of: map[string]*book{}}
	files, err := fs.Glob(lists, "year/*.csv")
	if err != nil {
		panic("sample: " + err.Error())
	}
	for _, f := range files {
		name := strings.TrimSuffix(path.Base(f), ".csv")
		b.names = append(b.names, name)
		b.of[name] = w.book(name, f)
	}
	for name, rows := range w.notes {
		b.of[name].rows = append(b.of[name].rows, rows...)
	}
	for _, k := range b.of {
		slices.SortStableFunc(k.rows, func(a, b entry) int { return a.day - b.day })
	}
	sort.Strings(b.names)
	return b
}

func (w *world) book(name, file string) *book {
	raw, err := fs.ReadFile(lists, file)
	if err != nil {
		panic("sample: " + err.Error())
	}
	c := csv.NewReader(bytes.NewReader(raw))
	c.Comment = '#'
	all, err := c.ReadAll()
	if err != nil {
		panic("sample: " + file + ": " + err.Error())
	}
	k := &book{head: all[0][1:]}
	for _, row := range all[1:] {
		day, err := strconv.Atoi(row[0])
		if err != nil {
			panic("sample: " + file + ": no day: " + strings.Join(row, ","))
		}
		k.rows = append(k.rows, entry{day: day, cells: w.placed(row[1:])})
	}
	return k
}

// placed writes the days of the story that stand in cells as dates.
func (w *world) placed(cells []string) []string {
	y, _, _ := w.today.Civil()
	years := strings.NewReplacer("@year@", strconv.Itoa(y), "@lastyear@", strconv.Itoa(y-1))
	out := make([]string, len(cells))
	for i, cell := range cells {
		cell = years.Replace(cell)
		out[i] = someDay.ReplaceAllStringFunc(cell, func(text string) string {
			m := someDay.FindStringSubmatch(text)
			n, err := strconv.Atoi(m[1])
			if err != nil {
				panic("sample: " + text)
			}
			return w.date(n).String() + m[2]
		})
	}
	return out
}

// someDay is a day of the story in a cell.
var someDay = regexp.MustCompile(`@([+-]?\d+)( \d\d:\d\d)?@`)

// lay writes each list, as it is on a day, over what the story has of it anyway.
func (b *books) lay(files map[string][]byte, day int) {
	for _, name := range b.names {
		file := "data/" + name + ".csv"
		if name == "officers" {
			file = "officers.csv"
		}
		if have, ok := files[file]; ok && name != "officers" {
			files[file] = b.over(name, have, day)
			continue
		}
		files[file] = b.file(name, day)
	}
}

// file is a list as it is on a day.
func (b *books) file(name string, day int) []byte {
	k := b.of[name]
	return table("", append([][]string{k.head}, b.merge(name, nil, k.head, day)...))
}

// over is a list of the story with what the year's book says in addition.
func (b *books) over(name string, have []byte, day int) []byte {
	all, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(have), bom))).ReadAll()
	if err != nil {
		panic("sample: " + name + ": " + err.Error())
	}
	head := slices.Clone(all[0])
	for _, h := range b.of[name].head {
		if place(head, h) < 0 {
			head = append(head, h)
		}
	}
	rows := make([][]string, 0, len(all))
	for _, row := range all[1:] {
		rows = append(rows, append(row, make([]string, len(head)-len(row))...))
	}
	return table("", append([][]string{head}, b.merge(name, rows, head, day)...))
}

func place(head []string, name string) int {
	return slices.IndexFunc(head, func(s string) bool { return strings.EqualFold(s, name) })
}

// merge lays what a book says by a day over rows under a head.
func (b *books) merge(name string, rows [][]string, head []string, day int) [][]string {
	k, n := b.of[name], max(1, keyed[name])
	where := make([]int, len(k.head)) // each column of the book, under the head
	for i, h := range k.head {
		where[i] = place(head, h)
	}
	at := map[string]int{}
	for i, row := range rows {
		at[strings.Join(row[:n], "\x00")] = i
	}
	for _, e := range k.rows {
		if e.day > day {
			break
		}
		if len(e.cells) != len(k.head) {
			panic(fmt.Sprintf("sample: %s has %d columns: %q", name, len(k.head), e.cells))
		}
		key := strings.Join(e.cells[:n], "\x00")
		i, again := at[key]
		if !again {
			i = len(rows)
			at[key] = i
			rows = append(rows, make([]string, len(head)))
		}
		for c, cell := range e.cells {
			switch cell {
			case "":
			case "-":
				rows[i][where[c]] = ""
			default:
				rows[i][where[c]] = cell
			}
		}
	}
	return slices.DeleteFunc(rows, func(row []string) bool { return slices.Contains(row, "gone") })
}
