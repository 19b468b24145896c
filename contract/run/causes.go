package run

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/awalmock/contract/judge"
)

// A CauseReport groups failed cases that probably have the same cause, since one fault of a target fails many cases.
type CauseReport struct {
	Text  string   `json:"text"`
	Cases []string `json:"cases"` // ids; the first one shows it best
}

// causes groups the cases that failed, without those that the baseline excuses, the largest group first.
func causes(cases []CaseResult, now time.Time) []CauseReport {
	out := []CauseReport{}
	for _, c := range cases {
		if c.Outcome != judge.Fail || len(c.Findings) == 0 || c.Excused(now) {
			continue
		}
		text := likelyCause(c)
		i := slices.IndexFunc(out, func(g CauseReport) bool { return g.Text == text })
		if i < 0 {
			i = len(out)
			out = append(out, CauseReport{Text: text})
		}
		out[i].Cases = append(out[i].Cases, c.ID)
	}
	slices.SortStableFunc(out, func(a, b CauseReport) int { return len(b.Cases) - len(a.Cases) })
	return out
}

func likelyCause(c CaseResult) string {
	f, status := c.Findings[0], 0
	if n := len(f.Exchanges); n > 0 {
		status = f.Exchanges[n-1].Status
	}
	authentication := strings.HasPrefix(c.Requirement, "AUTH-") || strings.HasPrefix(c.Requirement, "ISOLATION-") && strings.Contains(f.Text, "sign")
	switch {
	case status >= 500:
		return "the target answers with server errors"
	case authentication && status >= 200 && status < 300:
		return "requests that are not rightly signed are accepted"
	case authentication && (status == 401 || status == 403):
		return "rightly signed requests are refused"
	case f.Contract.Pointer != "" && strings.HasPrefix(f.Contract.Pointer, "/components/schemas/"):
		return "answers break " + f.Contract.Pointer
	}
	return fmt.Sprintf("%s does not hold", c.Requirement)
}
