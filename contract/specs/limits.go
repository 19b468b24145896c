package specs

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/run"
)

// limitChecks are for the capability rate-limit. They share one window that is used up once, for the
// operations whose limit the vendor documents.
func limitChecks(doc *document.Document) []*run.Case {
	var out []*run.Case
	for _, op := range doc.Reads() {
		if op.Limit.Mark != "D" || op.PathParameter() != nil || op.Capability != "" {
			continue
		}
		used := &usedUp{op: op}
		for _, c := range []struct {
			requirement, title string
			run                func(*usedUp, *T) error
		}{
			{"RATE-REMAINING", "remaining goes down and stays between 0 and the limit", (*usedUp).remaining},
			{"RATE-ENFORCED", "the request after the limit is refused with 429", (*usedUp).enforced},
			{"RATE-EXCEEDED-HEADERS", "a 429 carries the three headers", (*usedUp).exceededHeaders},
			{"RATE-RETRY-AFTER", "a 429 carries Retry-After, and means it", (*usedUp).retryAfter},
			{"RATE-RESET", "after the reset requests are accepted again", (*usedUp).reset},
		} {
			out = append(out, &run.Case{
				ID: c.requirement + ".used-up." + op.ID, Requirement: c.requirement, Title: c.title + " (" + op.ID + ")", Operation: op.ID, Alone: true,
				Run: asCase(func(t *T) error {
					if err := used.use(t); err != nil {
						return err
					}
					return c.run(used, t)
				}),
			})
		}
	}
	for _, c := range out {
		c.Capability = document.CapabilityRateLimit
	}
	return out
}

// usedUp is a window of an operation's rate limit that was used up by this run.
type usedUp struct {
	op       *document.Operation
	tried    bool
	allowed  []*exchange.Exchange // in one window, in order
	exceeded *exchange.Exchange   // the 429, or nil
	after    *exchange.Exchange   // the first answer after the reset
	err      error
}

const (
	mostToUseUp = 2000
	usedAtOnce  = 8 // requests, where the target is slow
)

// use makes requests one after the other until one is refused, then waits for the reset and makes one more.
func (u *usedUp) use(t *T) error {
	if u.tried {
		return u.err
	}
	u.tried = true
	u.err = u.exhaust(t)
	return u.err
}

func (u *usedUp) exhaust(t *T) error {
	for attempt := 0; ; attempt++ {
		if err := t.Client.Wait(t.Ctx, t.To(u.op, 0)); err != nil {
			return err
		}
		first, err := u.one(t)
		if err != nil {
			return err
		}
		limit := exchange.RateOf(first.Header)
		if limit.Wrong != "" {
			return run.Lacks("the headers of the rate limit: %s", limit.Wrong)
		}
		if limit.Limit > mostToUseUp {
			return run.Lacks("a limit of at most %d requests, not %d", mostToUseUp, limit.Limit)
		}
		u.allowed = []*exchange.Exchange{first}
		sameWindow := first.Status == http.StatusOK
		size := 1
		if attempt > 0 { // the target is too slow for as many requests one after the other
			size = usedAtOnce
		}
		for n := int64(0); sameWindow && n <= limit.Limit+1; n += int64(size) {
			if sameWindow, err = u.add(t, size, limit.Reset); err != nil {
				return err
			}
			if u.exceeded != nil {
				return u.comeBack(t, u.exceeded)
			}
		}
		last := u.allowed[len(u.allowed)-1]
		switch {
		case sameWindow || last.Status != http.StatusOK && attempt == 3:
			return nil
		case attempt == 3:
			return run.Lacks("a window longer than %d requests take", limit.Limit)
		} // a new window began in between: try again in it
	}
}

// add makes requests at once, and reports whether all were answered in the window that ends at reset. Answers come in any order: what remains tells theirs.
func (u *usedUp) add(t *T, size int, reset int64) (sameWindow bool, err error) {
	answers, errs := make([]*exchange.Exchange, size), make([]error, size)
	var wait sync.WaitGroup
	for i := range size {
		wait.Go(func() { answers[i], errs[i] = u.one(t) })
	}
	wait.Wait()
	if err := cmp.Or(errs...); err != nil {
		return false, err
	}
	slices.SortStableFunc(answers, func(a, b *exchange.Exchange) int {
		return cmp.Compare(exchange.RateOf(b.Header).Remaining, exchange.RateOf(a.Header).Remaining)
	})
	sameWindow = true
	for _, e := range answers {
		got := exchange.RateOf(e.Header)
		switch {
		case e.Status == http.StatusTooManyRequests:
			u.exceeded = e
		case got.Reset != reset && got.Wrong == "":
			sameWindow = false
			if size == 1 {
				u.allowed = append(u.allowed, e)
			}
		default:
			u.allowed = append(u.allowed, e)
		}
	}
	return sameWindow, nil
}

func (u *usedUp) one(t *T) (*exchange.Exchange, error) {
	if err := t.Client.Spend(t.To(u.op, 0), true); err != nil {
		return nil, run.Lacks("more requests: %v", err)
	}
	e := t.Client.KeepQuiet(t.Client.Once(t.Ctx, t.Case.ID, t.To(u.op, 0).Free()))
	return e, e.Err
}

