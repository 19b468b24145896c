package sandbox

import "time"

// Status is a conversation's status word. A conversation has exactly one at any instant (I).
type Status string

// The seven words of vendor page api/conversations (D); when each holds is described at Conversation.Status.
const (
	StatusUnassigned Status = "unassigned"
	StatusMy         Status = "my"
	StatusUnread     Status = "unread"
	StatusExpired    Status = "expired"
	StatusOpened     Status = "opened"
	StatusClosed     Status = "closed"
	StatusBot        Status = "bot"
)

// Window is how long after its last message a conversation expires (D: "24 hours without interaction"; that it counts
// from the last message either way, and from creation without one, is I).
const Window = 24 * time.Hour

// ExpiresAt is the instant from which the conversation is expired, unless it is closed.
func (c *Conversation) ExpiresAt() time.Time {
	if c.LastMessageAt.IsZero() {
		return c.CreatedAt.Add(Window)
	}
	return c.LastMessageAt.Add(Window)
}

// UpdatedAt is the later of the newest message and the last change by an action (I); time alone never moves it.
func (c *Conversation) UpdatedAt() time.Time {
	at := c.CreatedAt
	if c.LastMessageAt.After(at) {
		at = c.LastMessageAt
	}
	if c.ChangedAt.After(at) {
		at = c.ChangedAt
	}
	return at
}

// Status is the conversation's word at the instant now, as the client sees it. The order of the cases is the rule (I).
func (c *Conversation) Status(now time.Time, client string) Status {
	if !c.Closed && !now.Before(c.ExpiresAt()) {
		return StatusExpired
	}
	return c.timelessStatus(client)
}

// timelessStatus is the word as long as the conversation has not expired.
func (c *Conversation) timelessStatus(client string) Status {
	switch {
	case c.Closed:
		return StatusClosed
	case c.Bot:
		return StatusBot
	case c.Unread > 0:
		return StatusUnread
	case c.Assignee == "":
		return StatusUnassigned
	case c.Assignee == client:
		return StatusMy
	default:
		return StatusOpened
	}
}

// MessageStatus is a message's status word.
type MessageStatus string

// The four words of vendor page api/conversations (D).
const (
	Sent      MessageStatus = "sent"
	Delivered MessageStatus = "delivered"
	Read      MessageStatus = "read"
	Failed    MessageStatus = "failed"
)

// Status is the message's word at the instant now, and the instant at which it was reached. An inbound message is read
// once an agent has read it, else delivered (I).
func (m *Message) Status(now time.Time) (MessageStatus, time.Time) {
	reached := func(at time.Time) bool { return !at.IsZero() && !at.After(now) }
	switch {
	case reached(m.ReadAt):
		return Read, m.ReadAt
	case m.Direction == Inbound:
		return Delivered, m.Date
	case reached(m.FailedAt):
		return Failed, m.FailedAt
	case reached(m.DeliveredAt):
		return Delivered, m.DeliveredAt
	default:
		return Sent, m.Date
	}
}

// NextChange is the first instant after now at which the message's status changes by time alone; zero: never.
func (m *Message) NextChange(now time.Time) time.Time {
	var next time.Time
	for _, at := range [...]time.Time{m.DeliveredAt, m.ReadAt, m.FailedAt} {
		if at.After(now) && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	return next
}
