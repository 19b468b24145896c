package sandbox

import (
	"container/heap"
	"time"
)

// A tracker works out what time alone brings to a state: statuses of messages, and conversations that expire.
type tracker struct {
	state   *state
	due     deadlines
	pending map[int64]*Message // whose status will change by time alone, as they are now
}

// newTracker begins at an instant: what is due until then is known already.
func newTracker(s *state, now time.Time) *tracker {
	t := &tracker{state: s, pending: map[int64]*Message{}}
	for _, in := range s.inboxes {
		for _, c := range in.byID {
			if at := c.ExpiresAt(); at.After(now) {
				t.due = append(t.due, deadline{at: at, seq: s.cause(c.activeSeq), conversation: c.ID})
			}
		}
	}
	for _, m := range s.settling.messages {
		if next, ok := t.await(m, now); ok {
			t.due = append(t.due, next)
		}
	}
	heap.Init(&t.due)
	return t
}

// cause is the number of the event that brought something about; what was seeded was brought about by the first one.
func (s *state) cause(seq int64) int64 {
	if seq == 0 {
		return s.first
	}
	return seq
}

// next gives the next change that time alone has brought until an instant.
func (t *tracker) next(until time.Time) (Change, bool) {
	for len(t.due) > 0 && !t.due[0].at.After(until) {
		d := heap.Pop(&t.due).(deadline) //nolint:forcetypeassert // the heap holds nothing else
		if change, ok := t.becomes(d); ok {
			return change, true
		}
	}
	return Change{}, false
}

// becomes is what a deadline brings; nothing when something else came first.
func (t *tracker) becomes(d deadline) (Change, bool) {
	if d.message == 0 {
		c := t.state.conversations[d.conversation]
		if c == nil || c.Closed || t.state.cause(c.activeSeq) != d.seq {
			return Change{}, false
		}
		return Change{Seq: d.seq, At: d.at, Kind: ChangeConversationExpired, Entity: c.ID, After: c}, true
	}
	m := t.pending[d.message]
	if m != nil && t.state.conversations[m.Conversation] == nil { // it was deleted
		delete(t.pending, d.message)
		m = nil
	}
	if m == nil {
		return Change{}, false
	}
	t.follow(m, d.at)
	status, since := m.Status(d.at)
	if !since.Equal(d.at) {
		return Change{}, false
	}
	return Change{
		Seq: d.seq, At: d.at, Kind: ChangeMessageStatus, Entity: m.ID, Status: status,
		After: t.state.conversations[m.Conversation], Message: m,
	}, true
}

// follow waits for what time alone makes of a message after the instant now.
func (t *tracker) follow(m *Message, now time.Time) {
	if next, ok := t.await(m, now); ok {
		heap.Push(&t.due, next)
	}
}

// await is when time alone changes a message after the instant now; false: never.
func (t *tracker) await(m *Message, now time.Time) (deadline, bool) {
	next := m.NextChange(now)
	if next.IsZero() {
		delete(t.pending, m.ID)
		return deadline{}, false
	}
	t.pending[m.ID] = m
	return deadline{at: next, seq: t.state.cause(m.seq), conversation: m.Conversation, message: m.ID}, true
}

// add follows what an event has changed.
func (t *tracker) add(change *Change) {
	switch change.Kind {
	case ChangeMessageSent:
		t.follow(change.Message, change.At)
		t.active(change)
	case ChangeMessageReceived, ChangeConversationCreated:
		t.active(change)
	case ChangeMessageStatus:
		if t.pending[change.Entity] != nil {
			t.pending[change.Entity] = change.Message
		}
	}
}

// active gives a conversation another day.
func (t *tracker) active(change *Change) {
	heap.Push(&t.due, deadline{at: change.At.Add(Window), seq: change.Seq, conversation: change.After.ID})
}

// deadline is when something becomes due: a message's next status, or, without a message, that a conversation expires.
type deadline struct {
	at                    time.Time
	seq                   int64 // event that set it
	conversation, message int64
}

// deadlines is a heap, the earliest first.
type deadlines []deadline

func (d deadlines) Len() int { return len(d) }

func (d deadlines) Less(i, j int) bool {
	if !d[i].at.Equal(d[j].at) {
		return d[i].at.Before(d[j].at)
	}
	if d[i].message != d[j].message {
		return d[i].message < d[j].message
	}
	return d[i].conversation < d[j].conversation
}

func (d deadlines) Swap(i, j int) { d[i], d[j] = d[j], d[i] }
func (d *deadlines) Push(x any)   { *d = append(*d, x.(deadline)) } //nolint:forcetypeassert // the heap holds nothing else

func (d *deadlines) Pop() any {
	last := (*d)[len(*d)-1]
	*d = (*d)[:len(*d)-1]
	return last
}
