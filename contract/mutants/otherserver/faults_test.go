package otherserver_test

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"example.com/awalmock/contract/mutants/otherserver"
	"example.com/awalmock/contract/suite"
)

const (
	perKind    = 1                 // faults of each kind that the short form tries
	largeFiles = "SEND-MEDIA-SIZE" // the case that uploads files of several megabytes
)

// partOf is the part of the suite that the short form runs against a fault of a kind, as an expression over labels.
func partOf(kind string) string {
	return map[string]string{
		"tenants": "second-client", "other reads": "numbers", "authentication": "/^AUTH-/", "malformed requests": "listConversations", "bounds": "sendTextMessage",
		"what is sent": "sendTextMessage", "time and order": "conversations", "rate headers": "/^RATE-/ && !send",
		"webhooks: unsigned": "/^WEBHOOK-SIGN/", "webhooks: wrongly signed": "/^WEBHOOK-SIGN/", "webhooks: what they say": "/^WEBHOOK-AGREES/",
		"webhooks: never again": "/^WEBHOOK-RETRY$/", "webhooks: other ids": "/^WEBHOOK-RETRY-SAME/", "webhooks: order": "/^WEBHOOK-ORDER/",
		"webhooks: doubled": "/^WEBHOOK-ONCE/", "webhooks: workspaces": "/^WEBHOOK-ISOLATION/", "webhooks: challenge not sent": "/^WEBHOOK-CHALLENGE/",
		"webhooks: wrong challenge": "/^WEBHOOK-CHALLENGE/",
	}[kind]
}

// seeds is how many seeds each fault is tried with: 1, or as many as FAULT_SEEDS says.
func seeds(t *testing.T) int64 {
	t.Helper()
	text := os.Getenv("FAULT_SEEDS")
	if text == "" {
		return 1
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 1 {
		t.Fatalf("FAULT_SEEDS must be a number of seeds, not %q", text)
	}
	return n
}

// With other seeds than the first the cases run that have noticed the fault with that, and the whole suite only if they do not notice it.
func TestEachFaultIsNoticed(t *testing.T) {
	t.Parallel()
	tried, last := map[string]int{}, seeds(t)
	for _, fault := range otherserver.Faults() {
		if tried[fault.Kind]++; testing.Short() && tried[fault.Kind] > perKind {
			continue
		}
		t.Run(fault.Kind+"/"+fault.Name, func(t *testing.T) {
			t.Parallel()
			first, noticed := noticing(t, fault, 1, nil)
			if len(first) == 0 {
				t.Fatal("it is not noticed")
			}
			t.Logf("NOTICED by %s", noticed)
			for seed := int64(2); seed <= last; seed++ {
				if cases, _ := noticing(t, fault, seed, first); len(cases) > 0 {
					continue
				}
				cases, noticed := noticing(t, fault, seed, nil)
				if len(cases) == 0 {
					t.Errorf("it is not noticed with the seed %d", seed)
				}
				t.Logf("with the seed %d NOTICED by %s", seed, noticed)
			}
		})
	}
}

// noticing are the cases that notice a fault with a seed, and what the first of them says. only are the cases that run; nil: all that fit its kind.
func noticing(t *testing.T, fault otherserver.Fault, seed int64, only []string) (cases []string, first string) {
	t.Helper()
	settings := func(cfg *suite.Config) {
		if fault.Kind != "bounds" {
			cfg.Skip = []string{largeFiles}
		}
	}
	if strings.HasPrefix(fault.Kind, "webhooks: ") {
		settings = withOperator
	}
	report := check(t, otherserver.Options{Fault: fault.Name}, func(cfg *suite.Config) {
		settings(cfg)
		cfg.Seed = seed
		if testing.Short() {
			cfg.Include = partOf(fault.Kind)
		}
		if only != nil {
			cfg.Only, cfg.Skip, cfg.Include = only, nil, ""
		}
	})
	for _, c := range report.Cases {
		if c.Outcome == suite.Fail {
			cases = append(cases, c.ID)
		}
	}
	if len(cases) > 0 {
		first = found(report, suite.Fail)[0]
	}
	return cases, first
}
