package sandbox

import (
	"slices"
	"sort"
)

// rows are rows in order, in blocks that lie side by side in memory: to move one row costs a block, not all of them.
type rows[T any] struct {
	compare func(a, b *T) int // no two rows are equal
	blocks  [][]T             // none is empty
	count   int

	// The first block is the part of front from start on, if rows were put before all others: the next one needs no other row to move.
	front []T
	start int
}

// blockRows is how many rows a block has at most.
const blockRows = 512

// newRows makes rows of a list, which is put in order.
func newRows[T any](compare func(a, b *T) int, list []T) rows[T] {
	sort.Sort(inOrder[T]{compare, list})
	return newRowsInOrder(compare, list)
}

// inOrder sorts a list where it lies: slices.SortFunc would give each comparison two copies of rows, which are new objects for a compare that
// takes pointers. They were nine of ten allocations of a reset.
type inOrder[T any] struct {
	compare func(a, b *T) int
	list    []T
}

func (o inOrder[T]) Len() int { return len(o.list) }

func (o inOrder[T]) Less(i, j int) bool { return o.compare(&o.list[i], &o.list[j]) < 0 }

func (o inOrder[T]) Swap(i, j int) { o.list[i], o.list[j] = o.list[j], o.list[i] }

// newRowsInOrder makes rows of a list that is in order.
func newRowsInOrder[T any](compare func(a, b *T) int, list []T) rows[T] {
	r := rows[T]{compare: compare, count: len(list)}
	for block := range slices.Chunk(list, blockRows) {
		r.blocks = append(r.blocks, block)
	}
	return r
}

// find returns the place where a row is or would be: a block, and a place in it. The block is one behind the last when all rows
// come before.
func (r *rows[T]) find(x *T) (block, at int) {
	block = sort.Search(len(r.blocks), func(i int) bool {
		b := r.blocks[i]
		return r.compare(&b[len(b)-1], x) >= 0
	})
	if block == len(r.blocks) {
		return block, 0
	}
	b := r.blocks[block]
	return block, sort.Search(len(b), func(i int) bool { return r.compare(&b[i], x) >= 0 })
}

// insert puts a row in its place.
func (r *rows[T]) insert(x T) {
	r.count++
	block, at := r.find(&x)
	if last := len(r.blocks) - 1; block > last { // behind all others: what is full stays as it is
		switch {
		case last < 0:
			r.blocks = [][]T{{x}}
		case len(r.blocks[last]) >= blockRows:
			r.blocks = append(r.blocks, append(make([]T, 0, blockRows), x))
		default:
			r.blocks[last] = append(r.blocks[last], x)
		}
		return
	}
	if block == 0 && at == 0 {
		r.prepend(x)
		return
	}
	b := slices.Insert(r.blocks[block], at, x)
	r.blocks[block] = b
	if len(b) > blockRows {
		half := len(b) / 2
		r.blocks = slices.Insert(r.blocks, block+1, append(make([]T, 0, blockRows), b[half:]...))
		clear(b[half:]) // they hold pointers
		r.blocks[block] = b[:half]
	}
}

// prepend puts a row before all others.
func (r *rows[T]) prepend(x T) {
	if r.start == 0 || &r.front[r.start] != &r.blocks[0][0] { // full, or another block is the first one now
		r.start = min(blockRows, max(16, r.count))
		r.front = make([]T, r.start)
		r.blocks = slices.Insert(r.blocks, 0, nil)
	}
	end := r.start + len(r.blocks[0])
	r.start--
	r.front[r.start] = x
	r.blocks[0] = r.front[r.start:end:end]
}

// remove takes a row out, which has to be there, and returns it.
func (r *rows[T]) remove(x *T) T {
	r.count--
	block, at := r.find(x)
	removed := r.blocks[block][at]
	if r.blocks[block] = slices.Delete(r.blocks[block], at, at+1); len(r.blocks[block]) == 0 {
		r.blocks = slices.Delete(r.blocks, block, block+1)
	}
	return removed
}