// comeBack waits until the 429 says that requests are accepted again: the later of Reset and Retry-After.
func (u *usedUp) comeBack(t *T, e *exchange.Exchange) error {
	until := exchange.ResetTime(e.Header)
	if seconds, err := strconv.Atoi(e.Header.Get(exchange.HeaderRetry)); err == nil {
		if after := e.Answered.Add(time.Duration(seconds) * time.Second); after.After(until) {
			until = after
		}
	}
	if until.IsZero() || until.Before(e.Asked) {
		until = exchange.ResetTime(u.allowed[len(u.allowed)-1].Header)
	}
	left := until.Sub(t.Client.Now())
	if deadline, ok := t.Ctx.Deadline(); ok && until.After(deadline) {
		return nil // enforced, but its end is not within the time-out
	}
	if left > time.Second {
		t.Client.Notice(fmt.Sprintf("waiting %s for the rate limit of %s", left.Round(time.Second), u.op.ID))
	}
	if err := exchange.Pause(t.Ctx, left+20*time.Millisecond); err != nil {
		return err
	}
	var err error
	u.after, err = u.one(t)
	return err
}

func (u *usedUp) remaining(t *T) error {
	last := int64(-1)
	for i, e := range u.allowed {
		r := exchange.RateOf(e.Header)
		if r.Wrong != "" {
			continue // RATE-HEADERS tells
		}
		if r.Remaining < 0 || r.Remaining > r.Limit {
			t.Fail(judge.Finding{Text: "what remains is not between 0 and the limit", Expected: fmt.Sprintf("0 to %d", r.Limit), Actual: strconv.FormatInt(r.Remaining, 10)}, e)
		}
		if i > 0 && last >= 0 && r.Reset == exchange.RateOf(u.allowed[i-1].Header).Reset && r.Remaining >= last {
			t.Fail(judge.Finding{Text: "a request does not count down what remains", Expected: fmt.Sprintf("less than %d", last), Actual: strconv.FormatInt(r.Remaining, 10)}, u.allowed[i-1], e)
		}
		last = r.Remaining
	}
	if n := len(u.allowed); u.exceeded != nil && n < u.promised() { // somebody else may use the same limit
		t.Fail(judge.Finding{Level: document.Should, Text: "a request was refused although some remained", Expected: fmt.Sprintf("429 after %d requests", u.promised()), Actual: fmt.Sprintf("after %d", n)}, u.allowed[n-1], u.exceeded)
	}
	return nil
}

// promised is how many of the accepted requests the first one's headers allow: itself, and what remained after it.
func (u *usedUp) promised() int {
	return int(exchange.RateOf(u.allowed[0].Header).Remaining) + 1
}

func (u *usedUp) enforced(t *T) error {
	last := u.allowed[len(u.allowed)-1]
	switch n := len(u.allowed); {
	case last.Status != http.StatusOK:
		t.want(last, "a request within the limit was not accepted", "", http.StatusOK)
	case u.exceeded == nil:
		t.Fail(judge.Finding{Text: "the limit is not enforced", Expected: fmt.Sprintf("429 after %d requests", exchange.RateOf(last.Header).Limit), Actual: fmt.Sprintf("%d requests were accepted", n)}, last)
	case n > u.promised():
		t.Fail(judge.Finding{Text: "more requests than the limit were accepted", Expected: fmt.Sprintf("429 after %d requests", u.promised()), Actual: fmt.Sprintf("after %d", n)}, u.allowed[0], u.exceeded)
	}
	return nil
}

func (u *usedUp) exceededHeaders(t *T) error {
	if u.exceeded == nil {
		return run.Lacks("a 429")
	}
	if got := exchange.RateOf(u.exceeded.Header); got.Wrong != "" || got.Remaining != 0 {
		t.Fail(judge.Finding{Text: "the 429 does not tell the limit", Expected: "the three headers, with " + exchange.HeaderRemaining + " 0", Actual: cmp.Or(got.Wrong, fmt.Sprintf("%s is %d", exchange.HeaderRemaining, got.Remaining))}, u.exceeded)
	}
	return nil
}

func (u *usedUp) retryAfter(t *T) error {
	if u.exceeded == nil {
		return run.Lacks("a 429")
	}
	if seconds, err := strconv.Atoi(u.exceeded.Header.Get(exchange.HeaderRetry)); err != nil || seconds < 0 {
		t.Fail(judge.Finding{Text: "the 429 does not say when to try again", Expected: exchange.HeaderRetry + " in seconds", Actual: strconv.Quote(u.exceeded.Header.Get(exchange.HeaderRetry))}, u.exceeded)
	}
	if u.after != nil {
		t.want(u.after, "a request after Retry-After is not accepted", "", http.StatusOK)
	}
	return nil
}

func (u *usedUp) reset(t *T) error {
	first := u.allowed[0]
	if at := exchange.ResetTime(first.Header); at.Before(first.Asked.Add(-time.Hour)) || at.After(first.Asked.Add(25*time.Hour)) {
		t.Fail(judge.Finding{Text: "the reset is no Unix time in seconds of the near future", Expected: fmt.Sprintf("a little more than %d", first.Asked.Unix()), Actual: first.Header.Get(exchange.HeaderReset)}, first)
		return nil
	}
	switch {
	case u.exceeded == nil:
		return run.Lacks("a 429")
	case u.after == nil:
		return run.Lacks("a reset within the time-out")
	case u.after.Status != http.StatusOK:
		t.Fail(judge.Finding{Text: "a request after the reset is not accepted", Expected: "200 OK", Actual: u.after.Result()}, u.exceeded, u.after)
	}
	return nil
}
