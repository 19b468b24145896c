package webhook

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/view"
)

// A Trigger asks for an event that did not happen.
type Trigger struct {
	Event        string
	Conversation int64          // that it is made from; 0: the one that changed last
	Data         map[string]any // properties of the event's data
}

// A TriggerError says what is wrong with a Trigger.
type TriggerError struct{ Field, Text string }

func (e *TriggerError) Error() string { return e.Field + ": " + e.Text }

// Trigger sends an event that did not happen: that of a real conversation, with other values where they are given. Errors are a
// *TriggerError, a *view.UnfitError for values that do not fit the document, and ErrNoWorkspace.
func (s *Sender) Trigger(ctx context.Context, domain string, t Trigger) (*Event, error) {
	b, _, err := s.outbox(ctx, domain, "")
	if err != nil || b == nil {
		return nil, orNoWorkspace(err)
	}
	if _, ok := b.read(ctx); !ok {
		return nil, ErrNoWorkspace
	}
	w, found := s.Workspace(domain)
	if !found {
		return nil, ErrNoWorkspace
	}
	if !w.Bodies.Has(t.Event) {
		return nil, &TriggerError{"event", fmt.Sprintf("must be one of %s: the document has no %q", strings.Join(w.Bodies.Events(), ", "), t.Event)}
	}
	hook, err := sample(w, t.Conversation)
	if err != nil {
		return nil, err
	}
	body, err := w.Bodies.Body(t.Event, hook)
	if err == nil && len(t.Data) > 0 {
		body, err = w.Bodies.With(t.Event, body, t.Data)
	}
	if err != nil {
		return nil, err
	}
	e := &Event{Name: t.Event, At: hook.At, Conversation: hook.Conversation.ID, Body: body}
	b.trigger(e)
	s.tell(ctx, b.domain, []Entry{{Event: e, ID: e.ID}})
	return e, nil
}

// trigger gives an event its id, and sends it.
func (b *outbox) trigger(e *Event) {
	b.reading.Lock()
	defer b.reading.Unlock()
	b.s.mu.Lock()
	b.triggered++
	e.ID = fmt.Sprintf("%d.triggered-%s.%s", b.triggered, rand.Text()[:8], e.Name)
	b.s.mu.Unlock()
	b.enqueue(e)
}

// sample shows a conversation and its newest message of either direction. A workspace without any has an invented one.
func sample(w Workspace, id int64) (*view.Hook, error) {
	c, err := chosen(w, id)
	if err != nil {
		return nil, err
	}
	now := w.Instant().Truncate(time.Second)
	hook := &view.Hook{At: now, Client: w.Client, Status: sandbox.Sent}
	if c == nil {
		hook.NumberPhone = "966500000000"
		hook.Conversation = &sandbox.Conversation{ID: 1, Phone: "966500000001", CreatedAt: now}
		hook.Message = &sandbox.Message{ID: 1, Conversation: 1, WAMID: "wamid.sample", Type: "text", Content: "Hello", Date: now}
		return hook, nil
	}
	hook.Conversation, hook.NumberPhone = c, phoneOf(w, c.Number)
	hook.Message = &sandbox.Message{ID: 1, Conversation: c.ID, WAMID: "wamid.sample", Type: "text", Content: "Hello", Date: now}
	if thread := c.Thread(); len(thread) > 0 {
		hook.Message = thread[len(thread)-1]
		hook.Status, _ = hook.Message.Status(now)
	}
	return hook, nil
}

// chosen is the conversation with an id, or, when it is 0, the one that changed last; nil: there is none.
func chosen(w Workspace, id int64) (*sandbox.Conversation, error) {
	var newest *sandbox.Conversation
	for _, n := range w.Numbers() {
		all, err := w.Conversations(sandbox.Query{Number: n.ID})
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(all.Conversations, func(c *sandbox.Conversation) bool { return id == 0 || c.ID == id })
		if i >= 0 && (newest == nil || all.Conversations[i].UpdatedAt().After(newest.UpdatedAt())) {
			newest = all.Conversations[i]
		}
	}
	if newest == nil && id != 0 {
		return nil, errNoConversation
	}
	return newest, nil
}

var errNoConversation error = &TriggerError{"conversation_id", "must be the id of a conversation of this workspace"}

// IsUnfit reports whether an error says that values do not fit the document.
func IsUnfit(err error) bool {
	var unfit *view.UnfitError
	return errors.As(err, &unfit)
}
