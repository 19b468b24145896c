package main

import (
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/awalmock/contract/suite"
)

// byChance lets one of a hundred requests end in a fault, drawn by a seed.
func byChance(next http.Handler, seed uint64, fault http.HandlerFunc) (handler http.Handler, faults func() int) {
	var mu sync.Mutex
	random, n := rand.New(rand.NewPCG(seed, 1)), 0
	drawn := func() bool {
		mu.Lock()
		defer mu.Unlock()
		if random.IntN(100) > 0 {
			return false
		}
		n++
		return true
	}
	return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
			if drawn() {
				fault(out, r)
				return
			}
			next.ServeHTTP(out, r)
		}), func() int {
			mu.Lock()
			defer mu.Unlock()
			return n
		}
}

func closes(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

func unavailable(out http.ResponseWriter, _ *http.Request) {
	out.Header().Set("Content-Type", "application/json")
	out.WriteHeader(http.StatusServiceUnavailable)
	_, _ = io.WriteString(out, `{"status":false,"error":"unavailable","message":"try again","request_id":"r"}`)
}

// A fault that comes by chance is blamed on no innocent rule, and the run ends in time.
func TestFaultsByChanceAreBlamedOnNothingElse(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		fault   http.HandlerFunc
		seed    uint64
		allowed string // the only requirements that may fail
	}{
		{"closes the connection", closes, 1, ""},
		{"answers 503", unavailable, 1, "HTTP-NO-SERVER-ERROR"},
		{"closes the connection, other seed", closes, 2, ""},
		{"answers 503, other seed", unavailable, 2, "HTTP-NO-SERVER-ERROR"},
	} {
		if testing.Short() && test.seed > 1 {
			continue
		}
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s, credentials := mock(t)
			shaky, faults := byChance(s, test.seed, test.fault)
			target := httptest.NewUnstartedServer(shaky)
			target.Start()
			t.Cleanup(target.Close)
			began := time.Now()
			args := append([]string{"--base-url", target.URL + "/api/developer", "--seed", "1", "--concurrency", "1", "--json"}, credentials...)
			code, stdout, stderr := contract(t, nil, args...)
			var r suite.Report
			if err := json.Unmarshal([]byte(stdout), &r); err != nil {
				t.Fatalf("exit %d, %v\n%s", code, err, stderr)
			}
			for _, c := range r.Cases {
				if c.Outcome == suite.Fail && c.Requirement != test.allowed {
					t.Errorf("%s fails: %s", c.ID, c.Headline())
				}
			}
			if n := faults(); n == 0 || time.Since(began) > 2*time.Minute || test.allowed != "" && code != 1 || test.allowed == "" && code == 1 {
				t.Errorf("%d faults, exit %d, %q", n, code, r.Why)
			}
		})
	}
}

func TestTargetsThatAreNoAPIEndWithOneLine(t *testing.T) {
	t.Parallel()
	_, credentials := mock(t)
	for name, answer := range map[string]http.HandlerFunc{
		"a page": func(out http.ResponseWriter, _ *http.Request) {
			out.Header().Set("Content-Type", "text/html")
			_, _ = io.WriteString(out, "<html>")
		},
		"garbage":        func(out http.ResponseWriter, _ *http.Request) { _, _ = out.Write([]byte("\x00\xff\xfe\x01")) },
		"always closes":  closes,
		"only redirects": func(out http.ResponseWriter, r *http.Request) { http.Redirect(out, r, "/login", http.StatusFound) },
	} {
		code, stdout, stderr := contract(t, nil, append([]string{"--base-url", serve(t, answer)}, credentials...)...)
		if code != 2 || stdout != "" || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%s: exit %d\n%s%s", name, code, stdout, stderr)
		}
	}
}
