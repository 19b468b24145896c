package suite

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// receivedChecks are about what a customer writes, which nobody but the control API can bring about.
func receivedChecks() []*check {
	of := func(operation, requirement, suffix, title string, run func(*probe) error) *check {
		return &check{id: requirement + suffix, requirement: requirement, title: title, operation: operation, run: inWorkspace(run)}
	}
	return []*check{
		of(opTalk, "MSG-RECEIVED", "", "a customer's message stands in its conversation and in no other", checkReceived),
		of(opTalk, "MSG-RECEIVED-UNHARMED", "", "a customer's text is unharmed in the conversation and in the list", checkReceivedUnharmed),
		of(opList, "LIST-UNREAD-RISES", "", "a customer's message is counted as unread", checkUnreadRises),
		of(opList, "LIST-ORDER", ".received", "the row of a conversation whose customer writes moves to the top", checkMovesUp),
		of(opTalk, "MSG-READ-ONLY", ".unread", "reading the list, the conversation or the poll marks nothing read", checkReadKeepsUnread),
		of(opText, "SEND-MARKS-READ", "", "a message to the customer marks the conversation read", checkSendMarksRead),
		of(opList, "LIST-SEARCH-NAME", ".new", "a new conversation is found by its name", checkNewFound("name", func(c controlled) string { return c.Name })),
		of(opList, "LIST-SEARCH-PHONE", ".new", "a new conversation is found by its phone", checkNewFound("phone", func(c controlled) string { return c.Phone })),
	}
}

func checkReceived(p *probe) error {
	own, err := p.begin()
	if err != nil {
		return err
	}
	other, err := p.begin()
	if err != nil {
		return err
	}
	said := p.nonce("Where is my order?")
	received, err := p.receive(own.ID, said)
	if err != nil {
		return err
	}
	talk, err := p.talk(own.ID)
	if err != nil {
		return err
	}
	var found *message
	for i := range talk.messages {
		if talk.messages[i].content == said {
			found = &talk.messages[i]
		}
	}
	if found == nil {
		p.fail(Finding{Text: "a customer's message is not in the conversation", Expected: "an inbound message with the text " + said, Actual: fmt.Sprintf("%d other messages", len(talk.messages)), Pointer: "/data/messages"}, talk.from)
	} else {
		p.judgeReceived(found, received, talk.from)
	}
	elsewhere, err := p.talk(other.ID)
	if err == nil && len(elsewhere.messages) > 0 {
		p.fail(Finding{Text: "a customer's message stands in the conversation of somebody else", Expected: "no message", Actual: brief(elsewhere.messages[0].content), Pointer: "/data/messages"}, elsewhere.from)
	}
	return err
}

// judgeReceived looks at everything of a received message, since what is no more than a SHOULD must not hide what is more.
func (p *probe) judgeReceived(found *message, received controlledMessage, in *exchange) {
	if found.id != received.ID {
		p.fail(Finding{Text: "a customer's message has another id than the control API says", Expected: strconv.FormatInt(received.ID, 10), Actual: strconv.FormatInt(found.id, 10), Pointer: found.pointer + "/id"}, in)
	}
	if found.direction != "inbound" {
		p.fail(Finding{Level: Should, Text: "a customer's message has another direction", Expected: "inbound", Actual: found.direction, Pointer: found.pointer + "/direction"}, in)
	}
	if found.kind != "text" {
		p.fail(Finding{Level: Should, Text: "a customer's text has another type", Expected: "text", Actual: found.kind, Pointer: found.pointer + "/type"}, in)
	}
}

func checkReceivedUnharmed(p *probe) error {
	c, err := p.begin()
	if err != nil {
		return err
	}
	for _, said := range append(oddTexts(), strings.Repeat("س", 4096)) {
		if _, err := p.receive(c.ID, said); err != nil {
			return err
		}
		talk, err := p.talk(c.ID)
		if err != nil {
			return err
		}
		actual := "no message"
		if n := len(talk.messages); n > 0 {
			actual = talk.messages[n-1].content
			for _, m := range talk.messages { // the order of messages is no more than a SHOULD
				if m.content == said {
					actual = said
				}
			}
		}
		if actual != said {
			p.fail(Finding{Text: "a customer's text is not what the conversation shows", Expected: brief(said), Actual: brief(actual), Pointer: "/data/messages"}, talk.from)
		}
		r, view, err := p.rowIn(c.ID)
		if err != nil {
			return err
		}
		if r.lastMessage == nil || *r.lastMessage != said {
			p.fail(Finding{Text: "a customer's text is not what the list shows as the last message", Expected: brief(said), Actual: shown(r.lastMessage), Pointer: r.pointer + "/last_message"}, view.from)
		}
		if err := p.advance(time.Second); err != nil { // so that the next one is newer
			return err
		}
	}
	return nil
}

