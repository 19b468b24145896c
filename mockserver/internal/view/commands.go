package view

import (
	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/spec"
)

// Commands shows the answers of the operations that change something.
type Commands struct {
	sent           map[string]answer[*sandbox.Message] // by operationId
	opened, closed answer[*ticket]
}

// An answer is a template with the schema that it has to fit.
type answer[T any] struct {
	*template[T]
	schema *spec.Schema
}

// write writes the answer for v and checks it.
func (a answer[T]) write(v T) ([]byte, error) {
	text, err := a.append(nil, v)
	if err != nil {
		return nil, err
	}
	return text, check(a.schema, text)
}

// ticket is a ticket of a conversation.
type ticket struct {
	sandbox.ClosedTicket // ClosedAt is zero while it is open
	conversation         int64
}

// NewCommands compiles the answers of a document's commands.
func NewCommands(d *spec.Document, invent Invent) *Commands {
	c := &Commands{sent: map[string]answer[*sandbox.Message]{}}
	for _, id := range []string{
		"sendTextMessage", "sendMediaMessage", "sendTemplateMessage", "sendButtonMessage", "sendListMessage", "sendLocationMessage",
		"sendInvoice",
	} {
		c.sent[id] = compileSent(id, success(d, id), invent)
	}
	action := success(d, "updateTicket")
	data := at(action, "data")
	c.opened = compileTicket(action, without(data, "closed_at"), "opened", "The ticket is open.", invent)
	c.closed = compileTicket(action, data, "closed", "The ticket is closed.", invent)
	return c
}

func compileSent(operation string, schema *spec.Schema, invent Invent) answer[*sandbox.Message] {
	id := func(m *sandbox.Message) int64 { return m.ID }
	message := newTemplate("sent", at(schema, "message"), map[string]writer[*sandbox.Message]{
		"id":        intOf(id),
		"messageId": stringOf(func(m *sandbox.Message) string { return m.WAMID }),
		"status":    always[*sandbox.Message](`"sent"`),
		"timestamp": intOf(func(m *sandbox.Message) int64 { return m.Date.Unix() }),
		"date":      timeOf(func(m *sandbox.Message) int64 { return m.Date.Unix() }), // of an invoice
	}, id, invent)
	return answer[*sandbox.Message]{newTemplate(operation, schema, map[string]writer[*sandbox.Message]{
		"status":  always[*sandbox.Message]("true"),
		"message": object(message),
	}, id, invent), schema}
}

func compileTicket(schema, data *spec.Schema, status, text string, invent Invent) answer[*ticket] {
	id := func(t *ticket) int64 { return t.ID }
	return answer[*ticket]{newTemplate("updateTicket", schema, map[string]writer[*ticket]{
		"status":  always[*ticket]("true"),
		"message": stringOf(func(*ticket) string { return text }),
		"data": object(newTemplate("ticket", data, map[string]writer[*ticket]{
			"ticket_id":       intOf(id),
			"conversation_id": intOf(func(t *ticket) int64 { return t.conversation }),
			"status":          stringOf(func(*ticket) string { return status }),
			"opened_at":       timeOf(func(t *ticket) int64 { return t.OpenedAt.Unix() }),
			"closed_at":       timeOf(func(t *ticket) int64 { return t.ClosedAt.Unix() }),
		}, id, invent)),
	}, id, invent), schema}
}

// without is an object schema without an optional property.
func without(s *spec.Schema, name string) *spec.Schema {
	if s == nil {
		return nil
	}
	less := &spec.Schema{}
	for _, p := range s.Properties {
		if p.Name != name || p.Required {
			less.Properties = append(less.Properties, p)
		}
	}
	return less
}

// Sent is the answer to a send operation.
func (c *Commands) Sent(operation string, m *sandbox.Message) ([]byte, error) {
	return c.sent[operation].write(m)
}

// Opened is the answer to opening a ticket.
func (c *Commands) Opened(conversation int64, t sandbox.Ticket) ([]byte, error) {
	return c.opened.write(&ticket{sandbox.ClosedTicket{Ticket: t}, conversation})
}

// Closed is the answer to closing a ticket.
func (c *Commands) Closed(conversation int64, t sandbox.ClosedTicket) ([]byte, error) {
	return c.closed.write(&ticket{t, conversation})
}
