package suite

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

const opText = "sendTextMessage"

// sendChecks are those of the tag messages that no schema says. They run one at a time, after the checks that judge what the crawl saw, and
// write to nobody but the phones of SendTo.
func sendChecks() []*check {
	of := func(operation, requirement, title string, run func(*probe) error) *check {
		return &check{id: requirement, requirement: requirement, title: title, operation: operation, run: run}
	}
	out := []*check{
		of(opText, "SEND-NEW-CONTACT", "a text to an unknown phone begins a conversation", checkNewContact), // before anything else is sent
		of(opText, "SEND-TEXT", "a text is answered with the ids of the message", checkText),
		of(opText, "SEND-TEXT-APPEARS", "a text stands in its conversation and in no other", checkTextAppears),
		of(opText, "SEND-TEXT-UNHARMED", "a text is unharmed", checkTextUnharmed),
		of(opText, "SEND-STATUS-POLL", "a sent message is in the status poll", checkSentInPoll),
		of(opText, "SEND-ID-AGREES", "the answer has the id of the message", checkSentID),
		of(opText, "SEND-UPDATES-LIST", "the row shows what was sent", checkSentInList),
		of(opText, "SEND-REPLY-TO", "an unknown reply_to is refused", checkReplyTo),
		of(opText, "SEND-REFUSED-CHANGES-NOTHING", "a refused send leaves no message", checkRefusedSend),
		of(opState, "STATUS-FORWARD", "the status of a sent message never goes back", checkSentForward),
	}
	out[len(out)-1].id = "STATUS-FORWARD.sent"
	out = append(out, appearChecks(of)...)
	out = append(out, mediaChecks(of)...)
	out = append(out, templateSendChecks(of)...)
	for _, c := range out {
		c.capability, c.writes, c.last = CapabilitySend, true, true
	}
	return out
}

type makeCheck func(operation, requirement, title string, run func(*probe) error) *check

// recipient is who is written to.
func (p *probe) recipient() string {
	if len(p.cfg.SendTo) == 0 {
		return ""
	}
	return p.cfg.SendTo[0]
}

// nonce is a text that no message has yet.
func (p *probe) nonce(what string) string {
	return fmt.Sprintf("%s %s %d", what, p.began.UTC().Format("150405.000"), p.rand.Int64N(1e12))
}

// sent is what the answer to a send says.
type sent struct {
	e        *exchange
	id       int64
	wamid    string
	answered bool // with both ids
}

// send makes a send that must succeed; lacks tells that it did not, which the rule HTTP-SUCCESS tells in its own words.
func (p *probe) send(r *request) (*sent, error) {
	e, err := p.ask(r)
	if err != nil {
		return nil, err
	}
	out := &sent{e: e}
	message, _ := e.object()["message"].(map[string]any)
	if id := number(message["id"]); id != nil {
		out.id = *id
	}
	out.wamid, _ = message["messageId"].(string)
	out.answered = e.ok() && out.id != 0 && out.wamid != ""
	if !e.ok() {
		return out, lacks("a send that is accepted (%s)", e)
	}
	return out, nil
}

func (p *probe) textRequest(phone, text string) (*request, error) {
	op, err := p.operation(opText)
	if err != nil {
		return nil, err
	}
	return p.to(op, 0).withJSON(map[string]any{"phone": phone, "body": text}), nil
}

func (p *probe) sendText(text string) (*sent, error) {
	r, err := p.textRequest(p.recipient(), text)
	if err != nil {
		return nil, err
	}
	return p.send(r)
}

// appears asks until something holds: a message may take a moment to be seen. What did not appear in time once is not waited for again.
func (p *probe) appears(look func() (bool, error)) (bool, error) {
	for _, wait := range []time.Duration{0, 50 * time.Millisecond, 150 * time.Millisecond, 300 * time.Millisecond, 500 * time.Millisecond, 500 * time.Millisecond} {
		if wait > 0 && p.impatient.Load() {
			return false, nil
		}
		if err := pause(p.ctx, wait); err != nil {
			return false, err
		}
		if found, err := look(); found || err != nil {
			return found, err
		}
	}
	p.impatient.Store(true)
	return false, nil
}

