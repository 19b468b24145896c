// Package conformance is the contract suite as a Ginkgo suite: `ginkgo ./contract/conformance` or `go test ./contract/conformance`. It checks the
// mock in this process, or the server that CONTRACT_BASE_URL names, with the credentials of the other variables.
package conformance

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/gomega"

	"example.com/awalmock/contract/report"
	"example.com/awalmock/contract/suite"
	"example.com/awalmock/mockserver/mocktest"
)

func TestConformance(t *testing.T) {
	gomega.RegisterFailHandler(ginkgo.Fail)
	cfg := target(t)
	cfg.OnReport = func(r suite.Report) {
		fmt.Printf("\nverdict of the contract suite: %s (exit code of the program: %d)\n", r.Verdict, r.ExitCode)
		for _, why := range r.Why {
			fmt.Println("  " + suite.CleanLine(why))
		}
		if r.ExitCode == 2 || !cfg.AllowUnverified && lacksMust(&r) {
			t.Fail() // for Ginkgo a skipped spec is a success
		}
		if dir := os.Getenv("CONTRACT_REPORT_DIR"); dir != "" {
			if err := report.Write(dir, &r); err != nil {
				t.Error(err)
			}
		}
	}
	if err := suite.Register(cfg); err != nil {
		t.Fatal(err)
	}
	ginkgo.RunSpecs(t, "Conformance")
}

// lacksMust reports whether a MUST could not be checked. Specs that Ginkgo left out are not in the report.
func lacksMust(r *suite.Report) bool {
	return slices.ContainsFunc(r.Cases, func(c suite.CaseResult) bool {
		return c.Level == suite.Must && c.Outcome == suite.Unverified
	})
}

// target is the server that the environment names, or the mock in this process.
func target(t *testing.T) suite.Config {
	t.Helper()
	cfg := suite.Config{
		BaseURL: os.Getenv("CONTRACT_BASE_URL"), Credentials: credentials("CONTRACT_"), Second: credentials("CONTRACT_SECOND_"),
		ControlURL: os.Getenv("CONTRACT_CONTROL_URL"), ControlToken: os.Getenv("CONTRACT_CONTROL_TOKEN"),
		Capabilities: list("CONTRACT_CAPABILITY"), SendTo: list("CONTRACT_SEND_TO"),
		Strict: os.Getenv("CONTRACT_STRICT") == "true", AllowUnverified: os.Getenv("CONTRACT_ALLOW_UNVERIFIED") == "true",
		Listen: os.Getenv("CONTRACT_LISTEN"), WebhookBaseURL: os.Getenv("CONTRACT_WEBHOOK_BASE_URL"), WebhookSecret: os.Getenv("CONTRACT_WEBHOOK_SECRET"),
		WebhookRegistered: os.Getenv("CONTRACT_WEBHOOK_REGISTERED") == "true",
	}
	if cfg.BaseURL != "" {
		return cfg
	}
	mock, err := mocktest.New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { mock.Close() })
	cfg.BaseURL = mock.URL
	for i, into := range []*suite.Credentials{&cfg.Credentials, &cfg.Second} {
		w := mock.Workspaces()[i]
		*into = suite.Credentials{Domain: w.Domain, ClientID: w.ClientID, HMACSecret: w.Secret, PhoneNumberID: w.PhoneNumberIDs[0]}
	}
	return cfg
}

func credentials(prefix string) suite.Credentials {
	return suite.Credentials{
		Domain: os.Getenv(prefix + "DOMAIN"), ClientID: os.Getenv(prefix + "CLIENT_ID"),
		HMACSecret: os.Getenv(prefix + "HMAC_SECRET"), PhoneNumberID: os.Getenv(prefix + "PHONE_NUMBER_ID"),
	}
}

// list is a variable with words between commas.
func list(variable string) []string {
	return strings.FieldsFunc(os.Getenv(variable), func(r rune) bool { return r == ',' || r == ' ' })
}
