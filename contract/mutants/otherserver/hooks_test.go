package otherserver_test

import (
	"strings"
	"testing"
	"time"

	"example.com/awalmock/contract/mutants/otherserver"
	"example.com/awalmock/contract/suite"
)

// withOperator checks webhooks alone, with the control API.
func withOperator(cfg *suite.Config) {
	cfg.Capabilities = []string{suite.CapabilityWebhooks, suite.CapabilityControl}
	cfg.Include, cfg.WebhookWait = suite.CapabilityWebhooks, 4*time.Second
}

// registered checks webhooks to an address that is registered already.
func registered(cfg *suite.Config) {
	cfg.Capabilities = append(cfg.Capabilities, suite.CapabilityWebhooks)
	cfg.Include, cfg.Listen, cfg.WebhookRegistered = suite.CapabilityWebhooks, "127.0.0.1:0", true
}

func TestALawfulSenderOfWebhooksIsAccepted(t *testing.T) {
	t.Parallel()
	for name, settings := range map[string]func(*suite.Config){"with the control API": withOperator, "at a registered address": registered} {
		for look, options := range map[string]otherserver.Options{"": {}, ", without spaces": {Compact: true}, ", slow": {Latency: 20 * time.Millisecond}} {
			if testing.Short() && look != "" {
				continue
			}
			t.Run(name+look, func(t *testing.T) {
				t.Parallel()
				report := check(t, options, settings)
				if wrong := found(report, suite.Fail, suite.Error, suite.Unverified); len(wrong) > 0 || report.ExitCode != 0 {
					t.Errorf("exit %d (%s)\n%s", report.ExitCode, report.Verdict, strings.Join(wrong, "\n"))
				}
				t.Logf("%.1f s", report.Seconds)
			})
		}
	}
}

func TestFaultsOfWebhooksAreNoticedAtARegisteredAddress(t *testing.T) {
	t.Parallel()
	for _, fault := range []string{
		"webhooks have no signature", "webhooks are signed with the other workspace's secret", "events are one status ahead", "the second attempt has no id",
		"webhooks are sent newest first", "each webhook is sent twice", "webhooks go to the addresses of all workspaces",
	} {
		if testing.Short() && fault != "each webhook is sent twice" {
			continue
		}
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			if noticed := found(check(t, otherserver.Options{Fault: fault}, registered), suite.Fail); len(noticed) == 0 {
				t.Error("it is not noticed")
			}
		})
	}
}
