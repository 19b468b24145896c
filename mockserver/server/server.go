// Package server is the mock: the API of an OpenAPI document over a few sandboxed workspaces, as an http.Handler.
//
// It never listens; mocktest does.
package server

import (
	"cmp"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"

	"example.com/awalmock/fixtures"
	"example.com/awalmock/mockserver/internal/engine"
	"example.com/awalmock/mockserver/internal/seed"
	"example.com/awalmock/mockserver/internal/signature"
	"example.com/awalmock/mockserver/internal/spec"
	"example.com/awalmock/mockserver/server/control"
)

// A Server is a mock. It is safe for concurrent use.
type Server struct {
	*lasting
	options  Options
	document *spec.Document
	tenants  *tenants
	handler  http.Handler
}

// lasting is what a mock has in common with those that WithDocument and WithFixtures make of it.
type lasting struct {
	limits  *engine.Limits  // nil: none
	replays *engine.Replays // nil: accepted
	faults  *engine.Faults
	journal *engine.Journal
	metrics *requestMetrics
	access  control.Access
	closed  chan struct{}
	closing sync.Once

	// changing is held while workspaces come, go, begin anew or are handed over to another document. Each such change is made
	// in the mock that is in force then: a request that began before a hand-over must not act on what was left behind.
	changing sync.Mutex
	inForce  atomic.Pointer[Server] // the newest of them; stored with changing held

	nextReset atomic.Int64 // Unix nanoseconds of the machine's clock; 0: never
}

// New makes a mock. A *UsageError says that an option cannot be understood; any other error that the document or the
// fixtures cannot be served, in one line: where, what, and why.
func New(o Options) (*Server, error) {
	o.setDefaults()
	if err := o.notNegative(); err != nil {
		return nil, err
	}
	limits, err := newLimits(&o)
	if err != nil {
		return nil, err
	}
	s := &Server{options: o, lasting: &lasting{
		limits: limits, faults: engine.NewFaults(o.Seed), journal: engine.NewJournal(), metrics: newRequestMetrics(),
		access: control.Access{Token: o.ControlToken, Listen: o.Listen}, closed: make(chan struct{}),
	}}
	if o.ResetEvery > 0 {
		s.nextReset.Store(o.Now().Add(o.ResetEvery).UnixNano())
	}
	document, err := loadDocument(o.Spec, o.SpecName)
	if err != nil {
		return nil, err
	}
	set, err := seed.LoadDir(o.Fixtures, fixtures.Files())
	if err != nil {
		return nil, err
	}
	if err := s.build(document, set); err != nil {
		return nil, err
	}
	s.inForce.Store(s)
	s.tellLeftOut()
	return s, nil
}

// build makes everything that the document and the fixtures decide.
func (s *Server) build(document *spec.Document, set *seed.Set) (err error) {
	s.document = document
	if err := s.implemented(); err != nil {
		return err
	}
	if s.tenants, err = newTenants(document, set, s.options); err != nil {
		return err
	}
	return s.assemble()
}

// assemble puts the way of a request together.
func (s *Server) assemble() error {
	e, err := s.newEngine(s.options)
	if err != nil {
		return err
	}
	admin, err := s.newControl(&e)
	if err != nil {
		return err
	}
	origins, err := parseOrigins(s.options.CORSOrigin)
	if err != nil {
		return err
	}
	s.handler = s.routes(engine.New(e), admin, origins)
	return nil
}

// newLimits counts as --rate-limit says; nil: not at all.
func newLimits(o *Options) (*engine.Limits, error) {
	switch o.RateLimit {
	case "off":
		return nil, nil
	case "spec":
		return engine.NewLimits(nil, o.Now), nil
	}
	rate, err := parseRate(o.RateLimit)
	if err != nil {
		return nil, err
	}
	return engine.NewLimits(rate, o.Now), nil
}

func (s *Server) newEngine(o Options) (engine.Options, error) {
	guard, err := s.newGuard(o)
	if err != nil {
		return engine.Options{}, err
	}
	if err := oneOf("check-answers", o.CheckAnswers, "made", "always"); err != nil {
		return engine.Options{}, err
	}
	return engine.Options{
		Document: s.document, Guard: guard, Handlers: s.handlers(), Fallback: s.exampleAnswer, Make: s.made,
		Hint:   "The API is under " + cmp.Or(s.document.BasePath, "/") + "; /docs shows it, /openapi.yaml is the document.",
		Limits: s.limits, Strict: o.Strict, Check: o.CheckAnswers == "always", Latency: o.Latency,
		NewID: requestIDs(), Now: o.Now, Observe: s.observe, Faults: s.faults, Record: s.journal.Record,
	}, nil
}

