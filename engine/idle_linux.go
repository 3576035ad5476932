package engine

import (
	"bufio"
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// rest gives the pages of the program's own file back while nothing is to be
// done: most of a daemon's memory is code that it runs once a day. They are
// clean, so the system reads them again when they are needed. Where it will
// not take them, nothing is lost.
func rest() {
	self, err := os.Executable()
	if err != nil {
		return
	}
	maps, err := os.Open("/proc/self/maps")
	if err != nil {
		return
	}
	defer maps.Close()
	type stretch struct{ from, to uintptr }
	var own []stretch
	for lines := bufio.NewScanner(maps); lines.Scan(); {
		var s stretch
		line := lines.Text()
		if _, err := fmt.Sscanf(line, "%x-%x", &s.from, &s.to); err == nil && strings.HasSuffix(line, " "+self) {
			own = append(own, s)
		}
	}
	for _, s := range own {
		_, _, _ = unix.Syscall(unix.SYS_MADVISE, s.from, s.to-s.from, unix.MADV_PAGEOUT)
	}
}
