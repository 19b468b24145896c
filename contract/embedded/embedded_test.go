package embedded_test

import (
	"cmp"
	"context"
	"encoding/json"
	"os"
	"slices"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2" // as callers write their suites
	"github.com/onsi/gomega"

	"example.com/awalmock/contract/report"
	"example.com/awalmock/contract/suite"
)

// TestContract is a Ginkgo suite as a caller writes it: it has a spec of its own, and registers the contract. Its server is known only when the first spec runs.
// With CONTRACT_BASE_URL it checks that server instead, and the test that started this process judges the report.
func TestContract(t *testing.T) {
	var got suite.Report
	cfg := target(t, nil)
	found := cfg
	found.BaseURL = cmp.Or(os.Getenv("CONTRACT_BASE_URL"), cfg.BaseURL)
	cfg.BaseURL, cfg.Credentials, cfg.Second = "", suite.Credentials{}, suite.Credentials{}
	cfg.Prepare = func(_ context.Context, cfg *suite.Config) error {
		cfg.BaseURL, cfg.Credentials, cfg.Second = found.BaseURL, found.Credentials, found.Second
		return nil
	}
	cfg.OnReport = func(r suite.Report) {
		got = r
		if dir := os.Getenv("CONTRACT_REPORT_DIR"); dir != "" {
			if err := report.Write(dir, &r); err != nil {
				t.Error(err)
			}
		}
	}
	gomega.RegisterFailHandler(Fail)
	Describe("a caller's own spec", func() {
		It("may call Run too", func() {
			only := cfg
			only.OnReport, only.Only = nil, []string{"LIST-ORDER"}
			report, err := suite.Run(context.Background(), only)
			gomega.Expect(err).NotTo(gomega.HaveOccurred())
			gomega.Expect(report.Verdict).To(gomega.Equal(suite.VerdictPass))
		})
	})
	if err := suite.Register(cfg); err != nil {
		t.Fatal(err)
	}
	RunSpecs(t, "Contract")
	if os.Getenv("CONTRACT_BASE_URL") != "" || t.Failed() || GinkgoLabelFilter() != "" {
		return
	}
	expectSameAsRun(t, cfg, got)
}

// expectSameAsRun expects the report of Register to be a PASS in which each case of a claimed capability was checked, and to be that of Run.
func expectSameAsRun(t *testing.T, cfg suite.Config, got suite.Report) {
	t.Helper()
	if got.ExitCode != 0 {
		t.Errorf("exit %d: %v %q", got.ExitCode, got.Counts, got.Why)
	}
	for _, c := range got.Cases {
		if c.Requirement == "DATA-TIMES" && c.Outcome == suite.Skipped {
			continue // it compares records and answers to commands, and this run has none
		}
		if claimed := c.Capability == "" || slices.Contains(cfg.Capabilities, c.Capability); claimed != (c.Outcome == suite.Pass) {
			t.Errorf("%s is %s: %s", c.ID, c.Outcome, c.Reason)
		}
	}
	same, err := suite.Run(context.Background(), target(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	gomega.NewWithT(t).Expect(timeless(t, same)).To(gomega.MatchJSON(timeless(t, got)))
}

// timeless is a report without what differs from run to run: times, the mock's free port, and the number of requests.
func timeless(t *testing.T, r suite.Report) []byte {
	t.Helper()
	r.Started, r.Seconds, r.Requests, r.Target.BaseURL, r.Notes = time.Time{}, 0, 0, "", nil
	r.Coverage = nil
	r.Cases = slices.Clone(r.Cases)
	for i := range r.Cases {
		r.Cases[i].Seconds, r.Cases[i].Requests = 0, 0
	}
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
