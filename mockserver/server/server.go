// Package server is the mock: the API of an OpenAPI document over a few sandboxed workspaces, as an http.Handler.
//
// It never listens; httpserver does.
package server

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"

	"example.com/awalmock/mockserver/internal/engine"
	"example.com/awalmock/mockserver/internal/fault"
	"example.com/awalmock/mockserver/internal/journal"
	"example.com/awalmock/mockserver/internal/ratelimit"
	"example.com/awalmock/mockserver/internal/replay"
	"example.com/awalmock/mockserver/internal/spec"
	"example.com/awalmock/mockserver/internal/webhook"
	"example.com/awalmock/mockserver/server/control"
)

// A Server is a mock. It is safe for concurrent use.
type Server struct {
	options  settings           // as it was started
	limits   *ratelimit.Limits  // nil: none
	replays  *replay.Signatures // nil: accepted
	faults   *fault.Faults
	journal  *journal.Journal
	secrets  *journal.Secrets
	memory   *engine.Memory // what strangers send
	metrics  *requestMetrics
	access   control.Access
	webhooks *webhook.Sender

	listeners *webhook.Sender // webhooks, or, where several mocks have one store, what has the events for listeners only
	senders   *senders        // nil: this mock sends all webhooks
	sleepers  *sleepers
	second    *spec.Document // of the second version of the API; nil: there is none
	closed    chan struct{}
	closing   sync.Once

	following sync.WaitGroup // what takes over what other mocks on the same store do

	// changing is held while workspaces are created, deleted, reset or handed over to another document. Each such change is made
	// in the service that is in force then: a request that began before a hand-over must not act on what was left behind.
	changing sync.Mutex
	inForce  atomic.Pointer[service] // stored with changing held

	nextReset atomic.Int64 // Unix nanoseconds of the machine's clock; 0: never
	nextSweep atomic.Int64 // when workspaces that have expired are removed; in the same way
	expiry    atomic.Int64 // when the conversations of the start expire and the log says so; in the same way
}

// New makes a mock. A *UsageError says that an option cannot be understood; any other error that the document or the
// fixtures cannot be served, in one line: where, what, and why.
func New(o Options) (made *Server, err error) {
	defer notPanic(&err)
	resolved, err := o.resolve()
	if err != nil {
		return nil, err
	}
	o = resolved.Options
	secrets, headers := &journal.Secrets{}, &resolved.vendor.Headers
	s := &Server{
		options: resolved, faults: fault.New(o.Seed), secrets: secrets,
		journal: journal.New(journal.Names{Workspace: headers.Workspace, Signature: headers.Signature}, secrets),
		memory:  &engine.Memory{}, metrics: newRequestMetrics(),
		access: control.Access{Token: o.ControlToken, Listen: o.Listen}, closed: make(chan struct{}),
	}
	s.sleepers = newSleepers(s)
	s.options.comesBack = s.sleepers.comesBack
	if resolved.limited {
		s.limits = ratelimit.New(resolved.rate, resolved.vendor.Rate, o.Now)
		if o.Store != nil && o.Store.Shared() {
			s.limits.Share(&sharedRates{store: o.Store, logger: o.Logger})
		}
	}
	if o.RejectReplays {
		s.replays = replay.New(resolved.skew, o.Now)
	}
	if o.ResetEvery > 0 {
		s.nextReset.Store(o.Now().Add(o.ResetEvery).UnixNano())
	}
	s.newWebhooks()
	defer func() {
		if err != nil {
			s.closeWebhooks()
		}
	}()
	document, set, err := o.read()
	if err == nil {
		s.second, err = loadSecond(&o)
	}
	if err == nil {
		err = s.join(context.Background(), o.specText(), document.Version, set)
	}
	if err != nil {
		return nil, err
	}
	store := newInMemory()
	if o.Store != nil {
		store = o.Store
	}
	first, err := s.newService(document, set, store)
	if err == nil {
		err = first.assemble()
	}
	if err != nil {
		return nil, err
	}
	s.inForce.Store(first)
	s.awaitExpiry()
	s.awaitSweep()
	s.gauges()
	s.hideSecrets()
	first.tellLeftOut()
	if err := s.restoreWebhooks(context.Background()); err != nil {
		return nil, err
	}
	s.followOthers()
	s.claimWebhooks()
	s.registerWebhookURL()
	s.watchIdle()
	return s, nil
}

// notPanic makes an error of a panic: an unexpected document or fixture must not end a mock that runs.
func notPanic(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("the document and fixtures cannot be served, which is a fault of the mock (panic: %v at %s)", p, where())
	}
}

