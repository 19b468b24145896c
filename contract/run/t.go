package run

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/listener"
)

// A T is a running case. Only Ask may be called by several goroutines at once.
type T struct {
	*Session
	Case      *Case
	Ctx       context.Context
	Rand      *rand.Rand
	Repeating bool                  // a part of the case is repeated, see WhileUnchanged: answers that other cases have read may be out of date
	Workspace *exchange.Credentials // of a workspace that the case has created; nil: it sends requests as the first client

	Inbox *listener.Inbox // receives the webhooks that the case is about; nil: it is not about webhooks

	mu       sync.Mutex
	requests int
	findings []judge.Finding
	more     int // findings beyond judge.FindingsKept
	cleanups []func() error
	created  []*exchange.Request // that delete the records which the case created
}

// DeferCleanup calls a function after the case, also after a failure; the last one that was given is called first. An error of the function becomes the error
// of the case, if it has none.
func (t *T) DeferCleanup(cleanup func() error) { t.cleanups = append(t.cleanups, cleanup) }

// cleanUp calls what was deferred, and returns the error of the case.
func (t *T) cleanUp(err error) error {
	for _, cleanup := range slices.Backward(t.cleanups) {
		if failed := cleanup(); err == nil {
			err = failed
		}
	}
	return err
}

// Fail records a finding. The requirement's level is used unless the finding has a weaker one.
func (t *T) Fail(f judge.Finding, exchanges ...*exchange.Exchange) {
	for _, e := range exchanges {
		f.Recorded = append(f.Recorded, e.Slim())
	}
	f = t.complete(f, t.Case)
	if !judge.Keep(&t.findings, f) {
		t.more++
	}
}

// AddRequests takes over the requests and cleanups of another T, which this case has used to send requests as another client.
func (t *T) AddRequests(other *T) {
	other.mu.Lock()
	made, cleanups := other.requests, other.cleanups
	other.requests, other.cleanups = 0, nil
	other.mu.Unlock()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.requests += made
	t.cleanups = append(t.cleanups, cleanups...)
}

// An UnverifiedError says what a case lacked.
type UnverifiedError struct{ lacked string }

func (e *UnverifiedError) Error() string { return e.lacked }

// Lacks is the error that ends a case as UNVERIFIED.
func Lacks(format string, args ...any) error { return &UnverifiedError{fmt.Sprintf(format, args...)} }

// Ask sends a request and waits for the answer. The error is not nil if there is no answer, or only a part of one. After a 5xx, a request without a body is
// sent again, at most twice (after a 503 the client does it): the rule HTTP-NO-SERVER-ERROR reports the 5xx, and the case is about something else.
func (t *T) Ask(r *exchange.Request) (*exchange.Exchange, error) {
	if reason := t.unclaimedKind(r.Op); reason != "" { // messages of kinds that are not claimed are never sent
		return nil, &SkippedError{reason}
	}
	if err := t.errDown(); err != nil && r.Op.ID != document.Control {
		return &exchange.Exchange{CaseID: t.Case.ID, Request: r, Err: err}, err
	}
	ctx, leave := t.untilDown(t.Ctx)
	defer leave()
	var e *exchange.Exchange
	for tries := 0; ; tries++ {
		t.mu.Lock()
		t.requests++
		t.mu.Unlock()
		e = t.Client.Ask(ctx, t.Case.ID, r)
		if e.Status < 500 || e.Status == http.StatusServiceUnavailable || e.Err != nil || r.Fault || r.Op.ID == document.Control || r.Body != nil || r.Malformed || tries >= 2 {
			break
		}
	}
	t.deleteAfterCase(e)
	t.checkHealth(t.Ctx, e)
	if err := t.errDown(); err != nil && (e.Err != nil || faultOf(e) != "") && r.Op.ID != document.Control {
		return e, err
	}
	switch {
	case e.Status >= 500 && e.Err == nil && !r.Fault && !r.Malformed && r.Op.ID != document.Control && r.Body != nil: // a request with a body is never sent again
		return e, fmt.Errorf("%s was answered with %s (HTTP-NO-SERVER-ERROR reports it), and a send is never repeated", r.Op.ID, exchange.StatusLine(e.Status))
	case errors.Is(e.Err, exchange.ErrBudget):
		return e, Lacks("more requests: %v", e.Err)
	case e.Err != nil && !e.Cut && !e.TooLarge:
		return e, fmt.Errorf("%s %s, %s: %w", e.Request.Method, e.Request.Path, timesSent(e), e.Err)
	}
	return e, nil
}

// timesSent says how often a request was made without an answer.
func timesSent(e *exchange.Exchange) string {
	switch {
	case e.Request.Body != nil:
		return "asked once, since a send is never repeated"
	case e.Attempts > 1:
		return fmt.Sprintf("asked %d times", e.Attempts)
	}
	return "asked once"
}

// AskAll sends the requests at once, and returns the exchanges in the order of the requests.
func (t *T) AskAll(requests []*exchange.Request) ([]*exchange.Exchange, error) {
	out := make([]*exchange.Exchange, len(requests))
	errs := make([]error, len(requests))
	var wait sync.WaitGroup
	for i, r := range requests {
		wait.Go(func() { out[i], errs[i] = t.Ask(r) })
	}
	wait.Wait()
	return out, cmp.Or(errs...)
}

// AskValid sends a request that must succeed. If it does not, the error makes the case UNVERIFIED.
func (t *T) AskValid(r *exchange.Request) (*exchange.Exchange, error) {
	e, err := t.Ask(r)
	if err == nil && !e.OK() {
		err = Lacks("a readable answer to %s", e)
	}
	return e, err
}

func (t *T) List(pairs ...exchange.Pair) (*exchange.List, error) {
	return t.ListOf(t.To(t.Document.Operation(document.ListConversations), 0, pairs...))
}

func (t *T) ListOf(r *exchange.Request) (*exchange.List, error) {
	e, err := t.AskValid(r)
	if err != nil {
		return nil, err
	}
	if e.List == nil {
		return nil, Lacks("rows in the answer to %s", e)
	}
	return e.List, nil
}

func (t *T) Thread(id int64) (*exchange.Thread, error) {
	e, err := t.AskValid(t.To(t.Document.Operation(document.GetConversationMessages), id).AnyAnswer())
	if err != nil {
		return nil, err
	}
	if e.Thread == nil {
		return nil, Lacks("messages in the answer to %s", e)
	}
	return e.Thread, nil
}

func (t *T) StatusList() (*exchange.StatusList, error) {
	e, err := t.AskValid(t.To(t.Document.Operation(document.GetMessageStatus), 0))
	if err != nil {
		return nil, err
	}
	if e.StatusList == nil {
		return nil, Lacks("rows in the answer to %s", e)
	}
	return e.StatusList, nil
}

type SkippedError struct{ Reason string }

func (e *SkippedError) Error() string { return e.Reason }
