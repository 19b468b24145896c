package main

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/pem"
	"encoding/xml"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"example.com/awalmock/contract/report"
	"example.com/awalmock/contract/suite"
	"example.com/awalmock/mockserver/server"
)

// contract runs the program and gives its exit code and output.
func contract(t *testing.T, env []string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(context.Background(), args, env, &out, &errs)
	return code, out.String(), errs.String()
}

// mock is the mock as a handler, so that a test can change it.
func mock(t *testing.T) (http.Handler, []string) {
	t.Helper()
	s, err := server.New(server.Options{RateLimit: "100000/1m"})
	if err != nil {
		t.Fatal(err)
	}
	w := s.Workspaces()[0]
	return s, []string{"--domain", w.Domain, "--client-id", w.ClientID, "--hmac-secret", w.Secret, "--phone-number-id", w.PhoneNumberIDs[0]}
}

// listOnly selects a part of the suite, for tests that are about the program and not about its cases.
const listOnly = "--operation=listConversations"

func serve(t *testing.T, h http.Handler) string {
	t.Helper()
	target := httptest.NewServer(h)
	t.Cleanup(target.Close)
	return target.URL + "/api/developer"
}

// mockWithoutSignatures is a mock that takes any signature, so that much fails.
func mockWithoutSignatures(t *testing.T) (http.Handler, []string) {
	t.Helper()
	s, err := server.New(server.Options{RateLimit: "100000/1m", Auth: "off"})
	if err != nil {
		t.Fatal(err)
	}
	w := s.Workspaces()[0]
	return s, []string{"--domain", w.Domain, "--client-id", w.ClientID, "--hmac-secret", w.Secret, "--phone-number-id", w.PhoneNumberIDs[0]}
}

func TestTheSelfCheckPassesStrictlyWithEveryCapability(t *testing.T) {
	t.Parallel()
	// with the race detector, beside other tests, 200 requests can take longer than the second of the default
	code, stdout, stderr := contract(t, nil, "--strict", "--capability", "second-client,rate-limit,send,tickets,control", "--self-check-limit", "200/1m")
	if code != 0 || !strings.HasPrefix(stdout, "PASS") || !strings.Contains(stdout, "UNVERIFIED 0") || !saysOnly(stderr, "waiting ", "progress: ") {
		t.Errorf("exit %d\n%s%s", code, stdout, stderr)
	}
	lines := strings.Split(strings.TrimSuffix(stdout, "\n"), "\n")
	_, part, _ := contract(t, nil)
	for _, line := range append(lines, strings.Split(part, "\n")...) {
		if len(line) > 80 {
			t.Errorf("a line of %d characters: %s", len(line), line)
		}
	}
	if len(lines) > 28 { // four of them name the operations whose capabilities were not claimed
		t.Errorf("the summary has %d lines", len(lines))
	}
}

// saysOnly reports whether each line of text begins with one of the prefixes.
func saysOnly(text string, prefixes ...string) bool {
	for line := range strings.Lines(text) {
		if !slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(line, prefix) }) {
			return false
		}
	}
	return true
}

