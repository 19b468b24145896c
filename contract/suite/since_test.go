package suite_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"example.com/awalmock"
	"example.com/awalmock/contract/suite"
)

func TestARunAgainstAnOlderVersionOfTheContractDoesNotScoreWhatCameLater(t *testing.T) {
	t.Parallel()
	spec := strings.Replace(awalmock.OpenAPI(), "  - id: AUTH-VALID\n", "  - id: AUTH-VALID\n    since: 1.2.0\n", 1)
	for version, want := range map[string]bool{"1.1.0": false, "1.2.0": true, "2.0.0": true, "": true} {
		listing, err := suite.List(suite.Config{Spec: []byte(spec), SpecVersion: version})
		if err != nil {
			t.Fatal(err)
		}
		requirement := slices.ContainsFunc(listing.Requirements, func(r suite.Requirement) bool { return r.ID == "AUTH-VALID" })
		cases := slices.ContainsFunc(listing.Cases, func(c suite.ListedCase) bool { return c.Requirement == "AUTH-VALID" })
		if requirement != want || cases != want {
			t.Errorf("version %q: requirement %v, cases %v, want %v", version, requirement, cases, want)
		}
	}
}

func TestAVersionOfTheContractThatIsNoneIsRefused(t *testing.T) {
	t.Parallel()
	spec := strings.Replace(awalmock.OpenAPI(), "  - id: AUTH-VALID\n", "  - id: AUTH-VALID\n    since: yesterday\n", 1)
	for _, cfg := range []suite.Config{{Spec: []byte(spec)}, {SpecVersion: "one"}} {
		var usage *suite.UsageError
		if _, err := suite.List(cfg); !errors.As(err, &usage) {
			t.Errorf("%v", err)
		}
	}
}
