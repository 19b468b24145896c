package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestAMessageThatIsStoredTwiceIsTold(t *testing.T) {
	t.Parallel()
	s, credentials := mock(t)
	twice := http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		record := httptest.NewRecorder()
		s.ServeHTTP(record, r)
		var body map[string]any
		data, _ := body["data"].(map[string]any)
		if json.Unmarshal(record.Body.Bytes(), &body) == nil {
			data, _ = body["data"].(map[string]any)
		}
		messages, _ := data["messages"].([]any)
		if len(messages) == 0 {
			for name, values := range record.Header() {
				out.Header()[name] = values
			}
			out.WriteHeader(record.Code)
			_, _ = io.Copy(out, record.Body)
			return
		}
		again := map[string]any{}
		last, _ := messages[len(messages)-1].(map[string]any)
		for name, value := range last {
			again[name] = value
		}
		again["id"] = 7_000_001
		data["messages"] = append(messages, again)
		out.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(out).Encode(body)
	})
	args := append([]string{"--base-url", serve(t, twice), "--capability", "send", "--send-to", strings.Join(inventedPhones(), ","), "--only", "SEND-TEXT-APPEARS,SEND-TEXT-UNHARMED"}, credentials...)
	if code, stdout, _ := contract(t, nil, args...); code != 1 || !strings.Contains(stdout, "is in its conversation more than once") {
		t.Errorf("exit %d\n%s", code, stdout)
	}
}

// A plan may allow less than the document says.
func TestTheProductionProfileProvokesNo429OnASmallPlan(t *testing.T) {
	t.Parallel()
	s, credentials := mock(t)
	var refused, asked atomic.Int64
	const plan = 60
	reset := time.Now().Add(time.Hour).Unix()
	limited := http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		n := asked.Add(1)
		out.Header().Set("X-RateLimit-Limit", strconv.Itoa(plan))
		out.Header().Set("X-RateLimit-Remaining", strconv.FormatInt(max(0, plan-n), 10))
		out.Header().Set("X-RateLimit-Reset", strconv.FormatInt(reset, 10))
		if n > plan {
			refused.Add(1)
			out.WriteHeader(http.StatusTooManyRequests)
			return
		}
		s.ServeHTTP(out, r)
	})
	// One operation, so that what the plan counts is what the suite counts.
	args := append([]string{"--base-url", serve(t, limited), "--profile", "production", "--only", "LIST-SEARCH-NAME,LIST-STATUS-WORDS,LIST-SEARCH-PHONE"}, credentials...)
	if code, stdout, stderr := contract(t, nil, args...); code == 1 || code == 2 || refused.Load() > 0 {
		t.Errorf("exit %d, %d refused\n%s%s", code, refused.Load(), stdout, stderr)
	}
}
