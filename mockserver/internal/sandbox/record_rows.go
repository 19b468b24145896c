package sandbox

import (
	"cmp"
	"slices"
	"sort"
	"strings"
)

// recordRows are the records of a collection in the order of its list, in blocks: to move one costs a block, and to find a page
// costs a step for each block.
type recordRows struct {
	descending bool
	blocks     [][]recordRow // none is empty
	count      int
}

// A recordRow is what choosing needs of a record, side by side in memory: a search of a hundred thousand reads only this.
type recordRow struct {
	search, values string
	*Record
}

// compare is the order of the list: by what the collection is ordered by, then by key, the greatest key first.
func (r *recordRows) compare(a, b *Record) int {
	order := cmp.Compare(a.Order, b.Order)
	if r.descending {
		order = -order
	}
	return cmp.Or(order, cmp.Compare(b.Key, a.Key), cmp.Compare(a.ID, b.ID))
}

// fill puts many records in order at once. Their texts lie behind one another in this order.
func (r *recordRows) fill(list []*Record) {
	slices.SortFunc(list, r.compare)
	var texts strings.Builder
	for _, x := range list {
		texts.WriteString(x.search)
		texts.WriteString(x.values)
	}
	rest := texts.String()
	cut := func(n int) (text string) {
		text, rest = rest[:n], rest[n:]
		return text
	}
	rows := make([]recordRow, len(list))
	for i, x := range list {
		x.search, x.values = cut(len(x.search)), cut(len(x.values))
		rows[i] = recordRow{x.search, x.values, x}
	}
	r.count, r.blocks = len(list), nil
	for block := range slices.Chunk(rows, blockRows) {
		r.blocks = append(r.blocks, block)
	}
}

// find returns the place where a record is or would be: a block, and a place in it.
func (r *recordRows) find(x *Record) (block, at int) {
	block = sort.Search(len(r.blocks), func(i int) bool {
		b := r.blocks[i]
		return r.compare(b[len(b)-1].Record, x) >= 0
	})
	if block == len(r.blocks) {
		return block, 0
	}
	at, _ = slices.BinarySearchFunc(r.blocks[block], x, func(row recordRow, x *Record) int { return r.compare(row.Record, x) })
	return block, at
}

func (r *recordRows) insert(x *Record) {
	r.count++
	row := recordRow{x.search, x.values, x}
	block, at := r.find(x)
	if block == len(r.blocks) {
		if block--; block < 0 {
			r.blocks = [][]recordRow{{row}}
			return
		}
		at = len(r.blocks[block])
	}
	b := slices.Insert(r.blocks[block], at, row)
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
		if len(list) == count {
			break
		}
		if from >= len(b) {
			from -= len(b)
			continue
		}
		for i := from; i < len(b) && len(list) < count; i++ {
			list = append(list, b[i].Record)
		}
		from = 0
	}
	return list
}

// all are the records, in order.
func (r *recordRows) all() []*Record { return r.slice(0, r.count) }
