package run

import (
	"strings"
	"sync"
	"testing"
)

// Several goroutines may wait for the rate limit at once. The callback of a user has no lock of its own; the race detector would tell.
func TestTheCallerIsToldOneNoticeAtATime(t *testing.T) {
	t.Parallel()
	var told strings.Builder
	s := &Session{Config: Config{OnNotice: func(text string) { told.WriteString(text) }}}
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() { s.notice("waiting\n") })
	}
	wait.Wait()
	if told.String() != strings.Repeat("waiting\n", 8) {
		t.Errorf("told: %q", told.String())
	}
}
