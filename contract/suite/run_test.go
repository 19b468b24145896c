package suite_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/awalmock"
	"example.com/awalmock/contract/suite"
)

func run(t *testing.T, cfg suite.Config) suite.Report {
	t.Helper()
	report, err := suite.Run(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// listOnly selects a part of the suite, for tests that are not about its cases.
func listOnly() []string { return []string{"listConversations"} }

func troubles(r suite.Report, outcomes ...suite.Outcome) (out []string) {
	for _, c := range r.Cases {
		if slices.Contains(outcomes, c.Outcome) {
			text := fmt.Sprintf("%s %s %s", c.Outcome, c.ID, c.Reason)
			for _, f := range c.Findings {
				text += fmt.Sprintf("\n  %s: expected %s, actual %s", f.Text, f.Expected, f.Actual)
			}
			out = append(out, text)
		}
	}
	return out
}

func TestALawfulServerWithOtherReadingsIsAcceptedAsAWhole(t *testing.T) {
	t.Parallel()
	r := run(t, start(t, newStandIn(30)))
	if r.ExitCode != 0 || len(troubles(r, suite.Fail, suite.Error, suite.Unverified)) > 0 {
		t.Errorf("exit %d: %s", r.ExitCode, strings.Join(troubles(r, suite.Fail, suite.Error, suite.Unverified), "\n"))
	}
}

func TestAnEmptyServerIsNotFailedButTheListOfWhatCouldNotBeCheckedIsGiven(t *testing.T) {
	t.Parallel()
	r := run(t, start(t, newStandIn(0)))
	if got := troubles(r, suite.Fail, suite.Error); r.ExitCode != 3 || len(got) > 0 {
		t.Errorf("exit %d: %s", r.ExitCode, strings.Join(got, "\n"))
	}
	if len(r.Why) == 0 || !strings.Contains(r.Why[0], "needs ") {
		t.Errorf("why: %q", r.Why)
	}
}

func TestAServerWithFewConversationsIsNotFailed(t *testing.T) {
	t.Parallel()
	for n := 1; n <= 4; n++ {
		if testing.Short() && n%2 == 0 {
			continue
		}
		if got := troubles(run(t, start(t, newStandIn(n))), suite.Fail, suite.Error); len(got) > 0 {
			t.Errorf("%d conversations: %s", n, strings.Join(got, "\n"))
		}
	}
}

func TestUnverifiedIsAllowedOnRequest(t *testing.T) {
	t.Parallel()
	cfg := start(t, newStandIn(0))
	cfg.AllowUnverified, cfg.Operations = true, listOnly()
	if r := run(t, cfg); r.ExitCode != 0 {
		t.Errorf("exit %d", r.ExitCode)
	}
}

func TestARunStaysInsideTheRateLimits(t *testing.T) {
	t.Parallel()
	server := newStandIn(200)
	server.silent = true // then the limits are those of the contract
	for _, c := range run(t, start(t, server)).Coverage {
		if c.Requests > 180 {
			t.Errorf("%d requests to %s", c.Requests, c.Operation)
		}
	}
}

func TestTheProductionProfileOnlyReads(t *testing.T) {
	t.Parallel()
	var other, total atomic.Int64
	server := newStandIn(100)
	cfg := start(t, http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		total.Add(1)
		if r.Method != http.MethodGet {
			other.Add(1)
		}
		server.ServeHTTP(out, r)
	}))
	cfg.Profile = suite.ProfileProduction
	r := run(t, cfg)
	if other.Load() > 0 || total.Load() > 300 || len(troubles(r, suite.Fail, suite.Error)) > 0 {
		t.Errorf("%d of %d requests were no GET; %s", other.Load(), total.Load(), troubles(r, suite.Fail, suite.Error))
	}
}

// answersWith is a server that answers the first request with a text and closes the connection.
func answersWith(text string) func(net.Conn) {
	return func(c net.Conn) {
		_, _ = c.Read(make([]byte, 4096))
		_, _ = io.WriteString(c, text)
		_ = c.Close()
	}
}

// neverAnswers is a server that reads requests and answers none.
func neverAnswers(c net.Conn) { _, _ = io.Copy(io.Discard, c) }

// answersEndlessly is a server whose answer has 10 GB.
func answersEndlessly(c net.Conn) {
	_, _ = c.Read(make([]byte, 4096))
	_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 10737418240\r\n\r\n")
	for block := make([]byte, 1<<20); ; {
		if _, err := c.Write(block); err != nil {
			return
		}
	}
}

