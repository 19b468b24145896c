// Package sse sends what happens as server-sent events: one event after the other, as they come, over one answer.
//
// It must never know what it sends.
package sse

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"time"
)

// KeepAlive is how often a stream that has nothing to send shows that it is alive, so that one whose reader has gone ends.
const KeepAlive = 15 * time.Second

// gathered is how long after some events the next ones wait for others: a thousand events a second are not a thousand writes.
const gathered = 50 * time.Millisecond

// An Event is one server-sent event.
type Event struct {
	Name, ID string // may be ""
	Data     any    // sent as JSON; with no Name and no Data only the ID is sent, for a reader to come back with
}

// A Batch is what a reader gets now or, without events, what to wait for.
type Batch struct {
	Events []Event
	More   <-chan struct{} // closed when there may be something to send
	Wait   time.Duration   // when to look again at the latest; 0: after KeepAlive
	End    bool            // nothing comes any more
}

// Stream sends events as they come, until the context is done, closed is closed, the batches end, or the reader has gone. An
// event is sent at once, or 50 ms after the one before it, with those that have come in between. A writer that gathers is flushed by its
// method Flush.
func Stream(ctx context.Context, closed <-chan struct{}, w io.Writer, opening string, next func() (Batch, error)) error {
	if err := send(w, []byte(": "+opening+"\n\n")); err != nil {
		return err
	}
	var sent time.Time
	for {
		batch, err := next()
		ended := batch.End
		switch {
		case err != nil || ended:
		case len(batch.Events) > 0:
			err = sendEvents(w, batch.Events)
			sent = time.Now()
		default:
			if ended, err = wait(ctx, closed, w, batch); err == nil && !ended {
				ended = pause(ctx, closed, gathered-time.Since(sent))
			}
		}
		if err != nil || ended {
			return err
		}
	}
}

func wait(ctx context.Context, closed <-chan struct{}, w io.Writer, b Batch) (ended bool, err error) {
	patience := KeepAlive
	if b.Wait > 0 {
		patience = min(patience, b.Wait)
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-b.More:
	case <-timer.C:
		return false, send(w, []byte(":\n\n"))
	case <-ctx.Done():
		return true, nil
	case <-closed:
		return true, nil
	}
	return false, nil
}

// pause reports whether the stream ended meanwhile.
func pause(ctx context.Context, closed <-chan struct{}, d time.Duration) (ended bool) {
	if d <= 0 {
		return false
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return false
	case <-ctx.Done():
		return true
	case <-closed:
		return true
	}
}

func sendEvents(w io.Writer, events []Event) error {
	var text bytes.Buffer
	encode := json.NewEncoder(&text)
	for _, e := range events {
		if e.Name != "" {
			text.WriteString("event: " + e.Name + "\n")
		}
		if e.ID != "" {
			text.WriteString("id: " + e.ID + "\n")
		}
		if e.Name != "" || e.Data != nil {
			text.WriteString("data: ")
			if err := encode.Encode(e.Data); err != nil { // it ends with a line feed
				return err
			}
		}
		text.WriteByte('\n')
	}
	return send(w, text.Bytes())
}

func send(w io.Writer, text []byte) error {
	if _, err := w.Write(text); err != nil {
		return err
	}
	if f, ok := w.(interface{ Flush() error }); ok {
		return f.Flush()
	}
	return nil
}
