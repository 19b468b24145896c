package suite

import (
	"cmp"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// limitChecks are for the capability rate-limit. The first asks for headers only; the others share one window that is used up once, for the
// operations whose limit the vendor documents.
func limitChecks(doc *contract) []*check {
	var out []*check
	for _, op := range doc.reads() {
		out = append(out, &check{
			id: "RATE-HEADERS." + op.id, requirement: "RATE-HEADERS", title: "answers carry the three headers of the rate limit (" + op.id + ")", operation: op.id,
			run: func(p *probe) error { return p.rateHeaders(op) },
		})
		if op.limit.mark != "D" || op.pathParameter() != nil {
			continue
		}
		used := &usedUp{op: op}
		for _, c := range []struct {
			requirement, title string
			run                func(*usedUp, *probe) error
		}{
			{"RATE-REMAINING", "remaining goes down and stays between 0 and the limit", (*usedUp).remaining},
			{"RATE-ENFORCED", "the request after the limit is refused with 429", (*usedUp).enforced},
			{"RATE-EXCEEDED-HEADERS", "a 429 carries the three headers", (*usedUp).exceededHeaders},
			{"RATE-RETRY-AFTER", "a 429 carries Retry-After, and means it", (*usedUp).retryAfter},
			{"RATE-RESET", "after the reset requests are accepted again", (*usedUp).reset},
		} {
			out = append(out, &check{
				id: c.requirement + "." + op.id, requirement: c.requirement, title: c.title + " (" + op.id + ")", operation: op.id, last: true,
				run: func(p *probe) error {
					if err := used.use(p); err != nil {
						return err
					}
					return c.run(used, p)
				},
			})
		}
	}
	for _, c := range out {
		c.capability = CapabilityRateLimit
	}
	return out
}

// rate is what the headers of an answer say about the limit.
type rate struct {
	limit, remaining, reset int64
	wrong                   string // "" if all three are there as integers
}

func rateOf(h http.Header) rate {
	var r rate
	for _, field := range []struct {
		name string
		to   *int64
	}{{headerLimit, &r.limit}, {headerRemaining, &r.remaining}, {headerReset, &r.reset}} {
		n, err := strconv.ParseInt(h.Get(field.name), 10, 64)
		if err != nil && r.wrong == "" {
			r.wrong = fmt.Sprintf("%s is %q", field.name, h.Get(field.name))
		}
		*field.to = n
	}
	return r
}

// rateHeaders looks at a success and at an error after authentication.
func (p *probe) rateHeaders(op *operation) error {
	id, err := p.subject(op)
	if err != nil {
		return err
	}
	invalid := p.to(op, id).invalid("", numberParameter, useMissing)
	for _, r := range []*request{p.to(op, id), invalid} {
		e, err := p.ask(r)
		if err != nil {
			return err
		}
		if got := rateOf(e.header); got.wrong != "" {
			p.fail(Finding{Text: "an answer lacks a header of the rate limit", Expected: "three integers in " + headerLimit + ", " + headerRemaining + " and " + headerReset, Actual: got.wrong}, e)
		}
	}
	return nil
}

// usedUp is a window of an operation's rate limit that was used up by this run.
type usedUp struct {
	op       *operation
	tried    bool
	allowed  []*exchange // in one window, in order
	exceeded *exchange   // the 429, or nil
	after    *exchange   // the first answer after the reset
	err      error
}

const mostToUseUp = 2000

// use makes requests one after the other until one is refused, then waits for the reset and makes one more.
func (u *usedUp) use(p *probe) error {
	if u.tried {
		return u.err
	}
	u.tried = true
	u.err = u.exhaust(p)
	return u.err
}

func (u *usedUp) exhaust(p *probe) error {
	for attempt := 0; ; attempt++ {
		if err := p.client.wait(p.ctx, p.to(u.op, 0)); err != nil {
			return err
		}
		first, err := u.one(p)
		if err != nil {
			return err
		}
		limit := rateOf(first.header)
		if limit.wrong != "" {
			return lacks("the headers of the rate limit: %s", limit.wrong)
		}
		if limit.limit > mostToUseUp {
			return lacks("a limit of at most %d requests, not %d", mostToUseUp, limit.limit)
		}
		u.allowed = []*exchange{first}
		sameWindow := first.status == http.StatusOK
		for n := int64(0); sameWindow && n <= limit.limit+1; n++ {
			e, err := u.one(p)
			if err != nil {
				return err
			}
			if e.status == http.StatusTooManyRequests {
				u.exceeded = e
				return u.comeBack(p, e)
			}
			u.allowed = append(u.allowed, e)
			sameWindow = rateOf(e.header).reset == limit.reset || rateOf(e.header).wrong != ""
		}
		last := u.allowed[len(u.allowed)-1]
		switch {
		case sameWindow || last.status != http.StatusOK && attempt == 3:
			return nil
		case attempt == 3:
			return lacks("a window longer than %d requests take", limit.limit)
		} // a new window began in between: try again in it
	}
}

func (u *usedUp) one(p *probe) (*exchange, error) {
	if err := p.client.spend(p.to(u.op, 0), true); err != nil {
		return nil, lacks("more requests: %v", err)
	}
	e := p.client.keepQuiet(p.client.once(p.ctx, p.check.id, p.to(u.op, 0).free()))
	return e, e.err
}

// comeBack waits until the 429 says that requests are accepted again: the later of Reset and Retry-After.
func (u *usedUp) comeBack(p *probe, e *exchange) error {
	until := resetTime(e.header)
	if seconds, err := strconv.Atoi(e.header.Get(headerRetry)); err == nil {
		if after := e.answered.Add(time.Duration(seconds) * time.Second); after.After(until) {
			until = after
		}
	}
	if until.IsZero() || until.Before(e.asked) {
		until = resetTime(u.allowed[len(u.allowed)-1].header)
	}
	left := until.Sub(p.client.now())
	if deadline, ok := p.ctx.Deadline(); ok && until.After(deadline) {
		return nil // enforced, but its end is not within the time-out
	}
	if left > time.Second {
		p.client.notice(fmt.Sprintf("waiting %s for the rate limit of %s", left.Round(time.Second), u.op.id))
	}
	if err := pause(p.ctx, left+20*time.Millisecond); err != nil {
		return err
	}
	var err error
	u.after, err = u.one(p)
	return err
}

func (u *usedUp) remaining(p *probe) error {
	last := int64(-1)
	for i, e := range u.allowed {
		r := rateOf(e.header)
		if r.wrong != "" {
			continue // RATE-HEADERS tells
		}
		if r.remaining < 0 || r.remaining > r.limit {
			p.fail(Finding{Text: "what remains is not between 0 and the limit", Expected: fmt.Sprintf("0 to %d", r.limit), Actual: strconv.FormatInt(r.remaining, 10)}, e)
		}
		if i > 0 && last >= 0 && r.reset == rateOf(u.allowed[i-1].header).reset && r.remaining >= last {
			p.fail(Finding{Text: "a request does not count down what remains", Expected: fmt.Sprintf("less than %d", last), Actual: strconv.FormatInt(r.remaining, 10)}, u.allowed[i-1], e)
		}
		last = r.remaining
	}
	if n := len(u.allowed); u.exceeded != nil && n < u.promised() { // somebody else may use the same limit
		p.fail(Finding{Level: Should, Text: "a request was refused although some remained", Expected: fmt.Sprintf("429 after %d requests", u.promised()), Actual: fmt.Sprintf("after %d", n)}, u.allowed[n-1], u.exceeded)
	}
	return nil
}

// promised is how many of the accepted requests the first one's headers allow: itself, and what remained after it.
func (u *usedUp) promised() int {
	return int(rateOf(u.allowed[0].header).remaining) + 1
}

func (u *usedUp) enforced(p *probe) error {
	last := u.allowed[len(u.allowed)-1]
	switch n := len(u.allowed); {
	case last.status != http.StatusOK:
		p.want(last, "a request within the limit was not accepted", "", http.StatusOK)
	case u.exceeded == nil:
		p.fail(Finding{Text: "the limit is not enforced", Expected: fmt.Sprintf("429 after %d requests", rateOf(last.header).limit), Actual: fmt.Sprintf("%d requests were accepted", n)}, last)
	case n > u.promised():
		p.fail(Finding{Text: "more requests than the limit were accepted", Expected: fmt.Sprintf("429 after %d requests", u.promised()), Actual: fmt.Sprintf("after %d", n)}, u.allowed[0], u.exceeded)
	}
	return nil
}

func (u *usedUp) exceededHeaders(p *probe) error {
	if u.exceeded == nil {
		return lacks("a 429")
	}
	if got := rateOf(u.exceeded.header); got.wrong != "" || got.remaining != 0 {
		p.fail(Finding{Text: "the 429 does not tell the limit", Expected: "the three headers, with " + headerRemaining + " 0", Actual: cmp.Or(got.wrong, fmt.Sprintf("%s is %d", headerRemaining, got.remaining))}, u.exceeded)
	}
	return nil
}

func (u *usedUp) retryAfter(p *probe) error {
	if u.exceeded == nil {
		return lacks("a 429")
	}
	if seconds, err := strconv.Atoi(u.exceeded.header.Get(headerRetry)); err != nil || seconds < 0 {
		p.fail(Finding{Text: "the 429 does not say when to try again", Expected: headerRetry + " in seconds", Actual: strconv.Quote(u.exceeded.header.Get(headerRetry))}, u.exceeded)
	}
	if u.after != nil {
		p.want(u.after, "a request after Retry-After is not accepted", "", http.StatusOK)
	}
	return nil
}

func (u *usedUp) reset(p *probe) error {
	first := u.allowed[0]
	if at := resetTime(first.header); at.Before(first.asked.Add(-time.Hour)) || at.After(first.asked.Add(25*time.Hour)) {
		p.fail(Finding{Text: "the reset is no Unix time in seconds of the near future", Expected: fmt.Sprintf("a little more than %d", first.asked.Unix()), Actual: first.header.Get(headerReset)}, first)
		return nil
	}
	switch {
	case u.exceeded == nil:
		return lacks("a 429")
	case u.after == nil:
		return lacks("a reset within the time-out")
	case u.after.status != http.StatusOK:
		p.fail(Finding{Text: "a request after the reset is not accepted", Expected: "200 OK", Actual: u.after.result()}, u.exceeded, u.after)
	}
	return nil
}
