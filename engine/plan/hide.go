package plan

// What is printed of a table of counts (rule 17). A count under few is not
// given as a number, and so that it cannot be worked out from the others and
// the totals either, some of these are not given too.
//
// What is promised, to a reader who has the whole printed table and knows what
// its words mean: each count that is "under 5" can still be any number from 0 to
// 4. For each of these numbers there is a table with the same words in the same
// places, in which the counts add up to the totals: what is a number is that
// number, "5 or more" is that, and "not shown" is any number.
//
// Not promised is anything to a reader who has figures from elsewhere, nor that
// the choice of what is hidden, the smallest that will do, tells nothing. That a
// row or a column is there at all says that there is something to count in it.

// A cover is what is printed of a count.
type cover uint8

const (
	exact  cover = iota // the number
	under               // "under 5"
	over                // "5 or more": the number would give another away
	unsaid              // "not shown": a total that would give one away, or is under 5 itself
)

// A count is one number of a table. The table is a round trip: each cell leads
// from its row to its column, each total of a row to the row, each total of a
// column on from it, and the total of all back to the beginning. What arrives at
// a place leaves it, because the counts add up.
type count struct {
	n        int
	from, to int
	of       int // of a total: how many cells it sums up; of a cell 0
	cover    cover
}

// word is what is printed.
func (c *count) word() string {
	switch c.cover {
	case under:
		return underFew
	case over:
		return itoa(few) + " or more"
	case unsaid:
		return "not shown"
	}
	return itoa(int64(c.n))
}

// crossTable gives the counts of a table of rows and columns, whose counts add
// up, with its totals: first the cells, row by row, then the totals of the rows,
// those of the columns, and that of all.
func crossTable(cells [][]int) []count {
	height, width := len(cells), 0
	if height > 0 {
		width = len(cells[0])
	}
	begin, end := height+width, height+width+1
	var table, rows []count
	columns := make([]count, width)
	all := count{from: end, to: begin, of: height * width}
	for j := range columns {
		columns[j] = count{from: height + j, to: end, of: height}
	}
	for i, line := range cells {
		row := count{from: begin, to: i, of: width}
		for j, n := range line {
			table = append(table, count{n: n, from: i, to: height + j})
			row.n += n
			columns[j].n += n
			all.n += n
		}
		rows = append(rows, row)
	}
	return append(append(append(table, rows...), columns...), all)
}

// plainTable gives the counts of a list, and their total as the last.
func plainTable(cells []int) []count {
	all := count{from: 1, to: 0, of: len(cells)}
	var table []count
	for _, n := range cells {
		table = append(table, count{n: n, from: 0, to: 1})
		all.n += n
	}
	return append(table, all)
}

// hide marks what is not given of a table, and reports whether anything is.
// What is hidden for one count only makes the others safer, so that each needs
// to be seen to once.
func hide(table []count) (hidden bool) {
	for i := range table {
		if c := &table[i]; c.n < few {
			hidden, c.cover = true, under
			if c.of > 1 { // as of any other total of such cells: it would say that they are fewer still
				c.cover = unsaid
			}
		}
	}
	for i := range table {
		if table[i].cover == under {
			shift(table, i, 0)
			shift(table, i, few-1)
		}
	}
	return hidden
}

// shift makes sure that a count could have another value: it finds the cheapest
// way round the table on which others make up for it, or several, and hides
// those on the way that are still given.
func shift(table []count, at, to int) {
	would := make([]int, len(table))
	for i := range table {
		would[i] = table[i].n
	}
	for would[at] != to {
		way := detour(table, would, at, to-would[at])
		if way == nil {
			return // there always is one: with all others hidden they could make up for anything
		}
		for _, s := range way {
			would[s.at] += s.by
			if c := &table[s.at]; s.at != at && c.cover == exact {
				c.cover = over
				if c.of > 0 {
					c.cover = unsaid
				}
			}
		}
	}
}

// A stretch of a way is a count that becomes more or less.
type stretch struct{ at, by int }

// detour is the best way round the table, with what it is for: it hides as few
// totals as can be, and then goes as far as it can in one.
func detour(table []count, would []int, at, by int) []stretch {
	from, end, sign := table[at].to, table[at].from, 1
	if by < 0 {
		from, end, sign = end, from, -1
	}
	var best []stretch
	var least int64
	for n := by * sign; n > 0; n-- {
		way, cost := cheapest(table, would, at, from, end, n)
		if way != nil && (best == nil || cost/aTotal < least/aTotal) {
			best, least = append(way, stretch{at, n * sign}), cost
		}
	}
	return best
}

// cheapest is the cheapest way from one place of the table to another for so
// many, that does not use one of the counts; of equal ones always the same.
func cheapest(table []count, would []int, without, from, to, n int) ([]stretch, int64) {
	type place struct {
		cost int64
		by   stretch
		back int
		seen bool
	}
	places := map[int]place{from: {seen: true}}
	for again := true; again; {
		again = false
		for i := range table {
			c := &table[i]
			for _, way := range []struct{ by, from, to int }{{n, c.from, c.to}, {-n, c.to, c.from}} {
				here := places[way.from]
				if i == without || !here.seen || !c.bends(would[i]+way.by) {
					continue
				}
				cost := here.cost + c.cost()
				if there := places[way.to]; !there.seen || cost < there.cost {
					places[way.to] = place{cost, stretch{i, way.by}, way.from, true}
					again = true
				}
			}
		}
	}
	if !places[to].seen {
		return nil, 0
	}
	var way []stretch
	for p := to; p != from; p = places[p].back {
		way = append(way, places[p].by)
	}
	return way, places[to].cost
}

// bends reports whether a count, as it is printed or would be if it were
// hidden, could be a number.
func (c *count) bends(n int) bool {
	switch {
	case c.cover == under:
		return n >= 0 && n < few
	case c.cover == over || c.cover == exact && c.of == 0:
		return n >= few
	}
	return n >= 0
}

// aTotal is what it costs more to hide a total than any cell, for each cell in it.
const aTotal = 1 << 32

// cost is what it costs to hide a count: the smallest first, a total after all
// cells, the total of many after the others.
func (c *count) cost() int64 {
	if c.cover != exact {
		return 0
	}
	return int64(c.n) + int64(c.of)*aTotal
}
