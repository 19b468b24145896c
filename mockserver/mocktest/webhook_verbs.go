package mocktest

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"example.com/awalmock/mockserver/adminapi"
)

// Rotate gives the workspace's client another secret, which only m.Workspaces gives again. The old one goes on for a time
// of grace on the workspace's clock.
func (w Workspace) Rotate(ctx context.Context, grace time.Duration) (adminapi.RotatedSecret, error) {
	return ask[adminapi.RotatedSecret](ctx, w.mock, w.call(http.MethodPost, "/workspaces/"+url.PathEscape(w.name())+"/rotate"), adminapi.Rotation{Grace: grace.String()})
}

// Endpoints are the workspace's webhook endpoints.
func (w Workspace) Endpoints(ctx context.Context) ([]adminapi.Webhook, error) {
	answer, err := ask[adminapi.Webhooks](ctx, w.mock, w.call(http.MethodGet, "/webhooks"), nil)
	return answer.Endpoints, err
}

// SetEndpoints sets the workspace's webhook endpoints in the place of those that it has; none removes all. A new URL is sent the
// challenge, which it has to answer (ErrInvalid).
func (w Workspace) SetEndpoints(ctx context.Context, endpoints ...adminapi.NewWebhook) ([]adminapi.Webhook, error) {
	body := adminapi.NewWebhooks{Endpoints: append([]adminapi.NewWebhook{}, endpoints...)}
	answer, err := ask[adminapi.Webhooks](ctx, w.mock, w.call(http.MethodPut, "/webhooks"), body)
	return answer.Endpoints, err
}

// CreateEndpoint registers a further webhook endpoint, which has to answer the challenge (ErrInvalid).
func (w Workspace) CreateEndpoint(ctx context.Context, endpoint adminapi.NewWebhook) (adminapi.Webhook, error) {
	return ask[adminapi.Webhook](ctx, w.mock, w.call(http.MethodPost, "/webhooks"), endpoint)
}

// ChangeEndpoint changes an endpoint, or switches it off and on. What is not in change stays as it is.
func (w Workspace) ChangeEndpoint(ctx context.Context, id string, change adminapi.WebhookChange) (adminapi.Webhook, error) {
	return ask[adminapi.Webhook](ctx, w.mock, w.call(http.MethodPatch, "/webhooks/"+url.PathEscape(id)), change)
}

// DeleteEndpoint removes an endpoint.
func (w Workspace) DeleteEndpoint(ctx context.Context, id string) error {
	return w.mock.perform(ctx, w.call(http.MethodDelete, "/webhooks/"+url.PathEscape(id)))
}

// Trigger sends an event that did not happen, to endpoints and listeners.
func (w Workspace) Trigger(ctx context.Context, t adminapi.Trigger) (adminapi.WebhookEvent, error) {
	return ask[adminapi.WebhookEvent](ctx, w.mock, w.call(http.MethodPost, "/webhooks/trigger"), t)
}

// A DeliveryFilter chooses deliveries; what is empty chooses all.
type DeliveryFilter struct {
	State    adminapi.DeliveryState
	Endpoint string
	After    int64 // only those with a higher id
	Limit    int   // at most so many; 0: 1000
	Newest   bool  // where there are more than Limit: the newest ones, not the oldest
}

// Deliveries are what was sent to endpoints and what is still to be sent, oldest first.
func (w Workspace) Deliveries(ctx context.Context, f DeliveryFilter) ([]adminapi.Delivery, error) {
	c := w.call(http.MethodGet, "/deliveries")
	if c.query == nil {
		c.query = url.Values{}
	}
	set := func(name, value string, given bool) {
		if given {
			c.query.Set(name, value)
		}
	}
	set("state", string(f.State), f.State != "")
	set("endpoint", f.Endpoint, f.Endpoint != "")
	set("after", strconv.FormatInt(f.After, 10), f.After != 0)
	set("limit", strconv.Itoa(f.Limit), f.Limit != 0)
	set("newest", "true", f.Newest)
	answer, err := ask[adminapi.DeliveryList](ctx, w.mock, c, nil)
	return answer.Data, err
}

// Resend sends a delivery again, with its event's id; it gives the delivery that is sent.
func (w Workspace) Resend(ctx context.Context, delivery int64) (adminapi.Delivery, error) {
	return ask[adminapi.Delivery](ctx, w.mock, w.call(http.MethodPost, "/deliveries/"+strconv.FormatInt(delivery, 10)+"/resend"), nil)
}

// ResendAll sends again the deliveries that a filter chooses, each with its event's id.
func (w Workspace) ResendAll(ctx context.Context, f adminapi.ResendFilter) ([]adminapi.Delivery, error) {
	answer, err := ask[adminapi.DeliveryList](ctx, w.mock, w.call(http.MethodPost, "/deliveries/resend"), f)
	return answer.Data, err
}

// A StreamedWebhook is what a receiver would get. One without an Event says that some may be missing before it.
type StreamedWebhook struct {
	Cursor string // what Listen goes on after
	adminapi.StreamedWebhook
}

// Listen is each webhook of the workspace from now on, or after that of a cursor, signed for a receiver at target ("": "/").
func (w Workspace) Listen(ctx context.Context, target, after string) (*Stream[StreamedWebhook], error) {
	c := w.call(http.MethodGet, "/webhooks/stream")
	if c.query == nil {
		c.query = url.Values{}
	}
	if target != "" {
		c.query.Set("target", target)
	}
	return openStream(ctx, w.mock, c, after, func(id string, s adminapi.StreamedWebhook) StreamedWebhook { return StreamedWebhook{id, s} })
}
