// Package embedded_test is the suite inside a caller's own Ginkgo suite: the self-check against the mock, strict, with every capability.
package embedded_test

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/gomega"

	"example.com/awalmock/contract/suite"
	"example.com/awalmock/mockserver/mocktest"
)

func config(m *mocktest.Mock) suite.Config {
	list := m.Workspaces()
	credentials := func(i int) suite.Credentials {
		return suite.Credentials{Domain: list[i].Domain, ClientID: list[i].ClientID, HMACSecret: list[i].Secret, PhoneNumberID: list[i].PhoneNumberIDs[0]}
	}
	return suite.Config{
		BaseURL: m.URL, Credentials: credentials(0), Second: credentials(1), Strict: true, Seed: 1,
		Capabilities: []string{suite.CapabilitySecondClient, suite.CapabilityRateLimit},
		Skip:         []string{"RATE-REMAINING"}, // whether enough requests fell into one window depends on the machine
	}
}

const limit = "120/1s"

// asRun makes this binary a process that uses suite.Run instead.
const asRun = "EMBEDDED_AS_RUN"

func TestMain(m *testing.M) {
	if os.Getenv(asRun) == "" {
		os.Exit(m.Run())
	}
	mock, err := mocktest.New(mocktest.RateLimit(limit))
	if err != nil {
		panic(err)
	}
	report, err := suite.Run(context.Background(), config(mock))
	if err != nil {
		panic(err)
	}
	if err := json.NewEncoder(os.Stdout).Encode(timeless(report)); err != nil {
		panic(err)
	}
	mock.Close()
}

// timeless is a report without what differs from run to run: times, the mock's free port, and how often it had to be asked.
func timeless(r suite.Report) suite.Report {
	r.Started, r.Seconds, r.Requests, r.Target.BaseURL, r.Notes = time.Time{}, 0, 0, "", nil
	r.Coverage = nil
	for i := range r.Cases {
		r.Cases[i].Seconds, r.Cases[i].Requests = 0, 0
	}
	return r
}

func TestContract(t *testing.T) {
	var got suite.Report
	var mock *mocktest.Mock
	cfg := suite.Config{
		Strict: true, Seed: 1, Capabilities: []string{suite.CapabilitySecondClient, suite.CapabilityRateLimit},
		Skip: []string{"RATE-REMAINING"},
		Prepare: func(_ context.Context, cfg *suite.Config) error {
			started, err := mocktest.New(mocktest.RateLimit(limit))
			if err != nil {
				return err
			}
			mock = started
			found := config(mock)
			if broken := os.Getenv(asShare); broken != "" {
				found.BaseURL = broken
			}
			cfg.BaseURL, cfg.Credentials, cfg.Second = found.BaseURL, found.Credentials, found.Second
			return nil
		},
		OnReport: func(r suite.Report) {
			got = r
			hand(t, r)
		},
	}
	gomega.RegisterFailHandler(ginkgo.Fail)
	ginkgo.Describe("a caller's own spec", func() {
		ginkgo.It("may call Run too", func() {
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
	ginkgo.RunSpecs(t, "Contract")
	if mock != nil {
		mock.Close()
	}
	if os.Getenv(reportFile) != "" || t.Failed() || ginkgo.GinkgoLabelFilter() != "" || len(got.Cases) == 0 {
		return
	}
	if got.ExitCode != 0 {
		t.Errorf("exit %d: %v %q", got.ExitCode, got.Counts, got.Why)
	}
	for _, c := range got.Cases {
		if claimed := c.Capability == "" || slices.Contains(cfg.Capabilities, c.Capability); claimed != (c.Outcome == suite.Pass) {
			t.Errorf("%s is %s: %s", c.ID, c.Outcome, c.Reason)
		}
	}
	sameAsRun(t, got)
}

// sameAsRun compares with what suite.Run says, in a process of its own.
func sameAsRun(t *testing.T, got suite.Report) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(self)
	command.Env = append(os.Environ(), asRun+"=1")
	raw, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	mine, err := json.Marshal(timeless(got))
	if err != nil {
		t.Fatal(err)
	}
	gomega.NewWithT(t).Expect(raw).To(gomega.MatchJSON(mine))
}
