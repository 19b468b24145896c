package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/awalmock/contract/suite"
)

// plan is one rate limit for all operations of a server.
type plan struct {
	next    http.Handler
	limit   int
	window  time.Duration
	mu      sync.Mutex
	ends    time.Time
	left    int
	refused int
	asked   int
	forged  int
}

func (p *plan) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	now := time.Now()
	if now.After(p.ends) {
		p.ends, p.left = now.Add(p.window).Truncate(time.Second).Add(time.Second), p.limit
	}
	p.asked++
	over := p.left == 0
	if over {
		p.refused++
	} else {
		p.left--
	}
	out.Header().Set("X-RateLimit-Limit", strconv.Itoa(p.limit))
	out.Header().Set("X-RateLimit-Remaining", strconv.Itoa(p.left))
	out.Header().Set("X-RateLimit-Reset", strconv.FormatInt(p.ends.Unix(), 10))
	p.mu.Unlock()
	if over {
		out.WriteHeader(http.StatusTooManyRequests)
		return
	}
	record := httptest.NewRecorder()
	p.next.ServeHTTP(record, r)
	if record.Code == http.StatusUnauthorized || record.Code == http.StatusForbidden {
		p.mu.Lock()
		p.forged++
		p.mu.Unlock()
	}
	for name, values := range record.Header() {
		if !strings.HasPrefix(strings.ToLower(name), "x-ratelimit") { // those of the plan stay
			out.Header()[name] = values
		}
	}
	out.WriteHeader(record.Code)
	_, _ = out.Write(record.Body.Bytes())
}

func TestTheProductionProfileProvokesNo429AndSendsFewForgedRequests(t *testing.T) {
	t.Parallel()
	for _, limit := range []int{60, 25, 200} {
		t.Run(strconv.Itoa(limit), func(t *testing.T) {
			t.Parallel()
			s, credentials := mock(t)
			p := &plan{next: s, limit: limit, window: time.Second}
			args := append([]string{"--base-url", serve(t, p), "--profile", "production", "--timeout", "5m", "--json"}, credentials...)
			code, stdout, stderr := contract(t, nil, args...)
			var r suite.Report
			if err := json.Unmarshal([]byte(stdout), &r); err != nil || r.Counts[suite.Fail]+r.Counts[suite.Error] > 0 {
				t.Fatalf("exit %d, %d refused, %v, %v %q\n%s", code, p.refused, err, r.Counts, r.Why, stderr)
			}
			if p.refused > 0 || p.forged > 22 || p.forged < 15 || p.asked > 300 {
				t.Errorf("%d requests, %d were answered with 429, %d were forged", p.asked, p.refused, p.forged)
			}
			t.Logf("%d requests, %d forged, exit %d, %v", p.asked, p.forged, code, r.Counts)
		})
	}
}

func TestForgedRequestsAreSharedOutOverAllRequirements(t *testing.T) {
	t.Parallel()
	for probes, want := range map[string]int{"30": 30, "1": 1, "few": 20} {
		s, credentials := mock(t)
		p := &plan{next: s, limit: 100_000, window: time.Minute}
		args := append([]string{"--base-url", serve(t, p), "--auth-probes", probes, "--json", "--include", "/^AUTH-/"}, credentials...)
		code, stdout, stderr := contract(t, nil, args...)
		var r suite.Report
		if err := json.Unmarshal([]byte(stdout), &r); err != nil || code != 0 {
			t.Fatalf("%s: exit %d, %v\n%s", probes, code, err, stderr)
		}
		if p.forged > want || p.forged < want*3/4 {
			t.Errorf("%s: %d forged requests", probes, p.forged)
		}
	}
	for _, wrong := range []string{"some", "0", "-1"} {
		if code, _, stderr := contract(t, nil, "--auth-probes="+wrong, "--list"); code != 2 || !strings.Contains(stderr, "--auth-probes takes few, all or a number") {
			t.Errorf("%s: exit %d, %s", wrong, code, stderr)
		}
	}
}
