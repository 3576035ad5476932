package mail

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/clarion-clp/clarion/engine/letter"
)

func newDrop(t *testing.T, folder string) *Drop {
	t.Helper()
	d, err := NewDrop(folder)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func files(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

func TestDrop(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "out", "letters")
	d, o, ctx := newDrop(t, folder), outgoing(), context.Background()
	out := d.Send(ctx, o)
	if out.Kind != letter.Delivered {
		t.Fatal(out)
	}
	const name = "2026-11-03-0900-zoe-ni-bhriain-welcome-zoe_m-17.eml"
	if got := files(t, folder); len(got) != 1 || got[0] != name {
		t.Fatalf("files %q", got)
	}
	got, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil || string(got) != string(made(t, o)) {
		t.Errorf("the file is not the message: %v", err)
	}
	if runtime.GOOS != "windows" {
		for path, want := range map[string]os.FileMode{folder: 0o700, filepath.Join(folder, name): 0o600} {
			if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
				t.Errorf("%s: %v, %v", path, info.Mode(), err)
			}
		}
	}
	// The same letter again, from the same Drop and from a new one, at another
	// hour and with other words: it is delivered and nothing is written.
	o.Date, o.Content.Subject = o.Date.Add(time.Hour), "Other"
	for _, d := range []*Drop{d, newDrop(t, folder)} {
		if out := d.Send(ctx, o); out.Kind != letter.Delivered {
			t.Error(out)
		}
	}
	if got := files(t, folder); len(got) != 1 {
		t.Errorf("files %q", got)
	}
	// Refs that end alike, or differ by capitals, are other letters.
	for _, ref := range []string{"17", "x-m-17", "M-17", "m_17", "a/b"} {
		o.Ref = ref
		if out := d.Send(ctx, o); out.Kind != letter.Delivered || strings.Contains(out.Text, "already") {
			t.Errorf("%s: %v", ref, out)
		}
	}
	sent, err := newDrop(t, folder).Sent(ctx, []string{"m-17", "17", "M-17", "m_17", "a/b", "7", "m-1"})
	if err != nil || len(sent) != 5 || !sent["m-17"] || !sent["M-17"] || !sent["a/b"] || sent["7"] {
		t.Errorf("sent %v, %v", sent, err)
	}
}

func TestDropFolderGone(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "letters")
	d, o, ctx := newDrop(t, folder), outgoing(), context.Background()
	if sent, err := d.Sent(ctx, []string{"m-17"}); err != nil || len(sent) > 0 {
		t.Errorf("no folder: %v, %v", sent, err)
	}
	for range 2 {
		if out := d.Send(ctx, o); out.Kind != letter.Delivered || strings.Contains(out.Text, "already") {
			t.Fatal(out)
		}
		if err := os.RemoveAll(folder); err != nil {
			t.Fatal(err)
		}
	}
	if sent, err := d.Sent(ctx, []string{"m-17"}); err != nil || len(sent) > 0 {
		t.Errorf("folder removed: %v, %v", sent, err)
	}
}

func TestDropAfterCrash(t *testing.T) {
	folder := t.TempDir()
	o, ctx := outgoing(), context.Background()
	whole := made(t, o)
	// Cut short by another program: the headers do not end, so it proves nothing.
	if err := os.WriteFile(filepath.Join(folder, nameOf(o)), whole[:40], 0o600); err != nil {
		t.Fatal(err)
	}
	part := filepath.Join(folder, ".clarion-old.part")
	if err := os.WriteFile(part, whole[:40], 0o600); err != nil {
		t.Fatal(err)
	}
	old := time.Now().Add(-2 * forgotten)
	if err := os.Chtimes(part, old, old); err != nil {
		t.Fatal(err)
	}
	d := newDrop(t, folder)
	if sent, err := d.Sent(ctx, []string{o.Ref}); err != nil || sent[o.Ref] {
		t.Errorf("a stump counts as sent: %v", err)
	}
	out := d.Send(ctx, o)
	if out.Kind != letter.NotTried {
		t.Errorf("a file of that name was written over: %v", out)
	}
	if got := files(t, folder); len(got) != 1 || got[0] != nameOf(o) {
		t.Errorf("files %q", got)
	}
}

func TestDropIsAFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "x")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := NewDrop(file); err == nil || !strings.Contains(err.Error(), "is a file") {
		t.Error(err)
	}
	d := newDrop(t, filepath.Join(file, "y"))
	if out := d.Send(context.Background(), outgoing()); out.Kind != letter.NotTried || !strings.HasPrefix(out.Text, "The drop folder cannot be") {
		t.Error(out)
	}
}

func TestDropStopped(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	folder := filepath.Join(t.TempDir(), "letters")
	if out := newDrop(t, folder).Send(ctx, outgoing()); out.Kind != letter.NotTried {
		t.Error(out)
	}
	if _, err := os.Stat(folder); !os.IsNotExist(err) {
		t.Error("something was made after the stop")
	}
}

// TestDropTwice has two Drops write the same letters at once: each letter is
// there once and whole, whoever came first.
func TestDropTwice(t *testing.T) {
	folder := t.TempDir()
	var wait sync.WaitGroup
	for range 2 {
		d := newDrop(t, folder)
		wait.Go(func() {
			for i := range 30 {
				o := outgoing()
				o.Ref = fmt.Sprint("m-", i)
				d.Send(context.Background(), o)
			}
		})
	}
	wait.Wait()
	if got := files(t, folder); len(got) != 30 {
		t.Errorf("%d files: %q", len(got), got)
	}
	for i := range 30 {
		o := outgoing()
		o.Ref = fmt.Sprint("m-", i)
		got, err := os.ReadFile(filepath.Join(folder, nameOf(o)))
		if err != nil || string(got) != string(made(t, o)) {
			t.Errorf("letter %d: %v", i, err)
		}
	}
}

func TestNames(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		ref := rapid.StringMatching("[A-Za-z0-9.!#$%&'*+/=?^_`{|}~@:-]{1,40}").Draw(rt, "ref")
		o := outgoing()
		o.Ref, o.Content.ToName, o.Content.Subject = ref, rapid.String().Draw(rt, "name"), rapid.String().Draw(rt, "subject")
		name := nameOf(o)
		stem, is := strings.CutSuffix(name, ".eml")
		back, ok := unsafeRef(stem[strings.LastIndexByte(stem, '_')+1:])
		if !is || !ok || back != ref || strings.ContainsFunc(name, func(r rune) bool {
			return (r < 'a' || r > 'z') && (r < '0' || r > '9') && !strings.ContainsRune("-_=.", r)
		}) {
			rt.Fatalf("%q for %q", name, ref)
		}
	})
}
