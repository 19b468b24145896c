package otherserver_test

import (
	"fmt"
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

// seeds are those that each fault is tried with: 1, or as many as FAULT_SEEDS says.
func seeds(t *testing.T) (out []int64) {
	t.Helper()
	most := 1
	if text := os.Getenv("FAULT_SEEDS"); text != "" {
		var err error
		if most, err = strconv.Atoi(text); err != nil || most < 1 {
			t.Fatalf("FAULT_SEEDS must be a number of seeds, not %q", text)
		}
	}
	for seed := range most {
		out = append(out, int64(seed)+1)
	}
	return out
}

func TestEachFaultIsNoticed(t *testing.T) {
	t.Parallel()
	for _, seed := range seeds(t) {
		tried := map[string]int{}
		for _, fault := range otherserver.Faults() {
			if tried[fault.Kind]++; testing.Short() && tried[fault.Kind] > perKind {
				continue
			}
			t.Run(fmt.Sprintf("%s/%s/%d", fault.Kind, fault.Name, seed), func(t *testing.T) {
				t.Parallel()
				isNoticed(t, fault, seed)
			})
		}
	}
}

func isNoticed(t *testing.T, fault otherserver.Fault, seed int64) {
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
	})
	noticed := found(report, suite.Fail)
	if len(noticed) == 0 {
		t.Fatalf("it is not noticed (exit %d)", report.ExitCode)
	}
	t.Logf("NOTICED by %s", noticed[0])
}