func TestEachMistakeEndsWithExitCode2AndOneLine(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(file, []byte("base-urll: x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for want, args := range map[string][]string{
		`did you mean "--strict"`:                {"--strit"},
		`did you mean "LIST-ORDER"`:              {"--only", "LIST-ODER"},
		`did you mean "rate-limit"`:              {"--capability", "rate-limits"},
		`write tickets or tickets=off`:           {"--capability", "tickets=maybe"},
		`there is no kind of message "maybe"; k`: {"--capability", "send=maybe"},
		`did you mean "media"`:                   {"--capability", "send=text,medai"},
		`--webhook-registered, or claim the cap`: {"--capability", "webhooks"},
		`--webhook-registered needs --listen AD`: {"--capability", "webhooks,send", "--webhook-registered"},
		`claim the capability send too`:          {"--capability", "webhooks", "--webhook-registered", "--listen", "127.0.0.1:0"},
		`--webhook-base-url must be like`:        {"--capability", "webhooks,control", "--webhook-base-url", "localhost:80"},
		`--listen: it cannot be listened at`:     {"--capability", "webhooks,control", "--listen", "here"},
		`did you mean "base-url"`:                {"--config", file},
		`credentials or a control API are giv`:   {"--control-token", "t"},
		`no --base-url`:                          {"--domain", "d"},
		`--timeout must be positive`:             {"--timeout=-1s"},
		`--timeout: must be a duration such as`:  {"--timeout", "5"},
		`--max-requests must not be negative`:    {"--max-requests=-3"},
		`--spec`:                                 {"--spec", "/no/such/file"},
		`--baseline`:                             {"--baseline", "/no/such/file"},
		`no PEM certificate`:                     {"--ca-file", file},
		`connection refused`:                     {"--base-url", "http://127.0.0.1:1", "--domain", "d", "--client-id", "c", "--hmac-secret", "s", "--phone-number-id", "1"},
	} {
		code, stdout, stderr := contract(t, nil, args...)
		if code != 2 || !strings.Contains(stderr, want) || strings.Count(stderr, "\n") != 1 || stdout != "" {
			t.Errorf("%v: exit %d, %q, want 2 and %q", args, code, stderr, want)
		}
	}
}

func TestAFlagWinsOverTheEnvironmentAndThatOverTheConfigFile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(file, []byte("seed: 3\nstrict: true\nonly: [LIST-ORDER, LIST-TOTAL]\njson: true\ntimeout: 30s\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	settings := func(env []string, args ...string) (s suite.SettingsReport) {
		code, stdout, stderr := contract(t, env, args...)
		var r suite.Report
		if err := json.Unmarshal([]byte(stdout), &r); err != nil || code != 0 {
			t.Fatalf("exit %d: %v\n%s", code, err, stderr)
		}
		return r.Settings
	}
	if s := settings(nil, "--config", file); s.Seed != 3 || !s.Strict || len(s.Only) != 2 {
		t.Errorf("file: %+v", s)
	}
	if s := settings([]string{"CONTRACT_SEED=4", "CONTRACT_CONFIG=" + file}); s.Seed != 4 || !s.Strict {
		t.Errorf("environment over file: %+v", s)
	}
	if s := settings([]string{"CONTRACT_SEED=4"}, "--config", file, "--seed", "5"); s.Seed != 5 {
		t.Errorf("flag over environment: %+v", s)
	}
}

func TestTheListNeedsNoTarget(t *testing.T) {
	t.Parallel()
	code, table, _ := contract(t, nil, "--list")
	if code != 0 || !strings.Contains(table, "LIST-STATUS-FILTER") || !strings.Contains(table, "listConversations.query.status.enum") {
		t.Errorf("exit %d\n%s", code, table)
	}
	code, text, _ := contract(t, nil, "--list", "--json", "--only", "LIST-TOTAL")
	var listing suite.Listing
	if err := json.Unmarshal([]byte(text), &listing); err != nil || code != 0 || len(listing.Cases) != 1 || len(listing.Requirements) != 1 {
		t.Errorf("exit %d, %v: %s", code, err, text)
	}
}

func TestASecretIsInNoByteOfAnyOutput(t *testing.T) {
	t.Parallel()
	const canary = `c4nary/"s3cret"+&`
	s, credentials := mock(t)
	echo := http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("searchTerm") != "" {
			out.Header().Set("X-Key", canary)
			out.WriteHeader(http.StatusInternalServerError)
			_, _ = io.WriteString(out, canary)
			return
		}
		s.ServeHTTP(out, r)
	})
	dir := t.TempDir()
	var outputs []string
	for _, args := range [][]string{
		append([]string{"--base-url", serve(t, echo), "--report-dir", dir, listOnly}, credentials...),
		{"--base-url", serve(t, echo), "--domain", "d", "--client-id", "c", "--phone-number-id", "1"},
		{"--strit", "--hmac-secret", canary},
		{"--hmac-secret", canary, canary},
		{"--hmac-secret=" + canary, "--domain"},
		{"--hmac-secret", canary, "--list", "--json"},
	} {
		for i, arg := range args {
			if arg == "--hmac-secret" && args[i+1] != canary {
				args = slices.Clone(args)
				args[i+1] = canary // of no use to the mock, which refuses it: that is an output too
			}
		}
		_, stdout, stderr := contract(t, []string{"CONTRACT_HMAC_SECRET=" + canary}, args...)
		outputs = append(outputs, stdout, stderr)
	}
	// And a run that gets through, against a server that takes any signature and echoes the secret.
	free, credentials := mockWithoutSignatures(t)
	s = free
	credentials[5] = canary
	code, stdout, stderr := contract(t, nil, append([]string{"--base-url", serve(t, echo), "--report-dir", dir, listOnly}, credentials...)...)
	if code != 1 {
		t.Errorf("exit %d", code)
	}
	outputs = append(outputs, stdout, stderr)
	for _, name := range []string{"report.json", "report.html", "junit.xml", "report.sarif"} {
		raw, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		outputs = append(outputs, string(raw))
	}
	for i, text := range outputs {
		for _, form := range []string{canary, "c4nary", "s3cret"} {
			if strings.Contains(text, form) {
				t.Errorf("output %d has %q", i, form)
			}
		}
	}
}

