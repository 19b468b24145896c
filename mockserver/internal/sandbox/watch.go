package sandbox

import (
	"container/heap"
	"time"
)

// ChangeKind says what a Change is. Where the vendor has a webhook event for it, it has that event's name (D).
type ChangeKind string

// What can change in a workspace.
const (
	ChangeConversationCreated ChangeKind = "conversation.created"
	ChangeConversationUpdated ChangeKind = "conversation.updated" // assignee, bot, closed, unread
	ChangeConversationExpired ChangeKind = "conversation.expired" // by time alone
	ChangeMessageSent         ChangeKind = "message.sent"
	ChangeMessageReceived     ChangeKind = "message.received"
	ChangeMessageStatus       ChangeKind = "message.status.updated" // by time alone, or forced
	ChangeTicketOpened        ChangeKind = "ticket.opened"
	ChangeTicketClosed        ChangeKind = "ticket.closed"
	ChangeClock               ChangeKind = "clock.changed"
	ChangeReset               ChangeKind = "workspace.reset"
)

// A Change is something that became different in a workspace.
type Change struct {
	At                    time.Time // the workspace's instant; of a clock what it shows from now on
	Kind                  ChangeKind
	Conversation, Message int64 // 0: none
	Status                MessageStatus
}

// A Watcher tells one reader what changes in a workspace since it began to watch: what happens, and what follows from time
// alone. What time alone will bring is worked out by each watcher, so that a workspace nobody watches pays nothing for it.
type Watcher struct {
	w         *Workspace
	state     *state // that it looks at: a reset makes another one
	seen      int    // of the state's events
	due       deadlines
	deadlines map[int64]deadline // by conversation
	messages  map[int64]*Message // whose status will change by time alone, as they were when they were told of
}

// deadline is when a conversation expires.
type deadline struct {
	at           time.Time
	closed, told bool
}

// Watch begins to watch.
func (w *Workspace) Watch() *Watcher {
	w.mu.Lock()
	defer w.mu.Unlock()
	x := &Watcher{w: w}
	x.begin()
	return x
}

// begin looks at the present state: what has happened in it is known, what is to come is not.
func (x *Watcher) begin() {
	s, now := x.w.state, x.w.now()
	x.state, x.seen, x.due = s, len(s.happened), nil
	x.deadlines, x.messages = make(map[int64]deadline, len(s.conversations)), map[int64]*Message{}
	for id, c := range s.conversations {
		d := deadline{at: c.ExpiresAt(), closed: c.Closed, told: !now.Before(c.ExpiresAt())}
		x.deadlines[id] = d
		if !d.told {
			x.due = append(x.due, due{at: d.at, conversation: id})
		}
	}
	heap.Init(&x.due)
	for _, e := range s.happened { // messages of the population have come to rest before its start
		if f, ok := e.Fact.(MessageSent); ok {
			if !f.Message.NextChange(now).IsZero() {
				x.await(x.w.message(f.Message.ID), now)
			}
		}
	}
}

// News is what a Watcher has to tell.
type News struct {
	Changes []Change
	More    <-chan struct{} // closed when something happens; nil when there are Changes
	Due     time.Time       // when time alone brings the next change, by the machine's clock; zero: not before something happens
	Gone    bool            // the workspace has been removed: nothing comes any more
}

// changesAtOnce bounds how long a workspace is held up by one reader.
const changesAtOnce = 100

// Next gives what has changed since the last call, in the order of time, or tells for what to wait.
func (x *Watcher) Next() News {
	w := x.w
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.begin()
	if w.gone {
		return News{Gone: true}
	}
	if x.state != w.state {
		x.begin() // whoever hears of a reset reads everything again
		return News{Changes: []Change{{At: now, Kind: ChangeReset}}}
	}
	if changes := x.changes(now); len(changes) > 0 {
		return News{Changes: changes}
	}
	if w.more == nil {
		w.more = make(chan struct{})
	}
	return News{More: w.more, Due: x.wake()}
}

// changes merges what happened with what became due.
func (x *Watcher) changes(now time.Time) []Change {
	var changes []Change
	for len(changes) < changesAtOnce {
		until, more := now, x.seen < len(x.state.happened)
		if more {
			until = x.state.happened[x.seen].At
		}
		if len(x.due) > 0 && !x.due[0].at.After(until) {
			changes = x.becomesDue(changes)
			continue
		}
		if !more {
			break
		}
		changes = append(changes, x.tell(x.state.happened[x.seen]))
		x.seen++
	}
	return changes
}

