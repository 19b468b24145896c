package server

import (
	"context"
	"sync"
	"time"

	"example.com/awalmock/mockserver/internal/webhook"
)

// wokenEarly is how long before something is due in a workspace it comes back into memory.
const wokenEarly = time.Second

// sleepers brings the webhooks of workspaces back into memory that have left it.
type sleepers struct {
	s     *Server
	mu    sync.Mutex
	woken []string      // workspaces that are in memory again, and whose webhooks may not be
	some  chan struct{} // holds a token when there are any, or when something becomes due earlier
}

func newSleepers(s *Server) *sleepers { return &sleepers{s: s, some: make(chan struct{}, 1)} }

// comesBack notes that a workspace is in memory again.
func (p *sleepers) comesBack(domain string) {
	p.mu.Lock()
	p.woken = append(p.woken, domain)
	p.mu.Unlock()
	p.signal()
}

func (p *sleepers) signal() {
	select {
	case p.some <- struct{}{}:
	default:
	}
}

func (p *sleepers) take() (woken []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	woken, p.woken = p.woken, nil
	return woken
}

// run brings back what is due and what was woken, until ctx ends.
func (p *sleepers) run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		if next := p.wakeDue(); next.IsZero() {
			timer.Stop()
		} else {
			timer.Reset(max(time.Millisecond, next.Sub(p.s.options.Now())))
		}
		for _, domain := range p.take() {
			p.wake(ctx, domain)
		}
		select {
		case <-p.some:
		case <-timer.C:
		case <-ctx.Done():
			return
		}
	}
}

// wakeDue brings the workspaces back in which something is due, and gives the machine's instant at which the next one has to come.
func (p *sleepers) wakeDue() time.Time {
	ts := p.s.inForce.Load().workspaces
	due, next := ts.dueIdle(p.s.options.Now().Add(wokenEarly))
	for _, domain := range due {
		ts.get(domain)
	}
	if next.IsZero() {
		return next
	}
	return next.Add(-wokenEarly)
}

// wake brings the webhooks of a workspace back. What cannot be read is read when they are asked for, or after the next start.
func (p *sleepers) wake(ctx context.Context, domain string) {
	wake := p.s.webhooks.Wake
	if p.s.senders != nil {
		wake = p.s.senders.claimIfKept
	}
	if err := wake(ctx, domain); err != nil && ctx.Err() == nil {
		p.s.options.Logger.Warn("the webhooks of a workspace that was not used cannot be sent yet", "workspace", domain, "reason", err)
	}
}

// rest takes the webhooks of a workspace out of memory, if there is nothing to do for them now.
func (s *Server) rest(ctx context.Context, t *workspaceEntry) (a webhook.Asleep, ok bool) {
	if s.senders == nil {
		return s.webhooks.Sleep(ctx, t.Domain, t.used.Load)
	}
	if _, ok := s.listeners.Sleep(ctx, t.Domain, t.used.Load); !ok {
		return a, false
	}
	return a, s.senders.rest(ctx, t)
}

// sweepIdle takes out of memory the workspaces that were not used since it was called last.
func (s *Server) sweepIdle(ctx context.Context) {
	for _, t := range s.inForce.Load().workspaces.all() {
		if t.used.Swap(false) || t.made.IsZero() || t.broken != nil {
			continue
		}
		asleep, ok := s.rest(ctx, t)
		if ok && !s.putAsideUnused(t, asleep) {
			s.sleepers.comesBack(t.Domain)
		}
	}
}

// putAsideUnused is putAside, unless the workspace was used meanwhile.
func (s *Server) putAsideUnused(t *workspaceEntry, asleep webhook.Asleep) bool {
	s.changing.Lock()
	defer s.changing.Unlock()
	return s.inForce.Load().workspaces.loaded(t.Domain) == t && !t.used.Load() && s.putAside(t, asleep)
}

// putAside takes a workspace out of memory whose webhooks have left it, if nothing needs it there. Changes must be locked.
func (s *Server) putAside(t *workspaceEntry, asleep webhook.Asleep) bool {
	ts := s.inForce.Load().workspaces
	if s.webhooks.Has(t.Domain) || !t.Unload() {
		return false
	}
	due := asleep.Due
	if s.webhooks.Sleeps(t.Domain) && t.Durable() != asleep.Head {
		due = s.options.Now()
	}
	if s.senders != nil {
		due = time.Time{} // the database has it
	}
	ts.addIdle(&idleWorkspace{t.client(t.keys.all()), t.daily, due})
	ts.drop(t)
	if !due.IsZero() {
		s.sleepers.signal()
	}
	return true
}

// watchIdle calls sweepIdle, until the server is closed. A workspace that is not used leaves memory after one to two times IdleAfter.
func (s *Server) watchIdle() {
	if !s.inForce.Load().workspaces.mayIdle() {
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	s.following.Go(func() {
		<-s.closed
		stop()
	})
	s.following.Go(func() { s.sleepers.run(ctx) })
	s.following.Go(func() {
		tick := time.NewTicker(s.options.IdleAfter)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				s.sweepIdle(ctx)
			case <-ctx.Done():
				return
			}
		}
	})
}
