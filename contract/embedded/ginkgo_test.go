package embedded_test

import (
	"io"
	"net/http"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"

	"example.com/awalmock/contract/suite"
)

// isEmpty is a fault: the list has no rows.
func isEmpty(out http.ResponseWriter, r *http.Request) bool {
	if !strings.HasSuffix(r.URL.Path, "/conversations") {
		return false
	}
	out.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(out, `{"status":true,"data":[],"meta":{"total":0,"unread_total":0}}`)
	return true
}

// If flags of Ginkgo leave out a case, the verdict is not PASS. The process fails if a case that ran could not be checked.
func TestTheVerdictIsRightUnderTheFlagsOfGinkgo(t *testing.T) {
	t.Parallel()
	const leftOut = "selected cases have no result: Ginkgo was told to run others"
	for name, test := range map[string]struct {
		flags   []string
		broken  fault
		verdict string // "": no report
		exit    int    // of the report
		process int
		says    string
	}{
		"a label":                      {[]string{"-ginkgo.label-filter=LIST-ORDER"}, nil, suite.VerdictUnverified, 3, 0, leftOut},
		"a label, the server is wrong": {[]string{"-ginkgo.label-filter=LIST-STATUS-WORDS"}, acceptsAWord, suite.VerdictFail, 1, 1, "LIST-STATUS-WORDS"},
		"a label of no case":           {[]string{"-ginkgo.label-filter=NO-SUCH-RULE"}, nil, suite.VerdictError, 2, 1, "no case was run"},
		"a MUST that lacks data":       {[]string{"-ginkgo.label-filter=LIST-SEARCH-NAME"}, isEmpty, suite.VerdictUnverified, 3, 1, "could not be checked: needs "},
		"a text":                       {[]string{"-ginkgo.focus=LIST-ORDER"}, nil, suite.VerdictUnverified, 3, 0, leftOut},
		"all but a text":               {[]string{"-ginkgo.skip=LIST-ORDER", "-ginkgo.label-filter=listConversations"}, nil, suite.VerdictUnverified, 3, 0, leftOut},
		"fail-fast":                    {[]string{"-ginkgo.fail-fast", "-ginkgo.label-filter=listConversations"}, acceptsAWord, suite.VerdictFail, 1, 1, "is broken"},
		"dry-run":                      {[]string{"-ginkgo.dry-run"}, nil, "", 0, 0, "Ran"},
		"twice":                        {[]string{"-test.count=2"}, nil, "", 0, 1, "Only -count=1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			end := conformance(t, target(t, test.broken), test.flags...)
			if end.code != test.process || !strings.Contains(end.output, test.says) {
				t.Errorf("exit %d, want %d, and %q in\n%s", end.code, test.process, test.says, end.output)
			}
			r := end.report
			switch {
			case (r == nil) != (test.verdict == ""):
				t.Errorf("report: %v\n%s", r != nil, end.output)
			case r != nil && (r.Verdict != test.verdict || r.ExitCode != test.exit || r.ExitCode != 1 && r.Missing == 0):
				t.Errorf("%s, exit %d, %d missing: %q", r.Verdict, r.ExitCode, r.Missing, r.Why)
			}
		})
	}
}

// The process that makes the report may be ended because another one has found the failure.
func TestAFailureInOneOfTwoProcessesIsAFailure(t *testing.T) {
	t.Parallel()
	end := ginkgo(t, target(t, acceptsAWord), built(t, "conformance.test"), "--procs=2", "--fail-fast", "--label-filter=listConversations")
	if r := end.report; end.code != 1 || r == nil || r.Verdict != suite.VerdictFail || r.ExitCode != 1 || !strings.Contains(r.Why[0], "is broken") {
		t.Errorf("exit %d: %+v\n%s", end.code, r, end.output)
	}
}

func TestAServerThatIsDownIsReportedOnce(t *testing.T) {
	t.Parallel()
	cfg := target(t, nil)
	cfg.BaseURL = "http://127.0.0.1:1/api/developer"
	for name, end := range map[string]ending{
		"one process": conformance(t, cfg), "two processes": ginkgo(t, cfg, built(t, "conformance.test"), "--procs=2"),
	} {
		r := end.report
		if end.code != 1 || r == nil || r.Verdict != suite.VerdictError || r.ExitCode != 2 || len(r.Why) != 1 || !strings.Contains(r.Why[0], "connection refused") {
			t.Errorf("%s: exit %d, %+v\n%s", name, end.code, r, end.output)
		}
		if n := strings.Count(end.output, "[FAILED] ERROR: "); n > 2 {
			t.Errorf("%s: %d specs failed", name, n)
		}
	}
}

// hangs is a fault: from a certain request on, no request is answered. begun is closed at that request.
func hangs(after int64) (broken fault, begun chan struct{}) {
	var asked atomic.Int64
	begun = make(chan struct{})
	return func(_ http.ResponseWriter, r *http.Request) bool {
		n := asked.Add(1)
		if n == after {
			close(begun)
		}
		if n >= after {
			<-r.Context().Done()
		}
		return n >= after
	}, begun
}

const afterTheCrawl = 150 // requests

func TestGinkgosTimeOutEndsTheRun(t *testing.T) {
	t.Parallel()
	broken, _ := hangs(afterTheCrawl)
	end := conformance(t, target(t, broken), "-ginkgo.timeout=4s")
	wasInterrupted(t, end, 1)
}

func TestCtrlCEndsTheRunAndSaysWhatWasNotChecked(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		begin func(t *testing.T, cfg suite.Config) (*exec.Cmd, func() ending)
		exit  int
		procs int64 // each crawls
	}{
		"the program": {func(t *testing.T, cfg suite.Config) (*exec.Cmd, func() ending) {
			return start(t, cfg, nil, built(t, "contract"))
		}, 2, 1},
		"the conformance suite": {func(t *testing.T, cfg suite.Config) (*exec.Cmd, func() ending) {
			return start(t, cfg, nil, built(t, "conformance.test"), "-ginkgo.no-color")
		}, 1, 1},
		"two processes of Ginkgo": {func(t *testing.T, cfg suite.Config) (*exec.Cmd, func() ending) {
			return startGinkgo(t, cfg, built(t, "conformance.test"), "--procs=2")
		}, 1, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			broken, begun := hangs(test.procs * afterTheCrawl)
			process, wait := test.begin(t, target(t, broken))
			<-begun
			interrupt(t, process)
			end := wait()
			wasInterrupted(t, end, test.exit)
			if !strings.Contains(end.output, "more requirements") {
				t.Errorf("it does not say what was not checked\n%s", end.output)
			}
		})
	}
}

func wasInterrupted(t *testing.T, end ending, exit int) {
	t.Helper()
	r := end.report
	if end.code != exit || r == nil || r.Verdict != suite.VerdictError || r.ExitCode != 2 || !strings.Contains(r.Why[0], "the run was interrupted ") || !strings.Contains(end.output, "the run was interrupted ") {
		t.Errorf("exit %d, want %d: %+v\n%s", end.code, exit, r, end.output)
	}
}
