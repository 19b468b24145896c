package store

import (
	"context"
	"fmt"
)

// KeepWebhooks keeps the webhook endpoints and deliveries of a workspace, encrypted, in the place of those that were kept. It is durable
// when KeepWebhooks returns. sandbox.ErrConflict says that another mock sends them.
func (s *Store) KeepWebhooks(ctx context.Context, workspace string, state []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	durable, err := s.enqueue(&Write{Workspace: workspace, Webhooks: s.keys[0].seal(string(state), webhooksPlace(workspace))})
	s.mu.Unlock()
	if err != nil {
		return err
	}
	return <-durable
}

// Webhooks are those that the store had when it was opened, by workspace, until ForgetWebhooks is called.
func (s *Store) Webhooks() map[string][]byte { return s.webhooks }

// ForgetWebhooks forgets what Webhooks gives: it may be much. It must not be called at the same time as Webhooks.
func (s *Store) ForgetWebhooks() { s.webhooks = nil }

// WebhooksOf gives the webhooks of a workspace that were kept last; nil: none were.
func (s *Store) WebhooksOf(ctx context.Context, workspace string) ([]byte, error) {
	sealed, err := s.Database.WebhooksOf(ctx, workspace)
	if err != nil || sealed == nil {
		return nil, err
	}
	text, _, err := s.openSealed(sealed, webhooksPlace(workspace))
	return []byte(text), err
}

func webhooksPlace(workspace string) string { return fmt.Sprintf("webhooks %q", workspace) }

// openWebhooks decrypts the webhooks of the database. stale are the workspaces whose webhooks an older key has encrypted.
func (s *Store) openWebhooks(sealed map[string][]byte) (stale []string, err error) {
	s.webhooks = make(map[string][]byte, len(sealed))
	for workspace, state := range sealed {
		text, old, err := s.openSealed(state, webhooksPlace(workspace))
		if err != nil {
			return nil, s.otherKey("the webhooks of workspace "+workspace, err)
		}
		if s.webhooks[workspace] = []byte(text); old {
			stale = append(stale, workspace)
		}
	}
	return stale, nil
}
