package specs

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/printable"
	"example.com/awalmock/contract/run"
)

// sends are the specs of the tag messages that no schema says. They run one at a time, after the specs that judge what the crawl saw, and
// write to nobody but the phones of SendTo.
func sends() Specs {
	return Describe("sends", Capability(document.CapabilitySend), Writes(), Alone(),
		Describe("texts", Operation(document.SendTextMessage),
			It("a text to an unknown phone begins a conversation", Requirement("SEND-NEW-CONTACT"), asked(checkNewContact)), // before anything else is sent
			It("a text is answered with the ids of the message", Requirement("SEND-TEXT"), asked(checkText)),
			It("a text stands in its conversation and in no other", Requirement("SEND-TEXT-APPEARS"), asked(checkTextAppears)),
			It("a text is unharmed", Requirement("SEND-TEXT-UNHARMED"), asked(checkTextUnharmed)),
			It("a sent message is in the status poll", Requirement("SEND-STATUS-POLL"), asked(checkSentInPoll)),
			It("the answer has the id of the message", Requirement("SEND-ID-AGREES"), asked(checkSentID)),
			It("the row shows what was sent", Requirement("SEND-UPDATES-LIST"), asked(checkSentInList)),
			It("an unknown reply_to is refused", Requirement("SEND-REPLY-TO"), asked(checkReplyTo)),
			It("a refused send leaves no message", Requirement("SEND-REFUSED-CHANGES-NOTHING"), asked(checkRefusedSend)),
		),
		It("the status of a sent message never goes back", Requirement("STATUS-FORWARD"), asked(checkSentForward), Suffix(".sent"), Operation(document.GetMessageStatus)),
		otherKinds(),
		mediaSends(),
		templateSends(),
	)
}

// recipient is who is written to.
func (t *T) recipient() string {
	if len(t.Config.SendTo) == 0 {
		return ""
	}
	return t.Config.SendTo[0]
}

// nonce is a text that no message has yet.
func (t *T) nonce(what string) string {
	return fmt.Sprintf("%s %s %d", what, t.Began.UTC().Format("150405.000"), t.Rand.Int64N(1e12))
}

// sent is what the answer to a send says.
type sent struct {
	e        *exchange.Exchange
	id       int64
	wamid    string
	answered bool // with both ids
}

// send makes a send that must succeed; lacks tells that it did not, which the rule HTTP-SUCCESS tells in its own words.
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
	if id := exchange.Number(message["id"]); id != nil {
		out.id = *id
	}
	out.wamid, _ = message["messageId"].(string)
	out.answered = e.OK() && out.id != 0 && out.wamid != ""
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

// whose names the workspace that is asked for, "" for the first one.
func (t *T) whose() string {
	if t.Own == nil {
		return ""
	}
	return t.Own.Domain + " "
}

// conversation is the id of a phone's conversation, 0 if it has none. It is looked up once, to spare the list's rate limit.
func (t *T) conversation(phone string) (int64, error) {
	if id, ok := t.Conversations.Load(t.whose() + phone); ok {
		return id.(int64), nil
	}
	r, _, err := t.rowOf(phone)
	if r == nil || err != nil {
		return 0, err
	}
	t.Conversations.Store(t.whose()+phone, r.ID)
	return r.ID, nil
}

// thread is the conversation of a phone, nil if there is none.
func (t *T) thread(phone string) (*exchange.Thread, error) {
	id, err := t.conversation(phone)
	if id == 0 || err != nil {
		return nil, err
	}
	return t.Thread(id)
}

// findMessage waits for an outbound message in the recipient's conversation, and gives the conversation as it was seen last.
func (t *T) findMessage(fits func(m exchange.Message) bool) (*exchange.Message, *exchange.Thread, error) {
	var found *exchange.Message
	var last *exchange.Thread
	_, err := t.Appears(func() (bool, error) {
		view, err := t.thread(t.recipient())
		if view == nil || err != nil {
			return false, err
		}
		last = view
		for i := range view.Messages {
			if m := &view.Messages[i]; m.Direction == "outbound" && fits(*m) {
				found = m
			}
		}
		return found != nil, nil
	})
	return found, last, err
}

// A seenText is a text that was sent, and where it was found.
type seenText struct {
	said    string
	out     *sent
	message *exchange.Message // nil: nowhere
	view    *exchange.Thread  // of the recipient's conversation, nil if there is none
}

// sendAndFind sends a text, and looks for it in the recipient's conversation.
func (t *T) sendAndFind() (s seenText, err error) {
	s.said = t.nonce("Hello")
	if s.out, err = t.sendText(s.said); err == nil {
		s.message, s.view, err = t.findMessage(func(m exchange.Message) bool { return m.Content == s.said })
	}
	return s, err
}

func fromOf(v *exchange.Thread) *exchange.Exchange {
	if v == nil {
		return nil
	}
	return v.From
}

// these leaves out exchanges that there are not.
func these(list ...*exchange.Exchange) []*exchange.Exchange {
	return slices.DeleteFunc(list, func(e *exchange.Exchange) bool { return e == nil })
}

