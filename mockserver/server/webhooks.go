package server

import (
	"example.com/awalmock"
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
			return webhook.Workspace{Workspace: t.Workspace, Bodies: t.webhooks, Keys: t.keys.alive(t.Now)}, true
		},
		Retries: o.retries, Timeout: o.WebhookTimeout, Signature: o.signed, Private: o.AllowPrivateWebhooks || o.Listen == "" || control.IsLoopback(o.Listen),
		Resolver: o.WebhookResolver, Roots: o.WebhookRoots,
		UserAgent: "awalmock/" + awalmock.ReadBuild().Version, Now: o.Now, Logger: o.Logger,
	})
}
