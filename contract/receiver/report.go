package receiver

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"example.com/awalmock"
	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/run"
)

// blank is a report without a case.
func blank(cfg *Config, began time.Time) run.Report {
	build := awalmock.ReadBuild()
	return run.Report{
		Version: run.ReportVersion, Tool: run.ToolReport{Name: exchange.ToolName, Version: build.Version, Commit: build.Commit, Go: build.Go},
		Target: run.TargetReport{BaseURL: exchange.Masker(cfg.Secret).Replace(cfg.URL), SignedPath: run.SignedPathFull}, Contract: run.ContractReport{File: cmp.Or(cfg.SpecName, "openapi.yaml")},
		Settings: run.SettingsReport{Profile: "receiver", Strict: cfg.Strict, AllowUnverified: cfg.AllowUnverified, Capabilities: []string{}, Only: run.NonNil(cfg.Only), Skip: cfg.Skip},
		Counts:   map[judge.Outcome]int{}, Requirements: []run.RequirementReport{}, Cases: []run.CaseResult{}, Causes: []run.CauseReport{}, Coverage: []run.OperationCoverage{}, Notes: []string{},
		Started: began.UTC(), Seconds: time.Since(began).Seconds(),
	}
}

// unchecked is the report of a run that could not begin.
func unchecked(cfg *Config, doc *document.Document, began time.Time, err error) run.Report {
	out := blank(cfg, began)
	if doc != nil {
		out.Contract = contractOf(doc)
	}
	out.Verdict, out.ExitCode, out.Why = run.VerdictError, 2, []string{exchange.Masker(cfg.Secret).Replace(err.Error())}
	return out
}

func contractOf(doc *document.Document) run.ContractReport {
	return run.ContractReport{File: doc.Name, Title: doc.Title, Version: doc.Version, SHA256: doc.SHA256}
}

// report sums up the run.
func (r *runner) report(results []run.CaseResult, began time.Time, interrupted bool) run.Report {
	out := blank(&r.cfg, began)
	out.Contract, out.Cases, out.Requests = contractOf(r.doc), results, len(r.client.answers())
	for _, c := range results {
		out.Counts[c.Outcome]++
	}
	out.Requirements, out.Causes, out.Coverage = r.requirementReports(results), causes(results), r.coverage()
	out.Notes = append(out.Notes, "the form of the signature, of the timestamp and of the event's id is inferred: the vendor's page breaks off before it says them")
	if r.cfg.EffectsURL == "" {
		out.Notes = append(out.Notes, "what an event has done was not looked at: give --effects-url")
	}
	decide(&out, r.cfg.AllowUnverified, interrupted)
	return out
}

// requirementReports are the requirements that were asked for, each with the worst outcome of its cases.
func (r *runner) requirementReports(results []run.CaseResult) []run.RequirementReport {
	worse := []judge.Outcome{judge.Skipped, judge.Pass, judge.Unverified, judge.Warn, judge.Error, judge.Fail}
	out := []run.RequirementReport{}
	for _, requirement := range r.rules {
		report := run.RequirementReport{Requirement: requirement, Outcome: judge.Skipped, Cases: []string{}}
		for _, c := range results {
			if c.Requirement == requirement.ID {
				report.Cases = append(report.Cases, c.ID)
				report.Outcome = worse[max(slices.Index(worse, report.Outcome), slices.Index(worse, c.Outcome))]
			}
		}
		if len(report.Cases) > 0 {
			out = append(out, report)
		}
	}
	return out
}

// causes groups the cases that failed by their requirement, the largest group first.
func causes(results []run.CaseResult) []run.CauseReport {
	out := []run.CauseReport{}
	for _, c := range results {
		if c.Outcome != judge.Fail {
			continue
		}
		text := c.Requirement + " does not hold"
		i := slices.IndexFunc(out, func(g run.CauseReport) bool { return g.Text == text })
		if i < 0 {
			i = len(out)
			out = append(out, run.CauseReport{Text: text})
		}
		out[i].Cases = append(out[i].Cases, c.ID)
	}
	slices.SortStableFunc(out, func(a, b run.CauseReport) int { return len(b.Cases) - len(a.Cases) })
	return out
}

// coverage counts, for each webhook of the contract, what was sent and how often it was answered with 200.
func (r *runner) coverage() []run.OperationCoverage {
	out := []run.OperationCoverage{}
	for _, w := range r.generator.webhooks {
		sent, answered := 0, 0
		for _, a := range r.client.answers() {
			if a.sent.webhook == w.Name {
				sent++
				if a.status == 200 {
					answered++
				}
			}
		}
		out = append(out, run.OperationCoverage{
			Operation: w.Operation, Method: "POST", Path: w.Name, Requests: sent, Statuses: []run.StatusCoverage{{Status: 200, Answers: answered}}, Parameters: []run.ParameterCoverage{},
		})
	}
	return out
}

// decide finds the verdict and what led to it, as of a server: a SHOULD that could not be checked never counts.
func decide(r *run.Report, allowUnverified, interrupted bool) {
	var broken, unverified []string
	for _, c := range r.Cases {
		switch {
		case c.Outcome == judge.Fail:
			broken = append(broken, fmt.Sprintf("%s (%s) is broken: %s", c.ID, c.Level, c.Headline()))
		case c.Outcome == judge.Unverified && c.Level == document.Must:
			unverified = append(unverified, fmt.Sprintf("%s could not be checked: %s", c.ID, c.Reason))
		}
	}
	switch {
	case interrupted:
		r.Verdict, r.ExitCode, r.Why = run.VerdictError, 2, append([]string{"the run was interrupted"}, broken...)
	case len(broken) > 0:
		r.Verdict, r.ExitCode, r.Why = run.VerdictFail, 1, broken
	case len(unverified) > 0 && !allowUnverified:
		r.Verdict, r.ExitCode, r.Why = run.VerdictUnverified, 3, unverified
	default:
		r.Verdict, r.ExitCode, r.Why = run.VerdictPass, 0, run.NonNil(unverified)
	}
}
