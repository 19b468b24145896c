package server

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"example.com/awalmock/mockserver/internal/collection"
	"example.com/awalmock/mockserver/internal/engine"
	"example.com/awalmock/mockserver/internal/eventlog"
	"example.com/awalmock/mockserver/internal/fake"
	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/seed"
	"example.com/awalmock/mockserver/internal/spec"
	"example.com/awalmock/mockserver/internal/store"
	"example.com/awalmock/mockserver/internal/view"
)

// A workspaceEntry is a workspace with what is needed to let its client in and to show it.
type workspaceEntry struct {
	*sandbox.Workspace
	view     *view.View
	commands *view.Commands
	webhooks *view.Webhooks
	invent   view.Invent
	fixture  *seed.Fixture
	// The document's collections, by name.
	resources      map[string]*collection.Resource
	seed           uint64
	unlinkBranches bool // a branch that is deleted leaves what belongs to it without one

	keys *keyring
	// credentials are those beside the client id and the secret, by security scheme.
	credentials map[string][]string
	made        time.Time // when it was created at run time; zero: it is one of the fixtures
	terms       store.Terms
	daily       *dayCount    // nil: no quota of requests
	used        *atomic.Bool // since sweepIdle looked
	broken      error        // why it could not be read from the store; then there is no Workspace
}

// workspaces are all entries by domain, in the order of the fixtures.
type workspaces struct {
	options settings
	set     *seed.Set // what the fixtures say
	store   events

	// The workspaces are those of another document, each as this one shows it; nil: they are those below.
	of   *workspaces
	show func(*workspaceEntry) (*workspaceEntry, error)

	// What an idle workspace is made of when it comes back.
	document    *spec.Document
	collections []*collection.Collection
	changing    *sync.Mutex // that of the Server
	next        *workspaces // those of the next document; nil: this one is in force. changing guards it

	mu       sync.RWMutex
	idle     map[string]*idleWorkspace // by domain; they are in none of the others
	byDomain map[string]*workspaceEntry
	order    []*workspaceEntry
}

// events is where the events of workspaces are kept.
type events interface {
	sandbox.Store
	// Opened reports whether a workspace was there when the mock started, and gives its clock.
	Opened(workspace string) (clock sandbox.Clock, found bool)
	// Clients are those that were kept when the mock started, by workspace. KeepClient keeps one, AddClient that of a new workspace.
	Clients() map[string]store.Client
	KeepClient(ctx context.Context, c store.Client) error
	AddClient(ctx context.Context, c store.Client) error
	// List reads again what Opened and Clients give.
	List(ctx context.Context) (map[string]store.Client, error)
	// Use adds requests to those of a workspace's day, and gives how many they are then.
	Use(ctx context.Context, workspace string, day int64, add int) (total int, err error)
}

// inMemory keeps events as long as the mock runs.
type inMemory struct{ *sandbox.MemoryStore }

func newInMemory() events { return inMemory{sandbox.NewMemoryStore()} }

func (inMemory) Clients() map[string]store.Client { return nil }

func (inMemory) KeepClient(context.Context, store.Client) error { return nil }

func (inMemory) AddClient(context.Context, store.Client) error { return nil }

func (inMemory) List(context.Context) (map[string]store.Client, error) { return nil, nil }

// Use implements events: what is counted is counted in memory alone.
func (inMemory) Use(_ context.Context, _ string, _ int64, add int) (int, error) { return add, nil }

func (inMemory) Opened(string) (sandbox.Clock, bool) { return sandbox.Clock{}, false }

func newWorkspaces(document *spec.Document, collections []*collection.Collection, set *seed.Set, store events, o settings, changing *sync.Mutex) (*workspaces, error) {
	ts := &workspaces{options: o, set: set, store: store, document: document, collections: collections, changing: changing, byDomain: map[string]*workspaceEntry{}}
	for _, f := range set.Workspaces {
		t, err := ts.newEntry(document, collections, f, nil)
		if err != nil {
			return nil, err
		}
		ts.add(t)
	}
	return ts, ts.restore(document, collections)
}

// restore makes the workspaces that were created at run time before the mock was started.
func (ts *workspaces) restore(document *spec.Document, collections []*collection.Collection) error {
	clients := slices.SortedFunc(maps.Values(ts.store.Clients()), func(a, b store.Client) int {
		return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.Workspace, b.Workspace))
	})
	lazily := ts.mayIdle() && len(clients) > loadedAtStart
	for _, c := range clients {
		if c.Number == "" || ts.byDomain[c.Workspace] != nil || ts.isIdle(c.Workspace) {
			continue
		}
		if lazily {
			ts.addIdle(&idleWorkspace{client: c})
			continue
		}
		if err := ts.restoreOne(document, collections, c); err != nil {
			return err
		}
	}
	return nil
}

