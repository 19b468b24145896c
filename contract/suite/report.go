package suite

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/awalmock"
)

// ReportVersion is the version of the report's form; it changes when a reader of the old form would misread the new one.
const ReportVersion = 1

// Verdicts of a run.
const (
	VerdictPass       = "PASS"       // every MUST was checked and holds
	VerdictFail       = "FAIL"       // a MUST is broken, or a SHOULD under Strict, or the baseline is out of date
	VerdictError      = "ERROR"      // nothing is known to be broken, but the suite or the network failed
	VerdictUnverified = "UNVERIFIED" // nothing is broken, but some MUST could not be checked
)

// A Report is what a run found out. docs/report.md describes its JSON form.
type Report struct {
	Version      int                 `json:"version"`
	Verdict      string              `json:"verdict"`
	ExitCode     int                 `json:"exit_code"`
	Why          []string            `json:"why"` // what led to the verdict, in words
	Tool         ToolReport          `json:"tool"`
	Target       TargetReport        `json:"target"`
	Contract     ContractReport      `json:"contract"`
	Settings     SettingsReport      `json:"settings"`
	Counts       map[Outcome]int     `json:"counts"` // of cases
	Requirements []RequirementReport `json:"requirements"`
	Cases        []CaseResult        `json:"cases"`
	Causes       []CauseReport       `json:"causes"`  // of the failures, the one with the most cases first
	Missing      int                 `json:"missing"` // cases that were selected and have no result
	Coverage     []OperationCoverage `json:"coverage"`
	Notes        []string            `json:"notes"`
	Started      time.Time           `json:"started"`
	Seconds      float64             `json:"seconds"`
	Requests     int                 `json:"requests"`

	late []string // cases whose breach was seen after they were over
}

// A ToolReport says which build of this suite checked.
type ToolReport struct {
	Name    string `json:"name"`
	Version string `json:"version"` // devel: the go command did not record one
	Commit  string `json:"commit"`  // unknown: likewise
	Go      string `json:"go"`
}

func tool() ToolReport {
	b := awalmock.ReadBuild()
	return ToolReport{Name: toolName, Version: b.Version, Commit: b.Commit, Go: b.Go}
}

// A TargetReport says what was checked.
type TargetReport struct {
	BaseURL       string `json:"base_url"`
	Domain        string `json:"domain"`
	ClientID      string `json:"client_id"`
	PhoneNumberID string `json:"phone_number_id"`
	SignedPath    string `json:"signed_path"` // relative or full, as the target accepts it
}

// A ContractReport says what it was checked against.
type ContractReport struct {
	File    string `json:"file"`
	Title   string `json:"title"`
	Version string `json:"version"`
	SHA256  string `json:"sha256"`
}

// A SettingsReport says how.
type SettingsReport struct {
	Profile         string   `json:"profile"`
	Strict          bool     `json:"strict"`
	AllowUnverified bool     `json:"allow_unverified"`
	Capabilities    []string `json:"capabilities"`
	Only            []string `json:"only"`
	Skip            []string `json:"skip,omitempty"`
	Operations      []string `json:"operations,omitempty"`
	Tags            []string `json:"tags,omitempty"`
	Include         string   `json:"include,omitempty"`
	Exclude         string   `json:"exclude,omitempty"`
	Seed            int64    `json:"seed"`
}

func (c *Config) settings() SettingsReport {
	return SettingsReport{
		Profile: c.Profile, Strict: c.Strict, AllowUnverified: c.AllowUnverified, Capabilities: noNil(c.Capabilities), Seed: c.Seed,
		Only: noNil(c.Only), Skip: c.Skip, Operations: c.Operations, Tags: c.Tags, Include: c.Include, Exclude: c.Exclude,
	}
}

// A RequirementReport is a requirement with the worst outcome of its cases.
type RequirementReport struct {
	Requirement
	Outcome Outcome  `json:"outcome"`
	Cases   []string `json:"cases"`
}

// An OperationCoverage says what the run has seen of an operation.
type OperationCoverage struct {
	Operation  string              `json:"operation"`
	Method     string              `json:"method"`
	Path       string              `json:"path"`
	Requests   int                 `json:"requests"`
	Statuses   []StatusCoverage    `json:"statuses"`
	Parameters []ParameterCoverage `json:"parameters"`
}

