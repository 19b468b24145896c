package store

import (
	"context"
	"errors"
	"maps"
	"time"

	"example.com/awalmock/mockserver/internal/sandbox"
)

const (
	// atOnce is how many events are written together at most.
	atOnce = 1024
	// aliveEvery is how often the database is told that the mock runs: a mock that is killed forgets at most so much of the time
	// that its clocks have shown.
	aliveEvery = 5 * time.Second
	// retryEvery is how often a database that could not be written is tried again.
	retryEvery = time.Second
)

// enqueue lets a write wait for its turn. The lock must be held.
func (s *Store) enqueue(w *Write) (<-chan error, error) {
	if s.closed {
		return nil, errClosed
	}
	if head, moves := w.head(); moves {
		s.heads[w.Workspace] = head
	}
	waits := &waiting{w, make(chan error, 1)}
	s.push(waits)
	return waits.done, nil
}

func (s *Store) push(w *waiting) {
	s.waiting = append(s.waiting, w)
	s.signal()
}

func (s *Store) signal() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// writeAll writes what waits, until the store is closed.
func (s *Store) writeAll() {
	defer close(s.done)
	alive := time.NewTicker(aliveEvery)
	retry := time.NewTicker(retryEvery)
	defer alive.Stop()
	defer retry.Stop()
	for {
		select {
		case <-s.wake:
		case <-alive.C:
			s.keep(nil)
		case <-retry.C:
			if s.Health() != nil {
				s.keep(nil)
			}
		}
		for batch := s.take(); len(batch) > 0; batch = s.take() {
			s.keep(batch)
		}
		if s.ended() {
			s.keep(nil)
			return
		}
	}
}

func (s *Store) ended() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed && len(s.waiting) == 0
}

// take gives what waits, in its order, up to atOnce events.
func (s *Store) take() []*waiting {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, events := 0, 0
	for n < len(s.waiting) && (n == 0 || events < atOnce) {
		if w := s.waiting[n].Write; w != nil {
			events += len(w.Rows)
		}
		n++
	}
	batch := s.waiting[:n:n]
	s.waiting = s.waiting[n:]
	return batch
}

// keep writes a batch in one transaction, and tells its callers. When it fails, what waits behind it fails with it: it was
// decided on top of events that are not there.
func (s *Store) keep(batch []*waiting) {
	writes := make([]*Write, 0, len(batch))
	for _, w := range batch {
		if w.Write != nil {
			writes = append(writes, w.Write)
		}
	}
	var err error
	if len(writes) > 0 || len(batch) == 0 {
		if err = s.beSure(); err == nil {
			err = s.Database.Write(context.Background(), writes, s.Now())
		}
		batch = append(batch, s.note(writes, err)...)
	}
	for _, w := range batch {
		w.done <- err
	}
}

// beSure learns the newest events from the database after a write that failed: when a connection is lost, its last transaction may have
// been kept. Then what waits was decided without it, which is a conflict.
func (s *Store) beSure() error {
	if !s.unsure { // only the goroutine that writes changes it
		return nil
	}
	entries, err := s.Database.Entries(context.Background())
	if err != nil {
		return err
	}
	there := make(map[string]int64, len(entries))
	for _, e := range entries {
		there[e.Workspace] = e.Head
	}
	s.unsure = false
	s.mu.Lock()
	defer s.mu.Unlock()
	if maps.Equal(there, s.written) {
		return nil
	}
	s.written = there
	return sandbox.ErrConflict
}

// note remembers what became of writes, and gives those that fail with them.
func (s *Store) note(writes []*Write, err error) (alsoFailed []*waiting) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if errors.Is(err, sandbox.ErrConflict) { // the database is well
		alsoFailed, s.waiting = s.waiting, nil
		s.heads = maps.Clone(s.written)
		return alsoFailed
	}
	switch {
	case err != nil && s.failure == nil:
		s.Logger.Error("the store cannot be written: commands are answered 503 until it can, reads go on", "store", s.Name, "error", err)
	case err == nil && s.failure != nil:
		s.Logger.Warn("the store can be written again", "store", s.Name)
	}
	s.failure = err
	if err != nil {
		s.unsure = true
		alsoFailed, s.waiting = s.waiting, nil
		s.heads = maps.Clone(s.written)
		return alsoFailed
	}
	for _, w := range writes {
		if head, moves := w.head(); moves {
			s.written[w.Workspace] = head
		}
		if w.Remove {
			delete(s.written, w.Workspace)
		}
	}
	return nil
}
