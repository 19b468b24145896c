package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"example.com/awalmock/contract/suite"
)

// The test tries some of the generated mutants, always the same ones: a run of everything, which make mutants does, tries all.
const (
	sampled    = 90
	sampleSeed = 20786
)

func TestMutantsAreKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes most of a minute: make mutants")
	}
	t.Logf("go run ./contract/mutants -lawful=false -sample %d -seed %d", sampled, sampleSeed)
	written := measured(t, options{sample: sampled, seed: sampleSeed, mutants: true})
	if !written.Valid || written.Score.Killed == 0 || len(written.Controls) == 0 || len(written.Requirements) == 0 {
		t.Errorf("the record: valid %v, score %+v", written.Valid, written.Score)
	}
}

func TestLawfulServersAreAccepted(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes most of a minute: make mutants")
	}
	t.Log("go run ./contract/mutants -mutants=false")
	if written := measured(t, options{lawful: true}); len(written.Lawful) != len(variants()) {
		t.Errorf("%d of %d lawful servers", len(written.Lawful), len(variants()))
	}
}

// measured runs a measurement that must end well, and returns what it writes.
func measured(t *testing.T, o options) (written record) {
	t.Helper()
	var table bytes.Buffer
	o.out = filepath.Join(t.TempDir(), "mutants.json")
	if err := run(t.Context(), o, &table); err != nil {
		t.Errorf("%v\n%s", err, table.String())
	}
	raw, err := os.ReadFile(o.out)
	if err == nil {
		err = json.Unmarshal(raw, &written)
	}
	if err != nil {
		t.Fatal(err)
	}
	return written
}

func TestNamesOfMutantsAndVariantsAreUnique(t *testing.T) {
	t.Parallel()
	d, err := readDocument()
	if err != nil {
		t.Fatal(err)
	}
	a, err := newRunner()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, j := range a.jobs(d, options{mutants: true, lawful: true}) {
		if !strings.HasPrefix(j.name, "control ") {
			names = append(names, j.name)
		}
	}
	slices.Sort(names)
	for i := 1; i < len(names); i++ {
		if names[i] == names[i-1] {
			t.Errorf("%q is there twice", names[i])
		}
	}
	if len(names) < 1000 {
		t.Errorf("%d servers", len(names))
	}
}

func TestEachEquivalentIsOneOfTheGeneratedMutants(t *testing.T) {
	t.Parallel()
	d, err := readDocument()
	if err != nil {
		t.Fatal(err)
	}
	all := d.generate(true)
	for _, e := range equivalents() {
		if !slices.ContainsFunc(all, e.fits) {
			t.Errorf("%+v fits no mutant", e)
		}
	}
}

func TestADocumentWithoutAChangeSaysWhatTheOriginalSays(t *testing.T) {
	t.Parallel()
	d, err := readDocument()
	if err != nil {
		t.Fatal(err)
	}
	var written struct {
		Paths map[string]map[string]any `json:"paths"`
	}
	if err := json.Unmarshal(d.text(nil, nil), &written); err != nil {
		t.Fatal(err)
	}
	suites, err := suite.MatrixOf(suite.Config{})
	if operations := len(suites.Operations); err != nil || len(written.Paths) == 0 || operations < len(written.Paths) || len(d.operations) != operations || written.Paths["/w/message/text"]["post"] == nil {
		t.Errorf("%d paths, %d operations of %d (%v)", len(written.Paths), len(d.operations), len(suites.Operations), err)
	}
}
