package specs

import (
	"net/http"
	"strconv"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/printable"
	"example.com/awalmock/contract/run"
)

// ticketChecks open and close the ticket of a conversation with one of the phones of SendTo, and leave it closed.
func ticketChecks() []*run.Case {
	of := func(id, title string, check func(t *T, id int64) error) *run.Case {
		return &run.Case{ID: id, Requirement: id, Title: title, Operation: document.UpdateTicket, Capability: document.CapabilityTickets, Writes: true, Alone: true, Run: asCase(func(t *T) error {
			conversation, err := t.ticketConversation()
			if err != nil {
				return err
			}
			return check(t, conversation)
		})}
	}
	return []*run.Case{
		of("TICKET-OPEN", "openTicket is answered with the ticket", checkTicketOpen),
		of("TICKET-CLOSE", "closeTicket is accepted", checkTicketClose),
		of("TICKET-UNKNOWN-ID", "an unknown conversation is answered with 404", checkTicketUnknown),
		of("TICKET-OPEN-TWICE", "a second openTicket is refused", checkOpenTwice),
		of("TICKET-CLOSE-NONE", "closeTicket without an open ticket is refused", checkCloseNone),
		of("TICKET-CLOSES-CONVERSATION", "the ticket opens and closes the conversation", checkTicketCloses),
	}
}

// ticketConversation is the conversation of the first phone that has one.
func (t *T) ticketConversation() (int64, error) {
	if _, err := t.operation(document.UpdateTicket); err != nil {
		return 0, err
	}
	for _, phone := range t.Config.SendTo {
		if id, err := t.conversation(phone); id != 0 || err != nil {
			return id, err
		}
	}
	if t.Own != nil && t.Config.Claims(document.CapabilitySend) { // the second workspace may have none yet
		if _, err := t.sendText(t.nonce("Hello")); err != nil {
			return 0, err
		}
		id := int64(0)
		_, err := t.appears(func() (found bool, err error) {
			id, err = t.conversation(t.recipient())
			return id != 0, err
		})
		if id != 0 || err != nil {
			return id, err
		}
	}
	return 0, run.Lacks("a conversation with one of the phones of --send-to")
}

// ticket asks for a route; free tells that any documented answer is right.
func (t *T) ticket(id int64, route string, free bool) (*exchange.Exchange, error) {
	r := t.To(t.Document.Operation(document.UpdateTicket), id).WithJSON(map[string]any{"route": route})
	if free {
		r = r.Unacceptable()
	}
	return t.Ask(r)
}

// tickets brings the ticket into a state, then asks for a route.
func (t *T) tickets(id int64, before, route string, free bool) (*exchange.Exchange, error) {
	if _, err := t.ticket(id, before, true); err != nil {
		return nil, err
	}
	return t.ticket(id, route, free)
}

func checkTicketOpen(t *T, id int64) error {
	e, err := t.tickets(id, "closeTicket", "openTicket", false)
	if err != nil {
		return err
	}
	t.want(e, "openTicket was not accepted", "", http.StatusOK)
	data, _ := e.Object()["data"].(map[string]any)
	if conversation := exchange.Number(data["conversation_id"]); e.OK() && (exchange.Number(data["ticket_id"]) == nil || conversation == nil || *conversation != id) {
		t.Fail(judge.Finding{Text: "the answer to openTicket is not about this conversation", Expected: "a ticket_id, and conversation_id " + strconv.FormatInt(id, 10), Actual: printable.Brief(data["conversation_id"]), Pointer: "/data"}, e)
	}
	return nil
}

func checkTicketClose(t *T, id int64) error {
	e, err := t.tickets(id, "openTicket", "closeTicket", false)
	if err != nil {
		return err
	}
	t.want(e, "closeTicket on an open ticket was not accepted", "", http.StatusOK)
	return nil
}

func checkTicketUnknown(t *T, _ int64) error {
	for _, route := range []string{"openTicket", "closeTicket"} {
		e, err := t.ticket(t.unknownID(), route, true)
		if err != nil {
			return err
		}
		t.want(e, route+" on a conversation that does not exist was not answered with 404", "", http.StatusNotFound)
	}
	return nil
}

func checkOpenTwice(t *T, id int64) error {
	e, err := t.tickets(id, "openTicket", "openTicket", true)
	if err != nil {
		return err
	}
	t.want(e, "a second openTicket was not refused", "", http.StatusConflict)
	return nil
}

func checkCloseNone(t *T, id int64) error {
	e, err := t.tickets(id, "closeTicket", "closeTicket", true)
	if err != nil {
		return err
	}
	t.want(e, "closeTicket without an open ticket was not refused", "", http.StatusConflict)
	return nil
}

func checkTicketCloses(t *T, id int64) error {
	for _, step := range []struct {
		before, route string
		closed        bool
	}{{"closeTicket", "openTicket", false}, {"openTicket", "closeTicket", true}} {
		e, err := t.tickets(id, step.before, step.route, true)
		if err != nil {
			return err
		}
		var view *exchange.Thread
		right, err := t.appears(func() (bool, error) {
			view, err = t.Thread(id)
			return err == nil && view.Closed() == step.closed, err
		})
		if err != nil {
			return err
		}
		if !right {
			t.Fail(judge.Finding{Text: "after " + step.route + " the conversation has the status " + view.Status, Expected: map[bool]string{true: "closed", false: "not closed"}[step.closed], Actual: view.Status, Pointer: "/data/status"}, e, view.From)
		}
	}
	return nil
}
