package server

import (
	"context"

	"example.com/awalmock"
	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/webhook"
	"example.com/awalmock/mockserver/server/control"
)

// newWebhooks makes what sends the webhooks of all workspaces; it stays when another service comes into force. Where several mocks have one store, it sends
// those that this mock has claimed, and listeners are another one's.
func (s *Server) newWebhooks() {
	o := s.senderOptions()
	if kept := s.options.Store; kept != nil && kept.Shared() {
		s.listeners = webhook.New(o)
		s.senders = newSenders(s)
		o.Relay = s.senders.relay
	}
	o.Keep = s.keepWebhooks()
	if s.options.Store != nil && s.senders == nil {
		o.Kept = s.options.Store.WebhooksOf
	}
	s.webhooks = webhook.New(o)
	if s.listeners == nil {
		s.listeners = s.webhooks
	}
}

func (s *Server) senderOptions() webhook.Options {
	o := &s.options
	return webhook.Options{
		Workspace: func(domain string) (webhook.Workspace, bool) {
			t := s.inForce.Load().workspaces.get(domain)
			if t == nil {
				return webhook.Workspace{}, false
			}
			return webhook.Workspace{Workspace: t.Workspace, Bodies: t.webhooks, Keys: t.keys.alive(t.Now), Endpoints: t.terms.Quota.Endpoints}, true
		},
		Retries: o.retries, Timeout: o.WebhookTimeout, Signature: o.signed, Private: o.AllowPrivateWebhooks || o.Listen == "" || control.IsLoopback(o.Listen),
		Resolver: o.WebhookResolver, Roots: o.WebhookRoots,
		UserAgent: "awalmock/" + awalmock.ReadBuild().Version, Now: o.Now, Logger: o.Logger,
	}
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
	kept := s.options.Store
	if kept == nil {
		return nil
	}
	defer kept.ForgetWebhooks()
	if s.senders != nil {
		return nil
	}
	for domain, state := range kept.Webhooks() {
		if s.restAtStart(domain, state) {
			continue
		}
		if err := s.webhooks.Restore(ctx, domain, state); err != nil {
			return err
		}
	}
	return nil
}

// restAtStart leaves a workspace out of memory that had left it when its webhooks were kept, and in which nothing has happened since.
func (s *Server) restAtStart(domain string, state []byte) bool {
	ts := s.inForce.Load().workspaces
	clock, found := s.options.Store.Opened(domain)
	if !found || !ts.isIdle(domain) {
		return false
	}
	asleep, ok := s.webhooks.Rest(domain, state, s.options.Store.Head(domain))
	if ok {
		ts.setDue(domain, clock.When(asleep.At))
	}
	return ok
}
