package inbound

import (
	"strings"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// Answer is what a person wrote, without what they quote.
type Answer struct {
	First  string // the first line of it, alone; empty if it begins with a quotation
	Text   string // all of it above the quotation
	Quoted bool   // something is quoted
}

// The bounds of an answer.
const (
	longestFirst = 200
	longestText  = 20_000
)

// readAnswer finds what was written above the quotation.
func readAnswer(text string) Answer {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u00a0", " ", "\ufeff", "", "\u200b", "").Replace(text)
	lines := strings.Split(text, "\n")
	var a Answer
	var kept []string
	for i, l := range lines {
		lines[i] = strings.TrimSpace(l)
	}
	for i, l := range lines {
		if beginsQuote(lines, i) {
			a.Quoted = true
			break
		}
		if l == "--" || l == "—" { // a signature
			break
		}
		kept = append(kept, dataset.Plain(l))
	}
	a.Text = strings.TrimSpace(strings.Join(kept, "\n"))
	if r := []rune(a.Text); len(r) > longestText {
		a.Text = string(r[:longestText-1]) + "…"
	}
	a.First, _, _ = strings.Cut(a.Text, "\n")
	if a.First = strings.TrimSpace(a.First); len([]rune(a.First)) > longestFirst {
		a.First = ""
	}
	return a
}

// beginsQuote reports whether a line begins what is quoted.
func beginsQuote(lines []string, i int) bool {
	l := lines[i]
	if l == "" {
		return false
	}
	if l[0] == '>' || l[0] == '|' && len(l) > 1 && l[1] == ' ' || l == quoteMark {
		return true
	}
	low := strings.ToLower(l)
	if strings.Contains(low, "original message") || strings.Contains(low, "forwarded message") {
		if strings.HasPrefix(l, "--") || strings.HasPrefix(low, "begin forwarded") {
			return true
		}
	}
	if len(l) >= 10 && strings.Trim(l, "_") == "" { // Outlook's ruler, above its block
		return mailBlock(lines, next(lines, i+1))
	}
	return mailBlock(lines, i) || introduced(lines, i)
}

// mailBlock reports whether the lines are those of Outlook over what it quotes:
// From:, and Sent:, Date: or To: close below.
func mailBlock(lines []string, i int) bool {
	if i >= len(lines) || !labelled(lines[i], "from", "von", "de") {
		return false
	}
	for _, l := range lines[i+1 : min(len(lines), i+5)] {
		if labelled(l, "sent", "date", "to", "gesendet", "envoyé") {
			return true
		}
	}
	return false
}

// labelled reports whether a line begins with one of the labels and a colon,
// bold or not.
func labelled(l string, labels ...string) bool {
	before, _, ok := strings.Cut(l, ":")
	if !ok {
		return false
	}
	before = strings.ToLower(strings.Trim(before, "* "))
	for _, want := range labels {
		if before == want {
			return true
		}
	}
	return false
}

// introductions are the words around who wrote what is quoted, and when: a line
// begins with the first and ends with the second, itself or one of the next two.
var introductions = [][2]string{{"on ", "wrote:"}, {"am ", ":"}, {"le ", "a écrit :"}, {"ar ", "ysgrifennodd:"}}

func introduced(lines []string, i int) bool {
	low := strings.ToLower(lines[i])
	for _, in := range introductions {
		if !strings.HasPrefix(low, in[0]) {
			continue
		}
		whole := low
		for n := 0; ; n++ {
			if strings.HasSuffix(whole, in[1]) && strings.ContainsAny(whole, "0123456789") &&
				(in[0] != "am " || strings.Contains(whole, "schrieb")) {
				return true
			}
			if n == 2 || i+n+1 >= len(lines) || lines[i+n+1] == "" {
				break
			}
			whole += " " + strings.ToLower(lines[i+n+1])
		}
	}
	return false
}

func next(lines []string, i int) int {
	for i < len(lines) && lines[i] == "" {
		i++
	}
	return i
}
