// Package replay remembers which signatures were accepted, so that each is accepted once.
package replay

import (
	"sync"
	"time"
)

// Signatures remembers in memory, for at least twice the greatest skew: after that the timestamp that a signature covers is
// refused anyway. It implements engine.Replays, and is safe for concurrent use.
type Signatures struct {
	keep time.Duration
	now  func() time.Time

	mu       sync.Mutex
	turned   time.Time
	new, old map[key]struct{}
}

type key struct{ workspace, signature string }

// New remembers for twice the skew; without a skew (0) for a day.
func New(skew time.Duration, now func() time.Time) *Signatures {
	keep := 2 * skew
	if keep == 0 {
		keep = 24 * time.Hour
	}
	return &Signatures{keep: keep, now: now, turned: now(), new: map[key]struct{}{}}
}

// First implements engine.Replays. Two generations, each as long as what has to be kept, bound the memory without a timer.
func (s *Signatures) First(workspace, signature string) bool {
	k := key{workspace, signature}
	s.mu.Lock()
	defer s.mu.Unlock()
	if age := s.now().Sub(s.turned); age >= s.keep {
		s.old, s.new, s.turned = s.new, map[key]struct{}{}, s.now()
		if age >= 2*s.keep {
			s.old = nil
		}
	}
	_, inNew := s.new[k]
	_, inOld := s.old[k]
	if inNew || inOld {
		return false
	}
	s.new[k] = struct{}{}
	return true
}
