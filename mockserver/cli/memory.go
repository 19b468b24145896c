package cli

import (
	"runtime"
	"runtime/debug"
	"time"
)

// A start allocates 19 MB and keeps 3 of them. Seven collections of garbage, the first at Go's 4 MB, would take a quarter of its time.
const (
	collectAtStart = 600         // percent of 4 MB: the first collection comes at 24 MB
	startEnds      = time.Second // after the mock is ready; who started it has had the first answers then
)

// collectLate lets the heap grow further than usual until garbage is collected for the first time. What the environment says of collections
// (GOGC, GOMEMLIMIT) is left as it is.
func collectLate(getenv func(string) string) {
	if getenv("GOGC") != "" || getenv("GOMEMLIMIT") != "" {
		return
	}
	usual := debug.SetGCPercent(collectAtStart)
	collected := new([64]byte) // garbage, which the first collection finds
	runtime.AddCleanup(collected, func(usual int) { debug.SetGCPercent(usual) }, usual)
}

// releaseLater gives back to the system what only the start needed. The function that it returns calls it off.
func releaseLater() (stop func() bool) {
	return time.AfterFunc(startEnds, debug.FreeOSMemory).Stop
}
