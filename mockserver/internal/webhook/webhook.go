// Package webhook sends the events of a workspace to the receivers that are registered for it, in the form of the vendor's webhooks.
//
// A Sender has an outbox for each workspace (outbox.go). The outbox reads the workspace's changes (changes.go), makes events of them
// (event.go) and a delivery of each event for each endpoint that wants it (deliver.go, delivery.go). An endpoint has one queue for each
// conversation (queue.go): the deliveries of a queue are sent one after the other, and queues in parallel. Endpoints take turns
// (turns.go); each attempt is signed and sent (attempt.go, send.go, sign.go), and a failed one is repeated later. Listeners read the
// same events (listen.go).
//
// The package must never know the control API.
package webhook

import (
	"context"
	"crypto/x509"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/signature"
	"example.com/awalmock/mockserver/internal/view"
)

// A Workspace is what a Sender needs to know of a workspace.
type Workspace struct {
	*sandbox.Workspace
	Bodies *view.Webhooks   // make the bodies of events
	Keys   []*signature.Key // the secrets that are valid now, the newest first
	// Endpoints is how many there may be; 0: EndpointsAtMost.
	Endpoints int
}

// Options are the settings of a Sender. All are needed, except Resolver, Roots, Keep, Kept and Relay.
type Options struct {
	// Workspace returns the workspace that has a domain now; "" is the default one.
	Workspace func(domain string) (Workspace, bool)
	Retries   []time.Duration // from each failed attempt to the next one, on the workspace's clock; after the last one an event is dead
	Timeout   time.Duration   // of an attempt, in real time
	Signature Signature
	Private   bool           // receivers may be on loopback and private addresses
	Resolver  *net.Resolver  // of the names of receivers; nil: the machine's
	Roots     *x509.CertPool // that https receivers are checked against; nil: the machine's
	UserAgent string
	Now       func() time.Time // the machine's clock
	Logger    *slog.Logger
	// Keep keeps the endpoints and deliveries of a workspace for Restore; it is durable when it returns. nil: they end with the Sender.
	Keep func(ctx context.Context, domain string, state []byte) error
	// Kept gives what Keep has kept last; nil: nothing. It is needed for webhooks that Sleep takes out of memory and Wake brings back; nil: they
	// come back by Restore alone.
	Kept func(ctx context.Context, domain string) ([]byte, error)
	// Relay gets what only this Sender knows, and listeners of others want: events that were triggered, or are sent again. nil: there are
	// no others.
	Relay func(ctx context.Context, domain string, entries []Entry)
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
	asleep   map[string]*sleeper // those that Sleep has taken out of memory
	turns    []*outbox           // those with a delivery that can be sent now; the first one is next
	inFlight int                 // attempts
}

// New makes a Sender. It starts no goroutine until an endpoint is registered or a listener comes.
func New(o Options) *Sender {
	s := &Sender{Options: o, outboxes: map[string]*outbox{}, asleep: map[string]*sleeper{}}
	s.plain, s.secure = newTransport(&o, true), newTransport(&o, false)
	s.ctx, s.stop = context.WithCancel(context.Background())
	if o.Keep != nil {
		s.running.Go(s.keepAll)
	}
	return s
}

// Close cancels what is being sent, and waits until all goroutines of the Sender have ended.
func (s *Sender) Close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.stop()
	s.running.Wait()
	s.keepChanged()
	for _, t := range []http.RoundTripper{s.plain, s.secure} {
		if t, ok := t.(*http.Transport); ok {
			t.CloseIdleConnections()
		}
	}
}

// outbox returns the outbox of a workspace; nil: there is no such workspace, or the Sender is closed. If it is a new one, it reads the
// changes after the one with the id after, or, when that is "", those to come.
func (s *Sender) outbox(ctx context.Context, domain, after string) (b *outbox, isNew bool, err error) {
	w, found := s.Workspace(domain)
	if !found {
		return nil, false, nil
	}
	if err := s.Wake(ctx, w.Domain); err != nil {
		return nil, false, err
	}
	return s.open(ctx, w, after, nil)
}

// open is outbox for a workspace whose webhooks are not asleep; fill (nil: nothing) fills a new one.
func (s *Sender) open(ctx context.Context, w Workspace, after string, fill func(*outbox) error) (b *outbox, isNew bool, err error) {
	s.mu.Lock()
	b = s.outboxes[w.Domain]
	switch {
	case s.closed:
		s.mu.Unlock()
		return nil, false, nil
	case b == nil:
		b, isNew = newOutbox(s, w.Domain), true
		s.outboxes[w.Domain] = b
		b.reading.Lock() // until it is subscribed
	}
	s.mu.Unlock()
	if !isNew {
		return b, false, nil
	}
	err = b.subscribe(ctx, w.Workspace, after)
	if err == nil && fill != nil {
		s.mu.Lock()
		err = fill(b)
		s.mu.Unlock()
		if err != nil {
			b.unsubscribe()
		}
	}
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

// Has reports whether a workspace has endpoints, listeners, or deliveries in memory.
func (s *Sender) Has(domain string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.outboxes[domain] != nil
}

// A Load is how much a Sender has to do.
type Load struct {
	Outboxes int // workspaces that have endpoints or listeners
	Pending  int // deliveries that are not done
	InFlight int // attempts that are being made
}

// Load is how much the Sender has to do now.
func (s *Sender) Load() Load {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := Load{Outboxes: len(s.outboxes) + len(s.asleep), InFlight: s.inFlight}
	for _, b := range s.outboxes {
		l.Pending += b.pending
	}
	for _, one := range s.asleep {
		l.Pending += one.pending
	}
	return l
}

// Release ends the outbox of a workspace, because another mock sends its webhooks now: nothing of it is kept any more.
func (s *Sender) Release(domain string) {
	s.mu.Lock()
	b := s.outboxes[domain]
	s.mu.Unlock()
	if b == nil {
		return
	}
	b.reading.Lock()
	b.unsubscribe()
	b.reading.Unlock()
	s.forget(b)
	b.signal()
}

// Pause lets no attempt begin for a workspace, or, with false, lets them begin again.
func (s *Sender) Pause(domain string, is bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.outboxes[domain]
	if b == nil || b.paused == is {
		return
	}
	b.paused = is
	for _, p := range b.endpoints {
		b.giveTurn(p)
	}
	s.sendReady()
}

// forget removes an outbox and all that is in it.
func (s *Sender) forget(b *outbox) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b.end()
}

// end removes the outbox and all that is in it. Sender.mu is held.
func (b *outbox) end() {
	b.clear()
	for _, p := range b.endpoints {
		p.cancel()
	}
	b.gone = true
	b.wakeListeners()
	if b.s.outboxes[b.domain] == b {
		delete(b.s.outboxes, b.domain)
	}
}
