package engine

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"example.com/awalmock/mockserver/internal/spec"
)

// forcedWait is how many seconds a 429 or a 503 asks a caller to wait that was made on purpose: by a fault, by Prefer, by a
// recipient that asks for one. Long enough to be a number, short enough for a test.
const forcedWait = 1

// complete adds the headers that HTTP, or the vendor, asks of a status, however the answer was made. What the answer has
// already stays.
func (e *Engine) complete(x *Exchange, reply *Reply) {
	if reply.Status < http.StatusBadRequest {
		return
	}
	h := x.w.Header()
	add := func(name, value string) {
		if !hasHeader(reply.Header, name) {
			h[name] = []string{value}
		}
	}
	// RFC 9110, the section of each status.
	switch reply.Status {
	case http.StatusUnauthorized:
		if !hasHeader(reply.Header, "Www-Authenticate") {
			h["Www-Authenticate"] = e.challenges(x)
		}
	case http.StatusMethodNotAllowed:
		add("Allow", e.allowed(x))
	case http.StatusProxyAuthRequired:
		add("Proxy-Authenticate", `Basic realm="proxy"`)
	case http.StatusRequestTimeout:
		h["Connection"] = []string{"close"}
	case http.StatusUnsupportedMediaType:
		e.accepted(x, add)
	case http.StatusRequestedRangeNotSatisfiable:
		add("Content-Range", "bytes */0")
	case http.StatusUpgradeRequired:
		add("Upgrade", "HTTP/2.0")
		h["Connection"] = append(h["Connection"], "Upgrade")
	case http.StatusTooManyRequests:
		e.tooMany(x, reply)
	case http.StatusServiceUnavailable:
		add("Retry-After", strconv.Itoa(forcedWait))
	}
}

// allowed lists the methods of the request's path.
func (e *Engine) allowed(x *Exchange) string {
	var not *spec.MethodNotAllowedError
	if _, err := e.Document.Match("", x.Path); errors.As(err, &not) {
		return strings.Join(not.Allow, ", ")
	}
	return ""
}

// accepted says what a refused body may be instead: for a coding, none; for a type, those of the operation.
func (e *Engine) accepted(x *Exchange, add func(name, value string)) {
	if x.Operation == nil {
		return
	}
	if rejectContentEncoding(x) != nil {
		add("Accept-Encoding", "identity")
		return
	}
	var types []string
	for _, m := range x.Operation.Bodies {
		types = append(types, m.Type)
	}
	if len(types) > 0 {
		add("Accept", strings.Join(types, ", "))
	}
}

// tooMany makes the headers of every 429 (D): the limit, that nothing is left of it, when it starts again, and how long that
// is from now. One that was made on purpose is over after forcedWait, without limits as well.
func (e *Engine) tooMany(x *Exchange, reply *Reply) {
	now := e.Now().Unix()
	q := Quota{Limit: e.limit(x.Operation).Limit, Reset: now + forcedWait}
	if x.special != nil && x.special.exceeded != nil {
		q = *x.special.exceeded
	}
	h := x.w.Header()
	names := &e.vendor.Limits
	names.show(h, q)
	h["Retry-After"] = []string{itoa(max(1, q.Reset-now))}
	for _, name := range [...]string{names.Limit, names.Remaining, names.Reset, "Retry-After"} {
		dropHeader(reply.Header, name)
	}
}
