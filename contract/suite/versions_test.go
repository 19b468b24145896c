package suite

import (
	"strings"
	"testing"

	"example.com/awalmock"
	"example.com/awalmock/contract/run"
)

func TestAnotherVersionOfTheContractMayAskForLess(t *testing.T) {
	t.Parallel()
	less := strings.Replace(awalmock.OpenAPI(), "        - id: LIST-ORDER\n          level: SHOULD", "        - id: LIST-ID-ORDER-OLD\n          level: SHOULD", 1)
	if _, err := newSession(run.Config{Spec: []byte(less)}); err == nil || !strings.Contains(err.Error(), "LIST-ID-ORDER-OLD has no case") {
		t.Errorf("got %v", err)
	}
}
