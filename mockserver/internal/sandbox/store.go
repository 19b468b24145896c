package sandbox

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"slices"
	"sync"
)

// A Store keeps the events of workspaces. Its methods may be called by many at once.
type Store interface {
	// Append adds events, whose numbers follow each other, behind the event number after. ErrConflict says that after is not
	// the newest event; any error says that nothing was added. The channel gives nil once the events are durable, or why they
	// are not and never will be; a nil channel says that they are durable already.
	Append(ctx context.Context, workspace string, after int64, events []Event) (durable <-chan error, err error)
	// Replace keeps these events of a workspace, and no other; no events remove the workspace. clock is what its clock shows
	// after them. They are durable when it returns.
	Replace(ctx context.Context, workspace string, events []Event, clock Clock) error
	// Read gives the events with a number above after, in the order of their numbers: all that were appended before, also those
	// that are not durable yet. It may begin later: a store may forget what lies before the last reset.
	Read(ctx context.Context, workspace string, after int64) iter.Seq2[Event, error]
}

// ErrConflict says that the store has events that the caller of Append does not know.
var ErrConflict = errors.New("the workspace has newer events")

// A MemoryStore keeps events as long as the process runs, and of each workspace only those from its last reset on.
type MemoryStore struct {
	mu     sync.Mutex
	events map[string]eventBlocks
}

// eventBlocks are the events of a workspace, none of the blocks empty: to add one to a million moves none of the others.
type eventBlocks [][]Event

const eventsInBlock = 1024

// newest is the number of the newest event, 0 if there is none.
func (b eventBlocks) newest() int64 {
	if len(b) == 0 {
		return 0
	}
	last := b[len(b)-1]
	return last[len(last)-1].Seq
}

func (b eventBlocks) append(events []Event) eventBlocks {
	for len(events) > 0 {
		switch {
		case len(b) == 0: // most workspaces have few events
			b = append(b, nil)
		case len(b[len(b)-1]) >= eventsInBlock:
			b = append(b, make([]Event, 0, eventsInBlock))
		}
		last := &b[len(b)-1]
		n := min(len(events), eventsInBlock-len(*last))
		*last = append(*last, events[:n]...)
		events = events[n:]
	}
	return b
}

// NewMemoryStore is empty.
func NewMemoryStore() *MemoryStore { return &MemoryStore{events: map[string]eventBlocks{}} }

// Append implements Store.
func (s *MemoryStore) Append(ctx context.Context, workspace string, after int64, events []Event) (<-chan error, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	kept := s.events[workspace]
	if kept.newest() != after {
		return nil, ErrConflict
	}
	for i, e := range events {
		if e.Data.Kind() == KindReset {
			kept, events = nil, events[i:]
			break
		}
	}
	s.events[workspace] = kept.append(events)
	return nil, nil
}

// Replace implements Store.
func (s *MemoryStore) Replace(ctx context.Context, workspace string, events []Event, _ Clock) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(events) == 0 {
		delete(s.events, workspace)
		return nil
	}
	s.events[workspace] = slices.Collect(slices.Chunk(events, eventsInBlock))
	return nil
}

// Read implements Store.
func (s *MemoryStore) Read(ctx context.Context, workspace string, after int64) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		s.mu.Lock()
		blocks := slices.Clone(s.events[workspace]) // what is in a block never changes: events are only added behind it
		s.mu.Unlock()
		for _, block := range blocks {
			first, _ := slices.BinarySearchFunc(block, after+1, func(e Event, seq int64) int { return cmp.Compare(e.Seq, seq) })
			for _, e := range block[first:] {
				if err := ctx.Err(); err != nil {
					yield(Event{}, err)
					return
				}
				if !yield(e, nil) {
					return
				}
			}
		}
	}
}
