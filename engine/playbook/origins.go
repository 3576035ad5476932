package playbook

import (
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
)

// library is the origin of what ships.
const library = "library"

// An Origin is one value of an effective playbook and where it comes from: a
// key, a setting, a key of a step or a letter.
type Origin struct {
	Path    string // steps.phone.due
	Value   string // as it holds; empty: it is not there any more
	From    string // library, or the file and line that says so
	Library string // what the library says; empty: nothing
}

// Ours reports a value that is not as the library has it.
func (o Origin) Ours() bool { return o.Value != o.Library }

// Origins lists every value of the effective playbook in the order of writing,
// with where it comes from. What a constituency added or replaced names its file
// and line; of what it replaced or switched off, the library's own value stands
// beside it.
func (pb *Playbook) Origins() []Origin { return slices.Clone(pb.origins) }

// Text is the effective playbook with its settings and letters, as a text in
// which equal playbooks are equal and every change is a change of few lines.
func (pb *Playbook) Text() string {
	return originText(pb.origins, func(o Origin) string { return o.Value })
}

// LibraryText is the same of the playbook as the library has it.
func (pb *Playbook) LibraryText() string {
	return originText(pb.origins, func(o Origin) string { return o.Library })
}

// originText writes values line by line.
func originText(list []Origin, of func(Origin) string) string {
	var b strings.Builder
	for _, o := range list {
		value := of(o)
		if value == "" {
			continue
		}
		if !strings.Contains(value, "\n") {
			fmt.Fprintf(&b, "%s: %s\n", o.Path, value)
			continue
		}
		fmt.Fprintf(&b, "%s:\n", o.Path)
		for _, line := range strings.Split(strings.TrimRight(value, "\n"), "\n") {
			fmt.Fprintf(&b, "  | %s\n", line)
		}
	}
	return b.String()
}

// place names the file and line of a value.
func (v value) place() string { return fmt.Sprintf("%s:%d", v.d.file, v.n.Line) }

// home is the origin of what the playbook's own file says: the library, or the
// constituency's file that has it.
func (b *builder) home(v value) string {
	if b.tail.file.there() {
		return v.place()
	}
	return library
}

// was is what the library says where the playbook says something.
func (b *builder) was(value string) string {
	if b.tail.file.there() {
		return ""
	}
	return value
}

// origins notes where every effective value comes from.
func (b *builder) origins() {
	add := func(path, value, from, was string) {
		b.pb.origins = append(b.pb.origins, Origin{Path: path, Value: value, From: from, Library: was})
	}
	said := func(path string, v value) {
		b.flat(path, v, func(path string, v value, text string) { add(path, text, b.home(v), b.was(text)) })
	}
	for _, key := range playbookForm.names() {
		v := b.m.get(key)
		switch {
		case key == "settings":
			b.settingOrigins(add)
		case key == "steps":
			b.stepOrigins(add, said)
		case key == "trust":
			b.trustOrigin(v, add)
		case key == "when":
			if v.there() {
				said(key, v)
			}
			if also := b.tail.also.get("when"); also.there() {
				add("also.when", shortened(also.n.Value), also.place(), "")
			}
		case v.there():
			said(key, v)
		}
	}
}

// trustOrigin notes the most that the playbook may do, and who says so.
func (b *builder) trustOrigin(v value, add func(path, value, from, was string)) {
	was, from := Automatic.String(), library
	if v.there() {
		was, from = v.n.Value, b.home(v)
	}
	switch {
	case b.tail.trust.there() && b.pb.Trust.String() != was:
		from = b.tail.trust.place()
	case b.pb.Trust.String() != was:
		from = "nothing is said in " + tailoringFile
	}
	add("trust", b.pb.Trust.String(), from, b.was(was))
}

