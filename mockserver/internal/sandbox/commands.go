package sandbox

import (
	"context"
	"slices"
	"strconv"
	"time"
)

// Outgoing is a message to be sent.
type Outgoing struct {
	Number, Phone string
	Name          string // of a new contact, "" for the phone
	Email         string // of a new contact
	Type, Content string
	ReplyTo       string // id or wamid of a message of the conversation, "" for none
}

// Send sends a message. An unknown recipient begins a conversation, which is the calling client's (I).
func (w *Workspace) Send(ctx context.Context, o Outgoing) (sent *Message, err error) {
	w.loadCustomers(o.Number, o.Phone)
	err = w.run(ctx, func(c *command) error {
		in, err := c.inbox(o.Number)
		if err != nil {
			return err
		}
		var data []EventData
		conversation, known := in.byPhone[o.Phone]
		if !known {
			conversation = c.state.next.conversation
			data = append(data, ConversationCreated{ID: conversation, Number: o.Number, Phone: o.Phone, Name: o.Name, Email: o.Email, Assignee: c.Client})
		}
		if err := c.checkWindow(conversation, o.Type); err != nil {
			return err
		}
		replyTo, err := c.repliedTo(conversation, o.ReplyTo)
		if err != nil {
			return err
		}
		id := c.state.next.message
		data = append(data, MessageSent{ID: id, Conversation: conversation, Type: o.Type, Content: o.Content, ReplyTo: replyTo})
		err = c.commit(data, answerOf(o.Phone, conversation, id, c.now)...)
		if err == nil {
			sent = c.newest(conversation)
		}
		return err
	})
	return sent, err
}

// answerOf is the message that a recipient who answers is going to write.
func answerOf(phone string, conversation, message int64, now time.Time) []Event {
	if phone != RecipientAnswers {
		return nil
	}
	return []Event{{At: now.Add(answersAfter), Data: MessageReceived{
		ID: message + 1, Conversation: conversation, Type: "text", Content: answer, ReplyTo: message,
	}}}
}

// newest is the newest message of a conversation.
func (w *Workspace) newest(conversation int64) *Message {
	thread := w.state.conversations[conversation].Thread()
	return thread[len(thread)-1]
}

// checkWindow refuses, with EnforceWindow, a message other than a template to a customer who has not written for a day (I).
func (c *command) checkWindow(conversation int64, kind string) error {
	if !c.EnforceWindow || kind == "template" {
		return nil
	}
	to := c.state.conversations[conversation]
	if to != nil && !to.LastInboundAt.IsZero() && c.now.Sub(to.LastInboundAt) < Window {
		return nil
	}
	return refuse(Invalid, "phone", "has not written within the last 24 hours: only a template can be sent")
}

// repliedTo finds the message that is answered: an id, or a wamid, of the conversation (I).
func (w *Workspace) repliedTo(conversation int64, text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	if c := w.state.conversations[conversation]; c != nil {
		for _, m := range c.Thread() {
			if m.WAMID == text || strconv.FormatInt(m.ID, 10) == text {
				return m.ID, nil
			}
		}
	}
	return 0, refuse(Invalid, "reply_to", "must be the id or the wamid of a message of this conversation")
}

// Receive is a message from the customer.
func (w *Workspace) Receive(ctx context.Context, conversation int64, kind, content string) (received *Message, now time.Time, err error) {
	err = w.run(ctx, func(c *command) error {
		if _, err := c.find(conversation); err != nil {
			return err
		}
		id := c.state.next.message
		err := c.commit([]EventData{MessageReceived{ID: id, Conversation: conversation, Type: kind, Content: content}})
		if err == nil {
			received, now = c.newest(conversation), c.now
		}
		return err
	})
	return received, now, err
}

// Create begins a conversation. Its ID is chosen here. A phone that the number has a conversation with is a Conflict. now is
// the instant at which it was created.
func (w *Workspace) Create(ctx context.Context, d ConversationCreated) (created *Conversation, now time.Time, err error) {
	w.loadCustomers(d.Number, d.Phone)
	err = w.run(ctx, func(c *command) error {
		in, err := c.inbox(d.Number)
		if err != nil {
			return err
		}
		if id, taken := in.byPhone[d.Phone]; taken {
			return refuse(Conflict, "phone", "Conversation %d is with this phone already.", id)
		}
		d.ID = c.state.next.conversation
		if err := c.commit([]EventData{d}); err != nil {
			return err
		}
		created, now = c.state.conversations[d.ID], c.now
		return nil
	})
	return created, now, err
}

// Change sets assignee, bot, closed and unread count. More unread than there are inbound messages is Invalid. now is the
// instant of the change.
func (w *Workspace) Change(ctx context.Context, d ConversationChanged) (changed *Conversation, now time.Time, err error) {
	err = w.run(ctx, func(c *command) error {
		old, err := c.find(d.Conversation)
		if err != nil {
			return err
		}
		if d.Unread != nil {
			if inbound := old.inbound(); *d.Unread > inbound {
				return refuse(Invalid, "unread_count", "must be at most %d, the number of messages from the customer", inbound)
			}
		}
		if err := c.commit([]EventData{d}); err != nil {
			return err
		}
		changed, now = c.state.conversations[d.Conversation], c.now
		return nil
	})
	return changed, now, err
}

func (c *Conversation) inbound() int {
	n := 0
	for _, m := range c.Thread() {
		if m.Direction == Inbound {
			n++
		}
	}
	return n
}

// ranks order the statuses of an outbound message: none ever goes to a lower rank, and delivered does not fail.
var ranks = map[MessageStatus]int{Sent: 0, Delivered: 1, Read: 2, Failed: 2}

// ForceStatus moves an outbound message to a status. Going backward is a Conflict, to the status that it has changes nothing. now
// is the instant of the change.
func (w *Workspace) ForceStatus(ctx context.Context, message int64, status MessageStatus) (forced *Message, now time.Time, err error) {
	err = w.run(ctx, func(c *command) error {
		m := c.state.message(message)
		if m == nil {
			return refuse(NotFound, "id", "There is no such message.")
		}
		if m.Direction == Inbound {
			return refuse(Conflict, "status", "The message is from the customer: only outbound messages have a status to force.")
		}
		forced, now = m, c.now
		has, _ := m.Status(c.now)
		switch {
		case has == status:
			return nil
		case ranks[status] <= ranks[has], has == Delivered && status == Failed:
			return refuse(Conflict, "status", "The message is %s already; a status never goes backward.", has)
		}
		err := c.commit([]EventData{StatusForced{m.Conversation, m.ID, status}})
		if err == nil {
			forced = c.state.message(message)
		}
		return err
	})
	return forced, now, err
}

// message finds a message by its id; nil: there is none.
func (s *state) message(id int64) *Message {
	conversation, ok := s.made.conversation(id)
	if !ok {
		conversation, ok = s.seededIn(id)
	}
	of := s.conversations[conversation]
	if !ok || of == nil {
		return nil
	}
	thread := of.Thread()
	if i := slices.IndexFunc(thread, func(m *Message) bool { return m.ID == id }); i >= 0 {
		return thread[i]
	}
	return nil
}

func (w *Workspace) find(conversation int64) (*Conversation, error) {
	if c := w.state.conversations[conversation]; c != nil {
		return c, nil
	}
	return nil, refuse(NotFound, "id", "There is no such conversation.")
}
