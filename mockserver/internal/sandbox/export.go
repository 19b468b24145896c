package sandbox

import (
	"context"
	"iter"
	"time"
)

// An Export is a workspace as it is at one moment: its events, and what its clock shows.
type Export struct {
	Origin  Origin
	Now     time.Time // to the nanosecond
	Stopped bool

	next func() (Event, error, bool)
	stop func()
	head int64
}

// Export takes the workspace as it is. Close has to be called.
func (w *Workspace) Export(ctx context.Context) *Export {
	w.mu.RLock()
	defer w.mu.RUnlock()
	x := &Export{
		Origin: w.Origin, Now: w.state.clock.exact(w.Machine()), Stopped: w.state.clock.Stopped(), head: w.state.seq,
	}
	x.next, x.stop = iter.Pull2(w.Store.Read(ctx, w.Domain, w.state.first-1))
	return x
}

// Readable asks the store for the newest event; an error says why it cannot be read.
func (w *Workspace) Readable(ctx context.Context) error {
	for _, err := range w.Store.Read(ctx, w.Domain, w.Head()-1) {
		if err != nil {
			return &StoreError{Err: err}
		}
		break
	}
	return nil
}

// Events are the events until the moment of the export. They can be read once.
func (x *Export) Events() iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		for {
			e, err, more := x.next()
			if !more || err == nil && e.Seq > x.head || !yield(e, err) || err != nil {
				return
			}
		}
	}
}

// Close ends the export.
func (x *Export) Close() { x.stop() }
