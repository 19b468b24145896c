package engine

import (
	"sync"
	"time"
)

// Replays remembers the signatures that were accepted for at least twice the greatest skew: after that the timestamp
// they cover is refused anyway.
type Replays struct {
	keep time.Duration
	now  func() time.Time

	mu       sync.Mutex
	turned   time.Time
	new, old map[replay]struct{}
}

type replay struct{ workspace, signature string }

// NewReplays remembers for twice the skew; without a skew (0) for a day.
func NewReplays(skew time.Duration, now func() time.Time) *Replays {
	keep := 2 * skew
	if keep == 0 {
		keep = 24 * time.Hour
	}
	return &Replays{keep: keep, now: now, turned: now(), new: map[replay]struct{}{}}
}

// first tells whether the signature is seen for the first time, and remembers it. Two generations, each as long as what
// has to be kept, bound the memory without a timer.
func (r *Replays) first(c Client, header string) bool {
	if r == nil {
		return true
	}
	key := replay{c.Workspace, sameSignature(header)}
	r.mu.Lock()
	defer r.mu.Unlock()
	if age := r.now().Sub(r.turned); age >= r.keep {
		r.old, r.new, r.turned = r.new, map[replay]struct{}{}, r.now()
		if age >= 2*r.keep {
			r.old = nil
		}
	}
	_, inNew := r.new[key]
	_, inOld := r.old[key]
	if inNew || inOld {
		return false
	}
	r.new[key] = struct{}{}
	return true
}
