// Package forward reads the stream of webhooks of a mock, wherever it runs, and sends each one to an address at home. After a cut
// it goes on behind the last one that it has read.
//
// It uses the control API from outside, and must never know how a mock works inside.
package forward

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"example.com/awalmock/mockserver/internal/printable"
)

// Options say what is forwarded. All but Since, Events, Authorize and Verbose are needed.
type Options struct {
	Stream  string // URL of the stream
	To      string // URL of the receiver
	Since   string // the id after which it begins; "": with what happens from now on
	Events  []string
	Verbose bool // bodies are shown, too
	// Authorize adds to a request what the mock asks for.
	Authorize func(*http.Request)
	Client    *http.Client // reads the stream; without a time-out
	Receiver  *http.Client // sends to the receiver
	Out       io.Writer    // a line for each event, and for each cut
	Now       func() time.Time
}

// Bounds of a forwarder.
const (
	silence   = 2 * time.Second // after which a stream counts as cut off: the mock sends something twice a second
	firstWait = 250 * time.Millisecond
	lastWait  = 5 * time.Second
	readAhead = 10_000 // events that wait to be forwarded
)

// A RefusedError says that the mock does not give the stream: trying again does not help.
type RefusedError struct {
	Status int
	Text   string
}

func (e *RefusedError) Error() string {
	return fmt.Sprintf("the mock answers %d: %s", e.Status, e.Text)
}

type forwarder struct {
	Options
	last  string // id that the stream goes on after
	ready chan received
}

// Run forwards until the context is done, or the mock refuses the stream, which is a *RefusedError.
func Run(ctx context.Context, o Options) error {
	f := &forwarder{Options: o, last: o.Since, ready: make(chan received, readAhead)}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case h := <-f.ready:
				f.forward(ctx, &h)
			case <-ctx.Done():
				return
			}
		}
	}()
	err := f.readOn(ctx)
	cancel()
	<-done
	return err
}

// readOn reads the stream, again and again.
func (f *forwarder) readOn(ctx context.Context) error {
	wait, connected := firstWait, false
	for {
		began := f.Now()
		open, err := f.read(ctx, connected)
		var refused *RefusedError
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.As(err, &refused):
			return err
		case open:
			wait, connected = firstWait, true
			f.say("cut off after %v: %v; coming back by itself", f.Now().Sub(began).Round(time.Second), err)
		case wait == firstWait:
			f.say("not connected: %v; trying again", err)
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return nil
		}
		wait = min(2*wait, lastWait)
	}
}

func (f *forwarder) say(format string, args ...any) {
	fmt.Fprintf(f.Out, "%s  %s\n", f.Now().Format(time.TimeOnly), printable.Line(fmt.Sprintf(format, args...)))
}

// read reads the stream until it is cut off. open reports whether anything of it was received.
func (f *forwarder) read(ctx context.Context, again bool) (open bool, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, f.Stream, nil)
	if err != nil {
		return false, err
	}
	r.Header.Set("Accept", "text/event-stream")
	if f.last != "" {
		r.Header.Set("Last-Event-ID", f.last)
	}
	if f.Authorize != nil {
		f.Authorize(r)
	}
	quiet := time.AfterFunc(5*silence, func() { cancel(errors.New("no answer")) })
	defer quiet.Stop()
	response, err := f.Client.Do(r)
	if err != nil {
		return false, cause(ctx, err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return false, refusal(response)
	}
	quiet.Stop()
	quiet = time.AfterFunc(silence, func() { cancel(fmt.Errorf("no data for %v", silence)) })
	defer quiet.Stop()
	err = readEvents(response.Body, func() { quiet.Reset(silence) }, func(h received) error {
		if !open { // only now the id is known after which the stream goes on if it is cut off
			open = true
			f.sayConnected(again)
		}
		return f.take(ctx, h)
	})
	return open, cause(ctx, err)
}

func (f *forwarder) sayConnected(again bool) {
	if again {
		f.say("connected again")
	} else {
		f.say("connected to %s", f.Stream)
	}
}

func cause(ctx context.Context, err error) error {
	if why := context.Cause(ctx); why != nil {
		return why
	}
	var outer *url.Error
	if errors.As(err, &outer) {
		return outer.Err
	}
	return err
}

// refusal is an answer that is no stream: worth another try where the mock only starts or is busy.
func refusal(response *http.Response) error {
	text, err := io.ReadAll(io.LimitReader(response.Body, 4<<10))
	if err != nil {
		return err
	}
	refused := &RefusedError{response.StatusCode, strings.TrimSpace(string(text))}
	if refused.Status >= http.StatusInternalServerError || refused.Status == http.StatusTooManyRequests {
		return errors.New(refused.Error())
	}
	return refused
}

// take queues an event of the stream.
func (f *forwarder) take(ctx context.Context, h received) error {
	if h.id != "" {
		f.last = h.id
	}
	switch {
	case h.name == "resync":
		f.say("events may be missing here: the mock does not remember the last one that was forwarded")
		return nil
	case h.name != "webhook", len(f.Events) > 0 && !slices.Contains(f.Events, h.Event):
		return nil
	}
	select {
	case f.ready <- h:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// forward sends an event to the receiver and says what came of it.
func (f *forwarder) forward(ctx context.Context, h *received) {
	began := f.Now()
	answer := f.post(ctx, h)
	if ctx.Err() != nil {
		return
	}
	again := ""
	if h.Resent {
		again = " (sent again)"
	}
	f.say("%s %s%s: %s, %d ms", h.Event, h.ID, again, answer, f.Now().Sub(began).Milliseconds())
	if f.Verbose {
		fmt.Fprintf(f.Out, "    %s\n", printable.Line(h.Body))
	}
}

func (f *forwarder) post(ctx context.Context, h *received) string {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, f.To, strings.NewReader(h.Body))
	if err != nil {
		return err.Error()
	}
	for name, value := range h.Headers {
		r.Header.Set(name, value)
	}
	response, err := f.Receiver.Do(r)
	if err != nil {
		return cause(ctx, err).Error()
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, 64<<10)) // only so that the connection can be used again
	return response.Status
}
