package run

import (
	"fmt"
	"testing"
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