// needs says what to install, where the test would fail for want of it.
func needs(t *testing.T, programs ...string) {
	t.Helper()
	for _, program := range programs {
		if _, err := exec.LookPath(program); err != nil {
			t.Fatalf("the test needs %s: install it", program)
		}
	}
}

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

func TestReportsAreWholeOrNotThere(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "made", "when", "needed")
	if code, stdout, stderr := contract(t, nil, "--report-dir", dir, listOnly); code != 0 {
		t.Fatalf("exit %d\n%s%s", code, stdout, stderr)
	}
	names := func() (out []string) {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			out = append(out, e.Name())
		}
		return out
	}
	if got := strings.Join(names(), " "); got != "junit.xml report.html report.json report.sarif" {
		t.Errorf("files: %s", got)
	}
	// There is a directory where a half-written file would be: the run fails, and yesterday's reports do not look like today's.
	if err := os.MkdirAll(filepath.Join(dir, "report.html.partial", "x"), 0o755); err != nil {
		t.Fatal(err)
	}
	code, _, stderr := contract(t, nil, "--report-dir", dir, listOnly)
	if code != 2 || !strings.Contains(stderr, "report.html.partial") {
		t.Errorf("exit %d: %s", code, stderr)
	}
	if slices.Contains(names(), "report.json") {
		t.Errorf("left: %v", names())
	}
	if err := report.Write("/dev/null/x", &suite.Report{}); err == nil {
		t.Error("a directory that cannot be is written to")
	}
}

func TestThePageNeedsNothingButItself(t *testing.T) {
	t.Parallel()
	free, credentials := mockWithoutSignatures(t)
	dir := t.TempDir()
	contract(t, nil, append([]string{"--base-url", serve(t, free), "--report-dir", dir, listOnly}, credentials...)...)
	page, err := os.ReadFile(filepath.Join(dir, "report.html"))
	if err != nil {
		t.Fatal(err)
	}
	if found := regexp.MustCompile(`(?i)<script|<link|<img|<iframe|src=|url\(|@import|href="[^#]`).Find(page); found != nil {
		t.Errorf("the page has %q", found)
	}
	for _, want := range []string{"FAIL", "AUTH-SIGNATURE.listConversations", "openssl dgst", "go run ./contract", "openapi.yaml:", "Coverage"} {
		if !bytes.Contains(page, []byte(want)) {
			t.Errorf("the page lacks %q", want)
		}
	}
	raw, err := os.ReadFile(filepath.Join(dir, "junit.xml"))
	if err != nil {
		t.Fatal(err)
	}
	var junit struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Suites   []struct {
			Cases []struct {
				Failure *string `xml:"failure"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal(raw, &junit); err != nil || junit.Tests != len(junit.Suites[0].Cases) || junit.Failures == 0 {
		t.Errorf("%v: %d tests, %d failures", err, junit.Tests, junit.Failures)
	}
}

func TestATargetOverHTTP2WithItsOwnCertificate(t *testing.T) {
	t.Parallel()
	s, credentials := mock(t)
	var second, other atomic.Int64
	target := httptest.NewUnstartedServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor == 2 {
			second.Add(1)
		} else {
			other.Add(1)
		}
		s.ServeHTTP(out, r)
	}))
	target.EnableHTTP2 = true
	target.Config.ErrorLog = log.New(io.Discard, "", 0)
	target.StartTLS()
	t.Cleanup(target.Close)
	args := append([]string{"--base-url", target.URL + "/api/developer", listOnly}, credentials...)
	if code, _, stderr := contract(t, nil, args...); code != 2 || !strings.Contains(stderr, "certificate") {
		t.Errorf("an unknown certificate: exit %d, %s", code, stderr)
	}
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: target.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, extra := range [][]string{{"--ca-file", file}, {"--insecure"}} {
		if code, stdout, stderr := contract(t, nil, append(extra, args...)...); code != 0 {
			t.Errorf("%v: exit %d\n%s%s", extra, code, stdout, stderr)
		}
	}
	if second.Load() == 0 || other.Load() > 0 {
		t.Errorf("%d requests over HTTP/2, %d over others", second.Load(), other.Load())
	}
}
