// Command measure helps .ci/speed.
//
//	measure folder FOLDER MEMBERS
//	    writes the folder of an invented constituency as it was two weeks before
//	    2 November 2026, and in FOLDER.next what its officers had saved by then.
//	measure pair NAME GOAL TIMES EMPTY PROGRAM [ARGUMENT ...]
//	    runs an empty program and another one in turn, so many times each, prints
//	    the least, the middle and the greatest time of both, the ratio of the
//	    middles, that of the least, and the most memory. It fails where both
//	    ratios miss the goal by more than the slack. A goal of 0 is none.
//	measure idle SECONDS PROGRAM [ARGUMENT ...]
//	    starts a program that waits, and after it has settled prints its memory,
//	    and the processor time that it takes in so many seconds; fails above
//	    20 MB, or where it takes any time at all. Linux only.
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/sample"
)

// slack is by how much a goal may be missed before it fails: the machine is
// shared, and the empty program of half a millisecond carries its moods twice.
const slack = 1.6

func main() {
	var err error
	switch a := os.Args[1:]; {
	case len(a) == 3 && a[0] == "folder":
		err = folder(a[1], number(a[2]))
	case len(a) >= 6 && a[0] == "pair":
		err = pair(a[1], number(a[2]), number(a[3]), a[4], a[5:])
	case len(a) >= 3 && a[0] == "idle":
		err = idle(time.Duration(number(a[1]))*time.Second, a[2:])
	default:
		err = errors.New("see the comment of this program")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "measure:", err)
		os.Exit(1)
	}
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		fmt.Fprintln(os.Stderr, "measure:", err)
		os.Exit(2)
	}
	return n
}

func folder(path string, members int) error {
	today := calendar.NewDate(2026, time.November, 2)
	c := sample.Sized(1, today, members)
	if err := write(path, c.On(today.AddDays(-14))); err != nil {
		return err
	}
	return write(path+".next", c.On(today))
}

func write(folder string, files map[string][]byte) error {
	for name, b := range files {
		path := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(path, b, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// A run is how long a program took and the most memory it had.
type run struct {
	took time.Duration
	rss  int64
}

func once(program string, args []string) (run, error) {
	cmd := exec.Command(program, args...)
	start := time.Now()
	out, err := cmd.CombinedOutput()
	took := time.Since(start)
	if err != nil {
		return run{}, fmt.Errorf("%s: %w: %s", program, err, out)
	}
	usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	return run{took: took, rss: usage.Maxrss * 1024}, nil
}

func pair(name string, goal, times int, empty string, command []string) error {
	var all [2][]run
	for i := range times + 2 {
		for j, c := range [][]string{{empty}, command} {
			r, err := once(c[0], c[1:])
			if err != nil {
				return err
			}
			if i >= 2 { // the first two only warm up
				all[j] = append(all[j], r)
			}
		}
	}
	var least, middle [2]time.Duration
	for j, who := range []string{"empty", name} {
		slices.SortFunc(all[j], func(a, b run) int { return int(a.took - b.took) })
		runs := all[j]
		var rss int64
		for _, r := range runs {
			rss = max(rss, r.rss)
		}
		least[j], middle[j] = runs[0].took, runs[len(runs)/2].took
		fmt.Printf("%-24s min %8.2f  median %8.2f  max %8.2f ms   peak memory %5.1f MB\n", who,
			ms(runs[0].took), ms(middle[j]), ms(runs[len(runs)-1].took), float64(rss)/1e6)
	}
	ratio := float64(middle[1]) / float64(middle[0])
	fmt.Printf("%-24s %.1f times the empty program by the least times of both\n", name, float64(least[1])/float64(least[0]))
	if goal == 0 {
		fmt.Printf("%-24s %.1f times the empty program\n", name, ratio)
		return nil
	}
	fmt.Printf("%-24s %.1f times the empty program; the goal is %d\n", name, ratio, goal)
	ratio = min(ratio, float64(least[1])/float64(least[0])) // others may use the machine
	if ratio > float64(goal)*slack {
		return fmt.Errorf("%s misses its goal", name)
	}
	return nil
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func idle(rest time.Duration, command []string) error {
	cmd := exec.Command(command[0], command[1:]...)
	if err := cmd.Start(); err != nil {
		return err
	}
	defer func() {
		cmd.Process.Signal(syscall.SIGTERM)
		cmd.Wait()
	}()
	// It looks once a minute, at the full minute: measure between two looks.
	time.Sleep(2 * time.Second)
	now := time.Now()
	if left := 60 - now.Second(); time.Duration(left)*time.Second < rest+5*time.Second {
		time.Sleep(time.Duration(left+5) * time.Second)
	}
	before, err := ticks(cmd.Process.Pid)
	if err != nil {
		return err
	}
	time.Sleep(rest)
	after, err := ticks(cmd.Process.Pid)
	if err != nil {
		return err
	}
	rss, err := memory(cmd.Process.Pid, "VmRSS:")
	if err != nil {
		return err
	}
	own, err := memory(cmd.Process.Pid, "RssAnon:")
	if err != nil {
		return err
	}
	fmt.Printf("%-24s %.1f MB resident, %.1f of them its own and the rest of the program's file, %d ticks of processor time in %v; the goals are 20 and 0\n",
		"idle", float64(rss)/1e6, float64(own)/1e6, after-before, rest)
	if after-before > 0 || float64(rss) > 20e6*slack {
		return errors.New("the idle program takes too much")
	}
	return nil
}

// ticks gives the processor time a process has taken, in hundredths of a second.
func ticks(pid int) (int, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(b), ") ")
	f := strings.Fields(rest)
	if len(f) < 13 {
		return 0, errors.New("/proc gives no processor time")
	}
	user, err := strconv.Atoi(f[11])
	if err != nil {
		return 0, err
	}
	system, err := strconv.Atoi(f[12])
	return user + system, err
}

// memory gives a line of what the system says of a process's memory, in bytes.
func memory(pid int, line string) (int, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	_, rest, ok := strings.Cut(string(b), line)
	if !ok {
		return 0, errors.New("/proc gives no memory")
	}
	kb, err := strconv.Atoi(strings.Fields(rest)[0])
	return kb * 1024, err
}
