package run

import (
	"testing"

	"example.com/awalmock/contract/document"
)

// relationProbe is a probe that only collects findings.
func relationProbe(t *testing.T) *T {
	t.Helper()
	s, err := NewSession(Config{}, func(*document.Document) ([]*Case, error) {
		return []*Case{{ID: "LIST-ORDER", Requirement: "LIST-ORDER"}}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return &T{Session: s, Case: &Case{ID: "LIST-ORDER", Requirement: "LIST-ORDER"}}
}

func TestARelationIsAFindingOnlyIfChangeCannotExplainIt(t *testing.T) {
	t.Parallel()
	type state struct{ value, version int }
	for name, test := range map[string]struct {
		answers []state // value 1 is broken; another version is a visible change
		want    int
	}{
		"it holds":                                   {[]state{{0, 1}}, 0},
		"broken, and asked again still broken":       {[]state{{1, 1}, {1, 1}}, 1},
		"broken, and gone after a visible change":    {[]state{{1, 1}, {0, 2}}, 0},
		"broken, and gone although nothing changed":  {[]state{{1, 1}, {0, 1}}, 1},
		"broken again and again, whatever changes":   {[]state{{1, 1}, {1, 2}, {1, 3}, {1, 4}}, 1},
		"broken twice while it changes, then steady": {[]state{{1, 1}, {1, 2}, {0, 3}}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, asked := relationProbe(t), 0
			err := CheckEventually(p, Relation[state]{
				First: test.answers[0],
				Ask: func() (state, error) {
					asked++
					return test.answers[min(asked, len(test.answers)-1)], nil
				},
				Judge: func(s state) []Breach {
					if s.value == 0 {
						return nil
					}
					return []Breach{{Key: "it"}}
				},
				Changed: func(_ string, before, after state) bool { return before.version != after.version },
			})
			if err != nil || len(p.findings) != test.want {
				t.Errorf("%d findings, want %d (%v)", len(p.findings), test.want, err)
			}
		})
	}
}
