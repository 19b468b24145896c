package server

import (
	"maps"

	"example.com/awalmock/mockserver/internal/collection"
	"example.com/awalmock/mockserver/internal/engine"
	"example.com/awalmock/mockserver/internal/sequence"
)

// allHandlers are the handlers of the document in force: those of its collections, and those below, which come first.
func (s *service) allHandlers() map[string]engine.Handler {
	handlers := collectionHandlers(s.collections)
	for id, handler := range handlers {
		handlers[id] = s.ownStorage(handler)
	}
	maps.Copy(handlers, s.handlers())
	return handlers
}

// sequenced are allHandlers. Those that change a workspace write the number of its newest event, and reads can wait for one.
func (s *service) sequenced() map[string]engine.Handler {
	handlers := s.allHandlers()
	for id, h := range handlers {
		if op := s.document.Operation(id); op != nil {
			handlers[id] = sequence.Of(op.Method, h, s.workspaces.ofCall)
		}
	}
	return handlers
}

// handlers is the one table from operationId to handler. An operation of the document that is neither here nor one of a
// collection is answered from its example or its schema.
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
		"sendInvoice":             s.sendInvoice(),
		"updateTicket":            s.updateTicket,
	}
}

// resources is the one table from the operation that lists a collection to what the collection does beyond x-collection.
var resources = map[string]func(*workspaceEntry) *collection.Resource{
	"listWabaNumbers":   numbers,
	"listTemplates":     messageTemplates,
	"listContacts":      contacts,
	"listContactGroups": contactGroups,
	"listBranches":      branches,
	"listOrders":        orders,
}

// collectionOperations are the operations of the vendor's API that x-collection makes.
var collectionOperations = []string{
	"listWabaNumbers", "listTemplates", "getTemplate",
	"listContacts", "createContact", "getContact", "updateContact", "deleteContact",
	"listContactGroups", "createContactGroup", "getContactGroup", "updateContactGroup", "deleteContactGroup",
	"listBranches", "createBranch", "getBranch", "updateBranch", "deleteBranch",
	"listOrders", "getOrder", "updateOrder",
}
