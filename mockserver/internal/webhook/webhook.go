// Package webhook sends what happens in a workspace to the receivers that are registered for it, as the vendor's webhooks.
//
// The events come from the workspace's feed of changes. Each endpoint has one queue for each conversation: what is in a queue is
// sent in order, one after the other, and queues are sent side by side. The package must never know the control API.
package webhook

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/signature"
	"example.com/awalmock/mockserver/internal/view"
)

// A Workspace is what a Sender needs of a workspace.
type Workspace struct {
	*sandbox.Workspace
	Bodies *view.Webhooks   // by the document in force
	Keys   []*signature.Key // the secrets that are alive, the newest first
}

// Options are what a Sender is made of. All are needed.
type Options struct {
	// Workspace finds a workspace as it is now.
	Workspace func(domain string) (Workspace, bool)
	Retries   []time.Duration // after each failed attempt, on the workspace's clock; an event is dead after the last
	Timeout   time.Duration   // of an attempt, in real time
	Signature Signature
	Private   bool // receivers may be on loopback and private addresses
	UserAgent string
	Now       func() time.Time // the machine's clock
	Logger    *slog.Logger
}

// A Sender sends the webhooks of all workspaces. It is safe for concurrent use. It has to be closed.
type Sender struct {
	Options
	plain, secure http.RoundTripper // for http and https
	ctx           context.Context   //nolint:containedctx // the life of the goroutines that send
	stop          context.CancelFunc
	running       sync.WaitGroup

	mu       sync.Mutex // guards what follows, and the outboxes but for their feed
	closed   bool
	outboxes map[string]*outbox
	turns    []*outbox // those with something that can be sent now; the first one is next
	inFlight int
}

// New makes a Sender. It runs nothing until an endpoint is registered or somebody listens.
func New(o Options) *Sender {
	s := &Sender{Options: o, outboxes: map[string]*outbox{}}
	s.plain, s.secure = newTransport(o.Private, true), newTransport(o.Private, false)
	s.ctx, s.stop = context.WithCancel(context.Background())
	return s
}

// Close ends what is being sent, and waits until nothing runs any more.
func (s *Sender) Close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.stop()
	s.running.Wait()
	for _, t := range []http.RoundTripper{s.plain, s.secure} {
		if t, ok := t.(*http.Transport); ok {
			t.CloseIdleConnections()
		}
	}
}

// outbox is the outbox of a workspace, which reads the workspace's changes from now on; nil: there is no such workspace, or the
// Sender is closed. A new outbox begins behind the change with the id after, "" stands for now.
func (s *Sender) outbox(ctx context.Context, domain, after string) (b *outbox, isNew bool, err error) {
	w, found := s.Workspace(domain)
	if !found {
		return nil, false, nil
	}
	s.mu.Lock()
	b = s.outboxes[w.Domain]
	switch {
	case s.closed:
		s.mu.Unlock()
		return nil, false, nil
	case b == nil:
		b, isNew = newOutbox(s, w.Domain), true
		s.outboxes[w.Domain] = b
		b.reading.Lock() // nobody reads before it is subscribed
	}
	s.mu.Unlock()
	if !isNew {
		return b, false, nil
	}
	err = b.subscribe(ctx, w.Workspace, after)
	b.reading.Unlock()
	if err != nil {
		s.forget(b)
		return nil, false, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		b.unsubscribe()
		return nil, false, nil
	}
	s.running.Add(1)
	go b.run()
	return b, true, nil
}

// forget removes an outbox and all that is in it.
func (s *Sender) forget(b *outbox) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b.clear()
	b.gone = true
	b.wakeListeners()
	if s.outboxes[b.domain] == b {
		delete(s.outboxes, b.domain)
	}
}
