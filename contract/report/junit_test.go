package report_test

import (
	"strings"
	"testing"
	"time"

	"example.com/awalmock/contract/report"
	"example.com/awalmock/contract/suite"
)

// A CI server must not show as excused what ends the run with 1.
func TestAFailureOfTheBaselineIsSkippedInJUnitUntilItsLastDay(t *testing.T) {
	t.Parallel()
	for expires, want := range map[string]string{"2026-03-01": `<skipped message="known until 2026-03-01: ticket 7">`, "2026-02-28": `<failure message="FAIL: broken">`} {
		r := suite.Report{Started: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), Cases: []suite.CaseResult{{
			ID: "LIST-ORDER", Outcome: suite.Fail, Findings: []suite.Finding{{Text: "broken"}}, Known: &suite.Known{ID: "LIST-ORDER", Reason: "ticket 7", Expires: expires},
		}}}
		var out strings.Builder
		if err := report.JUnit(&out, &r); err != nil || !strings.Contains(out.String(), want) {
			t.Errorf("until %s: no %s (%v) in\n%s", expires, want, err, out.String())
		}
	}
}