func checkNewContact(t *T) error {
	for _, phone := range t.Config.SendTo {
		before, _, err := t.rowOf(phone)
		if err != nil {
			return err
		}
		if before != nil {
			continue
		}
		op, err := t.operation(document.SendTextMessage)
		if err != nil {
			return err
		}
		const name = "Contract Suite اختبار"
		out, err := t.send(t.To(op, 0).WithJSON(map[string]any{"phone": phone, "body": t.nonce("Hello"), "name": name}))
		if err != nil {
			return err
		}
		var after *exchange.Row
		if _, err := t.Appears(func() (bool, error) {
			after, _, err = t.rowOf(phone)
			return after != nil, err
		}); err != nil {
			return err
		}
		switch {
		case after == nil:
			t.Fail(judge.Finding{Text: "a text to an unknown phone began no conversation", Expected: "a row with the phone " + phone, Actual: "none"}, out.e)
		case exchange.Shown(after.Name) != exchange.Shown(exchange.Text(name)):
			t.Fail(judge.Finding{Text: "the new conversation has another name than was sent", Expected: name, Actual: exchange.Shown(after.Name)}, out.e)
		}
		return nil
	}
	return run.Lacks("a phone in --send-to that has no conversation yet")
}

func checkText(t *T) error {
	out, err := t.sendText(t.nonce("Hello"))
	if out != nil && !out.answered {
		t.Fail(judge.Finding{Text: "a text was not answered with both ids of the message", Expected: "200 OK with message.id and message.messageId", Actual: out.e.Result(), Pointer: "/message"}, out.e)
		return nil
	}
	return err
}

func checkSentInPoll(t *T) error {
	out, err := t.sendText(t.nonce("Hello"))
	if err != nil {
		return err
	}
	var last *exchange.StatusList
	found, err := t.Appears(func() (bool, error) {
		if last, err = t.StatusList(); err != nil {
			return false, err
		}
		return slices.ContainsFunc(last.Rows, func(r exchange.StatusRow) bool { return r.ID == out.id }), nil
	})
	if err == nil && !found {
		t.Fail(judge.Finding{Text: "a sent message has no row in the status poll", Expected: fmt.Sprintf("a row with the message_id %d", out.id), Actual: fmt.Sprintf("%d other rows", len(last.Rows)), Pointer: "/data"}, out.e, last.From)
	}
	return err
}

func checkSentID(t *T) error {
	s, err := t.sendAndFind()
	if err != nil {
		return err
	}
	if s.message == nil {
		return run.Lacks("a sent text that appears")
	}
	if m, out, view := s.message, s.out, s.view; m.ID != out.id {
		t.Fail(judge.Finding{Text: "the answer has another id than the message has in its conversation", Expected: fmt.Sprint(m.ID), Actual: fmt.Sprint(out.id), Pointer: "/message/id"}, out.e, view.From)
	}
	return nil
}

func checkSentInList(t *T) error {
	before, _, err := t.rowOf(t.recipient())
	if err != nil {
		return err
	}
	said := t.nonce("Hello")
	out, err := t.sendText(said)
	if err != nil {
		return err
	}
	var after *exchange.Row
	var view *exchange.List
	found, err := t.Appears(func() (bool, error) {
		after, view, err = t.rowOf(t.recipient())
		return after != nil && after.LastMessage != nil && *after.LastMessage == said, err
	})
	if err != nil {
		return err
	}
	actual := "no row"
	if after != nil {
		actual = exchange.Shown(after.LastMessage)
	}
	if !found {
		t.Fail(judge.Finding{Text: "the row does not show what was sent last", Expected: said, Actual: actual, Pointer: "/data"}, out.e, view.From)
	}
	if after != nil && before != nil && after.UpdatedAt.Before(before.UpdatedAt) {
		t.Fail(judge.Finding{Text: "updated_at went back when a message was sent", Expected: "not before " + before.Updated, Actual: after.Updated, Pointer: after.Pointer + "/updated_at"}, out.e, view.From)
	}
	return nil
}

func checkReplyTo(t *T) error {
	op, err := t.operation(document.SendTextMessage)
	if err != nil {
		return err
	}
	e, err := t.Ask(t.To(op, 0).WithJSON(map[string]any{"phone": t.recipient(), "body": t.nonce("Hello"), "reply_to": "wamid.no-such-message"}).Unacceptable())
	if err != nil {
		return err
	}
	t.want(e, "a reply_to that names no message was not refused", "", http.StatusBadRequest)
	return nil
}

func checkRefusedSend(t *T) error {
	mark := t.nonce("refused")
	r, err := t.textRequest(t.recipient(), mark+strings.Repeat("x", 4097))
	if err != nil {
		return err
	}
	e, err := t.Ask(r.Unacceptable())
	if err != nil {
		return err
	}
	if e.Status < http.StatusBadRequest {
		return run.Lacks("a send that is refused")
	}
	view, err := t.thread(t.recipient())
	if err != nil {
		return err
	}
	if view == nil {
		return nil
	}
	for _, m := range view.Messages {
		if strings.HasPrefix(m.Content, mark) {
			t.Fail(judge.Finding{Text: "a send that was refused left a message", Expected: "no such message", Actual: printable.Brief(m.Content), Pointer: m.Pointer}, e, view.From)
		}
	}
	return nil
}

// checkSentForward sends, polls a few times, and follows every message through the answers of the run.
func checkSentForward(t *T) error {
	if _, err := t.sendText(t.nonce("Hello")); err != nil {
		return err
	}
	for range 3 {
		if _, err := t.StatusList(); err != nil {
			return err
		}
		if err := exchange.Pause(t.Ctx, 20*time.Millisecond); err != nil {
			return err
		}
	}
	return checkForward(t)
}