// neverEndsItsAnswer is a server that sends a part of an answer, and then nothing.
func neverEndsItsAnswer(c net.Conn) {
	_, _ = c.Read(make([]byte, 4096)) // an answer before the request would not count
	_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{")
	neverAnswers(c)
}

func TestATargetThatCannotBeCheckedIsReportedInOneLine(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		serve func(net.Conn)
		says  string
	}{
		"speaks no HTTP":          {answersWith("220 smtp.example.com ESMTP\r\n"), "no HTTP server"},
		"answers HTML":            {answersWith("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<html>hi</html>"), "not the API"},
		"answers 10 GB":           {answersEndlessly, "longer than 32 MiB (--max-body)"},
		"switches protocols":      {answersWith("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n"), "101 Switching Protocols, which nothing asked for"},
		"has an endless head":     {answersWith("HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 1<<20)), "headers exceeded"},
		"never answers":           {neverAnswers, "no whole answer in time"},
		"never ends its answer":   {neverEndsItsAnswer, "no whole answer in time"},
		"is busy for an hour":     {answersWith("HTTP/1.1 429 Too Many Requests\r\nRetry-After: 3600\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"), "client " + standInCredentials.ClientID + "): the rate limit"},
		"rejects the credentials": {answersWith("HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"), "credentials are not accepted"},
		"is not at this path":     {answersWith("HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"), "base URL"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := suite.Config{BaseURL: "http://" + listen(t, test.serve) + "/api", Credentials: standInCredentials, Timeout: time.Minute}
			if strings.Contains(test.says, "in time") {
				cfg.Timeout = 4 * time.Second // the others end by themselves, on a busy machine later
			}
			began := time.Now()
			_, err := suite.Run(context.Background(), cfg)
			var target *suite.TargetError
			if !errors.As(err, &target) || !strings.Contains(err.Error(), test.says) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v, want a TargetError that says %q in one line", err, test.says)
			}
			if took := time.Since(began); took > 2*time.Minute {
				t.Errorf("it took %s", took)
			}
		})
	}
}

func listen(t *testing.T, serve func(net.Conn)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				serve(c)
			}()
		}
	}()
	return listener.Addr().String()
}

func TestATargetThatIsDownIsToldWithWhatWasTried(t *testing.T) {
	t.Parallel()
	_, err := suite.Run(context.Background(), suite.Config{BaseURL: "http://127.0.0.1:1/api", Credentials: standInCredentials})
	if err == nil || !strings.Contains(err.Error(), "http://127.0.0.1:1/api/conversations") || !strings.Contains(err.Error(), "refused") {
		t.Errorf("got %v", err)
	}
}

func TestTheSecretIsInNoByteOfAReportAlsoIfTheTargetEchoesIt(t *testing.T) {
	t.Parallel()
	server := newStandIn(6)
	cfg := start(t, http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("phone_number_id") == "" {
			out.Header().Set("X-Echo", standInCredentials.HMACSecret)
			out.Header().Set("Content-Type", "application/json")
			out.WriteHeader(http.StatusInternalServerError)
			_ = json.NewEncoder(out).Encode(object{"error": standInCredentials.HMACSecret, "message": "key " + standInCredentials.HMACSecret})
			return
		}
		server.ServeHTTP(out, r)
	}))
	cfg.Operations = listOnly()
	r := run(t, cfg)
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	escaped, _ := json.Marshal(standInCredentials.HMACSecret)
	twice, _ := json.Marshal(string(escaped))
	for _, form := range []string{standInCredentials.HMACSecret, strings.Trim(string(escaped), `"`), string(twice[3 : len(twice)-3])} {
		if strings.Contains(string(text), form) {
			t.Errorf("the report contains the secret as %s", form)
		}
	}
	if r.ExitCode != 1 || !strings.Contains(string(text), "«secret»") {
		t.Errorf("exit %d, and the echo was not masked", r.ExitCode)
	}
}

func TestABaselineKeepsKnownFailuresFromFailingTheRun(t *testing.T) {
	t.Parallel()
	broken := newStandIn(12)
	server := http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("status") == "nosuchword" {
			out.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(out, `{"status":true,"data":[],"meta":{"total":0,"unread_total":0}}`)
			return
		}
		broken.ServeHTTP(out, r)
	})
	future, past := "2999-12-31", "2020-01-01"
	for name, test := range map[string]struct {
		known []suite.Known
		exit  int
		why   string
	}{
		"not listed":         {nil, 1, "listConversations.query.status.enum (MUST) is broken"},
		"listed":             {[]suite.Known{{ID: "LIST-STATUS-WORDS", Reason: "ticket 7", Expires: future}}, 0, ""},
		"listed and expired": {[]suite.Known{{ID: "LIST-STATUS-WORDS", Reason: "ticket 7", Expires: past}}, 1, "expired on " + past},
		"listed but fixed":   {[]suite.Known{{ID: "LIST-STATUS-WORDS", Reason: "ticket 7", Expires: future}, {ID: "LIST-ORDER", Reason: "old", Expires: future}}, 1, "LIST-ORDER holds now"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := start(t, server)
			cfg.Baseline.Known, cfg.AllowUnverified, cfg.Only = test.known, true, []string{"LIST-STATUS-WORDS", "LIST-ORDER"}
			r := run(t, cfg)
			if r.ExitCode != test.exit || !strings.Contains(strings.Join(r.Why, "\n"), test.why) {
				t.Errorf("exit %d, want %d: %q", r.ExitCode, test.exit, r.Why)
			}
		})
	}
}

