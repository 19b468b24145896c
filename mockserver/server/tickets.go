package server

import (
	"example.com/awalmock/mockserver/internal/engine"
	"example.com/awalmock/mockserver/internal/sandbox"
)

// updateTicket answers POST /wechat/chat/events/{id} (vendor page api/tickets): the action is in the body.
func (s *service) updateTicket(c *engine.Call) (engine.Reply, error) {
	number, _ := c.Request.Query("phone_number_id")
	body, _ := c.Request.Body().(map[string]any)
	id := c.Request.PathInt("id")
	t := s.tenants.of(c.Caller)
	var answer []byte
	var err error
	if str(body, "route") == "closeTicket" {
		err = t.CloseTicket(number, id, func(ticket sandbox.ClosedTicket) (err error) {
			answer, err = t.commands.Closed(id, ticket)
			return err
		})
	} else {
		err = t.OpenTicket(number, id, func(ticket sandbox.Ticket) (err error) {
			answer, err = t.commands.Opened(id, ticket)
			return err
		})
	}
	return engine.Reply{Body: answer}, err
}
