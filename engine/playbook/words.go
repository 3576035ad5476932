package playbook

import (
	"fmt"
	"slices"
	"strings"
)

// Words describes a playbook as it holds here on one page of plain English: for
// a committee that is to adopt it. It says what the playbook does when, to whom
// and by what right, what it reads, what can be set and when it stops. What the
// conditions say is put into words one by one; where the words and the playbook
// differ, the playbook holds.
func (s *Set) Words(pb *Playbook) string {
	w := &describer{set: s, pb: pb}
	w.line("%s", pb.Title)
	w.line("%s", strings.Repeat("=", len([]rune(pb.Title))))
	if about := shortened(pb.About); about != "" {
		w.para("%s", about)
	}
	w.rights()
	w.cases()
	w.head("What it does")
	n := 0
	for _, st := range pb.Steps {
		if !st.Off {
			n++
			w.step(n, st)
		}
	}
	w.switchedOff()
	w.head("When it stops")
	w.ends()
	w.settings()
	w.reads()
	w.sources()
	return strings.TrimRight(w.b.String(), "\n") + "\n"
}

// Trigger says in a few words what a playbook is about and when it acts.
func (s *Set) Trigger(pb *Playbook) string {
	w := &describer{set: s, pb: pb}
	var parts []string
	if pb.Every != nil {
		parts = append(parts, "every "+pb.Every.String())
	}
	if pb.For != nil {
		parts = append(parts, "for "+a(readable(pb.For.Schema.Singular)))
	}
	switch {
	case pb.Everyone:
		parts = append(parts, "every one of them")
	case pb.When != nil:
		parts = append(parts, "when "+w.phrase(pb.When.Source()))
	}
	return strings.Join(parts, ", ")
}

// A describer writes a description.
type describer struct {
	set *Set
	pb  *Playbook
	b   strings.Builder
}

func (w *describer) line(format string, args ...any) { fmt.Fprintf(&w.b, format+"\n", args...) }

// para writes a paragraph, broken into lines.
func (w *describer) para(format string, args ...any) {
	w.b.WriteByte('\n')
	w.fill("", "", fmt.Sprintf(format, args...))
}

// item writes one item of a list.
func (w *describer) item(format string, args ...any) {
	w.fill("- ", "  ", fmt.Sprintf(format, args...))
}

// sub writes a line beneath an item.
func (w *describer) sub(format string, args ...any) {
	w.fill("   ", "   ", fmt.Sprintf(format, args...))
}

func (w *describer) head(text string) { w.line("\n%s", text) }

// fill breaks a text into lines of at most 90 characters.
func (w *describer) fill(first, rest, text string) {
	const most = 90
	line := first
	begun := false
	for _, word := range strings.Fields(text) {
		if begun && len([]rune(line))+1+len([]rune(word)) > most {
			w.line("%s", line)
			line, begun = rest, false
		}
		if begun {
			line += " "
		}
		line, begun = line+word, true
	}
	w.line("%s", line)
}

// rights says who owns the playbook and by what right it writes.
func (w *describer) rights() {
	pb := w.pb
	why := map[Basis]string{
		Officer:   "It writes to officers only, so that they can do what falls to them.",
		Service:   "It writes to people because of what they are to us (members, donors): they need not have asked for it, and it may promote nothing.",
		Marketing: "It writes to people to promote something, and only to those who have agreed to that.",
	}[pb.Basis]
	w.para("It belongs to the %s, who signs, approves and answers for it. %s", w.role(pb.Role), why)
	trust := map[Trust]string{
		Observe: "It only shows what it would do; it does nothing.", Each: "Every letter to a member waits for the owner's yes.",
		Batch: "Letters to members wait until the owner approves them together.", Automatic: "Once it has earned that, letters go by themselves.",
	}[pb.Trust]
	if pb.Trust > Observe && !slices.ContainsFunc(pb.Steps, func(st *Step) bool { return st.Kind == Email && !st.Off }) {
		trust = "It sends no letters to members; what officers have to do stands in their daily letter."
	}
	how := ""
	switch {
	case pb.Cap < 0:
		how = " It is meant for everybody concerned, however many they are."
	case pb.Cap > 0:
		how = fmt.Sprintf(" It may do no more than %d things in one run.", pb.Cap)
	}
	w.para("%s%s", trust, how)
	if pb.Locked {
		w.para("It rests on law: a constituency can add to it, and take nothing away from it.")
	}
	if pb.Private {
		w.para("It is private: it reads money or other guarded matters, so nothing of it goes to an address that several people share.")
	}
}