func TestAContractWithANewWordIsCheckedWithoutNewCode(t *testing.T) {
	t.Parallel()
	cfg := start(t, newStandIn(12))
	cfg.SpecName = "changed.yaml"
	cfg.Spec = []byte(strings.Replace(awalmock.OpenAPI(), "enum: [unassigned, my, unread, expired, opened, closed, bot]", "enum: [unassigned, my, unread, expired, opened, closed, bot, snoozed]", 1))
	cfg.Only = []string{"listConversations.query.status.enum"}
	r := run(t, cfg)
	if got := strings.Join(troubles(r, suite.Fail), "\n"); !strings.Contains(got, `"snoozed" was not accepted`) {
		t.Errorf("got %s", got)
	}
}

func TestARequirementWithoutACaseIsRefused(t *testing.T) {
	t.Parallel()
	extra := strings.Replace(awalmock.OpenAPI(), "x-requirements:\n", "x-requirements:\n  - {id: NEW-RULE, level: MUST, text: A new rule., source: schema, mark: D}\n", 1)
	_, err := suite.List(suite.Config{Spec: []byte(extra), SpecName: "new.yaml"})
	if err == nil || !strings.Contains(err.Error(), "NEW-RULE has no case") {
		t.Errorf("got %v", err)
	}
}

func TestEveryMustIsDocumentedOrStatedByTheSchema(t *testing.T) {
	t.Parallel()
	listing, err := suite.List(suite.Config{})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range listing.Requirements {
		if own := strings.HasPrefix(r.ID, "CONTROL-"); own || r.Source == "control API" {
			if !own || r.Source != "control API" || r.Mark != "" || r.Place.Line != 0 || slices.Contains(strings.Fields(awalmock.OpenAPI()), r.ID) {
				t.Errorf("%s is no rule of the vendor's API, but has mark %q, source %q, line %d", r.ID, r.Mark, r.Source, r.Place.Line)
			}
			continue
		}
		if r.Level == suite.Must && r.Mark != "D" && r.Source != "schema" {
			t.Errorf("%s is a MUST with mark %s and source %s", r.ID, r.Mark, r.Source)
		}
		if !slices.Contains([]string{"D", "E", "I"}, r.Mark) || r.Source == "" || r.Place.Line == 0 {
			t.Errorf("%s: mark %q, source %q, line %d", r.ID, r.Mark, r.Source, r.Place.Line)
		}
	}
	if len(listing.Requirements) < 45 {
		t.Errorf("%d requirements", len(listing.Requirements))
	}
}

func TestMistakesOfTheCallerNameTheNearestWord(t *testing.T) {
	t.Parallel()
	good := suite.Config{BaseURL: "http://127.0.0.1:1", Credentials: standInCredentials}
	for want, change := range map[string]func(*suite.Config){
		`did you mean "rate-limit"`: func(c *suite.Config) { c.Capabilities = []string{"ratelimit"} },
		`--webhook-registered`:      func(c *suite.Config) { c.Capabilities = []string{"webhooks"} },
		`answers none with an error`: func(c *suite.Config) {
			c.Profile, c.Capabilities, c.WebhookRegistered = "production", []string{"webhooks"}, true
		},
		`did you mean "LIST-ORDER"`: func(c *suite.Config) { c.Only = []string{"LIST-ODER"} },
		`did you mean "production"`: func(c *suite.Config) { c.Profile = "producton" },
		`did you mean "relative"`:   func(c *suite.Config) { c.SignedPath = "relativ" },
		`hmac-secret is missing`:    func(c *suite.Config) { c.Credentials.HMACSecret = "" },
		`second-domain is missing`:  func(c *suite.Config) { c.Capabilities = []string{"second-client"} },
		`must be like https`:        func(c *suite.Config) { c.BaseURL = "127.0.0.1" },
		`not an OpenAPI document`:   func(c *suite.Config) { c.Spec = []byte("\t") },
		`expires must be a day`: func(c *suite.Config) {
			c.Baseline.Known = []suite.Known{{ID: "LIST-ORDER", Reason: "x", Expires: "soon"}}
		},
		`needs an id and a reason`: func(c *suite.Config) { c.Baseline.Known = []suite.Known{{ID: "LIST-ORDER"}} },
		`never provokes a 429`:     func(c *suite.Config) { c.Profile, c.Capabilities = "production", []string{"rate-limit"} },
	} {
		cfg := good
		change(&cfg)
		_, err := suite.Run(context.Background(), cfg)
		var usage *suite.UsageError
		if !errors.As(err, &usage) || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want a UsageError with %q", err, want)
		}
	}
}
