package engine

import (
	"fmt"
	"testing"
	"time"
)

func TestASignatureIsRememberedForTwiceTheSkewAndForgottenInTheEnd(t *testing.T) {
	t.Parallel()
	now := time.Unix(4_000_000_000, 0)
	r := NewReplays(time.Minute, func() time.Time { return now })
	c, other := Client{Workspace: "a"}, Client{Workspace: "b"}
	if !r.first(c, "sha256=AB") || r.first(c, "sha256=ab") || !r.first(other, "sha256=ab") {
		t.Error("case, or workspace, is not what it is remembered by")
	}
	for i := range 500 {
		r.first(c, fmt.Sprint(i))
	}
	for _, step := range []struct {
		after time.Duration
		first bool
	}{{2 * time.Minute, false}, {119 * time.Second, false}, {time.Hour, true}} {
		now = now.Add(step.after)
		if r.first(c, "sha256=ab") != step.first {
			t.Errorf("after %v more: %v", step.after, !step.first)
		}
	}
	if n := len(r.new) + len(r.old); n > 2 {
		t.Errorf("%d signatures are still kept", n)
	}
	var none *Replays
	if !none.first(c, "x") || !none.first(c, "x") {
		t.Error("without a memory nothing is a replay")
	}
}

func TestWithoutASkewASignatureIsRememberedForADay(t *testing.T) {
	t.Parallel()
	now := time.Unix(4_000_000_000, 0)
	r := NewReplays(0, func() time.Time { return now })
	r.first(Client{}, "x")
	now = now.Add(24*time.Hour - time.Second)
	if r.first(Client{}, "x") {
		t.Error("forgotten within a day")
	}
}
