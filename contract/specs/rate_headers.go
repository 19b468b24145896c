package specs

import (
	"slices"
	"time"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/match"
	"example.com/awalmock/contract/run"
)

// rateHeaders judge the headers of the rate limit in all exchanges of the run, for every operation. They do not use up the limit.
func rateHeaders(doc *document.Document) Specs {
	var all Specs
	for _, op := range doc.Operations {
		if op.Asked() && !op.Public {
			all = append(all, rateHeadersOf(op)...)
		}
	}
	return Describe("rate headers", all)
}

func rateHeadersOf(op *document.Operation) Specs {
	var out Specs
	for _, rule := range judge.RateRules(op) {
		id := rule.Requirement + "." + op.ID
		if rule.Suffix != "" {
			id = rule.Requirement + "." + rule.Suffix + "." + op.ID
		}
		c := run.RuleCaseAs(id, rule)
		c.Capability, c.Way = op.Capability, "rate headers"
		out = append(out, c)
	}
	about := []Decorator{Operation(op.ID), Capability(op.Capability), Final(), Way("rate headers")}
	if op.Changes() {
		about = append(about, Writes())
	}
	out = append(out, It("lowers X-RateLimit-Remaining with the requests ("+op.ID+")", Requirement("RATE-REMAINING"), func(t *T) { t.expectFall(op) }, append(about, Suffix(".falls."+op.ID))...)...)
	if !op.Changes() {
		out = append(out, It("shows a new X-RateLimit-Reset after the old one has passed ("+op.ID+")", Requirement("RATE-RESET"), func(t *T) { t.expectNextReset(op) }, append(about, Suffix(".moves."+op.ID))...)...)
	}
	return out
}

// counted are the successful answers of an operation to the first client that have the headers of the rate limit, in the order of the requests.
func (t *T) counted(op *document.Operation) []*exchange.Exchange {
	var out []*exchange.Exchange
	for _, e := range t.Client.Exchanges() {
		own := e.Request.Op == op && !e.Request.Sign.OtherWorkspace() && e.Request.Proper
		if own && e.Err == nil && op.Succeeds(e.Status) && exchange.RateOf(e.Header).Wrong == "" {
			out = append(out, e)
		}
	}
	return out
}

// fewestRequests is how many requests, one after the other, must lower X-RateLimit-Remaining.
const fewestRequests = 3

// expectFall compares answers of one window. If the run has no window with enough of them, it sends more requests: first one after the other, then eight
// at once. On a slow target, a limit that fills again could gain as many requests as are sent one after the other.
func (t *T) expectFall(op *document.Operation) {
	compared := t.compareRemaining(op)
	for _, atOnce := range []int{1, 1, 1, 1, 8, 1} {
		if compared || op.Changes() || t.Client.Careful || len(t.counted(op)) == 0 {
			break
		}
		valid, err := t.proper(op, 0)
		t.End(err)
		_, err = t.AskAll(slices.Repeat([]*exchange.Request{valid}, atOnce))
		t.End(err)
		compared = t.compareRemaining(op)
	}
	if !compared {
		t.Skip("no window of the rate limit had enough requests one after the other")
	}
}

// compareRemaining reports whether the run has answers that can be compared. The first finding ends the case. Requests that are sent at once are answered
// in any order, and a token bucket fills again while requests are sent: it is a finding only if neither explains the numbers. X-RateLimit-Limit must
// not change inside one window.
func (t *T) compareRemaining(op *document.Operation) (compared bool) {
	list := t.counted(op)
	rates := make([]exchange.Rate, len(list))
	for i, later := range list {
		rates[i] = exchange.RateOf(later.Header)
		now, between := rates[i], 0
		if i > 0 && rates[i-1].Reset == now.Reset {
			t.About(list[i-1], later).Check(now.Limit).To(match.Equal(rates[i-1].Limit), "X-RateLimit-Limit changes inside one window")
		}
		for j := i - 1; j >= 0; j-- {
			earlier, before := list[j], rates[j]
			if before.Reset != now.Reset || before.Limit != now.Limit {
				break
			}
			if !later.After(earlier) {
				continue
			}
			between++
			if between+1 < fewestRequests+refilled(op, now.Limit, later.Answered.Sub(earlier.Asked)) {
				continue
			}
			compared = true
			t.About(earlier, later).Expect(now.Remaining).To(match.BeBelow(before.Remaining), "X-RateLimit-Remaining does not fall: it is no lower after %d more requests", between)
		}
	}
	return compared
}

// mostRefilled is the largest number of requests that a limit can gain in a window: as many as this run and other clients may have used.
const mostRefilled = 2000

// refilled is how many requests a limit may have gained in a time, if it is a token bucket.
func refilled(op *document.Operation, limit int64, in time.Duration) int {
	window := op.Limit.Window
	if window <= 0 {
		window = time.Minute
	}
	return int(float64(min(limit, mostRefilled))*in.Seconds()/window.Seconds()) + 1
}

// expectNextReset expects another X-RateLimit-Reset two seconds after the last one has passed.
func (t *T) expectNextReset(op *document.Operation) {
	list := t.counted(op)
	if len(list) == 0 {
		t.Lacks("an answer with the headers of the rate limit")
	}
	last := list[len(list)-1]
	reset := exchange.ResetTime(last.Header)
	if reset.After(last.Date()) {
		return
	}
	targetTime := func() time.Time { return last.Date().Add(t.Client.Now().Sub(last.Answered)) }
	t.End(exchange.Pause(t.Ctx, reset.Add(2*time.Second).Sub(targetTime())))
	valid, err := t.proper(op, 0)
	t.End(err)
	earlier := targetTime()
	for range resetsCompared {
		e := t.answer(valid)
		got := exchange.RateOf(e.Header)
		if got.Wrong == "" {
			t.About(last, e).Expect(got.Reset).To(match.BeAtLeast(earlier.Unix()+1), "X-RateLimit-Reset is not in the future")
		}
		if got.Reset > e.Date().Unix() {
			return
		}
		last, earlier = e, e.Date()
	}
}

// resetsCompared is how many answers are asked for whose reset is not after their Date: a slow target may write the Date long after it has made the reset. So
// the reset is compared with a time that had passed when the request was sent. A reset that is always the present second is noticed then, unless a new second
// begins each time.
const resetsCompared = 4
