package report_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"example.com/awalmock/contract/report"
	"example.com/awalmock/contract/suite"
)

// schemaIn compiles a JSON schema of a file.
func schemaIn(t *testing.T, path string) *jsonschema.Schema {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	document, err := jsonschema.UnmarshalJSON(file)
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource("schema.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func TestSARIFKeepsItsSchemaAndSuppressesWhatIsKnown(t *testing.T) {
	t.Parallel()
	schema := schemaIn(t, "testdata/sarif-schema-2.1.0.json")
	known := &suite.Known{ID: "LIST-ORDER", Reason: "ticket 7", Expires: "2999-01-01"}
	full := suite.Report{
		Started: time.Now(), Verdict: suite.VerdictFail, ExitCode: 1, Tool: suite.ToolReport{Name: "awalmock-contract", Version: "v1.2.3"}, Contract: suite.ContractReport{File: "openapi.yaml", Version: "1.0.0"},
		Requirements: []suite.RequirementReport{{Requirement: suite.Requirement{ID: "LIST-TOTAL", Level: suite.Must, Text: "A total."}}, {Requirement: suite.Requirement{ID: "LIST-ORDER", Level: suite.Should, Text: "An order."}}},
		Cases: []suite.CaseResult{
			{ID: "LIST-TOTAL", Requirement: "LIST-TOTAL", Outcome: suite.Fail, Findings: []suite.Finding{{Level: suite.Must, Text: "too small", Operation: "listConversations", Status: 200, Pointer: "/data/3/id", Contract: suite.Place{Pointer: "/x", Line: 12}}}},
			{ID: "LIST-ORDER.a", Requirement: "LIST-ORDER", Outcome: suite.Warn, Known: known, Findings: []suite.Finding{{Level: suite.Should, Text: "other order", Known: known}}},
		},
	}
	nothing := suite.Report{Started: time.Now(), Verdict: suite.VerdictError, ExitCode: 2, Why: []string{"connection refused"}, Contract: suite.ContractReport{File: "openapi.yaml"}}
	for name, r := range map[string]*suite.Report{"findings": &full, "nothing checked": &nothing} {
		var out strings.Builder
		if err := report.SARIF(&out, r); err != nil {
			t.Fatal(err)
		}
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(out.String()))
		if err == nil {
			err = schema.Validate(value)
		}
		if err != nil {
			t.Errorf("%s: %v\n%s", name, err, out.String())
		}
		for _, want := range map[string][]string{
			"findings":        {`"startLine": 12`, `"level": "warning"`, `"justification": "until 2999-01-01: ticket 7"`, `"ruleIndex": 1`, `LIST-TOTAL listConversations 200 /data/*/id`},
			"nothing checked": {`"executionSuccessful": false`, `"text": "connection refused"`, `"results": []`},
		}[name] {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%s: no %s in\n%s", name, want, out.String())
			}
		}
		var parsed any
		if json.Unmarshal([]byte(out.String()), &parsed) != nil {
			t.Error("no JSON")
		}
	}
}
