package sandbox

import (
	"slices"
	"time"
)

// A change is what events would make of the state. Nothing of it is seen before publish, so an event that does not fit
// the contract leaves everything as it was.
type change struct {
	w       *Workspace
	at      time.Time // the event's instant
	edited  []*Conversation
	index   map[int64]*Conversation // of edited, once they are many
	clock   *Clock
	made    []*Message
	outbox  bool // an outbound message changed
	nextIDs struct{ conversation, message, ticket int64 }
}

func newChange(w *Workspace) *change {
	c := &change{w: w}
	c.nextIDs.conversation, c.nextIDs.message, c.nextIDs.ticket = w.state.nextConversation, w.state.nextMessage, w.state.nextTicket
	return c
}

// edit is the new version of a conversation.
func (c *change) edit(id int64) *Conversation {
	if e := c.found(id); e != nil {
		return e
	}
	version := *c.w.state.conversations[id]
	return c.add(&version)
}

// few versions are found by looking at each.
const few = 8

// found is the new version of a conversation if there is one already.
func (c *change) found(id int64) *Conversation {
	if c.index != nil {
		return c.index[id]
	}
	for _, e := range c.edited {
		if e.ID == id {
			return e
		}
	}
	return nil
}

func (c *change) add(version *Conversation) *Conversation {
	version.Detail = new(Memo)
	c.edited = append(c.edited, version)
	if len(c.edited) == few+1 {
		c.index = make(map[int64]*Conversation, 4*few)
		for _, e := range c.edited {
			c.index[e.ID] = e
		}
	}
	if c.index != nil {
		c.index[version.ID] = version
	}
	return version
}

// show makes what callers will see of the new versions.
func (c *change) show() error {
	for _, e := range c.edited {
		if err := c.w.show(e, c.at); err != nil {
			return err
		}
	}
	return nil
}

// publish puts the new versions in the place of the old ones. It cannot fail.
func (c *change) publish() {
	s := c.w.state
	for _, e := range c.edited {
		in := s.inboxes[e.Number]
		in.put(c.w.Client, s.conversations[e.ID], e)
		s.conversations[e.ID] = e
		if c.outbox {
			in.outbox = new(Memo)
		}
	}
	for _, m := range c.made {
		s.madeIn[m.ID] = m.Conversation
	}
	if c.clock != nil {
		s.clock = *c.clock
	}
	s.nextConversation, s.nextMessage, s.nextTicket = c.nextIDs.conversation, c.nextIDs.message, c.nextIDs.ticket
}

func (f ConversationCreated) apply(c *change) error {
	c.nextIDs.conversation = max(c.nextIDs.conversation, f.ID+1)
	c.add(&Conversation{
		ID: f.ID, Number: f.Number, Phone: f.Phone, Name: f.Name, Assignee: f.Assignee, Bot: f.Bot, Closed: f.Closed,
		CreatedAt: c.at, thread: &thread{},
	})
	return nil
}

func (f MessageSent) apply(c *change) error {
	e := c.edit(f.Message.Conversation)
	e.markUnread(0, c.at)
	c.outbox = true
	return c.addMessage(e, f.Message)
}

func (f MessageReceived) apply(c *change) error {
	e := c.edit(f.Message.Conversation)
	e.Unread++
	e.LastInboundAt = f.Message.Date
	return c.addMessage(e, f.Message)
}

func (c *change) addMessage(e *Conversation, m *Message) error {
	if err := c.w.Projection.CheckMessage(m, c.at); err != nil {
		return err
	}
	c.nextIDs.message = max(c.nextIDs.message, m.ID+1)
	e.Closed = false
	e.thread = &thread{list: append(e.Thread(), m)}
	e.Messages++
	e.LastContent, e.LastType, e.LastMessageAt = m.Content, m.Type, m.Date
	c.made = append(c.made, m)
	return nil
}

func (f StatusForced) apply(c *change) error {
	e := c.edit(f.Conversation)
	list := slices.Clone(e.Thread())
	i := slices.IndexFunc(list, func(m *Message) bool { return m.ID == f.Message })
	list[i] = list[i].forced(f.Status, c.at)
	e.thread = &thread{list: list}
	c.outbox = true
	return c.w.Projection.CheckMessage(list[i], c.at)
}

// forced is the message as it is once it has the status at the instant at.
func (m *Message) forced(status MessageStatus, at time.Time) *Message {
	forced := *m
	switch status {
	case Failed:
		forced.FailedAt, forced.DeliveredAt, forced.ReadAt = at, time.Time{}, time.Time{}
	case Read:
		forced.FailedAt, forced.ReadAt = time.Time{}, at
		if forced.DeliveredAt.IsZero() || forced.DeliveredAt.After(at) {
			forced.DeliveredAt = at
		}
	default:
		forced.FailedAt, forced.DeliveredAt = time.Time{}, at
		if !forced.ReadAt.IsZero() && forced.ReadAt.Before(at) {
			forced.ReadAt = at
		}
	}
	return &forced
}

func (f ConversationChanged) apply(c *change) error {
	e := c.edit(f.Conversation)
	set(&e.Assignee, f.Assignee)
	set(&e.Bot, f.Bot)
	set(&e.Closed, f.Closed)
	if f.Unread != nil {
		e.markUnread(*f.Unread, c.at)
	}
	e.ChangedAt = c.at
	return nil
}

func set[T any](to, value *T) {
	if value != nil {
		*to = *value
	}
}

// markUnread makes the newest n inbound messages unread and the others read at the instant at.
func (e *Conversation) markUnread(n int, at time.Time) {
	if e.Unread == n {
		return
	}
	e.Unread = n
	list := slices.Clone(e.Thread())
	for i, m := range slices.Backward(list) {
		if m.Direction != Inbound {
			continue
		}
		switch read := !m.ReadAt.IsZero(); {
		case n > 0 && read:
			unread := *m
			unread.ReadAt = time.Time{}
			list[i] = &unread
		case n <= 0 && !read:
			seen := *m
			seen.ReadAt = at
			list[i] = &seen
		}
		n--
	}
	e.thread = &thread{list: list}
}

func (f TicketOpened) apply(c *change) error {
	e := c.edit(f.Conversation)
	c.nextIDs.ticket = max(c.nextIDs.ticket, f.Ticket+1)
	e.Ticket = &Ticket{ID: f.Ticket, OpenedAt: c.at}
	e.Closed, e.ChangedAt = false, c.at
	return nil
}

func (f TicketClosed) apply(c *change) error {
	e := c.edit(f.Conversation)
	e.Ticket = nil
	e.Closed, e.ChangedAt = true, c.at
	return nil
}

func (f ClockSet) apply(c *change) error {
	c.clock = &f.Clock
	return nil
}
