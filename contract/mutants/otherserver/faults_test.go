package otherserver_test

import (
	"slices"
	"testing"

	"example.com/awalmock/contract/mutants/otherserver"
	"example.com/awalmock/contract/suite"
)

// pending are the faults that the suite has no case for yet.
func pending() []string {
	return []string{
		// time and order
		"read messages are delivered again after two seconds", // a run is over by then
	}
}

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
			switch wait := slices.Contains(pending(), fault.Name); {
			case wait && len(noticed) > 0:
				t.Logf("NOTICED although it is pending: %s", noticed[0])
			case wait:
				t.Log("PENDING")
			case len(noticed) == 0:
				t.Errorf("it is not noticed (exit %d)", report.ExitCode)
			default:
				t.Logf("NOTICED by %s", noticed[0])
			}
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
