package replay

import (
	"fmt"
	"testing"
	"time"
)

func TestASignatureIsRememberedForTwiceTheSkewAndForgottenInTheEnd(t *testing.T) {
	t.Parallel()
	now := time.Unix(4_000_000_000, 0)
	r := New(time.Minute, func() time.Time { return now })
	if !r.First("a", "sha256=ab") || r.First("a", "sha256=ab") || !r.First("b", "sha256=ab") {
		t.Error("a signature is not remembered for its workspace")
	}
	for i := range 500 {
		r.First("a", fmt.Sprint(i))
	}
	for _, step := range []struct {
		after time.Duration
		first bool
	}{{2 * time.Minute, false}, {119 * time.Second, false}, {time.Hour, true}} {
		now = now.Add(step.after)
		if r.First("a", "sha256=ab") != step.first {
			t.Errorf("after %v more: %v", step.after, !step.first)
		}
	}
	if n := len(r.new) + len(r.old); n > 2 {
		t.Errorf("%d signatures are still kept", n)
	}
}

func TestWithoutASkewASignatureIsRememberedForADay(t *testing.T) {
	t.Parallel()
	now := time.Unix(4_000_000_000, 0)
	r := New(0, func() time.Time { return now })
	r.First("", "x")
	now = now.Add(24*time.Hour - time.Second)
	if r.First("", "x") {
		t.Error("forgotten within a day")
	}
}
