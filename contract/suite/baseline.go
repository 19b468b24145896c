package suite

import (
	"fmt"
	"slices"
	"time"

	"go.yaml.in/yaml/v4"
)

// A Known failure is an entry of the baseline: a requirement or case that fails, why, and until when that is accepted.
type Known struct {
	ID      string `json:"id" yaml:"id"`
	Reason  string `json:"reason" yaml:"reason"`
	Expires string `json:"expires" yaml:"expires"` // the last day, as 2026-12-31
}

// ReadBaseline reads a list of known failures in YAML (or JSON).
func ReadBaseline(data []byte) ([]Known, error) {
	var list []Known
	if err := yaml.Unmarshal(data, &list); err != nil {
		return nil, fmt.Errorf("a baseline is a list of id, reason and expires: %w", err)
	}
	return list, nil
}

func (s *session) checkBaseline() error {
	for i, k := range s.cfg.Baseline {
		if k.ID == "" || k.Reason == "" {
			return usage("entry %d of the baseline needs an id and a reason", i+1)
		}
		if _, err := time.Parse(time.DateOnly, k.Expires); err != nil {
			return usage("%s in the baseline: expires must be a day such as 2026-12-31, not %q", k.ID, k.Expires)
		}
		if !slices.Contains(s.knownIDs(), k.ID) {
			return usage("the baseline has %q, which is no requirement or case%s", k.ID, Nearest(k.ID, s.knownIDs()))
		}
	}
	return nil
}

// Expired tells whether the last day of an entry (in UTC) has passed: then its failure counts again.
func (k *Known) Expired(now time.Time) bool {
	day, err := time.Parse(time.DateOnly, k.Expires)
	return err != nil || now.After(day.AddDate(0, 0, 1))
}

// known finds the entry of the baseline that a case is under.
func (s *session) known(r CaseResult) *Known {
	for i := range s.cfg.Baseline {
		if k := &s.cfg.Baseline[i]; k.ID == r.ID || k.ID == r.Requirement {
			return k
		}
	}
	return nil
}
