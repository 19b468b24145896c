package control

import (
	"net/http"
	"time"

	"example.com/awalmock/mockserver/internal/engine"
	"example.com/awalmock/mockserver/internal/sandbox"
)

type conversation struct {
	ID        int64     `json:"id"`
	Number    string    `json:"phone_number_id"`
	Phone     string    `json:"phone"`
	Name      string    `json:"name"`
	Status    string    `json:"status"`
	Assignee  string    `json:"assignee"`
	Bot       bool      `json:"bot"`
	Closed    bool      `json:"closed"`
	Unread    int       `json:"unread_count"`
	Messages  int       `json:"messages"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

func showConversation(status int, w Workspace, c *sandbox.Conversation, now time.Time) (engine.Reply, error) {
	shown := conversation{
		ID: c.ID, Number: c.Number, Phone: c.Phone, Name: c.Name, Status: string(c.Status(now, w.Client)),
		Assignee: c.Assignee, Bot: c.Bot, Closed: c.Closed, Unread: c.Unread, Messages: c.Messages,
		CreatedAt: c.CreatedAt, UpdatedAt: c.UpdatedAt(),
	}
	if shown.Name == "" {
		shown.Name = c.Phone
	}
	return show(status, shown)
}

// createConversation answers POST /conversations.
func (a *api) createConversation(c *engine.Call) (engine.Reply, error) {
	w, err := a.workspace(c)
	if err != nil {
		return engine.Reply{}, err
	}
	body, err := decode[struct {
		Phone, Name, Assignee string
		Number                string `json:"phone_number_id"`
		Bot, Closed           bool
	}](c)
	if err != nil {
		return engine.Reply{}, err
	}
	if numbers := w.Numbers(); body.Number == "" && len(numbers) > 0 {
		body.Number = numbers[0].ID
	}
	created, now, err := w.Create(c.HTTP.Context(), sandbox.ConversationCreated{
		Number: body.Number, Phone: body.Phone, Name: body.Name, Assignee: body.Assignee, Bot: body.Bot, Closed: body.Closed,
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
	body, err := decode[struct {
		Assignee    member[string]
		Bot, Closed member[bool]
		Unread      member[int] `json:"unread_count"`
	}](c)
	if err != nil {
		return engine.Reply{}, err
	}
	changed, now, err := w.Change(c.HTTP.Context(), sandbox.ConversationChanged{
		Conversation: c.Request.PathInt("id"), Assignee: body.Assignee.value, Bot: body.Bot.value, Closed: body.Closed.value, Unread: body.Unread.value,
	})
	if err != nil {
		return engine.Reply{}, err
	}
	return showConversation(http.StatusOK, w, changed, now)
}

type message struct {
	ID           int64     `json:"id"`
	Conversation int64     `json:"conversation_id"`
	WAMID        string    `json:"wamid"`
	Type         string    `json:"type"`
	Content      string    `json:"content"`
	Direction    string    `json:"direction"`
	Status       string    `json:"status"`
	Date         time.Time `json:"date"`
}

func showMessage(status int, m *sandbox.Message, now time.Time) (engine.Reply, error) {
	word, _ := m.Status(now)
	return show(status, message{
		ID: m.ID, Conversation: m.Conversation, WAMID: m.WAMID, Type: m.Type, Content: m.Content,
		Direction: string(m.Direction), Status: string(word), Date: m.Date,
	})
}

// receiveMessage answers POST /conversations/{id}/messages.
func (a *api) receiveMessage(c *engine.Call) (engine.Reply, error) {
	w, err := a.workspace(c)
	if err != nil {
		return engine.Reply{}, err
	}
	body, err := decode[struct{ Type, Content string }](c)
	if err != nil {
		return engine.Reply{}, err
	}
	if body.Type == "" {
		body.Type = "text"
	}
	m, now, err := w.Receive(c.HTTP.Context(), c.Request.PathInt("id"), body.Type, body.Content)
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
	body, err := decode[struct{ Status sandbox.MessageStatus }](c)
	if err != nil {
		return engine.Reply{}, err
	}
	m, now, err := w.Force(c.HTTP.Context(), c.Request.PathInt("id"), body.Status)
	if err != nil {
		return engine.Reply{}, err
	}
	return showMessage(http.StatusOK, m, now)
}
