package sandbox

import (
	"context"
	"time"
)

// LastYear is the last one that a clock can be moved to: 9999 is the last that a timestamp in the form of RFC 3339 can show,
// and a clock that runs on, a delivery and an expiry need room before it.
const LastYear = 9998

// A Clock is a workspace's own time: it shows one instant, or runs with the machine's clock from an instant on. It shows
// UTC in whole seconds, and keeps the parts of one: a running clock that is moved again and again loses nothing.
type Clock struct {
	at      time.Time // the workspace's instant ...
	since   time.Time // ... at this instant of the machine's clock, when running
	running bool
}

// StoppedClock shows the instant until it is advanced.
func StoppedClock(at time.Time) Clock { return Clock{at: at.UTC().Round(0)} }

// RunningClock shows at when the machine's clock shows since, and goes on with it.
func RunningClock(at, since time.Time) Clock {
	return Clock{at: at.UTC().Round(0), since: since, running: true}
}

// Now is what the clock shows when the machine's clock shows machine.
func (c Clock) Now(machine time.Time) time.Time { return c.exact(machine).Truncate(time.Second) }

// exact is the workspace's instant, parts of a second included.
func (c Clock) exact(machine time.Time) time.Time {
	if !c.running {
		return c.at
	}
	// By the monotonic clock and by the wall: one stops while a machine sleeps, the other can be set back.
	return c.at.Add(max(0, machine.Sub(c.since), machine.Round(0).Sub(c.since.Round(0))))
}

// When is the machine's instant at which the clock shows at. Zero: never, as for a stopped clock or the zero instant.
func (c Clock) When(at time.Time) time.Time {
	if !c.running || at.IsZero() {
		return time.Time{}
	}
	return c.since.Add(at.Sub(c.at))
}

// Stopped reports whether the clock is stopped.
func (c Clock) Stopped() bool { return !c.running }

// Setting is what the clock was set to: it showed at when the machine's clock showed since. since is zero when the clock is
// stopped. StoppedClock and RunningClock make the clock again.
func (c Clock) Setting() (at, since time.Time) {
	if !c.running {
		return c.at, time.Time{}
	}
	return c.at, c.since
}

// ClockSet is the clock that an event gives its workspace when the machine's clock shows machine; false: the event gives none.
func (e Event) ClockSet(machine time.Time) (Clock, bool) {
	second := machine.Truncate(time.Second) // as Start is
	switch d := e.Data.(type) {
	case Seeded:
		return ClockChanged{d.Start, d.Running}.clock(second), true
	case Reset:
		return ClockChanged{d.Start, d.Running}.clock(second), true
	case ClockChanged:
		return d.clock(machine), true
	default:
		return Clock{}, false
	}
}

// A clockSet is a clock, and the event that has set it.
type clockSet struct {
	seq   int64
	clock Clock
}

// noteClock remembers that an event has set the clock. The lock must be held.
func (w *Workspace) noteClock(seq int64) {
	for len(w.clocks) > 1 && w.clocks[1].seq <= w.durableSeq {
		w.clocks = w.clocks[1:]
	}
	w.clocks = append(w.clocks, clockSet{seq, w.state.clock})
}

// clockAt is the clock as it was set when an event was the newest one, which is durable.
func (w *Workspace) clockAt(seq int64) Clock {
	w.mu.RLock()
	defer w.mu.RUnlock()
	clock := w.clocks[0].clock
	for _, c := range w.clocks[1:] {
		if c.seq <= seq {
			clock = c.clock
		}
	}
	return clock
}

func whole(t time.Time) time.Time { return t.UTC().Round(0).Truncate(time.Second) }

// clock is the clock that the event gives when the machine's clock shows machine.
func (d ClockChanged) clock(machine time.Time) Clock {
	if d.Running {
		return RunningClock(d.Now, machine)
	}
	return StoppedClock(d.Now)
}

// A ClockState is what a workspace's clock shows.
type ClockState struct {
	Now     time.Time
	Stopped bool
}

// Clock is what the workspace's clock shows.
func (w *Workspace) Clock() ClockState {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return ClockState{w.now(), w.state.clock.Stopped()}
}

// Advance moves the clock on by d; a running clock goes on running. Less than nothing is a Conflict.
func (w *Workspace) Advance(ctx context.Context, d time.Duration) (ClockState, error) {
	return w.changeClock(ctx, "advance", func(now time.Time, stopped bool) (ClockChanged, error) {
		if d < 0 {
			return ClockChanged{}, refuse(Conflict, "advance", "The clock never goes back; only a reset brings it back to its start.")
		}
		return ClockChanged{now.Add(d), !stopped}, nil
	})
}

// SetClock stops the clock at an instant. An instant before what it shows is a Conflict.
func (w *Workspace) SetClock(ctx context.Context, at time.Time) (ClockState, error) {
	return w.changeClock(ctx, "set", func(now time.Time, _ bool) (ClockChanged, error) {
		if at.Before(whole(now)) {
			return ClockChanged{}, refuse(Conflict, "set", "The clock never goes back; only a reset brings it back to its start.")
		}
		return ClockChanged{at, false}, nil
	})
}

// RunClock lets the clock run on from its instant; false stops it.
func (w *Workspace) RunClock(ctx context.Context, run bool) (ClockState, error) {
	return w.changeClock(ctx, "run", func(now time.Time, _ bool) (ClockChanged, error) {
		return ClockChanged{now, run}, nil
	})
}

// changeClock gives the workspace the clock that next makes of the present one. The bound is checked here, with the lock held:
// what others do in the meantime cannot lead beyond it.
func (w *Workspace) changeClock(ctx context.Context, field string, next func(now time.Time, stopped bool) (ClockChanged, error)) (shows ClockState, err error) {
	err = w.run(ctx, func(c *command) error {
		clock := c.state.clock
		changed, err := next(clock.exact(c.Machine()), clock.Stopped())
		if err != nil {
			return err
		}
		if field != "run" && changed.Now.UTC().Year() > LastYear {
			return refuse(Invalid, field, "must not lead beyond the year %d", LastYear)
		}
		if err := c.commit([]EventData{changed}); err != nil {
			return err
		}
		shows = ClockState{c.runDue(), !changed.Running}
		return nil
	})
	return shows, err
}

// Instant is what the workspace's clock shows, parts of a second included.
func (w *Workspace) Instant() time.Time {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return w.state.clock.exact(w.Machine())
}

// InstantOf is what the workspace's clock shows at an instant of the machine's clock, as the clock runs now.
func (w *Workspace) InstantOf(machine time.Time) time.Time {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return w.state.clock.exact(machine)
}

// When is the machine's instant at which the workspace's clock will show at, as the clock runs now; zero: it is stopped.
func (w *Workspace) When(at time.Time) time.Time {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return w.state.clock.When(at)
}
