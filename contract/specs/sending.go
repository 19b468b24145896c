package specs

import (
	"fmt"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/run"
)

// recipient is the phone that messages are sent to: the first one of --send-to.
func (t *T) recipient() string {
	if len(t.Config.SendTo) == 0 {
		return ""
	}
	return t.Config.SendTo[0]
}

// uniqueText is a text that no message and no record has yet.
func (t *T) uniqueText(what string) string {
	return fmt.Sprintf("%s %s %d", what, t.Began.UTC().Format("150405.000"), t.Rand.Int64N(1e12))
}

// sent is the answer to a send: the exchange, and the ids of the message in it.
type sent struct {
	e        *exchange.Exchange
	id       int64
	wamid    string
	answered bool // with both ids
}

// send sends a message, which must succeed. If it does not, the error makes the case UNVERIFIED: HTTP-SUCCESS has the finding.
func (t *T) send(r *exchange.Request) (*sent, error) {
	e, err := t.Ask(r)
	if err != nil {
		return nil, err
	}
	out := sentOf(e)
	if !e.OK() {
		return out, run.Lacks("a send that is accepted (%s)", e)
	}
	return out, nil
}

// sentOf reads the answer to a send.
func sentOf(e *exchange.Exchange) *sent {
	out := &sent{e: e}
	message, _ := e.Object()["message"].(map[string]any)
	id := exchange.Number(message["id"])
	if id != nil {
		out.id = *id
	}
	out.wamid, _ = message["messageId"].(string)
	out.answered = e.OK() && id != nil && out.wamid != ""
	return out
}

func (t *T) textRequest(phone, text string) (*exchange.Request, error) {
	op, err := t.operation(document.SendTextMessage)
	if err != nil {
		return nil, err
	}
	return t.To(op, 0).WithJSON(map[string]any{"phone": phone, "body": text}), nil
}

func (t *T) sendText(text string) (*sent, error) {
	r, err := t.textRequest(t.recipient(), text)
	if err != nil {
		return nil, err
	}
	return t.send(r)
}

// rowOf is the row of a phone, nil if it has none.
func (t *T) rowOf(phone string) (*exchange.Row, *exchange.List, error) {
	view, err := t.List(exchange.Param("searchTerm", phone))
	if err != nil {
		return nil, nil, err
	}
	for i := range view.Rows {
		if view.Rows[i].Phone == phone {
			return &view.Rows[i], view, nil
		}
	}
	return nil, view, nil
}

// workspaceKey is the domain of the workspace that the case works in, with a space; "" for the one of --domain. It is a part of the keys of what a run shares.
func (t *T) workspaceKey() string {
	if t.Workspace == nil {
		return ""
	}
	return t.Workspace.Domain + " "
}

// conversation is the id of a phone's conversation, and whether it has one. It is looked up once, to spare the list's rate limit.
func (t *T) conversation(phone string) (id int64, there bool, err error) {
	if id, ok := t.Conversations.Load(t.workspaceKey() + phone); ok {
		return id.(int64), true, nil
	}
	r, _, err := t.rowOf(phone)
	if r == nil || err != nil {
		return 0, false, err
	}
	t.Conversations.Store(t.workspaceKey()+phone, r.ID)
	return r.ID, true, nil
}

// thread is the conversation of a phone, nil if there is none.
func (t *T) thread(phone string) (*exchange.Thread, error) {
	id, there, err := t.conversation(phone)
	if !there || err != nil {
		return nil, err
	}
	return t.Thread(id)
}

// recipientThread is the recipient's conversation, nil if there is none. If it cannot be read, the case ends.
func (t *T) recipientThread() *exchange.Thread {
	thread, err := t.thread(t.recipient())
	t.End(err)
	return thread
}

// waitForThread reads the recipient's conversation until shows is true for it, and returns it as it was read last; nil if there is none.
func (t *T) waitForThread(shows func(*exchange.Thread) bool) *exchange.Thread {
	var last *exchange.Thread
	_, err := t.Poll(func() (bool, error) {
		thread, err := t.thread(t.recipient())
		if thread == nil || err != nil {
			return false, err
		}
		last = thread
		return shows(thread), nil
	})
	t.End(err)
	return last
}

// A seenText is a text that was sent, and where it was found.
type seenText struct {
	text    string
	sent    *sent
	message *exchange.Message // nil: nowhere
	thread  *exchange.Thread  // the recipient's conversation, nil if there is none
}

// findsText sends a text, and waits until the recipient's conversation shows it.
func (t *T) findsText() seenText {
	s := seenText{text: t.uniqueText("Hello")}
	s.sent = t.sendsText(s.text)
	s.thread = t.waitForThread(func(thread *exchange.Thread) bool {
		s.message = thread.Sent(s.text)
		return s.message != nil
	})
	return s
}

// operationNamed is an operation that a spec needs. Without it, the case ends.
func (t *T) operationNamed(id string) *document.Operation {
	op, err := t.operation(id)
	t.End(err)
	return op
}

// textTo is a request that sends a text.
func (t *T) textTo(phone, text string) *exchange.Request {
	r, err := t.textRequest(phone, text)
	t.End(err)
	return r
}

// sends sends a message, which must succeed. If it does not, the case ends.
func (t *T) sends(r *exchange.Request) *sent {
	out, err := t.send(r)
	t.End(err)
	return out
}

// sendsText sends a text to the recipient.
func (t *T) sendsText(text string) *sent { return t.sends(t.textTo(t.recipient(), text)) }

// row is the row of a phone, nil if it has none, and the list that was searched.
func (t *T) row(phone string) (*exchange.Row, *exchange.List) {
	r, view, err := t.rowOf(phone)
	t.End(err)
	return r, view
}

// statuses is the list of message statuses. If it cannot be read, the case ends.
func (t *T) statuses() *exchange.StatusList {
	list, err := t.StatusList()
	t.End(err)
	return list
}
