package sandbox

import (
	"cmp"
	"slices"
	"sort"
	"time"
)

// state is everything that events make of a workspace. Only change.publish changes it.
type state struct {
	seq        int64 // of the newest event
	eventCount int   // events since the start or the last reset, the planned ones too
	bytes      int64 // of what happened, where a quota bounds it
	// The instant of the newest event: clocks of several machines differ, and none of them shows less than that.
	latest   time.Time
	lastDue  Event // the planned event that was applied last; its Seq is 0: none was
	clock    Clock
	start    time.Time // what the clock showed at the beginning
	delivery Delivery

	numbers       []Number
	inboxes       map[string]*inbox
	conversations map[int64]*Conversation
	sources       map[int64]string // the place of each hand-written conversation
	scheduled     []Event          // not due yet, in the order of time
	settling      settling
	first         int64 // number of the event that it began with

	statuses func() func(to []Message, conversation int64) []Message

	seeded []Conversation // as at the start, ids ascending: where the blocks of message ids are
	made   madeMessages   // since
	next   nextIDs

	collections map[string]*collection // by name
}

// newState is the state that a population makes.
func (w *Workspace) newState(p *Population, clock Clock, delivery Delivery) (*state, error) {
	s := &state{
		seq: 1, first: 1, eventCount: 1, clock: clock, start: clock.Now(w.Machine()), delivery: delivery,
		numbers: p.Numbers, sources: p.Sources, statuses: p.Statuses,
		inboxes:       make(map[string]*inbox, len(p.Numbers)),
		conversations: make(map[int64]*Conversation, len(p.Conversations)),
		seeded:        p.Conversations,
		next:          nextIDs{p.NextConversation, p.NextMessage, p.NextTicket},
	}
	for i := range p.Numbers {
		s.inboxes[p.Numbers[i].ID] = newInbox(w.FoldArabic)
	}
	threads := make([]thread, len(p.Conversations))
	caches := make([]Caches, len(p.Conversations))
	for i := range p.Conversations {
		c := &p.Conversations[i]
		threads[i] = thread{conversation: c.ID, load: p.MessagesOf}
		c.thread, c.Rendered, c.seeded = &threads[i], &caches[i], c.Messages
		s.conversations[c.ID] = c
		s.inboxes[c.Number].byID = append(s.inboxes[c.Number].byID, c)
	}
	for _, in := range s.inboxes {
		in.seed(w.Client)
	}
	w.mu.RLock()
	rules := w.rules
	w.mu.RUnlock()
	var err error
	if s.collections, err = seedCollections(rules, s.beginning(), w.FoldArabic); err != nil {
		return s, err
	}
	return s, s.checkReferences()
}

func (s *state) beginning() Beginning { return Beginning{s.start, s.seeded} }

func (p *Population) numberIDs() []string {
	ids := make([]string, len(p.Numbers))
	for i := range p.Numbers {
		ids[i] = p.Numbers[i].ID
	}
	return ids
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

// isDue reports whether a planned event is due at the instant now.
func (s *state) isDue(now time.Time) bool {
	return len(s.scheduled) > 0 && !s.scheduled[0].At.After(now)
}

// schedule puts an event that is not due yet in its place. Its ids are taken from now on.
func (s *state) schedule(e Event) {
	if d, ok := e.Data.(MessageReceived); ok {
		s.next.message = max(s.next.message, d.ID+1)
	}
	i, _ := slices.BinarySearchFunc(s.scheduled, e, byTime)
	s.scheduled = slices.Insert(s.scheduled, i, e)
}

// byTime is the order in which events happen: by time, then by number.
func byTime(a, b Event) int {
	if c := a.At.Compare(b.At); c != 0 {
		return c
	}
	return int(a.Seq - b.Seq)
}

// settling are the messages whose status may still change by time alone, by id. Some of them have come to rest meanwhile.
type settling struct{ messages []*Message }

// add adds a message that was made at an instant; those before it that have come to rest go.
func (s *settling) add(m *Message, at time.Time) {
	for len(s.messages) > 0 && s.messages[0].NextChange(at).IsZero() {
		s.messages[0] = nil
		s.messages = s.messages[1:]
	}
	if !m.NextChange(at).IsZero() {
		s.messages = append(s.messages, m)
	}
}

// replace puts another version of a message in its place.
func (s *settling) replace(m *Message) {
	i, found := slices.BinarySearchFunc(s.messages, m.ID, func(m *Message, id int64) int { return cmp.Compare(m.ID, id) })
	if found {
		s.messages[i] = m
	}
}