// A StatusCoverage counts the answers with a documented status.
type StatusCoverage struct {
	Status  int `json:"status"`
	Answers int `json:"answers"`
}

// A ParameterCoverage counts the requests that used a parameter as documented, not as documented, or left out although it is required.
type ParameterCoverage struct {
	Name    string `json:"name"`
	In      string `json:"in"`
	Valid   int    `json:"valid"`
	Invalid int    `json:"invalid"`
	Missing int    `json:"missing"`
}

// report judges what came after the rules' own cases, and sums up the run.
func (s *session) report() Report {
	r := Report{
		Version: ReportVersion, Tool: tool(), Started: s.began.UTC(), Seconds: time.Since(s.began).Seconds(), Counts: map[Outcome]int{},
		Contract: ContractReport{s.contract.name, s.contract.title, s.contract.version, s.contract.sha256},
		Settings: s.cfg.settings(), Notes: []string{},
	}
	if s.target != nil {
		r.Target = TargetReport{s.target.base.String(), s.target.first.Domain, s.target.first.ClientID, s.target.first.PhoneNumberID, SignedPathRelative}
		if s.target.fullPath {
			r.Target.SignedPath = SignedPathFull
		}
		r.late = s.judgeLate()
		s.hide = s.client.hideAll()
		r.Requests, _ = s.client.requests()
		r.Coverage = s.coverage()
		r.Notes = append(r.Notes, s.networkNotes()...)
		if s.shares > 1 {
			r.Notes = append(r.Notes, fmt.Sprintf("%d processes shared the cases; requests and coverage are those of the first one", s.shares))
		}
	}
	missing := s.cutOff
	s.lateUp = s.lateUp || s.cutOff > 0
	for _, c := range s.selected {
		result, ran := s.results[c.id]
		if !ran && !s.lateUp {
			missing++ // Ginkgo ended early, or was told to run others
			continue
		}
		if !ran {
			missing++
			result = s.blank(c)
			result.Outcome, result.Reason = Unverified, endedBefore
		}
		result.newFirst()
		result.Known = s.known(c, &result)
		for i := range result.Findings {
			s.explain(&result.Findings[i], c)
		}
		result.Reason = s.hide.Replace(result.Reason)
		r.Cases = append(r.Cases, result)
		r.Counts[result.Outcome]++
	}
	r.Requirements = s.requirements(r.Cases)
	r.Missing, r.Causes = missing, causes(r.Cases, s.began)
	s.decide(&r)
	return r
}

func noNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// judgeLate adds what the rules said after their cases were over: where Ginkgo runs the specs in another order, or after a check that ran alone.
func (s *session) judgeLate() (late []string) {
	for _, c := range s.selected {
		if c.rule == nil {
			continue
		}
		applied, found, more := s.collect(c)
		if s.addLate(c.id, applied, found, more) {
			late = append(late, c.id)
		}
	}
	return late
}

// addLate adds findings to the result of a rule, and reports whether it fails for them.
func (s *session) addLate(id string, applied bool, found []Finding, more int) (fails bool) {
	result, ran := s.results[id]
	if !ran || result.Outcome == Error || result.Outcome == Skipped {
		return false
	}
	result.MoreFound += more
	for _, f := range found {
		if !keepFinding(&result.Findings, f) {
			result.MoreFound++
		}
	}
	before := result.Outcome
	if len(found) > 0 || applied && before == Unverified {
		result.Outcome, result.Reason = s.outcome(result.Findings), ""
	}
	s.results[id] = result
	return result.Outcome == Fail && before != Fail
}

// explain adds what a reader needs to reproduce a finding.
func (s *session) explain(f *Finding, c *check) {
	if f.Rerun != "" {
		return // by another process
	}
	f.Text, f.Expected, f.Actual = s.hide.Replace(f.Text), s.hide.Replace(f.Expected), s.hide.Replace(f.Actual)
	f.Exchanges = nil
	for _, e := range f.exchanges {
		if e != nil {
			f.Exchanges = append(f.Exchanges, e.show(s.target, s.hide))
		}
	}
	f.Rerun = s.hide.Replace(s.rerun(c))
}

