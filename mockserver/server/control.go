package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"example.com/awalmock"
	"example.com/awalmock/mockserver/adminapi"
	"example.com/awalmock/mockserver/internal/engine"
	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/store"
	"example.com/awalmock/mockserver/internal/webhook"
	"example.com/awalmock/mockserver/server/control"
)

// Bounds of workspaces that are created at run time: a test that forgets to remove its own must not eat the machine.
const (
	maxMadeWorkspaces = 100
	maxIdleWorkspaces = 100_000 // where they leave memory
	maxMadeEvents     = 10_000
)

// newControl makes the control API beside the API's own engine.
func (s *service) newControl(api *engine.Options) http.Handler {
	guard := api.Guard.(clientGuard) //nolint:forcetypeassert // newGuard gives nothing else
	var elsewhere control.Senders
	if s.senders != nil {
		elsewhere = s.senders
	}
	return control.New(control.Options{
		Access: s.access, Mock: controlled{s}, Document: s.document, Scheme: s.scheme(), Headers: s.options.vendor.Headers,
		Webhooks: s.webhooks, Listeners: s.listeners, Senders: elsewhere, Client: guard.AdmitClient, Limits: s.limits, Faults: s.faults, Journal: s.journal, Version: awalmock.ReadBuild().Version, Closed: s.closed,
		Origin: s.origin, Check: api.Check, NewID: api.NewID, Now: api.Now, Observe: s.observe, Memory: s.memory,
		BodyStall: api.BodyStall, ReadStall: api.ReadStall,
	})
}

// A clientGuard lets in by the vendor's scheme, at any operation.
type clientGuard interface {
	AdmitClient(x *engine.Exchange) (engine.Caller, error)
}

// ControlOff reports whether there is no control API: the mock listens where others can reach it, and has no token.
func (s *Server) ControlOff() bool { return s.access.Off() }

// HasConsole reports whether a browser gets the page at /.
func (s *Server) HasConsole() bool { return s.inForce.Load().hasConsole() }

// controlled is the mock as the control API drives it.
type controlled struct{ *service }

// Workspaces implements control.Mock.
func (s controlled) Workspaces() []adminapi.Workspace {
	var all []adminapi.Workspace
	for _, t := range s.workspaces.all() {
		if !t.expired() {
			w := t.controlled()
			all = append(all, control.Row(w.Domain, w.Client, w.NumberIDs, w.AtRunTime, w.Terms))
		}
	}
	for _, i := range s.workspaces.allIdle() {
		if !i.expired(s.workspaces) {
			all = append(all, i.row())
		}
	}
	return all
}

// Workspace implements control.Mock.
func (s controlled) Workspace(domain string) (control.Workspace, bool) {
	t := s.workspaces.get(domain)
	if t == nil || t.expired() {
		return control.Workspace{}, false
	}
	return t.controlled(), true
}

func (t *workspaceEntry) controlled() control.Workspace {
	w := control.Workspace{Workspace: t.Workspace, Key: t.keys.alive(t.Now)[0], AtRunTime: !t.made.IsZero(), Terms: shownTerms(t.terms)}
	for _, n := range t.fixture.Numbers {
		w.NumberIDs = append(w.NumberIDs, n.ID)
	}
	if t.daily != nil {
		w.RequestsToday = t.daily.count(t.Now())
	}
	return w
}

