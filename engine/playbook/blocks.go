package playbook

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// A letter may have blocks: parts that a constituency can replace without
// copying the rest. A block begins with a line of its own,
//
//	<!-- block: how_to_pay -->
//
// and goes on to the next such line, to a line <!-- end -->, or to the end of
// the letter. The lines themselves are never sent. In playbooks.yaml a letter is
// replaced whole by naming a file, and block by block by naming a file for each
// block:
//
//	letters:
//	  welcome: letters/our-welcome.md
//	  second_letter: {how_to_pay: letters/our-bank.md}
var (
	blockMark = pattern(`^<!-- block: ([a-z_][a-z0-9_]{0,59}) -->\s*$`)
	endMark   = pattern(`^<!-- end -->\s*$`)
	someMark  = pattern(`^\s*<!--\s*(block|end)`)
)

// pattern is a pattern that is compiled when it is first needed, not whenever the
// program starts.
func pattern(text string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })
}

// A letterText is a letter as it will be read: its lines, each with the file and
// line that it stands in, so that faults are found where they were written.
type letterText struct {
	lines  []letterLine
	blocks []string // the names of its blocks, in their order
	from   []string // the files it is made of, in their order
}

type letterLine struct {
	text  string
	doc   *doc
	line  int
	block string
}

// String is the letter without the marks of its blocks.
func (l *letterText) String() string {
	var b strings.Builder
	for i, line := range l.lines {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(line.text)
	}
	return b.String()
}

// fault notes what is wrong at a place of the letter.
func (l *letterText) fault(line, column int, hint, text string) {
	if len(l.lines) == 0 {
		return
	}
	at := l.lines[min(max(line-1, 0), len(l.lines)-1)]
	at.doc.add(at.line, column, hint, "%s", text)
}

// letterText finds the letter of a step: the constituency's own, or
// <name>/<step>.md beside the file that has the step, with the blocks that the
// constituency replaces.
func (b *builder) letterText(src *stepSource) (*letterText, bool) {
	own := b.tail.letters.get(src.id)
	if own.there() && !own.isMapping() {
		file, ok := b.ld.ownPath(own, "a letter")
		if !ok {
			return nil, false
		}
		return b.readLetter(b.ld.own, file, own, true)
	}
	files, dir := b.files, path.Dir(b.pb.File)
	if src.added {
		files, dir = b.ld.own, path.Dir(b.tail.from)
	}
	l, ok := b.readLetter(files, path.Join(dir, b.pb.Name, src.id+".md"), src.at, src.kind == Email)
	if !own.there() {
		return l, ok
	}
	m, good := own.mapping("the blocks of a letter")
	if l == nil || !good {
		if l == nil && good {
			own.fault("", "The step %s has no letter.", src.id)
		}
		return l, ok && good
	}
	for _, e := range m.entries {
		ok = b.replaceBlock(l, src, e) && ok
	}
	return l, ok
}

// replaceBlock puts a constituency's own words in the place of one block.
func (b *builder) replaceBlock(l *letterText, src *stepSource, e entry) bool {
	if !slices.Contains(l.blocks, e.name) {
		hint := didYouMean(e.name, l.blocks)
		if len(l.blocks) == 0 {
			hint = "replace the whole letter: " + src.id + ": letters/" + src.id + ".md"
		}
		e.key.fault(hint, "The letter %s has no block %q.", src.id, plain(e.name))
		return false
	}
	file, ok := b.ld.ownPath(e.val, "a block of a letter")
	if !ok {
		return false
	}
	with, ok := b.readLetter(b.ld.own, file, e.val, true)
	if !ok {
		return false
	}
	for i := range with.lines {
		with.lines[i].block = e.name
	}
	first := slices.IndexFunc(l.lines, func(x letterLine) bool { return x.block == e.name })
	last := first
	for last < len(l.lines) && l.lines[last].block == e.name {
		last++
	}
	if n := len(with.lines); n > 0 && strings.TrimSpace(with.lines[n-1].text) != "" && last < len(l.lines) {
		with.lines = append(with.lines, letterLine{doc: with.lines[n-1].doc, line: with.lines[n-1].line, block: e.name})
	}
	l.lines = slices.Replace(l.lines, first, last, with.lines...)
	l.from = append(l.from, file)
	return true
}

// readLetter reads one file of words, and finds its blocks.
func (b *builder) readLetter(files fs.FS, name string, at value, must bool) (*letterText, bool) {
	text, file, ok := b.ld.letter(files, name, at, must)
	if !ok {
		return nil, false
	}
	d := &doc{file: file, lines: linesOf([]byte(text)), playbook: b.m.d.playbook, out: b.m.d.out}
	if !d.readable([]byte(text)) {
		return nil, false
	}
	l := &letterText{from: []string{file}}
	block := ""
	for i, line := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		switch mark := blockMark().FindStringSubmatch(line); {
		case mark != nil && slices.Contains(l.blocks, mark[1]):
			d.add(i+1, 1, "choose another name", "The letter has two blocks called %s.", mark[1])
			ok = false
		case mark != nil:
			block = mark[1]
			l.blocks = append(l.blocks, block)
			l.lines = append(l.lines, letterLine{doc: d, line: i + 1, block: block}) // so that an empty block has a place
		case endMark().MatchString(line):
			block = ""
		case someMark().MatchString(line):
			d.add(i+1, 1, "write <!-- block: how_to_pay --> or <!-- end --> on a line of its own", "This marks no block.")
			ok = false
		default:
			l.lines = append(l.lines, letterLine{text: line, doc: d, line: i + 1, block: block})
		}
	}
	return l, ok
}
