package store

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"example.com/awalmock/mockserver/internal/sandbox"
)

const (
	// atOnce is how many events are written together at most.
	atOnce = 1024
	// aliveEvery is how often the database learns that the mock runs: a mock that is killed forgets at most so much of the time
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
	if head, moves := w.NewHead(); moves {
		s.heads[w.Workspace] = head
	}
	waits := &waiting{w, make(chan error, 1)}
	s.push(waits)
	return waits.done, nil
}

func (s *Store) push(w *waiting) {
	s.waiting = append(s.waiting, w)
	if len(s.waiting) >= s.wakeAt {
		s.signal()
	}
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
	var last lastWrite
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
		for s.someWait() {
			s.gather(last)
			last = s.keepAll(s.take())
		}
		if s.ended() {
			s.keep(nil)
			return
		}
	}
}

func (s *Store) someWait() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.waiting) > 0
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

// keep writes a batch in one transaction, and answers its callers. When it fails, what waits behind it fails with it: it was
// decided on top of events that are not there.
func (s *Store) keep(batch []*waiting) {
	writes := make([]*Write, 0, len(batch))
	for _, w := range batch {
		if w.Write != nil {
			writes = append(writes, w.Write)
		}
	}
	var (
		err  error
		left []*Write
	)
	if len(writes) > 0 || len(batch) == 0 {
		began := time.Now()
		if err = s.beSure(); err == nil {
			left, err = s.Database.Write(context.Background(), writes, s.Now())
		}
		s.tell(writes, began, err)
		batch = append(batch, s.note(writes, left, err)...)
	}
	conflicts := map[string]bool{}
	for _, w := range left {
		conflicts[w.Workspace] = conflicts[w.Workspace] || len(w.Rows) > 0
	}
	for _, w := range batch {
		if err == nil && w.Write != nil && (slices.Contains(left, w.Write) || conflicts[w.Workspace] && len(w.Rows) > 0) {
			w.done <- sandbox.ErrConflict
			continue
		}
		w.done <- err
	}
}

// beSure learns the newest events from the database after a write that failed: its last transaction may have been kept. Then what waits was
// decided without it, which is a conflict. A shared database finds out by itself.
func (s *Store) beSure() error {
	if !s.unsure || s.shared != nil { // only the goroutine that writes changes it
		return nil
	}
	entries, err := s.Database.Entries(context.Background())
	if err != nil {
		return err
	}
	there := make(map[string]Head, len(entries))
	for _, e := range entries {
		there[e.Workspace] = Head{e.Head, s.written[e.Workspace].Life}
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
func (s *Store) note(writes, left []*Write, err error) (alsoFailed []*waiting) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !errors.Is(err, sandbox.ErrConflict) { // with a conflict the database is well
		s.setHealth(err)
	}
	if err != nil {
		s.unsure = !errors.Is(err, sandbox.ErrConflict)
		alsoFailed, s.waiting = s.waiting, nil
		s.heads = maps.Clone(s.written)
		return alsoFailed
	}
	for _, w := range writes {
		head, moves := w.NewHead()
		switch {
		case slices.Contains(left, w):
		case w.Remove:
			delete(s.written, w.Workspace)
			delete(s.entries, w.Workspace)
			if s.heads[w.Workspace] == head {
				delete(s.heads, w.Workspace)
			}
		case moves:
			s.written[w.Workspace] = head
			s.noteClock(w)
			if s.shared != nil {
				s.shared.Announce(w.Workspace, head)
			}
		}
	}
	for _, w := range left {
		alsoFailed = append(alsoFailed, s.conflict(w)...)
	}
	return alsoFailed
}

// conflict gives what waits behind a write that was left out: it was decided on top of it.
func (s *Store) conflict(left *Write) (alsoFailed []*waiting) {
	if len(left.Rows) == 0 { // a client, on which no event depends
		return nil
	}
	s.contended[left.Workspace] = time.Now().Add(sharedFor)
	s.heads[left.Workspace] = s.written[left.Workspace]
	s.waiting = slices.DeleteFunc(s.waiting, func(w *waiting) bool {
		fails := w.Write != nil && w.Workspace == left.Workspace && len(w.Rows) > 0 && !w.Replace
		if fails {
			alsoFailed = append(alsoFailed, w)
		}
		return fails
	})
	return alsoFailed
}

// setHealth remembers why the database could not be used; nil: it could. Store.mu is held.
func (s *Store) setHealth(err error) {
	switch {
	case err != nil && s.failure == nil:
		s.Logger.Error("the store cannot be written: commands are answered 503 until it can, reads go on", "store", s.Name, "error", err)
	case err == nil && s.failure != nil:
		s.Logger.Warn("the store can be written again", "store", s.Name)
	}
	s.failure = err
}

// noteClock keeps what Opened says of a workspace. Store.mu is held.
func (s *Store) noteClock(w *Write) {
	if e, known := s.entries[w.Workspace]; w.Clock != nil || !known {
		e.Workspace = w.Workspace
		if w.Clock != nil {
			e.Clock = *w.Clock
		}
		s.entries[w.Workspace] = e
	}
}
