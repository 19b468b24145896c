package sandbox

import (
	"context"
	"errors"
	"time"
)

// changesSince works out again, from the events, the changes after the one with an id, until the event head and the instant
// now.
func (w *Workspace) changesSince(ctx context.Context, id string, head int64, now time.Time) (changes []Change, err error) {
	_, found := isAfter(&Change{}, id)
	err = w.retell(ctx, head, now, func(c *Change) error {
		if after, is := isAfter(c, id); found && (after || !is) {
			changes = append(changes, *c)
		}
		found = found || c.ID() == id
		if len(changes) > changesAgain {
			return errTooMany
		}
		return nil
	})
	switch {
	case errors.Is(err, errTooMany), err == nil && !found:
		return []Change{{At: now, Kind: ChangeResync}}, nil
	case err != nil:
		return nil, err
	}
	return changes, nil
}

var errTooMany = errors.New("too many changes")

// retell gives every change since the start or the last reset, as the readers got them at the time: those of the events up to head,
// and of what time alone has brought until an instant.
func (w *Workspace) retell(ctx context.Context, head int64, until time.Time, each func(*Change) error) error {
	events, err := sinceReset(w.Store.Read(ctx, w.Domain, 0))
	if err != nil {
		return err
	}
	first, err := w.first(events[0])
	if err != nil {
		return err
	}
	population, err := w.Populate(first.Start)
	if err != nil {
		return err
	}
	s, err := w.newState(&population, StoppedClock(first.Start), Delivery{first.DeliveredAfter, first.ReadAfter})
	if err != nil {
		return err
	}
	s.first = events[0].Seq
	if events[0].Data.Kind() == KindReset {
		if err := each(&Change{Seq: s.first, At: first.Start, Kind: ChangeReset}); err != nil {
			return err
		}
	}
	t := newTracker(s, first.Start)
	for _, e := range inOrderOfTime(events[1:]) {
		if e.Seq > head || e.At.After(until) {
			continue
		}
		if err := t.retell(e.At, each); err != nil {
			return err
		}
		c := newChange(s, w.Client)
		c.publishes = true
		if c.applyOne(e) != nil {
			continue // a planned event that was left out
		}
		c.publish(until)
		t.add(&c.changes[0])
		if err := each(&c.changes[0]); err != nil {
			return err
		}
	}
	return t.retell(until, each)
}

// retell gives what time alone has brought until an instant.
func (t *tracker) retell(until time.Time, each func(*Change) error) error {
	for change, more := t.next(until); more; change, more = t.next(until) {
		if err := each(&change); err != nil {
			return err
		}
	}
	return nil
}
