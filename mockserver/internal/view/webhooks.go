package view

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/spec"
)

// The webhook events that the vendor names (D, vendor page api/webhooks).
const (
	EventMessageReceived      = "message.received"
	EventMessageStatusUpdated = "message.status.updated"
	EventConversationCreated  = "conversation.created"
	EventConversationUpdated  = "conversation.updated"
)

// The events of orders. The vendor announces such events; names and bodies are a guess (I), so they are sent to receivers only that ask
// for them by name.
const (
	EventOrderCreated = "order.created"
	EventOrderUpdated = "order.updated"
)

// IsGuessed reports whether an event is sent only to receivers that ask for it by name.
func IsGuessed(event string) bool { return event == EventOrderCreated || event == EventOrderUpdated }

// OrderBody is the body of an event of an order: the order as it is kept.
func OrderBody(event string, at time.Time, order []byte) []byte {
	body := appendString([]byte(`{"event":`), event)
	body = appendString(append(body, `,"timestamp":`...), at.UTC().Format(time.RFC3339))
	return append(append(append(body, `,"data":`...), order...), '}')
}

// verification is the check of a receiver's address, which is no event (D).
const verification = "verification"

// A Hook is what the body of a webhook shows.
type Hook struct {
	At           time.Time // when it happened, by the workspace's clock
	Conversation *sandbox.Conversation
	Message      *sandbox.Message      // nil: the event is of no message
	Status       sandbox.MessageStatus // that the message has reached
	Client       string                // the workspace's client
	NumberPhone  string                // the phone of the conversation's sending number
	Challenge    string                // of the check of an address
}

// Webhooks makes the bodies of webhooks by the schemas of a document's x-webhooks.
type Webhooks struct {
	events map[string]answer[*Hook]
}

// NewWebhooks compiles the bodies of the document's webhooks. One that only the document knows has invented properties.
func NewWebhooks(d *spec.Document, invent Invent) *Webhooks {
	w := &Webhooks{events: map[string]answer[*Hook]{}}
	for _, hook := range d.Webhooks {
		w.events[hook.Name] = compileHook(hook, invent)
	}
	return w
}

// Events are the names of the document's events, sorted.
func (w *Webhooks) Events() []string {
	names := slices.Sorted(maps.Keys(w.events))
	return slices.DeleteFunc(names, func(name string) bool { return name == verification })
}

// Subscribable are the names of all events that a receiver may ask for, sorted.
func (w *Webhooks) Subscribable() []string {
	names := append(w.Events(), EventOrderCreated, EventOrderUpdated)
	slices.Sort(names)
	return slices.Compact(names)
}

// Has reports whether the document has the event.
func (w *Webhooks) Has(event string) bool {
	_, has := w.events[event]
	return has && event != verification
}

// Verification is the body that checks a receiver's address. A document without it has the vendor's (D).
func (w *Webhooks) Verification(challenge string) ([]byte, error) {
	if _, has := w.events[verification]; !has {
		return Marshal(map[string]string{"type": verification, "challenge": challenge})
	}
	return w.Body(verification, &Hook{Challenge: challenge, Conversation: &sandbox.Conversation{}})
}

// Body is the body of an event. It fits the document's schema, or the error is an *UnfitError.
func (w *Webhooks) Body(event string, h *Hook) ([]byte, error) {
	a, has := w.events[event]
	if !has {
		return nil, fmt.Errorf("the document has no webhook %s", event)
	}
	return a.write(h)
}

// Check returns, as an error, what in a body does not fit the document's schema of the event.
func (w *Webhooks) Check(event string, body []byte) error { return check(w.events[event].schema, body) }

func compileHook(hook spec.Webhook, invent Invent) answer[*Hook] {
	id := func(h *Hook) int64 { return h.Conversation.ID }
	kind := "webhook " + hook.Name
	known := map[string]writer[*Hook]{
		"event":     stringOf(func(*Hook) string { return hook.Name }),
		"timestamp": timeOf(func(h *Hook) int64 { return h.At.Unix() }),
	}
	if hook.Name == verification {
		known = map[string]writer[*Hook]{
			"type":      stringOf(func(*Hook) string { return verification }),
			"challenge": stringOf(func(h *Hook) string { return h.Challenge }),
		}
	}
	if data := hookData(hook.Name); data != nil {
		known["data"] = object(newTemplate(kind+" data", at(hook.Schema, "data"), data, id, invent))
	}
	return answer[*Hook]{newTemplate(kind, hook.Schema, known, id, invent), hook.Schema}
}

