package report_test

import (
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/awalmock/contract/report"
	"example.com/awalmock/contract/suite"
)

// A rule is what an element of a JUnit file may have by junit-10.xsd of Jenkins' xUnit plugin.
type elementRule struct {
	required, optional []string // attributes
	children           []string
}

func junit10() map[string]elementRule {
	message := elementRule{optional: []string{"type", "message"}}
	return map[string]elementRule{
		"testsuites": {optional: []string{"name", "time", "tests", "failures", "errors"}, children: []string{"testsuite"}},
		"testsuite": {
			required: []string{"name", "tests", "failures", "errors"},
			optional: []string{"group", "time", "skipped", "timestamp", "hostname", "id", "package", "file", "log", "url"},
			children: []string{"testsuite", "properties", "testcase", "system-out", "system-err"},
		},
		"properties": {children: []string{"property"}},
		"property":   {required: []string{"name", "value"}},
		"testcase": {
			required: []string{"name"}, optional: []string{"time", "classname", "group"},
			children: []string{"skipped", "error", "failure", "rerunFailure", "rerunError", "flakyFailure", "flakyError", "system-out", "system-err"},
		},
		"failure": message, "error": message, "skipped": message, "system-out": {}, "system-err": {},
	}
}

func TestJUnitKeepsTheSchemaOfJenkins(t *testing.T) {
	t.Parallel()
	r := suite.Report{Started: time.Now(), Seconds: 1234.5}
	for _, outcome := range []suite.Outcome{suite.Pass, suite.Fail, suite.Warn, suite.Error, suite.Skipped, suite.Unverified} {
		r.Cases = append(r.Cases, suite.CaseResult{ID: string(outcome), Outcome: outcome, Reason: "why", Findings: []suite.Finding{{Text: "broken"}}})
	}
	var out strings.Builder
	if err := report.JUnit(&out, &r); err != nil {
		t.Fatal(err)
	}
	rules, decoder := junit10(), xml.NewDecoder(strings.NewReader(out.String()))
	seen := map[string]bool{}
	var above []string
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			name := token.Name.Local
			rule, known := rules[name]
			if !known || len(above) > 0 && !slices.Contains(rules[above[len(above)-1]].children, name) {
				t.Errorf("<%s> in %v", name, above)
			}
			seen[name] = true
			var has []string
			for _, a := range token.Attr {
				has = append(has, a.Name.Local)
				if !slices.Contains(append(rule.required, rule.optional...), a.Name.Local) {
					t.Errorf("<%s %s>", name, a.Name.Local)
				}
				if a.Name.Local == "time" && !regexp.MustCompile(`^(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\.[0-9]*)?$`).MatchString(a.Value) {
					t.Errorf("<%s time=%q>", name, a.Value)
				}
			}
			for _, want := range rule.required {
				if !slices.Contains(has, want) {
					t.Errorf("<%s> without %s", name, want)
				}
			}
			above = append(above, name)
		case xml.EndElement:
			above = above[:len(above)-1]
		}
	}
	if len(seen) < 9 {
		t.Errorf("only %v were seen", seen)
	}
}
