package control

import (
	"net/http"
	"slices"

	"example.com/awalmock/mockserver/adminapi"
	"example.com/awalmock/mockserver/internal/engine"
	"example.com/awalmock/mockserver/internal/sandbox"
)

// rowsListed is how many rows a part of a list has when nothing else is asked for.
const rowsListed = 100

// findConversations answers GET /conversations.
func (a *api) findConversations(c *engine.Call) (engine.Reply, error) {
	w, err := a.workspace(c)
	if err != nil {
		return engine.Reply{}, err
	}
	text := func(name string) string {
		value, _ := c.Request.Query(name)
		return value
	}
	q := sandbox.Query{Number: text("phone_number_id"), Status: sandbox.Status(text("status")), Term: text("search")}
	if numbers := w.Numbers(); q.Number == "" && len(numbers) > 0 {
		q.Number = numbers[0].ID
	}
	offset, _ := c.Request.QueryInt("offset")
	page, err := w.ConversationPage(q, offset, limitOf(c))
	if err != nil {
		return engine.Reply{}, err
	}
	shown := adminapi.ConversationPage{
		Data: []adminapi.Conversation{}, Total: page.Total, Counts: map[string]int{}, UnreadTotal: page.Unread, Offset: offset, Now: page.Now,
	}
	for _, found := range page.Conversations {
		shown.Data = append(shown.Data, conversation(w, found, page.Now))
	}
	for word, count := range page.Counts {
		shown.Counts[string(word)] = count
	}
	return show(http.StatusOK, shown)
}

func limitOf(c *engine.Call) int {
	if limit, ok := c.Request.QueryInt("limit"); ok {
		return int(limit)
	}
	return rowsListed
}

// getConversation answers GET /conversations/{id}.
func (a *api) getConversation(c *engine.Call) (engine.Reply, error) {
	w, err := a.workspace(c)
	if err != nil {
		return engine.Reply{}, err
	}
	found, now, err := w.ConversationOf(c.Request.PathInt("id"))
	if err != nil {
		return engine.Reply{}, err
	}
	return showConversation(http.StatusOK, w, found, now)
}

// getMessages answers GET /conversations/{id}/messages.
func (a *api) getMessages(c *engine.Call) (engine.Reply, error) {
	w, err := a.workspace(c)
	if err != nil {
		return engine.Reply{}, err
	}
	found, now, err := w.ConversationOf(c.Request.PathInt("id"))
	if err != nil {
		return engine.Reply{}, err
	}
	thread := found.Thread()
	limit := limitOf(c)
	first := len(thread) - limit
	if offset, ok := c.Request.QueryInt("offset"); ok {
		first = int(min(offset, int64(len(thread))))
	}
	if id, ok := c.Request.QueryInt("around"); ok {
		at := slices.IndexFunc(thread, func(m *sandbox.Message) bool { return m.ID == id })
		if at < 0 {
			return engine.Reply{}, notFound("There is no such message in this conversation.")
		}
		first = min(at-limit/2, len(thread)-limit)
	}
	first = max(0, first)
	shown := adminapi.MessagePage{Data: []adminapi.Message{}, Total: len(thread), Offset: int64(first)}
	for _, m := range thread[first:min(first+limit, len(thread))] {
		shown.Data = append(shown.Data, message(m, now))
	}
	return show(http.StatusOK, shown)
}
