package sandbox

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"
)

// An OriginError says that events are of a workspace which began with something else than this mock's would.
type OriginError struct{ What, Theirs, Ours string }

func (e *OriginError) Error() string {
	return fmt.Sprintf("the events are of another %s: %s, and this mock has %s", e.What, e.Theirs, e.Ours)
}

// Replace makes the workspace what the events say, and nothing of what it was stays. now is what its clock shows then; a
// running clock runs on from there. Errors are those of the events, *EventError and *OriginError, of records
// that refer to none, *ReferenceError, and of the store; after one the workspace is as it was.
func (w *Workspace) Replace(ctx context.Context, events iter.Seq2[Event, error], now time.Time) error {
	if err := w.lockCommands(ctx); err != nil {
		return err
	}
	defer w.unlockCommands()
	next, kept, err := w.fold(events, now)
	if err != nil {
		return err
	}
	if first := kept[0]; now.Before(first.At.Truncate(time.Second)) {
		return &EventError{first.Seq, first.Data.Kind(), fmt.Sprintf("lies at %s, behind the clock's now, %s", first.At.Format(time.RFC3339), now.Format(time.RFC3339))}
	}
	if err := next.checkReferences(); err != nil {
		return err
	}
	if err := w.Store.Replace(ctx, w.Domain, kept, next.clock); err != nil {
		return &StoreError{err}
	}
	untouched := w.state.seq == 1 && kept[0].Seq == 1 && kept[0].At.Equal(w.state.start) // the new history goes on from the old one
	if !untouched {
		w.replaced = max(w.replaced, w.state.seq)
	}
	w.swap(next, nil)
	return nil
}

// rebuild makes the workspace what the store has. When the store cannot be read, the next command tries it again. Commands must be locked.
func (w *Workspace) rebuild(ctx context.Context) error {
	events, err := sinceReset(w.Store.Read(ctx, w.Domain, 0))
	var next *state
	if err == nil {
		clock := w.clockAt(events[len(events)-1].Seq)
		if next, _, err = w.fold(each(events), clock.exact(w.Machine())); err == nil {
			next.clock = clock
		}
	}
	if err != nil {
		w.setStale()
		return &StoreError{Err: err}
	}
	w.swap(next, nil)
	return nil
}

// fold makes the state of events, and gives those of them that count: the ones from the last reset on.
func (w *Workspace) fold(all iter.Seq2[Event, error], now time.Time) (*state, []Event, error) {
	events, err := sinceReset(all)
	if err != nil {
		return nil, nil, err
	}
	first, err := w.first(events[0])
	if err != nil {
		return nil, nil, err
	}
	population, err := w.Populate(first.Start)
	if err != nil {
		return nil, nil, err
	}
	s, err := w.newState(&population, StoppedClock(first.Start), Delivery{first.DeliveredAfter, first.ReadAfter})
	if err != nil {
		return nil, nil, err
	}
	s.start = first.Start
	s.first, s.seq, s.eventCount = events[0].Seq, events[len(events)-1].Seq, len(events)
	s.bytes = w.sizeOf(events[1:])
	return s, events, w.replay(s, events, first.Running, now)
}

// sinceReset gathers the events from the last reset on. Their numbers must follow each other.
func sinceReset(all iter.Seq2[Event, error]) ([]Event, error) {
	var events []Event
	for e, err := range all {
		if err != nil {
			return nil, err
		}
		if n := len(events); n > 0 && e.Seq != events[n-1].Seq+1 {
			return nil, &EventError{e.Seq, e.Data.Kind(), fmt.Sprintf("follows event %d", events[n-1].Seq)}
		}
		if e.Data.Kind() == KindReset {
			events = events[:0]
		}
		if len(events) == cap(events) {
			events = slices.Grow(events, len(events)+16) // twice as many: append would copy a million events four times
		}
		events = append(events, e)
	}
	if len(events) == 0 {
		return nil, errors.New("there is no event: the first one is seeded")
	}
	return events, nil
}

// first reads what the workspace began with, and refuses what this mock would begin with otherwise.
func (w *Workspace) first(e Event) (Seeded, error) {
	var first Seeded
	switch d := e.Data.(type) {
	case Seeded:
		first = d
	case Reset:
		first = d.Seeded
	default:
		return first, &EventError{e.Seq, d.Kind(), "the first event must be seeded or reset"}
	}
	switch {
	case first.FixturesDigest != w.Origin.FixturesDigest:
		return first, &OriginError{"fixture (fixtures digest)", first.FixturesDigest, w.Origin.FixturesDigest}
	case first.Seed != w.Origin.Seed:
		return first, &OriginError{"seed", fmt.Sprint(first.Seed), fmt.Sprint(w.Origin.Seed)}
	case first.Running != w.Origin.Running:
		return first, &OriginError{"clock", clockWord(first.Running), clockWord(w.Origin.Running)}
	case first.GeneratorVersion > w.Origin.GeneratorVersion:
		return first, &OriginError{"generator version", fmt.Sprint(first.GeneratorVersion), fmt.Sprint(w.Origin.GeneratorVersion)}
	}
	return first, nil
}

func clockWord(running bool) string {
	if running {
		return "running (--clock=real)"
	}
	return "standing (--clock=INSTANT)"
}

// inOrderOfTime gives events in the order in which they happen. Only planned ones are before their time.
func inOrderOfTime(events []Event) []Event {
	if slices.IsSortedFunc(events, byTime) {
		return events
	}
	var planned []Event
	for _, e := range events {
		if e.Planned {
			planned = append(planned, e)
		}
	}
	slices.SortFunc(planned, byTime)
	ordered := make([]Event, 0, len(events))
	for _, e := range events {
		if e.Planned {
			continue
		}
		for len(planned) > 0 && byTime(planned[0], e) < 0 {
			ordered, planned = append(ordered, planned[0]), planned[1:]
		}
		ordered = append(ordered, e)
	}
	return append(ordered, planned...)
}

// replay applies all events behind the first one at once, in the order of time: a conversation gets one new version, however
// much happened in it. What lies ahead of now stays planned.
func (w *Workspace) replay(s *state, events []Event, running bool, now time.Time) error {
	c := newChange(s, w.Client)
	c.private = true
	for _, e := range inOrderOfTime(events[1:]) {
		if e.Planned && e.At.After(now) {
			s.schedule(e)
			c.next.message = max(c.next.message, s.next.message)
			continue
		}
		err := c.applyOne(e)
		switch {
		case err == nil:
		case e.Planned:
			w.LeftOut(err)
		default:
			return err
		}
		if c.clock != nil {
			running = c.clock.Running
		}
		if e.Planned {
			s.lastDue = e
		} else {
			s.latest = later(s.latest, e.At)
		}
		if e.At.After(now) {
			return &EventError{e.Seq, e.Data.Kind(), fmt.Sprintf("lies at %s, behind the clock's now, %s", e.At.Format(time.RFC3339Nano), now.Format(time.RFC3339Nano))}
		}
	}
	c.clock = &ClockChanged{Now: now, Running: running}
	c.publish(w.Machine())
	return nil
}
