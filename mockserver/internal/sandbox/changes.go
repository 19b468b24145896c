package sandbox

import (
	"net/url"
	"strconv"
	"strings"
	"time"
)

// ChangeKind says what a Change is. Where the vendor has a webhook event for it, it has that event's name (D).
type ChangeKind string

// What can change in a workspace.
const (
	ChangeConversationCreated ChangeKind = "conversation.created"
	ChangeConversationUpdated ChangeKind = "conversation.updated" // assignee, bot, closed, unread
	ChangeConversationDeleted ChangeKind = "conversation.deleted"
	ChangeConversationExpired ChangeKind = "conversation.expired" // by time alone
	ChangeMessageSent         ChangeKind = "message.sent"
	ChangeMessageReceived     ChangeKind = "message.received"
	ChangeMessageStatus       ChangeKind = "message.status.updated" // by time alone, or forced
	ChangeTicketOpened        ChangeKind = "ticket.opened"
	ChangeTicketClosed        ChangeKind = "ticket.closed"
	ChangeClock               ChangeKind = "clock.changed"
	ChangeRecordPut           ChangeKind = "record.put"
	ChangeRecordDeleted       ChangeKind = "record.deleted"
	ChangeReset               ChangeKind = "workspace.reset"
	// ChangeResync says that changes are missing: the reader has to read everything again.
	ChangeResync ChangeKind = "resync"
)

// A Change is something that became different in a workspace. It never changes.
type Change struct {
	Seq     int64     // of the event that caused it; what time alone brings has the number of what set the time
	At      time.Time // the workspace's instant; of a clock what it shows from now on
	Kind    ChangeKind
	Entity  int64         // id of the conversation, message or ticket that the kind is about; 0: none
	Status  MessageStatus // that a message has reached, in ChangeMessageStatus
	Before  *Conversation // as it was; nil: it was not there, or time alone brought the change
	After   *Conversation // as it is; nil: the change is of no conversation
	Message *Message      // nil: the change is of no message
	// The record that the change is of; "": of none.
	Collection, Record string
	// The record as it was, nil if it was not there, and as it is, in ChangeRecordPut.
	RecordBefore, RecordAfter *Record
}

// ID names a change. It is made of what changed only, so it is the same after a restart, in a replay and on every replica. It
// comes once, unless the events are replaced: "SEQ.KIND.ENTITY"; a status of a message has the status in its kind.
func (c *Change) ID() string {
	kind := string(c.Kind)
	if c.Kind == ChangeMessageStatus {
		kind = "message." + string(c.Status)
	}
	entity := url.PathEscape(c.Record)
	if c.Collection == "" {
		entity = strconv.FormatInt(c.Entity, 10)
	}
	return strconv.FormatInt(c.Seq, 10) + "." + kind + "." + entity
}

// parseChangeID reads the event's number of an id.
func parseChangeID(id string) (seq int64, err error) {
	first, rest, _ := strings.Cut(id, ".")
	for _, kind := range []ChangeKind{ChangeRecordPut, ChangeRecordDeleted} {
		if record, of := strings.CutPrefix(rest, string(kind)+"."); of && record != "" {
			rest = string(kind) + ".1" // the id of a record may be any text
		}
	}
	last := rest[strings.LastIndexByte(rest, '.')+1:]
	seq, err = strconv.ParseInt(first, 10, 64)
	if _, entityErr := strconv.ParseUint(last, 10, 64); err != nil || entityErr != nil || seq < 1 || len(rest) == len(last) {
		return 0, refuse(Invalid, "Last-Event-ID", "must be the id of a change, such as 12.message.sent.590")
	}
	return seq, nil
}

// changeOf is what an event is to a reader, once it is applied.
func (c *change) changeOf(e Event) Change {
	change := Change{Seq: e.Seq, At: e.At}
	conversation := int64(0)
	switch d := e.Data.(type) {
	case ConversationCreated:
		change.Kind, change.Entity, conversation = ChangeConversationCreated, d.ID, d.ID
	case ConversationChanged:
		change.Kind, change.Entity, conversation = ChangeConversationUpdated, d.Conversation, d.Conversation
	case CustomerChanged:
		change.Kind, change.Entity, conversation = ChangeConversationUpdated, d.Conversation, d.Conversation
	case ConversationDeleted:
		change.Kind, change.Entity, change.Before = ChangeConversationDeleted, d.Conversation, c.find(d.Conversation)
	case MessageSent:
		change.Kind, change.Entity, conversation = ChangeMessageSent, d.ID, d.Conversation
	case MessageReceived:
		change.Kind, change.Entity, conversation = ChangeMessageReceived, d.ID, d.Conversation
	case StatusForced:
		change.Kind, change.Entity, conversation, change.Status = ChangeMessageStatus, d.Message, d.Conversation, d.Status
	case TicketOpened:
		change.Kind, change.Entity, conversation = ChangeTicketOpened, d.Ticket, d.Conversation
	case TicketClosed:
		change.Kind, change.Entity, conversation = ChangeTicketClosed, d.Ticket, d.Conversation
	case ClockChanged:
		change.Kind, change.At = ChangeClock, whole(d.Now)
	case RecordPut:
		change.Kind, change.Collection, change.Record = ChangeRecordPut, d.Collection, d.ID
		if in := c.state.collections[d.Collection]; in != nil {
			change.RecordBefore, change.RecordAfter = in.byID[d.ID], c.version(in, d.ID)
		}
	case RecordDeleted:
		change.Kind, change.Collection, change.Record = ChangeRecordDeleted, d.Collection, d.ID
	default:
		change.Kind = ChangeReset
	}
	if conversation != 0 {
		change.Before, change.After = c.state.conversations[conversation], c.find(conversation)
	}
	change.Message = c.message
	return change
}
