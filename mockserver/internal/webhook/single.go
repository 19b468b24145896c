package webhook

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
)

// ErrNoEndpoint says that a workspace has no endpoint with an id.
var ErrNoEndpoint = errors.New("there is no such endpoint")

const switchedOff = "it was switched off"

// Create registers a further endpoint, which has to answer the challenge (D). One whose address is registered already, and one too many,
// are refused with EndpointErrors. The other endpoints are left alone.
func (s *Sender) Create(ctx context.Context, domain string, e Endpoint) (EndpointState, error) {
	b, done, err := s.registering(ctx, domain)
	if err != nil {
		return EndpointState{}, err
	}
	defer done()
	urls, err := b.validate([]Endpoint{e})
	if err != nil {
		return EndpointState{}, err
	}
	if w, found := s.Workspace(b.domain); found && w.Endpoints > 0 && len(b.states()) >= w.Endpoints {
		return EndpointState{}, &QuotaError{len(b.states()), w.Endpoints}
	}
	if err := b.addable(e.URL); err != nil {
		return EndpointState{}, EndpointErrors{err}
	}
	if err := s.challengeOne(ctx, b.domain, e, urls[0]); err != nil {
		return EndpointState{}, EndpointErrors{{0, "url", err.Error()}}
	}
	if _, ok := b.read(ctx); !ok { // what has happened until now is not for it
		return EndpointState{}, ErrNoWorkspace
	}
	return b.update(ctx, func() (*endpoint, error) { return b.add(e, urls[0]), nil })
}

// addable says why no endpoint with an address can be added; nil: one can.
func (b *outbox) addable(address string) *EndpointError {
	list := b.states()
	i := slices.IndexFunc(list, func(s EndpointState) bool { return s.URL == address })
	switch {
	case i >= 0:
		return &EndpointError{0, "url", "is that of endpoint " + list[i].ID + " already; change that one"}
	case len(list) >= EndpointsAtMost:
		return &EndpointError{0, "url", fmt.Sprintf("cannot be added: a workspace has at most %d endpoints", EndpointsAtMost)}
	}
	return nil
}

// add adds an endpoint that has passed the challenge. Sender.mu is held.
func (b *outbox) add(e Endpoint, to *url.URL) *endpoint {
	b.endpointID++
	p := newEndpoint(b.s.ctx, "ep"+strconv.FormatInt(b.endpointID, 10), e, to)
	b.endpoints = append(b.endpoints, p)
	return p
}

// Change changes an endpoint, but not its address, and switches it on or off; active is nil for as it is. One that is switched off gets
// nothing, and what is queued for it is dead; to be switched on it has to answer the challenge (D). Errors are those of change,
// EndpointErrors and ErrNoEndpoint; then nothing has changed.
func (s *Sender) Change(ctx context.Context, domain, id string, change func(*Endpoint) error, active *bool) (EndpointState, error) {
	b, done, err := s.registering(ctx, domain)
	if err != nil {
		return EndpointState{}, err
	}
	defer done()
	list := b.states()
	i := slices.IndexFunc(list, func(s EndpointState) bool { return s.ID == id })
	if i < 0 {
		return EndpointState{}, ErrNoEndpoint
	}
	e := list[i].Endpoint
	if err := change(&e); err != nil {
		return EndpointState{}, err
	}
	e.URL = list[i].URL
	urls, err := b.validate([]Endpoint{e})
	if err != nil {
		return EndpointState{}, err
	}
	if active != nil && *active && list[i].Disabled != "" {
		if err := s.challengeOne(ctx, b.domain, e, urls[0]); err != nil {
			return EndpointState{}, EndpointErrors{{0, "active", err.Error()}}
		}
	}
	if _, ok := b.read(ctx); !ok {
		return EndpointState{}, ErrNoWorkspace
	}
	return b.update(ctx, func() (*endpoint, error) {
		p := b.endpoint(id)
		if p == nil {
			return nil, ErrNoEndpoint
		}
		p.set(e)
		b.switchTo(p, active)
		return p, nil
	})
}

// switchTo switches an endpoint on or off; nil: it stays as it is. Sender.mu is held.
func (b *outbox) switchTo(p *endpoint, active *bool) {
	switch {
	case active == nil:
	case *active:
		p.disabled = ""
	case p.disabled == "":
		p.disabled = switchedOff
		b.drop(p, "the endpoint is disabled: "+switchedOff)
	}
}

// Remove removes an endpoint; what is queued for it is dead. ErrNoEndpoint: there is none with this id.
func (s *Sender) Remove(ctx context.Context, domain, id string) error {
	b, done, err := s.registering(ctx, domain)
	if err != nil {
		return err
	}
	defer done()
	if _, ok := b.read(ctx); !ok {
		return ErrNoWorkspace
	}
	_, err = b.update(ctx, func() (*endpoint, error) {
		p := b.endpoint(id)
		if p == nil {
			return nil, ErrNoEndpoint
		}
		b.drop(p, "the endpoint was removed")
		p.cancel()
		b.endpoints = slices.DeleteFunc(b.endpoints, func(one *endpoint) bool { return one == p })
		return p, nil
	})
	return err
}

// registering gives the outbox of a workspace to who registers endpoints, one at a time, until done is called.
func (s *Sender) registering(ctx context.Context, domain string) (b *outbox, done func(), err error) {
	b, _, err = s.outbox(ctx, domain, "")
	if err != nil || b == nil {
		return nil, nil, orNoWorkspace(err)
	}
	select {
	case <-b.registering:
		return b, func() { b.registering <- struct{}{} }, nil
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	}
}

// update changes one endpoint, with Sender.mu held, and keeps the outbox.
func (b *outbox) update(ctx context.Context, change func() (*endpoint, error)) (EndpointState, error) {
	b.s.mu.Lock()
	p, err := change()
	var state EndpointState
	if err == nil {
		state = p.state()
	}
	b.s.mu.Unlock()
	if err != nil {
		return EndpointState{}, err
	}
	return state, b.keep(ctx)
}
