package embedded_test

import (
	"fmt"
	"maps"
	"os"
	"strings"
	"testing"

	"example.com/awalmock/contract/suite"
)

// A way is one way to run the suite: it gives the report, and how the process ended.
type way struct {
	name string
	run  func(t *testing.T, cfg suite.Config) ending
}

func ways() []way {
	return []way{
		{"suite.Run", func(t *testing.T, cfg suite.Config) ending {
			r, err := suite.Run(t.Context(), cfg)
			if err != nil {
				t.Fatal(err)
			}
			return ending{code: r.ExitCode, report: &r}
		}},
		{"suite.Register in a caller's suite", func(t *testing.T, cfg suite.Config) ending {
			self, err := os.Executable()
			if err != nil {
				t.Fatal(err)
			}
			_, wait := start(t, cfg, nil, self, "-test.run=^TestContract$", "-ginkgo.no-color", "-ginkgo.seed=1")
			return wait()
		}},
		{"the program", func(t *testing.T, cfg suite.Config) ending {
			_, wait := start(t, cfg, nil, built(t, "contract"), "--seed=1")
			return wait()
		}},
		{"go test ./contract/conformance", func(t *testing.T, cfg suite.Config) ending { return conformance(t, cfg) }},
		{"ginkgo --procs=2", func(t *testing.T, cfg suite.Config) ending {
			return ginkgo(t, cfg, built(t, "conformance.test"), "--procs=2")
		}},
		{"ginkgo --procs=3", func(t *testing.T, cfg suite.Config) ending {
			return ginkgo(t, cfg, built(t, "conformance.test"), "--procs=3")
		}},
	}
}

// outcomes are the results of a report by case.
func outcomes(r *suite.Report) map[string]string {
	out := map[string]string{}
	for _, c := range r.Cases {
		out[c.ID] = fmt.Sprint(c.Level, " ", c.Outcome)
	}
	return out
}

func TestAllWaysGiveTheSameVerdictAndTheSameResults(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("most of it happens in programs without a race detector: go test ./contract/embedded")
	}
	for name, test := range map[string]struct {
		broken fault
		exit   int
	}{"a right server": {nil, 0}, "a server with a fault": {acceptsAWord, 1}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			listing, err := suite.List(target(t, nil))
			if err != nil {
				t.Fatal(err)
			}
			var first *suite.Report
			for _, way := range ways() {
				end := way.run(t, target(t, test.broken))
				r := end.report
				if r == nil {
					t.Fatalf("%s: no report\n%s", way.name, end.output)
				}
				if r.ExitCode != test.exit || end.code != test.exit || r.Missing != 0 || len(r.Cases) != len(listing.Cases) {
					t.Errorf("%s: %s, exit %d, the process %d, %d of %d cases, %d missing: %q\n%s", way.name, r.Verdict, r.ExitCode, end.code, len(r.Cases), len(listing.Cases), r.Missing, r.Why, end.output)
				}
				if n := strings.Count(end.output, "verdict of the contract suite: "); n > 1 {
					t.Errorf("%s: %d reports", way.name, n)
				}
				if first == nil {
					first = r
				}
				compare(t, way.name, first, r)
			}
		})
	}
}

// It runs in the program, which has no race detector: the files are near the bounds of their types.
func TestTheMockTakesLargeFiles(t *testing.T) {
	t.Parallel()
	_, wait := start(t, suite.Config{}, nil, built(t, "contract"), "--capability=send", "--only=SEND-MEDIA-SIZE", "--large", "--timeout=5m")
	if end := wait(); end.code != 0 {
		t.Errorf("exit %d\n%s", end.code, end.output)
	}
}

// compare says where two reports differ.
func compare(t *testing.T, name string, want, got *suite.Report) {
	t.Helper()
	if got.Verdict != want.Verdict || !maps.Equal(got.Counts, want.Counts) {
		t.Errorf("%s: %s %v, want %s %v", name, got.Verdict, got.Counts, want.Verdict, want.Counts)
	}
	results := outcomes(got)
	for id, outcome := range outcomes(want) {
		if results[id] != outcome {
			t.Errorf("%s: %s is %q, want %q", name, id, results[id], outcome)
		}
	}
}
