package run

import (
	"fmt"
	"slices"
	"testing"

	"example.com/awalmock/contract/document"
)

func TestASlowCaseBeginsBeforeTheOthersThatAreIndependent(t *testing.T) {
	t.Parallel()
	for seed := range int64(5) {
		var begun []string // one case after the other
		var cases []*Case
		for i := range 9 {
			c := &Case{ID: fmt.Sprint("case-", i), Requirement: "HTTP-COMPLETE", Independent: i > 0, Slow: i == 4}
			c.Run = func(*T) error {
				begun = append(begun, c.ID)
				return nil
			}
			cases = append(cases, c)
		}
		s, err := NewSession(Config{Concurrency: 1, Seed: seed + 1}, only(cases...))
		if err != nil {
			t.Fatal(err)
		}
		<-s.LookAhead(t.Context())
		if len(begun) != len(cases) || begun[0] != "case-0" || begun[1] != "case-4" {
			t.Errorf("seed %d: %v", seed, begun)
		}
	}
}

func TestProgressCountsOnlyWhatIsNotSkipped(t *testing.T) {
	t.Parallel()
	var told []string
	var cases []*Case
	for i := range 6 {
		c := &Case{ID: fmt.Sprint("case-", i), Requirement: "HTTP-COMPLETE", Serial: true, Run: func(*T) error { return nil }}
		if i%2 == 1 {
			c.Capability = document.CapabilityTickets
		}
		cases = append(cases, c)
	}
	s, err := NewSession(Config{Seed: 1, OnCase: func(r CaseResult, done, total int) {
		told = append(told, fmt.Sprintf("%s %d/%d", r.Outcome, done, total))
	}}, only(cases...))
	if err != nil {
		t.Fatal(err)
	}
	<-s.LookAhead(t.Context())
	want := []string{"PASS 1/3", "SKIPPED 1/3", "PASS 2/3", "SKIPPED 2/3", "PASS 3/3", "SKIPPED 3/3"}
	if !slices.Equal(told, want) {
		t.Errorf("%v", told)
	}
}
