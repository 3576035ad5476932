package plan_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/clarion-clp/clarion/engine/ledger"
)

// Calls that say the same of up to three people stand one by one; of more they
// are one thing, a table. Of a long table the letter shows the head, and the
// file that comes with it all.
func TestManyCallsAreOneTable(t *testing.T) {
	for _, c := range []struct {
		people, things, shown int
		file                  bool
	}{{3, 3, 3, false}, {4, 1, 4, true}, {40, 1, 40, true}, {41, 1, 40, true}, {60, 1, 40, true}} {
		b := ask(t, "2026-03-02", "brakes: {most_at_once: 1000, share: 100 percent, floor: 1000}\n", arrears, "Hello.\n")
		b.list("members", "key: B0; name: Bo; email: bo@example.org; status: active")
		b.expect("2026-03-02", "")
		b.on("2026-03-03")
		var rows []row
		for i := range c.people {
			rows = append(rows, row(fmt.Sprintf("key: A%d; name: Jo Number%02d; status: arrears; arrears_since: 2026-03-01", i, i)))
		}
		b.list("members", rows...)
		b.expect("2026-03-03", "")
		b.on("2026-03-04")
		m := letterTo(t, b.propose(), ledger.Digest, "mel@example.org")
		if want := fmt.Sprintf("%d thing", c.things); !strings.HasPrefix(m.Content.Subject, want) {
			t.Errorf("%d people: the digest is called %q, want %s", c.people, m.Content.Subject, want)
		}
		if n := strings.Count(m.Content.HTML, "Jo Number"); n != c.shown {
			t.Errorf("%d people: the digest shows %d, want %d", c.people, n, c.shown)
		}
		if more := c.people - c.shown; more > 0 && !strings.Contains(m.Content.Text, fmt.Sprintf("%d more", more)) {
			t.Errorf("%d people: it is not said that %d more stand in the file", c.people, more)
		}
		if len(m.Actions) != c.people {
			t.Errorf("%d people: the digest carries %d actions", c.people, len(m.Actions))
		}
		if !c.file {
			if len(m.Content.Attachments) > 0 {
				t.Errorf("%d people: %d files come with it", c.people, len(m.Content.Attachments))
			}
			continue
		}
		if len(m.Content.Attachments) != 1 {
			t.Fatalf("%d people: %d files come with the digest", c.people, len(m.Content.Attachments))
		}
		names := strings.Count(string(m.Files[m.Content.Attachments[0].SHA256]), "Jo Number")
		if names != c.people || !slices.Contains([]string{"text/csv; charset=utf-8"}, m.Content.Attachments[0].Type) {
			t.Errorf("%d people: %d stand in the file of type %s", c.people, names, m.Content.Attachments[0].Type)
		}
	}
}
