package sandbox

import (
	"cmp"
	"iter"
	"slices"
	"sort"
)

// recordRows are the records of a collection in the order of its list, in blocks: to move one costs a block, and to find a page
// costs a step for each block.
type recordRows struct {
	descending bool
	blocks     [][]*Record // none is empty
	count      int
}

// compare is the order of the list: by what the collection is ordered by, then by key, the greatest key first.
func (r *recordRows) compare(a, b *Record) int {
	order := cmp.Compare(a.Order, b.Order)
	if r.descending {
		order = -order
	}
	return cmp.Or(order, cmp.Compare(b.Key, a.Key), cmp.Compare(a.ID, b.ID))
}

// fill puts many records in order at once.
func (r *recordRows) fill(list []*Record) {
	slices.SortFunc(list, r.compare)
	r.count, r.blocks = len(list), nil
	for block := range slices.Chunk(list, blockRows) {
		r.blocks = append(r.blocks, slices.Clone(block))
	}
}

// find is where a record stands, or would stand: a block, and a place in it.
func (r *recordRows) find(x *Record) (block, at int) {
	block = sort.Search(len(r.blocks), func(i int) bool {
		b := r.blocks[i]
		return r.compare(b[len(b)-1], x) >= 0
	})
	if block == len(r.blocks) {
		return block, 0
	}
	at, _ = slices.BinarySearchFunc(r.blocks[block], x, r.compare)
	return block, at
}

func (r *recordRows) insert(x *Record) {
	r.count++
	block, at := r.find(x)
	if block == len(r.blocks) {
		if block--; block < 0 {
			r.blocks = [][]*Record{{x}}
			return
		}
		at = len(r.blocks[block])
	}
	b := slices.Insert(r.blocks[block], at, x)
	r.blocks[block] = b
	if len(b) > blockRows {
		half := len(b) / 2
		r.blocks[block] = slices.Clone(b[:half])
		r.blocks = slices.Insert(r.blocks, block+1, slices.Clone(b[half:]))
	}
}

// remove takes a record out, which has to be there.
func (r *recordRows) remove(x *Record) {
	r.count--
	block, at := r.find(x)
	if r.blocks[block] = slices.Delete(r.blocks[block], at, at+1); len(r.blocks[block]) == 0 {
		r.blocks = slices.Delete(r.blocks, block, block+1)
	}
}

// slice gives count records from a place on.
func (r *recordRows) slice(from, count int) []*Record {
	list := make([]*Record, 0, count)
	for _, b := range r.blocks {
		if from >= len(b) {
			from -= len(b)
			continue
		}
		list = append(list, b[from:min(len(b), from+count-len(list))]...)
		if from = 0; len(list) == count {
			break
		}
	}
	return list
}

// all iterates over the records, in order.
func (r *recordRows) all() iter.Seq[*Record] {
	return func(yield func(*Record) bool) {
		for _, b := range r.blocks {
			for _, x := range b {
				if !yield(x) {
					return
				}
			}
		}
	}
}
