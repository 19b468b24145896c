package journal

import (
	"bytes"
	"net/http"
)

// A queue holds entries by sequence, the oldest first, in an array that is used again: were each entry an object of its own, the
// garbage collector would have one more to free for each request. The zero queue is empty.
type queue struct {
	slots []slot
	first int // the place of the oldest
	count int
	bytes int // that all entries take, about
}

// keptHeads is how large an array for headers may be that a slot keeps for its next entry; size counts as much for each entry.
const keptHeads = 1 << 10

type slot struct {
	Entry
	bytes int
	heads []byte // where the headers of the entry's messages lie, one behind the other; used again
}

// put puts an entry into the slot, with the headers of its request and its answer.
func (s *slot) put(e *Entry, size int, request, reply http.Header) {
	heads := appendHeader(s.heads, request)
	n := len(heads)
	heads = appendHeader(heads, reply)
	if s.heads == nil {
		heads = bytes.Clone(heads) // those that come later are as long, or nearly
	}
	*s = slot{*e, size, heads}
	s.Request.header, s.Reply.header = heads[:n], heads[n:]
}

// copy is the entry for a reader: it stays as it is when the slot is used again.
func (s *slot) copy() *Entry {
	e, n, heads := s.Entry, len(s.Request.header), bytes.Clone(s.heads)
	e.Request.header, e.Reply.header = heads[:n], heads[n:]
	return &e
}

// clear makes the slot ready for the next entry.
func (s *slot) clear() {
	if cap(s.heads) > keptHeads {
		s.heads = nil
	}
	*s = slot{heads: s.heads[:0]}
}

// at is the entry at place i, counted from the oldest.
func (q *queue) at(i int) *slot {
	if i += q.first; i >= len(q.slots) {
		i -= len(q.slots)
	}
	return &q.slots[i]
}

// push gives the slot for the newest entry, which is to take so many bytes, about.
func (q *queue) push(bytes int) *slot {
	if q.count == len(q.slots) {
		larger := make([]slot, max(16, 2*q.count))
		for i := range q.count {
			larger[i] = *q.at(i)
		}
		q.slots, q.first = larger, 0
	}
	q.count++
	q.bytes += bytes
	return q.at(q.count - 1)
}

// drop removes the oldest entry, and returns its sequence.
func (q *queue) drop() int64 {
	oldest := q.at(0)
	sequence := oldest.Sequence
	q.bytes -= oldest.bytes
	oldest.clear()
	q.first = (q.first + 1) % len(q.slots)
	q.count--
	return sequence
}

// without is the queue without the entries for which gone holds.
func (q *queue) without(gone func(*Entry) bool) queue {
	var rest queue
	for i := range q.count {
		if s := q.at(i); !gone(&s.Entry) {
			*rest.push(s.bytes) = *s
		}
	}
	return rest
}
