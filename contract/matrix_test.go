package main

import (
	"encoding/json"
	"strings"
	"testing"

	"example.com/awalmock/contract/suite"
)

func TestTheMatrixHasEachOperationAndSaysWhyACellIsEmpty(t *testing.T) {
	t.Parallel()
	code, stdout, stderr := contract(t, nil, "--list", "--matrix", "--json")
	var m suite.MatrixTable
	if err := json.Unmarshal([]byte(stdout), &m); err != nil || code != 0 {
		t.Fatalf("exit %d, %v\n%s", code, err, stderr)
	}
	if len(m.Operations) < 32 {
		t.Errorf("only %d operations", len(m.Operations))
	}
	for _, op := range m.Operations {
		full := 0
		for _, cell := range op.Cells {
			if len(cell.Cases) == 0 && cell.Why == "" || len(cell.Cases) > 0 && cell.Why != "" {
				t.Errorf("%s, %s: %d cases, %q", op.Operation, cell.Way, len(cell.Cases), cell.Why)
			}
			if len(cell.Cases) > 0 {
				full++
			}
		}
		if full < 20 {
			t.Errorf("%s is asked in %d ways", op.Operation, full)
		}
	}
	code, stdout, stderr = contract(t, nil, "--list", "--matrix")
	if code != 0 || !strings.Contains(stdout, "another's number") || !strings.Contains(stdout, "it has no body") {
		t.Errorf("exit %d\n%s%s", code, stdout, stderr)
	}
}
