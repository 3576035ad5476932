package plan

import (
	"strings"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/letter"
)

// The bounds of what an officer's digest says one by one: of more people than
// alone about whom the same is to be said, a table is made; and of a longer
// table than shown, only its head stands in the letter and all of it in the
// file that comes with it.
const (
	alone = 3
	shown = 40
)

// A bunch is several items of a digest about which the same is to be said.
type bunch struct {
	sec  *letter.Section
	at   int // its place among the items of its part
	grid letter.Grid
}

// bunches gathers items that say the same of many: calls to make for one step,
// and news of one step.
type bunches struct {
	size map[string]int
	of   map[string]*bunch
	keys []string
}

func newBunches(items []*item) *bunches {
	b := &bunches{size: map[string]int{}, of: map[string]*bunch{}}
	for _, it := range items {
		if it.bunch != "" {
			b.size[it.bunch]++
		}
	}
	return b
}

// take adds an item to its bunch, and reports whether it has one. The first one
// makes room in its part for the whole.
func (b *bunches) take(it *item, sec *letter.Section) bool {
	n := b.size[it.bunch]
	if it.bunch == "" || n <= alone {
		return false
	}
	x := b.of[it.bunch]
	if x == nil {
		x = &bunch{sec: sec, at: len(sec.Items)}
		body := letter.Item{Marks: it.body.Marks}
		switch it.section {
		case sheet:
			body.Line = it.title + ": please ring or write to " + itoa(int64(n)) + " people"
			body.Detail = "No letter can go to them by mail. All of them stand in the file that comes with this letter."
			x.grid.Head = []string{"name", "phone", "address", "why"}
		default:
			what, _, _ := strings.Cut(it.bunch, "\x00")
			body.Line = it.title + ": “" + readable(it.action.Step) + "” was " + what + " for " + itoa(int64(n))
			x.grid.Head = []string{"about", "for", "why"}
		}
		sec.Items = append(sec.Items, body)
		b.of[it.bunch], b.keys = x, append(b.keys, it.bunch)
	}
	x.grid.Rows = append(x.grid.Rows, it.cells)
	return true
}

// close lays the tables into the letter, and gives the files with them.
func (b *bunches) close(m *Message) []letter.Attachment {
	var out []letter.Attachment
	for _, k := range b.keys {
		x := b.of[k]
		_, name, _ := strings.Cut(k, "\x00")
		out = append(out, m.carry(&x.grid, readable(strings.ReplaceAll(name, "\x00", " "))))
		if n := len(x.grid.Rows); n > shown {
			x.grid.Rows = x.grid.Rows[:shown]
			x.grid.Note = itoa(int64(n-shown)) + " more stand in the file."
		}
		x.sec.Items[x.at].Table = &x.grid
	}
	return out
}

// whom names the addressee of the action that news is about.
func (l *look) whom(a ledger.Action) string {
	words := append(strings.SplitN(a.Occurrence, " ", 3), "", "")
	if words[1] == "" {
		return ""
	}
	return dataset.Plain(l.named(l.addresseeOf(words[1])))
}
