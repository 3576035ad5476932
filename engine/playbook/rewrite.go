package playbook

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/clarion-clp/clarion/engine/calendar"
)

// A Rewriting says what one test of a file would have to expect for it to pass.
type Rewriting struct {
	Line  int // where the test begins
	Days  map[calendar.Date][]string
	Case  string   // how the case stood at the end
	Tasks []string // and the tasks
}

// An Edit is a run of lines of a file, and what stands there instead. Without
// lines to take away the new ones stand before Line.
type Edit struct {
	Line     int
	Was, Now []string
}

// Rewrite makes a file of tests expect what happened. Everything else in it
// stays as it is, to the byte. It is for a person to say whether what happened
// is right.
func Rewrite(data []byte, tests []Rewriting) ([]byte, []Edit, error) {
	var root yaml.Node
	if err := yaml.Unmarshal(data, &root); err != nil {
		return nil, nil, fmt.Errorf("reading the tests: %w", err)
	}
	w := newRewriter(data)
	for _, r := range tests {
		test := testAt(&root, r.Line)
		if test == nil {
			return nil, nil, fmt.Errorf("no test begins on line %d", r.Line)
		}
		if err := w.test(test, r); err != nil {
			return nil, nil, err
		}
	}
	edits := w.edits()
	return []byte(strings.Join(w.lines, "")), edits, w.err
}

// edits makes all changes, and says which lines they touched.
func (w *rewriter) edits() []Edit {
	slices.Reverse(w.patches) // of two at one place, what is to stand first is put there last
	slices.SortStableFunc(w.patches, func(a, b patch) int {
		if a.from.line != b.from.line {
			return b.from.line - a.from.line
		}
		return b.from.col - a.from.col
	})
	var edits []Edit
	for _, p := range w.patches {
		edits = append(edits, w.apply(p))
	}
	slices.Reverse(edits)
	return edits
}

// testAt finds the test that begins on a line.
func testAt(root *yaml.Node, line int) *yaml.Node {
	if len(root.Content) != 1 {
		return nil
	}
	list := under(root.Content[0], "tests")
	if list == nil {
		return nil
	}
	for _, t := range list.Content {
		if t.Line == line {
			return t
		}
	}
	return nil
}

// under gives the value of a key, or nothing.
func under(n *yaml.Node, key string) *yaml.Node {
	var found *yaml.Node
	pairs(n, func(k string, _ int, v *yaml.Node) {
		if k == key {
			found = v
		}
	})
	return found
}

// A spot is a rune of a line, both from 1.
type spot struct{ line, col int }

// A patch is text to put between two places.
type patch struct {
	from, to spot
	text     string
}

// A rewriter gathers what to change, and then changes it from the end.
type rewriter struct {
	file    *text // as it was
	lines   []string
	end     string // what a line ends with before its line feed
	patches []patch
	err     error // a place that was not found
}

func newRewriter(data []byte) *rewriter {
	w := &rewriter{file: linesIn(data), lines: strings.SplitAfter(string(data), "\n")}
	w.end = strings.TrimSuffix(w.file.eol, "\n")
	return w
}

func (w *rewriter) put(from, to spot, text string) {
	w.patches = append(w.patches, patch{from, to, text})
}

// test gathers the changes of one test.
func (w *rewriter) test(t *yaml.Node, r Rewriting) error {
	timeline := under(t, "timeline")
	days := make([]calendar.Date, 0, len(r.Days))
	for d := range r.Days {
		days = append(days, d)
	}
	slices.Sort(days)
	for _, d := range days {
		if err := w.day(timeline, d, r.Days[d]); err != nil {
			return err
		}
	}
	end := under(t, "end")
	if c := under(end, "case"); c != nil && c.Value != r.Case {
		w.scalar(c, r.Case)
	}
	if list := under(end, "tasks"); list != nil {
		each(list, func(_ int, item *yaml.Node) { w.task(item, r.Tasks) })
	}
	return nil
}

// task puts right how a task stands at the end, if there is one of that step.
func (w *rewriter) task(item *yaml.Node, have []string) {
	step, state, _ := strings.Cut(item.Value, " ")
	now := ""
	for _, h := range have {
		s, is, _ := strings.Cut(h, " ")
		if h == item.Value || s == step && is == "overdue" && state == "open" {
			return
		}
		if s == step && now == "" {
			now = h
		}
	}
	if now != "" {
		w.scalar(item, now)
	}
}

