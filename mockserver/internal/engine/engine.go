// Package engine is the way of a request: match, guard, check, handle, reply.
//
// It answers any operation of any document. It must never know what an operation does, what a workspace holds, or where
// it listens: handlers, guard and clock are given to it.
package engine

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"time"

	"example.com/awalmock/mockserver/internal/spec"
)

// A Handler does one operation. It gets a checked request and returns a reply or an error; it never writes. An error that
// has a method Refusal (see Refuser) is shown to the caller, any other becomes a 500 that shows nothing.
type Handler func(*Call) (Reply, error)

// A Call is a request that has passed every check.
type Call struct {
	*Exchange
	Request *spec.Request
}

// A Caller is who sent a request.
type Caller struct {
	Workspace string // its domain
	Client    string // its client id
	Value     any    // what Clients gave with it: for handlers, the engine never looks into it
}

// A Guard decides which requests are admitted. It sees the request with its body read (but see OperationSettings.AdmitFirst).
type Guard interface {
	Admit(*Exchange) (Caller, error)
}

// Options are what an engine is made of. Document, Guard, Handlers, Fallback, Make, NewID and Now are needed.
type Options struct {
	Document *spec.Document
	Guard    Guard
	Handlers map[string]Handler // by operationId
	Fallback Handler            // for operations of the document that have no handler
	// Make makes the body of a documented answer in one of its media types (nil: it has none): the named example, else the
	// first, else a value that fits the schema.
	Make func(op *spec.Operation, r *spec.Response, m *spec.Media, example string) ([]byte, error)
	// MakeValue makes a value of a schema, for a property of an error that the vendor's envelope does not have; nil: there is
	// only that envelope.
	MakeValue func(op *spec.Operation, s *spec.Schema, property string) (any, error)
	// MakeHeader makes the text of a documented header that has no example; nil: such headers are left out.
	MakeHeader func(h *spec.ResponseHeader) (string, error)

	Vendor Vendor
	// Elsewhere gives a sentence for a path that is not there, in the place of Hint; "", or nil: Hint.
	Elsewhere func(path string) string
	Hint      string      // a sentence for who asks for a path that is not there; may be ""
	Limits    RateLimiter // nil: no limits, no headers
	// Daily counts a request against what its workspace may ask in a day: a *DayOverError when nothing was left. nil: there is no such bound.
	Daily      func(ctx context.Context, c Caller) error
	Faults     Faults // nil: none
	Strict     bool   // what the document does not know is refused, not only warned of
	AnswerGone bool   // operations are answered after their sunset, too
	// ValidationStatus is the status of an answer with the code validation_failed, of operations that document it; 0: 400.
	ValidationStatus int
	Negotiate        bool    // a request that accepts none of the documented media types is refused
	Check            bool    // check each JSON answer against the document before it leaves
	Memory           *Memory // nil: no bound on what strangers send at once
	Latency          time.Duration
	FileLimit        int64 // bytes of the files of an upload, beside its form; 0: 100 MiB
	// Operations are settings of single operations, by operationId.
	Operations map[string]OperationSettings
	BodyStall  time.Duration    // how long a body may pause; 0: 10 s
	ReadStall  time.Duration    // how long a caller may take nothing of an answer; 0: 30 s
	NewID      func() string    // ids of requests
	Now        func() time.Time // the machine's clock
	Observe    func(*Exchange)  // called once a request, after the reply; may be nil
	Journal    Journal          // nil: none
}

// An Engine answers requests. It is an http.Handler that never listens.
type Engine struct {
	Options
	vendor     *vendor
	compiled   map[*spec.Operation]*operation
	isEnvelope map[*spec.Schema]bool // schemas of errors that need no other body than the vendor's
}

// New makes an engine.
func New(o Options) *Engine {
	if o.FileLimit == 0 {
		o.FileLimit = 100 << 20
	}
	if o.BodyStall == 0 {
		o.BodyStall = 10 * time.Second
	}
	if o.ReadStall == 0 {
		o.ReadStall = 30 * time.Second
	}
	e := &Engine{Options: o, vendor: newVendor(o.Vendor), isEnvelope: envelopes(o.Document)}
	e.compiled = e.compile()
	return e
}