// restoreOne makes a workspace that was created at run time, here before or by another mock.
func (ts *workspaces) restoreOne(document *spec.Document, collections []*collection.Collection, c store.Client) error {
	t, err := ts.newMade(document, collections, c)
	if err == nil {
		ts.add(t)
	}
	return err
}

// keepKeys keeps the keys of a workspace's client, and puts them in force.
func (ts *workspaces) keepKeys(ctx context.Context, t *workspaceEntry, k keys) error {
	if err := ts.store.KeepClient(ctx, t.client(k)); err != nil {
		return &sandbox.StoreError{Err: err}
	}
	t.keys.use(k)
	return nil
}

// client is what a store keeps of the workspace's client.
func (t *workspaceEntry) client(k keys) store.Client {
	c := store.Client{Workspace: t.Domain, ID: t.Client, Created: t.made, Secrets: t.keys.kept(k)}
	if !t.made.IsZero() {
		c.Number, c.Terms = t.fixture.Numbers[0].ID, t.terms
	}
	return c
}

// clock is what a workspace's clock begins with.
func (ts *workspaces) clock() sandbox.Clock {
	if ts.options.Clock.IsZero() {
		now := ts.options.Now()
		return sandbox.RunningClock(now, now)
	}
	return sandbox.StoppedClock(ts.options.Clock)
}

// newEntry makes a workspace from its fixture, and shows all of it once: data that does not fit the document is refused now.
// quota bounds what it may hold; nil: there is none.
func (ts *workspaces) newEntry(document *spec.Document, collections []*collection.Collection, f *seed.Fixture, quota *sandbox.Quota) (*workspaceEntry, error) {
	t := ts.emptyEntry(f)
	clock := ts.clock()
	base := clock.Now(ts.options.Now())
	// A workspace outlives a change of document: it must not hold on to ts, and by it to the views of the old one.
	tables, o := ts.set.Tables, ts.options
	var workspace *sandbox.Workspace // nil until it is there
	t.invent = func(s *spec.Schema, kind string, id int64, property string) (any, error) {
		key := fake.Key{Seed: o.Seed, Workspace: f.Workspace, Kind: kind, ID: id, Property: property, Base: base}
		if workspace != nil {
			key.Base = workspace.Start()
		}
		return fake.Value(tables, s, key)
	}
	t.view, t.commands, t.webhooks = view.New(document, t.invent), view.NewCommands(document, t.invent), view.NewWebhooks(document, t.invent)
	if err := t.newResources(collections); err != nil {
		return nil, err
	}
	var err error
	t.Workspace, err = ts.open(sandbox.Options{
		Domain: f.Workspace, Client: f.ClientID, Machine: o.Now, Store: ts.store,
		Origin:   sandbox.Origin{FixturesDigest: f.Digest, Seed: o.Seed, GeneratorVersion: seed.Version, Running: o.Clock.IsZero()},
		Delivery: o.delivery, EnforceWindow: o.EnforceWindow, MaxEvents: o.MaxEvents, Quota: quota, Size: eventlog.Size, FoldArabic: o.SearchFolding == "arabic",
		LeftOut: o.tellLeftOut(f.Workspace), Crowded: o.tellCrowded(f.Workspace),
		Collections: t.rules(),
		Populate: func(start time.Time) (sandbox.Population, error) {
			population, err := f.Populate(o.Seed, start)
			t.nameConversations(population.Conversations)
			return population, err
		},
	}, clock)
	workspace = t.Workspace
	var kept *UsageError
	if errors.As(err, &kept) { // what the store has does not fit, and not the fixture
		return nil, err
	}
	if err == nil {
		err = t.checkAll()
	}
	located, err := t.seedError(err)
	switch {
	case err == nil:
		return t, nil
	case located:
		return nil, err
	default:
		return nil, fmt.Errorf("%s with %s: %w", f.File, lineOf(document, err), err)
	}
}

// emptyEntry is a workspace with its secrets and without data.
func (ts *workspaces) emptyEntry(f *seed.Fixture) *workspaceEntry {
	t := &workspaceEntry{
		keys: newKeyring(f.Secret), fixture: f, used: &atomic.Bool{}, credentials: map[string][]string{},
		seed: ts.options.Seed, unlinkBranches: ts.options.BranchDelete == "unlink",
	}
	if kept, found := ts.store.Clients()[f.Workspace]; found && kept.ID == f.ClientID {
		t.keys = restoreKeyring(kept.Secrets)
	}
	for _, c := range f.Credentials {
		t.credentials[c.Scheme] = append(t.credentials[c.Scheme], c.Value)
	}
	return t
}

