package playbook

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// seal checks what can only be known once everything is read, and gives the
// playbook its digests.
func (b *builder) seal() {
	pb := b.pb
	b.any.add(b.top)
	b.all.add(b.top)
	if b.any.lawful {
		if v := b.m.get("locked"); v.there() && !pb.Locked {
			v.fault("delete it", "A playbook that names law is always locked.")
		}
		pb.Locked = true
	}
	b.unused()
	b.special()
	b.owners()
	b.lock()
	pb.Private = b.top.private()
	for _, st := range pb.Steps {
		st.Private = st.Private || pb.Private
	}
	pb.Private = b.all.private()
	if v := b.tail.trust; v.there() {
		if t, ok := readTrust(v); ok {
			b.ld.set.Constituency.Trust[pb.Name] = t
		}
	}
	own, said := b.ld.set.Constituency.Trust[pb.Name]
	if !said {
		own = Each
	}
	if b.ld.overlay != nil {
		own = b.ld.overlay.Trust
	}
	pb.Most, pb.Trust = pb.Trust, min(pb.Trust, own)
	for _, e := range b.tail.letters.entries {
		if !slices.Contains(b.stepNames(), e.name) {
			e.key.fault(didYouMean(e.name, b.stepNames()), "%s has no step %q.", sentence(pb.Name), plain(e.name))
		}
	}
	b.origins()
	b.digests()
	pb.Words = pb.wordsToMembers()
}

// unused notes settings that nothing uses, and asks for those that something
// uses and nobody has set.
func (b *builder) unused() {
	for _, def := range b.defs {
		def.Used = b.all.settings[def.Name]
		switch {
		case !b.any.settings[def.Name] && !b.mentioned(def.Name):
			def.at.key.fault("delete it, or use settings."+def.Name, "Nothing uses the setting %s.", def.Name)
		case def.Used && !def.Setting.Set && !def.faulty:
			d := b.m.d
			about := ""
			if def.About != "" {
				about = " " + def.About
			}
			f := Fault{File: tailoringFile, Playbook: d.playbook, Text: fmt.Sprintf("The setting %s of %s must be set before it can run.%s", def.Name, b.pb.Name, about),
				Hint: fmt.Sprintf("under %s: write settings: {%s: %s}", b.pb.Name, def.Name, example(def.Type))}
			if k := b.tail.at.key; k.there() {
				f.File, f.Line, f.Column, f.Source = k.d.file, k.n.Line, k.n.Column, k.d.line(k.n.Line)
			}
			*d.out = append(*d.out, f)
		}
	}
}

// mentioned reports a setting that stands in a condition too faulty to read.
func (b *builder) mentioned(name string) bool {
	if len(*b.m.d.out) == b.faultsBefore {
		return false
	}
	return slices.ContainsFunc(b.m.d.lines, func(line string) bool { return strings.Contains(line, "settings."+name) })
}

// example is what a setting of a type looks like.
func example(typ string) string {
	switch typ {
	case "number":
		return "8"
	case "money":
		return "£100"
	case "date":
		return "2026-11-03"
	case "duration":
		return "21 days"
	case "role":
		return "chair"
	case "roles":
		return "[chair, secretary]"
	case "audience":
		return "members"
	case "link":
		return `"https://example.org/guide"`
	case "yes/no":
		return "yes"
	}
	return "..."
}

// special holds a playbook to its reads: every special column that it uses
// stands there, and nothing else does (law 16).
func (b *builder) special() {
	listed := map[string]bool{}
	if v := b.m.get("reads"); v.there() {
		items, _ := v.items("reads")
		for _, item := range items {
			name := item.n.Value
			full := ""
			for _, path := range sortedNames(b.any.columns) {
				if b.any.columns[path] == dataset.Special && (path == name || strings.HasSuffix(path, "."+name)) {
					full = path
					listed[path] = true
				}
			}
			if full == "" {
				item.fault("delete it", "The playbook reads no special column %q.", plain(name))
			}
		}
	}
	for _, path := range sortedNames(b.any.columns) {
		if b.any.columns[path] == dataset.Special && !listed[path] {
			_, column, _ := strings.Cut(path, ".")
			b.m.fault(fmt.Sprintf("write reads: [%s]", column), "The playbook reads %s, which is special, and does not say so.", path)
		}
	}
}

// lock refuses what a constituency may not change in a playbook that rests on
// law (law 12): it can add to it, never take away.
func (b *builder) lock() {
	if !b.pb.Locked {
		return
	}
	for i := range b.steps {
		if s := &b.steps[i]; s.off {
			s.offAt.fault("it rests on law", "The playbook %s is locked: its steps cannot be switched off.", b.pb.Name)
		}
	}
	if w := b.tail.also.get("when"); w.there() {
		w.fault("add a step of your own, or hold yourselves to a stricter figure under law: in constituency.yaml", "The playbook %s rests on law and is locked: a further condition can only let records slip out of it, never add one.", b.pb.Name)
	}
}

// digest adds a named text to what a digest is made of.
func (b *builder) digest(to *strings.Builder, name, text string) {
	fmt.Fprintf(to, "%d:%s=%d:%s\n", len(name), name, len(text), text)
}

// digests works out what identifies the effective playbook, and what opens and
// keeps its cases.
func (b *builder) digests() {
	note := func(to *strings.Builder, name string, v value) {
		if v.there() {
			var s strings.Builder
			v.canonical(&s)
			b.digest(to, name, s.String())
		}
	}
	for _, key := range playbookForm.names() {
		if key != "settings" && key != "steps" {
			note(&b.text, key, b.m.get(key))
		}
	}
	note(&b.text, "also", b.tail.also.get("when"))
	for i := range b.steps {
		name := "step"
		if b.steps[i].off {
			name = "step off"
		}
		note(&b.text, name, b.steps[i].m.value)
	}
	for _, key := range []string{"for", "every", "let", "when", "while", "again"} {
		note(&b.conds, key, b.m.get(key))
	}
	note(&b.conds, "also", b.tail.also.get("when"))
	for _, def := range b.defs {
		words := termText(def.Term)
		b.digest(&b.text, "setting "+def.Name+" "+def.Type, words)
		if b.gate.settings[def.Name] || b.letUses(def.Name) {
			b.digest(&b.conds, "setting "+def.Name, words)
		}
	}
	b.pb.Digest, b.pb.Conditions = sum(b.text.String()), sum(b.conds.String())
}

// letUses reports a setting that a name in let uses.
func (b *builder) letUses(name string) bool {
	u := b.ld.newUses()
	for _, l := range b.pb.Let {
		u.expr(l.Expr)
	}
	return u.settings[name]
}

// termText writes a setting's value so that equal values are equal texts.
func termText(t dataset.Term) string {
	switch {
	case t.IsList:
		var s strings.Builder
		for _, e := range t.List {
			s.WriteString("[" + termText(e) + "]")
		}
		return s.String()
	case t.Fields != nil:
		var s strings.Builder
		for _, name := range sortedNames(t.Fields) {
			s.WriteString("(" + name + "=" + termText(t.Fields[name]) + ")")
		}
		return s.String()
	}
	return fmt.Sprintf("%d/%d/%d/%q", t.Value.Kind, t.Value.Unit, t.Value.N, t.Value.S)
}

// sum is the SHA-256 of a text, in hexadecimal.
func sum(s string) string {
	d := sha256.Sum256([]byte(s))
	return hex.EncodeToString(d[:])
}
