package suite_test

import (
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/awalmock/contract/suite"
)

func TestATimeOutIsReportedInOneLineWithTheTimeThatTheRunNeeds(t *testing.T) {
	t.Parallel()
	const timeout = 5 * time.Second
	slowAfterTheCrawl := func() http.Handler {
		server := newStandIn(12)
		var asked atomic.Int64
		return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
			if asked.Add(1) > 60 {
				time.Sleep(150 * time.Millisecond)
			}
			server.ServeHTTP(out, r)
		})
	}
	withFakeClock(t, slowAfterTheCrawl, func(t *testing.T, cfg suite.Config) {
		cfg.Timeout = timeout
		began := time.Now()
		r := run(t, cfg)
		if took := time.Since(began); took < timeout || took > timeout+time.Second {
			t.Errorf("it took %s", took)
		}
		if r.Verdict != suite.VerdictError || r.ExitCode != 2 || len(r.Why) != 1 || !strings.Contains(r.Why[0], "the time is used up after") || !strings.Contains(r.Why[0], "raise --timeout (it was 5s") {
			t.Errorf("%s, exit %d: %q", r.Verdict, r.ExitCode, r.Why)
		}
		if r.Missing == 0 || r.Counts[suite.Error] > 0 || len(r.Cases) < 300 {
			t.Errorf("%d missing, %v", r.Missing, r.Counts)
		}
	})
}

// A windowOfASecond is a server whose rate limit has windows that end with each second, and which takes long between the headers and the body of an answer: its
// Date is later than the end of the window.
type windowOfASecond struct {
	http.ResponseWriter
	takes time.Duration
}

func (w windowOfASecond) WriteHeader(status int) {
	if w.Header().Get("X-RateLimit-Reset") != "" {
		w.Header().Set("X-RateLimit-Reset", strconv.FormatInt(time.Now().Unix()+1, 10))
	}
	time.Sleep(w.takes)
	w.ResponseWriter.WriteHeader(status)
}

func TestAServerThatIsSlowToSendItsDateIsNotAccusedOfAResetThatHasPassed(t *testing.T) {
	t.Parallel()
	slow := func() http.Handler {
		server := newStandIn(12)
		return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
			server.ServeHTTP(windowOfASecond{out, 3 * time.Second}, r)
		})
	}
	withFakeClock(t, slow, func(t *testing.T, cfg suite.Config) {
		cfg.Timeout, cfg.Only = 10*time.Minute, []string{"RATE-RESET"}
		r := run(t, cfg)
		if len(r.Cases) == 0 || len(troubles(r, suite.Fail, suite.Error)) > 0 {
			t.Errorf("%d cases: %s", len(r.Cases), strings.Join(troubles(r, suite.Fail, suite.Error), "\n"))
		}
	})
}
