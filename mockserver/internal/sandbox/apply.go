package sandbox

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// A change is what events make of the state. Nothing of it is seen before publish, so a change with an event that does not
// fit leaves everything as it was.
type change struct {
	state  *state
	client string    // the workspace's client
	at     time.Time // the instant of the event that is applied
	seq    int64     // its number
	edited []*Conversation
	index  map[int64]*Conversation // of edited, once they are many
	phones map[phoneOf]int64       // whose conversation a phone becomes; 0: of no conversation
	// Conversations that the change deletes.
	deleted []int64
	clock   *ClockChanged
	made    []*Message
	forced  []*Message
	next    nextIDs
	// What becomes of records.
	records recordChanges
	read    *Record // what the event that is applied puts, if it has been read; nil: it has to be
	// What readers of the changes get, if there are any.
	publishes bool
	changes   []Change
	message   *Message // that the event which is applied has made or changed
	// private: no other goroutine has the state yet, so messages are put into it, and into their threads, at once.
	private bool
	block   []Message // where the messages of a private change lie
}

// phoneOf is a customer's phone under a sending number: there is one conversation for each.
type phoneOf struct{ number, phone string }

// nextIDs are the first ids that are free.
type nextIDs struct{ conversation, message, ticket int64 }

func newChange(s *state, client string) *change {
	return &change{state: s, client: client, next: s.next}
}

// apply makes the changes of events that belong together. After an error the change is of no use.
func (c *change) apply(events []Event) error {
	for _, e := range events {
		if err := c.applyOne(e); err != nil {
			return err
		}
	}
	return nil
}

// applyOne makes the change of one event. An event that does not fit changes nothing.
func (c *change) applyOne(e Event) error {
	if err := c.try(e); err != nil {
		return &EventError{e.Seq, e.Data.Kind(), err.Error()}
	}
	return nil
}

// try is applyOne with the error as the event has it.
func (c *change) try(e Event) error {
	c.at, c.seq, c.message = e.At, e.Seq, nil
	if err := e.Data.apply(c); err != nil {
		return err
	}
	if c.publishes {
		c.changes = append(c.changes, c.changeOf(e))
	}
	return nil
}

// edit is the new version of a conversation; an error when there is no such conversation.
func (c *change) edit(id int64) (*Conversation, error) {
	gone := slices.Contains(c.deleted, id)
	if e := c.find(id); e != nil && !gone {
		return e, nil
	}
	old := c.state.conversations[id]
	if old == nil || gone {
		return nil, fmt.Errorf("there is no conversation %d", id)
	}
	version := *old
	return c.add(&version), nil
}

// few versions are found by looking at each.
const few = 8

