package playbook

import (
	"fmt"
	"io/fs"
	"math"
	"slices"
	"strings"
	"unicode"
)

// synonymsFile lists the words by which officers look for duties.
const synonymsFile = "synonyms.yaml"

var synonymsForm = form{what: "the list of words", fields: []field{
	{"ignore", false, listOf(aText), "Words that say nothing about a duty."},
	{"means", must, mapOf(someTexts), "What the playbooks call a thing: what else people call it."},
}}

// A Search finds playbooks by an officer's own words.
type Search struct {
	set     *Set
	idle    map[string]bool // words that say nothing
	means   []meaning
	texts   []indexed
	holders map[string]int // how many playbooks use a word
}

// A meaning is what the playbooks call a thing, and what else people call it.
type meaning struct{ phrase, means []string }

// An indexed playbook has the weight of each of its words.
type indexed struct {
	pb    *Playbook
	words map[string]float64
}

// The weight of a word by where it stands.
const (
	inTitle   = 8
	inName    = 6
	inSubject = 4
	inRole    = 3
	inAbout   = 2
	inRest    = 1
)

// NewSearch reads the list of words and looks through all playbooks of a set.
func NewSearch(library fs.FS, set *Set) (*Search, error) {
	s := &Search{set: set, idle: map[string]bool{}, holders: map[string]int{}}
	data, err := fs.ReadFile(library, synonymsFile)
	if err != nil {
		return nil, fmt.Errorf("reading the words that officers use: %w", err)
	}
	var faults []Fault
	v, ok := (&doc{file: synonymsFile, out: &faults}).parse(data)
	if ok {
		s.read(v)
	}
	if len(faults) > 0 {
		return nil, fmt.Errorf("reading the words that officers use: %w", faults[0])
	}
	for _, pb := range set.Playbooks {
		s.index(pb)
	}
	return s, nil
}

// read takes over the words that say nothing and what others mean.
func (s *Search) read(v value) {
	m, _ := v.form(synonymsForm)
	if list := m.get("ignore"); list.there() {
		words, _ := list.texts("ignore")
		for _, w := range words {
			s.idle[stem(w)] = true
		}
	}
	if list := m.get("means"); list.there() {
		groups, _ := list.mapping("means")
		for _, e := range groups.entries {
			others, _ := e.val.texts(e.name)
			for _, o := range others {
				s.means = append(s.means, meaning{stems(o), slices.DeleteFunc(stems(e.name), func(w string) bool { return s.idle[w] })})
			}
		}
	}
	slices.SortStableFunc(s.means, func(a, b meaning) int { return len(b.phrase) - len(a.phrase) })
}

// index weighs the words of a playbook by where they stand.
func (s *Search) index(pb *Playbook) {
	x := indexed{pb, map[string]float64{}}
	add := func(text string, weight float64) {
		for _, w := range stems(text) {
			if !s.idle[w] {
				x.words[w] = max(x.words[w], weight) + weight/20
			}
		}
	}
	add(strings.Join(pb.Source, " "), inRest)
	add(s.set.Trigger(pb), inRest)
	add(pb.About, inAbout)
	for _, role := range s.set.Serves(pb) {
		add(s.set.RoleTitle(role), inRole/2)
	}
	add(s.set.RoleTitle(pb.Role), inRole)
	w := &describer{vocabulary: newVocabulary(s.set, pb)}
	for _, st := range pb.Steps {
		add(w.subject(st), inSubject)
	}
	add(strings.ReplaceAll(pb.Name, "-", " "), inName)
	add(pb.Title, inTitle)
	for word := range x.words {
		s.holders[word]++
	}
	s.texts = append(s.texts, x)
}

// Find lists the playbooks that speak of what an officer asks, the best first.
// A word that few playbooks use says more than one that many do.
func (s *Search) Find(words string) []*Playbook {
	asked := s.asked(words)
	if len(asked) == 0 {
		return nil
	}
	type hit struct {
		pb    *Playbook
		score float64
	}
	var hits []hit
	for _, x := range s.texts {
		score, met := 0.0, 0
		for _, choices := range asked {
			best := 0.0
			for i, phrase := range choices {
				sum := 0.0
				for _, w := range phrase {
					weight := x.words[w]
					if weight == 0 {
						sum = 0
						break
					}
					sum += weight * math.Log(1+float64(len(s.texts))/float64(s.holders[w])) / float64(len(phrase))
				}
				if i > 0 {
					sum *= 0.8 // what she means counts a little less than what she says
				}
				best = max(best, sum)
			}
			if best > 0 {
				met++
				score += best
			}
		}
		if met > 0 {
			share := float64(met) / float64(len(asked))
			hits = append(hits, hit{x.pb, score * share})
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int {
		switch {
		case a.score > b.score:
			return -1
		case a.score < b.score:
			return 1
		}
		return strings.Compare(a.pb.Name, b.pb.Name)
	})
	var out []*Playbook
	for _, h := range hits {
		if h.score >= hits[0].score/4 {
			out = append(out, h.pb)
		}
	}
	return out
}

// asked are the things asked for, each with all the phrases that mean it.
func (s *Search) asked(words string) [][][]string {
	list := stems(words)
	var out [][][]string
	for i := 0; i < len(list); {
		n := 1
		for _, m := range s.means {
			if len(m.phrase) > 1 && len(list)-i >= len(m.phrase) && slices.Equal(list[i:i+len(m.phrase)], m.phrase) {
				n = len(m.phrase)
				break
			}
		}
		phrase := list[i : i+n]
		i += n
		if n == 1 && s.idle[phrase[0]] {
			continue
		}
		choices := [][]string{phrase}
		for _, m := range s.means {
			if slices.Equal(m.phrase, phrase) {
				choices = append(choices, m.means)
			}
		}
		out = append(out, choices)
	}
	return out
}

// stems are the words of a text without their endings.
func stems(text string) []string {
	var out []string
	for _, w := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '\'' && r != '’' }) {
		if w = stem(w); w != "" {
			out = append(out, w)
		}
	}
	return out
}

// stem takes the commonest endings off a word: welcomes, welcomed and welcoming
// are one word.
func stem(w string) string {
	w = strings.ToLower(strings.NewReplacer("'s", "", "’s", "", "'", "", "’", "").Replace(w))
	if strings.HasSuffix(w, "ies") && len(w) > 4 {
		w = w[:len(w)-3] + "y"
	} else if strings.HasSuffix(w, "s") && !strings.HasSuffix(w, "ss") && len(w) > 3 {
		w = w[:len(w)-1]
	}
	for _, end := range []string{"ing", "ed"} {
		if cut, ok := strings.CutSuffix(w, end); ok && len(cut) > 2 {
			w = cut
			if n := len(w); n > 3 && w[n-1] == w[n-2] && w[n-1] != 's' && w[n-1] != 'l' {
				w = w[:n-1]
			}
			break
		}
	}
	if len(w) > 3 {
		w = strings.TrimSuffix(w, "e")
	}
	return w
}
