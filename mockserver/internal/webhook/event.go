package webhook

import (
	"errors"
	"fmt"
	"time"

	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/view"
)

// An Event is something that happened, as receivers get it. It never changes.
type Event struct {
	ID           string    // the header X-Awal-Event-Id; the same over retries, and never used again
	Name         string    // such as message.received
	At           time.Time // when it happened, by the workspace's clock
	Conversation int64     // 0: of none
	Body         []byte    // JSON that fits the document
}

// A draft is an event without its body.
type draft struct {
	id, name string
	status   sandbox.MessageStatus
	order    *sandbox.Record // of an event of an order; nil: it is of a conversation
}

// draftsOf are the events of a change: the four that the vendor names (D). That a conversation is updated when a message opens it
// again is inferred (I).
func draftsOf(c *sandbox.Change) []draft {
	var list []draft
	switch c.Kind {
	case sandbox.ChangeConversationCreated:
		return []draft{{id: c.ID(), name: view.EventConversationCreated}}
	case sandbox.ChangeMessageReceived:
		list = []draft{{id: c.ID(), name: view.EventMessageReceived}}
	case sandbox.ChangeMessageSent:
		list = []draft{{id: c.ID(), name: view.EventMessageStatusUpdated, status: sandbox.Sent}}
	case sandbox.ChangeMessageStatus:
		return []draft{{id: c.ID(), name: view.EventMessageStatusUpdated, status: c.Status}}
	case sandbox.ChangeRecordPut:
		return orderDrafts(c)
	case sandbox.ChangeConversationUpdated, sandbox.ChangeTicketOpened, sandbox.ChangeTicketClosed:
	default:
		return nil
	}
	if before, after := c.Before, c.After; before != nil && after != nil &&
		(before.Assignee != after.Assignee || before.Bot != after.Bot || before.Closed != after.Closed) {
		list = append(list, draft{id: fmt.Sprintf("%d.%s.%d", c.Seq, view.EventConversationUpdated, after.ID), name: view.EventConversationUpdated})
	}
	return list
}

// orderDrafts are the events of an order. Their names and bodies are a guess (I): the vendor announces such events only.
func orderDrafts(c *sandbox.Change) []draft {
	switch {
	case c.Collection != "orders" || c.RecordAfter == nil:
		return nil
	case c.RecordBefore == nil:
		return []draft{{id: c.ID(), name: view.EventOrderCreated, order: c.RecordAfter}}
	}
	return []draft{{id: c.ID(), name: view.EventOrderUpdated, order: c.RecordAfter}}
}

// eventsOf are the events of a change. One that the document does not have is left out; a body that does not fit the document is an
// error.
func eventsOf(w Workspace, c *sandbox.Change) (events []*Event, err error) {
	for _, t := range draftsOf(c) {
		if t.order != nil {
			events = append(events, &Event{ID: t.id, Name: t.name, At: c.At, Body: view.OrderBody(t.name, c.At, t.order.Text)})
			continue
		}
		if c.After == nil || !w.Bodies.Has(t.name) {
			continue
		}
		hook := view.Hook{
			At: c.At, Conversation: c.After, Message: c.Message, Status: t.status, Client: w.Client, NumberPhone: phoneOf(w, c.After.Number),
		}
		body, wrong := w.Bodies.Body(t.name, &hook)
		if wrong != nil {
			err = errors.Join(err, fmt.Errorf("event %s (%s): %w", t.id, t.name, wrong))
			continue
		}
		events = append(events, &Event{ID: t.id, Name: t.name, At: c.At, Conversation: c.After.ID, Body: body})
	}
	return events, err
}

// phoneOf is the phone of a sending number of the workspace, by its id.
func phoneOf(w Workspace, number string) string {
	for _, n := range w.Numbers() {
		if n.ID == number {
			return n.Phone
		}
	}
	return number
}
