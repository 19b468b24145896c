package cli

import (
	"strings"
	"testing"
)

func TestSpec_PrintsTheDocumentAsItIsAndInOpenAPI31(t *testing.T) {
	t.Parallel()
	for want, args := range map[string][]string{"openapi: 3.0.3": {"spec"}, "openapi: 3.1.0": {"spec", "--openapi", "3.1"}} {
		cmd, out, failure := program(t, nil, args...)
		if err := cmd.Run(); err != nil || !strings.Contains(out.String(), want) || strings.Contains(out.String(), "\nwebhooks:") != (len(args) > 1) {
			t.Errorf("%v: %v %.300s%s", args, err, out, failure)
		}
	}
}
