package sandbox

import (
	"fmt"
	"sort"
	"sync"
	"time"
)

// Options are what a workspace is made of. Domain, Client, Machine, Projection and Populate are needed.
type Options struct {
	Domain string // its name, as in X-Domain
	Client string // the id of the one client that it has, as in X-Client-ID
	// Machine is the machine's clock.
	Machine       func() time.Time
	Projection    Projection
	Delivery      Delivery // when a sent message is delivered and read
	EnforceWindow bool     // only templates to customers who have not written for a day
	FoldArabic    bool     // a search takes Arabic letters for equal that are often written one for the other
	MaxEvents     int      // how much may happen until a reset; 0: no bound
	// Dropped is told of an event that was planned, came due and did not fit the contract; nil: nobody is. Crowded is told once
	// until a reset that CrowdedAt events have happened. Both are called with the workspace locked.
	Dropped func(e Event, why error)
	Crowded func()
	// Populate gives what the workspace begins with at the instant start; the same start gives the same population.
	Populate func(start time.Time) (Population, error)
}

// A Workspace is one business's conversations, behind one clock. Its exported methods lock and may be called by many at
// once; their lower-case twins expect the lock to be held.
type Workspace struct {
	Options

	mu    sync.RWMutex
	state *state
	more  chan struct{} // closed when something happens; nil: nobody waits
	gone  bool
}

// state is everything that a fold makes and only apply changes.
type state struct {
	clock         Clock
	start         time.Time // what the clock showed at the beginning
	numbers       []Number
	templates     []Template
	inboxes       map[string]*inbox
	conversations map[int64]*Conversation

	happened []Event // in the order of time
	ahead    []Event // not due yet, in the order of time

	seeded           []Conversation  // as at the start, ids ascending: where the blocks of message ids are
	madeIn           map[int64]int64 // conversation of each message that was made since
	nextConversation int64
	nextMessage      int64
	nextTicket       int64
	nextEvent        int64
}

// seededIn finds the conversation in whose block of message ids the id is.
func (s *state) seededIn(message int64) (int64, bool) {
	i := sort.Search(len(s.seeded), func(i int) bool {
		return s.seeded[i].FirstMessage+int64(s.seeded[i].Messages) > message
	})
	if i < len(s.seeded) && s.seeded[i].FirstMessage <= message {
		return s.seeded[i].ID, true
	}
	return 0, false
}

// New makes a workspace as it is at the start: its clock shows clock, and its population counts back from it. It fails
// if something in the population would not fit the contract.
func New(o Options, clock Clock) (*Workspace, error) {
	w := &Workspace{Options: o}
	return w, w.Reset(clock)
}

// Reset begins anew: everything that happened is forgotten, the population counts back from the clock's instant.
// After an error the workspace is as it was.
func (w *Workspace) Reset(clock Clock) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.reset(clock)
}

func (w *Workspace) reset(clock Clock) error {
	start := clock.Now(w.Machine())
	population, err := w.Populate(start)
	if err != nil {
		return err
	}
	s, err := w.seeded(&population, start)
	if err != nil {
		return err
	}
	s.clock, s.start = clock, start
	w.state = s
	w.wakeWatchers()
	return nil
}

// seeded is the state that a population makes at the instant start.
func (w *Workspace) seeded(p *Population, start time.Time) (*state, error) {
	s := &state{
		numbers: p.Numbers, templates: p.Templates,
		inboxes:       make(map[string]*inbox, len(p.Numbers)),
		conversations: make(map[int64]*Conversation, len(p.Conversations)),
		seeded:        p.Conversations, madeIn: map[int64]int64{}, nextEvent: 1,
		nextConversation: p.NextConversation, nextMessage: p.NextMessage, nextTicket: p.NextTicket,
	}
	for i := range p.Numbers {
		s.inboxes[p.Numbers[i].ID] = newInbox(w.FoldArabic)
	}
	threads := make([]thread, len(p.Conversations))
	memos := make([]Memo, len(p.Conversations))
	of := map[string][]*Conversation{} // by number
	for i := range p.Conversations {
		c := &p.Conversations[i]
		threads[i] = thread{conversation: c.ID, load: p.MessagesOf}
		c.thread, c.Detail = &threads[i], &memos[i]
		if err := w.show(c, start); err != nil {
			return nil, seedError(p, c.ID, err)
		}
		s.conversations[c.ID] = c
		of[c.Number] = append(of[c.Number], c)
	}
	for number, in := range s.inboxes {
		in.seed(w.Client, of[number])
	}
	return s, w.checkWritten(p, start)
}

// checkWritten shows every message of the hand-written conversations once: the generated ones are made by the same code
// from the same kinds, and are checked when they are first read.
func (w *Workspace) checkWritten(p *Population, start time.Time) error {
	for id := range p.Sources {
		for _, m := range p.MessagesOf(id) {
			if err := w.Projection.CheckMessage(&m, start); err != nil {
				return seedError(p, id, err)
			}
		}
	}
	return nil
}

func seedError(p *Population, id int64, err error) error {
	if source, ok := p.Sources[id]; ok {
		return fmt.Errorf("%s: conversation %d: %w", source, id, err)
	}
	return fmt.Errorf("generated conversation %d: %w", id, err)
}

// Now is the workspace's instant.
func (w *Workspace) Now() time.Time {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return w.now()
}

// Age is how much of the workspace's time has passed since its start or its last reset, and whether its clock stands.
func (w *Workspace) Age() (age time.Duration, standing bool) {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return w.now().Sub(w.state.start), w.state.clock.Standing()
}

// read locks for reading, with everything that is due settled; the returned function unlocks.
func (w *Workspace) read() (now time.Time, unlock func()) {
	w.mu.RLock()
	if now = w.now(); len(w.state.ahead) == 0 || w.state.ahead[0].At.After(now) {
		return now, w.mu.RUnlock
	}
	w.mu.RUnlock()
	w.mu.Lock()
	return w.begin(), w.mu.Unlock
}

func (w *Workspace) now() time.Time { return w.state.clock.Now(w.Machine()) }

// HasNumber tells whether the sending number is the workspace's.
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

// Templates are the workspace's message templates, in the order of the fixture.
func (w *Workspace) Templates() []Template {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return append([]Template(nil), w.state.templates...)
}

func (w *Workspace) inbox(number string) (*inbox, error) {
	if in := w.state.inboxes[number]; in != nil {
		return in, nil
	}
	return nil, refuse(NotFound, "phone_number_id", "There is no such phone_number_id in this workspace.")
}
