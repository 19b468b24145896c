package judge

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
)

// RateRules are the rules for the headers of the rate limit in every answer of an operation.
func RateRules(op *document.Operation) []Rule {
	needs := "an answer of " + op.ID + " to a request that is properly signed"
	return []Rule{
		{Requirement: "RATE-HEADERS", Operation: op.ID, Title: "answers carry the three headers of the rate limit (" + op.ID + ")", Needs: needs, Judge: rateHeaders},
		{Requirement: "RATE-REMAINING", Suffix: "bounds", Operation: op.ID, Title: "X-RateLimit-Remaining is between 0 and the limit (" + op.ID + ")", Needs: needs, Judge: rateBounds},
		{Requirement: "RATE-RESET", Suffix: "ahead", Operation: op.ID, Title: "the reset is in the future, and not later than the end of a window (" + op.ID + ")", Needs: needs, Judge: rateReset},
	}
}

// mustHaveRateHeaders reports whether an answer must have the headers: the request was certainly authenticated. An invalid request may have been refused before that.
func mustHaveRateHeaders(e *exchange.Exchange) bool {
	known := e.Status < 300 || e.Status == http.StatusNotFound || e.Status == http.StatusConflict
	return known && e.Status >= 200 && e.Request.Proper && e.Request.Expect != exchange.ExpectNothing && e.Err == nil
}

// hasRateHeader reports whether an answer has one of the headers.
func hasRateHeader(e *exchange.Exchange) bool {
	for _, name := range []string{exchange.HeaderLimit, exchange.HeaderRemaining, exchange.HeaderReset} {
		if len(e.Header.Values(name)) > 0 {
			return true
		}
	}
	return false
}

func rateHeaders(_ *Judge, e *exchange.Exchange) Verdict {
	if e.Status >= http.StatusInternalServerError || !mustHaveRateHeaders(e) && !hasRateHeader(e) {
		return NotApplicable()
	}
	if got := exchange.RateOf(e.Header); got.Wrong != "" {
		return Applicable(Finding{
			Text:     "an answer lacks a header of the rate limit",
			Expected: "three integers in " + exchange.HeaderLimit + ", " + exchange.HeaderRemaining + " and " + exchange.HeaderReset, Actual: got.Wrong,
		})
	}
	return Verdict{Applies: mustHaveRateHeaders(e)}
}

func rateBounds(_ *Judge, e *exchange.Exchange) Verdict {
	got := exchange.RateOf(e.Header)
	if got.Wrong != "" {
		return Verdict{Applies: mustHaveRateHeaders(e)} // RATE-HEADERS reports it
	}
	if got.Remaining < 0 || got.Remaining > got.Limit {
		return Applicable(Finding{Text: "X-RateLimit-Remaining is not between 0 and the limit", Expected: fmt.Sprintf("0 to %d", got.Limit), Actual: strconv.FormatInt(got.Remaining, 10)})
	}
	return Verdict{Applies: mustHaveRateHeaders(e)}
}

// longestWindow is how far in the future a reset may be, unless the document has a longer window: a plan may have a limit per hour.
const (
	longestWindow = time.Hour
	clockSlack    = 5 * time.Second
)

func rateReset(_ *Judge, e *exchange.Exchange) Verdict {
	got := exchange.RateOf(e.Header)
	if got.Wrong != "" {
		return Verdict{Applies: mustHaveRateHeaders(e)}
	}
	now, reset := e.Date(), time.Unix(got.Reset, 0)
	most := max(longestWindow, e.Request.Op.Limit.Window) + clockSlack
	earliest := e.EarliestDate().Add(-time.Second)
	if reset.Before(earliest) || reset.After(now.Add(most)) && e.Status != http.StatusTooManyRequests { // after a 429, Retry-After says how long to wait
		return Applicable(Finding{
			Text: "X-RateLimit-Reset is not the Unix time, in seconds, at which the window ends", Expected: fmt.Sprintf("%d to %d", earliest.Unix(), now.Add(most).Unix()),
			Actual: e.Header.Get(exchange.HeaderReset),
		})
	}
	return Verdict{Applies: mustHaveRateHeaders(e)}
}
