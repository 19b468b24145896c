package cli

import (
	"encoding/json"
	"fmt"
	"strings"
	"syscall"
	"testing"

	"example.com/awalmock"
)

// withMisfit is the project's document with an example that does not fit its schema, and the line that it is on.
func withMisfit(t *testing.T) (document string, line int) {
	t.Helper()
	const fits, misfits = "      example: '96650000000'\n", "      example: no phone\n"
	before, after, ok := strings.Cut(awalmock.OpenAPI(), fits)
	if !ok {
		t.Fatal("the document has changed")
	}
	return before + misfits + after, strings.Count(before, "\n") + 1
}

func TestAnExampleThatDoesNotFitItsSchemaIsNamedInTheLogAtTheStart(t *testing.T) {
	t.Parallel()
	document, line := withMisfit(t)
	file := write(t, "misfit.yaml", document)
	p := launch(t, nil, "--spec", file)
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if _, err := p.ends(t); err != nil { // then all of the log is there
		t.Fatal(err)
	}
	if log := p.stderr.String(); strings.Count(log, "\n") != 1 || !strings.Contains(log, fmt.Sprintf("%s:%d: ", file, line)) || !strings.Contains(log, "left out") {
		t.Errorf("the log: %s", log)
	}
}

func TestAnExampleOfASpecTakenOverFromDiskThatDoesNotFitItsSchemaIsNamedInTheLog(t *testing.T) {
	t.Parallel()
	w := watch(t)
	document, line := withMisfit(t)
	w.write(w.spec, document)
	var entry struct{ Level, Msg string }
	if err := json.Unmarshal([]byte(<-w.log), &entry); err != nil {
		t.Fatal(err)
	}
	if entry.Level != "WARN" || !strings.Contains(entry.Msg, fmt.Sprintf("%s:%d: ", w.spec, line)) || !strings.Contains(entry.Msg, "left out") {
		t.Errorf("%+v", entry)
	}
	w.await("taken over from disk: spec")
}

func TestADocumentWithTheOldNameOfAMockValueIsServedAndTheLogSaysTheNewName(t *testing.T) {
	t.Parallel()
	document := strings.ReplaceAll(awalmock.OpenAPI(), "          x-mock-value: ", "          x-faker: ")
	if strings.Count(document, "x-faker: ") < 2 {
		t.Fatal("the document has changed")
	}
	before, _, _ := strings.Cut(document, "x-faker: ")
	file := write(t, "old.yaml", document)
	p := launch(t, nil, "--spec", file)
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if _, err := p.ends(t); err != nil {
		t.Fatal(err)
	}
	where := fmt.Sprintf("%s:%d: ", file, strings.Count(before, "\n")+1)
	if log := p.stderr.String(); strings.Count(log, "\n") != 1 || !strings.Contains(log, where) || !strings.Contains(log, "x-mock-value") {
		t.Errorf("the log, which should name %s: %s", where, log)
	}
}
