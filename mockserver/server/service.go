package server

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/binary"
	"net/http"
	"sync/atomic"

	"example.com/awalmock/mockserver/internal/collection"
	"example.com/awalmock/mockserver/internal/engine"
	"example.com/awalmock/mockserver/internal/seed"
	"example.com/awalmock/mockserver/internal/signature"
	"example.com/awalmock/mockserver/internal/spec"
)

// A service is what a document and fixtures make of a mock. When one of them changes, another service takes its place;
// requests in flight are finished by the one that they began with.
type service struct {
	*Server
	document *spec.Document
	// The collections of the document.
	collections []*collection.Collection
	workspaces  *workspaces
	handler     http.Handler
}

// newService makes the workspaces that the fixtures decide, as the document shows them. It has to be assembled.
func (s *Server) newService(document *spec.Document, set *seed.Set, store events) (*service, error) {
	made := &service{Server: s, document: document}
	var err error
	if made.collections, err = compileCollections(document); err == nil {
		err = made.implemented()
	}
	if err == nil {
		err = made.fits(set)
	}
	if err == nil {
		err = made.secured(set)
	}
	if err == nil {
		made.workspaces, err = newWorkspaces(document, made.collections, set, store, s.options, &s.changing)
	}
	return made, err
}

// assemble puts the way of a request together, to the workspaces that are there.
func (s *service) assemble() error {
	e := s.newEngine()
	api := engine.New(e)
	if err := api.CheckErrors(func(id string) bool { _, own := needs[id]; return own }); err != nil {
		return err
	}
	versions, err := s.withSecond(api)
	if err != nil {
		return err
	}
	s.handler = s.routes(versions, s.newControl(&e), s.options.origins)
	return nil
}

func (s *service) newEngine() engine.Options {
	o := &s.options
	e := engine.Options{
		Document: s.document, Guard: s.newGuard(), Handlers: s.sequenced(), Fallback: s.exampleAnswer, Make: s.made, MakeHeader: s.madeHeader, MakeValue: s.madeValue,
		Vendor: o.vendor, AnswerGone: o.Sunset == "warn", ValidationStatus: o.ValidationStatus,
		Hint:      "The API is under " + cmp.Or(s.document.BasePath, "/") + "; /docs shows it, /openapi.yaml is the document.",
		Elsewhere: s.noSecond,
		Strict:    o.Strict, Negotiate: o.Strict, Check: o.CheckAnswers == "always", Latency: o.Latency,
		NewID: requestIDs(), Now: o.Now, Daily: s.day, Observe: s.observe, Faults: s.faults, Journal: s.journal, Memory: s.memory,
		BodyStall: o.BodyStall, ReadStall: o.ReadStall,
	}
	if s.limits != nil {
		e.Limits = s.limits
	}
	return e
}

// newGuard makes the guard of the API.
func (s *service) newGuard() engine.Guard {
	o := &s.options
	switch o.Auth {
	case "off":
		return &engine.Open{Clients: s.workspaces.client}
	case "headers":
		return &engine.HeadersOnly{Clients: s.workspaces.client, Credentials: s.workspaces.credential, MissingStatus: o.MissingHeaders}
	}
	guard := &engine.Signed{
		Scheme: s.scheme(), Clients: s.workspaces.client, Credentials: s.workspaces.credential, Decoy: signature.NewKey(rand.Text()),
		MissingStatus: o.MissingHeaders, MaxSkew: o.skew,
	}
	if s.replays != nil {
		guard.Replays = s.replays
	}
	return guard
}

// scheme is how the requests of the API are signed.
func (s *service) scheme() signature.Scheme {
	return signature.Scheme{BasePath: s.document.BasePath, Path: s.options.path, Upload: s.options.upload}
}

// reset brings a workspace back to its fixture, with what belongs to it.
func (s *service) reset(ctx context.Context, t *workspaceEntry) error {
	if first, others := t.keys.atFirst(); others {
		if err := s.workspaces.keepKeys(ctx, t, first); err != nil {
			return err
		}
	}
	if err := t.Reset(ctx, s.workspaces.clock()); err != nil {
		return err
	}
	s.forget(t.Domain)
	if t == s.workspaces.get("") {
		s.awaitExpiry()
	}
	return nil
}

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
