package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"example.com/awalmock/contract/suite"
	"example.com/awalmock/mockserver/server"
)

func TestASecondRunWithinTheHourSaysWhatTheLimitOfBranchesLeavesUnchecked(t *testing.T) {
	t.Parallel()
	s, credentials := mockWith(t, server.Options{})
	args := append([]string{"--base-url", serve(t, s), "--capability", "branches", "--operation", "createBranch", "--timeout", "1m", "--json"}, credentials...)
	began := time.Now().Truncate(time.Hour)
	for run, want := range []int{0, 3} {
		code, stdout, stderr := contract(t, nil, args...)
		var r suite.Report
		if err := json.Unmarshal([]byte(stdout), &r); err != nil {
			t.Fatalf("run %d: %v\n%s", run, err, stderr)
		}
		if !time.Now().Truncate(time.Hour).Equal(began) {
			t.Skip("an hour has ended, and with it the limit")
		}
		if code != want || r.Counts[suite.Fail]+r.Counts[suite.Error] > 0 {
			t.Errorf("run %d: exit %d, want %d, %v %q", run, code, want, r.Counts, r.Why)
		}
		if run == 1 && (len(r.Why) == 0 || !strings.Contains(r.Why[0], "requests are left to createBranch until ") || !strings.Contains(r.Why[0], "run again after that")) {
			t.Errorf("%q", r.Why)
		}
	}
}

func TestTheBoundOfTheProductionProfileIsEnoughForWhatItsCapabilitiesRead(t *testing.T) {
	t.Parallel()
	for _, capabilities := range []string{"numbers,templates", "contacts", "branches", "orders", "numbers,templates,contacts,branches,orders"} {
		t.Run(capabilities, func(t *testing.T) {
			t.Parallel()
			s, credentials := mock(t)
			args := append([]string{"--base-url", serve(t, s), "--profile", "production", "--capability", capabilities, "--timeout", "5m", "--json"}, credentials...)
			code, stdout, stderr := contract(t, nil, args...)
			var r suite.Report
			if err := json.Unmarshal([]byte(stdout), &r); err != nil || code != 0 {
				t.Errorf("exit %d, %v, %d requests, %q\n%s", code, err, r.Requests, r.Why, stderr)
			}
		})
	}
}
