package suite_test

import (
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"example.com/awalmock/contract/suite"
)

const aRun = "TestARunHasAResultForEachCaseThatIsSelected"

// The surrounding process may have any flags of Go's and Ginkgo's: they are not for Run.
func TestRunChecksEveryCaseUnderAnyFlagsOfTheTestBinary(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, flags := range [][]string{
		{"-ginkgo.timeout=20ms", "-ginkgo.label-filter=nothing"}, {"-test.count=2", "-ginkgo.dry-run", "-ginkgo.fail-fast"},
	} {
		out, err := exec.Command(self, append(flags, "-test.run=^"+aRun+"$", "-test.v")...).CombinedOutput()
		if runs := 1 + strings.Count(strings.Join(flags, " "), "count=2"); err != nil || strings.Count(string(out), "--- PASS: "+aRun) != runs {
			t.Errorf("%v: %v\n%s", flags, err, out)
		}
	}
}

func TestARunHasAResultForEachCaseThatIsSelected(t *testing.T) {
	t.Parallel()
	cfg := start(t, newStandIn(30))
	cfg.Operations = listOnly()
	r := run(t, cfg)
	listing, err := suite.List(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if r.ExitCode != 0 || len(r.Cases) != len(listing.Cases) || r.Missing != 0 {
		t.Errorf("exit %d, %d of %d cases, %d missing: %q", r.ExitCode, len(r.Cases), len(listing.Cases), r.Missing, r.Why)
	}
}

func TestRunsAtTheSameTimeDoNotDisturbEachOther(t *testing.T) {
	t.Parallel()
	good, bad := start(t, newStandIn(8)), start(t, newStandIn(0))
	good.Operations, bad.Operations = listOnly(), listOnly()
	var wait sync.WaitGroup
	for range 2 {
		wait.Go(func() {
			if r := run(t, good); r.ExitCode == 1 || r.ExitCode == 2 {
				t.Errorf("exit %d: %q", r.ExitCode, r.Why)
			}
		})
		wait.Go(func() {
			if r := run(t, bad); r.ExitCode != 3 {
				t.Errorf("exit %d: %q", r.ExitCode, r.Why)
			}
		})
	}
	wait.Wait()
}
