package server

import (
	"cmp"
	"crypto/subtle"
	"maps"
	"slices"
	"time"

	"example.com/awalmock/mockserver/adminapi"
	"example.com/awalmock/mockserver/internal/engine"
	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/signature"
	"example.com/awalmock/mockserver/internal/store"
	"example.com/awalmock/mockserver/server/control"
)

// loadedAtStart is how many workspaces that were created at run time are loaded without a request: up to so many at the start, and up to so many
// of those that are created.
const loadedAtStart = 100

// An idleWorkspace is one that was created at run time and is not in memory. The store has the rest of it.
type idleWorkspace struct {
	client store.Client
	daily  *dayCount // nil: no quota of requests
	due    time.Time // the machine's instant at which a webhook may have to be sent; zero: not before something happens
}

// mayIdle reports whether workspaces leave memory: where a store has them, and no second document shows them as well.
func (ts *workspaces) mayIdle() bool {
	return ts.options.IdleAfter > 0 && ts.options.Store != nil && ts.options.SpecV2 == nil
}

// addIdle adds a workspace that is not in memory.
func (ts *workspaces) addIdle(i *idleWorkspace) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	if ts.idle == nil {
		ts.idle = map[string]*idleWorkspace{}
	}
	ts.idle[i.client.Workspace] = i
}

func (ts *workspaces) dropIdle(domain string) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	delete(ts.idle, domain)
}

// allIdle are the workspaces that are not in memory, in the order in which they were created.
func (ts *workspaces) allIdle() []*idleWorkspace {
	ts.mu.RLock()
	defer ts.mu.RUnlock()
	return slices.SortedFunc(maps.Values(ts.idle), func(a, b *idleWorkspace) int {
		return cmp.Or(a.client.Created.Compare(b.client.Created), cmp.Compare(a.client.Workspace, b.client.Workspace))
	})
}

func (ts *workspaces) isIdle(domain string) bool {
	ts.mu.RLock()
	defer ts.mu.RUnlock()
	return ts.idle[domain] != nil
}

// wake brings a workspace back into memory. What cannot be read of it is in the log; then its requests are answered 503.
func (ts *workspaces) wake(domain string) *workspaceEntry {
	ts.changing.Lock()
	defer ts.changing.Unlock()
	return ts.wakeLocked(domain)
}

// wakeLocked is wake while changes are locked. After a change of document it is the workspace as the new one shows it.
func (ts *workspaces) wakeLocked(domain string) *workspaceEntry {
	if ts.next != nil {
		return ts.next.wakeLocked(domain)
	}
	ts.mu.RLock()
	t, idle := ts.byDomain[domain], ts.idle[domain]
	ts.mu.RUnlock()
	if t != nil || idle == nil {
		return t
	}
	t, err := ts.newMade(ts.document, ts.collections, idle.client)
	if err != nil {
		ts.options.Logger.Error("a workspace cannot be read from the store: its requests are answered 503", "workspace", domain, "error", err)
		return &workspaceEntry{
			broken: &sandbox.StoreError{Err: err}, keys: restoreKeyring(idle.client.Secrets), fixture: ts.fixtureOf(idle.client),
		}
	}
	if idle.daily != nil {
		t.daily = idle.daily
	}
	ts.add(t)
	ts.dropIdle(domain)
	ts.options.comesBack(domain)
	return t
}

// known finds a workspace while changes are locked: in memory, or brought back into it.
func (ts *workspaces) known(domain string) *workspaceEntry {
	if domain == "" || !ts.isIdle(domain) {
		return ts.get(domain)
	}
	if t := ts.wakeLocked(domain); t != nil && t.broken == nil {
		return t
	}
	return nil
}

// setDue sets when something is due in a workspace that is not in memory.
func (ts *workspaces) setDue(domain string, due time.Time) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	if i := ts.idle[domain]; i != nil {
		i.due = due
	}
}

// dueIdle are the workspaces not in memory in which something is due until an instant of the machine's clock, and when the next one is.
func (ts *workspaces) dueIdle(until time.Time) (domains []string, next time.Time) {
	ts.mu.RLock()
	defer ts.mu.RUnlock()
	for domain, i := range ts.idle {
		switch {
		case i.due.IsZero():
		case !i.due.After(until):
			domains = append(domains, domain)
		case next.IsZero() || i.due.Before(next):
			next = i.due
		}
	}
	return domains, next
}

// expired reports whether the workspace's time is over, by its clock as this mock knows it.
func (i *idleWorkspace) expired(ts *workspaces) bool {
	if i.client.Terms.Expires.IsZero() {
		return false
	}
	clock, found := ts.store.Opened(i.client.Workspace)
	return found && !clock.Now(ts.options.Now()).Before(i.client.Terms.Expires)
}

// isClientOfIdle reports whether a workspace that is not in memory has a name or, with byClient, a client of an id; domain is that workspace.
func (ts *workspaces) isClientOfIdle(value string, byClient bool) (domain string, found bool) {
	ts.mu.RLock()
	defer ts.mu.RUnlock()
	for _, i := range ts.idle {
		name := i.client.Workspace
		if byClient {
			name = i.client.ID
		}
		if subtle.ConstantTimeCompare([]byte(name), []byte(value)) == 1 {
			domain, found = i.client.Workspace, true
		}
	}
	return domain, found
}

// row is the workspace in the list of the control API.
func (i *idleWorkspace) row() adminapi.Workspace {
	return control.Row(i.client.Workspace, i.client.ID, []string{i.client.Number}, true, shownTerms(withDefaults(i.client.Terms)))
}

// secrets are all that may still be in use.
func (i *idleWorkspace) secrets() (list []string) {
	for _, s := range i.client.Secrets {
		list = append(list, s.Text)
	}
	return list
}

// brokenClient is the client of a workspace that cannot be read, so that it gets the reason.
func brokenClient(domain string, t *workspaceEntry) engine.Client {
	list := t.keys.all().list
	if len(list) == 0 {
		list = []*signature.Key{signature.NewKey(t.keys.first)}
	}
	return engine.Client{Workspace: domain, ID: t.fixture.ClientID, Key: list[0], Older: list[1:], Value: t}
}

// loaded finds a workspace in memory.
func (ts *workspaces) loaded(domain string) *workspaceEntry {
	ts.mu.RLock()
	defer ts.mu.RUnlock()
	return ts.byDomain[domain]
}