// checkAll shows each kind of data once, so that data which does not fit the document is found at the start.
func (t *workspaceEntry) checkAll() error {
	for _, check := range []func() error{
		func() error { return t.view.CheckAll(t.Workspace) },
		t.commands.CheckAll,
		func() error { return t.webhooks.CheckAll(t.Client, t.Numbers()) },
		func() error { return t.checkResources(t.SampleRecords) },
	} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// open makes a workspace of what the store has of it; one that is not there begins with its fixture.
func (ts *workspaces) open(o sandbox.Options, clock sandbox.Clock) (*sandbox.Workspace, error) {
	ctx := context.Background()
	kept, found := ts.store.Opened(o.Domain)
	if !found {
		w, err := sandbox.New(ctx, o, clock)
		if !errors.Is(err, sandbox.ErrConflict) {
			return w, err
		}
		// Another mock on the same store has begun with it at the same time.
		if _, err := ts.store.List(ctx); err != nil {
			return nil, err
		}
		kept, _ = ts.store.Opened(o.Domain)
	}
	w, err := sandbox.Open(ctx, o, kept)
	if err != nil {
		return nil, &UsageError{"store", fmt.Sprintf("workspace %s: %v; start with what the store was made with, or take another one", o.Domain, err)}
	}
	if start := ts.options.Clock; !start.IsZero() && !w.Start().Equal(start.Truncate(time.Second)) {
		ts.options.Logger.Warn("--clock is another instant than the one the store was made with: the workspace keeps its own until a reset",
			"workspace", o.Domain, "clock", w.Now().Format(time.RFC3339))
	}
	return w, nil
}

// tellLeftOut logs a planned event that could not happen when it was due. No request caused it, so no response can report it.
func (o *Options) tellLeftOut(workspace string) func(error) {
	return func(why error) {
		o.Logger.Warn("a planned event was due and is left out: it does not fit any more", "workspace", workspace, "reason", why)
	}
}

// tellCrowded logs that a workspace grows: everything that happens in it is kept until a reset.
func (o *Options) tellCrowded(workspace string) func() {
	return func() {
		o.Logger.Warn("much has happened in a workspace, and all of it is kept in memory until a reset; "+
			"--reset-every 1h resets it by itself, --max-events N bounds it, POST /__admin/reset resets it now",
			"workspace", workspace, "events", sandbox.CrowdedAt)
	}
}

// client implements engine.Clients.
func (ts *workspaces) client(domain string) (engine.Client, bool) {
	t := ts.find(domain)
	switch {
	case t != nil && t.broken != nil:
		return brokenClient(domain, t), true
	case t == nil || t.expired():
		return engine.Client{}, false
	}
	keys := t.keys.alive(t.Now)
	return engine.Client{Workspace: t.Domain, ID: t.Client, Key: keys[0], Older: keys[1:], Value: t}, true
}

// get finds a workspace; "" is the first. nil: there is none, or it cannot be read.
func (ts *workspaces) get(domain string) *workspaceEntry {
	if t := ts.find(domain); t != nil && t.broken == nil {
		return t
	}
	return nil
}

// find is get, but also gives a workspace that cannot be read from the store.
func (ts *workspaces) find(domain string) *workspaceEntry {
	if ts.of != nil {
		return ts.shown(ts.of.get(domain))
	}
	ts.mu.RLock()
	t := ts.order[0]
	if domain != "" {
		t = ts.byDomain[domain]
	}
	isIdle := t == nil && ts.idle[domain] != nil
	ts.mu.RUnlock()
	switch {
	case isIdle:
		return ts.wake(domain)
	case t != nil && !t.used.Load():
		t.used.Store(true)
	}
	return t
}

// fromCaller is the caller's workspace, as the guard found it: a workspace that is removed in the meantime is still there for
// requests in flight.
func (*workspaces) fromCaller(c engine.Caller) *workspaceEntry { return c.Value.(*workspaceEntry) } //nolint:forcetypeassert // client and credential give nothing else

// ofCall is the caller's workspace.
func (ts *workspaces) ofCall(c *engine.Call) (*sandbox.Workspace, error) {
	return ts.fromCaller(c.Caller).Workspace, nil
}

func (ts *workspaces) all() []*workspaceEntry {
	if ts.of != nil {
		var all []*workspaceEntry
		for _, t := range ts.of.all() {
			all = append(all, ts.shown(t))
		}
		return all
	}
	ts.mu.RLock()
	defer ts.mu.RUnlock()
	return append([]*workspaceEntry(nil), ts.order...)
}

// shown is a workspace of another document as this one shows it. What cannot be shown was refused at the start.
func (ts *workspaces) shown(t *workspaceEntry) *workspaceEntry {
	if t == nil {
		return nil
	}
	shown, err := ts.show(t)
	if err != nil {
		return nil
	}
	return shown
}
