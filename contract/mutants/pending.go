package main

import (
	_ "embed"
	"strings"
)

//go:embed pending.txt
var pendingText string

// pending are the names of generated mutants that the suite does not see yet. They count as survivors in the score.
func pending() map[string]bool {
	out := map[string]bool{}
	for line := range strings.Lines(pendingText) {
		if name := strings.TrimSpace(line); name != "" && !strings.HasPrefix(name, "#") {
			out[name] = true
		}
	}
	return out
}