// scalar puts another text in the place of one that stands on one line.
func (w *rewriter) scalar(n *yaml.Node, text string) {
	from := spot{n.Line, n.Column}
	w.put(from, w.endOf(n), written(text))
}

// endOf is the place behind a node.
func (w *rewriter) endOf(n *yaml.Node) spot {
	at, err := w.file.end(n)
	if err != nil {
		w.err = err
		return spot{n.Line, n.Column}
	}
	line, found := slices.BinarySearch(w.file.lines, at)
	if !found {
		line--
	}
	return spot{line + 1, utf8.RuneCount(w.file.data[w.file.lines[line]:at]) + 1}
}

// day puts other expectations on a day, or puts the day there.
func (w *rewriter) day(timeline *yaml.Node, d calendar.Date, lines []string) error {
	var after *yaml.Node
	found := false
	pairs(timeline, func(key string, at int, v *yaml.Node) {
		switch k, err := calendar.ParseDate(key); {
		case err != nil:
		case k == d:
			found = true
			if x := under(v, "expect"); x != nil {
				w.expect(x, lines)
			}
		case k > d && after == nil:
			after = timeline.Content[at]
		}
	})
	switch {
	case found:
		return nil
	case after == nil || timeline.Style&yaml.FlowStyle != 0:
		return fmt.Errorf("there is no place for %s in the timeline on line %d; write it yourself", d, timeline.Line)
	}
	indent := strings.Repeat(" ", after.Column-1)
	at := spot{after.Line, 1}
	w.put(at, at, fmt.Sprintf("%s%s: {expect: %s}%s\n", indent, d, flow(lines), w.end))
	return nil
}

// expect puts another list in the place of one, in the same manner of writing.
func (w *rewriter) expect(n *yaml.Node, lines []string) {
	from := spot{n.Line, n.Column}
	if n.Kind != yaml.SequenceNode || n.Style&yaml.FlowStyle != 0 || len(n.Content) == 0 {
		w.put(from, w.endOf(n), flow(lines))
		return
	}
	to := w.endOf(n.Content[len(n.Content)-1])
	if len(lines) == 0 { // back to the line of the key
		key := n.Line - 1
		for key > 1 && !strings.HasSuffix(strings.TrimRight(w.lines[key-1], " \r\n"), "expect:") {
			key-- // a comment, or nothing
		}
		w.put(spot{key, len([]rune(strings.TrimRight(w.lines[key-1], " \r\n"))) + 1}, to, " []")
		return
	}
	var b strings.Builder
	for i, l := range lines {
		if i > 0 {
			b.WriteString(w.end + "\n" + strings.Repeat(" ", n.Column-1))
		}
		b.WriteString("- " + written(l))
	}
	w.put(from, to, b.String())
}

// flow writes a list in brackets.
func flow(lines []string) string {
	list := make([]string, len(lines))
	for i, l := range lines {
		list[i] = written(l)
	}
	return "[" + strings.Join(list, ", ") + "]"
}

// written is a text as it may stand in brackets.
func written(s string) string {
	if strings.ContainsAny(s, ",[]{}:#\"'&*!|>%`\\") || strings.HasPrefix(s, "- ") {
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
	}
	return s
}

// apply makes one change and says which lines it touched.
func (w *rewriter) apply(p patch) Edit {
	head := []rune(w.lines[p.from.line-1])
	tail := []rune(w.lines[p.to.line-1])
	was := slices.Clone(w.lines[p.from.line-1 : p.to.line])
	text := string(head[:p.from.col-1]) + p.text + string(tail[p.to.col-1:])
	now := strings.SplitAfter(text, "\n")
	if last := len(now) - 1; now[last] == "" {
		now = now[:last]
	}
	w.lines = slices.Replace(w.lines, p.from.line-1, p.to.line, now...)
	if p.from == p.to && p.from.col == 1 { // whole lines that are new
		was, now = nil, now[:len(now)-1]
	}
	return Edit{Line: p.from.line, Was: bare(was), Now: bare(now)}
}

// bare takes the ends of lines away.
func bare(lines []string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = strings.TrimRight(l, "\r\n")
	}
	return out
}
