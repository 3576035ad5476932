package console

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/playbook"
)

func itoa(n int) string { return strconv.Itoa(n) }

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return itoa(n) + " " + many
}

// A wordsPart is a part of a playbook's description: paragraphs, or a list, under
// a heading.
type wordsPart struct {
	Head     string
	Numbered bool
	Items    []string
	Paras    []string
}

// partsOf takes a description apart, as playbook.Words writes it: a title that is
// underlined, paragraphs, and headings over lists.
func partsOf(words string) (out []wordsPart) {
	lines := strings.Split(words, "\n")
	part := wordsPart{}
	flush := func() {
		if len(part.Items)+len(part.Paras) > 0 {
			out = append(out, part)
		}
		part = wordsPart{}
	}
	blank := true
	for i := 2; i < len(lines); i++ { // behind the title
		line := dataset.Plain(lines[i])
		number, rest, numbered := strings.Cut(line, ". ")
		if _, err := strconv.Atoi(number); err != nil || len(part.Head) == 0 {
			numbered = false
		}
		switch {
		case strings.TrimSpace(line) == "":
			blank = true
			continue
		case strings.HasPrefix(line, "- "):
			part.Items = append(part.Items, line[2:])
		case numbered && !strings.HasPrefix(line, " "):
			part.Items, part.Numbered = append(part.Items, rest), true
		case len(part.Items) > 0 && strings.HasPrefix(line, " "):
			part.Items[len(part.Items)-1] += " " + strings.TrimSpace(line)
		case blank && i+1 < len(lines) && (strings.HasPrefix(lines[i+1], "- ") || strings.HasPrefix(lines[i+1], "1. ")):
			flush()
			part.Head = line
		case blank:
			part.Paras = append(part.Paras, line)
		case len(part.Paras) > 0:
			part.Paras[len(part.Paras)-1] += " " + line
		}
		blank = false
	}
	flush()
	return out
}

// whyTrust says why a playbook stands as it does.
func (v *visit) whyTrust(pb *playbook.Playbook, st plan.Standing, minute string) string {
	_, here := v.e.Set().Constituency.Trust[pb.Name]
	text := ""
	switch {
	case st.Why != "":
		return wholeSentence(st.Why)
	case st.Earned:
		text = "It earned that on " + v.clock().Day(st.Since).Words() + "."
	default:
		text = "A person said so on " + v.clock().Day(st.Since).Words() + "."
	}
	if minute != "" {
		text = strings.TrimSuffix(text, ".") + " (" + dataset.Plain(minute) + ")."
	}
	switch {
	case pb.Trust < pb.Most && !here:
		text += " More is not allowed: playbooks.yaml says nothing of its trust."
	case pb.Trust < pb.Most:
		text += " playbooks.yaml trusts it with no more than this: " + trustWords[pb.Trust] + "."
	}
	return text
}

// nextTrust says what comes next, and what it takes.
func nextTrust(pb *playbook.Playbook, st plan.Standing) string {
	r := st.Ramp
	counted := "letters"
	if r.Next == playbook.Automatic {
		counted = "batches"
	}
	switch {
	case st.Level == playbook.Observe && pb.Trust > playbook.Observe:
		return "It earns nothing while it only observes. Let it ask for each of its letters first."
	case st.Level >= pb.Trust && pb.Trust < pb.Most:
		return "It can earn no more than playbooks.yaml allows it."
	case !r.Open:
		return "It may do no more."
	}
	text := fmt.Sprintf("Next: %s. %d of %d %s decided without one struck out.", trustWords[r.Next], r.Decided, r.Of, counted)
	if r.Bad {
		text += fmt.Sprintf(" But %d of its %s of the last %d days came back, which is too large a share.", r.Bounced, plural(r.Sent, "letter", "letters"), r.Days)
	}
	return text
}

// kindWords says what is to be typed for a setting.
func kindWords(s *playbook.Setting) string {
	text := map[string]string{"number": "a whole number", "money": "an amount, such as £500 or £1,234.50", "duration": "a length of time: 14 days, 10 working days, 3 months",
		"date": "a day", "link": "a whole address: https://example.org/guide", "role": "a role", "roles": "roles", "audience": "one of your audiences",
		"choice": "one of these", "yes/no": "yes or no", "text": "words", "table": "a table"}[s.Type]
	switch {
	case s.Least != "" && s.Most != "":
		text += "; from " + s.Least + " to " + s.Most
	case s.Least != "":
		text += "; at least " + s.Least
	case s.Most != "":
		text += "; at most " + s.Most
	}
	return text
}
