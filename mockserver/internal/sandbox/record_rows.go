package sandbox

import (
	"cmp"
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
func (c *collection) fillRows(records []Record) {
	list := make([]recordRow, len(records))
	for i := range records {
		list[i] = newRecordRow(&records[i])
	}
	c.rows = newRows(c.rules.inOrder, list)
	var texts strings.Builder
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
