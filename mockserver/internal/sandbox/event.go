package sandbox

import (
	"slices"
	"time"
)

// An Event is something that happened, or will, in a workspace. The same events make the same state, on any machine.
type Event struct {
	Seq  int64     // 1, 2, 3, … in the order in which they were decided
	At   time.Time // the workspace's instant; it may be ahead of the clock
	Fact Fact
}

// A Fact is what an event says. Whoever changes a workspace does it with one of these. It never changes, nor does a message
// that it has.
type Fact interface {
	apply(*change) error
}

// ConversationCreated begins a conversation.
type ConversationCreated struct {
	ID                            int64
	Number, Phone, Name, Assignee string
	Bot, Closed                   bool
}

// MessageSent is an outbound message. It marks the conversation read and opens it again (I).
type MessageSent struct{ Message *Message }

// MessageReceived is an inbound message. It opens the conversation again (I).
type MessageReceived struct{ Message *Message }

// StatusForced moves an outbound message to a status.
type StatusForced struct {
	Conversation, Message int64
	Status                MessageStatus
}

// ConversationChanged sets what is not nil.
type ConversationChanged struct {
	Conversation int64
	Assignee     *string
	Bot, Closed  *bool
	Unread       *int // the newest so many inbound messages are unread, the others read
}

// TicketOpened opens a ticket, and the conversation with it (I).
type TicketOpened struct{ Conversation, Ticket int64 }

// TicketClosed closes the conversation's ticket, and the conversation with it (I).
type TicketClosed struct{ Conversation int64 }

// ClockSet gives the workspace another clock.
type ClockSet struct{ Clock Clock }

// Events are what happened since the start or the last reset, those that are still ahead included, in the order of time.
func (w *Workspace) Events() []Event {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return slices.Concat(w.state.happened, w.state.ahead)
}

// Replay makes a workspace from a clock's beginning and events, as the workspace that they come from. What callers see is
// made and checked once, of what the events add up to: nobody saw what lies between.
func Replay(o Options, clock Clock, events []Event) (*Workspace, error) {
	w, err := New(o, clock)
	if err != nil {
		return nil, err
	}
	w.Projection = unseen{}
	if err := w.replay(events); err != nil {
		return nil, err
	}
	return w, Reproject([]*Workspace{w}, []Projection{o.Projection})
}

// replay lets all of them happen at once: a conversation gets one new version, however much happened in it.
func (w *Workspace) replay(events []Event) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	clock := w.state.clock
	for _, e := range events {
		if set, ok := e.Fact.(ClockSet); ok {
			clock = set.Clock
		}
	}
	now := clock.Now(w.Machine())
	happened := make([]Event, 0, len(events))
	for _, e := range events {
		w.state.nextEvent = max(w.state.nextEvent, e.Seq+1)
		if _, set := e.Fact.(ClockSet); !set && e.At.After(now) {
			w.state.plan(e)
			continue
		}
		happened = append(happened, e)
	}
	return w.happenAll(happened, nil)
}

// unseen is the Projection while nobody looks.
type unseen struct{}

func (unseen) Row(*Conversation, Status) ([]byte, error) { return nil, nil }
func (unseen) CheckMessage(*Message, time.Time) error    { return nil }

// plan puts an event that is ahead of the clock in its place: by time, then by sequence. Its numbers are taken from now on.
func (s *state) plan(e Event) {
	s.nextEvent = max(s.nextEvent, e.Seq+1)
	if f, ok := e.Fact.(MessageReceived); ok {
		s.nextMessage = max(s.nextMessage, f.Message.ID+1)
	}
	i, _ := slices.BinarySearchFunc(s.ahead, e, func(a, b Event) int {
		if c := a.At.Compare(b.At); c != 0 {
			return c
		}
		return int(a.Seq - b.Seq)
	})
	s.ahead = slices.Insert(s.ahead, i, e)
}

// CrowdedAt is how many events make a workspace worth a word: each costs memory until a reset.
const CrowdedAt = 100_000

// settle lets happen what is due at the instant now, in the order of time. What does not fit the contract then is left out,
// and told: nobody asked for it just now.
func (w *Workspace) settle(now time.Time) {
	for len(w.state.ahead) > 0 && !w.state.ahead[0].At.After(now) {
		e := w.state.ahead[0]
		w.state.ahead = w.state.ahead[1:]
		if err := w.happenAll([]Event{e}, nil); err != nil && w.Dropped != nil {
			w.Dropped(e, err)
		}
	}
}

// happenAll applies events that belong together, whole or not at all, and remembers them. accept, if not nil, has the last
// word before anything is published.
func (w *Workspace) happenAll(events []Event, accept func() error) error {
	c := newChange(w)
	for _, e := range events {
		c.at = e.At
		if err := e.Fact.apply(c); err != nil {
			return err
		}
	}
	if err := c.show(); err != nil {
		return err
	}
	if accept != nil {
		if err := accept(); err != nil {
			return err
		}
	}
	c.publish()
	before := len(w.state.happened)
	w.state.happened = append(w.state.happened, events...)
	if before < CrowdedAt && len(w.state.happened) >= CrowdedAt && w.Crowded != nil {
		w.Crowded()
	}
	w.wakeWatchers()
	return nil
}

// decide makes events of facts that belong together, at the instant now.
func (w *Workspace) decide(now time.Time, accept func() error, facts ...Fact) error {
	if w.MaxEvents > 0 && len(w.state.happened)+len(w.state.ahead)+len(facts) > w.MaxEvents {
		return refuse(Conflict, "", "The workspace is full: it holds %d events, and may hold %d. Reset it, or use another one.", len(w.state.happened)+len(w.state.ahead), w.MaxEvents)
	}
	events := make([]Event, len(facts))
	for i, f := range facts {
		events[i] = Event{Seq: w.state.nextEvent + int64(i), At: now, Fact: f}
	}
	if err := w.happenAll(events, accept); err != nil {
		return err
	}
	w.state.nextEvent += int64(len(facts))
	return nil
}
