package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"example.com/awalmock/contract/suite"
)

func TestTheListKeepsItsDocumentedForm(t *testing.T) {
	t.Parallel()
	schema, err := jsonschema.NewCompiler().Compile("../docs/list.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{nil, {"--only", "LIST-ORDER"}, {"--capability", "rate-limit", "--profile", "default"}} {
		_, stdout, stderr := contract(t, nil, append([]string{"--list", "--json"}, args...)...)
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(stdout))
		if err == nil {
			err = schema.Validate(value)
		}
		if err != nil {
			t.Errorf("%v: %v\n%s", args, err, stderr)
		}
	}
}

func TestGitHubGetsAnnotationsAndASummaryAndATargetCannotWriteThem(t *testing.T) {
	t.Parallel()
	free, credentials := mockWithoutSignatures(t)
	summary := filepath.Join(t.TempDir(), "summary.md")
	env := []string{"GITHUB_ACTIONS=true", "GITHUB_STEP_SUMMARY=" + summary}
	args := append([]string{"--base-url", serve(t, free), "--only", "AUTH-SIGNATURE,AUTH-COVERS-QUERY,LIST-TOTAL"}, credentials...)
	code, stdout, stderr := contract(t, env, args...)
	line := regexp.MustCompile(`(?m)^::error title=FAIL AUTH-SIGNATURE\.listConversations \(MUST\)::a request .*%0Aexpected .*%0Aagain: go run \./contract .*--only AUTH-SIGNATURE.*$`)
	if code != 1 || !line.MatchString(stderr) || strings.Contains(stdout, "::error") {
		t.Errorf("exit %d\n%s", code, stderr)
	}
	raw, err := os.ReadFile(summary)
	for _, want := range []string{"## Contract: FAIL", "| PASS | FAIL |", "### Failures", "| AUTH-SIGNATURE.listConversations | MUST | a request "} {
		if err != nil || !strings.Contains(string(raw), want) {
			t.Errorf("%v: no %q in\n%s", err, want, raw)
		}
	}
	for _, args := range [][]string{append([]string{"--annotations", "off"}, args...), args} {
		if _, _, stderr := contract(t, nil, args...); strings.Contains(stderr, "::error") {
			t.Errorf("outside GitHub, or switched off: %s", stderr)
		}
	}
	if _, _, stderr := contract(t, env, "--base-url", "http://127.0.0.1:1", "--domain", "d", "--client-id", "c", "--hmac-secret", "s", "--phone-number-id", "1"); !strings.Contains(stderr, "::error title=contract%3A nothing was checked::") {
		t.Errorf("no answer: %s", stderr)
	}
	if code, _, stderr := contract(t, nil, "--annotations", "gitlab"); code != 2 || !strings.Contains(stderr, "--annotations takes auto, github or off") {
		t.Errorf("exit %d: %s", code, stderr)
	}
	report := suite.Report{Cases: []suite.CaseResult{{ID: "A", Outcome: suite.Fail, Findings: []suite.Finding{{Text: "x\n::set-output name=a::b | <b>`%0A::error::"}}}}}
	if text := summaryOf(&report); strings.Contains(text, "<b>") || strings.Contains(text, "\n::") {
		t.Errorf("a summary with a target's text: %s", text)
	}
	var out bytes.Buffer
	if err := (github{annotate: true}).annotations(&report, &masking{&out, suite.Masker("secret-value")}); err != nil || strings.Count(out.String(), "\n") != 1 || strings.Contains(out.String(), "`%0A::error") {
		t.Errorf("%v: an annotation with a target's text: %q", err, out.String())
	}
}

func TestARunSaysWhatIsNewFixedAndTheSameSinceAnEarlierOne(t *testing.T) {
	t.Parallel()
	s, credentials := mock(t)
	free, _ := mockWithoutSignatures(t)
	var strict atomic.Bool
	target := serve(t, http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		switch {
		case strict.Load() && r.URL.Query().Get("status") == "nosuchword":
			out.Header().Set("Content-Type", "application/json")
			_, _ = out.Write([]byte(`{"status":true,"data":[],"meta":{"total":0,"unread_total":0}}`))
		case strict.Load():
			s.ServeHTTP(out, r)
		default:
			free.ServeHTTP(out, r)
		}
	}))
	dir := t.TempDir()
	last := filepath.Join(dir, "report.json")
	args := append([]string{"--base-url", target, "--report-dir", dir, "--since", last, "--only", "AUTH-SIGNATURE,LIST-STATUS-WORDS"}, credentials...)
	if code, _, stderr := contract(t, nil, args...); code != 1 || !strings.Contains(stderr, "so nothing is compared") {
		t.Errorf("without an earlier run: exit %d\n%s", code, stderr)
	}
	strict.Store(true)
	code, stdout, stderr := contract(t, nil, args...)
	raw, err := os.ReadFile(last)
	var r suite.Report
	if err == nil {
		err = json.Unmarshal(raw, &r)
	}
	if err != nil || r.Since == nil || code != 1 || !strings.Contains(stdout, "failures since the run of ") {
		t.Fatalf("exit %d, %v\n%s%s", code, err, stdout, stderr)
	}
	if got := r.Since; strings.Join(got.New, " ") != "listConversations.query.status.enum" || len(got.Fixed) < 3 || len(got.Same) != 0 || len(got.Unchecked) != 0 {
		t.Errorf("%+v", got)
	}
	if _, stdout, _ := contract(t, nil, args...); !strings.Contains(strings.Join(strings.Fields(stdout), " "), "0 new, 0 fixed, 1 the same, 0 not checked now") {
		t.Errorf("a third run:\n%s", stdout)
	}
	if err := os.WriteFile(last, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := contract(t, nil, args...); code != 2 || !strings.Contains(stderr, "it is no report.json of this program") {
		t.Errorf("no report: exit %d\n%s", code, stderr)
	}
}

func TestProgressTellsTheRemainingTime(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, live := range []bool{true, false} {
		var out bytes.Buffer
		screen := &terminal{err: &out, live: live, now: func() time.Time { return now }}
		for done := 1; done <= 60; done++ {
			screen.progress(suite.CaseResult{ID: "LIST-ORDER", Outcome: suite.Pass}, done, 100)
			now = now.Add(time.Second)
		}
		if want := map[bool]string{true: "51/100, about 48s left LIST-ORDER", false: "progress: 46 of 100 cases, about 53s left\n"}[live]; !strings.Contains(out.String(), want) {
			t.Errorf("no %q in %q", want, out.String())
		}
	}
}
