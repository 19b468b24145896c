package sandbox

import (
	"context"
	"fmt"
	"iter"
	"time"
)

// An Event is something that happened in a workspace, or is planned to happen. The same events make the same state on any
// machine. Events are plain data: nothing in them is derived from the others, and they never change.
type Event struct {
	Seq  int64     // 1, 2, 3, … in the order in which they were appended; a reset does not start it again
	At   time.Time // the workspace's instant; of a planned event it lies ahead
	Data EventData
	// Planned events were stored ahead of their time. One that does not fit any more when it is due is left out.
	Planned bool
}

// EventKind is the stable name of what an event says.
type EventKind string

// The kinds of events.
const (
	KindSeeded              EventKind = "seeded"
	KindReset               EventKind = "reset"
	KindConversationCreated EventKind = "conversation_created"
	KindConversationChanged EventKind = "conversation_changed"
	KindMessageSent         EventKind = "message_sent"
	KindMessageReceived     EventKind = "message_received"
	KindStatusForced        EventKind = "message_status_forced"
	KindTicketOpened        EventKind = "ticket_opened"
	KindTicketClosed        EventKind = "ticket_closed"
	KindClockChanged        EventKind = "clock_changed"
	KindCustomerChanged     EventKind = "customer_changed"
	KindConversationDeleted EventKind = "conversation_deleted"
	KindRecordPut           EventKind = "record_put"
	KindRecordDeleted       EventKind = "record_deleted"
)

// EventData is what an event says: one of the structs of this file.
type EventData interface {
	Kind() EventKind
	// apply makes the change that the event says. When the state does not allow it, it gives the reason and changes nothing.
	apply(c *change) error
}

// Seeded is the first event of a workspace: what it begins with.
type Seeded struct {
	FixturesDigest   string    `json:"fixtures_digest"`
	Seed             uint64    `json:"seed"`
	GeneratorVersion int       `json:"generator_version"`
	Start            time.Time `json:"start"` // the instant that the fixture's times count back from
	Running          bool      `json:"running"`
	// How long after it was sent a message is delivered and read, in nanoseconds.
	DeliveredAfter time.Duration `json:"delivered_after"`
	ReadAfter      time.Duration `json:"read_after"`
	PhoneNumberIDs []string      `json:"phone_number_ids"`
}

// Reset returns the workspace to its start: events before it are forgotten.
type Reset struct{ Seeded }

// ConversationCreated begins a conversation.
type ConversationCreated struct {
	ID       int64  `json:"id"`
	Number   string `json:"phone_number_id"`
	Phone    string `json:"phone"`
	Name     string `json:"name,omitempty"`
	Email    string `json:"email,omitempty"` // of a customer who is new
	Assignee string `json:"assignee,omitempty"`
	Bot      bool   `json:"bot,omitempty"`
	Closed   bool   `json:"closed,omitempty"`
}

// ConversationChanged sets what is not nil.
type ConversationChanged struct {
	Conversation int64   `json:"conversation_id"`
	Assignee     *string `json:"assignee,omitempty"`
	Bot          *bool   `json:"bot,omitempty"`
	Closed       *bool   `json:"closed,omitempty"`
	Unread       *int    `json:"unread_count,omitempty"` // the newest so many inbound messages are unread, the others read
}

// MessageSent is an outbound message. It marks the conversation read and opens it again (I). When it is delivered and read
// follows from the recipient and from Seeded.
type MessageSent struct {
	ID           int64  `json:"id"`
	Conversation int64  `json:"conversation_id"`
	Type         string `json:"type"`
	Content      string `json:"content"`
	ReplyTo      int64  `json:"reply_to,omitempty"` // id of the message it answers
}

// MessageReceived is an inbound message. It opens the conversation again (I).
type MessageReceived struct {
	ID           int64  `json:"id"`
	Conversation int64  `json:"conversation_id"`
	Type         string `json:"type"`
	Content      string `json:"content"`
	ReplyTo      int64  `json:"reply_to,omitempty"`
}

// StatusForced moves an outbound message to a status.
type StatusForced struct {
	Conversation int64         `json:"conversation_id"`
	Message      int64         `json:"message_id"`
	Status       MessageStatus `json:"status"`
}

// TicketOpened opens a ticket, and the conversation with it (I).
type TicketOpened struct {
	Conversation int64 `json:"conversation_id"`
	Ticket       int64 `json:"ticket_id"`
}

// TicketClosed closes the conversation's ticket, and the conversation with it (I).
type TicketClosed struct {
	Conversation int64 `json:"conversation_id"`
	Ticket       int64 `json:"ticket_id"`
}

// ClockChanged gives the workspace another clock: what it shows from now on, and whether it runs.
type ClockChanged struct {
	Now     time.Time `json:"now"`
	Running bool      `json:"running"`
}

// CustomerChanged gives a conversation the phone and the name that its customer has now.
type CustomerChanged struct {
	Conversation int64  `json:"conversation_id"`
	Phone        string `json:"phone"`
	Name         string `json:"name"`
}

// ConversationDeleted removes a conversation with its messages and its ticket.
type ConversationDeleted struct {
	Conversation int64 `json:"conversation_id"`
}

// RecordPut puts a record into a collection; the one with its id, if there is one, goes.
type RecordPut struct {
	Collection string     `json:"collection"`
	ID         string     `json:"id"`
	Record     RecordText `json:"record"`
}

// RecordDeleted removes a record of a collection.
type RecordDeleted struct {
	Collection string `json:"collection"`
	ID         string `json:"id"`
}

// Kind implements EventData.
func (Seeded) Kind() EventKind { return KindSeeded }

// Kind implements EventData.
func (Reset) Kind() EventKind { return KindReset }

// Kind implements EventData.
func (ConversationCreated) Kind() EventKind { return KindConversationCreated }

// Kind implements EventData.
func (ConversationChanged) Kind() EventKind { return KindConversationChanged }

// Kind implements EventData.
func (MessageSent) Kind() EventKind { return KindMessageSent }

// Kind implements EventData.
func (MessageReceived) Kind() EventKind { return KindMessageReceived }

// Kind implements EventData.
func (StatusForced) Kind() EventKind { return KindStatusForced }

// Kind implements EventData.
func (TicketOpened) Kind() EventKind { return KindTicketOpened }

// Kind implements EventData.
func (TicketClosed) Kind() EventKind { return KindTicketClosed }

// Kind implements EventData.
func (ClockChanged) Kind() EventKind { return KindClockChanged }

// Kind implements EventData.
func (CustomerChanged) Kind() EventKind { return KindCustomerChanged }

// Kind implements EventData.
func (ConversationDeleted) Kind() EventKind { return KindConversationDeleted }

// Kind implements EventData.
func (RecordPut) Kind() EventKind { return KindRecordPut }

// Kind implements EventData.
func (RecordDeleted) Kind() EventKind { return KindRecordDeleted }

// An EventError is an event that does not fit what happened before it.
type EventError struct {
	Seq    int64
	Kind   EventKind
	Reason string
}

func (e *EventError) Error() string {
	return fmt.Sprintf("event %d (%s): %s", e.Seq, e.Kind, e.Reason)
}

// Events are the events of the workspace from its start, or its last reset, in the order of their numbers.
func (w *Workspace) Events(ctx context.Context) iter.Seq2[Event, error] {
	return w.Store.Read(ctx, w.Domain, 0)
}

// Head is the number of the workspace's newest event.
func (w *Workspace) Head() int64 {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return w.state.seq
}
