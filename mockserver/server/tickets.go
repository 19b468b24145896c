package server

import "example.com/awalmock/mockserver/internal/engine"

// updateTicket answers POST /wechat/chat/events/{id} (vendor page api/tickets): the action is in the body.
func (s *service) updateTicket(c *engine.Call) (engine.Reply, error) {
	number := c.Request.Text("phone_number_id")
	body, _ := c.Request.Body().(map[string]any)
	id := idOf(c)
	t := s.workspaces.fromCaller(c.Caller)
	if !t.HasNumber(number) {
		return engine.Reply{}, noNumber(number)
	}
	if str(body, "route") == "closeTicket" {
		closed, err := t.CloseTicket(c.HTTP.Context(), number, id)
		if err != nil {
			return engine.Reply{}, err
		}
		answer, err := t.commands.Closed(id, closed)
		return engine.Reply{Body: answer}, err
	}
	opened, err := t.OpenTicket(c.HTTP.Context(), number, id)
	if err != nil {
		return engine.Reply{}, err
	}
	answer, err := t.commands.Opened(id, opened)
	return engine.Reply{Body: answer}, err
}
