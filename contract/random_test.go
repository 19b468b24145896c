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

// A connection that is closed and a 503, both gone when it is asked again, make no right server FAIL.
func TestFaultsByChanceMakeNoRightServerFail(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		fault http.HandlerFunc
		seed  uint64
		warns bool
	}{
		{"closes the connection", closes, 1, false},
		{"answers 503", unavailable, 1, true},
		{"is behind a gateway that answers 503", func(out http.ResponseWriter, _ *http.Request) {
			http.Error(out, "<html>", http.StatusServiceUnavailable)
		}, 2, true},
		{"closes the connection, other seed", closes, 2, false},
		{"answers 503, other seed", unavailable, 2, true},
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
				if c.Outcome == suite.Fail || c.Outcome == suite.Error || c.Outcome == suite.Warn && !test.warns {
					t.Errorf("%s %s: %s", c.Outcome, c.ID, c.Headline())
				}
			}
			if n := faults(); n == 0 || time.Since(began) > 2*time.Minute || code != 0 || test.warns != (r.Counts[suite.Warn] == 1) {
				t.Errorf("%d faults, exit %d, %d warnings, %q", n, code, r.Counts[suite.Warn], r.Why)
			}
		})
	}
}

func TestFaultsByChanceHideNoFault(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]http.HandlerFunc{"closes the connection": closes, "answers 503": unavailable} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, credentials := mock(t)
			shaky, _ := byChance(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
				switch query := r.URL.Query(); {
				case query.Get("status") == "nosuchword":
					sends("application/json", `{"status":true,"data":[],"meta":{"total":0,"unread_total":0}}`)(out, r)
				case query.Get("searchTerm") == "(": // not by chance
					unavailable(out, r)
				default:
					s.ServeHTTP(out, r)
				}
			}), 3, fault)
			args := append([]string{"--base-url", serve(t, shaky), "--seed", "1", listOnly, "--include", "LIST-STATUS-WORDS || LIST-SEARCH-LITERAL || /^HTTP-/"}, credentials...)
			code, stdout, stderr := contract(t, nil, args...)
			if code != 1 || !strings.Contains(stderr, "FAIL listConversations.query.status.enum") {
				t.Errorf("exit %d\n%s%s", code, stdout, stderr)
			}
		})
	}
}
