package sandbox

import (
	"cmp"
	"encoding/binary"
	"slices"
	"strings"
)

// A recordRow is what choosing needs of a record, side by side in memory: a search of a hundred thousand reads only this.
type recordRow struct {
	search, values string
	*Record
}

func newRecordRow(r *Record) recordRow { return recordRow{r.search, r.values, r} }

// inOrder is the order of the list: by what the collection is ordered by, then by key, the greatest key first.
func (r *CollectionRules) inOrder(a, b *recordRow) int {
	order := cmp.Compare(a.Order, b.Order)
	if r.Descending {
		order = -order
	}
	return cmp.Or(order, cmp.Compare(b.Key, a.Key), cmp.Compare(a.ID, b.ID))
}

// fillRows puts many records in order at once. Their texts lie behind one another in this order.
func (c *collection) fillRows(count int, blocks [][]Record) {
	list := make([]recordRow, 0, count)
	size := 0
	for _, records := range blocks {
		for i := range records {
			list = append(list, newRecordRow(&records[i]))
			size += len(records[i].search) + len(records[i].values)
		}
	}
	list = c.rules.sort(list)
	c.rows = newRowsInOrder(c.rules.inOrder, list)
	var texts strings.Builder
	texts.Grow(size)
	for i := range list {
		texts.WriteString(list[i].search)
		texts.WriteString(list[i].values)
	}
	rest := texts.String()
	cut := func(n int) (text string) {
		text, rest = rest[:n], rest[n:]
		return text
	}
	for i := range list {
		row := &list[i]
		row.search, row.values = cut(len(row.search)), cut(len(row.values))
		row.Record.search, row.Record.values = row.search, row.values
	}
}

// sort gives rows in the order of the list. Most differ in the first bytes of what they are ordered by, which lie side by
// side here: to compare a million records by their texts takes ten times as long.
func (r *CollectionRules) sort(list []recordRow) []recordRow {
	type place struct {
		first uint64
		at    int
	}
	places := make([]place, len(list))
	for i := range list {
		if places[i] = (place{firstBytes(list[i].Order), i}); r.Descending {
			places[i].first = ^places[i].first
		}
	}
	slices.SortFunc(places, func(a, b place) int {
		if a.first != b.first {
			return cmp.Compare(a.first, b.first)
		}
		return r.inOrder(&list[a.at], &list[b.at])
	})
	inOrder := make([]recordRow, len(list))
	for i, p := range places {
		inOrder[i] = list[p.at]
	}
	return inOrder
}

// firstBytes is a number that is in the order of texts which differ early. Their first byte, which is always the same, does not count.
func firstBytes(text string) uint64 {
	var b [9]byte
	copy(b[:], text)
	return binary.BigEndian.Uint64(b[1:])
}

// slice gives count records of the list from a place on.
func (c *collection) slice(from, count int) []*Record {
	list := make([]*Record, 0, count)
	for _, b := range c.rows.blocks {
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

// all are the records, in the order of the list.
func (c *collection) all() []*Record { return c.slice(0, c.rows.count) }
