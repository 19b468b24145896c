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
	"example.com/awalmock/contract/match"
	"example.com/awalmock/contract/run"
)

// usedUpLimits are the specs of the capability rate-limit. The limit of an operation is used up once, for all its specs. Only operations whose limit the
// vendor documents are tried.
func usedUpLimits(doc *document.Document) Specs {
	var all Specs
	for _, op := range doc.Reads() {
		if op.Limit.Mark == "D" && op.PathParameter() == nil && op.Capability == "" {
			all = append(all, usedUpLimit(op)...)
		}
	}
	return Describe("a used up rate limit", Capability(document.CapabilityRateLimit), Serial(), all)
}

func usedUpLimit(op *document.Operation) Specs {
	of := " (" + op.ID + ")"
	after := func(spec func(*usedUp, *T)) func(*T) {
		return func(t *T) { spec(t.usesUp(op), t) }
	}
	return Describe(op.ID, Suffix(".used-up."+op.ID), Operation(op.ID),
		It("counts X-RateLimit-Remaining down from the limit to 0"+of, Requirement("RATE-REMAINING"), after((*usedUp).expectCountdown)),
		It("refuses the request after the limit with 429"+of, Requirement("RATE-ENFORCED"), after((*usedUp).expectEnforced)),
		It("sends the three headers with a 429"+of, Requirement("RATE-EXCEEDED-HEADERS"), after((*usedUp).expectHeaders)),
		It("sends Retry-After with a 429, and accepts requests after it"+of, Requirement("RATE-RETRY-AFTER"), after((*usedUp).expectRetryAfter)),
		It("accepts requests again after the reset"+of, Requirement("RATE-RESET"), after((*usedUp).expectReset)),
	)
}

// usesUp uses up the rate limit of an operation, once in a run: one request after the other until one is refused, then one more after the reset. If that
// is not possible, the case ends.
func (t *T) usesUp(op *document.Operation) *usedUp {
	used, err := run.Shared(t.Session, "used up "+op.ID, func() (*usedUp, error) {
		u := &usedUp{op: op}
		return u, u.exhaust(t)
	})
	t.End(err)
	return used
}

func (u *usedUp) expectHeaders(t *T) {
	got := exchange.RateOf(u.refusal(t).Header)
	t.About(u.exceeded).Check(cmp.Or(got.Wrong, fmt.Sprintf("%s is %d", exchange.HeaderRemaining, got.Remaining))).To(match.Equal(exchange.HeaderRemaining+" is 0"), "the headers of the 429 do not show that no request remains")
}

func (u *usedUp) expectRetryAfter(t *T) {
	t.Check(u.refusal(t)).To(match.HaveSeconds(exchange.HeaderRetry), "the 429 does not say when to try again")
	if seconds, err := strconv.ParseInt(u.exceeded.Header.Get(exchange.HeaderRetry), 10, 64); err == nil {
		most := max(u.op.Limit.Window, exchange.ResetTime(u.exceeded.Header).Sub(u.exceeded.Date())) + time.Minute
		t.About(u.exceeded).Check(seconds).To(match.BeBetween(0, int64(most.Seconds())), "Retry-After, which is in seconds, is longer than the window")
	}
	if u.after != nil {
		t.Check(u.after).To(match.BeAccepted(), "a request after Retry-After is not accepted")
	}
}

func (u *usedUp) expectReset(t *T) {
	if !t.Check(u.allowed[0]).To(match.ResetWithin(-time.Hour, 25*time.Hour), "X-RateLimit-Reset is not a Unix time, in seconds, in the near future") {
		return
	}
	u.refusal(t)
	if u.after == nil {
		t.Lacks("a reset within the time-out")
	}
	t.About(u.exceeded).Check(u.after).To(match.BeAccepted(), "a request after the reset is not accepted")
}

// usedUp is one window of an operation's rate limit, with the requests that used it up.
type usedUp struct {
	op       *document.Operation
	allowed  []*exchange.Exchange // in one window, in order
	exceeded *exchange.Exchange   // the 429, or nil
	after    *exchange.Exchange   // the first answer after the reset
}

const (
	mostToUseUp = 2000
	usedAtOnce  = 8 // requests, where the target is slow
)

