package suite_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"example.com/awalmock/contract/suite"
)

func TestAServerThatFailsNowAndThenIsAccusedOfNothingElse(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	server := newStandIn(30)
	cfg := start(t, http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if asked.Add(1)%40 == 39 {
			out.Header().Set("Content-Type", "application/json")
			out.WriteHeader(http.StatusInternalServerError)
			_, _ = io.WriteString(out, `{"error":"internal_error","message":"chance","request_id":"1"}`)
			return
		}
		server.ServeHTTP(out, r)
	}))
	r := run(t, cfg)
	for _, c := range r.Cases {
		if c.Outcome == suite.Fail && c.Requirement != "HTTP-NO-SERVER-ERROR" || c.Outcome == suite.Error {
			t.Errorf("%s %s: %s", c.Outcome, c.ID, c.Headline())
		}
	}
	if r.ExitCode != 1 || !strings.Contains(strings.Join(r.Notes, "\n"), "requests were answered with a 5xx") {
		t.Errorf("exit %d: %q", r.ExitCode, r.Notes)
	}
}

func TestRetryAfterWinsOverTheReset(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	server := newStandIn(12)
	cfg := start(t, http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if asked.Add(1) == 20 {
			out.Header().Set("Content-Type", "application/json")
			out.Header().Set("X-RateLimit-Limit", "60")
			out.Header().Set("X-RateLimit-Remaining", "0")
			out.Header().Set("X-RateLimit-Reset", fmt.Sprint(server.now().Unix()+2400))
			out.Header().Set("Retry-After", "1")
			out.WriteHeader(http.StatusTooManyRequests)
			_, _ = io.WriteString(out, `{"error":"Rate limit exceeded","message":"wait","request_id":"1"}`)
			return
		}
		server.ServeHTTP(out, r)
	}))
	if r := run(t, cfg); len(troubles(r, suite.Fail, suite.Error)) > 0 {
		t.Errorf("exit %d: %s", r.ExitCode, strings.Join(troubles(r, suite.Fail, suite.Error), "\n"))
	}
}

// The seed chooses samples and order: it must not choose the verdict.
func TestNamesOfSeveralCodePointsALetterAreFoundWhateverTheSeed(t *testing.T) {
	t.Parallel()
	seeds := int64(10)
	if testing.Short() {
		seeds = 3
	}
	for seed := range seeds {
		server := newStandIn(25)
		for i, c := range server.conversations {
			c.name = []string{"Ame\u0301lie Noe\u0308l", "İbrahim Şahin", "مُحَمَّد عَلِيّ", "Zoe\u0308 Mu\u0308ller", "👨‍👩‍👧 Family شمس"}[i%5]
		}
		server.match = composed
		cfg := start(t, server)
		cfg.Seed = seed
		cfg.Only = []string{"LIST-SEARCH-NAME", "LIST-SEARCH-ARABIC", "LIST-SEARCH-CASE", "LIST-SEARCH-MATCH"}
		if r := run(t, cfg); len(troubles(r, suite.Fail, suite.Error)) > 0 {
			t.Errorf("seed %d: %s", seed, strings.Join(troubles(r, suite.Fail, suite.Error), "\n"))
		}
	}
}

func TestWhoHasAConversationMayBeAViewOfIt(t *testing.T) {
	t.Parallel()
	server := newStandIn(30)
	server.view = func(c *thread, word string) bool { return word == "my" && c.state == "opened" } // an opened one may be mine
	cfg := start(t, server)
	cfg.Only = []string{"LIST-STATUS-FILTER"}
	if r := run(t, cfg); len(troubles(r, suite.Fail, suite.Error)) > 0 {
		t.Errorf("%s", strings.Join(troubles(r, suite.Fail, suite.Error), "\n"))
	}
	server.view = func(c *thread, word string) bool { return word == "my" && c.state == "closed" }
	if r := run(t, cfg); len(troubles(r, suite.Fail)) == 0 {
		t.Error("closed conversations under status=my were accepted")
	}
}

// composed is the strictest search that is right: the composed form, and simple folding.
func composed(name, term string) bool {
	simple := func(text string) string {
		return strings.Map(func(r rune) rune {
			least := r
			for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
				least = min(least, next)
			}
			return least
		}, norm.NFC.String(text))
	}
	return strings.Contains(simple(name), simple(term))
}
