package feed_test

import (
	"slices"
	"testing"

	"example.com/awalmock/mockserver/internal/feed"
)

func TestARingKeepsTheNewestAndSaysWhenAReaderHasLostSome(t *testing.T) {
	t.Parallel()
	r := feed.NewRing[int](3)
	for i := range 5 {
		r.Add(i)
	}
	if r.Start() != 2 || r.End() != 5 {
		t.Errorf("it keeps %d to %d", r.Start(), r.End())
	}
	for name, c := range map[string]struct {
		from  int64
		limit int
		want  []int
		ok    bool
	}{
		"all that is kept":     {2, 10, []int{2, 3, 4}, true},
		"some":                 {2, 2, []int{2, 3}, true},
		"the newest":           {4, 10, []int{4}, true},
		"nothing new":          {5, 10, []int{}, true},
		"what made room":       {1, 10, nil, false},
		"what never was there": {6, 10, nil, false},
	} {
		if got, ok := r.From(c.from, c.limit); ok != c.ok || !slices.Equal(got, c.want) {
			t.Errorf("%s: %v %t", name, got, ok)
		}
	}
}

func TestAReaderFindsThePlaceBehindTheNewestEntryOfAKind(t *testing.T) {
	t.Parallel()
	r := feed.NewRing[int](3)
	for _, n := range []int{7, 8, 9, 8} {
		r.Add(n)
	}
	for entry, want := range map[int]int64{8: 4, 9: 3} {
		if at, found := r.Find(func(n int) bool { return n == entry }); !found || at != want {
			t.Errorf("%d: %d %t, want %d", entry, at, found, want)
		}
	}
	if at, found := r.Find(func(n int) bool { return n == 7 }); found {
		t.Errorf("an entry that made room is found at %d", at)
	}
}

func TestAfterADropEveryReaderHasLostSome(t *testing.T) {
	t.Parallel()
	r := feed.NewRing[int](3)
	r.Add(1)
	before := r.End()
	r.Drop()
	if _, ok := r.From(before, 10); ok {
		t.Error("a reader at the end before does not know of it")
	}
	r.Add(2)
	if got, ok := r.From(before+1, 10); !ok || !slices.Equal(got, []int{2}) {
		t.Errorf("a reader from then on gets %v %t", got, ok)
	}
}
