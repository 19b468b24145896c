package otherserver_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/awalmock/contract/mutants/otherserver"
	"example.com/awalmock/contract/suite"
)

// check runs the suite against a server with some options, with all that it can be asked for.
func check(t *testing.T, options otherserver.Options, settings func(*suite.Config)) suite.Report {
	t.Helper()
	s := otherserver.New(options)
	defer s.Close()
	target := httptest.NewServer(s)
	defer target.Close()
	clients := s.Clients()
	of := func(c otherserver.Credentials) suite.Credentials {
		return suite.Credentials{Domain: c.Domain, ClientID: c.ClientID, HMACSecret: c.Secret, PhoneNumberID: c.PhoneNumberID}
	}
	cfg := suite.Config{
		BaseURL: target.URL + otherserver.BasePath, Credentials: of(clients[0]), Second: of(clients[1]), Timeout: 2 * time.Minute, Strict: true, Seed: 1,
		Capabilities: []string{suite.CapabilitySecondClient, suite.CapabilitySend, suite.CapabilityTickets},
		SendTo:       []string{"201055000000", "966570000001", "966570000002"},
		ControlURL:   target.URL + otherserver.OperatorPath,
		OnNotice: func(text string) {
			if _, at, listening := strings.Cut(text, "what is sent to "); listening {
				s.RegisterHook(0, at)
			}
		},
	}
	if settings != nil {
		settings(&cfg)
	}
	report, err := suite.Run(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// found are the cases that came out in one of the ways, each with why.
func found(report suite.Report, outcomes ...suite.Outcome) []string {
	var out []string
	for _, c := range report.Cases {
		if slices.Contains(outcomes, c.Outcome) {
			text := fmt.Sprintf("%s %s: %s", c.Outcome, c.ID, c.Headline())
			if len(c.Findings) > 0 {
				text += "; expected " + c.Findings[0].Expected + ", actual " + c.Findings[0].Actual
			}
			out = append(out, text)
		}
	}
	return out
}

func TestALawfulServerIsAcceptedWhateverTheSeed(t *testing.T) {
	t.Parallel()
	seeds := int64(10)
	if testing.Short() {
		seeds = 2
	}
	for seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			report := check(t, otherserver.Options{}, func(cfg *suite.Config) {
				cfg.Seed = seed + 1
				if testing.Short() && seed > 0 {
					cfg.Skip = []string{largeFiles}
				}
			})
			if wrong := found(report, suite.Fail, suite.Error, suite.Unverified); len(wrong) > 0 || report.ExitCode != 0 {
				t.Errorf("exit %d (%s)\n%s", report.ExitCode, report.Verdict, strings.Join(wrong, "\n"))
			}
		})
	}
}

func TestALawfulServerThatLooksDifferentIsAccepted(t *testing.T) {
	t.Parallel()
	for name, look := range map[string]struct {
		options  otherserver.Options
		part     string // of the suite, that the short form runs; an expression over labels
		settings func(*suite.Config)
	}{
		"views that overlap":                                   {otherserver.Options{Views: true}, "conversations", func(cfg *suite.Config) { cfg.Strict = false }},
		"the relative path signed":                             {otherserver.Options{RelativePath: true, Compact: true}, "/^AUTH-/", nil},
		"sends that show after 300 ms":                         {otherserver.Options{Lag: 300 * time.Millisecond}, "sendTextMessage || tickets", nil},
		"ids that begin with 0":                                {otherserver.Options{FromZero: true}, "sendTextMessage || tickets", nil},
		"answers after 20 ms":                                  {otherserver.Options{Latency: 20 * time.Millisecond}, "conversations", nil},
		"one 429 with Retry-After 1 and a Reset in 40 minutes": {otherserver.Options{RefuseOnce: true}, "listConversations", nil},
		"a limit that can be used up": {otherserver.Options{Limit: 240, Window: 4 * time.Second}, "listConversations", func(cfg *suite.Config) {
			cfg.Capabilities = append(cfg.Capabilities, suite.CapabilityRateLimit)
		}},
		"a plan of 150 requests in 5 seconds": {otherserver.Options{Limit: 150, Window: 5 * time.Second}, "conversations", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			report := check(t, look.options, func(cfg *suite.Config) {
				if testing.Short() {
					cfg.Include = look.part
				}
				if look.settings != nil {
					look.settings(cfg)
				}
			})
			if wrong := found(report, suite.Fail, suite.Error); len(wrong) > 0 || report.ExitCode != 0 && report.ExitCode != 3 {
				t.Errorf("exit %d (%s)\n%s", report.ExitCode, report.Verdict, strings.Join(wrong, "\n"))
			}
			t.Logf("exit %d in %.1f s, %s", report.ExitCode, report.Seconds, strings.Join(found(report, suite.Unverified, suite.Warn), "\n"))
		})
	}
}

func TestAServerThatFailsNowAndThenIsAccusedOfNothingElse(t *testing.T) {
	t.Parallel()
	report := check(t, otherserver.Options{ErrorEvery: 97}, func(cfg *suite.Config) {
		if testing.Short() {
			cfg.Skip = []string{largeFiles}
		}
	})
	for _, wrong := range found(report, suite.Fail) {
		if !strings.HasPrefix(wrong, "FAIL HTTP-NO-SERVER-ERROR") {
			t.Error(wrong)
		}
	}
}
