package judge

import (
	"fmt"
	"testing"

	"example.com/awalmock/contract/exchange"
)

func TestARowContainsATermInEveryReadingThatIsLeftOpenAndInNoOther(t *testing.T) {
	t.Parallel()
	name := func(s string) *string { return &s }
	for _, test := range []struct {
		name  *string
		phone string
		term  string
		want  bool
	}{
		{name("Ahmed Mohammed"), "96650000000", "ed mo", true},
		{name("Ahmed Mohammed"), "96650000000", "AHMED", true},
		{name("أحمد"), "96650000000", "احمد", true},
		{name("Zoë"), "96650000000", "zoe", true},
		{name("Ahmed"), "96650000000", "5000", true},
		{name("Ahmed"), "96650000000", "+966 (50)", true},
		{name("Ahmed"), "96650000000", "  ahm ", true},
		{name("Ahmed"), "96650000000", "%", false},
		{name("Ahmed"), "96650000000", "(", false},
		{name("Ahmed"), "96650000000", "A%d", false},
		{name("Ahmed"), "96650000000", "x966", false},
		{name("100% (me)"), "966", "% (", true},
		{nil, "96650000000", "ahmed", false},
		{name("خالد"), "966", "ظظژگ", false},
	} {
		if got := ContainsTerm(&exchange.Row{Name: test.name, Phone: test.phone}, test.term); got != test.want {
			t.Errorf("%s %s contains %q: %v", exchange.Shown(test.name), test.phone, test.term, got)
		}
	}
}

func TestPartsOfANameComeFromItsBeginningMiddleAndEnd(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"Ahmed Mohammed": "[Ahme Moh mmed]", "Omar": "[Om ma ar]", "Abc": "[]"} {
		if got := fmt.Sprint(Parts(text)); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}
