package engine

import (
	"errors"
	"net/http"
	"strconv"

	"example.com/awalmock/mockserver/internal/spec"
)

// A RateLimiter counts the requests of each client and operation.
type RateLimiter interface {
	// Take counts a request and returns what is left. ok is false where nothing was left: the request is refused.
	Take(c Caller, op *spec.Operation) (q Quota, ok bool)
	// Limit is the limit of an operation, or of none (nil).
	Limit(op *spec.Operation) spec.RateLimit
}

// A Quota is what is left of a limit.
type Quota struct {
	Limit, Remaining int
	Reset            int64 // Unix seconds
}

// limit is the limit of an operation; without a limiter, what it would be.
func (e *Engine) limit(op *spec.Operation) spec.RateLimit {
	switch {
	case e.Limits != nil:
		return e.Limits.Limit(op)
	case op != nil && op.RateLimit != nil:
		return *op.RateLimit
	default:
		return e.vendor.Rate
	}
}

// countRequest counts the request against the limit of its operation, then against the quota of a day.
func (e *Engine) countRequest(x *Exchange) error {
	if err := e.countMinute(x); err != nil {
		return err
	}
	return e.countDay(x)
}

// countMinute counts the request against the limit of its operation, and writes what is left into the headers.
func (e *Engine) countMinute(x *Exchange) error {
	if e.Limits == nil {
		return nil
	}
	q, ok := e.Limits.Take(x.Caller, x.Operation)
	e.vendor.Limits.show(x.w.Header(), q)
	if ok {
		return nil
	}
	x.makeSpecial().exceeded = &q
	return &Error{Status: http.StatusTooManyRequests, Code: "rate_limit_exceeded", Message: "Rate limit exceeded"}
}

// countDay counts the request against the quota of a day.
func (e *Engine) countDay(x *Exchange) error {
	if e.Daily == nil {
		return nil
	}
	err := e.Daily(x.HTTP.Context(), x.Caller)
	var over *DayOverError
	if !errors.As(err, &over) {
		return err
	}
	x.makeSpecial().exceeded = &over.Quota
	return &Error{Status: http.StatusTooManyRequests, Code: "rate_limit_exceeded", Message: over.Error()}
}

// A DayOverError says that a workspace has sent as many requests as it may on a day.
type DayOverError struct{ Quota Quota }

func (e *DayOverError) Error() string {
	return "The workspace's quota of requests_per_day is used up: it may have " + strconv.Itoa(e.Quota.Limit) + "."
}
