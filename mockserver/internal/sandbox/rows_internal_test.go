package sandbox

import (
	"slices"
	"testing"
)

func TestNewRows_AllocateNothingForAComparison(t *testing.T) { //nolint:paralleltest // AllocsPerRun counts for the whole process
	const n = 4 * blockRows
	list := make([]row, n)
	allocations := testing.AllocsPerRun(10, func() {
		for i := range list {
			list[i] = row{updated: int64(i * 7919 % n), id: int64(i)}
		}
		if rows := newRows(oldestFirst, list); rows.count != n {
			t.Fatal(rows.count)
		}
	})
	if allocations > 20 {
		t.Errorf("%v allocations for %d rows", allocations, n)
	}
	if !slices.IsSortedFunc(list, func(a, b row) int { return oldestFirst(&a, &b) }) {
		t.Error("the rows are not in order")
	}
}
