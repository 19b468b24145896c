package control

import (
	"context"
	"net/http"

	"example.com/awalmock/mockserver/internal/engine"
)

// Senders gives requests about webhooks to the mock that sends them, where several mocks have one store.
type Senders interface {
	// Elsewhere gives a request to the mock that sends the webhooks of a workspace. here: it is this one, and there is no answer.
	Elsewhere(r *http.Request, body []byte, domain string) (answer Answer, here bool, err error)
	// Begin lets that mock remember what happens in a workspace, which has a listener now, so that it can be sent again.
	Begin(ctx context.Context, domain string)
}

// An Answer is the answer of another mock.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// aboutWebhooks are the operations that the mock which sends the webhooks answers.
var aboutWebhooks = []string{
	"getWebhooks", "putWebhooks", "createWebhook", "changeWebhook", "deleteWebhook", "triggerWebhook", "listDeliveries", "resendDelivery", "resendDeliveries",
}

// atSender makes a handler that lets the mock which sends the webhooks of the workspace answer.
func (a *api) atSender(handle engine.Handler) engine.Handler {
	return func(c *engine.Call) (engine.Reply, error) {
		w, err := a.workspace(c)
		if err != nil {
			return engine.Reply{}, err
		}
		answer, here, err := a.Senders.Elsewhere(c.HTTP, c.Body, w.Domain)
		if err != nil {
			return engine.Reply{}, &engine.Error{
				Status: http.StatusServiceUnavailable, Code: "service_unavailable", Header: http.Header{"Retry-After": {"1"}},
				Message: "The mock that sends the webhooks of this workspace cannot be asked at the moment; try again.",
			}
		}
		if here {
			return handle(c)
		}
		reply := engine.Reply{Status: answer.Status, Body: answer.Body}
		if len(reply.Body) == 0 {
			reply.Body = nil
		}
		return reply, nil
	}
}
