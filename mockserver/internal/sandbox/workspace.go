package sandbox

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

// Options are what a workspace is made of. Domain, Client, Machine, Origin, Store, Populate and LeftOut are needed.
type Options struct {
	Domain        string // its name, as in X-Domain
	Client        string // the id of the one client that it has, as in X-Client-ID
	Machine       func() time.Time
	Origin        Origin   // what Populate makes its population of
	Store         Store    // where its events are kept
	Delivery      Delivery // when a sent message is delivered and read
	EnforceWindow bool     // only templates to customers who have not written for a day
	FoldArabic    bool     // a search takes Arabic letters for equal that are often written one for the other
	MaxEvents     int      // how much may happen until a reset; 0: no bound
	Quota         *Quota   // nil: none
	// Size is the size of an event in bytes; needed with a quota of bytes.
	Size func(Event) int
	// Populate gives what the workspace begins with at the instant start; the same start gives the same population.
	Populate func(start time.Time) (Population, error)
	// LeftOut is called with a planned event that did not fit any more when it was due. Crowded is called once until a reset that
	// CrowdedAt events have happened; nil: it is not reported. Both are called with the workspace locked.
	LeftOut func(error)
	Crowded func()
	// Collections are the collections of the document that it begins with. Rebuild brings others.
	Collections []*CollectionRules
}

// Origin names what a population is made of: the same origin and start make the same population.
type Origin struct {
	FixturesDigest   string
	Seed             uint64
	GeneratorVersion int
	Running          bool // the mock's clocks run at the start
}

// A Workspace is one business's conversations, behind one clock. Its exported methods lock and may be called by many at
// once; their lower-case twins expect the lock to be held.
type Workspace struct {
	Options

	sharedStore SharedStore   // nil: no other process appends to the store
	commands    chan struct{} // holds a token while no command and no reset runs: one at a time
	waiting     atomic.Int32  // those that wait for it
	stale       bool          // it may have what its store has not; commands and mu guard it
	replaced    int64         // the last event of the histories that Replace took away, 0: none; commands guards it
	mu          sync.RWMutex  // guards what follows
	state       *state
	rules       []*CollectionRules // of the collections in force
	feed        *changeFeed        // nil: there is no reader
	more        chan struct{}      // closed when something happens; nil: no reader waits
	gone        bool
	unloaded    bool // see Unload; commands guards it
	// The events up to this one are durable; readers of the changes do not see what later ones changed.
	durableSeq int64
	clocks     []clockSet // the newest one that is durable, and those after it

	start atomic.Int64 // Unix seconds of what the clock showed at the start or the last reset
}

func newWorkspace(o Options) *Workspace {
	return &Workspace{Options: o, sharedStore: o.asShared(), commands: make(chan struct{}, 1), rules: o.Collections}
}

// New makes a workspace as it is at the start: its clock shows clock, and its population counts back from it. Errors are
// those of Populate and of the store; ErrConflict says that the store has the workspace already.
func New(ctx context.Context, o Options, clock Clock) (*Workspace, error) {
	w := newWorkspace(o)
	s, seeded, err := w.seed(clock)
	if err != nil {
		return nil, err
	}
	durable, err := w.Store.Append(ctx, w.Domain, 0, []Event{{Seq: 1, At: seeded.Start, Data: seeded}})
	if err == nil && durable != nil {
		err = <-durable
	}
	if err != nil {
		return nil, &StoreError{err}
	}
	w.begin(s)
	return w, nil
}

// Open makes a workspace of the events that its store has; its clock shows clock, or what a shared store says. Errors are those of Populate, of the store,
// and of the events: *EventError and *OriginError.
func Open(ctx context.Context, o Options, clock Clock) (*Workspace, error) {
	w := newWorkspace(o)
	if w.sharedStore != nil {
		return w, w.openShared(ctx)
	}
	s, _, err := w.fold(o.Store.Read(ctx, o.Domain, 0), clock.exact(o.Machine()))
	if err != nil {
		return nil, err
	}
	w.begin(s)
	return w, nil
}

// begin gives a new workspace its state, and lets commands in.
func (w *Workspace) begin(s *state) {
	w.state, w.durableSeq = s, s.seq
	w.clocks = []clockSet{{s.seq, s.clock}}
	w.start.Store(s.start.Unix())
	w.commands <- struct{}{}
}

// seed makes the state that a workspace begins with, and what its first event says.
func (w *Workspace) seed(clock Clock) (*state, Seeded, error) {
	start := clock.Now(w.Machine())
	population, err := w.Populate(start)
	if err != nil {
		return nil, Seeded{}, err
	}
	seeded := Seeded{
		FixturesDigest: w.Origin.FixturesDigest, Seed: w.Origin.Seed, GeneratorVersion: w.Origin.GeneratorVersion,
		Start: start, Running: !clock.Stopped(), DeliveredAfter: w.Delivery.Delivered, ReadAfter: w.Delivery.Read,
		PhoneNumberIDs: population.numberIDs(),
	}
	s, err := w.newState(&population, clock, w.Delivery)
	return s, seeded, err
}

