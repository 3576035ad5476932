package sheet

// An ahead cuts rows in a goroutine of its own, some batches ahead of those who
// type them: the two take about equally long, and most computers can do two
// things at once. The rows come in the same order.
type ahead struct {
	grid
	full  chan *batch // cut
	empty chan *batch // typed, to be used again
	stop  chan struct{}
	now   *batch
	given int // of now
}

// A batch is some rows, with cells of their own.
type batch struct {
	lines []line
	cells []string
	kinds []cellKind
}

const (
	batchRows = 256
	batches   = 4
)

// readAhead begins to cut rows of about so many cells. Whoever calls it calls
// close.
func readAhead(g grid, width int) *ahead {
	a := &ahead{grid: g, full: make(chan *batch, batches), empty: make(chan *batch, batches), stop: make(chan struct{})}
	for range batches {
		a.empty <- &batch{lines: make([]line, 0, batchRows), cells: make([]string, 0, batchRows*width)}
	}
	go a.cut()
	return a
}

// cut fills batches until the rows end or nobody wants them.
func (a *ahead) cut() {
	defer close(a.full)
	for {
		var b *batch
		select {
		case b = <-a.empty:
		case <-a.stop:
			return
		}
		more := b.fill(a.grid)
		select {
		case a.full <- b:
		case <-a.stop:
			return
		}
		if !more {
			return
		}
	}
}

// fill takes rows from a grid; false when there are no more.
func (b *batch) fill(g grid) bool {
	b.lines, b.cells, b.kinds = b.lines[:0], b.cells[:0], b.kinds[:0]
	for len(b.lines) < batchRows && len(b.cells) < maxColumns {
		if !g.next() {
			return false
		}
		l := *g.at()
		at, is := len(b.cells), len(b.kinds)
		b.cells, b.kinds = append(b.cells, l.cells...), append(b.kinds, l.kinds...)
		l.cells, l.kinds = b.cells[at:len(b.cells):len(b.cells)], b.kinds[is:len(b.kinds):len(b.kinds)]
		b.lines = append(b.lines, l)
	}
	return true
}

func (a *ahead) next() bool {
	for a.now == nil || a.given == len(a.now.lines) {
		if a.now != nil {
			a.empty <- a.now // never waits: there is room for all
		}
		if a.now, a.given = <-a.full, 0; a.now == nil {
			return false
		}
	}
	a.given++
	return true
}

func (a *ahead) at() *line { return &a.now.lines[a.given-1] }

// close ends the cutting. What the grid itself says holds only after the last
// row.
func (a *ahead) close() { close(a.stop) }
