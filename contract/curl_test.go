package main

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"

	"example.com/awalmock/contract/suite"
)

func TestAPastedCurlReproducesAFailure(t *testing.T) {
	t.Parallel()
	needs(t, "sh", "curl", "openssl", "sed")
	free, credentials := mockWithoutSignatures(t)
	base := serve(t, free)
	_, stdout, _ := contract(t, nil, append([]string{"--json", "--base-url", base, listOnly}, credentials...)...)
	var r suite.Report
	if err := json.Unmarshal([]byte(stdout), &r); err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, c := range r.Cases {
		if c.Outcome != suite.Fail || c.Operation == "getMessageStatus" {
			continue
		}
		for _, f := range c.Findings {
			e := f.Exchanges[len(f.Exchanges)-1]
			command := exec.Command("sh", "-c", e.Curl)
			command.Env = append(os.Environ(), "CONTRACT_HMAC_SECRET="+credentials[5])
			raw, err := command.CombinedOutput()
			if err != nil || !strings.HasPrefix(string(raw), "HTTP/1.1 200") != (e.Status != 200) {
				t.Errorf("%s: %v, was %d: %.200s\n%s", c.ID, err, e.Status, raw, e.Curl)
			}
			tried++
		}
	}
	if tried < 20 {
		t.Errorf("only %d lines were tried", tried)
	}
}

// TestACurlIsSignedLikeTheSuiteItself lets a server that checks signatures see every kind of request again: right stays right, wrong stays wrong.
func TestACurlIsSignedLikeTheSuiteItself(t *testing.T) {
	t.Parallel()
	needs(t, "sh", "curl", "openssl", "sed")
	s, credentials := mock(t)
	var tampering atomic.Bool // then every status becomes one that no case wants, so that every request is in a report
	tamper := http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if !tampering.Load() {
			s.ServeHTTP(out, r)
			return
		}
		record := httptest.NewRecorder()
		s.ServeHTTP(record, r)
		out.Header().Set("X-Was", http.StatusText(record.Code))
		out.WriteHeader(http.StatusTeapot)
	})
	base := serve(t, tamper)
	cfg := suite.Config{
		BaseURL: base, Seed: 1, Credentials: suite.Credentials{Domain: credentials[1], ClientID: credentials[3], HMACSecret: credentials[5], PhoneNumberID: credentials[7]},
		OnCase: func(suite.CaseResult, int, int) { tampering.Store(true) },
	}
	r, err := suite.Run(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, c := range r.Cases {
		for _, f := range c.Findings {
			for _, e := range f.Exchanges {
				was := e.Answer["X-Was"]
				if e.Status != http.StatusTeapot || seen[e.Curl] {
					continue
				}
				seen[e.Curl] = true
				command := exec.Command("sh", "-c", e.Curl)
				command.Env = append(os.Environ(), "CONTRACT_HMAC_SECRET="+credentials[5])
				raw, err := command.CombinedOutput()
				if err != nil || !strings.Contains(string(raw), "X-Was: "+was+"\r\n") {
					t.Errorf("%s: %v, was %s: %.300s\n%s", c.ID, err, was, raw, e.Curl)
				}
			}
		}
	}
	if len(seen) < 60 {
		t.Errorf("only %d lines were tried", len(seen))
	}
}
