package run

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"example.com/awalmock/contract/judge"
)

// A Baseline is the known results, and the version of the contract that they were written for.
type Baseline struct {
	Contract string        `yaml:"contract,omitempty"` // "" for any
	Known    []judge.Known `yaml:"known"`
}

// ReadBaseline reads a baseline in YAML (or JSON): a list of known results, or an object with contract and known.
func ReadBaseline(data []byte) (Baseline, error) {
	var b Baseline
	err := decodeStrictly(data, &b.Known)
	if err != nil {
		b.Known = nil
		if objectErr := decodeStrictly(data, &b); objectErr == nil {
			return b, nil
		} else if b.Contract != "" {
			err = objectErr
		}
		return Baseline{}, fmt.Errorf("a baseline is a list of id, reason and expires: %w", oneLine(err))
	}
	return b, nil
}

func decodeStrictly(data []byte, into any) error {
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	if err := decoder.Decode(into); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

func oneLine(err error) error { return errors.New(strings.Join(strings.Fields(err.Error()), " ")) }

func (s *Session) checkBaseline() error {
	if of := s.Config.Baseline.Contract; of != "" && of != s.Document.Version {
		return Usage("the baseline is for version %s of the contract, and %s is version %s: look through its entries and change its version, or write it anew (--write-baseline)", of, s.Document.Name, s.Document.Version)
	}
	for i, k := range s.Config.Baseline.Known {
		if k.ID == "" || k.Reason == "" {
			return Usage("entry %d of the baseline needs an id and a reason", i+1)
		}
		if _, err := time.Parse(time.DateOnly, k.Expires); err != nil {
			return Usage("%s in the baseline: expires must be a day such as 2026-12-31, not %q", k.ID, k.Expires)
		}
		if !slices.Contains(s.knownIDs(), k.ID) {
			return Usage("the baseline has %q, which is no requirement or case%s", k.ID, Suggestion(k.ID, s.knownIDs()))
		}
		if err := s.checkNarrowed(k); err != nil {
			return err
		}
	}
	return nil
}

func (s *Session) checkNarrowed(k judge.Known) error {
	switch {
	case k.Outcome != "" && k.Outcome != judge.Fail && k.Outcome != judge.Unverified:
		return Usage("%s in the baseline: outcome is %s or %s, not %q", k.ID, judge.Fail, judge.Unverified, k.Outcome)
	case k.Outcome == judge.Unverified && (k.Operation != "" || k.Status != 0 || k.Pointer != ""):
		return Usage("%s in the baseline: an %s case has no answer, so it takes no operation, status or pointer", k.ID, judge.Unverified)
	case k.Pointer != "" && !strings.HasPrefix(k.Pointer, "/"):
		return Usage("%s in the baseline: pointer must be a JSON pointer such as /data/*/phone, not %q", k.ID, k.Pointer)
	case k.Operation != "":
		return oneOf("operation of the contract", k.Operation, s.Document.OperationIDs()...)
	}
	return nil
}

func names(k *judge.Known, c *Case) bool { return k.ID == c.ID || k.ID == c.Requirement }

// covers reports whether an entry of the baseline is about a finding of the case.
func covers(k *judge.Known, c *Case, f *judge.Finding) bool {
	return names(k, c) && k.Outcome != judge.Unverified &&
		(k.Operation == "" || k.Operation == f.Operation) && (k.Status == 0 || k.Status == f.Status) && (k.Pointer == "" || judge.SamePlace(k.Pointer, f.Pointer))
}

// knownFinding finds the entry of the baseline that covers a finding; one that has not expired is preferred.
func (s *Session) knownFinding(c *Case, f *judge.Finding) (expired *judge.Known) {
	for i := range s.Config.Baseline.Known {
		k := &s.Config.Baseline.Known[i]
		switch {
		case !covers(k, c, f):
		case !k.Expired(s.Began):
			return k
		case expired == nil:
			expired = k
		}
	}
	return expired
}

// known finds the entry of the baseline for a result: an entry for UNVERIFIED, or one that covers a finding if each of the findings is covered.
func (s *Session) known(c *Case, r *CaseResult) *judge.Known {
	if r.Outcome == judge.Unverified {
		i := slices.IndexFunc(s.Config.Baseline.Known, func(k judge.Known) bool { return names(&k, c) && k.Outcome == judge.Unverified })
		if i < 0 {
			return nil
		}
		return &s.Config.Baseline.Known[i]
	}
	var found *judge.Known
	for i := range r.Findings {
		k := r.Findings[i].Known
		if k == nil {
			return nil
		}
		if found == nil || k.Expired(s.Began) {
			found = k
		}
	}
	return found
}

// fixed reports whether the cases of an entry were checked, and no finding is covered by the entry any more.
func (s *Session) fixed(k *judge.Known, cases []CaseResult) bool {
	checked := false
	for i := range cases {
		c := &cases[i]
		if c.ID != k.ID && c.Requirement != k.ID || k.Operation != "" && c.Operation != "" && k.Operation != c.Operation {
			continue
		}
		if c.Outcome == judge.Unverified || c.Outcome == judge.Error || slices.ContainsFunc(c.Findings, func(f judge.Finding) bool { return f.Known != nil && *f.Known == *k }) {
			return false
		}
		checked = checked || c.Outcome != judge.Skipped
	}
	return checked && k.Outcome != judge.Unverified
}

// Excused reports whether the baseline accepts the result at a time: the entry covers all of it, and its last day has not passed.
func (r *CaseResult) Excused(now time.Time) bool { return r.Known != nil && !r.Known.Expired(now) }

// newFirst puts the findings that no entry of the baseline covers before the others.
func (r *CaseResult) newFirst() {
	slices.SortStableFunc(r.Findings, func(a, b judge.Finding) int {
		switch {
		case a.Known == nil && b.Known != nil:
			return -1
		case a.Known != nil && b.Known == nil:
			return 1
		}
		return 0
	})
}

// outOfDate are messages about the entries of the baseline whose requirement holds now.
func (s *Session) outOfDate(cases []CaseResult) (out []string) {
	for i := range s.Config.Baseline.Known {
		if k := &s.Config.Baseline.Known[i]; s.fixed(k, cases) {
			out = append(out, fmt.Sprintf("%s holds now: take it out of the baseline", k))
		}
	}
	return out
}
