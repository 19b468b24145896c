package server

import (
	"context"

	"example.com/awalmock"
	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/webhook"
	"example.com/awalmock/mockserver/server/control"
)

// newWebhooks makes what sends the webhooks of all workspaces, whichever service is in force.
func (s *Server) newWebhooks() *webhook.Sender {
	o := &s.options
	return webhook.New(webhook.Options{
		Workspace: func(domain string) (webhook.Workspace, bool) {
			t := s.inForce.Load().workspaces.get(domain)
			if t == nil {
				return webhook.Workspace{}, false
			}
			return webhook.Workspace{Workspace: t.Workspace, Bodies: t.webhooks, Keys: t.keys.alive(t.Now), Endpoints: t.terms.Quota.Endpoints}, true
		},
		Retries: o.retries, Timeout: o.WebhookTimeout, Signature: o.signed, Private: o.AllowPrivateWebhooks || o.Listen == "" || control.IsLoopback(o.Listen),
		Resolver: o.WebhookResolver, Roots: o.WebhookRoots,
		Keep: s.keepWebhooks(), UserAgent: "awalmock/" + awalmock.ReadBuild().Version, Now: o.Now, Logger: o.Logger,
	})
}

// keepWebhooks keeps the webhooks of a workspace in the store; nil: there is none.
func (s *Server) keepWebhooks() func(ctx context.Context, domain string, state []byte) error {
	kept := s.options.Store
	if kept == nil {
		return nil
	}
	return func(ctx context.Context, domain string, state []byte) error {
		if err := kept.KeepWebhooks(ctx, domain, state); err != nil {
			return &sandbox.StoreError{Err: err}
		}
		return nil
	}
}

// restoreWebhooks goes on with the webhooks that the store has.
func (s *Server) restoreWebhooks(ctx context.Context) error {
	if s.options.Store == nil {
		return nil
	}
	for domain, state := range s.options.Store.Webhooks() {
		if err := s.webhooks.Restore(ctx, domain, state); err != nil {
			return err
		}
	}
	return nil
}
