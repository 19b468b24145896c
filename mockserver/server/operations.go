package server

import "example.com/awalmock/mockserver/internal/engine"

// handlers is the one table from operationId to handler. An operation of the document that is not here is answered from
// its example or its schema.
func (s *service) handlers() map[string]engine.Handler {
	return map[string]engine.Handler{
		"listConversations":       s.listConversations,
		"getConversationMessages": s.getConversationMessages,
		"getMessageStatus":        s.getMessageStatus,
		"sendTextMessage":         s.send(textContent),
		"sendMediaMessage":        s.send(mediaContent),
		"sendTemplateMessage":     s.send(templateContent),
		"sendButtonMessage":       s.send(bodyContent("button")),
		"sendListMessage":         s.send(bodyContent("list")),
		"sendLocationMessage":     s.send(locationContent),
		"updateTicket":            s.updateTicket,
		"listWabaNumbers":         s.listWabaNumbers,
		"listTemplates":           s.listTemplates,
		"getTemplate":             s.getTemplate,
	}
}
