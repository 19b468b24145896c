package control

import (
	"errors"
	"net/http"
	"time"

	"example.com/awalmock/mockserver/adminapi"
	"example.com/awalmock/mockserver/internal/engine"
	"example.com/awalmock/mockserver/internal/sse"
	"example.com/awalmock/mockserver/internal/webhook"
)

// ListenPath is the one address of the control API that a client's signature opens as well.
const ListenPath = Prefix + "/webhooks/stream"

// A door is the guard of the control API: Access, and at ListenPath the guard of the API itself for who sends a signature.
type door struct {
	Access
	headers engine.AuthHeaders
	client  func(*engine.Exchange) (engine.Caller, error)
}

// Admit implements engine.Guard. A caller that was admitted by a signature has a workspace.
func (d *door) Admit(x *engine.Exchange) (engine.Caller, error) {
	if x.Path == ListenPath && x.HTTP.Method == http.MethodGet {
		if x.HTTP.Header.Get(d.headers.Signature) != "" {
			return d.client(x)
		}
		if d.Off() {
			return engine.Caller{}, &engine.Error{
				Status: http.StatusUnauthorized, Code: "authentication_failed",
				Message: "The stream of webhooks needs a client's signature here: this mock was started without --control-token.",
			}
		}
	}
	return d.Access.Admit(x)
}

// streamWebhooks answers GET /webhooks/stream.
func (a *api) streamWebhooks(c *engine.Call) (engine.Reply, error) {
	domain, _ := c.Request.Query("workspace")
	if own := c.Caller.Workspace; own != "" {
		if domain != "" && domain != own {
			return engine.Reply{}, invalid("workspace", "must be the workspace of the client that signs, or absent")
		}
		domain = own
	}
	w, ok := a.Mock.Workspace(domain)
	if !ok {
		return engine.Reply{}, notFound("There is no such workspace.")
	}
	target, given := c.Request.Query("target")
	if !given {
		target = "/"
	}
	l, err := a.Listeners.Listen(c.HTTP.Context(), w.Domain, c.HTTP.Header.Get("Last-Event-ID"))
	var id *webhook.IDError
	if errors.As(err, &id) {
		return engine.Reply{}, invalid("Last-Event-ID", id.Error())
	} else if err != nil {
		return engine.Reply{}, webhookError(err)
	}
	if a.Senders != nil {
		a.Senders.Begin(c.HTTP.Context(), w.Domain)
	}
	startID := l.StartID()
	return a.stream(c, "webhooks", l.Close, func() (sse.Batch, error) {
		if startID != "" { // a listener that is cut off before the first event can come back, too
			first := sse.Event{ID: startID}
			startID = ""
			return sse.Batch{Events: []sse.Event{first}}, nil
		}
		news := l.Next()
		b := sse.Batch{More: news.More, End: news.Gone, Wait: heartbeat}
		if news.Missed {
			b.Events = []sse.Event{{Name: "resync", Data: struct{}{}}}
		}
		for _, e := range news.Entries {
			b.Events = append(b.Events, sse.Event{Name: "webhook", ID: e.ID, Data: a.streamed(w.Domain, target, e)})
		}
		return b, nil
	}), nil
}

// heartbeat is how often a stream of webhooks shows that it is alive: a listener notices within two seconds that it was cut off.
const heartbeat = 500 * time.Millisecond

func (a *api) streamed(domain, target string, e webhook.Entry) adminapi.StreamedWebhook {
	return adminapi.StreamedWebhook{
		ID: e.Event.ID, Event: e.Event.Name, ConversationID: e.Event.Conversation, At: e.Event.At,
		Headers: a.Listeners.Headers(domain, e.Event, target), Body: string(e.Event.Body), Resent: e.Resent,
	}
}
