package playbook

import "slices"

// tailoringFile is what a constituency makes of the library.
const tailoringFile = "playbooks.yaml"

// A tailoring is what a constituency says about one playbook.
type tailoring struct {
	at       entry
	from     string // the file it stands in
	off      bool
	trust    value
	file     value
	settings mapping
	letters  mapping
	steps    mapping
	also     mapping
}

// readTailoring reads one entry of playbooks.yaml.
func (ld *loader) readTailoring(e entry) (tailoring, bool) {
	e.key.d = e.key.d.forPlaybook(e.name)
	e.val.d = e.key.d
	t := tailoring{at: e, from: tailoringFile}
	if e.val.isScalar() {
		word, ok := e.val.text("a playbook")
		if t.off = ok && word == "off"; ok && !t.off {
			e.val.fault(`write "off", or trust, settings, letters, also and steps beneath it`, "%q says nothing about a playbook.", plain(word))
		}
		return t, t.off
	}
	m, ok := e.val.form(tailoringForm)
	t.trust, t.file = m.get("trust"), m.get("file")
	for key, to := range map[string]*mapping{"settings": &t.settings, "letters": &t.letters, "steps": &t.steps} {
		if v := m.get(key); v.there() {
			sub, good := v.mapping(key)
			*to, ok = sub, ok && good
		}
	}
	if v := m.get("also"); v.there() {
		sub, good := v.form(alsoForm)
		if good && !sub.get("when").there() {
			v.fault("write also: {when: present(member.branch)}", "also must say when.")
			good = false
		}
		t.also, ok = sub, ok && good
	}
	return t, ok
}

// A stepSource is a step before it is read: from the playbook, or added.
type stepSource struct {
	m      mapping
	kind   StepKind
	id     string
	at     value // the id
	off    bool
	offAt  value
	added  bool
	letter *letterText // once it is read
}

// answers are the texts of a step's answers, for steps.<id>.answer.
func (s *stepSource) answers() []string {
	v := s.m.get("answers")
	switch {
	case s.kind != Task:
		return nil
	case !v.there():
		return []string{"done"}
	}
	var out []string
	if v.isMapping() {
		for i := 0; i+1 < len(v.n.Content); i += 2 {
			out = append(out, v.n.Content[i].Value)
		}
		return out
	}
	for _, c := range v.n.Content {
		out = append(out, c.Value)
	}
	return out
}

// order finds the steps of the playbook and puts the constituency's own among
// them.
func (b *builder) order() {
	if v := b.m.get("steps"); v.there() {
		list, ok := v.items("steps")
		if ok && len(list) == 0 {
			v.fault("", "A playbook must have steps.")
		}
		for _, item := range list {
			b.addStep(item, len(b.steps), "", stepForm)
		}
	}
	for _, e := range b.tail.steps.entries {
		i := slices.IndexFunc(b.steps, func(s stepSource) bool { return s.id == e.name && !s.added })
		switch {
		case e.val.isScalar() && i >= 0:
			if word, ok := e.val.choice("a step", "off"); ok && word == "off" {
				b.steps[i].off, b.steps[i].offAt = true, e.val
			}
		case e.val.isScalar():
			e.key.fault(didYouMean(e.name, b.stepNames()), "%s has no step %q.", sentence(b.pb.Name), plain(e.name))
		case i >= 0:
			e.val.fault(`switch it off with "off" and add one by another name`, "%s has a step %s already; a playbook's steps cannot be rewritten.", sentence(b.pb.Name), e.name)
		default:
			b.addOwn(e)
		}
	}
}

// addOwn puts a constituency's own step at its place.
func (b *builder) addOwn(e entry) {
	after := value{}
	for i := 0; e.val.isMapping() && i+1 < len(e.val.n.Content); i += 2 {
		if e.val.n.Content[i].Value == "after" {
			after = value{e.val.n.Content[i+1], e.val.d}
		}
	}
	place := len(b.steps)
	if after.there() {
		name, ok := after.text("after")
		i := slices.IndexFunc(b.steps, func(s stepSource) bool { return s.id == name })
		if !ok || i < 0 {
			after.fault(didYouMean(name, b.stepNames()), "%s has no step %q.", sentence(b.pb.Name), plain(name))
			return
		}
		for place = i + 1; place < len(b.steps) && b.steps[place].added; place++ {
		}
	}
	b.addStep(e.val, place, e.name, ownStepForm)
}

// stepNames lists the ids of the steps.
func (b *builder) stepNames() []string {
	var names []string
	for i := range b.steps {
		names = append(names, b.steps[i].id)
	}
	return names
}

// addStep reads what a step is and its id. A constituency's own step has its
// id as the key too.
func (b *builder) addStep(v value, place int, key string, known form) {
	m, _ := v.form(known)
	if !v.isMapping() {
		return
	}
	s := stepSource{m: m, added: key != ""}
	email, task := m.get("email"), m.get("task")
	switch {
	case email.there() && task.there():
		task.fault("make two steps of it", "A step is an email or a task, not both.")
		return
	case email.there():
		s.kind, s.at = Email, email
	case task.there():
		s.kind, s.at = Task, task
	default:
		m.fault("begin it with email: or task: and a name", "A step must be an email or a task.")
		return
	}
	var ok bool
	if s.id, ok = s.at.name(string(s.kind)); !ok {
		return
	}
	if key != "" && key != s.id {
		s.at.fault("write "+string(s.kind)+": "+plain(key), "The step is called %s above.", plain(key))
	}
	for i := range b.steps {
		if b.steps[i].id == s.id {
			s.at.fault("choose another name", "There are two steps called %s; the first is on line %d.", s.id, b.steps[i].at.n.Line)
			return
		}
	}
	b.steps = slices.Insert(b.steps, place, s)
}
