package specs

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/match"
	"example.com/awalmock/contract/run"
)

const otherAgent = "another-agent" // conversations that are not the client's own are assigned to this agent

// askControl sends a request to the control API, about the workspace of the spec. The spec judges the answer.
func (t *T) askControl(method, path string, body any) *exchange.Exchange {
	return t.answer(t.ToControl(method, path, t.Workspace.Domain, body))
}

// do sends a request to the control API and decodes the answer. If the status is not the wanted one, the case ends as UNVERIFIED: the rule CONTROL-ANSWERS
// reports it.
func (t *T) do(r *exchange.Request, want exchange.Wanted, into any) {
	r.Wanted = &want
	e := t.answer(r)
	if e.Status != want.Status {
		t.Lacks("a control API that does what was requested (%s)", e)
	}
	if into != nil && json.Unmarshal(e.Body, into) != nil {
		t.Lacks("an answer of the control API that can be read (%s)", e)
	}
}

// A controlledConversation is a conversation as the control API shows it.
type controlledConversation struct {
	ID     int64  `json:"id"`
	Phone  string `json:"phone"`
	Name   string `json:"name"`
	Status string `json:"status"`
	Unread int64  `json:"unread_count"`
}

func shownOfConversation() []string {
	return []string{"id", "phone_number_id", "phone", "name", "status", "assignee", "bot", "closed", "unread_count", "messages", "created_at", "updated_at"}
}

// createWith creates a conversation with some fields; phone and name are added.
func (t *T) createWith(fields map[string]any) (c controlledConversation) {
	body := map[string]any{"phone": fmt.Sprintf("9665%08d", t.Rand.Int64N(1e8)), "name": "Contract Suite اختبار"}
	for name, value := range fields {
		body[name] = value
	}
	t.do(t.ToControl(http.MethodPost, "/conversations", t.Workspace.Domain, body), exchange.Wanted{Status: http.StatusCreated, Shows: shownOfConversation()}, &c)
	return c
}

// create creates a conversation that is assigned to another agent, so its status is opened.
func (t *T) create() controlledConversation {
	return t.createWith(map[string]any{"assignee": otherAgent})
}

// createUnread creates a conversation in which the customer has just written.
func (t *T) createUnread() controlledConversation {
	c := t.create()
	t.receive(c.ID, t.uniqueText("Hello"))
	return c
}

func conversationPath(id int64) string { return "/conversations/" + strconv.FormatInt(id, 10) }

// change changes fields of a conversation.
func (t *T) change(id int64, fields map[string]any) {
	t.do(t.ToControl(http.MethodPatch, conversationPath(id), t.Workspace.Domain, fields), exchange.Wanted{Status: http.StatusOK, Shows: shownOfConversation()}, &controlledConversation{})
}

// A controlledMessage is a message as the control API shows it.
type controlledMessage struct {
	ID           int64  `json:"id"`
	Conversation int64  `json:"conversation_id"`
	Status       string `json:"status"`
	WhatsApp     string `json:"wamid"`
}

func shownOfMessage() []string {
	return []string{"id", "conversation_id", "wamid", "type", "content", "direction", "status", "date"}
}

// receive makes the customer of a conversation write a message.
func (t *T) receive(id int64, content string) (m controlledMessage) {
	r := t.ToControl(http.MethodPost, conversationPath(id)+"/messages", t.Workspace.Domain, map[string]any{"content": content})
	t.do(r, exchange.Wanted{Status: http.StatusCreated, Shows: shownOfMessage()}, &m)
	return m
}

type controlledClock struct {
	Now     time.Time `json:"now"`
	Stopped bool      `json:"standing"`
}

func shownOfClock() []string { return []string{"now", "standing"} }

// clock is the clock of a workspace.
func (t *T) clock(workspace string) (c controlledClock) {
	t.do(t.ToControl(http.MethodGet, "/clock", workspace, nil), exchange.Wanted{Status: http.StatusOK, Shows: shownOfClock()}, &c)
	return c
}

// setClock changes the clock of the spec's workspace.
func (t *T) setClock(change map[string]any) {
	t.do(t.ToControl(http.MethodPost, "/clock", t.Workspace.Domain, change), exchange.Wanted{Status: http.StatusOK, Shows: shownOfClock()}, nil)
}

// advance moves the clock of the spec's workspace forward, by whole seconds.
func (t *T) advance(d time.Duration) {
	t.setClock(map[string]any{"advance": fmt.Sprintf("%ds", int64(d/time.Second))})
}

// setFaults replaces the faults of the spec's workspace.
func (t *T) setFaults(rules ...map[string]any) {
	r := t.ToControl(http.MethodPut, "/faults", t.Workspace.Domain, map[string]any{"rules": run.NonNil(rules)})
	t.do(r, exchange.Wanted{Status: http.StatusOK, Shows: []string{"rules"}}, nil)
}

// reset resets the spec's workspace.
func (t *T) reset() {
	t.do(t.ToControl(http.MethodPost, "/reset", t.Workspace.Domain, nil), exchange.Wanted{Status: http.StatusNoContent}, nil)
}

// expectRefusal expects an error of the control API, with a status and the body that all errors of the API have.
func (t *T) expectRefusal(e *exchange.Exchange, status int, text string) {
	if !t.Check(e).To(match.HaveStatus(status), text) {
		return
	}
	for _, pointer := range []string{"/error", "/message", "/request_id"} {
		t.Check(e).To(match.HaveText(pointer), "an error of the control API does not have the documented body")
	}
}
