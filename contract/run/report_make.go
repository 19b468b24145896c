package run

import (
	"fmt"
	"strings"
	"time"

	"example.com/awalmock/contract/judge"
)

func (c *Config) settings() SettingsReport {
	return SettingsReport{
		Profile: c.Profile, Strict: c.Strict, AllowUnverified: c.AllowUnverified, Capabilities: c.allClaimed(), Seed: c.Seed,
		Only: NonNil(c.Only), Skip: c.Skip, Operations: c.Operations, Tags: c.Tags, Include: c.Include, Exclude: c.Exclude,
	}
}

// Report judges the exchanges that were recorded after the cases of the rules, and makes the report of the run.
func (s *Session) Report() Report {
	r := Report{
		Version: ReportVersion, Tool: tool(), Started: s.Began.UTC(), Seconds: time.Since(s.Began).Seconds(), Counts: map[judge.Outcome]int{},
		Contract: ContractReport{s.Document.Name, s.Document.Title, s.Document.Version, s.Document.SHA256},
		Settings: s.Config.settings(), Notes: []string{},
	}
	if s.Target != nil {
		s.reportTarget(&r)
	}
	s.reportCases(&r)
	r.Requirements, r.Causes = s.requirements(r.Cases), causes(r.Cases, s.Began)
	s.decide(&r)
	return r
}

// reportTarget adds the target, the coverage and the notes.
func (s *Session) reportTarget(r *Report) {
	r.Target = TargetReport{s.Target.Base.String(), s.Target.First.Domain, s.Target.First.ClientID, s.Target.First.PhoneNumberID, SignedPathRelative}
	if s.Target.FullPath {
		r.Target.SignedPath = SignedPathFull
	}
	r.Late = s.judgeLate()
	s.masker = s.Client.Masker()
	r.Requests, _ = s.Client.Requests()
	r.Coverage = s.coverage()
	r.Notes = append(r.Notes, s.networkNotes()...)
	if len(s.leftOutNotes) > 0 {
		r.Notes = append(r.Notes, "derived requests left out, chosen by the seed, so that the run fits into the rate limit: "+strings.Join(s.leftOutNotes, ", "))
	}
	if s.Processes > 1 {
		r.Notes = append(r.Notes, fmt.Sprintf("%d processes shared the cases; requests and coverage are those of the first one", s.Processes))
	}
}

// reportCases adds the result of each selected case, and counts those without one.
func (s *Session) reportCases(r *Report) {
	r.Missing = s.interruptedCases
	s.endedEarly = s.endedEarly || s.interruptedCases > 0
	for _, c := range s.Selected {
		result, ran := s.Results[c.ID]
		if !ran {
			r.Missing++
			if !s.endedEarly { // Ginkgo ended early, or was told to run others
				continue
			}
			result = s.EmptyResult(c)
			result.Outcome, result.Reason = judge.Unverified, endedBefore
		}
		if result.Reason == endedBefore {
			result.Reason = s.endReason()
		}
		result.newFirst()
		result.Known = s.known(c, &result)
		for i := range result.Findings {
			s.Explain(&result.Findings[i], c)
		}
		result.Reason = s.masker.Replace(result.Reason)
		r.Cases = append(r.Cases, result)
		r.Counts[result.Outcome]++
	}
}

func NonNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// ranOut reports whether the time of the run was used up before each case had a result.
func (s *Session) ranOut() bool { return (s.endedEarly || s.interruptedCases > 0) && !s.halted.Load() }

// judgeLate adds findings of rules about exchanges that were recorded after the case of the rule: Ginkgo may run the specs in another order.
func (s *Session) judgeLate() (late []string) {
	for _, c := range s.Selected {
		if c.Rule == nil {
			continue
		}
		applied, found, more := s.Collect(c)
		if s.AddLate(c.ID, applied, found, more) {
			late = append(late, c.ID)
		}
	}
	return late
}

// AddLate adds findings to the result of a rule, and reports whether the rule fails because of them. If the time-out came before the case of the rule, the
// findings alone make a result: without findings the rule has none, since no finding would not mean that it holds.
func (s *Session) AddLate(id string, applied bool, found []judge.Finding, more int) (fails bool) {
	result, ran := s.Results[id]
	if !ran && s.ranOut() && len(found) > 0 && s.skips(s.CaseOf(id)) == "" {
		result, ran = s.EmptyResult(s.CaseOf(id)), true
	}
	if !ran || result.Outcome == judge.Error || result.Outcome == judge.Skipped {
		return false
	}
	result.MoreFound += more
	for _, f := range found {
		if !judge.Keep(&result.Findings, f) {
			result.MoreFound++
		}
	}
	before := result.Outcome
	if len(found) > 0 || applied && before == judge.Unverified {
		result.Outcome, result.Reason = s.outcome(result.Findings), ""
	}
	s.Results[id] = result
	return result.Outcome == judge.Fail && before != judge.Fail
}
