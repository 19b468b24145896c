package suite_test

import (
	"strings"
	"testing"

	"example.com/awalmock"
	"example.com/awalmock/contract/suite"
)

func TestAnOperationWithAnotherSecurityIsNotAsked(t *testing.T) {
	t.Parallel()
	spec := strings.Replace(awalmock.OpenAPI(), "      operationId: getMessageStatus\n", "      operationId: getMessageStatus\n      security: [{token: []}]\n", 1)
	spec = strings.Replace(spec, "  securitySchemes:\n", "  securitySchemes:\n    token: {type: http, scheme: bearer}\n", 1)
	cfg := start(t, newStandIn(12))
	cfg.Include = "/^AUTH-/"
	cfg.Spec, cfg.SpecName = []byte(spec), "bearer.yaml"
	r := run(t, cfg)
	if got := troubles(r, suite.Fail, suite.Error); len(got) > 0 {
		t.Errorf("exit %d: %s", r.ExitCode, strings.Join(got, "\n"))
	}
	for _, c := range r.Cases {
		if strings.HasPrefix(c.ID, "AUTH-") && strings.HasSuffix(c.ID, ".getMessageStatus") {
			t.Errorf("%s was tried", c.ID)
		}
	}
}
