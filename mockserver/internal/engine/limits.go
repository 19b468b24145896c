package engine

import (
	"net/http"
	"strconv"
	"time"

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

// show tells the quota in the headers that the vendor documents (D).
func (q Quota) show(h http.Header) {
	h["X-RateLimit-Limit"] = []string{strconv.Itoa(q.Limit)}
	h["X-RateLimit-Remaining"] = []string{strconv.Itoa(q.Remaining)}
	h["X-RateLimit-Reset"] = []string{strconv.FormatInt(q.Reset, 10)}
}

// DefaultRate is the limit of an operation for which the document gives none (I).
var DefaultRate = spec.RateLimit{Limit: 200, Window: time.Minute}

// limit is the limit of an operation; without a limiter, what it would be.
func (e *Engine) limit(op *spec.Operation) spec.RateLimit {
	switch {
	case e.Limits != nil:
		return e.Limits.Limit(op)
	case op != nil && op.RateLimit != nil:
		return *op.RateLimit
	default:
		return DefaultRate
	}
}

// countRequest counts the request and tells the caller what is left.
func (e *Engine) countRequest(x *Exchange) error {
	if e.Limits == nil {
		return nil
	}
	q, ok := e.Limits.Take(x.Caller, x.Operation)
	q.show(x.w.Header())
	if ok {
		return nil
	}
	x.exceeded = &q
	return &Error{Status: http.StatusTooManyRequests, Code: "rate_limit_exceeded", Message: "Rate limit exceeded"}
}