// rerun is the command that checks a requirement again. Secrets come from the environment.
func (s *session) rerun(c *check) string {
	line := fmt.Sprintf("%s --only %s --seed %d", s.command(), c.requirement, s.cfg.Seed)
	if c.capability != "" {
		line += " --capability " + c.capability
	}
	switch {
	case s.cfg.Command != "": // which knows the target
	case c.capability == CapabilitySend, c.capability == CapabilityTickets:
		line += " --send-to " + strings.Join(s.cfg.SendTo, ",")
	case c.capability == CapabilitySecondClient:
		line += fmt.Sprintf(" --second-domain %s --second-client-id %s --second-phone-number-id %s", quote(s.cfg.Second.Domain), quote(s.cfg.Second.ClientID), quote(s.cfg.Second.PhoneNumberID))
	case c.capability == CapabilityControl && s.cfg.ControlURL != "":
		line += " --control-url " + quote(s.cfg.ControlURL)
	}
	if !s.contract.own {
		line += " --spec " + quote(s.contract.name)
	}
	if s.cfg.Insecure {
		line += " --insecure"
	}
	if s.cfg.Strict {
		line += " --strict"
	}
	return line
}

func (s *session) command() string {
	if s.cfg.Command != "" {
		return s.cfg.Command
	}
	return fmt.Sprintf("%s --base-url %s --domain %s --client-id %s --phone-number-id %s",
		cmp.Or(s.cfg.Program, "go run ./contract"), quote(s.target.base.String()), quote(s.target.first.Domain), quote(s.target.first.ClientID), quote(s.target.first.PhoneNumberID))
}

// severity orders outcomes, the worst last. A requirement has the worst of its cases' outcomes.
func severity(o Outcome) int {
	return slices.Index([]Outcome{Skipped, Pass, Unverified, Warn, Error, Fail}, o)
}

func (s *session) requirements(cases []CaseResult) []RequirementReport {
	out := []RequirementReport{}
	for _, r := range s.contract.requirements {
		report := RequirementReport{Requirement: *r, Outcome: Skipped, Cases: []string{}}
		report.Operations = noNil(report.Operations)
		for _, c := range cases {
			if c.Requirement == r.ID {
				report.Cases = append(report.Cases, c.ID)
				if severity(c.Outcome) > severity(report.Outcome) {
					report.Outcome = c.Outcome
				}
			}
		}
		if len(report.Cases) > 0 || s.cfg.selectsAll() {
			out = append(out, report)
		}
	}
	return out
}

// decide finds the verdict and what led to it.
func (s *session) decide(r *Report) {
	var broken, failed, unverified []string
	for _, c := range r.Cases {
		switch {
		case c.Excused(s.began):
		case c.Known != nil && c.Outcome == Fail:
			broken = append(broken, fmt.Sprintf("%s still fails, but its entry in the baseline expired on %s", c.ID, c.Known.Expires))
		case c.Outcome == Fail:
			broken = append(broken, fmt.Sprintf("%s (%s) is broken: %s", c.ID, c.Level, c.Headline()))
		case c.Outcome == Error:
			failed = append(failed, fmt.Sprintf("%s could not be checked: %s", c.ID, c.Reason))
		case c.Outcome == Unverified && c.Level == Must:
			unverified = append(unverified, fmt.Sprintf("%s could not be checked: %s", c.ID, c.Reason))
		}
	}
	broken = append(broken, s.outOfDate(r.Cases)...)
	if len(broken) > 0 && r.Missing > 0 && s.lateUp {
		broken = append(broken, s.ended(r.Missing))
	}
	switch {
	case len(broken) > 0:
		r.Verdict, r.ExitCode, r.Why = VerdictFail, 1, broken
	case r.Missing > 0 && s.lateUp:
		r.Verdict, r.ExitCode, r.Why = VerdictError, 2, []string{s.ended(r.Missing)}
	case len(failed) > 0:
		r.Verdict, r.ExitCode, r.Why = VerdictError, 2, failed
	case len(r.Cases) == 0:
		r.Verdict, r.ExitCode, r.Why = VerdictError, 2, []string{"no case was run"}
	case r.Missing > 0:
		share := fmt.Sprintf("%d of %d selected cases have no result: Ginkgo was told to run others, or ended before them", r.Missing, len(s.selected))
		r.Verdict, r.ExitCode, r.Why = VerdictUnverified, 3, append([]string{share}, unverified...)
	case len(unverified) > 0 && !s.cfg.AllowUnverified:
		r.Verdict, r.ExitCode, r.Why = VerdictUnverified, 3, unverified
	default:
		r.Verdict, r.ExitCode, r.Why = VerdictPass, 0, noNil(unverified)
	}
}