// rowOf is the row of a phone, nil if it has none.
func (p *probe) rowOf(phone string) (*row, *listView, error) {
	view, err := p.list(pair{"searchTerm", phone})
	if err != nil {
		return nil, nil, err
	}
	for i := range view.rows {
		if view.rows[i].phone == phone {
			return &view.rows[i], view, nil
		}
	}
	return nil, view, nil
}

// conversation is the id of a phone's conversation, 0 if it has none. It is looked up once, to spare the list's rate limit.
func (p *probe) conversation(phone string) (int64, error) {
	if id, ok := p.conversations.Load(phone); ok {
		return id.(int64), nil
	}
	r, _, err := p.rowOf(phone)
	if r == nil || err != nil {
		return 0, err
	}
	p.conversations.Store(phone, r.id)
	return r.id, nil
}

// thread is the conversation of a phone, nil if there is none.
func (p *probe) thread(phone string) (*talkView, error) {
	id, err := p.conversation(phone)
	if id == 0 || err != nil {
		return nil, err
	}
	return p.talk(id)
}

// findMessage waits for an outbound message in the recipient's conversation, and gives the conversation as it was seen last.
func (p *probe) findMessage(fits func(m message) bool) (*message, *talkView, error) {
	var found *message
	var last *talkView
	_, err := p.appears(func() (bool, error) {
		view, err := p.thread(p.recipient())
		if view == nil || err != nil {
			return false, err
		}
		last = view
		for i := range view.messages {
			if m := &view.messages[i]; m.direction == "outbound" && fits(*m) {
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
	message *message  // nil: nowhere
	view    *talkView // of the recipient's conversation, nil if there is none
}

// sendAndFind sends a text, and looks for it in the recipient's conversation.
func (p *probe) sendAndFind() (s seenText, err error) {
	s.said = p.nonce("Hello")
	if s.out, err = p.sendText(s.said); err == nil {
		s.message, s.view, err = p.findMessage(func(m message) bool { return m.content == s.said })
	}
	return s, err
}

func fromOf(v *talkView) *exchange {
	if v == nil {
		return nil
	}
	return v.from
}

// these leaves out exchanges that there are not.
func these(list ...*exchange) []*exchange {
	return slices.DeleteFunc(list, func(e *exchange) bool { return e == nil })
}

func checkNewContact(p *probe) error {
	for _, phone := range p.cfg.SendTo {
		before, _, err := p.rowOf(phone)
		if err != nil {
			return err
		}
		if before != nil {
			continue
		}
		op, err := p.operation(opText)
		if err != nil {
			return err
		}
		const name = "Contract Suite اختبار"
		out, err := p.send(p.to(op, 0).withJSON(map[string]any{"phone": phone, "body": p.nonce("Hello"), "name": name}))
		if err != nil {
			return err
		}
		var after *row
		if _, err := p.appears(func() (bool, error) {
			after, _, err = p.rowOf(phone)
			return after != nil, err
		}); err != nil {
			return err
		}
		switch {
		case after == nil:
			p.fail(Finding{Text: "a text to an unknown phone began no conversation", Expected: "a row with the phone " + phone, Actual: "none"}, out.e)
		case shown(after.name) != shown(text(name)):
			p.fail(Finding{Text: "the new conversation has another name than was sent", Expected: name, Actual: shown(after.name)}, out.e)
		}
		return nil
	}
	return lacks("a phone in --send-to that has no conversation yet")
}

func checkText(p *probe) error {
	out, err := p.sendText(p.nonce("Hello"))
	if out != nil && !out.answered {
		p.fail(Finding{Text: "a text was not answered with both ids of the message", Expected: "200 OK with message.id and message.messageId", Actual: out.e.result(), Pointer: "/message"}, out.e)
		return nil
	}
	return err
}

func checkSentInPoll(p *probe) error {
	out, err := p.sendText(p.nonce("Hello"))
	if err != nil {
		return err
	}
	var last *pollView
	found, err := p.appears(func() (bool, error) {
		if last, err = p.poll(); err != nil {
			return false, err
		}
		return slices.ContainsFunc(last.rows, func(r pollRow) bool { return r.id == out.id }), nil
	})
	if err == nil && !found {
		p.fail(Finding{Text: "a sent message has no row in the status poll", Expected: fmt.Sprintf("a row with the message_id %d", out.id), Actual: fmt.Sprintf("%d other rows", len(last.rows)), Pointer: "/data"}, out.e, last.from)
	}
	return err
}

func checkSentID(p *probe) error {
	s, err := p.sendAndFind()
	if err != nil {
		return err
	}
	if s.message == nil {
		return lacks("a sent text that appears")
	}
	if m, out, view := s.message, s.out, s.view; m.id != out.id {
		p.fail(Finding{Text: "the answer has another id than the message has in its conversation", Expected: fmt.Sprint(m.id), Actual: fmt.Sprint(out.id), Pointer: "/message/id"}, out.e, view.from)
	}
	return nil
}

func checkSentInList(p *probe) error {
	before, _, err := p.rowOf(p.recipient())
	if err != nil {
		return err
	}
	said := p.nonce("Hello")
	out, err := p.sendText(said)
	if err != nil {
		return err
	}
	var after *row
	var view *listView
	found, err := p.appears(func() (bool, error) {
		after, view, err = p.rowOf(p.recipient())
		return after != nil && after.lastMessage != nil && *after.lastMessage == said, err
	})
	if err != nil {
		return err
	}
	actual := "no row"
	if after != nil {
		actual = shown(after.lastMessage)
	}
	if !found {
		p.fail(Finding{Text: "the row does not show what was sent last", Expected: said, Actual: actual, Pointer: "/data"}, out.e, view.from)
	}
	if after != nil && before != nil && after.updatedAt.Before(before.updatedAt) {
		p.fail(Finding{Text: "updated_at went back when a message was sent", Expected: "not before " + before.updated, Actual: after.updated, Pointer: after.pointer + "/updated_at"}, out.e, view.from)
	}
	return nil
}

func checkReplyTo(p *probe) error {
	op, err := p.operation(opText)
	if err != nil {
		return err
	}
	e, err := p.ask(p.to(op, 0).withJSON(map[string]any{"phone": p.recipient(), "body": p.nonce("Hello"), "reply_to": "wamid.no-such-message"}).unacceptable())
	if err != nil {
		return err
	}
	p.want(e, "a reply_to that names no message was not refused", "", http.StatusBadRequest)
	return nil
}

func checkRefusedSend(p *probe) error {
	mark := p.nonce("refused")
	r, err := p.textRequest(p.recipient(), mark+strings.Repeat("x", 4097))
	if err != nil {
		return err
	}
	e, err := p.ask(r.unacceptable())
	if err != nil {
		return err
	}
	if e.status < http.StatusBadRequest {
		return lacks("a send that is refused")
	}
	view, err := p.thread(p.recipient())
	if err != nil {
		return err
	}
	if view == nil {
		return nil
	}
	for _, m := range view.messages {
		if strings.HasPrefix(m.content, mark) {
			p.fail(Finding{Text: "a send that was refused left a message", Expected: "no such message", Actual: brief(m.content), Pointer: m.pointer}, e, view.from)
		}
	}
	return nil
}

// checkSentForward sends, polls a few times, and follows every message through the answers of the run.
func checkSentForward(p *probe) error {
	if _, err := p.sendText(p.nonce("Hello")); err != nil {
		return err
	}
	for range 3 {
		if _, err := p.poll(); err != nil {
			return err
		}
		if err := pause(p.ctx, 20*time.Millisecond); err != nil {
			return err
		}
	}
	return checkForward(p)
}
