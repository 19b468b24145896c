package control

import (
	"net/http"
	"time"

	"example.com/awalmock/mockserver/adminapi"
	"example.com/awalmock/mockserver/internal/engine"
	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/sse"
)

// streamChanges answers GET /changes/stream.
func (a *api) streamChanges(c *engine.Call) (engine.Reply, error) {
	w, err := a.workspace(c)
	if err != nil {
		return engine.Reply{}, err
	}
	changes, err := w.Subscribe(c.HTTP.Context(), c.HTTP.Header.Get("Last-Event-ID"))
	if err != nil {
		if c.HTTP.Context().Err() != nil {
			panic(http.ErrAbortHandler) // the reader has gone: nothing has failed, and there is no caller to answer
		}
		return engine.Reply{}, err
	}
	return a.stream(c, "what changes", changes.Close, func() (sse.Batch, error) {
		return a.batch(changes.Next()), nil
	}), nil
}

func (a *api) batch(news sandbox.News) sse.Batch {
	b := sse.Batch{More: news.More, End: news.Gone}
	if !news.Due.IsZero() {
		b.Wait = max(time.Millisecond, news.Due.Sub(a.Now()))
	}
	for i := range news.Changes {
		b.Events = append(b.Events, showChange(&news.Changes[i]))
	}
	return b
}

func showChange(c *sandbox.Change) sse.Event {
	if c.Kind == sandbox.ChangeResync {
		return sse.Event{Name: "resync", Data: adminapi.Change{Kind: adminapi.ChangeKind(c.Kind), At: c.At}}
	}
	shown := adminapi.Change{
		Kind: adminapi.ChangeKind(c.Kind), At: c.At, Status: adminapi.MessageStatus(c.Status), Collection: c.Collection, ID: c.Record,
	}
	switch {
	case c.After != nil:
		shown.ConversationID = c.After.ID
	case c.Before != nil:
		shown.ConversationID = c.Before.ID
	}
	if c.Message != nil {
		shown.MessageID = c.Message.ID
	}
	return sse.Event{Name: "change", ID: c.ID(), Data: shown}
}
