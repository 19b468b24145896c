package receiver_test

import (
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/receiver"
	"example.com/awalmock/contract/receiver/receivers"
	"example.com/awalmock/contract/run"
)

// start serves a variant of a receiver and returns how to check it.
func start(t *testing.T, v *receivers.Variant) receiver.Config {
	t.Helper()
	server := httptest.NewUnstartedServer(v.Start())
	if v.Listen != nil {
		server.Listener = v.Listen(server.Listener)
	}
	server.Start()
	t.Cleanup(server.Close)
	return receiver.Config{URL: server.URL + receivers.HookPath, EffectsURL: server.URL + receivers.EffectsPath, Secret: receivers.Secret, Scheme: v.Scheme}
}

func check(t *testing.T, cfg receiver.Config) run.Report {
	t.Helper()
	report, err := receiver.Run(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// outcome is that of a requirement.
func outcome(t *testing.T, r *run.Report, id string) judge.Outcome {
	t.Helper()
	i := slices.IndexFunc(r.Requirements, func(q run.RequirementReport) bool { return q.ID == id })
	if i < 0 {
		t.Fatalf("there is no %s in the report", id)
	}
	return r.Requirements[i].Outcome
}

func TestReceiver_EveryBrokenReceiverIsCaughtByItsRequirement(t *testing.T) {
	t.Parallel()
	if n := len(receivers.Broken()); n < 20 {
		t.Errorf("there are %d broken receivers", n)
	}
	for _, v := range receivers.Broken() {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			cfg := start(t, &v)
			cfg.Only = []string{v.Requirement}
			if judgesOthers(v.Requirement) {
				cfg.Only, cfg.Patience = nil, 5*time.Second
			}
			report := check(t, cfg)
			if got := outcome(t, &report, v.Requirement); got != judge.Fail && got != judge.Warn {
				t.Errorf("%s is %s, and the verdict %s", v.Requirement, got, report.Verdict)
			}
		})
	}
}

// judgesOthers reports whether a requirement is judged by what the cases of the others send.
func judgesOthers(id string) bool {
	return slices.Contains([]string{"RECEIVER-IN-TIME", "RECEIVER-REFUSAL", "RECEIVER-NO-SECRET"}, id)
}

func TestReceiver_EveryLawfulReceiverIsAccepted(t *testing.T) {
	t.Parallel()
	if n := len(receivers.Lawful()); n < 8 {
		t.Errorf("there are %d lawful receivers", n)
	}
	for _, v := range receivers.Lawful() {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			cfg := start(t, &v)
			cfg.Strict = true
			report := check(t, cfg)
			if report.ExitCode != 0 || report.Verdict != run.VerdictPass {
				t.Errorf("the verdict is %s: %s", report.Verdict, strings.Join(report.Why, "; "))
			}
			for _, c := range report.Cases {
				if c.Outcome != judge.Pass && c.Outcome != judge.Skipped {
					t.Errorf("%s is %s: %s %+v", c.ID, c.Outcome, c.Headline(), c.Findings)
				}
			}
		})
	}
}

func TestReceiver_EveryRequirementHasABrokenReceiver(t *testing.T) {
	t.Parallel()
	listing, err := receiver.List(receiver.Config{})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range listing.Requirements {
		if !slices.ContainsFunc(receivers.Broken(), func(v receivers.Variant) bool { return v.Requirement == r.ID }) {
			t.Errorf("no broken receiver breaks %s", r.ID)
		}
	}
	if len(listing.Cases) < 20 {
		t.Errorf("there are %d cases", len(listing.Cases))
	}
}
