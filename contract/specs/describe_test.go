package specs

import (
	"slices"
	"testing"

	"example.com/awalmock/contract/run"
)

func TestDecoratorsOfAGroupAreForEachOfItsSpecs(t *testing.T) {
	t.Parallel()
	nothing := func(*T) {}
	group := Describe("outer", Capability("send"), Writes(),
		It("one", Requirement("R-1"), nothing, Suffix(".a")),
		Describe("inner", Operation("op"), Serial(), It("two", Requirement("R-2"), nothing)),
	)
	one, two := group[0], group[1]
	if one.ID != "R-1.a" || one.Requirement != "R-1" || one.Capability != "send" || !one.Writes || one.Serial || !slices.Equal(one.Container, []string{"outer"}) {
		t.Errorf("%+v", one)
	}
	if two.ID != "R-2" || two.Operation != "op" || two.Capability != "send" || !two.Serial || !slices.Equal(two.Container, []string{"outer", "inner"}) {
		t.Errorf("%+v", two)
	}
}

func TestWhatIsBeforeEachRunsBeforeTheSpecThatOfTheOuterGroupFirst(t *testing.T) {
	t.Parallel()
	var ran []string
	note := func(text string) func(*T) { return func(*T) { ran = append(ran, text) } }
	group := Describe("outer", BeforeEach(note("outer")), Describe("inner", BeforeEach(note("inner")), It("one", Requirement("R-1"), note("spec"))))
	if err := group[0].Run(&run.T{}); err != nil || !slices.Equal(ran, []string{"outer", "inner", "spec"}) {
		t.Errorf("%q, %v", ran, err)
	}
}