// Reset returns the workspace to its start: every event is forgotten, the population counts back from the clock's instant. Reads are
// answered from the old state until the new one is there; commands wait. After an error the workspace is as it was.
func (w *Workspace) Reset(ctx context.Context, clock Clock) error {
	if err := w.lockCommands(ctx); err != nil {
		return err
	}
	defer w.unlockCommands()
	next, seeded, err := w.seed(clock)
	if err != nil {
		return err
	}
	err = w.appendReset(ctx, next, seeded)
	for n := 1; n < attempts && errors.Is(err, ErrConflict); n++ {
		if err = w.refresh(ctx); err == nil {
			err = w.appendReset(ctx, next, seeded)
		}
	}
	if err != nil {
		return &StoreError{err}
	}
	w.swap(next, &Change{Seq: next.seq, At: seeded.Start, Kind: ChangeReset})
	return nil
}

// appendReset appends a reset to the state next, and waits until it is durable. Commands must be locked.
func (w *Workspace) appendReset(ctx context.Context, next *state, seeded Seeded) error {
	if err := w.takeTurn(ctx); err != nil {
		return err
	}
	head := w.Head()
	next.first, next.seq = head+1, head+1
	durable, err := w.Store.Append(ctx, w.Domain, head, []Event{{Seq: next.seq, At: seeded.Start, Data: Reset{seeded}}})
	if w.sharedStore != nil {
		w.sharedStore.EndTurn(w.Domain)
	}
	if err == nil && durable != nil {
		err = <-durable
	}
	return err
}

// Drop removes the events of the workspace from its store.
func (w *Workspace) Drop(ctx context.Context) error {
	if err := w.lockCommands(ctx); err != nil {
		return err
	}
	defer w.unlockCommands()
	if err := w.Store.Replace(ctx, w.Domain, nil, Clock{}); err != nil {
		return &StoreError{err}
	}
	return nil
}

// swap puts another state in the place of the one that is there. change is what readers of the changes get; nil: that
// they have to read everything again. Commands must be locked.
func (w *Workspace) swap(next *state, change *Change) {
	var t *tracker
	if w.isRead() {
		t = newTracker(next, next.clock.Now(w.Machine()))
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.state, w.durableSeq, w.stale = next, next.seq, false
	w.clocks = []clockSet{{next.seq, next.clock}}
	w.start.Store(next.start.Unix())
	w.feed.restart(t, change)
	w.wake()
}

func (w *Workspace) lockCommands(ctx context.Context) error {
	select {
	case <-w.commands:
		return w.stillLoaded()
	default:
	}
	w.waiting.Add(1)
	defer w.waiting.Add(-1)
	select {
	case <-w.commands:
		return w.stillLoaded()
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (w *Workspace) unlockCommands() {
	w.endTurn()
	w.commands <- struct{}{}
}

// Now is the workspace's instant.
func (w *Workspace) Now() time.Time {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return w.now()
}

func (w *Workspace) now() time.Time {
	now := w.state.clock.Now(w.Machine())
	if w.state.latest.After(now) {
		return w.state.latest
	}
	return now
}

// Start is what the workspace's clock showed at its start or its last reset. It may be called with the workspace locked.
func (w *Workspace) Start() time.Time { return time.Unix(w.start.Load(), 0).UTC() }

// Age is how much of the workspace's time has passed since its start or its last reset, and whether its clock is stopped.
func (w *Workspace) Age() (age time.Duration, stopped bool) {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return w.now().Sub(w.state.start), w.state.clock.Stopped()
}

// read locks for reading, when everything that is due has happened; the returned function unlocks.
func (w *Workspace) read() (now time.Time, unlock func()) {
	w.mu.RLock()
	if now = w.now(); !w.state.isDue(now) {
		return now, w.mu.RUnlock
	}
	w.mu.RUnlock()
	w.mu.Lock()
	return w.runDue(), w.mu.Unlock
}

// Generated is where a conversation comes from that is in no fixture and has no new message.
const Generated = "generated"

// From is where a conversation comes from: a place in a fixture ("your-workspace.yaml:41"), Generated, or "made since the
// start".
func (w *Workspace) From(c *Conversation) string {
	w.mu.RLock()
	defer w.mu.RUnlock()
	source, written := w.state.sources[c.ID]
	switch {
	case written:
		return source
	case c.activeSeq == 0:
		return Generated
	default:
		return "made since the start"
	}
}

// HasNumber reports whether the sending number is the workspace's.
func (w *Workspace) HasNumber(number string) bool {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return w.state.inboxes[number] != nil
}

// Numbers are the workspace's sending numbers, in the order of the fixture.
func (w *Workspace) Numbers() []Number {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return append([]Number(nil), w.state.numbers...)
}

func (w *Workspace) inbox(number string) (*inbox, error) {
	if in := w.state.inboxes[number]; in != nil {
		return in, nil
	}
	return nil, refuse(NotFound, "phone_number_id", "There is no such phone_number_id in this workspace.")
}
