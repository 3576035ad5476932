//go:build unix

package playbook_test

import (
	"fmt"
	"io/fs"
	"path"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/playbooks"
)

// sixtyPlaybooks is a library of sixty: what ships, over and over under other
// names, each with its letters.
func sixtyPlaybooks(tb testing.TB) fs.FS {
	tb.Helper()
	files := fstest.MapFS{}
	var shipped []string
	err := fs.WalkDir(playbooks.Library, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(playbooks.Library, name)
		switch dir := path.Dir(name); {
		case err != nil:
			return err
		case dir == "." || dir == "data" || dir == "law":
			files[name] = &fstest.MapFile{Data: data}
		case strings.HasSuffix(name, ".yaml") && !strings.HasSuffix(name, ".test.yaml"):
			shipped = append(shipped, strings.TrimSuffix(name, ".yaml"))
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	for i := range 60 {
		of := shipped[i%len(shipped)]
		again := fmt.Sprintf("%s-%02d", of, i)
		text, err := fs.ReadFile(playbooks.Library, of+".yaml")
		if err != nil {
			tb.Fatal(err)
		}
		renamed := strings.Replace(string(text), "name: "+path.Base(of), "name: "+path.Base(again), 1)
		files[again+".yaml"] = &fstest.MapFile{Data: []byte(renamed)}
		letters, err := fs.ReadDir(playbooks.Library, of)
		if err != nil {
			tb.Fatal(err)
		}
		for _, l := range letters {
			data, err := fs.ReadFile(playbooks.Library, of+"/"+l.Name())
			if err != nil {
				tb.Fatal(err)
			}
			files[again+"/"+l.Name()] = &fstest.MapFile{Data: data}
		}
	}
	return files
}

// processorTime is what the process has taken so far, all its threads together.
func processorTime(tb testing.TB) time.Duration {
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}

// BenchmarkSixtyPlaybooks parses and checks sixty playbooks with their letters,
// and what they rest on.
func BenchmarkSixtyPlaybooks(b *testing.B) {
	library := sixtyPlaybooks(b)
	own := allOn(b, library, plain(nil))
	b.ReportAllocs()
	began := processorTime(b)
	for b.Loop() {
		set, err := playbook.Load(library, own)
		if err != nil {
			b.Fatal(err)
		}
		if n := len(set.Playbooks); n != 60 || len(set.All()) > 0 {
			b.Fatalf("%d playbooks, and faults: %v", n, set.All())
		}
	}
	b.ReportMetric(float64(processorTime(b)-began)/float64(b.N)/1e6, "ms-of-processor/op")
}
