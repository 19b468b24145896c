package store

import (
	"runtime"
	"time"
)

// gatherFor is the part of the last write's time, after its end, that the next write waits for callers.
const gatherFor = 4

// A lastWrite is what is known of the write before.
type lastWrite struct {
	callers int // that were answered by it or waited behind it
	took    time.Duration
	ended   time.Time
}

// keepAll writes a batch, and remembers how long that took and how many callers there were.
func (s *Store) keepAll(batch []*waiting) lastWrite {
	began := time.Now()
	s.keep(batch)
	s.mu.Lock()
	defer s.mu.Unlock()
	ended := time.Now()
	return lastWrite{len(batch) + len(s.waiting), ended.Sub(began), ended}
}

// gather lets callers that were answered a moment ago append again, so that one write serves all of them; otherwise half of them would wait
// while the other half is written, by turns. It waits until as many append as before, or a quarter of the last write's time has passed since
// its end. Only the goroutine that writes calls it, when something waits.
func (s *Store) gather(last lastWrite) {
	runtime.Gosched() // those that are about to append do it first
	left := last.took/gatherFor - time.Since(last.ended)
	if left <= 0 || s.have(last.callers) {
		return
	}
	enough := time.NewTimer(left)
	defer enough.Stop()
	for !s.have(last.callers) {
		select {
		case <-s.wake:
		case <-enough.C:
			s.have(0)
			return
		}
	}
}

// have reports whether so many callers wait. While fewer do, they do not wake the goroutine that writes.
func (s *Store) have(callers int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || len(s.waiting) >= callers {
		s.wakeAt = 0
		return true
	}
	s.wakeAt = callers
	return false
}
