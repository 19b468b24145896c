package server

import "example.com/awalmock/mockserver/internal/engine"

// listWabaNumbers answers GET /waba-numbers (vendor page api/waba-numbers).
func (s *service) listWabaNumbers(c *engine.Call) (engine.Reply, error) {
	t := s.tenants.fromCaller(c.Caller)
	approved := 0
	for _, x := range t.Templates() {
		if x.Status == "APPROVED" {
			approved++
		}
	}
	body, err := t.commands.Numbers(t.Numbers(), approved)
	return engine.Reply{Body: body}, err
}
