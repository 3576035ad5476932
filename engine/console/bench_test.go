package console_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/connectors/mail"
	"github.com/clarion-clp/clarion/connectors/sheet"
	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/console"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/engine/store"
	"github.com/clarion-clp/clarion/playbooks"
)

// oldHouse makes a house of 3,000 members with two years of history: a list of
// members every fourth week, in which 25 are new and as many fall behind with
// their payments, and a pass each week.
func oldHouse(b *testing.B) *house {
	b.Helper()
	first := calendar.NewDate(2024, time.November, 4)
	h := &house{t: b, folder: b.TempDir()}
	h.write("constituency.yaml", settings)
	h.write("officers.csv", officers)
	h.write("branches.csv", "key,name\nNorth,North\nSouth,South\n")
	h.write("playbooks.yaml", "new-member-welcome: {trust: automatic}\narrears-chase: {trust: automatic}\n")
	clock := calendar.Clock{Zone: time.UTC}
	h.time = clock.On(first, 9*60)
	s, err := store.Open(ctx, filepath.Join(b.TempDir(), "clarion.db"), store.Options{Machine: "test", Now: h.clock})
	h.must(err)
	b.Cleanup(func() { s.Close() })
	h.store = s
	read := func(ctx context.Context, folder string, src playbook.Source, schema *dataset.Schema, clock calendar.Clock) (dataset.Reading, error) {
		return sheet.Read(ctx, folder, sheet.Spec{From: src.From}, schema, clock)
	}
	outbox := b.TempDir()
	h.Engine, err = engine.New(engine.Options{Folder: h.folder, Library: playbooks.Library, Store: s, Now: h.clock, Read: read,
		Sender: func(context.Context, *playbook.Constituency) (engine.Sender, error) { return mail.NewDrop(outbox) }})
	h.must(err)
	trust := func(level string) {
		h.must(s.Update(ctx, func(tx *store.Tx) error {
			return tx.Apply(h.time, "secretary", ledger.Trusted{Playbook: "new-member-welcome", Level: level}, ledger.Trusted{Playbook: "arrears-chase", Level: level})
		}))
	}
	trust("automatic")
	for week := range 105 {
		day := first.AddDays(7 * week)
		h.time = clock.On(day, 9*60)
		if week == 104 {
			trust("batch") // the last letters wait for a yes
		}
		if week%4 == 0 {
			h.write("data/members-"+day.String()+".csv", crowd(first, day, 3000))
		}
		h.run()
	}
	h.Console, err = console.Open(console.Options{Web: playbook.Web{Listen: "127.0.0.1:0"}, Folder: h.folder, Engine: h.now, Now: h.clock, Log: slog.New(slog.DiscardHandler)})
	h.must(err)
	b.Cleanup(func() { h.Console.Close() })
	return h
}

// crowd is a list of members: the first of a number, and 25 more for each four
// weeks since.
func crowd(first, day calendar.Date, number int) string {
	var b strings.Builder
	b.WriteString("Membership Number,First Name,Last Name,Email,Mobile,Status,Date Joined,Branch,Marketing Consent\n")
	weeks := int(day-first) / 7
	for i := range number - 26*25 + weeks/4*25 {
		joined, status, branch := calendar.NewDate(2015, time.March, 1), "Active", "North"
		if n := i - (number - 26*25); n >= 0 {
			joined = first.AddDays(n/25*28 + 25)
		} else if i < weeks/4*25 && i >= weeks/4*25-75 {
			status = "In arrears"
		}
		if i%2 == 1 {
			branch = "South"
		}
		fmt.Fprintf(&b, "A%05d,Olive%d,Older%d,olive%d@example.com,07700 900%03d,%s,%s,%s,Yes\n", i, i, i%700, i, i%1000, status, joined, branch)
	}
	return b.String()
}

// BenchmarkPage makes every page that is only looked at, over 3,000 members with
// two years of history, for the Secretary, and says the median of each.
func BenchmarkPage(b *testing.B) {
	h := oldHouse(b)
	h.view(func(tx *store.Tx) error {
		book, err := tx.LoadBook()
		imports, _ := tx.Imports()
		b.Logf("%d events, %d messages, %d cases, %d tasks, %d imports", book.Seq(), len(book.Messages()), len(book.Cases()), len(book.Tasks()), len(imports))
		return err
	})
	token, err := h.Engine.LetIn(ctx, "secretary", h.clock().Add(day))
	h.must(err)
	pages := h.Console.Handler()
	ask := func(method, path, cookie string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, path, nil)
		r.Host = h.Console.Address()
		if cookie != "" {
			r.Header.Set("Cookie", cookie)
		}
		w := httptest.NewRecorder()
		pages.ServeHTTP(w, r)
		return w
	}
	k := ask("POST", "/sign-in/"+token, "").Result().Cookies()[0]
	cookie := k.Name + "=" + k.Value
	seen := map[string]bool{}
	paths := h.paths()
	slices.SortStableFunc(paths, func(a, b string) int { return heavy(b) - heavy(a) })
	for _, path := range paths {
		if console.Public(path) {
			continue
		}
		pattern := h.Console.Pattern(path)
		if seen[pattern] || ask("GET", path, cookie).Code != http.StatusOK {
			continue
		}
		seen[pattern] = true
		b.Run(strings.TrimPrefix(strings.ReplaceAll(pattern, "GET ", ""), "/")+"_", func(b *testing.B) {
			var took []time.Duration
			for b.Loop() {
				began := time.Now()
				if w := ask("GET", path, cookie); w.Code != http.StatusOK {
					b.Fatalf("%s: %d", path, w.Code)
				}
				took = append(took, time.Since(began))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms-median")
		})
	}
	b.Run("the_look_of_them_all_after_a_change", func(b *testing.B) {
		for b.Loop() {
			if _, err := h.Engine.Look(ctx); err != nil {
				b.Fatal(err)
			}
		}
	})
	for _, pattern := range console.Patterns() {
		if strings.HasPrefix(pattern, "GET ") && !seen[pattern] {
			b.Logf("not measured: %s", pattern)
		}
	}
}

// heavy prefers the long list, and pages that search it.
func heavy(path string) (n int) {
	for _, part := range []string{"?q=o", "/members", "/A0"} {
		if strings.Contains(path, part) {
			n++
		}
	}
	return n
}
