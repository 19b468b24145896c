//go:build !race

package signature_test

import (
	"testing"

	"example.com/awalmock/mockserver/internal/signature"
)

// Under the race detector sync.Pool forgets states at random, so there is nothing to count.

func TestVerifyingAllocatesNothing(t *testing.T) { //nolint:paralleltest // AllocsPerRun counts for the whole process.
	key := signature.NewKey(secret)
	scheme := signature.Scheme{BasePath: basePath}
	r, header := listRequest(), signed(listText)
	if got := testing.AllocsPerRun(1000, func() { scheme.Verify(key, header, r) }); got >= 1 {
		t.Errorf("%v allocations a request, want none", got)
	}
}
