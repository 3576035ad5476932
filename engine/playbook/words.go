package playbook

import (
	"fmt"
	"slices"
	"strings"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// Words describes a playbook as it holds here on one page of plain English, to
// be read aloud to a committee that is to adopt it: when it begins, who gets
// what and when, what stops it, what is set, what the law says. Conditions are
// said by their meaning; where the words and the playbook differ, the playbook
// holds.
func (s *Set) Words(pb *Playbook) string {
	w := &describer{vocabulary: newVocabulary(s, pb)}
	w.line("%s", pb.Title)
	w.line("%s", strings.Repeat("=", len([]rune(pb.Title))))
	if about := shortened(pb.About); about != "" {
		w.para("%s", about)
	}
	w.rights()
	w.cases()
	w.head("What happens")
	n := 0
	for _, st := range pb.Steps {
		if !st.Off {
			n++
			w.step(n, st)
		}
	}
	w.switchedOff()
	w.head("What stops it")
	w.ends()
	w.terminology()
	w.settings()
	w.figures()
	w.reads()
	w.sources()
	return strings.TrimRight(w.b.String(), "\n") + "\n"
}

// Trigger says in a few words when a playbook acts: "When a member's status
// becomes arrears", "Every Monday at 7 in the morning".
func (s *Set) Trigger(pb *Playbook) string {
	w := &describer{vocabulary: newVocabulary(s, pb)}
	w.briefly, w.once = 25, 50 // there is no room to explain words
	return w.trigger()
}

func (w *describer) trigger() string {
	pb := w.pb
	var say string
	switch {
	case pb.Every != nil:
		say = schedule(pb.Every)
		if pb.For != nil {
			say += ", for each " + readable(pb.For.Schema.Singular)
		}
		if pb.When != nil {
			say += ", if " + pb.When.Statement(w.words)
		}
	case pb.Everyone:
		say = "for every " + readable(pb.For.Schema.Singular) + ", without exception"
	case pb.When != nil:
		say = "when " + pb.When.Opening(w.words)
	}
	return upperFirst(say)
}

// A describer writes a description.
type describer struct {
	*vocabulary
	b strings.Builder
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
	letters := slices.ContainsFunc(pb.Steps, func(st *Step) bool { return st.Kind == Email && !st.Off && st.To.beyondRoles() })
	say := fmt.Sprintf("It belongs to the %s, who answers for it.", w.role(pb.Role))
	switch {
	case !letters:
		say += " It writes to officers only."
	case pb.Basis == Service:
		say += " It writes to people because of what they are to us, and promotes nothing."
	case pb.Basis == Marketing:
		say += " It promotes something, so it writes only to people who have agreed to that."
	}
	trust := map[Trust]string{
		Observe: " It only shows what it would do.", Each: " Every letter waits for the owner's yes.",
		Batch: " Letters wait until the owner approves them together.", Automatic: " Once it has earned that, letters go by themselves.",
	}[pb.Trust]
	if letters || pb.Trust == Observe {
		say += trust
	}
	if pb.Cap > 0 {
		say += fmt.Sprintf(" It does no more than %d things in one run.", pb.Cap)
	}
	if pb.Locked {
		say += " It rests on law: we may add to it, and take nothing away."
	}
	if pb.Private && letters {
		say += " It is private: nothing of it goes to an address that several people share."
	}
	w.para("%s", say)
}

// cases says whom it is about, and when.
func (w *describer) cases() {
	w.head("When it begins")
	say := w.trigger()
	if w.pb.Every == nil {
		say += ". " + w.occasion()
	}
	w.item("%s.", strings.TrimSuffix(say, "."))
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
		words = append(words, e.Phrase(w.words))
	}
	return "Again only when " + strings.Join(words, " or ") + " changes."
}

