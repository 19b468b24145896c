package control

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"example.com/awalmock/mockserver/adminapi"
	"example.com/awalmock/mockserver/internal/engine"
	"example.com/awalmock/mockserver/internal/webhook"
)

// getWebhooks answers GET /webhooks.
func (a *api) getWebhooks(c *engine.Call) (engine.Reply, error) {
	w, err := a.workspace(c)
	if err != nil {
		return engine.Reply{}, err
	}
	list, err := a.Webhooks.Endpoints(c.HTTP.Context(), w.Domain)
	if err != nil {
		return engine.Reply{}, err
	}
	return showWebhooks(list)
}

// putWebhooks answers PUT /webhooks.
func (a *api) putWebhooks(c *engine.Call) (engine.Reply, error) {
	w, err := a.workspace(c)
	if err != nil {
		return engine.Reply{}, err
	}
	body, err := decode[adminapi.NewWebhooks](c)
	if err != nil {
		return engine.Reply{}, err
	}
	list := make([]webhook.Endpoint, len(body.Endpoints))
	for i := range body.Endpoints {
		if list[i], err = endpoint(fmt.Sprintf("endpoints[%d].", i), &body.Endpoints[i]); err != nil {
			return engine.Reply{}, err
		}
	}
	states, err := a.Webhooks.Register(c.HTTP.Context(), w.Domain, list)
	if err != nil {
		return engine.Reply{}, webhookError(err)
	}
	return showWebhooks(states)
}

// Bounds of trouble.
const (
	latestWebhook  = 24 * time.Hour
	slowestWebhook = time.Minute
)

// endpoint reads an endpoint; at is where it is in the body.
func endpoint(at string, n *adminapi.NewWebhook) (webhook.Endpoint, error) {
	e := webhook.Endpoint{URL: n.URL, Events: n.Events, Secret: n.Secret, Trouble: webhook.Trouble{
		Twice: n.Twice, OutOfOrder: n.OutOfOrder, BadlySigned: n.BadlySigned, OldTimestamp: n.OldTimestamp,
		BodyChanged: n.BodyChanged, UnknownEvent: n.UnknownEvent, UnknownField: n.UnknownField, Cut: n.Cut,
	}}
	for _, d := range []struct {
		field string
		text  adminapi.Duration
		into  *time.Duration
		most  time.Duration
	}{
		{"late", n.Late, &e.Trouble.Late, latestWebhook},
		{"batch", n.Batch, &e.Trouble.Batch, latestWebhook},
		{"slow", n.Slow, &e.Trouble.Slow, slowestWebhook},
	} {
		if d.text == "" {
			continue
		}
		var err error
		if *d.into, err = time.ParseDuration(d.text); err != nil || *d.into < 0 || *d.into > d.most {
			return e, invalid(at+d.field, "must be from 0s to "+d.most.String())
		}
	}
	return e, nil
}

// webhookError makes a refusal of what is wrong with endpoints or an event.
func webhookError(err error) error {
	var (
		endpoints webhook.EndpointErrors
		trigger   *webhook.TriggerError
	)
	switch {
	case errors.As(err, &endpoints):
		details := make([]engine.Detail, len(endpoints))
		for i, e := range endpoints {
			details[i] = engine.Detail{Field: fmt.Sprintf("endpoints[%d].%s", e.Index, e.Field), Text: e.Text}
		}
		return engine.Invalid(details...)
	case errors.As(err, &trigger):
		return invalid(trigger.Field, trigger.Text)
	case webhook.IsUnfit(err):
		return invalid("data", err.Error())
	case errors.Is(err, webhook.ErrNoWorkspace):
		return notFound("There is no such workspace.")
	case errors.Is(err, webhook.ErrNoDelivery):
		return notFound("There is no such delivery, or no longer.")
	}
	return err
}

func showWebhooks(states []webhook.EndpointState) (engine.Reply, error) {
	shown := adminapi.Webhooks{Endpoints: make([]adminapi.Webhook, len(states))}
	for i := range states {
		shown.Endpoints[i] = showWebhook(&states[i])
	}
	return show(http.StatusOK, shown)
}

func showWebhook(s *webhook.EndpointState) adminapi.Webhook {
	t := &s.Trouble
	text := func(d time.Duration) adminapi.Duration {
		if d == 0 {
			return ""
		}
		return d.String()
	}
	shown := adminapi.Webhook{
		ID: s.ID, URL: s.URL, Events: s.Events, OwnSecret: s.Secret != "", Active: s.Disabled == "", Reason: s.Disabled, Pending: s.Pending,
		Twice: t.Twice, Late: text(t.Late), OutOfOrder: t.OutOfOrder, BadlySigned: t.BadlySigned, OldTimestamp: t.OldTimestamp,
		BodyChanged: t.BodyChanged, Batch: text(t.Batch), UnknownEvent: t.UnknownEvent, UnknownField: t.UnknownField, Slow: text(t.Slow), Cut: t.Cut,
	}
	if shown.Events == nil {
		shown.Events = []string{}
	}
	return shown
}

// triggerWebhook answers POST /webhooks/trigger.
func (a *api) triggerWebhook(c *engine.Call) (engine.Reply, error) {
	w, err := a.workspace(c)
	if err != nil {
		return engine.Reply{}, err
	}
	body, err := decode[adminapi.Trigger](c)
	if err != nil {
		return engine.Reply{}, err
	}
	e, err := a.Webhooks.Trigger(c.HTTP.Context(), w.Domain, webhook.Trigger{Event: body.Event, Conversation: body.ConversationID, Data: body.Data})
	if err != nil {
		return engine.Reply{}, webhookError(err)
	}
	return show(http.StatusAccepted, adminapi.WebhookEvent{ID: e.ID, Event: e.Name, ConversationID: e.Conversation, At: e.At, Body: string(e.Body)})
}
