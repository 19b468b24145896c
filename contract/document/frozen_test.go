package document_test

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/semver"

	"example.com/awalmock/contract/document"
)

// update writes the list of the document's own version anew, for a version that is not released yet.
var update = flag.Bool("update", false, "write the requirements of the present version of the contract into testdata")

const frozen = "testdata/requirements-"

// requirementsOf are the ids that a version of the contract asks for, in order.
func requirementsOf(t *testing.T, version string) []string {
	t.Helper()
	doc, err := document.Load("", nil)
	if err != nil {
		t.Fatal(err)
	}
	doc.Freeze(version)
	var ids []string
	for _, r := range doc.Requirements {
		ids = append(ids, r.ID)
	}
	slices.Sort(ids)
	return ids
}

// A partner who passed against a version passes against it next year too: what it asks for does not change.
func TestTheRequirementsOfAVersionOfTheContractAreFrozen(t *testing.T) {
	t.Parallel()
	doc, err := document.Load("", nil)
	if err != nil {
		t.Fatal(err)
	}
	own := frozen + doc.Version + ".txt"
	if *update {
		if err := os.WriteFile(own, []byte(strings.Join(requirementsOf(t, doc.Version), "\n")+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	files, err := filepath.Glob(frozen + "*.txt")
	if err != nil || !slices.Contains(files, own) {
		t.Fatalf("there is no %s for the version of openapi.yaml (%v): run this test with -update", own, err)
	}
	for _, file := range files {
		version := strings.TrimSuffix(strings.TrimPrefix(file, frozen), ".txt")
		if !semver.IsValid("v" + version) {
			t.Errorf("%s: %q is no version", file, version)
			continue
		}
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		want, got := strings.Fields(string(raw)), requirementsOf(t, version)
		for _, id := range want {
			if !slices.Contains(got, id) {
				t.Errorf("version %s asks for %s: it was removed from openapi.yaml, or its since has changed", version, id)
			}
		}
		for _, id := range got {
			if !slices.Contains(want, id) {
				t.Errorf("version %s does not ask for %s: give it since, with the first version that does (or run this test with -update before %s is released)", version, id, version)
			}
		}
	}
}

func TestFreezeLeavesOutWhatCameLater(t *testing.T) {
	t.Parallel()
	const text = "openapi: 3.0.3\ninfo: {title: x, version: 2.0.0}\nx-requirements:\n" +
		"  - {id: FIRST, level: MUST, text: a, source: b, mark: D}\n" +
		"  - {id: SECOND, level: MUST, text: a, source: b, mark: D, since: 1.1.0}\n" +
		"  - {id: THIRD, level: SHOULD, text: a, source: b, mark: I, since: 2.0.0}\n" +
		"paths:\n  /x: {get: {operationId: x, responses: {'200': {description: x}}}}\n"
	for version, want := range map[string]string{"1.0.0": "FIRST", "1.1.0": "FIRST SECOND", "1.9.9": "FIRST SECOND", "2.0.0": "FIRST SECOND THIRD"} {
		doc, err := document.Load("x.yaml", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		doc.Freeze(version)
		var ids []string
		for _, r := range doc.Requirements {
			ids = append(ids, r.ID)
		}
		if got := strings.Join(ids, " "); got != want || len(doc.Later) != 3-len(ids) {
			t.Errorf("version %s: %s, want %s; later: %v", version, got, want, doc.Later)
		}
	}
}
