package run

import (
	"fmt"
	"slices"
	"testing"

	"github.com/onsi/gomega"

	"example.com/awalmock/contract/match"
)

// collecting is a case that asks nothing and keeps its findings.
func collecting(t *testing.T) *T {
	t.Helper()
	s, err := NewSession(Config{}, only(&Case{ID: "LIST-ORDER", Requirement: "LIST-ORDER"}))
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
		"broken again and again, while much changes": {[]state{{1, 1}, {1, 2}, {1, 3}, {1, 4}}, 1},
		"broken twice while it changes, then steady": {[]state{{1, 1}, {1, 2}, {0, 3}}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, asked := collecting(t), 0
			CheckRelation(c, Relation[state]{
				First: test.answers[0],
				Ask: func([]int64) state {
					asked++
					return test.answers[min(asked, len(test.answers)-1)]
				},
				Check:   func(r *Round, s state) { r.For(7).Check(s.value).To(gomega.Equal(0)) },
				Changed: func(_ int64, before, after state) bool { return before.version != after.version },
			})
			if len(c.findings) != test.want {
				t.Errorf("%d findings, want %d", len(c.findings), test.want)
			}
		})
	}
}

func TestARelationIsAskedAgainForNoMoreConversationsThanItSays(t *testing.T) {
	t.Parallel()
	c := collecting(t)
	var asked [][]int64
	CheckRelation(c, Relation[int]{
		Ask: func(ids []int64) int { asked = append(asked, ids); return 0 },
		Check: func(r *Round, v int) {
			for id := range int64(5) {
				r.For(id, answered(200, `{}`)).Check(v).To(match.At("/data", match.Equal(1)), "conversation %d", id)
				r.For(id).Check(v).To(match.Equal(2), "only the first failure of a conversation counts")
			}
		},
		Changed: func(int64, int, int) bool { return false },
		Most:    2,
	})
	var texts []string
	for _, f := range c.findings {
		texts = append(texts, fmt.Sprintf("%s %s %d", f.Text, f.Pointer, len(f.Recorded)))
	}
	if want := []string{"conversation 0 /data 1", "conversation 1 /data 1"}; !slices.Equal(texts, want) || len(asked) != 1 || !slices.Equal(asked[0], []int64{0, 1}) {
		t.Errorf("%q after asking for %v", texts, asked)
	}
}
