package sandbox

import "time"

// A Clock is a workspace's own time: it stands at an instant, or runs with the machine's clock from an instant on.
// Instants are UTC in whole seconds.
type Clock struct {
	at      time.Time // the workspace's instant ...
	since   time.Time // ... at this instant of the machine's clock, when running
	running bool
}

// StandingClock stands at the instant until it is advanced.
func StandingClock(at time.Time) Clock { return Clock{at: whole(at)} }

// RunningClock shows at when the machine's clock shows since, and goes on with it.
func RunningClock(at, since time.Time) Clock {
	return Clock{at: whole(at), since: since, running: true}
}

// Now is the workspace's instant when the machine's clock shows machine.
func (c Clock) Now(machine time.Time) time.Time {
	if !c.running {
		return c.at
	}
	return whole(c.at.Add(max(0, machine.Sub(c.since))))
}

// when is the machine's instant at which the clock shows at. Zero: never, for a clock that stands or no instant at all.
func (c Clock) when(at time.Time) time.Time {
	if !c.running || at.IsZero() {
		return time.Time{}
	}
	return c.since.Add(at.Sub(c.at))
}

// Standing tells whether the clock stands.
func (c Clock) Standing() bool { return !c.running }

func whole(t time.Time) time.Time { return t.UTC().Round(0).Truncate(time.Second) }

// ClockState tells the workspace's instant and whether its clock stands.
func (w *Workspace) ClockState() (now time.Time, standing bool) {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return w.now(), w.state.clock.Standing()
}

// Advance moves the clock on by d; a running clock goes on running. Less than nothing is a Conflict.
func (w *Workspace) Advance(d time.Duration) error {
	return w.setClock(func(now time.Time, standing bool) (Clock, error) {
		if d < 0 {
			return Clock{}, refuse(Conflict, "advance", "The clock never goes back; only a reset brings it back to its start.")
		}
		if standing {
			return StandingClock(now.Add(d)), nil
		}
		return RunningClock(now.Add(d), w.Machine()), nil
	})
}

// SetClock lets the clock stand at an instant. An instant before now is a Conflict.
func (w *Workspace) SetClock(at time.Time) error {
	return w.setClock(func(now time.Time, _ bool) (Clock, error) {
		if at.Before(now) {
			return Clock{}, refuse(Conflict, "set", "The clock never goes back; only a reset brings it back to its start.")
		}
		return StandingClock(at), nil
	})
}

// RunClock lets the clock run on from its instant; false lets it stand there.
func (w *Workspace) RunClock(run bool) error {
	return w.setClock(func(now time.Time, _ bool) (Clock, error) {
		if run {
			return RunningClock(now, w.Machine()), nil
		}
		return StandingClock(now), nil
	})
}

func (w *Workspace) setClock(next func(now time.Time, standing bool) (Clock, error)) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.begin()
	clock, err := next(now, w.state.clock.Standing())
	if err != nil {
		return err
	}
	if err := w.decide(now, nil, ClockSet{clock}); err != nil {
		return err
	}
	w.settle(w.now())
	return nil
}