// where is the first line of the project's own code that a panic came from.
func where() string {
	var callers [32]uintptr
	frames := runtime.CallersFrames(callers[:runtime.Callers(3, callers[:])])
	for {
		frame, more := frames.Next()
		if !strings.HasPrefix(frame.Function, "runtime.") || !more {
			return fmt.Sprintf("%s:%d", filepath.Base(frame.File), frame.Line)
		}
	}
}

// ServeHTTP implements http.Handler. The service in force answers: a caller that got the answer to a change finds it made.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.resetIfDue(r.Context())
	s.sweepIfDue(r.Context())
	s.inForce.Load().handler.ServeHTTP(w, r)
}

// resetIfDue is --reset-every. A request brings it about, so that no timer has to run.
func (s *Server) resetIfDue(ctx context.Context) {
	due := s.nextReset.Load()
	if due == 0 {
		return
	}
	now := s.options.Now()
	if now.UnixNano() < due || !s.nextReset.CompareAndSwap(due, now.Add(s.options.ResetEvery).UnixNano()) {
		return
	}
	if err := s.Reset(context.WithoutCancel(ctx)); err != nil {
		s.options.Logger.Error("the periodic reset failed; the next one comes after another --reset-every", "error", err)
	}
}

// Reset brings every workspace back to its fixture, its clock, faults and rate windows with it.
func (s *Server) Reset(ctx context.Context) error {
	return s.change(func(inForce *service) error {
		for _, i := range inForce.workspaces.allIdle() {
			inForce.workspaces.wakeLocked(i.client.Workspace)
		}
		for _, t := range inForce.workspaces.all() {
			if err := inForce.reset(ctx, t); err != nil {
				return err
			}
		}
		return nil
	})
}

// change makes a change of the workspaces in the service that is in force.
func (s *Server) change(do func(inForce *service) error) (err error) {
	defer notPanic(&err)
	s.changing.Lock()
	defer s.changing.Unlock()
	defer s.hideSecrets()
	return do(s.inForce.Load())
}

// hideSecrets hides, in the journal and the log, the secrets of the workspaces that are there now.
func (s *Server) hideSecrets() {
	secrets := []string{s.options.ControlToken}
	add := func(list []string) {
		for _, secret := range list { // the rest of one that the mock has made is enough, and is found faster than what they all begin with
			secrets = append(secrets, strings.TrimPrefix(secret, control.SecretPrefix))
		}
	}
	for _, i := range s.inForce.Load().workspaces.allIdle() {
		add(i.secrets())
	}
	for _, t := range s.inForce.Load().workspaces.all() {
		add(t.keys.secrets())
		for _, values := range t.credentials {
			secrets = append(secrets, values...)
		}
	}
	s.secrets.Use(secrets)
}

// forget removes a workspace's faults and opens new rate windows for it.
func (s *Server) forget(domain string) {
	s.faults.Set(domain, nil)
	if s.limits != nil {
		s.limits.Reset(domain)
	}
}

// Close ends what has no end of its own: streams, and what sends webhooks. Other requests are still answered.
func (s *Server) Close() {
	s.closing.Do(func() {
		close(s.closed)
		s.following.Wait()
		s.closeWebhooks()
		s.giveBack()
	})
}

func (s *Server) closeWebhooks() {
	s.webhooks.Close()
	if s.listeners != s.webhooks {
		s.listeners.Close()
	}
}

// A Workspace is what a caller needs to use one of the mock's workspaces.
type Workspace struct {
	Domain, ClientID, Secret string
	PhoneNumberIDs           []string
}

// Workspaces lists the workspaces with their credentials, the default one first.
func (s *Server) Workspaces() []Workspace {
	var all []Workspace
	for _, t := range s.inForce.Load().workspaces.all() {
		w := Workspace{Domain: t.Domain, ClientID: t.Client, Secret: t.keys.current()}
		for _, n := range t.Numbers() {
			w.PhoneNumberIDs = append(w.PhoneNumberIDs, n.ID)
		}
		all = append(all, w)
	}
	for _, i := range s.inForce.Load().workspaces.allIdle() {
		c := i.client
		all = append(all, Workspace{Domain: c.Workspace, ClientID: c.ID, Secret: c.Secrets[min(1, len(c.Secrets)-1)].Text, PhoneNumberIDs: []string{c.Number}})
	}
	return all
}

// Serves reports whether the document in force has an operation.
func (s *Server) Serves(operation string) bool {
	return s.inForce.Load().document.Operation(operation) != nil
}

// BasePath is the path under which the API is served.
func (s *Server) BasePath() string { return s.inForce.Load().document.BasePath }
