package sandbox

import (
	"slices"
	"sort"
)

// rows are the rows of an inbox in order, in blocks that lie side by side in memory: to move one row costs a block, not the
// inbox.
type rows struct {
	blocks [][]row // none is empty
	count  int
}

// blockRows is how many rows a block has at most.
const blockRows = 512

// ordered makes rows of a list that is in order.
func ordered(list []row) rows {
	r := rows{count: len(list)}
	for block := range slices.Chunk(list, blockRows) {
		r.blocks = append(r.blocks, block)
	}
	return r
}

// find returns the place where the row with this instant and id is or would be: a block, and a place in it. The block is one behind
// the last when all rows come before.
func (r *rows) find(updated, id int64) (block, at int) {
	key := row{updated: updated, id: id}
	block = sort.Search(len(r.blocks), func(i int) bool {
		b := r.blocks[i]
		return oldestFirst(&b[len(b)-1], &key) >= 0
	})
	if block == len(r.blocks) {
		return block, 0
	}
	b := r.blocks[block]
	return block, sort.Search(len(b), func(i int) bool { return oldestFirst(&b[i], &key) >= 0 })
}

// insert puts a row in its place.
func (r *rows) insert(x row) {
	r.count++
	block, at := r.find(x.updated, x.id)
	if last := len(r.blocks) - 1; block > last { // the newest of all: what is full stays as it is
		if last < 0 || len(r.blocks[last]) >= blockRows {
			r.blocks = append(r.blocks, make([]row, 0, blockRows))
			last++
		}
		r.blocks[last] = append(r.blocks[last], x)
		return
	}
	b := slices.Insert(r.blocks[block], at, x)
	r.blocks[block] = b
	if len(b) > blockRows {
		half := len(b) / 2
		r.blocks = slices.Insert(r.blocks, block+1, append(make([]row, 0, blockRows), b[half:]...))
		clear(b[half:]) // they hold conversations
		r.blocks[block] = b[:half]
	}
}

// remove takes a row out, which has to be there, and gives it.
func (r *rows) remove(updated, id int64) row {
	r.count--
	block, at := r.find(updated, id)
	x := r.blocks[block][at]
	if r.blocks[block] = slices.Delete(r.blocks[block], at, at+1); len(r.blocks[block]) == 0 {
		r.blocks = slices.Delete(r.blocks, block, block+1)
	}
	return x
}
