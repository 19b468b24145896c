package main

import (
	"fmt"
	"strings"
	"testing"
)

// The vendor allows 50 creations and 50 changes of a branch in an hour, which is less than there are cases. What does not fit is left out and said;
// with room for it, it is not.
func TestARunFitsIntoASmallRateLimitAndSaysWhatItLeavesOut(t *testing.T) {
	t.Parallel()
	args := []string{"--strict", "--capability", "second-client,branches", "--operation", "createBranch,updateBranch", "--self-check-limit"}
	for seed := range 3 {
		code, stdout, stderr := contract(t, nil, append(args, "50/1h", "--seed", fmt.Sprint(seed+1))...)
		if code != 0 || !strings.Contains(stdout, "UNVERIFIED 0") || !strings.Contains(stdout, "derived requests left out, chosen by the seed") {
			t.Errorf("seed %d: exit %d\n%s%s", seed+1, code, stdout, stderr)
		}
	}
	_, small, _ := contract(t, nil, append(args, "50/1h", "--seed", "1")...)
	_, plenty, _ := contract(t, nil, append(args, "10000/1h", "--seed", "1")...)
	if passed(small) >= passed(plenty) {
		t.Errorf("%d cases pass with 50 requests an hour, %d with 10,000", passed(small), passed(plenty))
	}
}

// The cases about files make most of the requests of a send. A target may allow fewer requests than the document says.
func TestARunWithSendsFitsIntoALimitBelowTheDocumentedOne(t *testing.T) {
	t.Parallel()
	for seed := range 2 {
		code, stdout, stderr := contract(t, nil, "--strict", "--capability", "second-client,send,tickets,control", "--operation", "sendMediaMessage", "--self-check-limit", "200/1h", "--seed", fmt.Sprint(seed+1))
		if code != 0 || !strings.Contains(stdout, "UNVERIFIED 0") || !strings.Contains(stdout, "sendMediaMessage ") {
			t.Errorf("seed %d: exit %d\n%s%s", seed+1, code, stdout, stderr)
		}
	}
}

// passed is how many cases passed, as the summary says.
func passed(stdout string) (n int) {
	_, after, _ := strings.Cut(stdout, "cases:  PASS ")
	_, _ = fmt.Sscan(after, &n)
	return n
}
