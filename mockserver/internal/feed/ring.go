// Package feed keeps the newest of what happens for readers that come and go: a ring that is read by cursor.
//
// It must never know what it carries.
package feed

// A Ring keeps the newest entries that were added to it. The zero Ring keeps none. It is not safe for concurrent use.
type Ring[T any] struct {
	entries []T
	size    int
	oldest  int   // index of the oldest entry, once the ring is full
	end     int64 // position behind the newest entry
}

// NewRing keeps so many entries.
func NewRing[T any](size int) *Ring[T] { return &Ring[T]{size: size} }

// Add adds an entry; the oldest one makes room for it.
func (r *Ring[T]) Add(entry T) {
	if len(r.entries) < r.size {
		r.entries = append(r.entries, entry)
	} else {
		r.entries[r.oldest] = entry
		r.oldest = (r.oldest + 1) % r.size
	}
	r.end++
}

// Drop forgets all entries: a reader at any earlier position has lost some.
func (r *Ring[T]) Drop() {
	r.entries, r.oldest = nil, 0
	r.end++
}

// End is the position behind the newest entry.
func (r *Ring[T]) End() int64 { return r.end }

// Start is the position of the oldest entry that is kept.
func (r *Ring[T]) Start() int64 { return r.end - int64(len(r.entries)) }

// From gives at most limit entries from a position on. ok is false when an entry from there on is not kept any more.
func (r *Ring[T]) From(position int64, limit int) (entries []T, ok bool) {
	if position < r.Start() || position > r.end {
		return nil, false
	}
	n := min(int(r.end-position), limit)
	entries = make([]T, 0, n)
	for i := range int64(n) {
		entries = append(entries, r.at(position+i))
	}
	return entries, true
}

// at is the entry at a position that is kept.
func (r *Ring[T]) at(position int64) T {
	return r.entries[(r.oldest+int(position-r.Start()))%len(r.entries)]
}

// Find gives the position behind the newest entry for which is holds.
func (r *Ring[T]) Find(is func(T) bool) (position int64, found bool) {
	for p := r.end - 1; p >= r.Start(); p-- {
		if is(r.at(p)) {
			return p + 1, true
		}
	}
	return 0, false
}
