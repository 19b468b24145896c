package suite_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"example.com/awalmock"
	"example.com/awalmock/contract/suite"
)

// Where the rate limit is small, some derived requests are left out: by the seed, and the report counts them.
func TestWhatDoesNotFitIntoTheRateLimitIsDrawnByTheSeedAndCounted(t *testing.T) {
	t.Parallel()
	small := strings.Replace(awalmock.OpenAPI(), "x-rate-limit: {limit: 200, window: 60, mark: D}", "x-rate-limit: {limit: 60, window: 60, mark: D}", 1)
	if small == awalmock.OpenAPI() {
		t.Fatal("the document is not changed")
	}
	drawn := func(seed int64) (notes []string, requests map[string]int) {
		server := newStandIn(12)
		server.silent = true // then the limits are those of the contract
		cfg := start(t, server)
		cfg.Spec, cfg.SpecName, cfg.Seed, cfg.Operations = []byte(small), "small.yaml", seed, listOnly()
		cfg.Skip = []string{"RATE-HEADERS"} // it is silent
		r := run(t, cfg)
		requests = map[string]int{}
		for _, c := range r.Cases {
			if strings.HasPrefix(c.ID, "AUTH-") { // they are all derived
				requests[c.ID] = c.Requests
			}
			if c.Outcome == suite.Fail || c.Outcome == suite.Error {
				t.Errorf("%s is %s: %s", c.ID, c.Outcome, c.Headline())
			}
		}
		for _, c := range r.Coverage {
			if c.Operation == "listConversations" && c.Requests > 54 {
				t.Errorf("%d requests to the list", c.Requests)
			}
		}
		notes = slices.DeleteFunc(r.Notes, func(note string) bool {
			return !strings.HasPrefix(note, "derived requests left out, chosen by the seed")
		})
		return notes, requests
	}
	notes, requests := drawn(1)
	if len(notes) != 1 || !strings.Contains(notes[0], ": listConversations ") {
		t.Errorf("notes: %q", notes)
	}
	_, again := drawn(1)
	_, other := drawn(2)
	if !maps.Equal(requests, again) || maps.Equal(requests, other) {
		t.Errorf("seed 1: %v, again %v; seed 2: %v", requests, again, other)
	}
}