func (u *usedUp) exhaust(t *T) error {
	for attempt := 0; ; attempt++ {
		if err := t.Client.Wait(t.Ctx, t.To(u.op, 0)); err != nil {
			return err
		}
		first, err := u.send(t)
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
		if attempt > 0 { // the target is too slow to use up the limit with one request after the other
			size = usedAtOnce
		}
		for n := int64(0); sameWindow && n <= limit.Limit+1; n += int64(size) {
			if sameWindow, err = u.add(t, size, limit.Reset); err != nil {
				return err
			}
			if u.exceeded != nil {
				return u.waitForReset(t, u.exceeded)
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

// add sends requests at once, and reports whether all were answered in the window that ends at reset. Answers come in any order, so they are sorted by
// X-RateLimit-Remaining.
func (u *usedUp) add(t *T, size int, reset int64) (sameWindow bool, err error) {
	answers, errs := make([]*exchange.Exchange, size), make([]error, size)
	var wait sync.WaitGroup
	for i := range size {
		wait.Go(func() { answers[i], errs[i] = u.send(t) })
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

func (u *usedUp) send(t *T) (*exchange.Exchange, error) {
	for tries := 1; ; tries++ {
		if err := t.Client.Spend(t.To(u.op, 0), true); err != nil {
			return nil, run.Lacks("more requests: %v", err)
		}
		e := t.Client.Once(t.Ctx, t.Case.ID, t.To(u.op, 0).AnyAnswer())
		e.Retried = tries < 3 && t.Ctx.Err() == nil && (e.Err != nil || e.Status == http.StatusServiceUnavailable)
		if t.Client.RecordOnly(e); !e.Retried {
			return e, e.Err
		}
	}
}

// waitForReset waits until the time at which the 429 says that requests are accepted again (the later of Reset and Retry-After), and sends one more request.
func (u *usedUp) waitForReset(t *T, e *exchange.Exchange) error {
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
		return nil // the limit is enforced, but it ends after the time-out of the run
	}
	if left > time.Second {
		t.Client.Notice(fmt.Sprintf("waiting %s for the rate limit of %s", left.Round(time.Second), u.op.ID))
	}
	if err := exchange.Pause(t.Ctx, left+20*time.Millisecond); err != nil {
		return err
	}
	var err error
	u.after, err = u.send(t)
	return err
}

func (u *usedUp) expectCountdown(t *T) {
	last := int64(-1)
	for i, e := range u.allowed {
		r := exchange.RateOf(e.Header)
		if r.Wrong != "" {
			continue // RATE-HEADERS has the finding
		}
		t.About(e).Check(r.Remaining).To(match.BeBetween(0, r.Limit), "X-RateLimit-Remaining is not between 0 and the limit")
		if i > 0 && last >= 0 && r.Reset == exchange.RateOf(u.allowed[i-1].Header).Reset {
			t.About(u.allowed[i-1], e).Check(r.Remaining).To(match.BeBelow(last), "X-RateLimit-Remaining is not lower than before the request")
		}
		last = r.Remaining
	}
	if n := len(u.allowed); u.exceeded != nil { // other clients may use the same limit
		t.About(u.allowed[n-1], u.exceeded).Advise(int64(n)).To(match.BeAtLeast(int64(u.allowedByFirst())), "a request was refused although X-RateLimit-Remaining allowed more")
	}
}

// allowedByFirst is how many requests the headers of the first answer allow: that one, and X-RateLimit-Remaining more.
func (u *usedUp) allowedByFirst() int {
	return int(exchange.RateOf(u.allowed[0].Header).Remaining) + 1
}

func (u *usedUp) expectEnforced(t *T) {
	n := len(u.allowed)
	last := u.allowed[n-1]
	t.Expect(last).To(match.HaveStatus(http.StatusOK), "a request within the limit was not accepted")
	if u.exceeded == nil {
		t.Fail(judge.Finding{Text: "the limit is not enforced", Expected: fmt.Sprintf("429 after %d requests", exchange.RateOf(last.Header).Limit), Actual: fmt.Sprintf("%d requests were accepted", n)}, last)
		return
	}
	t.About(u.allowed[0], u.exceeded).Check(int64(n)).To(match.BeBetween(0, int64(u.allowedByFirst())), "more requests than the limit were accepted")
}

// refusal is the 429. Without one, the case ends.
func (u *usedUp) refusal(t *T) *exchange.Exchange {
	if u.exceeded == nil {
		t.Lacks("a 429")
	}
	return u.exceeded
}
