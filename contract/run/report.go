package run

import (
	"time"

	"example.com/awalmock"
	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
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
	Version      int                   `json:"version"`
	Verdict      string                `json:"verdict"`
	ExitCode     int                   `json:"exit_code"`
	Why          []string              `json:"why"` // what led to the verdict, in words
	Tool         ToolReport            `json:"tool"`
	Target       TargetReport          `json:"target"`
	Contract     ContractReport        `json:"contract"`
	Settings     SettingsReport        `json:"settings"`
	Counts       map[judge.Outcome]int `json:"counts"` // of cases
	Requirements []RequirementReport   `json:"requirements"`
	Cases        []CaseResult          `json:"cases"`
	Causes       []CauseReport         `json:"causes"`  // of the failures, the one with the most cases first
	Missing      int                   `json:"missing"` // cases that were selected and have no result
	Coverage     []OperationCoverage   `json:"coverage"`
	Notes        []string              `json:"notes"`
	Since        *SinceReport          `json:"since,omitempty"` // compared with an earlier run, if one was given
	Started      time.Time             `json:"started"`
	Seconds      float64               `json:"seconds"`
	Requests     int                   `json:"requests"`

	Late []string `json:"-"` // cases whose breach was seen after they were over
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
	return ToolReport{Name: exchange.ToolName, Version: b.Version, Commit: b.Commit, Go: b.Go}
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

// A RequirementReport is a requirement with the worst outcome of its cases.
type RequirementReport struct {
	document.Requirement
	Outcome judge.Outcome `json:"outcome"`
	Cases   []string      `json:"cases"`
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
