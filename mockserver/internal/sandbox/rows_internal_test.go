package sandbox

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestRowsStayInOrderWhateverIsPutBeforeThemBehindThemOrTakenOut(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		draw := rand.New(rand.NewPCG(seed, 0))
		r := newRowsInOrder(func(a, b *int) int { return cmp.Compare(*a, *b) }, []int{0, 1})
		want := []int{0, 1}
		first, last := 0, 1
		for range 6000 {
			switch n := draw.IntN(10); {
			case n < 5:
				first -= 3
				r.insert(first)
				want = slices.Insert(want, 0, first)
			case n < 6:
				last += 3
				r.insert(last)
				want = append(want, last)
			case n < 8 && len(want) > 0:
				x := want[draw.IntN(len(want))] - 1
				if at, there := slices.BinarySearch(want, x); !there {
					r.insert(x)
					want = slices.Insert(want, at, x)
				}
			case len(want) > 0:
				at := draw.IntN(min(len(want), 1+draw.IntN(600)))
				r.remove(&want[at])
				want = slices.Delete(want, at, at+1)
			}
		}
		if got := slices.Concat(r.blocks...); !slices.Equal(got, want) || r.count != len(want) {
			t.Fatalf("seed %d: %d rows, want %d", seed, len(got), len(want))
		}
		for _, b := range r.blocks {
			if len(b) == 0 || len(b) > blockRows {
				t.Errorf("seed %d: a block has %d rows", seed, len(b))
			}
		}
	}
}
