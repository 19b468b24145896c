package main

import (
	"strconv"
	"strings"
	"testing"
)

// The seed chooses samples and order: it must not choose the verdict.
func TestTheMockIsAcceptedWhateverTheSeed(t *testing.T) {
	t.Parallel()
	seeds := 10
	if testing.Short() {
		seeds = 1
	}
	for seed := 1; seed <= seeds; seed++ {
		t.Run(strconv.Itoa(seed), func(t *testing.T) {
			t.Parallel()
			args := []string{"--strict", "--capability", "second-client,send,tickets,control", "--self-check-limit", "100000/1m", "--seed", strconv.Itoa(seed)}
			if code, stdout, stderr := contract(t, nil, args...); code != 0 || !strings.HasPrefix(stdout, "PASS") || !strings.Contains(stdout, "UNVERIFIED 0") {
				t.Errorf("exit %d\n%s%s", code, stdout, stderr)
			}
		})
	}
}