// hookData are the properties of an event's data: names of the vendor's examples (E), of conversation.updated inferred (I).
func hookData(event string) map[string]writer[*Hook] {
	conversation := intOf(func(h *Hook) int64 { return h.Conversation.ID })
	switch event {
	case EventMessageReceived:
		return map[string]writer[*Hook]{
			"message_id":      stringOf(func(h *Hook) string { return h.Message.WAMID }),
			"conversation_id": conversation,
			"from":            stringOf(func(h *Hook) string { return h.Conversation.Phone }),
			"to":              stringOf(func(h *Hook) string { return h.NumberPhone }),
			"type":            stringOf(func(h *Hook) string { return h.Message.Type }),
			"body":            stringOf(func(h *Hook) string { return h.Message.Content }),
			"timestamp":       timeOf(func(h *Hook) int64 { return h.Message.Date.Unix() }),
		}
	case EventMessageStatusUpdated:
		return map[string]writer[*Hook]{
			"message_id": stringOf(func(h *Hook) string { return h.Message.WAMID }),
			"status":     stringOf(func(h *Hook) string { return string(h.Status) }),
			"timestamp":  timeOf(func(h *Hook) int64 { return h.At.Unix() }),
		}
	case EventConversationCreated:
		return map[string]writer[*Hook]{
			"conversation_id": conversation,
			"contact_id":      intOf(func(h *Hook) int64 { return h.Conversation.Contact }),
			"phone_number":    stringOf(func(h *Hook) string { return h.Conversation.Phone }),
			"created_at":      timeOf(func(h *Hook) int64 { return h.Conversation.CreatedAt.Unix() }),
		}
	case EventConversationUpdated:
		return map[string]writer[*Hook]{
			"conversation_id": conversation,
			"status":          stringOf(func(h *Hook) string { return string(h.Conversation.Status(h.At, h.Client)) }),
			"assignee":        assignee,
			"bot":             boolOf(func(h *Hook) bool { return h.Conversation.Bot }),
			"closed":          boolOf(func(h *Hook) bool { return h.Conversation.Closed }),
			"updated_at":      timeOf(func(h *Hook) int64 { return h.Conversation.UpdatedAt().Unix() }),
		}
	}
	return nil
}

// assignee is null for a conversation that is not assigned (I).
func assignee(dst []byte, h *Hook) ([]byte, error) {
	if h.Conversation.Assignee == "" {
		return append(dst, "null"...), nil
	}
	return appendString(dst, h.Conversation.Assignee), nil
}

func boolOf[T any](get func(T) bool) writer[T] {
	return func(dst []byte, v T) ([]byte, error) {
		if get(v) {
			return append(dst, "true"...), nil
		}
		return append(dst, "false"...), nil
	}
}

// CheckAll makes a sample of each event, and returns an error for one that does not fit the document: each kind of message that can come in, each
// status, and an assigned and an unassigned conversation in each status.
func (w *Webhooks) CheckAll(client string, numbers []sandbox.Number) error {
	if _, err := w.Verification("sample"); err != nil {
		return fmt.Errorf("x-webhooks.%s: %w", verification, err)
	}
	for _, event := range w.Events() {
		for _, sample := range samples(client, numbers) {
			if _, err := w.Body(event, sample); err != nil {
				return fmt.Errorf("x-webhooks.%s: %w", event, err)
			}
		}
	}
	return nil
}

func samples(client string, numbers []sandbox.Number) []*Hook {
	begin := time.Unix(0, 0).UTC()
	sample := func(change func(*Hook)) *Hook {
		h := &Hook{
			At: begin, Client: client, Status: sandbox.Sent, NumberPhone: "966500000000",
			Conversation: &sandbox.Conversation{ID: 1, Contact: 1, Phone: "966500000001", CreatedAt: begin, LastMessageAt: begin},
			Message:      &sandbox.Message{ID: 1, Conversation: 1, WAMID: "wamid.sample", Type: "text", Content: "sample", Date: begin},
		}
		change(h)
		return h
	}
	var all []*Hook
	for _, n := range numbers {
		all = append(all, sample(func(h *Hook) { h.NumberPhone = n.Phone }))
	}
	for _, kind := range []string{"text", "image", "video", "audio", "document", "sticker", "location", "template", "button", "list"} {
		all = append(all, sample(func(h *Hook) { h.Message.Type = kind }))
	}
	for _, status := range []sandbox.MessageStatus{sandbox.Sent, sandbox.Delivered, sandbox.Read, sandbox.Failed} {
		all = append(all, sample(func(h *Hook) { h.Status = status }))
	}
	return append(all,
		sample(func(h *Hook) { h.Conversation.Assignee = client }),
		sample(func(h *Hook) { h.Conversation.Assignee = "somebody else" }),
		sample(func(h *Hook) { h.Conversation.Bot = true }),
		sample(func(h *Hook) { h.Conversation.Closed = true }),
		sample(func(h *Hook) { h.Conversation.Unread = 1 }),
		sample(func(h *Hook) { h.At = begin.Add(sandbox.Window) }),
	)
}

// With is a body with other values of properties of its data. A text is read by the type that the property has in the document.
func (w *Webhooks) With(event string, body []byte, values map[string]any) ([]byte, error) {
	whole, violations := spec.DecodeStrict(body)
	root, isObject := whole.(map[string]any)
	if len(violations) > 0 || !isObject {
		return nil, fmt.Errorf("the body of %s is no JSON object", event)
	}
	data, isObject := root["data"].(map[string]any)
	if !isObject {
		data = map[string]any{}
		root["data"] = data
	}
	schema := at(w.events[event].schema, "data")
	for name, value := range values {
		data[name] = typed(at(schema, name), value)
	}
	changed, err := Marshal(root)
	if err != nil {
		return nil, err
	}
	return changed, check(w.events[event].schema, changed)
}

// typed reads a text as a number, a truth value or null where the schema takes no text.
func typed(s *spec.Schema, value any) any {
	text, isText := value.(string)
	if !isText || s == nil || s.Type == "string" && (text != "null" || !s.Nullable) {
		return value
	}
	var read any
	if json.Unmarshal([]byte(text), &read) != nil {
		return value
	}
	if _, isNumber := read.(float64); isNumber {
		return json.Number(text)
	}
	return read
}
