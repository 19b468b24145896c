package store

import "context"

// A Window is one of a rate limit.
type Window struct {
	Workspace, Name string
	Number          int64 // of windows since 1970
}

// Count counts requests in a window that all mocks on the database share, and gives how many were counted in it before.
func (s *Store) Count(ctx context.Context, w Window, n int64) (before int64, err error) {
	return s.shared.Count(ctx, w, n)
}

// Recount begins new windows for a workspace.
func (s *Store) Recount(ctx context.Context, workspace string) error {
	return s.shared.Recount(ctx, workspace)
}
