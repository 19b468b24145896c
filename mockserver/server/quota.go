package server

import (
	"context"
	"sync"
	"time"

	"example.com/awalmock/mockserver/adminapi"
	"example.com/awalmock/mockserver/internal/collection"
	"example.com/awalmock/mockserver/internal/engine"
	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/seed"
	"example.com/awalmock/mockserver/internal/spec"
	"example.com/awalmock/mockserver/internal/store"
	"example.com/awalmock/mockserver/server/control"
)

// newMade makes a workspace that was created at run time.
func (ts *workspaces) newMade(document *spec.Document, collections []*collection.Collection, c store.Client) (*workspaceEntry, error) {
	c.Terms = withDefaults(c.Terms)
	q := c.Terms.Quota
	quota := &sandbox.Quota{Conversations: q.Conversations, Events: q.Events, Bytes: q.Bytes}
	t, err := ts.newEntry(document, collections, ts.fixtureOf(c), quota)
	if err != nil {
		return nil, err
	}
	t.made, t.terms = c.Created, c.Terms
	if len(c.Secrets) > 1 {
		t.keys = restoreKeyring(c.Secrets)
	}
	if q.RequestsPerDay > 0 {
		t.daily = &dayCount{limit: q.RequestsPerDay, at: ts.store, workspace: c.Workspace}
		if _, memory := ts.store.(inMemory); memory {
			t.daily.at = nil
		}
	}
	return t, nil
}

// withDefaults are terms with the bound that every workspace has which is created at run time.
func withDefaults(t store.Terms) store.Terms {
	if t.Quota.Events == 0 {
		t.Quota.Events = maxMadeEvents
	}
	return t
}

// fixtureOf is what a workspace begins with that is created at run time.
func (ts *workspaces) fixtureOf(c store.Client) *seed.Fixture {
	return seed.Empty(c.Workspace, c.ID, c.Secrets[0].Text, c.Number, ts.set.Tables)
}

func keptTerms(t control.Terms) store.Terms {
	return store.Terms{Quota: store.Quota{
		Conversations: t.Quota.Conversations, Events: t.Quota.Events, RequestsPerDay: t.Quota.RequestsPerDay, Endpoints: t.Quota.Endpoints, Bytes: t.Quota.Bytes,
	}, Expires: t.Expires}
}

func shownTerms(t store.Terms) control.Terms {
	return control.Terms{Quota: adminapi.Quota{
		Conversations: t.Quota.Conversations, Events: t.Quota.Events, RequestsPerDay: t.Quota.RequestsPerDay, Endpoints: t.Quota.Endpoints, Bytes: t.Quota.Bytes,
	}, Expires: t.Expires}
}

// expired reports whether the workspace's time is over.
func (t *workspaceEntry) expired() bool {
	return !t.terms.Expires.IsZero() && !t.Now().Before(t.terms.Expires)
}

// day counts a request of a caller against what its workspace may ask in a day.
func (s *service) day(ctx context.Context, c engine.Caller) error {
	t := s.workspaces.fromCaller(c)
	if t.daily == nil {
		return t.broken
	}
	now := t.Now()
	if t.daily.take(ctx, now) {
		return nil
	}
	midnight := now.UTC().Truncate(24 * time.Hour).Add(24 * time.Hour)
	return &engine.DayOverError{Quota: engine.Quota{Limit: t.daily.limit, Reset: s.options.Now().Add(midnight.Sub(now)).Unix()}}
}

// reservedAtMost is how many requests of a quota are taken from the store together: a mock that is killed loses them until the day is over. It
// is at most a hundredth of the quota.
const reservedAtMost = 100

// A dayCount counts the requests of a workspace on a day (UTC) of its clock. It is safe for concurrent use.
type dayCount struct {
	limit     int
	at        events // where requests are taken; nil: in memory
	workspace string

	mu   sync.Mutex
	day  int64 // since 1970
	used int   // on that day, as far as this mock knows, with those of left
	left int   // taken from the store and not used
	owed int   // used and not taken from the store, which was away
}

