package seed

import (
	"testing"

	"pgregory.net/rapid"
)

func TestAMixIsScaledByTheLargestRemainder(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		mix   Mix
		total int
		want  Mix
	}{
		{usual, 50, usual},
		{Mix{1, 1, 1}, 10, Mix{4, 3, 3}},
		{Mix{2, 1}, 4, Mix{3, 1}},
		{Mix{5, 3, 1}, 1, Mix{1}},
		{usual, 0, Mix{}},
		{usual, 100_000, Mix{24000, 20000, 12000, 12000, 10000, 12000, 10000}},
	} {
		if got := c.mix.scaled(c.total); got != c.want {
			t.Errorf("%v to %d: %v, want %v", c.mix, c.total, got, c.want)
		}
	}
}

func TestWhatIsMissingFillsUpToTheTotal(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var mix, have Mix
		for i := range mix {
			mix[i] = rapid.IntRange(0, 50).Draw(t, "mix")
			have[i] = rapid.IntRange(0, 9).Draw(t, "have")
		}
		if mix.sum() == 0 {
			mix[0] = 1
		}
		total := have.sum() + rapid.IntRange(0, 1000).Draw(t, "more")
		missing := mix.missing(total, have)
		if missing.sum()+have.sum() != total {
			t.Fatalf("%v missing of %d", missing, total)
		}
		for i, n := range missing {
			if n < 0 {
				t.Fatalf("%v", missing)
			}
			if n > 0 && mix[i] == 0 {
				t.Fatalf("%v generated, although the mix is %v", missing, mix)
			}
		}
	})
}
