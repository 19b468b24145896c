package control

import (
	"net/http"
	"time"

	"example.com/awalmock/mockserver/adminapi"
	"example.com/awalmock/mockserver/internal/engine"
	"example.com/awalmock/mockserver/internal/sandbox"
)

func showConversation(status int, w Workspace, c *sandbox.Conversation, now time.Time) (engine.Reply, error) {
	return show(status, conversation(w, c, now))
}

func conversation(w Workspace, c *sandbox.Conversation, now time.Time) adminapi.Conversation {
	shown := adminapi.Conversation{
		ID: c.ID, PhoneNumberID: c.Number, Phone: c.Phone, Name: c.Name, Status: string(c.Status(now, w.Client)),
		Assignee: c.Assignee, Bot: c.Bot, Closed: c.Closed, UnreadCount: c.Unread, Messages: c.Messages,
		CreatedAt: c.CreatedAt, UpdatedAt: c.UpdatedAt(),
		LastMessage: firstCharacters(c.LastContent, 200), LastMessageType: c.LastType,
	}
	if shown.Name == "" {
		shown.Name = c.Phone
	}
	if c.Ticket != nil {
		shown.TicketID = c.Ticket.ID
	}
	return shown
}

// firstCharacters is the beginning of a text, at most n characters.
func firstCharacters(text string, n int) string {
	for i := range text {
		if n == 0 {
			return text[:i]
		}
		n--
	}
	return text
}

// createConversation answers POST /conversations.
func (a *api) createConversation(c *engine.Call) (engine.Reply, error) {
	w, err := a.workspace(c)
	if err != nil {
		return engine.Reply{}, err
	}
	body, err := decode[adminapi.NewConversation](c)
	if err != nil {
		return engine.Reply{}, err
	}
	if numbers := w.Numbers(); body.PhoneNumberID == "" && len(numbers) > 0 {
		body.PhoneNumberID = numbers[0].ID
	}
	created, now, err := w.Create(c.HTTP.Context(), sandbox.ConversationCreated{
		Number: body.PhoneNumberID, Phone: body.Phone, Name: body.Name, Assignee: body.Assignee, Bot: body.Bot, Closed: body.Closed,
	})
	if err != nil {
		return engine.Reply{}, err
	}
	return showConversation(http.StatusCreated, w, created, now)
}

// changeConversation answers PATCH /conversations/{id}.
func (a *api) changeConversation(c *engine.Call) (engine.Reply, error) {
	w, err := a.workspace(c)
	if err != nil {
		return engine.Reply{}, err
	}
	body, err := decode[adminapi.ConversationChange](c)
	if err != nil {
		return engine.Reply{}, err
	}
	changed, now, err := w.Change(c.HTTP.Context(), sandbox.ConversationChanged{
		Conversation: c.Request.PathInt("id"), Assignee: body.Assignee, Bot: body.Bot, Closed: body.Closed, Unread: body.UnreadCount,
	})
	if err != nil {
		return engine.Reply{}, err
	}
	return showConversation(http.StatusOK, w, changed, now)
}

func showMessage(status int, m *sandbox.Message, now time.Time) (engine.Reply, error) {
	return show(status, message(m, now))
}

func message(m *sandbox.Message, now time.Time) adminapi.Message {
	word, _ := m.Status(now)
	return adminapi.Message{
		ID: m.ID, ConversationID: m.Conversation, WAMID: m.WAMID, Type: m.Type, Content: m.Content,
		Direction: adminapi.Direction(m.Direction), Status: adminapi.MessageStatus(word), Date: m.Date, ReplyTo: m.ReplyTo,
	}
}

// receiveMessage answers POST /conversations/{id}/messages.
func (a *api) receiveMessage(c *engine.Call) (engine.Reply, error) {
	w, err := a.workspace(c)
	if err != nil {
		return engine.Reply{}, err
	}
	body, err := decode[adminapi.NewMessage](c)
	if err != nil {
		return engine.Reply{}, err
	}
	if body.Type == "" {
		body.Type = adminapi.MessageTypeText
	}
	m, now, err := w.Receive(c.HTTP.Context(), c.Request.PathInt("id"), string(body.Type), body.Content)
	if err != nil {
		return engine.Reply{}, err
	}
	return showMessage(http.StatusCreated, m, now)
}

// forceMessageStatus answers PATCH /messages/{id}.
func (a *api) forceMessageStatus(c *engine.Call) (engine.Reply, error) {
	w, err := a.workspace(c)
	if err != nil {
		return engine.Reply{}, err
	}
	body, err := decode[adminapi.MessageChange](c)
	if err != nil {
		return engine.Reply{}, err
	}
	m, now, err := w.ForceStatus(c.HTTP.Context(), c.Request.PathInt("id"), sandbox.MessageStatus(body.Status))
	if err != nil {
		return engine.Reply{}, err
	}
	return showMessage(http.StatusOK, m, now)
}
