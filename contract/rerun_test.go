package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/awalmock/contract/report"
	"example.com/awalmock/contract/suite"
)

// second are the flags of the mock's other workspace, but for its secret.
func second() []string {
	return []string{"--second-domain", "other-workspace", "--second-client-id", "other-client-id", "--second-phone-number-id", "654321"}
}

// A server without authentication fails a case of every capability that the commands have to repeat.
func TestTheCommandOfAFindingChecksItAgain(t *testing.T) {
	t.Parallel()
	free, credentials := mockWithoutSignatures(t)
	target := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/__admin/faults") {
			http.Error(out, "broken", http.StatusTeapot)
			return
		}
		free.ServeHTTP(out, r)
	}))
	t.Cleanup(target.Close)
	env := []string{"CONTRACT_HMAC_SECRET=" + credentials[5], "CONTRACT_SECOND_HMAC_SECRET=other-hmac-secret"}
	args := append([]string{"--json", "--base-url", target.URL + "/api/developer", "--domain", credentials[1], "--client-id", credentials[3], "--phone-number-id", credentials[7]}, second()...)
	args = append(args, "--capability", "second-client,send,tickets,control", "--send-to", strings.Join(inventedPhones(), ","), "--control-url", target.URL+"/__admin/", "--include", "AUTH-SIGNATURE || /^CONTROL-[^A]/ && control || second-client && listConversations")
	_, stdout, stderr := contract(t, env, args...)
	var r suite.Report
	if err := json.Unmarshal([]byte(stdout), &r); err != nil {
		t.Fatalf("%v\n%s", err, stderr)
	}
	tried := map[string]bool{}
	for _, c := range r.Cases {
		if c.Outcome != suite.Fail || tried[c.Capability] && tried[c.Needs] {
			continue
		}
		tried[c.Capability], tried[c.Needs] = true, true
		command := strings.ReplaceAll(strings.TrimPrefix(c.Findings[0].Rerun, "go run ./contract "), "'", "")
		code, again, errs := contract(t, env, strings.Fields(command)...)
		if code != 1 || !strings.Contains(again, "FAIL "+c.Requirement) {
			t.Errorf("%s: exit %d\n%s%s", command, code, again, errs)
		}
	}
	for _, capability := range []string{"", suite.CapabilitySecondClient, suite.CapabilitySend, suite.CapabilityTickets, suite.CapabilityControl} {
		if !tried[capability] {
			t.Errorf("no case of the capability %q failed", capability)
		}
	}
}

func TestARunThatWouldCheckNothingIsRefused(t *testing.T) {
	t.Parallel()
	for want, args := range map[string][]string{
		"the capability control is not claimed":   {"--only", "CONTROL-CLOCK"},
		"the profile production only uses GET":    {"--only", "ERROR-METHOD", "--profile", "production"},
		"the capability rate-limit is not claime": {"--only", "RATE-EXCEEDED-HEADERS,RATE-ENFORCED"},
	} {
		code, stdout, stderr := contract(t, nil, args...)
		if code != 2 || !strings.Contains(stderr, "nothing would be checked: "+want) || strings.Count(stderr, "\n") != 1 || stdout != "" {
			t.Errorf("%v: exit %d, %q", args, code, stderr)
		}
	}
	if code, _, stderr := contract(t, nil, "--list", "--only", "CONTROL-CLOCK"); code != 0 {
		t.Errorf("a list: exit %d, %s", code, stderr)
	}
}

func TestThePageNamesWhatWasNotAskedIfThereIsAny(t *testing.T) {
	t.Parallel()
	for want, requests := range map[bool]int{true: 0, false: 1} {
		var page strings.Builder
		r := suite.Report{Verdict: suite.VerdictPass, Coverage: []suite.OperationCoverage{{Operation: "listConversations", Requests: requests}}}
		if err := report.HTML(&page, &r); err != nil || strings.Contains(page.String(), "Not asked: listConversations") != want || strings.Contains(page.String(), "Not asked") != want {
			t.Errorf("%d requests: %v\n%s", requests, err, page.String())
		}
	}
}