// settingOrigins notes the values of the settings.
func (b *builder) settingOrigins(add func(path, value, from, was string)) {
	clock := b.ld.set.Constituency.Clock
	for _, def := range b.defs {
		path := "settings." + def.Name
		own := b.tail.settings.get(def.Name)
		from := b.home(def.at.key)
		if own.there() {
			from = own.place()
		}
		if def.Type != "table" {
			was := ""
			if def.standard != nil {
				was = termWords(*def.standard, clock)
			}
			add(path, termWords(def.Term, clock), from, b.was(was))
			continue
		}
		key := def.columns[0].Name
		var standard []dataset.Term
		if def.standard != nil {
			standard = def.standard.List
		}
		for _, row := range append(slices.Clone(def.Term.List), standard...) {
			name := row.Fields[key].Value.Words(clock)
			at := path + "." + name
			if slices.ContainsFunc(b.pb.origins, func(o Origin) bool { return o.Path == at }) {
				continue
			}
			value, was := rowWords(def, find(def.Term.List, key, row), clock), rowWords(def, find(standard, key, row), clock)
			source := b.home(def.at.key)
			if value != was && own.there() {
				source = own.place()
			}
			add(at, value, source, b.was(was))
		}
	}
}

// find gives the row of a table that has the same key as another.
func find(rows []dataset.Term, key string, like dataset.Term) *dataset.Term {
	for i := range rows {
		if rows[i].Fields[key].Value == like.Fields[key].Value {
			return &rows[i]
		}
	}
	return nil
}

// stepOrigins notes the steps and their letters.
func (b *builder) stepOrigins(add func(path, value, from, was string), said func(path string, v value)) {
	for i := range b.steps {
		src := &b.steps[i]
		path := "steps." + src.id
		from := b.home(src.at)
		switch {
		case src.off:
			add(path, "off", src.offAt.place(), b.was(string(src.kind)))
		case src.added:
			add(path, string(src.kind), src.at.place(), "")
		default:
			add(path, string(src.kind), from, b.was(string(src.kind)))
		}
		for _, e := range src.m.entries {
			if e.name == string(src.kind) || e.name == "after" {
				continue
			}
			if src.added {
				b.flat(path+"."+e.name, e.val, func(path string, v value, text string) { add(path, text, v.place(), "") })
			} else {
				said(path+"."+e.name, e.val)
			}
		}
		if src.letter == nil {
			continue
		}
		text, was := src.letter.String(), ""
		from = library
		if src.added || b.tail.file.there() || b.tail.letters.get(src.id).there() {
			from = strings.Join(src.letter.from, ", ")
		}
		if !src.added && !b.tail.file.there() {
			was = text
			if b.tail.letters.get(src.id).there() {
				before := len(*b.m.d.out)
				tail := b.tail.letters
				b.tail.letters = mapping{}
				if l, ok := b.letterText(src); ok {
					was = l.String()
				}
				b.tail.letters = tail
				*b.m.d.out = (*b.m.d.out)[:before]
			}
		}
		b.wording(src, was)
		add("letter."+src.id, strings.TrimRight(text, "\n"), from, strings.TrimRight(was, "\n"))
	}
}

// flat takes a value apart into those that stand by themselves: each key of a
// mapping is one, a list of words is one.
func (b *builder) flat(path string, v value, emit func(path string, v value, text string)) {
	switch v.n.Kind {
	case yaml.ScalarNode:
		emit(path, v, shortened(v.n.Value))
	case yaml.SequenceNode:
		var words []string
		for _, c := range v.n.Content {
			words = append(words, shortened(c.Value))
		}
		emit(path, v, "["+strings.Join(words, ", ")+"]")
	case yaml.MappingNode:
		if len(v.n.Content) == 0 {
			emit(path, v, "{}")
		}
		for i := 0; i+1 < len(v.n.Content); i += 2 {
			b.flat(path+"."+v.n.Content[i].Value, value{v.n.Content[i+1], v.d}, emit)
		}
	}
}

// shortened is a text without the line breaks and spaces that only fold it.
func shortened(s string) string { return strings.Join(strings.Fields(s), " ") }

// termWords says a setting's value as people write it.
func termWords(t dataset.Term, clock calendar.Clock) string {
	if t.IsList {
		var words []string
		for _, e := range t.List {
			words = append(words, termWords(e, clock))
		}
		return "[" + strings.Join(words, ", ") + "]"
	}
	return t.Value.Words(clock)
}

// rowWords says the row of a table: its columns but the key.
func rowWords(def *settingDef, row *dataset.Term, clock calendar.Clock) string {
	if row == nil {
		return ""
	}
	var words []string
	for i := 1; i < len(def.columns); i++ {
		name := def.columns[i].Name
		words = append(words, name+" "+row.Fields[name].Value.Words(clock))
	}
	if len(words) == 0 {
		return "there"
	}
	return strings.Join(words, ", ")
}