// begin makes the day that of an instant.
func (d *dayCount) begin(now time.Time) {
	if day := now.Unix() / (24 * 60 * 60); day != d.day {
		d.day, d.used, d.left, d.owed = day, 0, 0, 0
	}
}

// take counts a request, unless nothing is left.
func (d *dayCount) take(ctx context.Context, now time.Time) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.begin(now)
	switch {
	case d.left > 0:
		d.left--
		return true
	case d.used >= d.limit:
		return false
	case d.at == nil:
		d.used++
		return true
	}
	reserve := min(max(d.limit/100, 1), reservedAtMost)
	total, err := d.at.Use(context.WithoutCancel(ctx), d.workspace, d.day, reserve+d.owed)
	if err != nil { // the store is away: this mock goes on with what it knows
		d.used, d.owed = d.used+1, d.owed+1
		return true
	}
	granted := reserve - max(0, total-d.limit)
	d.used, d.owed, d.left = min(total, d.limit), 0, max(0, granted-1)
	return granted > 0
}

// count is how many requests were counted on the day of an instant.
func (d *dayCount) count(now time.Time) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.begin(now)
	if d.at != nil && d.used == 0 {
		if total, err := d.at.Use(context.Background(), d.workspace, d.day, 0); err == nil {
			d.used = min(total, d.limit)
		}
	}
	return d.used - d.left
}

// giveBack gives back to the store what was taken and not used.
func (d *dayCount) giveBack(ctx context.Context) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.at == nil || d.left == d.owed {
		return nil
	}
	_, err := d.at.Use(ctx, d.workspace, d.day, d.owed-d.left)
	if err == nil {
		d.used, d.left, d.owed = d.used-d.left, 0, 0
	}
	return err
}

// giveBack gives back what was taken from quotas and not used.
func (s *Server) giveBack() {
	inForce := s.inForce.Load()
	if inForce == nil {
		return
	}
	for _, t := range inForce.workspaces.all() {
		if t.daily == nil {
			continue
		}
		if err := t.daily.giveBack(context.Background()); err != nil {
			s.options.Logger.Warn("requests of a quota were not given back: they count until the day is over", "workspace", t.Domain, "error", err)
		}
	}
}

// sweepEvery is how often it is looked for workspaces that have expired.
const sweepEvery = time.Second

// awaitSweep lets the next request look for workspaces that have expired.
func (s *Server) awaitSweep() { s.nextSweep.CompareAndSwap(0, 1) }

// sweepIfDue removes the workspaces that have expired. A request brings it about, so that no timer has to run.
func (s *Server) sweepIfDue(ctx context.Context) {
	due := s.nextSweep.Load()
	if due == 0 {
		return
	}
	now := s.options.Now()
	if now.UnixNano() < due || !s.nextSweep.CompareAndSwap(due, now.Add(sweepEvery).UnixNano()) {
		return
	}
	err := s.change(func(inForce *service) error { return inForce.sweep(context.WithoutCancel(ctx)) })
	if err != nil {
		s.options.Logger.Error("a workspace that has expired could not be removed; this is tried again", "error", err)
	}
}

// sweep removes the workspaces that have expired. Changes must be locked.
func (s *service) sweep(ctx context.Context) error {
	more := false
	for _, t := range s.workspaces.all() {
		switch {
		case t.terms.Expires.IsZero():
		case !t.expired():
			more = true
		default:
			if err := s.workspaces.remove(ctx, t.Domain); err != nil {
				return err
			}
			s.forget(t.Domain)
		}
	}
	for _, i := range s.workspaces.allIdle() {
		switch {
		case i.client.Terms.Expires.IsZero():
		case !i.expired(s.workspaces):
			more = true
		default:
			if err := s.workspaces.remove(ctx, i.client.Workspace); err != nil {
				return err
			}
			s.forget(i.client.Workspace)
		}
	}
	if !more {
		s.nextSweep.Store(0)
	}
	return nil
}
