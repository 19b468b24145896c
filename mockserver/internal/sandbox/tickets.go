package sandbox

import "time"

// A ClosedTicket is a ticket that was just closed.
type ClosedTicket struct {
	Ticket
	ClosedAt time.Time
}

// OpenTicket opens a ticket on a conversation of a number, and opens the conversation again (I). A second one is a
// Conflict (I). accept sees the ticket before anything changes: its error means that nothing does.
func (w *Workspace) OpenTicket(number string, conversation int64, accept func(Ticket) error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.begin()
	c, err := w.findIn(number, conversation)
	if err != nil {
		return err
	}
	if c.Ticket != nil {
		return refuse(Conflict, "", "Ticket %d is open on this conversation already.", c.Ticket.ID)
	}
	t := Ticket{ID: w.state.nextTicket, OpenedAt: now}
	return w.decide(now, func() error { return accept(t) }, TicketOpened{conversation, t.ID})
}

// CloseTicket closes the ticket of a conversation, and the conversation with it (I). Without an open one it is a Conflict (I).
func (w *Workspace) CloseTicket(number string, conversation int64, accept func(ClosedTicket) error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.begin()
	c, err := w.findIn(number, conversation)
	if err != nil {
		return err
	}
	if c.Ticket == nil {
		return refuse(Conflict, "", "No ticket is open on this conversation.")
	}
	closed := ClosedTicket{*c.Ticket, now}
	return w.decide(now, func() error { return accept(closed) }, TicketClosed{conversation})
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
