package server

import (
	"io"

	"example.com/awalmock/mockserver/internal/engine"
	"example.com/awalmock/mockserver/internal/sandbox"
)

// listConversations answers GET /conversations (vendor page api/conversations/list-conversations).
func (s *service) listConversations(c *engine.Call) (engine.Reply, error) {
	number := c.Request.Text("phone_number_id")
	status := c.Request.Text("status")
	search := c.Request.Text("searchTerm")
	t := s.workspaces.fromCaller(c.Caller)
	if !t.HasNumber(number) {
		return engine.Reply{}, noNumber(number)
	}
	listing, err := t.Conversations(sandbox.Query{Number: number, Status: sandbox.Status(status), Term: search})
	if err != nil {
		return engine.Reply{}, err
	}
	return engine.Reply{Stream: func(w io.Writer) error { return t.view.WriteList(w, listing) }}, nil
}

// getConversationMessages answers GET /conversations/{id} (vendor page api/conversations/get-conversation-messages).
func (s *service) getConversationMessages(c *engine.Call) (engine.Reply, error) {
	number := c.Request.Text("phone_number_id")
	t := s.workspaces.fromCaller(c.Caller)
	if !t.HasNumber(number) {
		return engine.Reply{}, noNumber(number)
	}
	conversation, now, err := t.Conversation(number, idOf(c))
	if err != nil {
		return engine.Reply{}, err
	}
	body, err := t.view.Conversation(conversation, t.Client, now)
	return engine.Reply{Body: body}, err
}

// getMessageStatus answers GET /fetch-message-status-app (vendor page api/conversations/get-message-status).
func (s *service) getMessageStatus(c *engine.Call) (engine.Reply, error) {
	number := c.Request.Text("phone_number_id")
	t := s.workspaces.fromCaller(c.Caller)
	if !t.HasNumber(number) {
		return engine.Reply{}, noNumber(number)
	}
	outbox, err := t.Outbox(number)
	if err != nil {
		return engine.Reply{}, err
	}
	return engine.Reply{Stream: func(w io.Writer) error { return t.view.WriteOutbox(w, outbox) }}, nil
}