// find is the new version of a conversation; nil: the change has none.
func (c *change) find(id int64) *Conversation {
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
	version.Rendered = new(Caches)
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

// publish puts the new versions in the place of the old ones. It cannot fail.
func (c *change) publish(machine time.Time) {
	s := c.state
	for _, e := range c.edited {
		s.inboxes[e.Number].put(c.client, s.conversations[e.ID], e)
		s.conversations[e.ID] = e
	}
	for _, m := range c.made {
		s.made.add(m.ID, m.Conversation)
		s.settling.add(m, c.at)
	}
	for _, m := range c.forced {
		s.settling.replace(m)
	}
	if c.clock != nil {
		s.clock = c.clock.clock(machine)
	}
	c.publishDeleted()
	c.publishRecords()
	s.next = c.next
}

var errNotFirst = errors.New("can only be the first event")

func (Seeded) apply(*change) error { return errNotFirst }

func (Reset) apply(*change) error { return errNotFirst }

func (d ConversationCreated) apply(c *change) error {
	switch {
	case c.state.inboxes[d.Number] == nil:
		return fmt.Errorf("there is no phone_number_id %s", d.Number)
	case c.find(d.ID) != nil || c.state.conversations[d.ID] != nil:
		return fmt.Errorf("there is a conversation %d already", d.ID)
	}
	if id := c.withPhone(d.Number, d.Phone); id != 0 {
		return fmt.Errorf("conversation %d is with this phone already", id)
	}
	contact, name, err := c.customer(d)
	if err != nil {
		return err
	}
	c.setPhone(d.Number, d.Phone, d.ID)
	c.next.conversation = max(c.next.conversation, d.ID+1)
	c.add(&Conversation{
		ID: d.ID, Number: d.Number, Phone: d.Phone, Name: name, Contact: contact, Assignee: d.Assignee, Bot: d.Bot, Closed: d.Closed,
		CreatedAt: c.at, activeSeq: c.seq, thread: &thread{},
	})
	return nil
}

func (d ConversationChanged) apply(c *change) error {
	e, err := c.edit(d.Conversation)
	if err != nil {
		return err
	}
	if d.Unread != nil {
		if inbound := e.inbound(); *d.Unread < 0 || *d.Unread > inbound {
			return fmt.Errorf("%d of %d inbound messages cannot be unread", *d.Unread, inbound)
		}
		c.markUnread(e, *d.Unread)
	}
	set(&e.Assignee, d.Assignee)
	set(&e.Bot, d.Bot)
	set(&e.Closed, d.Closed)
	e.ChangedAt = c.at
	return nil
}

func set[T any](to, value *T) {
	if value != nil {
		*to = *value
	}
}

func (d MessageSent) apply(c *change) error {
	e, err := c.forMessage(d.Conversation, d.ID)
	if err != nil {
		return err
	}
	c.markUnread(e, 0)
	c.addMessage(e, c.keep(d.message(e.Phone, c.at, c.state.delivery)))
	return nil
}

func (d MessageReceived) apply(c *change) error {
	e, err := c.forMessage(d.Conversation, d.ID)
	if err != nil {
		return err
	}
	e.Unread++
	e.LastInboundAt = c.at
	c.addMessage(e, c.keep(d.message(e.Phone, c.at)))
	return nil
}

// forMessage is the new version of a conversation that gets a message.
func (c *change) forMessage(conversation, message int64) (*Conversation, error) {
	if c.hasMessage(message) {
		return nil, fmt.Errorf("there is a message %d already", message)
	}
	return c.edit(conversation)
}

// messageBlock is how many messages of a private change lie side by side: a million are made much faster so than one by one.
const messageBlock = 128

// keep gives a message its place in memory.
func (c *change) keep(m Message) *Message {
	if !c.private {
		return &m
	}
	if len(c.block) == cap(c.block) {
		c.block = make([]Message, 0, messageBlock)
	}
	c.block = append(c.block, m)
	return &c.block[len(c.block)-1]
}

func (c *change) addMessage(e *Conversation, m *Message) {
	m.seq, c.message = c.seq, m
	if c.private {
		c.state.made.add(m.ID, m.Conversation)
		c.state.settling.add(m, c.at)
	} else {
		c.made = append(c.made, m)
	}
	c.next.message = max(c.next.message, m.ID+1)
	e.Closed = false
	if c.private && e.thread.load == nil {
		e.thread.list = append(e.thread.list, m)
	} else {
		e.thread = &thread{list: append(e.Thread(), m)}
	}
	e.Messages++
	e.LastContent, e.LastType, e.LastMessageAt = m.Content, m.Type, m.Date
	e.activeSeq = c.seq
}

func (c *change) hasMessage(id int64) bool {
	if _, made := c.state.made.conversation(id); made {
		return true
	}
	if _, seeded := c.state.seededIn(id); seeded {
		return true
	}
	return slices.ContainsFunc(c.made, func(m *Message) bool { return m.ID == id })
}

func (d StatusForced) apply(c *change) error {
	e, err := c.edit(d.Conversation)
	if err != nil {
		return err
	}
	list := slices.Clone(e.Thread())
	i := slices.IndexFunc(list, func(m *Message) bool { return m.ID == d.Message })
	switch {
	case d.Status != Delivered && d.Status != Read && d.Status != Failed:
		return fmt.Errorf("the status %q cannot be forced", d.Status)
	case i < 0:
		return fmt.Errorf("there is no message %d in conversation %d", d.Message, d.Conversation)
	case list[i].Direction != Outbound:
		return fmt.Errorf("message %d is inbound", d.Message)
	}
	list[i] = list[i].withStatus(d.Status, c.at)
	c.message = list[i]
	c.forced = append(c.forced, list[i])
	e.thread = &thread{list: list}
	return nil
}

// markUnread makes the newest n inbound messages of a conversation unread and the others read. It looks at no more messages than
// it has to: a conversation may have thousands, and an answer reads all of them.
func (c *change) markUnread(e *Conversation, n int) {
	if e.Unread == n {
		return
	}
	list := e.Thread()
	inPlace := c.private && e.thread.load == nil
	if !inPlace {
		list = append(make([]*Message, 0, len(list)+1), list...) // often one more message follows
		e.thread = &thread{list: list}
	}
	unread := e.Unread // those that were not met yet
	e.Unread = n
	for i := len(list) - 1; i >= 0 && (n > 0 || unread > 0); i-- {
		m := list[i]
		if m.Direction != Inbound {
			continue
		}
		isUnread, readAt := m.ReadAt.IsZero(), c.at
		if isUnread {
			unread--
		}
		if n > 0 {
			readAt = time.Time{}
		}
		n--
		if isUnread == readAt.IsZero() {
			continue
		}
		if !inPlace {
			version := *m
			list[i], m = &version, &version
		}
		m.ReadAt = readAt
	}
}

func (d TicketOpened) apply(c *change) error {
	e, err := c.edit(d.Conversation)
	switch {
	case err != nil:
		return err
	case e.Ticket != nil:
		return fmt.Errorf("ticket %d is open on conversation %d already", e.Ticket.ID, e.ID)
	}
	c.next.ticket = max(c.next.ticket, d.Ticket+1)
	e.Ticket = &Ticket{ID: d.Ticket, OpenedAt: c.at}
	e.Closed, e.ChangedAt = false, c.at
	return nil
}

func (d TicketClosed) apply(c *change) error {
	e, err := c.edit(d.Conversation)
	switch {
	case err != nil:
		return err
	case e.Ticket == nil || e.Ticket.ID != d.Ticket:
		return fmt.Errorf("ticket %d is not open on conversation %d", d.Ticket, e.ID)
	}
	e.Ticket = nil
	e.Closed, e.ChangedAt = true, c.at
	return nil
}

func (d ClockChanged) apply(c *change) error {
	if d.Now.UTC().Year() > LastYear {
		return fmt.Errorf("the clock is set beyond the year %d", LastYear)
	}
	if d.Now.Before(c.at) {
		return fmt.Errorf("the clock goes back from %s to %s", c.at.Format(time.RFC3339), d.Now.Format(time.RFC3339))
	}
	c.clock = &d
	return nil
}
