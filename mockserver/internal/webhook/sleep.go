package webhook

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"example.com/awalmock/mockserver/internal/sandbox"
)

const (
	// sleepsAtLeast is how long nothing may be due in a workspace whose webhooks leave memory.
	sleepsAtLeast = time.Second
	// listenersKept is how long after its last listener has left an outbox stays in memory: it has what was sent again meanwhile.
	listenersKept = time.Hour
)

// Asleep says when the webhooks of a workspace have to come back into memory.
type Asleep struct {
	Head int64 // when the workspace has another newest event than this one
	// Due is the machine's instant at which time alone brings something; zero: never. At is the same by the workspace's clock, which is kept.
	Due, At time.Time
}

// A sleeper is a workspace whose webhooks are not in memory.
type sleeper struct {
	pending int        // deliveries that are not done
	waking  sync.Mutex // held while they come back
}

// Sleep takes the webhooks of a workspace out of memory when they have nothing to do now: they are kept, and come back with Wake, or when
// they are asked for. used is asked whether the workspace was used meanwhile. It reports whether there are none in memory any more.
func (s *Sender) Sleep(ctx context.Context, domain string, used func() bool) (a Asleep, ok bool) {
	s.mu.Lock()
	b := s.outboxes[domain]
	s.mu.Unlock()
	if b == nil {
		return a, true
	}
	select {
	case <-b.registering:
		defer func() { b.registering <- struct{}{} }()
	default:
		return a, false
	}
	a.Head = b.readsFrom().Durable()
	news, ok := b.read(ctx)
	if !ok || !b.rests(news, &a) {
		return a, false
	}
	if s.Keep != nil {
		if err := b.keepAs(ctx, &a); err != nil {
			return a, false
		}
	}
	return a, b.leave(used)
}

// rests reports whether the outbox has nothing to do for a while, and finds when it has.
func (b *outbox) rests(news sandbox.News, a *Asleep) bool {
	b.s.mu.Lock()
	isIdle, due := b.isIdle(), time.Time{}
	if len(b.waiting) > 0 {
		due = b.waiting[0].due
	}
	b.s.mu.Unlock()
	if a.Due = news.Due; !due.IsZero() {
		a.Due = earlier(a.Due, b.machineTime(due))
	}
	if !a.Due.IsZero() {
		a.At = b.readsFrom().InstantOf(a.Due)
	}
	return isIdle && (a.Due.IsZero() || a.Due.Sub(b.s.Now()) > sleepsAtLeast)
}

// isIdle reports whether nothing is sent, or can be sent now, and no listener is there or may come back soon. Sender.mu is held.
func (b *outbox) isIdle() bool {
	if b.gone || b.paused || b.s.closed || b.listeners > 0 || !b.left.IsZero() && b.s.Now().Sub(b.left) < listenersKept {
		return false
	}
	for _, p := range b.endpoints {
		if p.inFlight > 0 || len(p.ready) > 0 {
			return false
		}
	}
	return true
}

// leave takes the outbox out of memory, unless something has changed since it was kept.
func (b *outbox) leave(used func() bool) bool {
	b.reading.Lock()
	defer b.reading.Unlock()
	b.s.mu.Lock()
	defer b.s.mu.Unlock()
	if used() || b.s.Keep != nil && b.changed || !b.isIdle() {
		b.changed = true // it is awake
		return false
	}
	b.unsubscribe()
	if b.s.Kept != nil {
		b.s.asleep[b.domain] = &sleeper{pending: b.pending}
	}
	b.end()
	b.signal()
	return true
}

// Rest notes that the webhooks of a workspace are not in memory, if they were kept by Sleep when its newest event was head. Otherwise they need
// Restore.
func (s *Sender) Rest(domain string, text []byte, head int64) (a Asleep, ok bool) {
	var state keptOutbox
	if err := json.Unmarshal(text, &state); err != nil || state.Asleep == nil || state.Asleep.Head != head {
		return a, false
	}
	one := &sleeper{}
	for _, d := range state.Deliveries {
		if d.Delivery.State == Pending {
			one.pending++
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asleep[domain] = one
	return *state.Asleep, true
}

// Sleeps reports whether the webhooks of a workspace are not in memory.
func (s *Sender) Sleeps(domain string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asleep[domain] != nil
}

// Wake brings the webhooks of a workspace back into memory, if they are not there.
func (s *Sender) Wake(ctx context.Context, domain string) error {
	s.mu.Lock()
	one := s.asleep[domain]
	s.mu.Unlock()
	if one == nil {
		return nil
	}
	one.waking.Lock()
	defer one.waking.Unlock()
	s.mu.Lock()
	is := s.asleep[domain] == one
	s.mu.Unlock()
	if !is {
		return nil
	}
	text, err := s.Kept(ctx, domain)
	if err == nil && text != nil {
		err = s.Restore(ctx, domain, text)
	}
	if err != nil {
		return &sandbox.StoreError{Err: fmt.Errorf("webhooks of workspace %s: %w", domain, err)}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.asleep, domain)
	return nil
}
