package server

import "context"

// SweepIdle takes out of memory the workspaces that were not used since it was called last.
func (s *Server) SweepIdle() { s.sweepIdle(context.Background()) }

// Idle is how many workspaces are not in memory.
func (s *Server) Idle() int { return len(s.inForce.Load().workspaces.allIdle()) }
