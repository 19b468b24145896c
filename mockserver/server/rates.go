package server

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"example.com/awalmock/mockserver/internal/store"
)

const (
	// ratePatience is how long a request waits to be counted by all mocks on a store.
	ratePatience = 500 * time.Millisecond
	// rateAgain is how long this mock counts alone after that did not work.
	rateAgain = time.Second
)

// sharedRates implements ratelimit.Shared: all mocks on a store count the requests of a window together. While the store is away each counts
// its own, and the log says so once.
type sharedRates struct {
	store  *store.Store
	logger *slog.Logger

	mu    sync.Mutex
	alone time.Time // until then it counts alone; zero: it does not
}

// Count implements ratelimit.Shared.
func (r *sharedRates) Count(workspace, name string, window int64, n int) (before int64, ok bool) {
	r.mu.Lock()
	alone := !r.alone.IsZero() && time.Now().Before(r.alone)
	r.mu.Unlock()
	if alone {
		return 0, false
	}
	ctx, cancel := context.WithTimeout(context.Background(), ratePatience)
	defer cancel()
	before, err := r.store.Count(ctx, store.Window{Workspace: workspace, Name: name, Number: window}, int64(n))
	r.note(err)
	return before, err == nil
}

func (r *sharedRates) note(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case err != nil && r.alone.IsZero():
		r.logger.Warn("the store cannot count requests: this mock counts its own against the rate limits until it can", "reason", err)
	case err == nil && !r.alone.IsZero():
		r.logger.Warn("the store counts requests against the rate limits again")
	}
	r.alone = time.Time{}
	if err != nil {
		r.alone = time.Now().Add(rateAgain)
	}
}

// Reset implements ratelimit.Shared.
func (r *sharedRates) Reset(workspace string) {
	ctx, cancel := context.WithTimeout(context.Background(), ratePatience)
	defer cancel()
	if err := r.store.Recount(ctx, workspace); err != nil {
		r.logger.Warn("the windows of the rate limits go on after the reset", "workspace", workspace, "reason", err)
	}
}
