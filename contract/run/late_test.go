package run

import (
	"net/http"
	"testing"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
)

// A rule has its turn last: where the time is used up before, only what was recorded is left to judge.
func TestARuleWithoutATurnIsJudgedByWhatWasRecordedIfTheTimeIsUsedUp(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status  int
		usedUp  bool
		outcome judge.Outcome // "" for no result
	}{
		"a server error":                         {http.StatusInternalServerError, true, judge.Fail},
		"no server error":                        {http.StatusOK, true, ""},
		"a server error, and others were chosen": {http.StatusInternalServerError, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rule := RuleCase(judge.HTTPRules()[0])
			s, err := NewSession(Config{}, only(rule))
			if err != nil {
				t.Fatal(err)
			}
			s.endedEarly = test.usedUp
			s.judge(&exchange.Exchange{Request: &exchange.Request{Op: s.Document.Operation(document.ListConversations)}, Status: test.status})
			s.judgeLate()
			if got := s.Results[rule.ID]; got.Outcome != test.outcome || test.outcome == judge.Fail && (got.ID != rule.ID || len(got.Findings) != 1) {
				t.Errorf("%q with %d findings, want %q", got.Outcome, len(got.Findings), test.outcome)
			}
		})
	}
}
