package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine/ledger"
)

// TestThreeThatDidNotArrive: a letter that does not arrive is noted; of three to
// one address within a month a person hears, and the address is not given up.
func TestThreeThatDidNotArrive(t *testing.T) {
	t.Parallel()
	l := newLoop(t, 1, "")
	l.collect("")
	home := ""
	for i := range 3 {
		home += fmt.Sprintf("H%05d,Hana%d,Home,home@example.net,07700 902%03d,Active,2026-10-29,North,Yes\n", i, i, i)
	}
	must(t, os.WriteFile(filepath.Join(l.folder, "data", "members-3.csv"), []byte(l.members+home), 0o600))
	l.pass(time.Hour)
	l.wire = nil
	l.run()
	n := 0
	for _, text := range l.wire {
		if headerOf(text, "To") != "home@example.net" {
			continue
		}
		n++
		l.sent[nia(1)] = text
		l.arrive(l.bounce(1, "home@example.net", "4.2.2", fmt.Sprintf("452 4.2.2 Mailbox full%*s", n, "")))
		l.collect("1 did not arrive")
		if waits := len(l.waiting()); waits != n/3 {
			t.Errorf("of %d letters that did not arrive %d wait for a person", n, waits)
		}
	}
	if why := l.why(); !strings.Contains(why, "3 letters to this address did not arrive within 30 days, the last because the mailbox is full. Perhaps") {
		t.Errorf("it waits because %q", why)
	}
	if b := l.book(); n != 3 || len(b.MessagesIn(ledger.Bounced)) != 0 {
		t.Errorf("%d letters went, and %d are given up", n, len(b.MessagesIn(ledger.Bounced)))
	}
}
