package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/awalmock/contract/suite"
)

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
