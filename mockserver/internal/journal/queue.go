package journal

// A queue holds entries by sequence, the oldest first, in an array that is used again: were each entry an object of its own, the
// garbage collector would have one more to free for each request. The zero queue is empty.
type queue struct {
	slots []slot
	first int // the place of the oldest
	count int
	bytes int // that all entries take, about
}

type slot struct {
	Entry
	bytes int
}

// at is the entry at place i, counted from the oldest.
func (q *queue) at(i int) *slot {
	if i += q.first; i >= len(q.slots) {
		i -= len(q.slots)
	}
	return &q.slots[i]
}

// push adds the newest entry.
func (q *queue) push(e *Entry, bytes int) {
	if q.count == len(q.slots) {
		larger := make([]slot, max(16, 2*q.count))
		for i := range q.count {
			larger[i] = *q.at(i)
		}
		q.slots, q.first = larger, 0
	}
	q.count++
	q.bytes += bytes
	*q.at(q.count - 1) = slot{*e, bytes}
}

// drop removes the oldest entry, and returns its sequence.
func (q *queue) drop() int64 {
	oldest := q.at(0)
	sequence := oldest.Sequence
	q.bytes -= oldest.bytes
	*oldest = slot{}
	q.first = (q.first + 1) % len(q.slots)
	q.count--
	return sequence
}

// without is the queue without the entries for which gone holds.
func (q *queue) without(gone func(*Entry) bool) queue {
	var rest queue
	for i := range q.count {
		if s := q.at(i); !gone(&s.Entry) {
			rest.push(&s.Entry, s.bytes)
		}
	}
	return rest
}