// step says what one step does.
func (w *describer) step(n int, st *Step) {
	pb := w.pb
	when := "at once"
	if st.At != nil {
		when = w.moment(st.At)
	}
	say := fmt.Sprintf("Letter %s to %s, %s", quoted(readable(st.ID)), w.recipients(st.To), when)
	if st.Kind == Task {
		say = fmt.Sprintf("Task %s for %s, %s", quoted(readable(st.ID)), w.recipients(st.To), when)
	}
	if st.Each != nil {
		say += ", once for each " + singular(st.Each.Expr.Phrase(w.words))
	}
	if st.When != nil {
		say += ", if " + st.When.Statement(w.words)
	}
	if st.Subject != nil {
		say += ": " + quoted(strings.TrimSuffix(w.subject(st), "."))
	}
	say += "."
	if st.Kind == Email && st.Basis != pb.Basis && st.Basis == Marketing {
		say += " Only to people who have agreed to such letters."
	}
	if len(st.From.Exprs) > 0 || st.From.Roles[0] != pb.Role {
		say += fmt.Sprintf(" It is from %s.", w.recipients(st.From))
	}
	if st.Tally {
		say += fmt.Sprintf(" It counts %s, by %s; no number under 5 is given, nor one that would give it away.", st.Rows.Phrase(w.words), and(headings(st.Columns)))
	} else if st.Rows != nil {
		say += fmt.Sprintf(" It lists %s, with %s.", st.Rows.Phrase(w.words), and(headings(st.Columns)))
	}
	if st.Attach != nil {
		say += fmt.Sprintf(" Attached: %s; without it the letter waits.", st.Attach.Phrase(w.words))
	}
	if len(st.Again) > 0 {
		var words []string
		for _, e := range st.Again {
			words = append(words, w.said(e))
		}
		say += fmt.Sprintf(" It goes again when %s changes.", strings.Join(words, " or "))
	}
	if st.Due != nil {
		say += " Due " + w.moment(st.Due) + "."
	}
	if st.Done != nil {
		say += " Done as soon as " + st.Done.Statement(w.words) + "."
	}
	if st.Late != nil && st.Late.Until != nil {
		say += fmt.Sprintf(" Too late after %s.", st.Late.Until.Phrase(w.words))
	} else if st.Late != nil {
		say += fmt.Sprintf(" Too late after another %s.", w.length(st.Late.For))
	}
	if st.Kind == Task {
		say += w.answers(st) + w.chase(st)
	}
	w.fill(fmt.Sprintf("%d. ", n), "   ", say)
}

// singular is a list as "for each" needs it.
func singular(phrase string) string {
	phrase = strings.TrimPrefix(phrase, "the ")
	if rest, ok := strings.CutPrefix(phrase, "table "); ok {
		return "row of the table " + rest
	}
	return "of the " + phrase
}

// headings are what stands above some columns.
func headings(columns []string) []string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = Heading(c)
	}
	return out
}

// switchedOff names the steps that the constituency does without.
func (w *describer) switchedOff() {
	var off []string
	for _, st := range w.pb.Steps {
		if st.Off {
			off = append(off, quoted(readable(st.ID)))
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
		w.item("The deadline is %s. After it, what is open is shown as overdue.", strings.TrimPrefix(w.moment(pb.Deadline), "on "))
	}
	if pb.Done != nil {
		w.item("It is done when %s.", pb.Done.Statement(w.words))
	} else {
		w.item("It is done when every step is done or no longer needed.")
	}
	if pb.Stop != nil {
		w.item("It stops for good when %s.", pb.Stop.Statement(w.words))
	}
	switch {
	case pb.While != nil && pb.When != nil && pb.While.Source() == pb.When.Source():
		w.item("It ends when what began it no longer holds; letters that wait are withdrawn.")
	case pb.While != nil:
		w.item("It goes on only while %s; otherwise letters that wait are withdrawn.", pb.While.Statement(w.words))
	case pb.Everyone:
		w.item("It ends when the record is gone.")
	}
	if pb.Pause != nil {
		w.item("It rests while %s.", pb.Pause.Statement(w.words))
	}
	w.item("Where something needed is missing, nothing is sent: the %s is told what.", w.role(pb.Role))
}

// terminology explains the words in quotes that were used.
func (w *describer) terminology() {
	said := map[string]string{}
	for grown := true; grown; {
		grown = false
		for _, l := range w.pb.Let {
			if _, done := said[l.Name]; !w.terms[l.Name] || done {
				continue
			}
			said[l.Name], grown = w.said(l.Expr), true
		}
	}
	if len(said) == 0 {
		return
	}
	w.head("What the words mean")
	for _, l := range w.pb.Let {
		if words, ok := said[l.Name]; ok && l.Expr.Type().Kind == dataset.YesNo {
			w.item("It counts as %s if %s.", quoted(readable(l.Name)), words)
		} else if ok {
			w.item("%s: %s.", quoted(upperFirst(readable(l.Name))), words)
		}
	}
}
