package specs

import (
	"net/http"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/match"
	"example.com/awalmock/contract/run"
)

// Routes of updateTicket (vendor page api/tickets).
const (
	openTicket  = "openTicket"
	closeTicket = "closeTicket"
)

// tickets open and close the ticket of a conversation with one of the phones of --send-to. At the end it is closed.
func tickets() Specs {
	return Describe("tickets", Operation(document.UpdateTicket), Capability(document.CapabilityTickets), Writes(), Serial(),
		It("answers openTicket with the ticket", Requirement("TICKET-OPEN"), func(t *T) {
			conversation := t.conversationToWrite()
			t.tryTicket(conversation, closeTicket)
			opened := t.updateTicket(conversation, openTicket)
			t.Expect(opened).To(match.BeAccepted(), "openTicket was not accepted")
			t.Check(opened).To(match.HaveNumber("/data/ticket_id"), "the answer to openTicket has no ticket_id")
			t.Check(opened).To(match.HaveNumber("/data/conversation_id", conversation), "the answer to openTicket is not about this conversation")
		}),
		It("accepts closeTicket", Requirement("TICKET-CLOSE"), func(t *T) {
			conversation := t.conversationToWrite()
			t.tryTicket(conversation, openTicket)
			t.Expect(t.updateTicket(conversation, closeTicket)).To(match.BeAccepted(), "closeTicket on an open ticket was not accepted")
		}),
		It("answers an unknown conversation with 404", Requirement("TICKET-UNKNOWN-ID"), func(t *T) {
			t.conversationToWrite()
			for _, route := range []string{openTicket, closeTicket} {
				t.Check(t.tryTicket(t.unknownID(), route)).To(match.HaveStatus(http.StatusNotFound), "%s on a conversation that does not exist was not answered with 404", route)
			}
		}),
		It("refuses a second openTicket", Requirement("TICKET-OPEN-TWICE"), func(t *T) {
			conversation := t.conversationToWrite()
			t.tryTicket(conversation, openTicket)
			t.Expect(t.tryTicket(conversation, openTicket)).To(match.HaveStatus(http.StatusConflict), "a second openTicket was not refused")
		}),
		It("refuses closeTicket without an open ticket", Requirement("TICKET-CLOSE-NONE"), func(t *T) {
			conversation := t.conversationToWrite()
			t.tryTicket(conversation, closeTicket)
			t.Expect(t.tryTicket(conversation, closeTicket)).To(match.HaveStatus(http.StatusConflict), "closeTicket without an open ticket was not refused")
		}),
		It("opens and closes the conversation with its ticket", Requirement("TICKET-CLOSES-CONVERSATION"), func(t *T) {
			conversation := t.conversationToWrite()
			look := func() any { return t.read(conversation) }
			t.tryTicket(conversation, closeTicket)
			opened := t.tryTicket(conversation, openTicket)
			t.Eventually(look).About(opened).Should(match.BeOpen(), "after openTicket the conversation is closed")
			closed := t.tryTicket(conversation, closeTicket)
			t.Eventually(look).About(closed).Should(match.BeClosed(), "after closeTicket the conversation is not closed")
		}),
	)
}

// conversationToWrite is the conversation of the first phone of --send-to that has one. Without one, the case ends.
func (t *T) conversationToWrite() int64 {
	id, err := t.ticketConversation()
	t.End(err)
	return id
}

// ticketConversation is conversationToWrite, but returns an error.
func (t *T) ticketConversation() (int64, error) {
	if _, err := t.operation(document.UpdateTicket); err != nil {
		return 0, err
	}
	for _, phone := range t.Config.SendTo {
		if id, there, err := t.conversation(phone); there || err != nil {
			return id, err
		}
	}
	if t.Workspace != nil && t.Config.Claims(document.CapabilitySend) { // the second workspace may have none yet
		if _, err := t.sendText(t.uniqueText("Hello")); err != nil {
			return 0, err
		}
		id := int64(0)
		there, err := t.Poll(func() (found bool, err error) {
			id, found, err = t.conversation(t.recipient())
			return found, err
		})
		if there || err != nil {
			return id, err
		}
	}
	return 0, run.Lacks("a conversation with one of the phones of --send-to")
}

// updateTicket sends a request that must succeed.
func (t *T) updateTicket(conversation int64, route string) *exchange.Exchange {
	return t.answer(t.ticketRequest(conversation, route))
}

// tryTicket sends a request that may be refused, for example because the ticket is open already.
func (t *T) tryTicket(conversation int64, route string) *exchange.Exchange {
	return t.answer(t.ticketRequest(conversation, route).MayBeRefused())
}

func (t *T) ticketRequest(conversation int64, route string) *exchange.Request {
	return t.To(t.Document.Operation(document.UpdateTicket), conversation).WithJSON(map[string]any{"route": route})
}
