package sandbox

import (
	"context"
	"errors"
	"time"
)

// CrowdedAt is how many events make a workspace worth a word: each costs memory until a reset.
const CrowdedAt = 100_000

// A command is one call that changes a workspace, while it holds the lock.
type command struct {
	*Workspace
	ctx     context.Context //nolint:containedctx // a command lives as long as the call that it belongs to
	now     time.Time
	last    int64        // number of the last event that it committed
	durable <-chan error // see Store.Append
	on      *state       // that it was performed on
}

// attempts is how often a command is performed again when the store has events that it did not know.
const attempts = 8

// run runs a command: nothing else changes the workspace meanwhile, and everything that was due has been applied. do validates
// and commits; what it gives back must be taken from the state before it returns. It is called again when the store has
// events that the workspace did not know. run returns when the events are durable.
func (w *Workspace) run(ctx context.Context, do func(*command) error) error {
	if err := w.lockCommands(ctx); err != nil {
		return err
	}
	c := &command{Workspace: w, ctx: ctx}
	err := c.perform(do)
	w.unlockCommands()
	if err != nil {
		return err
	}
	return w.awaitDurable(c, do)
}

// perform lets a command append its events. Commands must be locked.
func (c *command) perform(do func(*command) error) error {
	err := c.performOnce(do)
	for n := 1; n < attempts && errors.Is(err, ErrConflict); n++ {
		if err = c.refresh(c.ctx); err == nil {
			err = c.performOnce(do)
		}
	}
	return err
}

func (c *command) performOnce(do func(*command) error) error {
	if err := c.takeTurn(c.ctx); err != nil {
		return err
	}
	return c.doLocked(do)
}

func (c *command) doLocked(do func(*command) error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.runDue()
	return do(c)
}

// commit makes events of what the command wants, at the instant now: they are appended to the store, then applied and
// published. planned are events that lie ahead; they are stored with the others. After an error nothing has changed.
func (c *command) commit(data []EventData, planned ...Event) error {
	s := c.state
	events := make([]Event, 0, len(data)+len(planned))
	for _, d := range data {
		events = append(events, Event{Seq: s.seq + int64(len(events)) + 1, At: c.now, Data: d})
	}
	for _, p := range planned {
		p.Seq, p.Planned = s.seq+int64(len(events))+1, true
		events = append(events, p)
	}
	bytes, err := c.hasRoom(events)
	if err != nil {
		return err
	}
	change := c.newChange()
	if err := change.apply(events[:len(data)]); err != nil {
		return err
	}
	return c.keep(change, events, events[len(data):], bytes)
}

// hasRoom refuses events that are more than may happen in the workspace, and gives their size.
func (w *Workspace) hasRoom(events []Event) (bytes int64, err error) {
	if s := w.state; w.MaxEvents > 0 && s.eventCount+len(events) > w.MaxEvents+1 { // the first event is not something that happened
		return 0, refuse(Conflict, "", "The workspace is full: it holds %d events, and may hold %d. Reset it, or use another one.", s.eventCount-1, w.MaxEvents)
	}
	bytes = w.sizeOf(events)
	if w.Quota != nil {
		err = w.checkQuota(events, bytes)
	}
	return bytes, err
}

// keep appends events to the store, and publishes the change that they have made. planned are those of them that lie ahead; bytes is
// the size of all.
func (c *command) keep(change *change, events, planned []Event, bytes int64) error {
	s := c.state
	durable, err := c.Store.Append(c.ctx, c.Domain, s.seq, events)
	if err != nil {
		return &StoreError{Err: err}
	}
	c.durable, c.on = durable, s
	c.last = s.seq + int64(len(events))
	if durable == nil {
		c.durableSeq = c.last
	}
	c.publish(change)
	if change.clock != nil {
		c.noteClock(c.last)
	}
	s.latest = c.now
	for _, e := range planned {
		s.schedule(e)
	}
	c.count(len(events), bytes)
	return nil
}

// count counts events that have happened.
func (w *Workspace) count(events int, bytes int64) {
	s := w.state
	s.bytes += bytes
	s.seq += int64(events)
	if before := s.eventCount; before <= CrowdedAt && before+events > CrowdedAt && w.Crowded != nil {
		w.Crowded()
	}
	s.eventCount += events
}

func (w *Workspace) newChange() *change {
	c := newChange(w.state, w.Client)
	c.publishes = w.feed != nil
	return c
}

// publish shows a change to all readers, and adds it to the feed of changes.
func (w *Workspace) publish(c *change) {
	w.feed.advance(c.at)
	c.publish(w.Machine())
	w.feed.add(c.changes)
	w.wake()
}

// runDue applies what is due, in the order of time, and gives the workspace's instant. Planned events are in the store
// since they were planned. One that does not fit any more is left out.
func (w *Workspace) runDue() time.Time {
	now := w.now()
	w.dueUntil(now)
	return now
}

func (w *Workspace) dueUntil(now time.Time) {
	for s := w.state; s.isDue(now); {
		e := s.scheduled[0]
		s.scheduled, s.lastDue = s.scheduled[1:], e
		change := w.newChange()
		if err := change.applyOne(e); err != nil {
			w.LeftOut(err)
			continue
		}
		w.publish(change)
	}
}

// awaitDurable waits until the events of a command are durable. When the store could not keep them, the workspace becomes again
// what the store has; a command that was performed without the events of another process is performed again. It waits also for a caller
// that has gone: what became of the events has to be known.
func (w *Workspace) awaitDurable(c *command, do func(*command) error) error {
	for n := 1; c.durable != nil; n++ {
		err := <-c.durable
		if err == nil {
			w.markDurable(c.last)
			return nil
		}
		if err = c.undo(err, do, n < attempts); err != nil {
			return err
		}
	}
	return nil
}

// undo takes back what a command has done, because the store has not kept it. again: a conflict may be performed again.
func (c *command) undo(failed error, do func(*command) error, again bool) error {
	c.ctx = context.WithoutCancel(c.ctx)
	if err := c.lockCommands(c.ctx); err != nil {
		return err
	}
	defer c.unlockCommands()
	var err error
	if c.on == c.state { // otherwise another command has done it
		err = c.refresh(c.ctx)
	}
	if !again || err != nil || !errors.Is(failed, ErrConflict) {
		return errors.Join(&StoreError{Err: failed}, err)
	}
	c.durable = nil
	return c.perform(do)
}

// markDurable lets the readers of the changes have those of the events up to seq.
func (w *Workspace) markDurable(seq int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if seq > w.durableSeq {
		w.durableSeq = seq
		w.wake()
	}
}

// A StoreError says that the store could not keep the events of a command. The command changed nothing, unless the error is ErrUnsure.
type StoreError struct{ Err error }

// ErrUnsure says that the store does not know whether it has kept events: the connection was lost while it did.
var ErrUnsure = errors.New("the connection was lost meanwhile, and it is not known yet whether they were kept")

func (e *StoreError) Error() string { return "the store could not keep the events: " + e.Err.Error() }

func (e *StoreError) Unwrap() error { return e.Err }

// Refusal makes it 503 to a caller: it can try again.
func (e *StoreError) Refusal() (kind, field, text string) {
	if errors.Is(e.Err, ErrUnsure) {
		return string(Unavailable), "", "The mock has lost its database while it stored this. It may have happened: look before you try again."
	}
	return string(Unavailable), "", "The mock cannot store anything at the moment. Nothing has changed; try again."
}