// cases says whom it is about, and when.
func (w *describer) cases() {
	pb := w.pb
	w.head("Whom it is about")
	var say string
	switch {
	case pb.Every != nil && pb.For != nil:
		say = fmt.Sprintf("Each %s, every %s", readable(pb.For.Schema.Singular), pb.Every)
	case pb.Every != nil:
		say = "It begins anew every " + pb.Every.String()
	case pb.For != nil:
		say = "Each " + readable(pb.For.Schema.Singular)
	default:
		say = "The constituency party as a whole"
	}
	switch {
	case pb.Everyone:
		say += ", without exception"
	case pb.When != nil && pb.For != nil && pb.Every == nil:
		say += " of whom this is so: " + w.phrase(pb.When.Source())
		if !pb.For.Schema.Person {
			say = strings.Replace(say, "of whom this is so", "of which this is so", 1)
		}
	case pb.When != nil:
		say += ", if " + w.phrase(pb.When.Source())
	}
	w.item("%s.", say)
	for _, l := range pb.Let {
		w.item("Here %q means: %s.", readable(l.Name), w.phrase(l.Expr.Source()))
	}
	if pb.Every == nil {
		w.item("%s", w.occasion())
	}
}

// occasion says when the same record counts again.
func (w *describer) occasion() string {
	again := w.pb.Again
	switch {
	case again == nil:
		return "Each of them once."
	case again.Never:
		return "Each of them once, and never again."
	case again.After != nil:
		return "Again at the earliest " + w.length(again.After) + " after the last time."
	}
	var words []string
	for _, e := range again.Exprs {
		words = append(words, w.phrase(e.Source()))
	}
	return "Again only when there is another value of " + strings.Join(words, " or ") + "."
}

// step says what one step does.
func (w *describer) step(n int, st *Step) {
	pb := w.pb
	what, kind := "Letter", "Sent"
	if st.Kind == Task {
		what, kind = "Task", "Given"
	}
	w.fill(fmt.Sprintf("%d. ", n), "   ", fmt.Sprintf("%s %q to %s.", what, strings.ReplaceAll(st.ID, "_", " "), w.recipients(st.To)))
	if st.Subject != nil {
		w.sub("%q", w.subject(st))
	}
	when := "at once"
	if st.At != nil {
		when = w.moment(st.At)
	} else if pb.Every != nil {
		when = "on the day itself"
	}
	say := kind + " " + when
	if st.Each != nil {
		say += ", one for each " + strings.ReplaceAll(st.Each.Var, "_", " ") + " of " + w.phrase(st.Each.Expr.Source())
	}
	if st.When != nil {
		say += ", if " + w.phrase(st.When.Source())
	}
	w.sub("%s.", say)
	if st.Kind == Email && st.Basis != pb.Basis {
		w.sub("It counts as %s: it goes only to people who have agreed to that.", st.Basis)
	}
	if st.Rows != nil {
		w.sub("It shows %s, with %s.", w.phrase(st.Rows.Source()), and(readableAll(st.Columns)))
	}
	if st.Attach != nil {
		w.sub("Attached: %s; without it the letter waits.", w.phrase(st.Attach.Source()))
	}
	for _, e := range st.Again {
		w.sub("It goes again when there is another value of %s.", w.phrase(e.Source()))
	}
	if st.Late != nil {
		if st.Late.Until != nil {
			w.sub("After %s it is no longer done, and that is reported.", w.phrase(st.Late.Until.Source()))
		} else {
			w.sub("More than %s late it is no longer done, and that is reported.", w.length(st.Late.For))
		}
	}
	w.task(st)
}

// task says by when a task is due, what can be answered and who is reminded.
func (w *describer) task(st *Step) {
	if st.Kind != Task {
		return
	}
	if st.Due != nil {
		w.sub("Due %s.", w.moment(st.Due))
	}
	if st.Done != nil {
		w.sub("Done as soon as %s.", w.phrase(st.Done.Source()))
	}
	var answers []string
	for _, a := range st.Answers {
		text := fmt.Sprintf("%q", a.Text)
		var does []string
		for _, f := range a.Set {
			does = append(does, fmt.Sprintf("notes %s: %s", readable(f.Column), w.phrase(f.Expr.Source())))
		}
		if a.Suppress != nil {
			does = append(does, "nothing is sent to them any more")
		}
		if len(does) > 0 {
			text += " (" + strings.Join(does, "; ") + ")"
		}
		answers = append(answers, text)
	}
	if len(answers) > 1 || len(answers) == 1 && st.Answers[0].Text != "done" {
		w.sub("Answers: %s.", strings.Join(answers, ", "))
	}
	for _, r := range st.Chase {
		w.sub("Reminder %s it is due to %s.", r.Key, w.recipients(r.To))
	}
}

