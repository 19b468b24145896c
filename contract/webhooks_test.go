package main

import (
	"context"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/awalmock/contract/suite"
	"example.com/awalmock/mockserver/adminapi"
	"example.com/awalmock/mockserver/mocktest"
)

// hooked checks the webhooks of a mock, which is registered the address of the suite as soon as that listens.
func hooked(t *testing.T, settings func(cfg *suite.Config)) suite.Report {
	t.Helper()
	m := mocktest.Start(t, mocktest.RateLimit("100000/1m"))
	w := m.Workspaces()
	of := func(i int) suite.Credentials {
		return suite.Credentials{Domain: w[i].Domain, ClientID: w[i].ClientID, HMACSecret: w[i].Secret, PhoneNumberID: w[i].PhoneNumberIDs[0]}
	}
	cfg := suite.Config{
		BaseURL: m.URL, Credentials: of(0), Second: of(1), Strict: true, Timeout: time.Minute, Listen: "127.0.0.1:0", WebhookRegistered: true,
		Capabilities: []string{suite.CapabilityWebhooks, suite.CapabilitySend, suite.CapabilityTickets, suite.CapabilitySecondClient},
		SendTo:       []string{"966555000001", "966555000002", "966555000003", "96650000000"}, Include: suite.CapabilityWebhooks,
	}
	cfg.OnNotice = func(text string) {
		if _, at, listening := strings.Cut(text, "what is sent to "); listening {
			if _, err := m.Workspace("").SetEndpoints(context.Background(), adminapi.NewWebhook{URL: at}); err != nil {
				t.Error(err)
			}
		}
	}
	settings(&cfg)
	report, err := suite.Run(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func TestWebhooksAreCheckedAtAnAddressThatIsRegisteredAlready(t *testing.T) {
	t.Parallel()
	report := hooked(t, func(cfg *suite.Config) {})
	passed := 0
	for _, c := range report.Cases {
		switch {
		case c.Outcome == suite.Pass:
			passed++
		case c.Outcome != suite.Skipped:
			t.Errorf("%s %s: %s", c.Outcome, c.ID, c.Headline())
		}
	}
	if report.ExitCode != 0 || passed < 12 {
		t.Errorf("exit %d, %d passed: %v", report.ExitCode, passed, report.Why)
	}
}

func TestWebhooksThatNeverComeCannotBeChecked(t *testing.T) {
	t.Parallel()
	report := hooked(t, func(cfg *suite.Config) {
		cfg.OnNotice, cfg.WebhookWait, cfg.Only = nil, time.Second, []string{"WEBHOOK-STATUS", "WEBHOOK-SIGNED"}
	})
	if report.ExitCode != 3 || len(report.Why) != 2 || !strings.Contains(report.Why[0], "none has arrived at http://127.0.0.1:") {
		t.Errorf("exit %d, %v", report.ExitCode, report.Why)
	}
}

func TestAnAddressThatTheTargetCannotReachIsSaidOnce(t *testing.T) {
	t.Parallel()
	code, stdout, _ := contract(t, nil, "--capability", "webhooks,control", "--webhook-base-url", "http://127.0.0.1:1/hook", "--include", "webhooks")
	if code != 2 || strings.Count(stdout, "\nERROR WEBHOOK-") != 1 || !strings.Contains(stdout, "could not send a webhook to http://127.0.0.1:1/hook/contract-") || !strings.Contains(stdout, "nothing listens there") {
		t.Errorf("exit %d\n%s", code, stdout)
	}
}

func TestAPortThatIsInUseIsSaidInOneLine(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	code, _, stderr := contract(t, nil, "--capability", "webhooks,control", "--listen", taken.Addr().String())
	if code != 2 || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, "--listen: another program listens at "+taken.Addr().String()) {
		t.Errorf("exit %d, %q", code, stderr)
	}
}

func TestTheSecretOfWebhooksIsShownNowhere(t *testing.T) {
	t.Parallel()
	const secret = "the-secret-of-webhooks-alone"
	report := hooked(t, func(cfg *suite.Config) { cfg.WebhookSecret, cfg.Only = secret, []string{"WEBHOOK-SIGNATURE"} })
	if report.ExitCode != 1 || !slices.ContainsFunc(report.Cases, func(c suite.CaseResult) bool { return c.Outcome == suite.Fail }) {
		t.Fatalf("exit %d: %v", report.ExitCode, report.Why)
	}
	for _, c := range report.Cases {
		for _, f := range c.Findings {
			if len(f.Exchanges) == 0 || f.Exchanges[0].Curl != "" || !strings.HasPrefix(f.Exchanges[0].Body, "{") {
				t.Errorf("%+v", f)
			}
			if strings.Contains(f.Rerun+f.Text+f.Expected+f.Actual, secret) || !strings.Contains(f.Rerun, "--webhook-registered") {
				t.Errorf("%+v", f)
			}
		}
	}
}
