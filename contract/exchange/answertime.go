package exchange

import (
	"context"
	"errors"
	"time"
)

// An answerTime is the time that a target has for an answer. It can be paused while the suite itself is what an answer waits for.
type answerTime struct {
	ctx   context.Context //nolint:containedctx // of one request, which it ends
	end   context.CancelFunc
	most  time.Duration
	timer *time.Timer
}

// limitAnswer returns a context that ends when most is used up. The caller calls end when the answer was read.
func limitAnswer(ctx context.Context, most time.Duration) (context.Context, *answerTime) {
	ctx, cancel := context.WithCancelCause(ctx)
	timer := time.AfterFunc(most, func() { cancel(ErrLate) })
	return ctx, &answerTime{ctx, func() { timer.Stop(); cancel(nil) }, most, timer}
}

func (a *answerTime) pause() { a.timer.Stop() }

// resume gives the target all of its time again.
func (a *answerTime) resume() { a.timer.Reset(a.most) }

// errorOf is the error of a request that ended with err.
func (a *answerTime) errorOf(err error) error {
	if errors.Is(context.Cause(a.ctx), ErrLate) {
		return ErrLate
	}
	return plainError(err)
}
