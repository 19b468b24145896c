package run

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
)

// deleteOperation is the operation that deletes the records which another operation creates: DELETE /contacts/{id} for POST /contacts; nil if there is none.
func (s *Session) deleteOperation(op *document.Operation) *document.Operation {
	if op.Method != http.MethodPost {
		return nil
	}
	for _, other := range s.Document.Operations {
		if rest, below := strings.CutPrefix(other.Path, op.Path+"/"); below && other.Method == http.MethodDelete && other.PathParameter() != nil && !strings.Contains(rest, "/") {
			return other
		}
	}
	return nil
}

// deleteRequest is the request that deletes the record which an exchange created, by the same client; nil if it created none.
func (s *Session) deleteRequest(e *exchange.Exchange) *exchange.Request {
	id, remove := exchange.Number(e.At("/data/id")), s.deleteOperation(e.Request.Op)
	if id == nil || remove == nil || e.Status < http.StatusOK || e.Status >= http.StatusMultipleChoices {
		return nil
	}
	r := s.To(remove, *id).MayBeRefused() // the case itself may have deleted it
	r.Sign.As, r.Sign.AsSecond, r.CleansUp = e.Request.Sign.As, e.Request.Sign.AsSecond, true
	return r
}

// deleteAfterCase makes sure that the record which an exchange created is deleted after the case, also after a failure.
func (t *T) deleteAfterCase(e *exchange.Exchange) {
	r := t.deleteRequest(e)
	if r == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.created = append(t.created, r); len(t.created) == 1 {
		t.cleanups = append(t.cleanups, t.deleteCreated)
	}
}

// KeepUntilEnd makes sure that the record which an exchange created is deleted at the end of the run, and not after the case.
func (t *T) KeepUntilEnd(e *exchange.Exchange) {
	r := t.deleteRequest(e)
	if r == nil {
		return
	}
	t.mu.Lock()
	t.created = slices.DeleteFunc(t.created, func(other *exchange.Request) bool { return other.Path == r.Path })
	t.mu.Unlock()
	t.Session.mu.Lock()
	t.createdForRun = append(t.createdForRun, r)
	t.Session.mu.Unlock()
}

// deleteCreated deletes the records that the case created, the newest first, also after the run was interrupted. Those that are still used are deleted at
// the end of the run: a contact that another case has just created may be in a branch or group of this one.
func (t *T) deleteCreated() error {
	used, err := t.deleteAll(t.Ctx, t.Case.ID, t.created)
	t.Session.mu.Lock()
	t.createdForRun = append(t.createdForRun, used...)
	t.Session.mu.Unlock()
	return err
}

// deleteAtEnd deletes the records that were kept until the end of the run.
func (s *Session) deleteAtEnd(ctx context.Context) error {
	s.mu.Lock()
	created := s.createdForRun
	s.mu.Unlock()
	used, err := s.deleteAll(ctx, "end", created)
	for _, r := range used {
		err = errors.Join(err, fmt.Errorf("%s%s could not be deleted: 409 Conflict", s.Target.Base, r.Path))
	}
	return err
}

// CleanupTime is how long what a case has changed may be restored after the run was interrupted. If it was not, the usual time for an answer holds.
const CleanupTime = 5 * time.Second

// deleteAll sends requests that delete, the last ones first; those of one operation at once. It is no error if a record does not exist any more. It returns
// the requests that were answered with 409, since the record is used.
func (s *Session) deleteAll(ctx context.Context, caseID string, requests []*exchange.Request) (used []*exchange.Request, err error) {
	ctx, cancel := exchange.Outlast(ctx, CleanupTime)
	defer cancel()
	errs, conflicts := make([]error, len(requests)), make([]bool, len(requests))
	for end := len(requests); end > 0; {
		var wait sync.WaitGroup
		op := requests[end-1].Op
		for ; end > 0 && requests[end-1].Op == op; end-- {
			at := end - 1
			wait.Go(func() {
				e := s.Client.Ask(ctx, caseID, requests[at])
				conflicts[at] = e.Err == nil && e.Status == http.StatusConflict
				if errs[at] = e.Err; e.Err == nil && !op.Succeeds(e.Status) && e.Status != http.StatusNotFound && !conflicts[at] {
					errs[at] = fmt.Errorf("%s%s could not be deleted: %s", s.Target.Base, requests[at].Path, e.Result())
				}
			})
		}
		wait.Wait()
	}
	for i, r := range requests {
		if conflicts[i] {
			used = append(used, r)
		}
	}
	return used, errors.Join(errs...)
}

// Shared makes a value that several cases use, once in a run for each key. A case cannot keep it, since all runs of the process share the cases.
func Shared[T any](s *Session, key string, make func() (T, error)) (T, error) {
	made, _ := s.shared.LoadOrStore(key, &shared[T]{})
	one := made.(*shared[T])
	one.once.Do(func() { one.value, one.err = make() })
	return one.value, one.err
}

type shared[T any] struct {
	once  sync.Once
	value T
	err   error
}
