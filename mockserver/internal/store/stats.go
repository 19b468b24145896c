package store

import (
	"context"
	"time"
)

// A Batch is what was written in one transaction, or was not.
type Batch struct {
	Events int
	Took   time.Duration
	Err    error
}

// Observe calls observe with each batch, from then on. It must not block.
func (s *Store) Observe(observe func(Batch)) { s.observer.Store(&observe) }

// tell calls the observer with a batch that began at an instant of the process's clock.
func (s *Store) tell(writes []*Write, began time.Time, err error) {
	observe := s.observer.Load()
	if observe == nil || len(writes) == 0 {
		return
	}
	b := Batch{Took: time.Since(began), Err: err}
	for _, w := range writes {
		b.Events += len(w.Rows)
	}
	(*observe)(b)
}

// Waiting is how many writes wait for their turn.
func (s *Store) Waiting() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.waiting)
}

// Replicas is how many mocks use the database now, this one among them.
func (s *Store) Replicas(ctx context.Context) (int, error) {
	d, is := s.Database.(interface {
		Replicas(ctx context.Context) (int, error)
	})
	if !is {
		return 1, nil
	}
	return d.Replicas(ctx)
}
