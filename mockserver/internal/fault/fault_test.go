package fault_test

import (
	"testing"
	"time"

	"example.com/awalmock/mockserver/internal/engine"
	"example.com/awalmock/mockserver/internal/fault"
)

// status is a rule that always answers with a status.
func status(code int) fault.Rule {
	return fault.Rule{Fault: engine.Fault{Status: code}, Probability: 1}
}

func TestTheFirstRuleThatFiresIsTheAnswerAndLatenciesBeforeItAddUp(t *testing.T) {
	t.Parallel()
	never, other := status(500), status(501)
	never.Probability, other.Operation = 0, "send"
	f := fault.New(1)
	f.Set("w", []fault.Rule{
		{Latency: time.Second, Probability: 1},
		never, other,
		{Latency: 2 * time.Second, Probability: 1},
		status(503),
		{Latency: time.Hour, Probability: 1},
	})
	for name, c := range map[string]struct {
		workspace, operation string
		latency              time.Duration
		status               int
	}{
		"another operation":   {"w", "list", 3 * time.Second, 503},
		"the operation named": {"w", "send", time.Second, 501},
		"another workspace":   {"x", "send", 0, 0},
	} {
		latency, answer := f.Fire(c.workspace, c.operation)
		got := 0
		if answer != nil {
			got = answer.Status
		}
		if latency != c.latency || got != c.status {
			t.Errorf("%s: %v %d, want %v %d", name, latency, got, c.latency, c.status)
		}
	}
}

func TestARuleFiresAsOftenAsItMay(t *testing.T) {
	t.Parallel()
	twice := status(500)
	twice.Times = 2
	f := fault.New(1)
	f.Set("w", []fault.Rule{twice})
	for i := range 4 {
		if _, answer := f.Fire("w", "list"); (answer != nil) != (i < 2) {
			t.Errorf("request %d: %+v", i, answer)
		}
	}
	if rules := f.Rules("w"); len(rules) != 1 || rules[0].Fired != 2 {
		t.Errorf("%+v", rules)
	}
	f.Set("w", []fault.Rule{twice})
	if rules := f.Rules("w"); rules[0].Fired != 0 {
		t.Errorf("other rules begin with %d", rules[0].Fired)
	}
	f.Set("w", nil)
	if _, answer := f.Fire("w", "list"); answer != nil || len(f.Rules("w")) != 0 {
		t.Errorf("without rules: %+v", answer)
	}
}

// fired is which of 1000 requests met a rule of an even chance.
func fired(seed uint64, workspace string) (list [1000]bool, count int) {
	half := status(500)
	half.Probability = 0.5
	f := fault.New(seed)
	f.Set(workspace, []fault.Rule{half})
	for i := range list {
		if _, answer := f.Fire(workspace, "list"); answer != nil {
			list[i] = true
			count++
		}
	}
	return list, count
}

func TestTheSameSeedFiresAtTheSameRequests(t *testing.T) {
	t.Parallel()
	first, count := fired(7, "w")
	if count < 400 || count > 600 {
		t.Errorf("an even chance fired %d times of 1000", count)
	}
	again, _ := fired(7, "w")
	if again != first {
		t.Error("the same seed differs")
	}
	for name, differs := range map[string]struct {
		seed      uint64
		workspace string
	}{"another seed": {8, "w"}, "another workspace": {7, "x"}} {
		if list, _ := fired(differs.seed, differs.workspace); list == first {
			t.Errorf("%s fires at the same requests", name)
		}
	}
}
