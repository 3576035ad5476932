package main

import (
	"os"
	"runtime"
	"runtime/debug"
)

// collectLater lets the heap grow to 48 MB before the garbage collector looks
// at it for the first time; from then on it goes by its usual rule. Most
// commands are over before that. Whoever set GOGC has decided otherwise.
func collectLater() {
	runtime.MemProfileRate = 0 // nobody reads a heap profile, and its tables take 1.4 MB
	if os.Getenv("GOGC") != "" {
		return
	}
	usual := debug.SetGCPercent(1200) // of the 4 MB at which it begins
	first := new(sentinel)
	began = runtime.AddCleanup(first, func(percent int) { debug.SetGCPercent(percent) }, usual)
}

// began is the return to the usual rule.
var began runtime.Cleanup

// collectEarly keeps the heap small, for a program that stays: what a pass
// leaves behind lies less scattered, so more of it goes back to the system.
func collectEarly() {
	began.Stop()
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(50)
	}
}

// A sentinel is garbage that the first collection finds.
type sentinel struct{ *sentinel }
