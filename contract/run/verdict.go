package run

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/judge"
)

// severity orders outcomes, the worst last. A requirement has the worst of its cases' outcomes.
func severity(o judge.Outcome) int {
	return slices.Index([]judge.Outcome{judge.Skipped, judge.Pass, judge.Unverified, judge.Warn, judge.Error, judge.Fail}, o)
}

func (s *Session) requirements(cases []CaseResult) []RequirementReport {
	out := []RequirementReport{}
	for _, r := range s.Document.Requirements {
		report := RequirementReport{Requirement: *r, Outcome: judge.Skipped, Cases: []string{}}
		report.Operations = NonNil(report.Operations)
		for _, c := range cases {
			if c.Requirement == r.ID {
				report.Cases = append(report.Cases, c.ID)
				if severity(c.Outcome) > severity(report.Outcome) {
					report.Outcome = c.Outcome
				}
			}
		}
		if len(report.Cases) > 0 || s.Config.selectsAll() {
			out = append(out, report)
		}
	}
	return out
}

// decide sets the verdict, the exit code and the reasons.
func (s *Session) decide(r *Report) {
	var broken, failed, unverified []string
	for _, c := range r.Cases {
		switch {
		case c.Excused(s.Began):
		case c.Known != nil && c.Outcome == judge.Fail:
			broken = append(broken, fmt.Sprintf("%s still fails, but its entry in the baseline expired on %s", c.ID, c.Known.Expires))
		case c.Outcome == judge.Fail:
			broken = append(broken, fmt.Sprintf("%s (%s) is broken: %s", c.ID, c.Level, c.Headline()))
		case c.Outcome == judge.Error:
			failed = append(failed, fmt.Sprintf("%s could not be checked: %s", c.ID, c.Reason))
		case c.Outcome == judge.Unverified && c.Level == document.Must:
			unverified = append(unverified, fmt.Sprintf("%s could not be checked: %s", c.ID, c.Reason))
		}
	}
	broken = append(broken, s.outOfDate(r.Cases)...)
	if len(broken) > 0 && r.Missing > 0 && s.endedEarly && !s.interrupted.Load() {
		broken = append(broken, s.ended(r.Missing))
	}
	if why := s.health.why.Load(); why != nil && len(broken) > 0 {
		r.Notes = append([]string{*why}, r.Notes...)
	}
	switch {
	case r.Missing > 0 && s.interrupted.Load():
		r.Verdict, r.ExitCode, r.Why = VerdictError, 2, append([]string{s.ended(r.Missing), s.notChecked(r.Cases)}, broken...)
	case len(broken) > 0:
		r.Verdict, r.ExitCode, r.Why = VerdictFail, 1, broken
	case r.Missing > 0 && s.endedEarly:
		r.Verdict, r.ExitCode, r.Why = VerdictError, 2, []string{s.ended(r.Missing)}
	case s.health.why.Load() != nil:
		r.Verdict, r.ExitCode, r.Why = VerdictError, 2, []string{*s.health.why.Load()}
	case len(failed) > 0:
		r.Verdict, r.ExitCode, r.Why = VerdictError, 2, failed
	case len(r.Cases) == 0:
		r.Verdict, r.ExitCode, r.Why = VerdictError, 2, []string{"no case was run"}
	case r.Missing > 0:
		share := fmt.Sprintf("%d of %d selected cases have no result: Ginkgo was told to run others, or ended before them", r.Missing, len(s.Selected))
		r.Verdict, r.ExitCode, r.Why = VerdictUnverified, 3, append([]string{share}, unverified...)
	case len(unverified) > 0 && !s.Config.AllowUnverified:
		r.Verdict, r.ExitCode, r.Why = VerdictUnverified, 3, unverified
	default:
		r.Verdict, r.ExitCode, r.Why = VerdictPass, 0, NonNil(unverified)
	}
}

const (
	endedBefore = "needs more time: the run ended before"
	stopped     = "needs the run to go on: it was interrupted"
	failedFast  = "needs the run to go on: it ended at the first failure (--fail-fast)"
)

// endReason is why a case has no result.
func (s *Session) endReason() string {
	switch {
	case s.halted.Load():
		return failedFast
	case s.interrupted.Load():
		return stopped
	}
	return endedBefore
}

const namesShown = 12 // of requirements, in one line

// notChecked names the requirements of cases that were interrupted.
func (s *Session) notChecked(cases []CaseResult) string {
	var names []string
	for _, c := range cases {
		if c.Outcome == judge.Unverified && c.Reason == stopped && !slices.Contains(names, c.Requirement) {
			names = append(names, c.Requirement)
		}
	}
	text := "not checked: " + strings.Join(names[:min(len(names), namesShown)], ", ")
	if more := len(names) - namesShown; more > 0 {
		text += fmt.Sprintf(" and %d more requirements", more)
	}
	return text
}

// ended is the line that says why some cases have no result.
func (s *Session) ended(missing int) string {
	all := len(s.Selected)
	skipped := 0
	for _, c := range s.Selected {
		if s.skips(c) != "" {
			skipped++
		}
	}
	if s.halted.Load() {
		return fmt.Sprintf("the run ended at the first failure (--fail-fast), after %d of %d cases", all-missing, all)
	}
	if s.interrupted.Load() {
		return fmt.Sprintf("the run was interrupted after %d of %d cases", all-missing, all)
	}
	if all-missing-skipped < (all-skipped)/10 {
		return fmt.Sprintf("the time is used up after %d of %d cases: raise --timeout (it was %s)", all-missing, all, s.Config.Timeout)
	}
	return fmt.Sprintf("the time is used up after %d of %d cases: raise --timeout (it was %s, and the run needs about %s)", all-missing, all, s.Config.Timeout, needed(time.Since(s.Began), all-missing-skipped, all-skipped))
}

// needed estimates how long all cases take, from the time that a part of them took, rounded up to whole seconds.
func needed(took time.Duration, done, all int) time.Duration {
	estimate := time.Duration(float64(took) * float64(all) / float64(max(1, done)) * 1.3)
	return (estimate + time.Second - 1).Truncate(time.Second)
}