// ServeHTTP implements http.Handler. Every error of every layer comes back to here.
func (e *Engine) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := e.newExchange(w, r)
	defer x.endTurn()
	reply, err := e.guarded(x)
	e.finish(x, reply, err)
}

// finish writes the answer, and reports it.
func (e *Engine) finish(x *Exchange, reply Reply, err error) {
	if err == nil && e.Check && x.Fault == "" {
		err = e.checkAnswer(x, &reply)
	}
	if err != nil {
		reply = e.fail(x, err)
	}
	e.complete(x, &reply)
	if err := e.write(x, &reply); err != nil {
		x.Failure = errors.Join(x.Failure, err)
	}
	if x.special != nil && x.special.stalled {
		wasRead(x.w) // the head is written, and says close: the rest had its time
	}
	if e.Observe != nil {
		e.Observe(x)
	}
	if x.special != nil && x.special.broken {
		// Half an answer must not look whole: end the connection.
		panic(http.ErrAbortHandler)
	}
}

// guarded turns a panic of a handler into an error.
func (e *Engine) guarded(x *Exchange) (reply Reply, err error) {
	defer func() {
		switch p := recover(); p {
		case nil:
		case http.ErrAbortHandler:
			panic(p)
		default:
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return e.answer(x)
}

// answer is the way of a request.
func (e *Engine) answer(x *Exchange) (Reply, error) {
	match, err := e.Document.Match(x.HTTP.Method, x.Path)
	if err != nil {
		return Reply{}, err
	}
	x.Operation, x.compiled = match.Operation, e.compiled[match.Operation]
	e.tellDeprecation(x)
	if err := e.admit(x); err != nil {
		return Reply{}, err
	}
	if err := e.countRequest(x); err != nil {
		return Reply{}, err
	}
	if err := e.refuseGone(x); err != nil {
		return Reply{}, err
	}
	e.wait(x, e.Latency)
	if reply, fired, err := e.fault(x); fired || err != nil {
		return reply, err
	}
	if reply, forced, err := e.applyPrefer(x); forced || err != nil {
		return reply, err
	}
	if err := rejectContentEncoding(x); err != nil {
		return Reply{}, err
	}
	if x.special != nil && x.special.formBroken != nil {
		return Reply{}, Invalid(Detail{"body", "the request body is not a readable multipart/form-data form: " + x.special.formBroken.Error()})
	}
	x.warnOfContentType()
	request, err := match.Operation.Check(&spec.Input{Match: match, RawQuery: x.Query, Header: x.HTTP.Header, Body: x.Body, Form: x.Form})
	if err = e.unknown(x, request, err); err != nil {
		return Reply{}, err
	}
	if err := e.acceptable(x); err != nil {
		return Reply{}, err
	}
	reply, err := x.compiled.handler(&Call{x, request})
	if err != nil {
		return reply, err
	}
	if success := match.Operation.Success(); reply.Status == 0 && success != nil {
		reply.Status = success.Code()
	}
	if x.compiled.own {
		err = e.inOtherType(x, &reply)
	}
	return reply, err
}

// admit reads the body, and finds out who sent it. Until that is known there is little memory for the body.
func (e *Engine) admit(x *Exchange) error {
	s := x.compiled.settings
	var memory share
	if s.AdmitFirst {
		if err := e.authenticate(x); err != nil {
			return err
		}
	} else {
		memory.of = e.Memory
		defer memory.release()
	}
	if err := s.takeTurn(x); err != nil {
		return err
	}
	if err := e.readBody(x, s, &memory); err != nil || s.AdmitFirst {
		return err
	}
	return e.authenticate(x)
}

// authenticate finds out who sent the request.
func (e *Engine) authenticate(x *Exchange) (err error) {
	if err = once(x, "Authorization"); err == nil {
		x.Caller, err = e.Guard.Admit(x)
	}
	return err
}
