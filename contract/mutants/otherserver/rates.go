package otherserver

import (
	"cmp"
	"net/http"
	"strconv"
	"time"
)

// A window counts the requests of a workspace to an operation.
type window struct {
	begins time.Time
	used   int64
	spent  bool // the one refusal of RefuseOnce was given
}

// count counts a request and writes the rate headers. It expects the lock.
func (s *Server) count(c *call) *failure {
	limit, length := cmp.Or(s.options.Limit, 900), cmp.Or(s.options.Window, 90*time.Second)
	key := c.workspace.domain + c.route.method + c.route.path
	w := s.windows[key]
	if w == nil || time.Since(w.begins) >= length {
		w = &window{begins: time.Now()}
		s.windows[key] = w
	}
	w.used++
	left := max(0, limit-w.used)
	reset := w.begins.Add(length + time.Second).Unix() // a whole second, not before the window ends
	headers := map[string]string{"X-RateLimit-Limit": strconv.FormatInt(limit, 10), "X-RateLimit-Remaining": strconv.FormatInt(left, 10), "X-RateLimit-Reset": strconv.FormatInt(reset, 10)}
	s.spoilRates(c, headers, limit, left, reset, w.begins)
	for name, value := range headers {
		c.header.Set(name, value)
	}
	if s.options.RefuseOnce && !w.spent && w.used == 5 && c.route.path == "/conversations" {
		w.spent = true
		c.header.Set("Retry-After", "1")
		c.header.Set("X-RateLimit-Remaining", "0")
		c.header.Set("X-RateLimit-Reset", strconv.FormatInt(time.Now().Add(40*time.Minute).Unix(), 10))
		return &failure{status: http.StatusTooManyRequests, code: "Rate limit exceeded", message: "Not so fast."}
	}
	if w.used > limit {
		wait := time.Until(w.begins.Add(length)).Seconds()
		c.header.Set("Retry-After", strconv.Itoa(int(wait)+1))
		return &failure{status: http.StatusTooManyRequests, code: "Rate limit exceeded", message: "Not so fast."}
	}
	return nil
}

// spoilRates changes the headers as a fault does.
func (s *Server) spoilRates(c *call, headers map[string]string, limit, left, reset int64, begins time.Time) {
	switch s.options.Fault {
	case "Reset says how many seconds are left":
		headers["X-RateLimit-Reset"] = strconv.FormatInt(reset-time.Now().Unix(), 10)
	case "Reset is the begin of the window":
		headers["X-RateLimit-Reset"] = strconv.FormatInt(begins.Unix(), 10)
	case "Reset is in milliseconds":
		headers["X-RateLimit-Reset"] = strconv.FormatInt(reset*1000, 10)
	case "Remaining never falls":
		headers["X-RateLimit-Remaining"] = strconv.FormatInt(limit, 10)
	case "Remaining counts up": // from half of the limit: a client that is told of 1 soon stops asking, and cannot say more than that
		headers["X-RateLimit-Remaining"] = strconv.FormatInt((limit+limit-left)/2, 10)
	case "Remaining is one more than Limit at first":
		headers["X-RateLimit-Remaining"] = strconv.FormatInt(left+2, 10)
	case "Limit has a unit":
		headers["X-RateLimit-Limit"] += ";w=90"
	case "no rate headers on sends":
		if c.Method == http.MethodPost {
			clear(headers)
		}
	case "no rate headers on numbers":
		if c.route.path == "/waba-numbers" {
			clear(headers)
		}
	}
}
