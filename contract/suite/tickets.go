package suite

import (
	"net/http"
	"strconv"
)

const opTicket = "updateTicket"

// ticketChecks open and close the ticket of a conversation with one of the phones of SendTo, and leave it closed.
func ticketChecks() []*check {
	of := func(id, title string, run func(p *probe, id int64) error) *check {
		return &check{id: id, requirement: id, title: title, operation: opTicket, capability: CapabilityTickets, writes: true, last: true, run: func(p *probe) error {
			conversation, err := p.ticketConversation()
			if err != nil {
				return err
			}
			return run(p, conversation)
		}}
	}
	return []*check{
		of("TICKET-OPEN", "openTicket is answered with the ticket", checkTicketOpen),
		of("TICKET-CLOSE", "closeTicket is accepted", checkTicketClose),
		of("TICKET-UNKNOWN-ID", "an unknown conversation is answered with 404", checkTicketUnknown),
		of("TICKET-OPEN-TWICE", "a second openTicket is refused", checkOpenTwice),
		of("TICKET-CLOSE-NONE", "closeTicket without an open ticket is refused", checkCloseNone),
		of("TICKET-CLOSES-CONVERSATION", "the ticket opens and closes the conversation", checkTicketCloses),
	}
}

// ticketConversation is the conversation of the first phone that has one.
func (p *probe) ticketConversation() (int64, error) {
	if _, err := p.operation(opTicket); err != nil {
		return 0, err
	}
	for _, phone := range p.cfg.SendTo {
		if id, err := p.conversation(phone); id != 0 || err != nil {
			return id, err
		}
	}
	return 0, lacks("a conversation with one of the phones of --send-to")
}

// ticket asks for a route; free tells that any documented answer is right.
func (p *probe) ticket(id int64, route string, free bool) (*exchange, error) {
	r := p.to(p.contract.operation(opTicket), id).withJSON(map[string]any{"route": route})
	if free {
		r = r.unacceptable()
	}
	return p.ask(r)
}

// tickets brings the ticket into a state, then asks for a route.
func (p *probe) tickets(id int64, before, route string, free bool) (*exchange, error) {
	if _, err := p.ticket(id, before, true); err != nil {
		return nil, err
	}
	return p.ticket(id, route, free)
}

func checkTicketOpen(p *probe, id int64) error {
	e, err := p.tickets(id, "closeTicket", "openTicket", false)
	if err != nil {
		return err
	}
	p.want(e, "openTicket was not accepted", "", http.StatusOK)
	data, _ := e.object()["data"].(map[string]any)
	if conversation := number(data["conversation_id"]); e.ok() && (number(data["ticket_id"]) == nil || conversation == nil || *conversation != id) {
		p.fail(Finding{Text: "the answer to openTicket is not about this conversation", Expected: "a ticket_id, and conversation_id " + strconv.FormatInt(id, 10), Actual: brief(data["conversation_id"]), Pointer: "/data"}, e)
	}
	return nil
}

func checkTicketClose(p *probe, id int64) error {
	e, err := p.tickets(id, "openTicket", "closeTicket", false)
	if err != nil {
		return err
	}
	p.want(e, "closeTicket on an open ticket was not accepted", "", http.StatusOK)
	return nil
}

func checkTicketUnknown(p *probe, _ int64) error {
	for _, route := range []string{"openTicket", "closeTicket"} {
		e, err := p.ticket(p.unknownID(), route, true)
		if err != nil {
			return err
		}
		p.want(e, route+" on a conversation that does not exist was not answered with 404", "", http.StatusNotFound)
	}
	return nil
}

func checkOpenTwice(p *probe, id int64) error {
	e, err := p.tickets(id, "openTicket", "openTicket", true)
	if err != nil {
		return err
	}
	p.want(e, "a second openTicket was not refused", "", http.StatusConflict)
	return nil
}

func checkCloseNone(p *probe, id int64) error {
	e, err := p.tickets(id, "closeTicket", "closeTicket", true)
	if err != nil {
		return err
	}
	p.want(e, "closeTicket without an open ticket was not refused", "", http.StatusConflict)
	return nil
}

func checkTicketCloses(p *probe, id int64) error {
	for _, step := range []struct {
		before, route string
		closed        bool
	}{{"closeTicket", "openTicket", false}, {"openTicket", "closeTicket", true}} {
		e, err := p.tickets(id, step.before, step.route, true)
		if err != nil {
			return err
		}
		var view *talkView
		right, err := p.appears(func() (bool, error) {
			view, err = p.talk(id)
			return err == nil && view.closed() == step.closed, err
		})
		if err != nil {
			return err
		}
		if !right {
			p.fail(Finding{Text: "after " + step.route + " the conversation has the status " + view.status, Expected: map[bool]string{true: "closed", false: "not closed"}[step.closed], Actual: view.status, Pointer: "/data/status"}, e, view.from)
		}
	}
	return nil
}
