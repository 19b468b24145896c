package sandbox

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"
)

// A SharedStore is a Store that other processes append to as well. Its methods may be called by many at once, but those of one workspace
// by one goroutine at a time, as commands are.
type SharedStore interface {
	Store
	// Tail gives what the store has of a workspace behind the event after, which is the newest one that the caller knows.
	Tail(ctx context.Context, workspace string, after int64) (Tail, error)
	// Turn has to be called before a command is validated against the events up to after. Where several processes append to the workspace at the
	// same time, it waits until the others have to wait, and gives what they have appended. The turn is over at EndTurn: then the events
	// that were appended during it are kept, together.
	Turn(ctx context.Context, workspace string, after int64) (Tail, error)
	EndTurn(workspace string)
}

// A Tail is what a store has of a workspace, and its caller does not.
type Tail struct {
	Events []Event
	// All: Events are all events, and what the caller knows counts no more. It may know what was not kept.
	All      bool
	Replaced bool  // what the caller knows has been replaced by another history
	Clock    Clock // what the workspace's clock is set to after the events
}

// ErrGone says that a shared store does not have a workspace any more.
var ErrGone = errors.New("the workspace was removed")

// asShared is the workspace's store if other processes append to it; nil: none does.
func (o *Options) asShared() SharedStore {
	s, is := o.Store.(SharedStore)
	if !is {
		return nil
	}
	if one, is := o.Store.(interface{ Shared() bool }); is && !one.Shared() {
		return nil
	}
	return s
}

// Follow takes over what other processes have appended to the workspace. What this one has appended and does not know to be durable is
// waited for elsewhere; then Follow does nothing.
func (w *Workspace) Follow(ctx context.Context) error {
	if w.sharedStore == nil {
		return nil
	}
	if err := w.lockCommands(ctx); err != nil {
		return err
	}
	defer w.unlockCommands()
	w.mu.RLock()
	ahead := w.state.seq > w.durableSeq && !w.stale
	w.mu.RUnlock()
	if ahead {
		return nil
	}
	return w.refresh(ctx)
}

// refresh makes the workspace what the store has. Commands must be locked.
func (w *Workspace) refresh(ctx context.Context) error {
	if w.sharedStore == nil {
		return w.rebuild(ctx)
	}
	tail, err := w.sharedStore.Tail(ctx, w.Domain, w.Head())
	if err != nil {
		w.setStale()
		return &StoreError{Err: err}
	}
	return w.take(tail)
}

// takeTurn prepares the workspace for a command. Commands must be locked.
func (w *Workspace) takeTurn(ctx context.Context) error {
	if w.stale {
		return w.refresh(ctx)
	}
	if w.sharedStore == nil {
		return nil
	}
	tail, err := w.sharedStore.Turn(ctx, w.Domain, w.Head())
	if err != nil {
		return &StoreError{Err: err}
	}
	return w.take(tail)
}

// endTurn ends the turn of the workspace unless another command waits, which then is part of it. Commands must be locked.
func (w *Workspace) endTurn() {
	if w.sharedStore != nil && w.waiting.Load() == 0 {
		w.sharedStore.EndTurn(w.Domain)
	}
}

// setStale notes that the workspace has what the store may not have, because the store could not be asked.
func (w *Workspace) setStale() {
	w.mu.Lock()
	w.stale = true
	w.mu.Unlock()
}

// take takes over a tail. Commands must be locked.
func (w *Workspace) take(t Tail) error {
	if t.All {
		return w.retake(t)
	}
	for i := len(t.Events) - 1; i >= 0; i-- {
		if t.Events[i].Data.Kind() != KindReset {
			continue
		}
		if err := w.takeReset(t, i); err != nil {
			return err
		}
		t.Events = t.Events[i+1:]
		break
	}
	if len(t.Events) == 0 {
		return nil
	}
	err := w.follow(t)
	if errors.Is(err, errOrder) { // then all of it has to be put in order
		if t, err = w.sharedStore.Tail(context.Background(), w.Domain, 0); err == nil {
			err = w.retake(t)
		}
	}
	return err
}

// retake makes the workspace of all its events.
func (w *Workspace) retake(t Tail) error {
	next, err := w.foldTail(t)
	if err != nil {
		return err
	}
	if t.Replaced {
		w.replaced = max(w.replaced, w.Head())
	}
	w.mu.Lock()
	if w.feed != nil && !t.Replaced {
		w.feed.again = w.feed.ring.End() + 1 // swap drops them
	}
	w.mu.Unlock()
	w.swap(next, nil)
	return nil
}

// foldTail makes the state of a tail that has all events.
func (w *Workspace) foldTail(t Tail) (*state, error) {
	now := t.Clock.exact(w.Machine())
	for _, e := range t.Events {
		if !e.Planned {
			now = later(now, e.At)
		}
	}
	next, _, err := w.fold(each(t.Events), now)
	if err == nil {
		next.clock = t.Clock
	}
	return next, err
}

// takeReset begins again with the reset at an index of a tail.
func (w *Workspace) takeReset(t Tail, i int) error {
	reset := t.Events[i]
	next, _, err := w.fold(each([]Event{reset}), reset.At)
	if err != nil {
		return err
	}
	next.clock = t.Clock
	w.swap(next, &Change{Seq: reset.Seq, At: reset.At, Kind: ChangeReset})
	return nil
}

// errOrder says that an event happened before one that was planned and has been applied already.
var errOrder = errors.New("an event came late")

// follow applies events as they were applied in the process that appended them.
func (w *Workspace) follow(t Tail) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.state
	for _, e := range t.Events {
		if e.Seq != s.seq+1 {
			return &EventError{e.Seq, e.Data.Kind(), fmt.Sprintf("follows event %d", s.seq)}
		}
		if !e.Planned && s.lastDue.Seq != 0 && byTime(e, s.lastDue) < 0 {
			return errOrder
		}
		if e.Planned { // applied when it is due, before the first event that happened later
			s.schedule(e)
		} else if err := w.followOne(e); err != nil {
			return err
		}
		s.seq = e.Seq
		s.eventCount++
		s.bytes += w.sizeOf([]Event{e})
	}
	s.clock = t.Clock
	w.durableSeq = s.seq
	w.wake()
	return nil
}

func (w *Workspace) followOne(e Event) error {
	w.dueUntil(e.At)
	change := w.newChange()
	if err := change.applyOne(e); err != nil {
		return err
	}
	w.publish(change)
	w.state.latest = later(w.state.latest, e.At)
	return nil
}

// openShared makes a new workspace of what a shared store has of it.
func (w *Workspace) openShared(ctx context.Context) error {
	t, err := w.sharedStore.Tail(ctx, w.Domain, 0)
	if err != nil {
		return err
	}
	s, err := w.foldTail(t)
	if err == nil {
		w.begin(s)
	}
	return err
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func each(events []Event) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		for _, e := range events {
			if !yield(e, nil) {
				return
			}
		}
	}
}
