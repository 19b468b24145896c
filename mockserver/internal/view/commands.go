package view

import (
	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/spec"
)

// ticket is a ticket of a conversation, as the answer to opening or closing it.
type ticket struct {
	sandbox.ClosedTicket // ClosedAt is zero while it is open
	conversation         int64
	text                 string
}

// Commands shows the answers of the operations that change something.
type Commands struct {
	invent  Invent
	schemas map[string]*spec.Schema // by operationId
}

// NewCommands compiles the answers of a document's commands.
func NewCommands(d *spec.Document, invent Invent) *Commands {
	c := &Commands{invent: invent, schemas: map[string]*spec.Schema{}}
	for _, op := range d.Operations {
		c.schemas[op.ID] = success(d, op.ID)
	}
	return c
}

// Sent is the answer to a send operation.
func (c *Commands) Sent(operation string, m *sandbox.Message) ([]byte, error) {
	schema := c.schemas[operation]
	id := func(m *sandbox.Message) int64 { return m.ID }
	message := newTemplate("sent", at(schema, "message"), map[string]writer[*sandbox.Message]{
		"id":        intOf(id),
		"messageId": stringOf(func(m *sandbox.Message) string { return m.WAMID }),
		"status":    always[*sandbox.Message](`"sent"`),
		"timestamp": intOf(func(m *sandbox.Message) int64 { return m.Date.Unix() }),
	}, id, c.invent)
	return made(newTemplate(operation, schema, map[string]writer[*sandbox.Message]{
		"status":  always[*sandbox.Message]("true"),
		"message": object(message),
	}, id, c.invent), schema, m)
}

// Ticket is the answer to opening a ticket, or with a ClosedAt to closing it.
func (c *Commands) Ticket(operation string, conversation int64, t sandbox.ClosedTicket) ([]byte, error) {
	schema := c.schemas[operation]
	id := func(t *ticket) int64 { return t.ID }
	known := map[string]writer[*ticket]{
		"ticket_id":       intOf(id),
		"conversation_id": intOf(func(t *ticket) int64 { return t.conversation }),
		"status":          always[*ticket](`"opened"`),
		"opened_at":       timeOf(func(t *ticket) int64 { return t.OpenedAt.Unix() }),
	}
	v := &ticket{t, conversation, "The ticket is open."}
	data := at(schema, "data")
	if t.ClosedAt.IsZero() {
		data = without(data, "closed_at")
	} else {
		v.text = "The ticket is closed."
		known["status"] = always[*ticket](`"closed"`)
		known["closed_at"] = timeOf(func(t *ticket) int64 { return t.ClosedAt.Unix() })
	}
	return made(newTemplate(operation, schema, map[string]writer[*ticket]{
		"status":  always[*ticket]("true"),
		"message": stringOf(func(t *ticket) string { return t.text }),
		"data":    object(newTemplate("ticket", data, known, id, c.invent)),
	}, id, c.invent), schema, v)
}

// without is an object schema without an optional property.
func without(s *spec.Schema, name string) *spec.Schema {
	if s == nil {
		return nil
	}
	less := &spec.Schema{Properties: nil}
	for _, p := range s.Properties {
		if p.Name != name || p.Required {
			less.Properties = append(less.Properties, p)
		}
	}
	return less
}

// made writes an answer and checks it.
func made[T any](t *template[T], schema *spec.Schema, v T) ([]byte, error) {
	text, err := t.append(nil, v)
	if err != nil {
		return nil, err
	}
	return text, check(schema, text)
}
