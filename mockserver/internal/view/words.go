package view

import (
	"fmt"
	"time"

	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/spec"
)

// checkWords reports which word that the mock may have to show sooner or later a schema does not take, also where the data shows none
// now: a document that leaves one out would be contradicted later.
func (v *View) checkWords() error {
	status := []string{"unassigned", "my", "unread", "expired", "opened", "closed", "bot"}
	kinds := []string{"text", "image", "video", "audio", "document", "sticker", "location", "template", "button", "list"}
	sent := []string{string(sandbox.Sent), string(sandbox.Delivered), string(sandbox.Read), string(sandbox.Failed)}
	message := at(v.detailSchema, "data", "messages", "[]")
	for _, w := range []struct {
		operation string
		schema    *spec.Schema
		property  string
		words     []string
	}{
		{"listConversations", v.rowSchema, "status", status},
		{"listConversations", v.rowSchema, "last_message_type", kinds},
		{"getConversationMessages", at(v.detailSchema, "data"), "status", status},
		{"getConversationMessages", message, "type", kinds},
		{"getConversationMessages", message, "status", sent},
		{"getConversationMessages", message, "direction", []string{"inbound", "outbound"}},
		{"getMessageStatus", at(v.outboxSchema, "data", "[]"), "status", sent},
	} {
		for _, word := range w.words {
			if err := check(at(w.schema, w.property), appendString(nil, word)); err != nil {
				return fmt.Errorf("%s: the %s %q, which the mock shows, %w", w.operation, w.property, word, err)
			}
		}
	}
	return nil
}

// CheckAll writes each answer once, as a caller would see it, and reports which does not fit the document.
func (c *Commands) CheckAll() error {
	sample := &sandbox.Message{ID: 1, WAMID: "wamid.sample", Type: "text", Content: "sample", Date: time.Unix(0, 0).UTC()}
	for operation, a := range c.sent {
		if _, err := a.write(sample); a.schema != nil && err != nil {
			return fmt.Errorf("%s: %w", operation, err)
		}
	}
	at := time.Unix(0, 0).UTC()
	opened := sandbox.Ticket{ID: 1, OpenedAt: at}
	_, err := c.Opened(1, opened)
	if err == nil {
		_, err = c.Closed(1, sandbox.ClosedTicket{Ticket: opened, ClosedAt: at})
	}
	if err != nil {
		return fmt.Errorf("updateTicket: %w", err)
	}
	return nil
}
