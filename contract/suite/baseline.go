package suite

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

// A Known result is an entry of the baseline: what fails or cannot be checked, why, and until when that is accepted. Operation, Status and
// Pointer narrow it to findings in answers of that operation, with that status, at that place; what else the case finds is not excused.
type Known struct {
	ID        string  `json:"id" yaml:"id"`                                   // of a requirement or a case
	Operation string  `json:"operation,omitempty" yaml:"operation,omitempty"` // an operationId
	Status    int     `json:"status,omitempty" yaml:"status,omitempty"`       // of the answer
	Pointer   string  `json:"pointer,omitempty" yaml:"pointer,omitempty"`     // JSON pointer in the answer; * is any index, as in /data/*/phone
	Outcome   Outcome `json:"outcome,omitempty" yaml:"outcome,omitempty"`     // FAIL, which is meant by "" too, or UNVERIFIED
	Reason    string  `json:"reason" yaml:"reason"`
	Expires   string  `json:"expires" yaml:"expires"` // the last day, as 2026-12-31
}

// A Baseline is the known results, and the version of the contract that they were written for.
type Baseline struct {
	Contract string  `yaml:"contract,omitempty"` // "" for any
	Known    []Known `yaml:"known"`
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

func (s *session) checkBaseline() error {
	if of := s.cfg.Baseline.Contract; of != "" && of != s.contract.version {
		return usage("the baseline is for version %s of the contract, and %s is version %s: look through its entries and change its version, or write it anew (--write-baseline)", of, s.contract.name, s.contract.version)
	}
	for i, k := range s.cfg.Baseline.Known {
		if k.ID == "" || k.Reason == "" {
			return usage("entry %d of the baseline needs an id and a reason", i+1)
		}
		if _, err := time.Parse(time.DateOnly, k.Expires); err != nil {
			return usage("%s in the baseline: expires must be a day such as 2026-12-31, not %q", k.ID, k.Expires)
		}
		if !slices.Contains(s.knownIDs(), k.ID) {
			return usage("the baseline has %q, which is no requirement or case%s", k.ID, Nearest(k.ID, s.knownIDs()))
		}
		if err := s.checkNarrowed(k); err != nil {
			return err
		}
	}
	return nil
}

func (s *session) checkNarrowed(k Known) error {
	switch {
	case k.Outcome != "" && k.Outcome != Fail && k.Outcome != Unverified:
		return usage("%s in the baseline: outcome is %s or %s, not %q", k.ID, Fail, Unverified, k.Outcome)
	case k.Outcome == Unverified && (k.Operation != "" || k.Status != 0 || k.Pointer != ""):
		return usage("%s in the baseline: an %s case has no answer, so it takes no operation, status or pointer", k.ID, Unverified)
	case k.Pointer != "" && !strings.HasPrefix(k.Pointer, "/"):
		return usage("%s in the baseline: pointer must be a JSON pointer such as /data/*/phone, not %q", k.ID, k.Pointer)
	case k.Operation != "":
		return oneOf("operation of the contract", k.Operation, s.contract.operationIDs()...)
	}
	return nil
}

// Expired reports whether the last day of an entry (in UTC) has passed: then its failure counts again.
func (k *Known) Expired(now time.Time) bool {
	day, err := time.Parse(time.DateOnly, k.Expires)
	return err != nil || now.After(day.AddDate(0, 0, 1))
}

func (k *Known) names(c *check) bool { return k.ID == c.id || k.ID == c.requirement }

// covers reports whether an entry is about a finding of the case.
func (k *Known) covers(c *check, f *Finding) bool {
	return k.names(c) && k.Outcome != Unverified &&
		(k.Operation == "" || k.Operation == f.Operation) && (k.Status == 0 || k.Status == f.Status) && (k.Pointer == "" || samePlace(k.Pointer, f.Pointer))
}

// samePlace compares JSON pointers step by step; * in the first is any index of the second.
func samePlace(pattern, pointer string) bool {
	return slices.EqualFunc(strings.Split(pattern, "/"), strings.Split(pointer, "/"), func(want, got string) bool {
		return want == got || want == "*" && digits.FindString(got) == got
	})
}

// knownFinding finds the entry of the baseline that covers a finding, one that has not expired first.
func (s *session) knownFinding(c *check, f *Finding) (expired *Known) {
	for i := range s.cfg.Baseline.Known {
		k := &s.cfg.Baseline.Known[i]
		switch {
		case !k.covers(c, f):
		case !k.Expired(s.began):
			return k
		case expired == nil:
			expired = k
		}
	}
	return expired
}

// known finds the entry of the baseline that a result is under: one that covers each of its findings, or what could not be checked.
func (s *session) known(c *check, r *CaseResult) *Known {
	if r.Outcome == Unverified {
		i := slices.IndexFunc(s.cfg.Baseline.Known, func(k Known) bool { return k.names(c) && k.Outcome == Unverified })
		if i < 0 {
			return nil
		}
		return &s.cfg.Baseline.Known[i]
	}
	var found *Known
	for i := range r.Findings {
		k := r.Findings[i].Known
		if k == nil {
			return nil
		}
		if found == nil || k.Expired(s.began) {
			found = k
		}
	}
	return found
}

// fixed reports whether what an entry of the baseline names was checked, and is not found any more.
func (s *session) fixed(k *Known, cases []CaseResult) bool {
	checked := false
	for i := range cases {
		c := &cases[i]
		if c.ID != k.ID && c.Requirement != k.ID || k.Operation != "" && c.Operation != "" && k.Operation != c.Operation {
			continue
		}
		if c.Outcome == Unverified || c.Outcome == Error || slices.ContainsFunc(c.Findings, func(f Finding) bool { return f.Known != nil && *f.Known == *k }) {
			return false
		}
		checked = checked || c.Outcome != Skipped
	}
	return checked && k.Outcome != Unverified
}

func (k *Known) equal(other *Known) bool {
	return k == other || k != nil && other != nil && *k == *other
}

// Excused reports whether the baseline accepts the result at a time: the entry covers all of it, and its last day has not passed.
func (r *CaseResult) Excused(now time.Time) bool { return r.Known != nil && !r.Known.Expired(now) }

// newFirst puts the findings that no entry of the baseline covers before the others.
func (r *CaseResult) newFirst() {
	slices.SortStableFunc(r.Findings, func(a, b Finding) int {
		switch {
		case a.Known == nil && b.Known != nil:
			return -1
		case a.Known != nil && b.Known == nil:
			return 1
		}
		return 0
	})
}

// outOfDate names the entries of the baseline that hold now.
func (s *session) outOfDate(cases []CaseResult) (out []string) {
	for i := range s.cfg.Baseline.Known {
		if k := &s.cfg.Baseline.Known[i]; s.fixed(k, cases) {
			out = append(out, fmt.Sprintf("%s holds now: take it out of the baseline", k))
		}
	}
	return out
}

// String is what an entry is about, in a few words.
func (k *Known) String() string {
	text := k.ID
	for _, part := range []string{k.Operation, statusOrNone(k.Status), k.Pointer} {
		if part != "" {
			text += " " + part
		}
	}
	return text
}

func statusOrNone(status int) string {
	if status == 0 {
		return ""
	}
	return strconv.Itoa(status)
}
