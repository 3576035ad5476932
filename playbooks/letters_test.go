package playbooks_test

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"unicode"

	"gopkg.in/yaml.v3"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/playbooks"
)

// What a letter of the library may be.
const (
	mostWords     = 180 // of a letter, both sides of every if counted
	mostOfAbout   = 130 // words of an about
	longest       = 90  // characters of a subject
	easeOfMembers = 60  // the least reading ease of a letter to a member
	easeOfOfficer = 50  // and of a note to an officer
)

// Every playbook says what it is, why it exists and where the duty comes from,
// and has tests beside it.
func TestPlaybooksAreWhole(t *testing.T) {
	for _, pb := range shipped(t).Playbooks {
		if strings.TrimSpace(pb.Title) == "" || strings.TrimSpace(pb.About) == "" {
			t.Errorf("%s: it needs a title and an about that can be read out at a meeting", pb.File)
		}
		if n := len(strings.Fields(pb.About)); n > mostOfAbout {
			t.Errorf("%s: its about has %d words; %d can be read aloud", pb.File, n, mostOfAbout)
		}
		if len(pb.Source) == 0 {
			t.Errorf("%s: it does not say where the duty comes from", pb.File)
		}
		tests := strings.TrimSuffix(pb.File, ".yaml") + ".test.yaml"
		if _, err := fs.Stat(playbooks.Library, tests); err != nil {
			t.Errorf("%s: it has no tests beside it: %v", pb.File, err)
		}
	}
}

// Every letter is short and plain, its subject says something in one line, and
// a member is told who writes. With -v the hardest five of each are listed.
func TestLettersArePlain(t *testing.T) {
	set := shipped(t)
	var all []graded
	for _, pb := range set.Playbooks {
		for _, s := range pb.Steps {
			file := strings.TrimSuffix(pb.File, ".yaml") + "/" + s.ID + ".md"
			subject := subjects(t, pb.File)[s.ID]
			if n := len([]rune(plainText(subject))); n == 0 || n > longest {
				t.Errorf("%s: the subject of %s has %d characters; 1 to %d are shown whole", pb.File, s.ID, n, longest)
			}
			if s.Letter == nil {
				continue
			}
			raw, err := fs.ReadFile(playbooks.Library, file)
			if err != nil {
				t.Error(err)
				continue
			}
			text := plainText(string(raw))
			if n := len(wordsOf(text)); n > mostWords {
				t.Errorf("%s: %d words; a letter has %d at most", file, n, mostWords)
			}
			g := graded{file: file, ease: readingEase(text), least: easeOfOfficer}
			if toPersons(s) {
				g.least = easeOfMembers
				signer := set.Roles[append(s.From.Roles, pb.Role)[0]].Title
				if s.Kind == playbook.Email && !strings.Contains(string(raw), "constituency.name") && !strings.Contains(strings.ToLower(text), strings.ToLower(signer)) {
					t.Errorf("%s: a member is not told who writes: neither the %s nor {{ constituency.name }} is named", file, signer)
				}
			}
			if g.ease < g.least {
				t.Errorf("%s: reading ease %.0f; %.0f is the least here: shorter sentences, shorter words", file, g.ease, g.least)
			}
			all = append(all, g)
		}
	}
	if len(all) == 0 {
		t.Fatal("no letter was read")
	}
	slices.SortFunc(all, func(a, b graded) int { return strings.Compare(a.order(), b.order()) })
	for _, g := range all[:min(5, len(all))] {
		t.Logf("hardest: %s: %.0f (at least %.0f)", g.file, g.ease, g.least)
	}
}

// A graded letter has its reading ease, and the least it may have.
type graded struct {
	file        string
	ease, least float64
}

// order sorts by how near a letter is to what is refused.
func (g graded) order() string { return fmt.Sprintf("%08.2f %s", g.ease-g.least+1000, g.file) }

// The formula is Flesch's: on a text counted by hand, and on two extremes.
func TestReadingEase(t *testing.T) {
	// 9 words, 2 sentences, 12 syllables.
	if got, want := readingEase("The cat sat on the mat. Nobody minded it."), 206.835-1.015*9.0/2-84.6*12.0/9; fmt.Sprintf("%.3f", got) != fmt.Sprintf("%.3f", want) {
		t.Errorf("%.3f, not %.3f", got, want)
	}
	hard := readingEase("Notwithstanding aforementioned organisational considerations, participation necessitates comprehensive administrative authorisation.")
	if hard > 0 {
		t.Errorf("the language of offices has a reading ease of %.0f", hard)
	}
	for word, want := range map[string]int{"cat": 1, "minded": 2, "nobody": 3, "stopped": 1, "table": 2, "come": 1, "comes": 1, "houses": 2, "membership": 3, "constituency": 5, "agenda": 3, "28": 1, "you": 1, "idea": 3} {
		if got := syllables(word); got != want {
			t.Errorf("%s has %d syllables, not %d", word, got, want)
		}
	}
}

// readingEase is Flesch's: 206.835 - 1.015 words/sentences - 84.6 syllables/words.
// Each paragraph and each item of a list ends a sentence. A greeting or a
// closing, which ends in a comma, is left out: it would make any letter easy.
func readingEase(text string) float64 {
	var sentences, words, beats int
	for _, par := range paragraph.Split(text, -1) {
		if par = strings.TrimSpace(par); par == "" || strings.HasSuffix(par, ",") {
			continue
		}
		for _, s := range sentence.Split(par, -1) {
			list := wordsOf(s)
			if len(list) == 0 {
				continue
			}
			sentences++
			words += len(list)
			for _, w := range list {
				beats += syllables(w)
			}
		}
	}
	if words == 0 {
		return 100
	}
	return 206.835 - 1.015*float64(words)/float64(sentences) - 84.6*float64(beats)/float64(words)
}