// Create implements control.Mock.
func (s controlled) Create(domain, clientID, secret, number string, terms control.Terms) error {
	return s.change(func(inForce *service) error {
		ts := inForce.workspaces
		if err := inForce.sweep(context.Background()); err != nil {
			return err
		}
		if err := ts.mayAdd(domain); err != nil {
			return err
		}
		if begin := ts.clock().Now(ts.options.Now()); !terms.Expires.IsZero() && !terms.Expires.After(begin) {
			return engine.Invalid(engine.Detail{Field: "expires_at", Text: "must be later than the workspace's clock, which begins at " + begin.Format(time.RFC3339)})
		}
		kept := store.Client{
			Workspace: domain, ID: clientID, Number: number, Created: ts.options.Now(), Terms: keptTerms(terms), Secrets: newKeyring(secret).kept(oneKey(secret)),
		}
		// A mock that is killed in between makes the workspace when it starts again.
		if err := ts.store.AddClient(context.Background(), kept); errors.Is(err, sandbox.ErrConflict) {
			return conflict("There is a workspace %s already.", domain)
		} else if err != nil {
			return &sandbox.StoreError{Err: err}
		}
		s.awaitSweep()
		if err := ts.restoreOne(inForce.document, inForce.collections, kept); err != nil {
			return err
		}
		if ts.mayIdle() && len(ts.all()) > loadedAtStart+len(ts.set.Workspaces) {
			s.putAside(ts.loaded(domain), webhook.Asleep{})
		}
		return nil
	})
}

// Remove implements control.Mock.
func (s controlled) Remove(domain string) error {
	return s.change(func(inForce *service) error {
		if err := inForce.workspaces.remove(context.Background(), domain); err != nil {
			return err
		}
		inForce.forget(domain)
		return nil
	})
}

// Reset implements control.Mock.
func (s controlled) Reset(ctx context.Context, domain string) error {
	return s.change(func(inForce *service) error {
		t := inForce.workspaces.known(domain)
		if t == nil {
			return noWorkspace()
		}
		return inForce.reset(ctx, t)
	})
}

// Rotate implements control.Mock.
func (s controlled) Rotate(domain, secret string, grace time.Duration) (until time.Time, err error) {
	err = s.change(func(inForce *service) error {
		t := inForce.workspaces.known(domain)
		if t == nil {
			return noWorkspace()
		}
		until = t.Now().Add(grace)
		return inForce.workspaces.keepKeys(context.Background(), t, t.keys.rotated(secret, until))
	})
	return until, err
}

func noWorkspace() error {
	return &engine.Error{Status: http.StatusNotFound, Code: "resource_not_found", Message: "There is no such workspace."}
}

func conflict(format string, args ...any) error {
	return &engine.Error{Status: http.StatusConflict, Code: "conflict", Message: fmt.Sprintf(format, args...)}
}

// mayAdd refuses a workspace that is there already, and one more than there may be. Changes must be locked.
func (ts *workspaces) mayAdd(domain string) error {
	ts.mu.RLock()
	defer ts.mu.RUnlock()
	if ts.byDomain[domain] != nil || ts.idle[domain] != nil {
		return conflict("There is a workspace %s already.", domain)
	}
	made, most := len(ts.idle), maxMadeWorkspaces
	if ts.mayIdle() {
		most = maxIdleWorkspaces
	}
	for _, other := range ts.order {
		if !other.made.IsZero() {
			made++
		}
	}
	if made >= most {
		return conflict("There are %d workspaces that were created at run time, which is the limit; remove one first.", made)
	}
	return nil
}

func (ts *workspaces) add(t *workspaceEntry) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	ts.byDomain[t.Domain] = t
	ts.order = append(ts.order, t)
}

// remove removes a workspace, but for the default one.
func (ts *workspaces) remove(ctx context.Context, domain string) error {
	t := ts.known(domain)
	switch {
	case t == nil || domain == "":
		return noWorkspace()
	case t == ts.get(""):
		return conflict("%s is the default workspace, which cannot be removed.", domain)
	}
	if err := t.Drop(ctx); err != nil {
		return err
	}
	ts.drop(t)
	return nil
}

// drop takes a workspace from the list.
func (ts *workspaces) drop(t *workspaceEntry) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	delete(ts.byDomain, t.Domain)
	ts.order = slices.DeleteFunc(ts.order, func(other *workspaceEntry) bool { return other == t })
	t.End()
}
