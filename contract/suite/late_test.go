package suite_test

import (
	"net/http"
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
