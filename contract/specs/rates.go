package specs

import (
	"fmt"
	"strconv"
	"time"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/run"
)

// rateChecks look at the headers of the rate limit of all exchanges of the run, for every operation that is asked. They use nothing up.
func rateChecks(doc *document.Document) []*run.Case {
	var out []*run.Case
	for _, op := range doc.Operations {
		if !op.Asked() || op.Public {
			continue
		}
		for _, rule := range judge.RateRules(op) {
			id := rule.Requirement + "." + op.ID
			if rule.Suffix != "" {
				id = rule.Requirement + "." + rule.Suffix + "." + op.ID
			}
			c := run.RuleCheckAs(id, rule)
			c.Capability, c.Way = op.Capability, "rate headers"
			out = append(out, c)
		}
		of := func(requirement, suffix, title string, check func(*T) error) *run.Case {
			return &run.Case{
				ID: requirement + "." + suffix + "." + op.ID, Requirement: requirement, Title: title + " (" + op.ID + ")", Operation: op.ID, Capability: op.Capability,
				Writes: op.Changes(), Alone: true, Final: true, Way: "rate headers", Run: asCase(check),
			}
		}
		out = append(out, of("RATE-REMAINING", "falls", "each request takes one of what remains", func(t *T) error { return t.remainingFalls(op) }))
		if !op.Changes() {
			out = append(out, of("RATE-RESET", "moves", "the reset is not the begin of the window", func(t *T) error { return t.resetMoves(op) }))
		}
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

const (
	fewestInTurn = 3  // requests after which something must have been taken
	mostInTurn   = 12 // requests that are made for it, if the run has too few in one window
)

// remainingFalls compares answers of one window. If the run has no window with enough of them, it reads a few more times.
func (t *T) remainingFalls(op *document.Operation) error {
	compared := t.compareRemaining(op)
	for n := 0; n < mostInTurn && !compared && !op.Changes() && !t.Client.Careful && len(t.counted(op)) > 0; n++ {
		valid, err := t.proper(op, 0)
		if err != nil {
			return err
		}
		if _, err := t.Ask(valid); err != nil {
			return err
		}
		compared = t.compareRemaining(op)
	}
	if !compared {
		return &run.SkippedError{Reason: "no window of the rate limit had enough requests one after the other"}
	}
	return nil
}

// compareRemaining reports whether the run has answers that can be compared, up to the first finding. Requests that were made at once are answered in
// any order, and a bucket may fill again while they are made: only what no such thing explains is a finding.
func (t *T) compareRemaining(op *document.Operation) (compared bool) {
	list := t.counted(op)
	for i, later := range list {
		now := exchange.RateOf(later.Header)
		between := 0
		for j := i - 1; j >= 0; j-- {
			earlier := list[j]
			before := exchange.RateOf(earlier.Header)
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
			if now.Remaining >= before.Remaining {
				t.Fail(judge.Finding{
					Text: "what remains does not fall as requests are made", Expected: fmt.Sprintf("less than %d after %d more requests", before.Remaining, between),
					Actual: strconv.FormatInt(now.Remaining, 10),
				}, earlier, later)
				return true
			}
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

// resetMoves looks at an answer whose reset is not ahead: asked again after that, the target has to name another one.
func (t *T) resetMoves(op *document.Operation) error {
	list := t.counted(op)
	if len(list) == 0 {
		return run.Lacks("an answer with the headers of the rate limit")
	}
	last := list[len(list)-1]
	reset := time.Unix(exchange.RateOf(last.Header).Reset, 0)
	if reset.After(last.Date()) {
		return nil
	}
	if err := exchange.Pause(t.Ctx, reset.Add(2*time.Second).Sub(last.Date())); err != nil {
		return err
	}
	valid, err := t.proper(op, 0)
	if err != nil {
		return err
	}
	e, err := t.Ask(valid)
	if err != nil {
		return err
	}
	if got := exchange.RateOf(e.Header); got.Wrong == "" && !time.Unix(got.Reset, 0).After(e.Date()) {
		t.Fail(judge.Finding{Text: "the reset is not ahead", Expected: fmt.Sprintf("more than %d", e.Date().Unix()), Actual: e.Header.Get(exchange.HeaderReset)}, last, e)
	}
	return nil
}
