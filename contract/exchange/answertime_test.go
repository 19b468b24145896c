package exchange

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestTheTimeOfAnAnswerDoesNotRunWhileItIsPaused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, limit := limitAnswer(t.Context(), time.Minute)
		defer limit.end()
		limit.pause()
		time.Sleep(time.Hour) // by the fake clock
		if ctx.Err() != nil {
			t.Fatalf("it ended while it was paused: %v", context.Cause(ctx))
		}
		resumed := time.Now()
		limit.resume()
		<-ctx.Done()
		if took := time.Since(resumed); took != time.Minute {
			t.Errorf("it ended %s after it was resumed", took)
		}
		if err := limit.errorOf(ctx.Err()); !errors.Is(err, ErrLate) {
			t.Errorf("the error is %v", err)
		}
	})
}
