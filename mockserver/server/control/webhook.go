package control

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"

	"example.com/awalmock/mockserver/adminapi"
	"example.com/awalmock/mockserver/internal/engine"
	"example.com/awalmock/mockserver/internal/webhook"
)

// createWebhook answers POST /webhooks.
func (a *api) createWebhook(c *engine.Call) (engine.Reply, error) {
	w, err := a.workspace(c)
	if err != nil {
		return engine.Reply{}, err
	}
	body, err := decode[adminapi.NewWebhook](c)
	if err != nil {
		return engine.Reply{}, err
	}
	e, err := endpoint("", &body)
	if err != nil {
		return engine.Reply{}, err
	}
	state, err := a.Webhooks.Create(c.HTTP.Context(), w.Domain, e)
	if err != nil {
		return engine.Reply{}, oneWebhookError(err)
	}
	return show(http.StatusCreated, showWebhook(&state))
}

// changeWebhook answers PATCH /webhooks/{id}.
func (a *api) changeWebhook(c *engine.Call) (engine.Reply, error) {
	w, err := a.workspace(c)
	if err != nil {
		return engine.Reply{}, err
	}
	given, _ := c.Request.Body().(map[string]any)
	change := func(e *webhook.Endpoint) error { return changeEndpoint(e, given) }
	var active *bool
	if value, found := given["active"].(bool); found {
		active = &value
	}
	state, err := a.Webhooks.Change(c.HTTP.Context(), w.Domain, c.Request.Path("id"), change, active)
	if err != nil {
		return engine.Reply{}, oneWebhookError(err)
	}
	return show(http.StatusOK, showWebhook(&state))
}

// changeEndpoint sets the properties of an endpoint that are given, as in a WebhookChange.
func changeEndpoint(e *webhook.Endpoint, given map[string]any) error {
	shown := showWebhook(&webhook.EndpointState{Endpoint: *e})
	text, err := json.Marshal(shown)
	if err != nil {
		return err
	}
	properties := map[string]any{}
	if err := json.Unmarshal(text, &properties); err != nil {
		return err
	}
	properties["secret"] = e.Secret
	maps.Copy(properties, given)
	if text, err = json.Marshal(properties); err != nil {
		return err
	}
	var changed adminapi.NewWebhook
	if err := json.Unmarshal(text, &changed); err != nil {
		return err
	}
	*e, err = endpoint("", &changed)
	return err
}

// deleteWebhook answers DELETE /webhooks/{id}.
func (a *api) deleteWebhook(c *engine.Call) (engine.Reply, error) {
	w, err := a.workspace(c)
	if err != nil {
		return engine.Reply{}, err
	}
	if err := a.Webhooks.Remove(c.HTTP.Context(), w.Domain, c.Request.Path("id")); err != nil {
		return engine.Reply{}, oneWebhookError(err)
	}
	return nothing(), nil
}

// oneWebhookError is webhookError for a request about a single endpoint, in which a field has no index.
func oneWebhookError(err error) error {
	var endpoints webhook.EndpointErrors
	switch {
	case errors.As(err, &endpoints):
		details := make([]engine.Detail, len(endpoints))
		for i, e := range endpoints {
			details[i] = engine.Detail{Field: e.Field, Text: e.Text}
		}
		return engine.Invalid(details...)
	case errors.Is(err, webhook.ErrNoEndpoint):
		return notFound("There is no such webhook endpoint.")
	}
	return webhookError(err)
}
