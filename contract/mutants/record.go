package main

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math"
	"os"
	"time"

	"example.com/awalmock"
	"example.com/awalmock/contract/suite"
)

// A record is the file of the results; docs/mutants.md describes it.
type record struct {
	Version      int                  `json:"version"`
	Measured     time.Time            `json:"measured"`
	Seconds      float64              `json:"seconds"`
	Build        recordBuild          `json:"build"`
	Contract     recordDigest         `json:"contract"`
	Suite        recordDigest         `json:"suite"`
	Sample       int                  `json:"sample,omitempty"`
	Seed         uint64               `json:"seed,omitempty"`
	Valid        bool                 `json:"valid"`
	Score        recordScore          `json:"score"`
	Requirements map[string][]outcome `json:"requirements"`
	Survivors    []outcome            `json:"survivors"`
	Controls     []outcome            `json:"controls"`
	Lawful       []outcome            `json:"lawful"`
	Equivalents  []outcome            `json:"equivalents"`
	Refused      []outcome            `json:"refused"`
	IdleCases    []string             `json:"idle_cases"`
	SecondTry    []string             `json:"second_try"`   // mutants
	NotMeasured  []string             `json:"not_measured"` // operations
}

type recordBuild struct {
	Version string `json:"version"`
	Commit  string `json:"commit"`
	Go      string `json:"go"`
}

type recordDigest struct {
	Version string `json:"version,omitempty"`
	SHA256  string `json:"sha256"`
}

type recordScore struct {
	Mutants     int     `json:"mutants"`
	Killed      int     `json:"killed"`
	Equivalents int     `json:"equivalents"`
	Percent     float64 `json:"percent"`
}

// An outcome is what became of one server.
type outcome struct {
	Name      string `json:"name"`
	Operation string `json:"operation,omitempty"` // of a generated mutant
	Good      bool   `json:"good"`
	KilledBy  string `json:"killed_by,omitempty"`
	Why       string `json:"why,omitempty"`
}

// record is the tally as it is written.
func (t *tally) record(o options) (record, error) {
	listing, err := suite.List(suite.Config{})
	if err != nil {
		return record{}, err
	}
	cases, err := json.Marshal(struct{ Requirements, Cases any }{listing.Requirements, listing.Cases})
	if err != nil {
		return record{}, err
	}
	sum := sha256.Sum256(cases)
	build := awalmock.ReadBuild()
	out := record{
		Version: 1, Measured: time.Now().UTC().Truncate(time.Second), Seconds: math.Round(t.took.Seconds()*10) / 10,
		Build:    recordBuild{build.Version, build.Commit, build.Go},
		Contract: recordDigest{listing.Contract.Version, listing.Contract.SHA256}, Suite: recordDigest{SHA256: hex.EncodeToString(sum[:])},
		Valid:        t.controls == t.controlsGood,
		Score:        recordScore{t.mutants, t.killed, t.equivalents, math.Round(t.score()*100) / 100},
		Requirements: map[string][]outcome{}, Survivors: []outcome{}, IdleCases: append([]string{}, t.idle...), SecondTry: append([]string{}, t.late...), NotMeasured: append([]string{}, t.unasked...),
		Controls: []outcome{}, Lawful: []outcome{}, Equivalents: []outcome{}, Refused: []outcome{},
	}
	if o.sample > 0 {
		out.Sample, out.Seed = o.sample, o.seed
	}
	for _, requirement := range listing.Requirements {
		out.Requirements[requirement.ID] = []outcome{} // without a mutant it is seen to have none
	}
	requirementOf := map[string]string{}
	for _, c := range listing.Cases {
		requirementOf[c.ID] = c.Requirement
	}
	for _, r := range t.results {
		out.add(r, cmp.Or(requirementOf[r.By], r.Requirement))
	}
	return out, nil
}

// add puts a result where it belongs; requirement is that of the mutant or, of a generated one, that of the case that killed it.
func (out *record) add(r result, requirement string) {
	one := outcome{r.Name, r.Operation, r.Good, r.By, r.Why}
	switch {
	case r.Kind == kindLawful:
		out.Lawful = append(out.Lawful, one)
	case r.Kind == kindControl:
		out.Controls = append(out.Controls, one)
	case r.Refused:
		out.Refused = append(out.Refused, one)
	case r.Equivalent != "":
		one.Why = r.Equivalent
		out.Equivalents = append(out.Equivalents, one)
	case !r.Good:
		out.Survivors = append(out.Survivors, one)
	default:
		out.Requirements[requirement] = append(out.Requirements[requirement], one)
	}
}

// write writes the record to the file of the options.
func (t *tally) write(o options) error {
	made, err := t.record(o)
	if err != nil {
		return err
	}
	raw, err := json.MarshalIndent(made, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(o.out, append(raw, '\n'), 0o644)
}