// becomesDue tells the next thing that time alone brought about, unless something else came first.
func (x *Watcher) becomesDue(changes []Change) []Change {
	next := heap.Pop(&x.due).(due)
	if next.message == 0 {
		d := x.deadlines[next.conversation]
		if d.closed || d.told || !d.at.Equal(next.at) {
			return changes
		}
		d.told = true
		x.deadlines[next.conversation] = d
		return append(changes, Change{At: next.at, Kind: ChangeConversationExpired, Conversation: next.conversation})
	}
	m := x.messages[next.message]
	x.await(m, next.at)
	status, since := m.Status(next.at)
	if !since.Equal(next.at) {
		return changes
	}
	return append(changes, Change{next.at, ChangeMessageStatus, m.Conversation, m.ID, status})
}

// await waits for what time alone makes of a message after the instant now.
func (x *Watcher) await(m *Message, now time.Time) {
	next := m.NextChange(now)
	if next.IsZero() {
		delete(x.messages, m.ID)
		return
	}
	x.messages[m.ID] = m
	heap.Push(&x.due, due{next, m.Conversation, m.ID})
}

// tell is what an event is to a reader, and what time will bring because of it.
func (x *Watcher) tell(e Event) Change {
	switch f := e.Fact.(type) {
	case ConversationCreated:
		x.touched(f.ID, e.At, f.Closed)
		return Change{At: e.At, Kind: ChangeConversationCreated, Conversation: f.ID}
	case MessageSent:
		x.touched(f.Message.Conversation, f.Message.Date, false)
		x.await(f.Message, e.At)
		return Change{At: e.At, Kind: ChangeMessageSent, Conversation: f.Message.Conversation, Message: f.Message.ID}
	case MessageReceived:
		x.touched(f.Message.Conversation, f.Message.Date, false)
		return Change{At: e.At, Kind: ChangeMessageReceived, Conversation: f.Message.Conversation, Message: f.Message.ID}
	case StatusForced:
		if m := x.messages[f.Message]; m != nil {
			x.messages[f.Message] = m.forced(f.Status, e.At)
		}
		return Change{e.At, ChangeMessageStatus, f.Conversation, f.Message, f.Status}
	case ConversationChanged:
		if f.Closed != nil {
			x.close(f.Conversation, *f.Closed)
		}
		return Change{At: e.At, Kind: ChangeConversationUpdated, Conversation: f.Conversation}
	case TicketOpened:
		x.close(f.Conversation, false)
		return Change{At: e.At, Kind: ChangeTicketOpened, Conversation: f.Conversation}
	case TicketClosed:
		x.close(f.Conversation, true)
		return Change{At: e.At, Kind: ChangeTicketClosed, Conversation: f.Conversation}
	default: // ClockSet
		return Change{At: f.(ClockSet).Clock.at.Truncate(time.Second), Kind: ChangeClock}
	}
}

// touched gives a conversation another day.
func (x *Watcher) touched(conversation int64, at time.Time, closed bool) {
	d := deadline{at: at.Add(Window), closed: closed}
	x.deadlines[conversation] = d
	heap.Push(&x.due, due{at: d.at, conversation: conversation})
}

// close: a closed conversation does not expire. Its deadline stays, should it be opened again before.
func (x *Watcher) close(conversation int64, closed bool) {
	d := x.deadlines[conversation]
	d.closed = closed
	x.deadlines[conversation] = d
}

// wake is when the machine's clock shows that something becomes due by time alone.
func (x *Watcher) wake() time.Time {
	var next time.Time
	if len(x.due) > 0 {
		next = x.due[0].at
	}
	if len(x.state.ahead) > 0 {
		next = earlier(next, x.state.ahead[0].At)
	}
	return x.state.clock.when(next)
}

// due is something that time alone brings about: a message's next status, or, without a message, that a conversation expires.
type due struct {
	at                    time.Time
	conversation, message int64
}

// deadlines is a heap, the earliest first.
type deadlines []due

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
func (d *deadlines) Push(x any)   { *d = append(*d, x.(due)) }

func (d *deadlines) Pop() any {
	last := (*d)[len(*d)-1]
	*d = (*d)[:len(*d)-1]
	return last
}

// wakeWatchers lets those who watch look again.
func (w *Workspace) wakeWatchers() {
	if w.more != nil {
		close(w.more)
		w.more = nil
	}
}

// End tells those who watch that the workspace is no more. Requests in flight may still use it.
func (w *Workspace) End() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.gone = true
	w.wakeWatchers()
}
