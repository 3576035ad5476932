package main

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"unsafe"
)

// aTerminal opens a terminal: what is written to it comes out of the other end.
func aTerminal(t *testing.T) (term, end *os.File) {
	t.Helper()
	open := func(name string) *os.File {
		f, err := os.OpenFile(name, os.O_RDWR|syscall.O_NOCTTY, 0)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = f.Close() })
		return f
	}
	end = open("/dev/ptmx")
	ask := func(what uintptr, n *int32) {
		t.Helper()
		if _, _, no := syscall.Syscall(syscall.SYS_IOCTL, end.Fd(), what, uintptr(unsafe.Pointer(n))); no != 0 {
			t.Fatal(no)
		}
	}
	var locked, number int32
	ask(syscall.TIOCSPTLCK, &locked)
	ask(syscall.TIOCGPTN, &number)
	return open(fmt.Sprintf("/dev/pts/%d", number)), end
}

// TestLongWorkIsShown is a terminal on which work that takes longer than a moment
// says what it is and for how long already, and leaves nothing behind. Who asks
// for JSON is shown nothing.
func TestLongWorkIsShown(t *testing.T) {
	t.Parallel()
	term, end := aTerminal(t)
	seen := ""
	until := func(want string) {
		t.Helper()
		for b := make([]byte, 256); !strings.HasSuffix(seen, want); {
			n, err := end.Read(b)
			if err != nil || n == 0 {
				t.Fatalf("the terminal says %q, %v; want %q", seen, err, want)
			}
			seen += string(b[:n])
		}
	}
	quiet := &session{cli: &cli{JSON: true}, err: term}
	still := quiet.busy("reading %s", "gifts.csv")
	s := &session{cli: &cli{}, err: term}
	done := s.busy("reading %s", "members.csv")
	until("reading members.csv … 1 s")
	done()
	still()
	fmt.Fprint(term, "Taken.")
	until("\r\x1b[KTaken.")
	if strings.Contains(seen, "gifts") {
		t.Errorf("with --json: %q", seen)
	}
}
