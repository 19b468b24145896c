package report

import (
	"fmt"
	"io"

	"example.com/awalmock/contract/suite"
)

const sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool        sarifTool         `json:"tool"`
	Invocations []sarifInvocation `json:"invocations"`
	Results     []sarifResult     `json:"results"`
	Properties  map[string]any    `json:"properties"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name    string      `json:"name"`
	Version string      `json:"version"`
	Rules   []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID       string        `json:"id"`
	Short    sarifMessage  `json:"shortDescription"`
	Defaults sarifDefaults `json:"defaultConfiguration"`
}

type sarifDefaults struct {
	Level string `json:"level"`
}

type sarifInvocation struct {
	Successful    bool                `json:"executionSuccessful"`
	ExitCode      int                 `json:"exitCode"`
	Started       string              `json:"startTimeUtc"`
	Notifications []sarifNotification `json:"toolExecutionNotifications,omitempty"`
}

type sarifNotification struct {
	Level   string       `json:"level"`
	Message sarifMessage `json:"message"`
}

type sarifMessage struct {
	Text string `json:"text"`
}

type sarifResult struct {
	RuleID       string             `json:"ruleId"`
	RuleIndex    int                `json:"ruleIndex"`
	Level        string             `json:"level"`
	Message      sarifMessage       `json:"message"`
	Locations    []sarifLocation    `json:"locations"`
	Fingerprints map[string]string  `json:"partialFingerprints"`
	Suppressions []sarifSuppression `json:"suppressions,omitempty"`
}

type sarifLocation struct {
	Physical sarifPhysical  `json:"physicalLocation"`
	Logical  []sarifLogical `json:"logicalLocations,omitempty"`
}

type sarifPhysical struct {
	Artifact sarifArtifact `json:"artifactLocation"`
	Region   *sarifRegion  `json:"region,omitempty"`
}

type sarifArtifact struct {
	URI string `json:"uri"`
}

type sarifRegion struct {
	Line int `json:"startLine"`
}

type sarifLogical struct {
	Name string `json:"name"`
	Kind string `json:"kind"`
}

type sarifSuppression struct {
	Kind          string `json:"kind"`
	Justification string `json:"justification"`
}

// SARIF writes the findings in the Static Analysis Results Interchange Format 2.1.0, as code scanning reads it: a rule is a requirement, a result
// is a finding at the line of the contract that it breaks, and what the baseline excuses is suppressed. What could not be checked is a
// notification of the run, not a result.
func SARIF(out io.Writer, r *suite.Report) error {
	run := sarifRun{
		Tool:        sarifTool{sarifDriver{Name: r.Tool.Name, Version: r.Tool.Version, Rules: []sarifRule{}}},
		Invocations: []sarifInvocation{{Successful: r.ExitCode != exitNotChecked, ExitCode: r.ExitCode, Started: r.Started.UTC().Format("2006-01-02T15:04:05.000Z")}},
		Results:     []sarifResult{},
		Properties:  map[string]any{"verdict": r.Verdict, "target": r.Target.BaseURL, "contract": r.Contract.Version},
	}
	rules := map[string]int{}
	for _, requirement := range r.Requirements {
		rules[requirement.ID] = len(run.Tool.Driver.Rules)
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{requirement.ID, sarifMessage{requirement.Text}, sarifDefaults{sarifLevel(requirement.Level)}})
	}
	for _, c := range r.Cases {
		for _, f := range c.Findings {
			run.Results = append(run.Results, sarifFinding(r, &c, &f, rules[c.Requirement]))
		}
	}
	if r.Verdict == suite.VerdictError || r.Verdict == suite.VerdictUnverified {
		for _, why := range r.Why {
			run.Invocations[0].Notifications = append(run.Invocations[0].Notifications, sarifNotification{"error", sarifMessage{why}})
		}
	}
	return EncodeJSON(out, sarifLog{sarifSchema, "2.1.0", []sarifRun{run}})
}

// exitNotChecked is the exit code of a target that could not be checked.
const exitNotChecked = 2

func sarifFinding(r *suite.Report, c *suite.CaseResult, f *suite.Finding, rule int) sarifResult {
	text := fmt.Sprintf("%s: expected %s, actual %s", f.Text, f.Expected, f.Actual)
	if f.Pointer != "" {
		text += ", at " + f.Pointer + " of the answer"
	}
	location := sarifLocation{Physical: sarifPhysical{Artifact: sarifArtifact{r.Contract.File}}}
	if f.Contract.Line > 0 {
		location.Physical.Region = &sarifRegion{f.Contract.Line}
	}
	if f.Operation != "" {
		location.Logical = []sarifLogical{{f.Operation, "function"}}
	}
	out := sarifResult{
		RuleID: c.Requirement, RuleIndex: rule, Level: sarifLevel(f.Level), Message: sarifMessage{text}, Locations: []sarifLocation{location},
		Fingerprints: map[string]string{"case/v1": fmt.Sprintf("%s %s %d %s", c.ID, f.Operation, f.Status, anyIndex(f.Pointer))},
	}
	if f.Known != nil && !f.Known.Expired(r.Started) {
		out.Suppressions = []sarifSuppression{{"external", fmt.Sprintf("until %s: %s", f.Known.Expires, f.Known.Reason)}}
	}
	return out
}

func sarifLevel(level string) string {
	if level == suite.Must {
		return "error"
	}
	return "warning"
}
