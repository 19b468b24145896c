package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"example.com/awalmock"
	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/seed"
	"example.com/awalmock/mockserver/internal/store"
)

// followers is how many workspaces take over what other mocks have done at the same time.
const followers = 4

// A follower takes over what other mocks on the same store do: events, workspaces and clients.
type follower struct {
	s       *Server
	mu      sync.Mutex
	waiting map[string]bool // workspaces that may have new events
	busy    map[string]bool
	order   []string // of waiting
	some    chan struct{}
}

// followOthers begins to take over what other mocks on the same store do, until the server is closed. nil: there is nothing to follow.
func (s *Server) followOthers() {
	kept := s.options.Store
	if kept == nil || !kept.Shared() {
		return
	}
	f := &follower{s: s, waiting: map[string]bool{}, busy: map[string]bool{}, some: make(chan struct{}, followers)}
	ctx, stop := context.WithCancel(context.Background())
	s.following.Go(func() {
		<-s.closed
		stop()
	})
	s.following.Go(func() { kept.Watch(ctx, f.changed, func() { f.listed(ctx) }) })
	for range followers {
		s.following.Go(func() { f.run(ctx) })
	}
}

// changed lets a workspace wait for its turn.
func (f *follower) changed(workspace string) {
	f.mu.Lock()
	if !f.waiting[workspace] {
		f.waiting[workspace] = true
		f.order = append(f.order, workspace)
	}
	f.mu.Unlock()
	f.signal()
}

func (f *follower) signal() {
	select {
	case f.some <- struct{}{}:
	default:
	}
}

// run lets one workspace after the other take over what is new.
func (f *follower) run(ctx context.Context) {
	for {
		select {
		case <-f.some:
		case <-ctx.Done():
			return
		}
		for domain, more := f.take(); more; domain, more = f.take() {
			followed := f.follow(ctx, domain)
			f.done(domain)
			if !followed {
				time.AfterFunc(followAgain, func() { f.changed(domain) })
			}
		}
	}
}

// take gives the next workspace that no other goroutine is busy with.
func (f *follower) take() (domain string, more bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, domain := range f.order {
		if f.busy[domain] {
			continue
		}
		f.order = append(f.order[:i], f.order[i+1:]...)
		delete(f.waiting, domain)
		f.busy[domain] = true
		return domain, true
	}
	return "", false
}

func (f *follower) done(domain string) {
	f.mu.Lock()
	delete(f.busy, domain)
	again := f.waiting[domain]
	f.mu.Unlock()
	if again {
		f.signal()
	}
}

const (
	// longestFollow bounds how long one workspace keeps the others waiting.
	longestFollow = 10 * time.Second
	// followAgain is how long a workspace that could not follow waits: the store tells of each event once.
	followAgain = 250 * time.Millisecond
)

// follow takes over what is new in a workspace; false: it could not be read.
func (f *follower) follow(ctx context.Context, domain string) bool {
	ts := f.s.inForce.Load().workspaces
	t := ts.loaded(domain)
	if t == nil {
		return true
	}
	ctx, cancel := context.WithTimeout(ctx, longestFollow)
	defer cancel()
	err := t.Follow(ctx)
	if err == nil || errors.Is(err, sandbox.ErrGone) {
		return true
	}
	f.s.options.Logger.Debug("what other mocks have done cannot be read yet", "workspace", domain, "reason", err)
	var lasting *store.RowError
	return errors.As(err, &lasting)
}

// listed takes over which workspaces and clients there are.
func (f *follower) listed(ctx context.Context) {
	err := f.s.change(func(inForce *service) error {
		clients, err := f.s.options.Store.List(ctx) // not before: a workspace that is made meanwhile would not be in it, and be removed
		if err != nil {
			return err
		}
		return inForce.useClients(clients)
	})
	if err != nil && ctx.Err() == nil {
		f.s.options.Logger.Error("the workspaces that other mocks have made cannot be shown", "reason", err)
	}
}

// useClients makes the workspaces that other mocks have created, removes those that they have removed, and puts the secrets in force that
// they have rotated.
func (s *service) useClients(clients map[string]store.Client) error {
	ts := s.workspaces
	for _, t := range ts.all() {
		c, kept := clients[t.Domain]
		switch {
		case !t.made.IsZero() && (!kept || c.ID != t.Client):
			ts.drop(t)
			s.forget(t.Domain)
		case kept && c.ID == t.Client:
			t.keys.use(keptKeys(c.Secrets))
		}
	}
	for _, i := range ts.allIdle() {
		if c, kept := clients[i.client.Workspace]; kept && c.ID == i.client.ID {
			ts.addIdle(&idleWorkspace{c, i.daily, i.due})
			continue
		}
		ts.dropIdle(i.client.Workspace)
		s.forget(i.client.Workspace)
	}
	s.awaitSweep()
	return ts.restore(s.document, s.collections)
}

// originOf is what the mock is made of, for other mocks on the same store. document is its text; nil: the built-in one.
func (s *Server) originOf(document []byte, version string, set *seed.Set) store.Origin {
	if document == nil {
		document = []byte(awalmock.OpenAPI())
	}
	fixtures := sha256.New()
	for _, f := range set.Workspaces {
		fmt.Fprintf(fixtures, "%q %q\n", f.Workspace, f.Digest)
	}
	contract := sha256.Sum256(document)
	clock := "running (--clock=real)"
	if !s.options.Clock.IsZero() {
		clock = "standing (--clock=INSTANT)"
	}
	return store.Origin{
		Contract: version + " (" + short(contract[:]) + ")", Fixtures: short(fixtures.Sum(nil)),
		Seed: strconv.FormatUint(s.options.Seed, 10), Generator: strconv.Itoa(seed.Version), Clock: clock,
	}
}

// join records in the store what this mock is made of; an error names what is different.
func (s *Server) join(ctx context.Context, document []byte, version string, set *seed.Set) error {
	if s.options.Store == nil {
		return nil
	}
	if err := s.options.Store.Join(ctx, s.originOf(document, version, set)); err != nil {
		return &UsageError{"store", err.Error()}
	}
	return nil
}

// short is the beginning of a digest.
func short(digest []byte) string { return hex.EncodeToString(digest[:8]) }
