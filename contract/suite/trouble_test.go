package suite_test

import (
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.com/awalmock/contract/suite"
)

// afterTheCrawl is a server that is right at first: from one request on, another handler answers.
func afterTheCrawl(then func(server http.Handler) http.HandlerFunc) func() http.Handler {
	return func() http.Handler {
		server := newStandIn(12)
		instead := then(server)
		var asked atomic.Int64
		return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
			if asked.Add(1) > 60 {
				instead(out, r)
				return
			}
			server.ServeHTTP(out, r)
		})
	}
}

func slow(answer time.Duration) func(http.Handler) http.HandlerFunc {
	return func(server http.Handler) http.HandlerFunc {
		return func(out http.ResponseWriter, r *http.Request) {
			time.Sleep(answer)
			server.ServeHTTP(out, r)
		}
	}
}

func silent(http.Handler) http.HandlerFunc {
	return func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
}

// The clock is a fake one: the run says how long it took by it.
func TestASlowOrSilentTargetEndsInTimeWithTheRightVerdict(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		then    func(http.Handler) http.HandlerFunc
		timeout time.Duration
		verdict string
		exit    int
		says    string
	}{
		"300 ms an answer":               {slow(300 * time.Millisecond), 2 * time.Minute, suite.VerdictPass, 0, ""},
		"two seconds an answer":          {slow(2 * time.Second), 10 * time.Minute, suite.VerdictPass, 0, ""},
		"ten seconds an answer":          {slow(10 * time.Second), 2 * time.Minute, suite.VerdictError, 2, "raise --timeout (it was 2m0s, and the run needs about "},
		"no answer":                      {silent, 2 * time.Minute, suite.VerdictError, 2, "ended with no whole answer within 20s, and so did every list after it"},
		"no answer, and a short time":    {silent, 3 * time.Second, suite.VerdictError, 2, "raise --timeout (it was 3s"},
		"an answer later than a request": {slow(25 * time.Second), 2 * time.Minute, suite.VerdictError, 2, "ended with no whole answer within 20s"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			withFakeClock(t, afterTheCrawl(test.then), func(t *testing.T, cfg suite.Config) {
				cfg.Timeout, cfg.Operations = test.timeout, listOnly()
				began := time.Now()
				r := run(t, cfg)
				if took := time.Since(began); took > test.timeout+time.Second {
					t.Errorf("it took %s", took)
				}
				if r.Verdict != test.verdict || r.ExitCode != test.exit || !strings.Contains(strings.Join(r.Why, "\n"), test.says) || r.ExitCode != 0 && len(r.Why) != 1 {
					t.Errorf("%s, exit %d, %d missing: %q\n%s", r.Verdict, r.ExitCode, r.Missing, r.Why, strings.Join(troubles(r, suite.Error, suite.Fail), "\n"))
				}
			})
		})
	}
}

// live is a server whose data changes while it is checked: messages arrive, conversations are closed, and new ones begin.
type live struct {
	mu     sync.Mutex
	server *standIn
	asked  int64
}

func (l *live) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked++
	n, all := l.asked, l.server.conversations
	c := all[int(n)%len(all)]
	switch {
	case n%20 == 0:
		c.messages = append(c.messages, message{c.id*100 + 50 + n, "just now", "text", true, l.server.now().Truncate(time.Second), "read"})
		c.unread++
	case n%33 == 0:
		c.state, c.unread = "closed", 0
	case n%47 == 0:
		more := newStandIn(len(all) + 1).conversations
		l.server.conversations = append(l.server.conversations, more[len(all)])
	}
	l.server.ServeHTTP(out, r)
}

func TestATargetThatChangesWhileItIsCheckedIsNotCalledBroken(t *testing.T) {
	t.Parallel()
	r := run(t, start(t, &live{server: newStandIn(25)}))
	if got := troubles(r, suite.Fail, suite.Error); len(got) > 0 || r.ExitCode == 1 || r.ExitCode == 2 {
		t.Errorf("exit %d: %s", r.ExitCode, strings.Join(got, "\n"))
	}
}

// A target far away costs the run its round trips only, eight at once: by the fake clock nothing else takes time.
func TestALatencyOf50MillisecondsCostsTheWholeRunFiveSecondsAtMost(t *testing.T) {
	t.Parallel()
	var now, most atomic.Int64
	far := func() http.Handler {
		server := newStandIn(30)
		return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
			n := now.Add(1)
			defer now.Add(-1)
			for old := most.Load(); n > old && !most.CompareAndSwap(old, n); old = most.Load() {
			}
			time.Sleep(50 * time.Millisecond)
			server.ServeHTTP(out, r)
		})
	}
	withFakeClock(t, far, func(t *testing.T, cfg suite.Config) {
		began := time.Now()
		r := run(t, cfg)
		if took := time.Since(began); took > 5*time.Second || r.ExitCode != 0 || most.Load() != 8 {
			t.Errorf("%d requests took %s, %d at once; exit %d: %q", r.Requests, took, most.Load(), r.ExitCode, r.Why)
		}
	})
}