// subject is the subject as it is written, without the marks of the template.
func (w *describer) subject(st *Step) string {
	for _, o := range w.pb.origins {
		if o.Path == "steps."+st.ID+".subject" {
			return w.template(o.Value)
		}
	}
	return ""
}

// switchedOff names the steps that the constituency does without.
func (w *describer) switchedOff() {
	var off []string
	for _, st := range w.pb.Steps {
		if st.Off {
			off = append(off, fmt.Sprintf("%q", strings.ReplaceAll(st.ID, "_", " ")))
		}
	}
	if len(off) > 0 {
		w.item("Switched off here: %s.", and(off))
	}
}

// ends says what ends a case.
func (w *describer) ends() {
	pb := w.pb
	if pb.Deadline != nil {
		w.item("It should be done by the deadline: %s. After that it stays open and is shown as overdue.", w.moment(pb.Deadline))
	}
	if pb.Done != nil {
		w.item("It has reached its end when %s.", w.phrase(pb.Done.Source()))
	} else {
		w.item("It has reached its end when every step is done or no longer needed.")
	}
	if pb.Stop != nil {
		w.item("It stops for good when %s. Tasks already given stay with their owner.", w.phrase(pb.Stop.Source()))
	}
	switch {
	case pb.While != nil:
		w.item("It ends when this is no longer so: %s. Letters that wait are withdrawn.", w.phrase(pb.While.Source()))
	case pb.Everyone:
		w.item("It ends when the record is gone.")
	}
	if pb.Pause != nil {
		w.item("It rests, and nothing new is sent or asked for, while %s.", w.phrase(pb.Pause.Source()))
	}
	w.item("It ends at once when the person has died or asks us to erase them. What cannot be told for want of a date or another cell is listed for the %s, and nothing is sent.", w.role(pb.Role))
}

// settings says what can be set and how it is set here.
func (w *describer) settings() {
	pb := w.pb
	if len(pb.Settings) == 0 {
		return
	}
	w.head("What is set")
	for _, o := range pb.origins {
		name, ok := strings.CutPrefix(o.Path, "settings.")
		if !ok || o.Value == "" {
			continue
		}
		head, row, _ := strings.Cut(name, ".")
		say := strings.ReplaceAll(head, "_", " ")
		if row != "" {
			say += ", " + strings.ReplaceAll(row, "_", " ")
		}
		value := o.Value
		if s := pb.Settings[head]; s != nil && s.Type == "role" {
			value = w.role(value)
		}
		from := ""
		if o.Ours() && o.Library != "" {
			from = fmt.Sprintf(" (set here; otherwise %s)", o.Library)
		} else if o.Ours() && !pb.own() {
			from = " (set here)"
		}
		about := ""
		if s := pb.Settings[head]; s != nil && s.About != "" && row == "" {
			about = " " + s.About
		}
		w.item("%s: %s%s.%s", sentence(say), strings.TrimSuffix(value, "."), from, about)
	}
}

// reads says which data it uses.
func (w *describer) reads() {
	columns := map[string][]string{}
	for _, path := range w.pb.Data() {
		table, column, _ := strings.Cut(path, ".")
		columns[table] = append(columns[table], readable(column))
	}
	if len(columns) == 0 {
		return
	}
	w.head("What it reads")
	for _, table := range sortedNames(columns) {
		list := slices.DeleteFunc(columns[table], func(c string) bool { return c == "" })
		if len(list) == 0 {
			w.item("%s.", sentence(strings.ReplaceAll(table, "_", " ")))
		} else {
			w.item("%s: %s.", sentence(strings.ReplaceAll(table, "_", " ")), and(list))
		}
	}
	if len(w.pb.Reads) > 0 {
		w.item("Of these, %s: special categories, which only the roles that need them see.", and(readableAll(w.pb.Reads)))
	}
}

// sources says where the duty comes from.
func (w *describer) sources() {
	if len(w.pb.Source) == 0 {
		return
	}
	w.head("Where the duty comes from")
	for _, s := range w.pb.Source {
		w.item("%s.", strings.TrimSuffix(shortened(s), "."))
	}
}
