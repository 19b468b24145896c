package control

import (
	"net/http"
	"strconv"
	"time"

	"example.com/awalmock/mockserver/adminapi"
	"example.com/awalmock/mockserver/internal/engine"
	"example.com/awalmock/mockserver/internal/webhook"
)

// deliveriesListed is how many deliveries a list has when nothing else is asked for.
const deliveriesListed = 1000

// listDeliveries answers GET /deliveries.
func (a *api) listDeliveries(c *engine.Call) (engine.Reply, error) {
	w, err := a.workspace(c)
	if err != nil {
		return engine.Reply{}, err
	}
	text := func(name string) string {
		value, _ := c.Request.Query(name)
		return value
	}
	limit := deliveriesListed
	if given := text("limit"); given != "" {
		if limit, err = strconv.Atoi(given); err != nil {
			return engine.Reply{}, invalid("limit", "must be a number")
		}
	}
	after, _ := strconv.ParseInt(text("after"), 10, 64) // absent, or checked by the document
	filter := webhook.Filter{State: webhook.State(text("state")), Endpoint: text("endpoint"), After: after, Newest: text("newest") == "true"}
	list, err := a.Webhooks.Deliveries(c.HTTP.Context(), w.Domain, filter, limit)
	if err != nil {
		return engine.Reply{}, err
	}
	return showDeliveries(http.StatusOK, list)
}

// resendDelivery answers POST /deliveries/{id}/resend.
func (a *api) resendDelivery(c *engine.Call) (engine.Reply, error) {
	w, err := a.workspace(c)
	if err != nil {
		return engine.Reply{}, err
	}
	d, err := a.Webhooks.Resend(c.HTTP.Context(), w.Domain, c.Request.PathInt("id"))
	if err != nil {
		return engine.Reply{}, webhookError(err)
	}
	return show(http.StatusAccepted, showDelivery(&d))
}

// resendDeliveries answers POST /deliveries/resend.
func (a *api) resendDeliveries(c *engine.Call) (engine.Reply, error) {
	w, err := a.workspace(c)
	if err != nil {
		return engine.Reply{}, err
	}
	body, err := decode[adminapi.ResendFilter](c)
	if err != nil {
		return engine.Reply{}, err
	}
	filter := webhook.Filter{State: webhook.State(body.State), Endpoint: body.Endpoint, Since: body.Since}
	list, err := a.Webhooks.ResendAll(c.HTTP.Context(), w.Domain, filter)
	if err != nil {
		return engine.Reply{}, err
	}
	return showDeliveries(http.StatusAccepted, list)
}

func showDeliveries(status int, list []webhook.Delivery) (engine.Reply, error) {
	shown := adminapi.DeliveryList{Data: make([]adminapi.Delivery, len(list))}
	for i := range list {
		shown.Data[i] = showDelivery(&list[i])
	}
	return show(status, shown)
}

func showDelivery(d *webhook.Delivery) adminapi.Delivery {
	shown := adminapi.Delivery{
		ID: d.ID, EventID: d.Event.ID, Event: d.Event.Name, ConversationID: d.Event.Conversation, At: d.Event.At,
		Endpoint: d.Endpoint, URL: d.URL, State: adminapi.DeliveryState(d.State), Reason: d.Reason, Resent: d.Resent,
		Attempts: make([]adminapi.DeliveryAttempt, len(d.Attempts)), Body: string(d.Event.Body),
	}
	if !d.Next.IsZero() {
		shown.NextAt = &d.Next
	}
	for i, t := range d.Attempts {
		shown.Attempts[i] = adminapi.DeliveryAttempt{
			At: t.At, Status: t.Status, Failure: t.Failure, DurationMS: float64(t.Duration) / float64(time.Millisecond),
		}
	}
	return shown
}
