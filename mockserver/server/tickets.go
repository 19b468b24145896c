package server

import (
	"example.com/awalmock/mockserver/internal/engine"
	"example.com/awalmock/mockserver/internal/sandbox"
)

// updateTicket answers POST /wechat/chat/events/{id} (vendor page api/tickets): the action is in the body.
func (s *Server) updateTicket(c *engine.Call) (engine.Reply, error) {
	number, _ := c.Request.Query("phone_number_id")
	body, _ := c.Request.Body().(map[string]any)
	id := c.Request.PathInt("id")
	t := s.tenants.of(c.Caller)
	var answer []byte
	show := func(ticket sandbox.ClosedTicket) (err error) {
		answer, err = t.commands.Ticket(c.Request.Operation.ID, id, ticket)
		return err
	}
	var err error
	if str(body, "route") == "closeTicket" {
		err = t.CloseTicket(number, id, show)
	} else {
		err = t.OpenTicket(number, id, func(open sandbox.Ticket) error { return show(sandbox.ClosedTicket{Ticket: open}) })
	}
	return engine.Reply{Body: answer}, err
}
