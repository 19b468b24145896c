package otherserver_test

import (
	"testing"

	"example.com/awalmock/contract/mutants/otherserver"
	"example.com/awalmock/contract/suite"
)

// perKind is how many faults of each kind the short form tries.
const perKind = 2

func TestEachFaultIsNoticed(t *testing.T) {
	t.Parallel()
	cases := withoutLargeFiles(t)
	tried := map[string]int{}
	for _, fault := range otherserver.Faults() {
		if tried[fault.Kind]++; testing.Short() && tried[fault.Kind] > perKind {
			continue
		}
		t.Run(fault.Kind+"/"+fault.Name, func(t *testing.T) {
			t.Parallel()
			report := check(t, otherserver.Options{Fault: fault.Name}, func(cfg *suite.Config) {
				if fault.Kind != "bounds" {
					cfg.Only = cases
				}
			})
			noticed := found(report, suite.Fail)
			if len(noticed) == 0 {
				t.Fatalf("it is not noticed (exit %d)", report.ExitCode)
			}
			t.Logf("NOTICED by %s", noticed[0])
		})
	}
}

// withoutLargeFiles are all cases but the one that uploads files of several megabytes.
func withoutLargeFiles(t *testing.T) []string {
	t.Helper()
	listing, err := suite.List(suite.Config{})
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, c := range listing.Cases {
		if c.ID != "SEND-MEDIA-SIZE" {
			out = append(out, c.ID)
		}
	}
	return out
}
