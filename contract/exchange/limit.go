package exchange

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"example.com/awalmock/contract/document"
)

// ErrBudget says that a request was not sent, to stay inside the rate limit.
var ErrBudget = errors.New("the request budget is used up")

// Requests with the same budgetKey share a rate limit: an operation, and a workspace that the suite created; "" is the workspaces of the configuration.
type budgetKey struct{ operation, workspace string }

func (r *Request) budgetKey() budgetKey {
	if r.Sign.As != nil {
		return budgetKey{r.Op.ID, r.Sign.As.Domain}
	}
	return budgetKey{operation: r.Op.ID}
}

// cleansUp reports whether a request removes something that the suite created. It is sent also when the budget is used up.
func (r *Request) cleansUp() bool {
	return r.CleansUp || r.Op.ID == document.Control && r.Method == http.MethodDelete
}

// Spend counts a request, or returns an error if it may not be sent.
func (c *Client) Spend(r *Request, unbounded bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	op, most := r.Op, c.Budget(r.Op)
	used := c.perKey[r.budgetKey()] >= most
	w := c.windows[r.budgetKey()]
	says := c.Now().Before(w.ends) && !c.Careful // with the profile production, Wait has waited for the reset already
	if says {
		used = w.left <= w.limit/10 // the target's own numbers
	}
	switch {
	case !unbounded && op.ID != document.Control && !r.CleansUp && used && says:
		return fmt.Errorf("%w: the target says that %d of %d requests are left to %s until %s; run again after that", ErrBudget, w.left, w.limit, op.ID, w.ends.UTC().Format(time.TimeOnly))
	case !unbounded && op.ID != document.Control && !r.CleansUp && used:
		return fmt.Errorf("%w: %d requests to %s", ErrBudget, c.perKey[r.budgetKey()], op.ID)
	case c.MaxRequests > 0 && c.count >= c.MaxRequests && !r.cleansUp():
		return fmt.Errorf("%w: --max-requests %d", ErrBudget, c.MaxRequests)
	}
	c.perKey[r.budgetKey()]++
	c.inAll[r.budgetKey()]++
	c.count++
	return nil
}

// leftToOthers is how many requests of a limit are left for other clients under the profile production.
func (c *Client) leftToOthers(h http.Header) int {
	if !c.Careful {
		return 0
	}
	limit, err := strconv.Atoi(h.Get(HeaderLimit))
	if err != nil || limit < 0 {
		return c.Concurrency
	}
	return min(max(c.Concurrency, limit/10), limit/2)
}

// Names of the headers of rate limiting (vendor page api/rate-limiting).
const (
	HeaderLimit     = "X-RateLimit-Limit"
	HeaderRemaining = "X-RateLimit-Remaining"
	HeaderReset     = "X-RateLimit-Reset"
	HeaderRetry     = "Retry-After"
)

func ResetTime(h http.Header) time.Time {
	seconds, err := strconv.ParseInt(h.Get(HeaderReset), 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.Unix(seconds, 0)
}

// block notes how long no request of the same budget may be made after a 429: Retry-After, else X-RateLimit-Reset, else a second.
func (c *Client) block(r *Request, e *Exchange) {
	until := c.Now().Add(time.Second)
	if seconds, err := strconv.Atoi(e.Header.Get(HeaderRetry)); err == nil && seconds >= 0 {
		until = c.Now().Add(time.Duration(seconds) * time.Second)
	} else if reset := ResetTime(e.Header); reset.After(c.Now()) {
		until = reset
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.blocked[c.blockKey(r)] = until
}

// blockKey says which requests wait when a limit is nearly used up: those of the same budget or, under the profile production, all of them, since a plan may
// have one limit for all operations.
func (c *Client) blockKey(r *Request) budgetKey {
	if c.Careful {
		return budgetKey{}
	}
	return r.budgetKey()
}

// Wait waits until a request may be sent. It is an error if that is after the end of ctx.
func (c *Client) Wait(ctx context.Context, r *Request) error {
	for {
		c.mu.Lock()
		until := c.blocked[c.blockKey(r)]
		c.mu.Unlock()
		left := until.Sub(c.Now())
		if left <= 0 {
			return ctx.Err()
		}
		if deadline, ok := ctx.Deadline(); ok && until.After(deadline) {
			end := until.UTC().Format(time.TimeOnly)
			if c.Careful || left <= r.Op.Limit.Window { // an earlier run has used it up, as the contract allows
				return fmt.Errorf("%w: the target says that no requests are left to %s until %s, which is after the time-out (--timeout); run again after that", ErrBudget, r.Op.ID, end)
			}
			return fmt.Errorf("the rate limit of %s is used up until %s, which is after the time-out (--timeout)", r.Op.ID, end)
		}
		if left > time.Second && c.isFirstNotice(r, until) {
			c.Notice(fmt.Sprintf("waiting %s for the rate limit of %s", left.Round(time.Second), r.Op.ID))
		}
		if err := Pause(ctx, left+5*time.Millisecond); err != nil {
			return err
		}
	}
}

// isFirstNotice reports whether there was no notice yet about this wait.
func (c *Client) isFirstNotice(r *Request, until time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	known := c.noticed[c.blockKey(r)].Equal(until)
	c.noticed[c.blockKey(r)] = until
	return !known
}

// acquire waits until fewer requests than --concurrency are in flight. Under the profile production it then waits again if the other answers have shown that the
// limit is nearly used up.
func (c *Client) acquire(ctx context.Context, r *Request) error {
	for {
		select {
		case c.slots <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
		c.mu.Lock()
		free := !c.Careful || !c.blocked[c.blockKey(r)].After(c.Now())
		c.mu.Unlock()
		if free {
			return nil
		}
		<-c.slots
		if err := c.Wait(ctx, r); err != nil {
			return err
		}
	}
}

// pace waits until the next request may begin, as --rate says.
func (c *Client) pace(ctx context.Context) error {
	if c.Interval <= 0 {
		return nil
	}
	c.mu.Lock()
	now := c.Now()
	if c.next.Before(now) {
		c.next = now
	}
	left := c.next.Sub(now)
	c.next = c.next.Add(c.Interval)
	c.mu.Unlock()
	return Pause(ctx, left)
}

// Pause waits, unless ctx ends before.
func Pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Outlast returns a context that ends a while after ctx: for what has to be finished also if the run is interrupted.
func Outlast(ctx context.Context, by time.Duration) (context.Context, context.CancelFunc) {
	out := context.WithoutCancel(ctx)
	done := func() {}
	if deadline, ok := ctx.Deadline(); ok {
		out, done = context.WithDeadline(out, deadline.Add(by))
	}
	out, cancel := context.WithCancel(out)
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(by, cancel) })
	return out, func() { stop(); cancel(); done() }
}
