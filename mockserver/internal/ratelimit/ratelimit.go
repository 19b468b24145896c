// Package ratelimit counts requests in fixed windows that are aligned to the clock, per workspace, client and operation (I).
package ratelimit

import (
	"sync"
	"time"

	"example.com/awalmock/mockserver/internal/engine"
	"example.com/awalmock/mockserver/internal/spec"
)

// Limits counts in memory, or with other mocks. It implements engine.RateLimiter, and is safe for concurrent use.
type Limits struct {
	all     *spec.RateLimit // instead of the document's, nil: the document's
	other   spec.RateLimit  // where the document gives none
	now     func() time.Time
	shared  Shared // nil: this mock counts alone
	mu      sync.Mutex
	windows map[key]*window
}

// Shared counts where several mocks count together.
type Shared interface {
	// Count adds n to a window, and gives how many were in it before; false: that is not known at the moment.
	Count(workspace, name string, window int64, n int) (before int64, ok bool)
	// Reset opens new windows for a workspace.
	Reset(workspace string)
}

// Share lets several mocks count together. It has to be called before the first request.
func (l *Limits) Share(s Shared) { l.shared = s }

type key struct{ workspace, client, operation string }

type window struct {
	number int64 // how many windows since the epoch
	used   int   // in it, as far as this mock knows
	owed   int   // of them, those that the other mocks do not know of: they were counted while the store was away
}

// New counts by the document's limits, and by other where the document gives none; or, if all is not nil, by that one limit
// for all operations.
func New(all *spec.RateLimit, other spec.RateLimit, now func() time.Time) *Limits {
	return &Limits{all: all, other: other, now: now, windows: map[key]*window{}}
}

// Limit implements engine.RateLimiter.
func (l *Limits) Limit(op *spec.Operation) spec.RateLimit {
	switch {
	case l.all != nil:
		return *l.all
	case op != nil && op.RateLimit != nil:
		return *op.RateLimit
	default:
		return l.other
	}
}

// Take implements engine.RateLimiter.
func (l *Limits) Take(c engine.Caller, op *spec.Operation) (engine.Quota, bool) {
	return l.count(c, op, 1)
}

// Quota returns what is left of an operation's limit, and counts nothing.
func (l *Limits) Quota(c engine.Caller, op *spec.Operation) engine.Quota {
	q, _ := l.count(c, op, 0)
	return q
}

// count takes n from the quota, unless that is more than there is.
func (l *Limits) count(c engine.Caller, op *spec.Operation, n int) (engine.Quota, bool) {
	rate := l.Limit(op)
	number := l.now().UnixNano() / int64(rate.Window)
	reset := time.Unix(0, (number+1)*int64(rate.Window)).Unix()
	k := key{c.Workspace, c.Client, op.ID}
	if l.shared != nil {
		if before, known := l.countTogether(k, number, n); known {
			left := max(0, rate.Limit-int(min(before, int64(rate.Limit))))
			return engine.Quota{Limit: rate.Limit, Remaining: max(0, left-n), Reset: reset}, n <= left
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	w := l.window(k, number)
	ok := w.used+n <= rate.Limit
	if ok {
		w.used += n
		if l.shared != nil {
			w.owed += n
		}
	}
	return engine.Quota{Limit: rate.Limit, Remaining: max(0, rate.Limit-w.used), Reset: reset}, ok
}

// countTogether counts with the other mocks, what was counted alone before with it. It reports false if the store is away: then this mock goes on from
// what all had used when it last heard.
func (l *Limits) countTogether(k key, number int64, n int) (before int64, known bool) {
	l.mu.Lock()
	w := l.window(k, number)
	owed := w.owed
	w.owed = 0
	l.mu.Unlock()
	before, known = l.shared.Count(k.workspace, k.client+"\n"+k.operation, number, n+owed)
	l.mu.Lock()
	defer l.mu.Unlock()
	w = l.window(k, number)
	if !known {
		w.owed += owed
		return 0, false
	}
	before += int64(owed)
	w.used = max(w.used, int(before)+n)
	return before, true
}

// window is the window of a caller and an operation, a new one if the last is over. It expects the lock.
func (l *Limits) window(k key, number int64) *window {
	w := l.windows[k]
	if w == nil || w.number != number {
		w = &window{number: number}
		l.windows[k] = w
	}
	return w
}

// Reset opens new windows for a workspace.
func (l *Limits) Reset(workspace string) {
	if l.shared != nil {
		l.shared.Reset(workspace)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for k := range l.windows {
		if k.workspace == workspace {
			delete(l.windows, k)
		}
	}
}
