package server

import (
	"time"

	"example.com/awalmock/mockserver/internal/sandbox"
)

// awaitExpiry sets the time of a warning in the log, a day after the start or a reset: with running clocks, every conversation
// without a newer message has expired by then.
func (s *Server) awaitExpiry() {
	if s.options.Clock.IsZero() {
		s.expiry.Store(s.options.Now().Add(sandbox.Window).UnixNano())
	}
}

// tellExpiry writes it, once, when a request comes at an instant after that time: no timer has to run.
func (s *Server) tellExpiry(now time.Time) {
	due := s.expiry.Load()
	if due == 0 || now.UnixNano() < due || !s.expiry.CompareAndSwap(due, 0) {
		return
	}
	age, stopped := s.inForce.Load().workspaces.get("").Age()
	if stopped {
		return // by the control API: the user who moves the clock knows
	}
	s.options.Logger.Warn("the data is a day old: every conversation without a message since the start is expired; "+
		"start with --reset-every 12h to reset the data regularly, or send POST /__admin/reset", "age", age.String())
}
