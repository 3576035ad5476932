package playbook_test

import (
	"strings"
	"testing"
)

// A committee that adopts a playbook reads that it counts, and by what, and that
// small numbers are not given.
func TestTheWordsOfACount(t *testing.T) {
	set := shipped(t)
	words := strings.Join(strings.Fields(set.Words(set.Playbook("membership-report"))), " ")
	for _, want := range []string{"It counts the changes", "by branch and kind; no number under 5 is given, nor one that would give it away."} {
		if !strings.Contains(words, want) {
			t.Errorf("it does not say %q:\n%s", want, words)
		}
	}
}