const endedBefore = "needs more time: the run ended before"

// ended says in one line why some cases have no result.
func (s *session) ended(missing int) string {
	all := len(s.selected)
	if s.interrupted {
		return fmt.Sprintf("the run was interrupted after %d of %d cases", all-missing, all)
	}
	if all-missing < all/10 {
		return fmt.Sprintf("the time is used up after %d of %d cases: raise --timeout (it was %s)", all-missing, all, s.cfg.Timeout)
	}
	return fmt.Sprintf("the time is used up after %d of %d cases: raise --timeout (it was %s, and the run needs about %s)", all-missing, all, s.cfg.Timeout, needed(time.Since(s.began), all-missing, all))
}

// needed estimates from a part of the cases how long all of them take, in whole seconds and rounded up.
func needed(took time.Duration, done, all int) time.Duration {
	estimate := time.Duration(float64(took) * float64(all) / float64(max(1, done)) * 1.3)
	return (estimate + time.Second - 1).Truncate(time.Second)
}

func (s *session) networkNotes() (notes []string) {
	waited, failed, cut, broken := 0, 0, 0, 0
	all := s.client.exchanges()
	for _, e := range all {
		if e.status >= 500 && !e.request.fault {
			broken++
		}
		switch {
		case e.tooLarge:
			cut++
		case e.retried && e.err != nil:
			failed++
		case e.retried:
			waited++
		}
	}
	if broken > 0 {
		notes = append(notes, fmt.Sprintf("%d of %d requests were answered with a 5xx", broken, len(all)))
	}
	if cut > 0 {
		notes = append(notes, fmt.Sprintf("%d answers were longer than the suite reads (--max-body %d MiB) and were cut: what they say was not judged", cut, s.cfg.MaxBody>>20))
	}
	if failed > 0 {
		notes = append(notes, fmt.Sprintf("%d requests were made again, since the connection failed", failed))
	}
	if waited > 0 {
		notes = append(notes, fmt.Sprintf("%d requests were made again after a 429", waited))
	}
	return notes
}

func (s *session) coverage() []OperationCoverage {
	_, perOperation := s.client.requests()
	var out []OperationCoverage
	for _, op := range s.contract.operations {
		c := OperationCoverage{Operation: op.id, Method: op.method, Path: op.path, Requests: perOperation[op.id], Statuses: []StatusCoverage{}, Parameters: []ParameterCoverage{}}
		for _, status := range op.statuses() {
			c.Statuses = append(c.Statuses, StatusCoverage{Status: status})
		}
		for _, p := range op.parameters {
			c.Parameters = append(c.Parameters, ParameterCoverage{Name: p.name, In: p.in})
		}
		for _, e := range s.client.exchanges() {
			if e.request.op == op && e.request.method == op.method {
				c.add(e)
			}
		}
		out = append(out, c)
	}
	return out
}

func (c *OperationCoverage) add(e *exchange) {
	for i := range c.Statuses {
		if c.Statuses[i].Status == e.status {
			c.Statuses[i].Answers++
		}
	}
	for i := range c.Parameters {
		p := &c.Parameters[i]
		how, used := e.request.about[p.Name]
		if _, sent := e.request.header[p.Name]; p.In == "header" && sent {
			how, used = useValid, true
		}
		switch {
		case !used:
		case how == useValid:
			p.Valid++
		case how == useInvalid:
			p.Invalid++
		case how == useMissing:
			p.Missing++
		}
	}
}
