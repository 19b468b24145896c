package sandbox

import (
	"context"
	"time"
)

// A ClosedTicket is a ticket that was just closed.
type ClosedTicket struct {
	Ticket
	ClosedAt time.Time
}

// OpenTicket opens a ticket on a conversation of a number, and opens the conversation again (I). A second one is a
// Conflict (I).
func (w *Workspace) OpenTicket(ctx context.Context, number string, conversation int64) (opened Ticket, err error) {
	err = w.run(ctx, func(c *command) error {
		of, err := c.findIn(number, conversation)
		if err != nil {
			return err
		}
		if of.Ticket != nil {
			return refuse(Conflict, "", "Ticket %d is open on this conversation already.", of.Ticket.ID)
		}
		opened = Ticket{ID: c.state.next.ticket, OpenedAt: c.now}
		return c.commit([]EventData{TicketOpened{conversation, opened.ID}})
	})
	return opened, err
}

// CloseTicket closes the ticket of a conversation, and the conversation with it (I). Without an open one it is a Conflict (I).
func (w *Workspace) CloseTicket(ctx context.Context, number string, conversation int64) (closed ClosedTicket, err error) {
	err = w.run(ctx, func(c *command) error {
		of, err := c.findIn(number, conversation)
		if err != nil {
			return err
		}
		if of.Ticket == nil {
			return refuse(Conflict, "", "No ticket is open on this conversation.")
		}
		closed = ClosedTicket{*of.Ticket, c.now}
		return c.commit([]EventData{TicketClosed{conversation, closed.ID}})
	})
	return closed, err
}

func (w *Workspace) findIn(number string, conversation int64) (*Conversation, error) {
	if _, err := w.inbox(number); err != nil {
		return nil, err
	}
	if c := w.state.conversations[conversation]; c != nil && c.Number == number {
		return c, nil
	}
	return nil, refuse(NotFound, "id", "There is no such conversation of this phone_number_id.")
}
