package main

import (
	"context"
	"slices"
	"testing"
)

func TestOnlyMutantsThatSurvivedAreTriedAgain(t *testing.T) {
	t.Parallel()
	first := []result{
		{Kind: kindMutant, Name: "slow", Why: "failed: nothing"},
		{Kind: kindMutant, Name: "killed", Good: true},
		{Kind: kindGenerated, Name: "no fault", Equivalent: "a reason"},
		{Kind: kindGenerated, Name: "survivor"},
		{Kind: kindLawful, Name: "rejected"},
		{Kind: kindControl, Name: "wrong"},
	}
	var tried []string
	jobs := make([]job, len(first))
	for i, r := range first {
		jobs[i] = job{name: r.Name, run: func(context.Context) result {
			tried = append(tried, r.Name)
			r.Good = r.Name == "slow"
			return r
		}}
	}
	results := slices.Clone(first)
	killed := tryAgain(t.Context(), jobs, results)
	if !slices.Equal(tried, []string{"slow", "survivor"}) || !slices.Equal(killed, []string{"slow"}) || !results[0].Good || results[3].Good {
		t.Errorf("tried %v, killed %v, results %+v", tried, killed, results)
	}
}