// newGuard makes the guard of the API.
func (s *Server) newGuard(o Options) (engine.Guard, error) {
	if o.MissingHeaders != 401 && o.MissingHeaders != 400 {
		return nil, &UsageError{"missing-headers", fmt.Sprintf("must be 401 or 400, not %d", o.MissingHeaders)}
	}
	path, err := signature.ParsePath(o.SignedPath)
	if err != nil {
		return nil, &UsageError{"signed-path", err.Error()}
	}
	skew, err := signature.ParseSkew(o.MaxSkew)
	if err != nil {
		return nil, &UsageError{"max-skew", err.Error()}
	}
	switch o.Auth {
	case "off":
		return &engine.Open{Clients: s.tenants.client}, nil
	case "headers":
		return &engine.HeadersOnly{Clients: s.tenants.client, MissingStatus: o.MissingHeaders}, nil
	case "hmac":
		guard := &engine.Signed{
			Scheme:  signature.Scheme{BasePath: s.document.BasePath, Path: path},
			Clients: s.tenants.client, Decoy: signature.NewKey(rand.Text()),
			MissingStatus: o.MissingHeaders, MaxSkew: skew, Now: o.Now,
		}
		if o.RejectReplays && s.replays == nil {
			s.replays = engine.NewReplays(skew, o.Now)
		}
		guard.Replays = s.replays
		return guard, nil
	default:
		return nil, oneOf("auth", o.Auth, "hmac", "headers", "off")
	}
}

// ServeHTTP implements http.Handler. The mock in force answers: whoever has heard that a change is done finds it done.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.resetIfDue()
	s.inForce.Load().handler.ServeHTTP(w, r)
}

// resetIfDue is --reset-every. A request brings it about, so that no timer has to run.
func (s *Server) resetIfDue() {
	due := s.nextReset.Load()
	if due == 0 {
		return
	}
	now := s.options.Now()
	if now.UnixNano() < due || !s.nextReset.CompareAndSwap(due, now.Add(s.options.ResetEvery).UnixNano()) {
		return
	}
	if err := s.Reset(); err != nil {
		s.options.Logger.Error("the periodic reset failed; the next one comes after another --reset-every", "error", err)
	}
}

// Reset brings every workspace back to its fixture, its clock, faults and rate windows with it.
func (s *Server) Reset() error {
	return s.change(func(inForce *Server) error {
		for _, t := range inForce.tenants.all() {
			if err := inForce.reset(t); err != nil {
				return err
			}
		}
		return nil
	})
}

// change makes a change of the workspaces in the mock that is in force.
func (s *Server) change(do func(inForce *Server) error) error {
	s.changing.Lock()
	defer s.changing.Unlock()
	return do(s.inForce.Load())
}

func (s *Server) reset(t *tenant) error {
	if err := t.Reset(s.tenants.clock()); err != nil {
		return err
	}
	s.forget(t.Domain)
	return nil
}

// forget removes a workspace's faults and opens new rate windows for it.
func (s *Server) forget(domain string) {
	s.faults.Set(domain, nil)
	if s.limits != nil {
		s.limits.Reset(domain)
	}
}

// Close ends what has no end of its own: streams. Other requests are still answered.
func (s *Server) Close() { s.closing.Do(func() { close(s.closed) }) }

// A Workspace is what a caller needs to use one of the mock's workspaces.
type Workspace struct {
	Domain, ClientID, Secret string
	PhoneNumberIDs           []string
}

// Workspaces lists the workspaces with their credentials, the default one first.
func (s *Server) Workspaces() []Workspace {
	var all []Workspace
	for _, t := range s.inForce.Load().tenants.all() {
		w := Workspace{Domain: t.Domain, ClientID: t.Client, Secret: t.secret}
		for _, n := range t.Numbers() {
			w.PhoneNumberIDs = append(w.PhoneNumberIDs, n.ID)
		}
		all = append(all, w)
	}
	return all
}

// BasePath is the path under which the API is served.
func (s *Server) BasePath() string { return s.document.BasePath }

// requestIDs makes ids in the form of the vendor's example (E): a counter, scrambled so that ids look alike on no two
// runs.
func requestIDs() func() string {
	var start [8]byte
	_, _ = rand.Read(start[:]) // it never fails
	var count atomic.Uint64
	count.Store(binary.LittleEndian.Uint64(start[:]))
	return func() string {
		const digits = "abcdefghijklmnopqrstuvwxyz234567"
		n := scramble(count.Add(1))
		id := [16]byte{'r', 'e', 'q', '_'}
		for i := 4; i < len(id); i++ {
			id[i] = digits[n&31]
			n >>= 5
		}
		return string(id[:])
	}
}

// scramble is the finalizer of SplitMix64: a bijection of 64 bits.
func scramble(n uint64) uint64 {
	n = (n ^ n>>30) * 0xbf58476d1ce4e5b9
	n = (n ^ n>>27) * 0x94d049bb133111eb
	return n ^ n>>31
}