// rowIn is the row of a conversation in the whole list.
func (p *probe) rowIn(id int64) (*row, *listView, error) {
	view, err := p.list()
	if err != nil {
		return nil, nil, err
	}
	if r := view.byID[id]; r != nil {
		return r, view, nil
	}
	return nil, view, lacks("a row of the conversation %d", id)
}

func checkUnreadRises(p *probe) error {
	one, err := p.begin()
	if err != nil {
		return err
	}
	two, err := p.begin()
	if err != nil {
		return err
	}
	total := int64(0)
	for _, step := range []struct {
		id, want int64
		rises    bool // what is counted in all rises too, be it messages or conversations
	}{{one.ID, 1, true}, {one.ID, 2, false}, {two.ID, 1, true}} {
		if _, err := p.receive(step.id, p.nonce("Hello")); err != nil {
			return err
		}
		r, view, err := p.rowIn(step.id)
		if err != nil {
			return err
		}
		if r.unread != step.want {
			p.fail(Finding{Text: "a customer's message is not counted as unread", Expected: fmt.Sprintf("unread_count %d", step.want), Actual: strconv.FormatInt(r.unread, 10), Pointer: r.pointer + "/unread_count"}, view.from)
		}
		if view.unreadTotal == nil {
			continue
		}
		if n := *view.unreadTotal; n < total || n == total && step.rises {
			p.fail(Finding{Text: "a customer's message does not raise what is unread in all", Expected: fmt.Sprintf("unread_total above %d", total), Actual: strconv.FormatInt(n, 10), Pointer: "/meta/unread_total"}, view.from)
		}
		total = *view.unreadTotal
	}
	return nil
}

func checkMovesUp(p *probe) error {
	oldest, err := p.begin()
	if err != nil {
		return err
	}
	for range 2 {
		if err := p.advance(time.Minute); err != nil {
			return err
		}
		if _, err := p.customer(); err != nil {
			return err
		}
	}
	if err := p.advance(time.Minute); err != nil {
		return err
	}
	if _, err := p.receive(oldest.ID, p.nonce("Hello")); err != nil {
		return err
	}
	_, view, err := p.rowIn(oldest.ID)
	if err == nil && view.rows[0].id != oldest.ID {
		p.fail(Finding{Text: "the conversation whose customer wrote last does not stand first", Expected: fmt.Sprintf("id %d", oldest.ID), Actual: strconv.FormatInt(view.rows[0].id, 10), Pointer: "/data/0/id"}, view.from)
	}
	return err
}

func checkReadKeepsUnread(p *probe) error {
	c, err := p.customer()
	if err != nil {
		return err
	}
	reads := []struct {
		what string
		ask  func() error
	}{
		{"the list", func() error { _, err := p.list(); return err }},
		{"the list under a status", func() error { _, err := p.list(pair{"status", "unread"}); return err }},
		{"the conversation", func() error { _, err := p.talk(c.ID); return err }},
		{"the status poll", func() error { _, err := p.poll(); return err }},
	}
	for _, read := range reads {
		if err := read.ask(); err != nil {
			return err
		}
		r, view, err := p.rowIn(c.ID)
		if err != nil {
			return err
		}
		if r.unread != 1 {
			p.fail(Finding{Text: "reading " + read.what + " marked a message read", Expected: "unread_count 1", Actual: strconv.FormatInt(r.unread, 10), Pointer: r.pointer + "/unread_count"}, view.from)
			return nil
		}
	}
	return nil
}

func checkSendMarksRead(p *probe) error {
	c, err := p.customer()
	if err != nil {
		return err
	}
	r, err := p.textRequest(c.Phone, p.nonce("Here we are"))
	if err != nil {
		return err
	}
	if _, err := p.send(r); err != nil {
		return err
	}
	row, view, err := p.rowIn(c.ID)
	if err == nil && row.unread != 0 {
		p.fail(Finding{Text: "the conversation is still unread after its customer was written to", Expected: "unread_count 0", Actual: strconv.FormatInt(row.unread, 10), Pointer: row.pointer + "/unread_count"}, view.from)
	}
	return err
}

func checkNewFound(what string, term func(controlled) string) func(*probe) error {
	return func(p *probe) error {
		c, err := p.beginWith(map[string]any{"name": p.nonce("Newcomer جديد")})
		if err != nil {
			return err
		}
		view, err := p.list(pair{"searchTerm", term(c)})
		if err == nil && !view.has(c.ID) {
			p.fail(Finding{Text: "a new conversation is not found by its " + what, Expected: fmt.Sprintf("a row with the id %d", c.ID), Actual: fmt.Sprintf("%d other rows", len(view.rows)), Pointer: "/data"}, view.from)
		}
		return err
	}
}
