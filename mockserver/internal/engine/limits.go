package engine

import (
	"net/http"
	"strconv"
	"sync"
	"time"

	"example.com/awalmock/mockserver/internal/spec"
)

// DefaultRate is the limit of an operation for which the document gives none (I).
var DefaultRate = spec.RateLimit{Limit: 200, Window: time.Minute}

// Limits counts requests in fixed windows that are aligned to the clock, per workspace, client and operation (I).
type Limits struct {
	all     *spec.RateLimit // instead of the document's, nil: the document's
	now     func() time.Time
	mu      sync.Mutex
	windows map[limitKey]*window
}

type limitKey struct{ workspace, client, operation string }

type window struct {
	number int64 // how many windows since the epoch
	used   int
}

// NewLimits counts by the document's limits, or by one limit for all operations.
func NewLimits(all *spec.RateLimit, now func() time.Time) *Limits {
	return &Limits{all: all, now: now, windows: map[limitKey]*window{}}
}

// A Quota is what is left of a limit.
type Quota struct {
	Limit, Remaining int
	Reset            int64 // Unix seconds
}

// show tells the quota in the headers that the vendor documents (D).
func (q Quota) show(h http.Header) {
	h["X-RateLimit-Limit"] = []string{strconv.Itoa(q.Limit)}
	h["X-RateLimit-Remaining"] = []string{strconv.Itoa(q.Remaining)}
	h["X-RateLimit-Reset"] = []string{strconv.FormatInt(q.Reset, 10)}
}

// rate is the limit of an operation; without limits, what it would be.
func (l *Limits) rate(op *spec.Operation) spec.RateLimit {
	switch {
	case l != nil && l.all != nil:
		return *l.all
	case op != nil && op.RateLimit != nil:
		return *op.RateLimit
	default:
		return DefaultRate
	}
}

// take counts the request and tells the caller what is left.
func (l *Limits) take(x *Exchange) error {
	if l == nil {
		return nil
	}
	q, ok := l.count(x.Caller, x.Operation, 1)
	q.show(x.w.Header())
	if ok {
		return nil
	}
	x.exceeded = &q
	return &Error{Status: http.StatusTooManyRequests, Code: "rate_limit_exceeded", Message: "Rate limit exceeded"}
}

// count takes n from the quota, unless that is more than there is.
func (l *Limits) count(c Caller, op *spec.Operation, n int) (Quota, bool) {
	rate := l.rate(op)
	number := l.now().UnixNano() / int64(rate.Window)
	reset := time.Unix(0, (number+1)*int64(rate.Window)).Unix()
	key := limitKey{c.Workspace, c.Client, op.ID}
	l.mu.Lock()
	defer l.mu.Unlock()
	w := l.windows[key]
	if w == nil {
		w = &window{}
		l.windows[key] = w
	}
	if w.number != number {
		*w = window{number: number}
	}
	ok := w.used+n <= rate.Limit
	if ok {
		w.used += n
	}
	return Quota{rate.Limit, rate.Limit - w.used, reset}, ok
}

// Quota tells what is left of an operation's limit, and counts nothing.
func (l *Limits) Quota(c Caller, op *spec.Operation) Quota {
	q, _ := l.count(c, op, 0)
	return q
}

// Reset opens new windows for a workspace.
func (l *Limits) Reset(workspace string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for key := range l.windows {
		if key.workspace == workspace {
			delete(l.windows, key)
		}
	}
}
