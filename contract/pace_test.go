package main

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.com/awalmock/contract/suite"
)

func TestEveryRequestCarriesTheHeadersOfAGatewayAndNoOutputTheirSecrets(t *testing.T) {
	t.Parallel()
	const canary = "c4nary, s3cond-key"
	free, credentials := mockWithoutSignatures(t)
	var without atomic.Int64
	gateway := serve(t, http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Api-Key") != canary || r.Header.Get("X-Tenant") != "blue" {
			without.Add(1)
			out.WriteHeader(http.StatusForbidden)
			return
		}
		free.ServeHTTP(out, r)
	}))
	dir := t.TempDir()
	file := filepath.Join(dir, "config.yaml")
	if err := os.WriteFile(file, []byte("header: ['X-Api-Key: "+canary+"', 'X-Tenant: blue']\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	given := map[string]struct{ env, args []string }{
		"flags":    {nil, []string{"--header", "X-Api-Key: " + canary, "--header=X-Tenant: blue"}},
		"variable": {[]string{"CONTRACT_HEADER=X-Api-Key: " + canary + "\nX-Tenant: blue"}, nil},
		"file":     {nil, []string{"--config", file}},
	}
	for name, from := range given {
		args := append(append([]string{"--base-url", gateway, "--report-dir", dir, "--only", "AUTH-SIGNATURE"}, from.args...), credentials...)
		code, stdout, stderr := contract(t, from.env, args...)
		if code != 1 || without.Load() != 0 { // it ignores signatures
			t.Errorf("%s: exit %d, %d requests without the headers\n%s", name, code, without.Load(), stderr)
		}
		texts := stdout + stderr
		for _, text := range readReports(t, dir) {
			texts += text
		}
		if strings.Contains(texts, "c4nary") || strings.Contains(texts, "s3cond-key") {
			i := max(strings.Index(texts, "c4nary"), strings.Index(texts, "s3cond-key"))
			t.Errorf("%s: the key is in the output: %s", name, texts[max(0, i-100):min(len(texts), i+50)])
		}
		for _, want := range []string{`-H "X-Api-Key: $X_API_KEY"`, "-H 'X-Tenant: blue'", "--header 'X-Tenant: blue'"} {
			if !strings.Contains(texts, want) {
				t.Errorf("%s: no %s in the output", name, want)
			}
		}
	}
}

func TestAHeaderThatCannotBeSentIsRefused(t *testing.T) {
	t.Parallel()
	for want, args := range map[string][]string{
		"--header: a header is written 'Name: value'": {"--header", "X-Api-Key c4nary", "--list"},
		"the suite sets it":                           {"--header", "x-domain: d", "--list"},
	} {
		if code, _, stderr := contract(t, nil, args...); code != 2 || !strings.Contains(stderr, want) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%v: exit %d, %s", args, code, stderr)
		}
	}
}

func TestNoMoreRequestsAreMadeAtOnceThanAskedFor(t *testing.T) {
	t.Parallel()
	s, credentials := mock(t)
	var now, most atomic.Int64
	target := serve(t, http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		n := now.Add(1)
		defer now.Add(-1)
		for old := most.Load(); n > old && !most.CompareAndSwap(old, n); old = most.Load() {
		}
		s.ServeHTTP(out, r)
	}))
	args := append([]string{"--base-url", target, "--operation", "listConversations", "--concurrency", "2"}, credentials...)
	if code, stdout, stderr := contract(t, nil, args...); code != 0 || most.Load() > 2 {
		t.Errorf("exit %d, %d at once\n%s%s", code, most.Load(), stdout, stderr)
	}
	for want, args := range map[string][]string{
		"--concurrency takes 1 to 64":    {"--concurrency=-1", "--list"},
		"--rate takes requests a second": {"--rate", "5", "--list"},
		"such as 5/s or 100/m, not \"x":  {"--rate", "x/s", "--list"},
	} {
		if code, _, stderr := contract(t, nil, args...); code != 2 || !strings.Contains(stderr, want) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%v: exit %d, %s", args, code, stderr)
		}
	}
}

func TestRequestsBeginNoFasterThanTheRate(t *testing.T) {
	t.Parallel()
	s, credentials := mock(t)
	var mu sync.Mutex
	var first, last time.Time
	requests := 0
	target := serve(t, http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		mu.Lock()
		last = time.Now()
		if requests++; requests == 1 {
			first = last
		}
		mu.Unlock()
		s.ServeHTTP(out, r)
	}))
	args := append([]string{"--base-url", target, "--only", "LIST-TOTAL", "--rate", "100/s"}, credentials...)
	if code, stdout, stderr := contract(t, nil, args...); code != 0 {
		t.Fatalf("exit %d\n%s%s", code, stdout, stderr)
	}
	if took, least := last.Sub(first), time.Duration(requests-2)*10*time.Millisecond; requests < 10 || took < least {
		t.Errorf("%d requests took %s, at least %s was expected", requests, took, least)
	}
}

func TestFailFastEndsAtTheFirstFailureAndSaysWhatWasNotRun(t *testing.T) {
	t.Parallel()
	free, credentials := mockWithoutSignatures(t)
	args := append([]string{"--base-url", serve(t, free), "--fail-fast", "--concurrency", "1", "--json"}, credentials...)
	code, stdout, stderr := contract(t, nil, args...)
	var r suite.Report
	if err := json.Unmarshal([]byte(stdout), &r); err != nil {
		t.Fatalf("exit %d: %v\n%s", code, err, stderr)
	}
	if code != 1 || r.Counts[suite.Fail] != 1 || r.Missing < 10 || !strings.Contains(strings.Join(r.Why, "\n"), "ended at the first failure (--fail-fast), after ") {
		t.Errorf("exit %d, %v, %d missing: %q", code, r.Counts, r.Missing, r.Why)
	}
	for _, c := range r.Cases {
		if c.Outcome == suite.Unverified && !strings.Contains(c.Reason, "--fail-fast") {
			t.Errorf("%s: %s", c.ID, c.Reason)
		}
	}
}