var (
	action    = regexp.MustCompile(`(?s)\{\{-?\s*(if|else|end|range|with)?\b.*?\}\}`)
	mark      = regexp.MustCompile(`(?s)<!--.*?-->`)
	paragraph = regexp.MustCompile(`\n\s*\n|\n\s*(?:[-*+]|\d+\.)\s+|\n#+\s+`)
	sentence  = regexp.MustCompile(`[.!?]+["')\]*_]*(?:\s+|$)`)
	silent    = regexp.MustCompile(`(?:[^laeiouy]es|[^td]ed|[^l]e)$`)
	hissing   = regexp.MustCompile(`(?:s|x|z|c|g|sh|ch)es$`)
	vowels    = regexp.MustCompile(`[aeiouy]+`)
	melted    = regexp.MustCompile(`[tsc]i[ao]$`) // nation, session, special
	apart     = regexp.MustCompile(`i[ao]|uen|iety|(?:id|ar)ea$`)
)

// plainText is a raw letter or subject as a reader meets it: marks of blocks and
// the words of if and end taken out, a value standing as one short word.
func plainText(raw string) string {
	return action.ReplaceAllStringFunc(mark.ReplaceAllString(raw, ""), func(s string) string {
		if action.FindStringSubmatch(s)[1] != "" {
			return ""
		}
		return "Friday"
	})
}

// wordsOf lists the words of a text: what has a letter or a digit in it.
func wordsOf(text string) []string {
	return slices.DeleteFunc(strings.Fields(text), func(w string) bool {
		return !strings.ContainsFunc(w, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
	})
}

// syllables counts the groups of vowels of a word, without a silent ending and
// with the pairs that are said apart; a number counts as one.
func syllables(word string) int {
	word = strings.ToLower(strings.TrimFunc(word, func(r rune) bool { return !unicode.IsLetter(r) }))
	n := len(vowels.FindAllString(word, -1))
	if silent.MatchString(word) && !hissing.MatchString(word) {
		n--
	}
	for _, at := range apart.FindAllStringIndex(word, -1) {
		if !melted.MatchString(word[:at[1]]) {
			n++
		}
	}
	return max(n, 1)
}

// toPersons reports whether a step reaches anybody but holders of roles.
func toPersons(s *playbook.Step) bool {
	for _, e := range s.To.Exprs {
		t := e.Type()
		if t.List != nil {
			t = *t.List
		}
		if t.Kind == dataset.Person || t.Record != nil && t.Record.Name != "officers" {
			return true
		}
	}
	return false
}

// shipped loads the library for a constituency that has set what must be set,
// and fails on any playbook that does not load.
func shipped(t *testing.T) *playbook.Set {
	t.Helper()
	values := map[string]string{"text": "sample", "link": "https://example.org", "role": "secretary", "roles": "[secretary]", "number": "1", "money": "£1", "date": "2026-01-01", "duration": "14 days", "choice": "", "yes/no": "yes", "table": "[]"}
	var own strings.Builder
	for _, file := range files(t) {
		var pb struct {
			Name     string
			Settings map[string]struct {
				Type    string
				Default any
			}
		}
		decode(t, file, &pb)
		var set []string
		for _, name := range slices.Sorted(maps.Keys(pb.Settings)) {
			if x := pb.Settings[name]; x.Default == nil {
				set = append(set, "    "+name+": "+values[x.Type])
			}
		}
		if len(set) == 0 {
			fmt.Fprintf(&own, "%s: {}\n", pb.Name)
			continue
		}
		fmt.Fprintf(&own, "%s:\n  settings:\n%s\n", pb.Name, strings.Join(set, "\n"))
	}
	party := fstest.MapFS{"constituency.yaml": {Data: []byte("name: Anytown CLP\naudiences:\n  members: member in members when member.status in [\"active\", \"provisional\"]\n  executive: [chair, vice_chair, secretary, treasurer, membership_officer]\n")}}
	if own.Len() > 0 {
		party["playbooks.yaml"] = &fstest.MapFile{Data: []byte(own.String())}
	}
	set, err := playbook.Load(playbooks.Library, party)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range set.All() {
		t.Error(f)
	}
	return set
}

// files lists the playbooks that ship.
func files(t *testing.T) []string {
	t.Helper()
	list, err := fs.Glob(playbooks.Library, "*/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(list, func(f string) bool {
		dir := path.Dir(f)
		return dir == "data" || dir == "law" || strings.HasSuffix(f, ".test.yaml")
	})
}

// subjects are the subjects of a playbook's steps as they were written.
func subjects(t *testing.T, file string) map[string]string {
	t.Helper()
	var pb struct {
		Steps []struct{ Email, Task, Subject string }
	}
	decode(t, file, &pb)
	by := map[string]string{}
	for _, s := range pb.Steps {
		by[cmp.Or(s.Email, s.Task)] = s.Subject
	}
	return by
}

// decode reads a file of the library.
func decode(t *testing.T, file string, into any) {
	t.Helper()
	data, err := fs.ReadFile(playbooks.Library, file)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(data, into); err != nil {
		t.Errorf("%s: %v", file, err)
	}
}
