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

// rateHeaders look at the headers of the rate limit of all exchanges of the run, for every operation that is asked. They use nothing up.
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
		c := run.RuleCheckAs(id, rule)
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

// counted are the answers to the first client's requests to an operation that the target says it has counted, in the order in which they were asked.
func (t *T) counted(op *document.Operation) []*exchange.Exchange {
	var out []*exchange.Exchange
	for _, e := range t.Client.Exchanges() {
		own := e.Request.Op == op && !e.Request.Sign.Elsewhere() && e.Request.Proper
		if own && e.Err == nil && op.Succeeds(e.Status) && exchange.RateOf(e.Header).Wrong == "" {
			out = append(out, e)
		}
	}
	return out
}

// fewestInTurn are the requests after which something must have been taken.
const fewestInTurn = 3

// expectFall compares answers of one window. If the run has no window with enough of them, it reads a few more times: first one after the other, then
// eight at once between two others, since a slow target could give back as many as are asked in turn.
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

// compareRemaining reports whether the run has answers that can be compared. The first finding ends the case. Requests that were made at once are
// answered in any order, and a bucket may fill again while they are made: only what no such thing explains is a finding. The limit of a window is one.
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
			if between+1 < fewestInTurn+refilled(op, now.Limit, later.Answered.Sub(earlier.Asked)) {
				continue
			}
			compared = true
			t.About(earlier, later).Expect(now.Remaining).To(match.BeBelow(before.Remaining), "X-RateLimit-Remaining does not fall: it is no lower after %d more requests", between)
		}
	}
	return compared
}

// mostRefilled bounds what comes back in a window: no more than this run and its neighbours have taken.
const mostRefilled = 2000

// refilled is how many requests a limit may have got back in a time, if it does not count in fixed windows.
func refilled(op *document.Operation, limit int64, in time.Duration) int {
	window := op.Limit.Window
	if window <= 0 {
		window = time.Minute
	}
	return int(float64(min(limit, mostRefilled))*in.Seconds()/window.Seconds()) + 1
}

// expectNextReset looks at an answer whose reset has passed: asked again two seconds after that time, the target has to name another one.
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
	now := last.Date().Add(t.Client.Now().Sub(last.Answered)) // by the target's clock
	t.End(exchange.Pause(t.Ctx, reset.Add(2*time.Second).Sub(now)))
	valid, err := t.proper(op, 0)
	t.End(err)
	e := t.answer(valid)
	if got := exchange.RateOf(e.Header); got.Wrong == "" {
		t.About(last, e).Check(got.Reset).To(match.BeAtLeast(e.Date().Unix()+1), "X-RateLimit-Reset is not in the future")
	}
}
