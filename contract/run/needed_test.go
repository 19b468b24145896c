package run

import (
	"testing"
	"time"
)

func TestATimeOutNeverSaysThatTheRunNeedsNoTimeOrNoMoreThanItHad(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		took      time.Duration
		done, all int
		want      time.Duration
	}{
		{300 * time.Millisecond, 313, 330, time.Second},
		{time.Millisecond, 0, 330, time.Second},
		{time.Second, 329, 330, 2 * time.Second},
		{5 * time.Second, 110, 330, 20 * time.Second},
	} {
		if got := needed(c.took, c.done, c.all); got != c.want {
			t.Errorf("%s for %d of %d cases: %s, want %s", c.took, c.done, c.all, got, c.want)
		}
	}
}
