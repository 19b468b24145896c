package specs

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/printable"
	"example.com/awalmock/contract/run"
)

// received are about what a customer writes, which only the control API can bring about.
func received() Specs {
	return Describe("what a customer writes",
		It("a customer's message stands in its conversation and in no other", Requirement("MSG-RECEIVED"), asked(inWorkspace(checkReceived)), Operation(document.GetConversationMessages)),
		It("a customer's text is unharmed in the conversation and in the list", Requirement("MSG-RECEIVED-UNHARMED"), asked(inWorkspace(checkReceivedUnharmed)), Operation(document.GetConversationMessages)),
		It("a customer's message is counted as unread", Requirement("LIST-UNREAD-RISES"), asked(inWorkspace(checkUnreadRises)), Operation(document.ListConversations)),
		It("the row of a conversation whose customer writes moves to the top", Requirement("LIST-ORDER"), asked(inWorkspace(checkMovesUp)), Suffix(".received"), Operation(document.ListConversations)),
		It("reading the list, the conversation or the poll marks nothing read", Requirement("MSG-READ-ONLY"), asked(inWorkspace(checkReadKeepsUnread)), Suffix(".unread"), Operation(document.GetConversationMessages)),
		It("a message to the customer marks the conversation read", Requirement("SEND-MARKS-READ"), asked(inWorkspace(checkSendMarksRead)), Operation(document.SendTextMessage)),
		It("a new conversation is found by its name", Requirement("LIST-SEARCH-NAME"), asked(inWorkspace(checkNewFound("name", func(c controlled) string { return c.Name }))), Suffix(".new"), Operation(document.ListConversations)),
		It("a new conversation is found by its phone", Requirement("LIST-SEARCH-PHONE"), asked(inWorkspace(checkNewFound("phone", func(c controlled) string { return c.Phone }))), Suffix(".new"), Operation(document.ListConversations)),
	)
}

func checkReceived(t *T) error {
	own, err := t.begin()
	if err != nil {
		return err
	}
	other, err := t.begin()
	if err != nil {
		return err
	}
	said := t.nonce("Where is my order?")
	received, err := t.receive(own.ID, said)
	if err != nil {
		return err
	}
	talk, err := t.Thread(own.ID)
	if err != nil {
		return err
	}
	var found *exchange.Message
	for i := range talk.Messages {
		if talk.Messages[i].Content == said {
			found = &talk.Messages[i]
		}
	}
	if found == nil {
		t.Fail(judge.Finding{Text: "a customer's message is not in the conversation", Expected: "an inbound message with the text " + said, Actual: fmt.Sprintf("%d other messages", len(talk.Messages)), Pointer: "/data/messages"}, talk.From)
	} else {
		t.judgeReceived(found, received, talk.From)
	}
	elsewhere, err := t.Thread(other.ID)
	if err == nil && len(elsewhere.Messages) > 0 {
		t.Fail(judge.Finding{Text: "a customer's message stands in the conversation of somebody else", Expected: "no message", Actual: printable.Brief(elsewhere.Messages[0].Content), Pointer: "/data/messages"}, elsewhere.From)
	}
	return err
}

// judgeReceived looks at everything of a received message, since what is no more than a SHOULD must not hide what is more.
func (t *T) judgeReceived(found *exchange.Message, received controlledMessage, in *exchange.Exchange) {
	if found.ID != received.ID {
		t.Fail(judge.Finding{Text: "a customer's message has another id than the control API says", Expected: strconv.FormatInt(received.ID, 10), Actual: strconv.FormatInt(found.ID, 10), Pointer: found.Pointer + "/id"}, in)
	}
	if found.Direction != "inbound" {
		t.Fail(judge.Finding{Level: document.Should, Text: "a customer's message has another direction", Expected: "inbound", Actual: found.Direction, Pointer: found.Pointer + "/direction"}, in)
	}
	if found.Kind != "text" {
		t.Fail(judge.Finding{Level: document.Should, Text: "a customer's text has another type", Expected: "text", Actual: found.Kind, Pointer: found.Pointer + "/type"}, in)
	}
}

func checkReceivedUnharmed(t *T) error {
	c, err := t.begin()
	if err != nil {
		return err
	}
	for _, said := range append(oddTexts(), strings.Repeat("س", 4096)) {
		if _, err := t.receive(c.ID, said); err != nil {
			return err
		}
		talk, err := t.Thread(c.ID)
		if err != nil {
			return err
		}
		actual := "no message"
		if n := len(talk.Messages); n > 0 {
			actual = talk.Messages[n-1].Content
			for _, m := range talk.Messages { // the order of messages is no more than a SHOULD
				if m.Content == said {
					actual = said
				}
			}
		}
		if actual != said {
			t.Fail(judge.Finding{Text: "a customer's text is not what the conversation shows", Expected: printable.Brief(said), Actual: printable.Brief(actual), Pointer: "/data/messages"}, talk.From)
		}
		r, view, err := t.rowIn(c.ID)
		if err != nil {
			return err
		}
		if r.LastMessage == nil || *r.LastMessage != said {
			t.Fail(judge.Finding{Text: "a customer's text is not what the list shows as the last message", Expected: printable.Brief(said), Actual: exchange.Shown(r.LastMessage), Pointer: r.Pointer + "/last_message"}, view.From)
		}
		if err := t.advance(time.Second); err != nil { // so that the next one is newer
			return err
		}
	}
	return nil
}

// rowIn is the row of a conversation in the whole list.
func (t *T) rowIn(id int64) (*exchange.Row, *exchange.List, error) {
	view, err := t.List()
	if err != nil {
		return nil, nil, err
	}
	if r := view.ByID[id]; r != nil {
		return r, view, nil
	}
	return nil, view, run.Lacks("a row of the conversation %d", id)
}

func checkUnreadRises(t *T) error {
	one, err := t.begin()
	if err != nil {
		return err
	}
	two, err := t.begin()
	if err != nil {
		return err
	}
	total := int64(0)
	for _, step := range []struct {
		id, want int64
		rises    bool // what is counted in all rises too, be it messages or conversations
	}{{one.ID, 1, true}, {one.ID, 2, false}, {two.ID, 1, true}} {
		if _, err := t.receive(step.id, t.nonce("Hello")); err != nil {
			return err
		}
		r, view, err := t.rowIn(step.id)
		if err != nil {
			return err
		}
		if r.Unread != step.want {
			t.Fail(judge.Finding{Text: "a customer's message is not counted as unread", Expected: fmt.Sprintf("unread_count %d", step.want), Actual: strconv.FormatInt(r.Unread, 10), Pointer: r.Pointer + "/unread_count"}, view.From)
		}
		if view.UnreadTotal == nil {
			continue
		}
		if n := *view.UnreadTotal; n < total || n == total && step.rises {
			t.Fail(judge.Finding{Text: "a customer's message does not raise what is unread in all", Expected: fmt.Sprintf("unread_total above %d", total), Actual: strconv.FormatInt(n, 10), Pointer: "/meta/unread_total"}, view.From)
		}
		total = *view.UnreadTotal
	}
	return nil
}

func checkMovesUp(t *T) error {
	oldest, err := t.begin()
	if err != nil {
		return err
	}
	for range 2 {
		if err := t.advance(time.Minute); err != nil {
			return err
		}
		if _, err := t.customer(); err != nil {
			return err
		}
	}
	if err := t.advance(time.Minute); err != nil {
		return err
	}
	if _, err := t.receive(oldest.ID, t.nonce("Hello")); err != nil {
		return err
	}
	_, view, err := t.rowIn(oldest.ID)
	if err == nil && view.Rows[0].ID != oldest.ID {
		t.Fail(judge.Finding{Text: "the conversation whose customer wrote last does not stand first", Expected: fmt.Sprintf("id %d", oldest.ID), Actual: strconv.FormatInt(view.Rows[0].ID, 10), Pointer: "/data/0/id"}, view.From)
	}
	return err
}

func checkReadKeepsUnread(t *T) error {
	c, err := t.customer()
	if err != nil {
		return err
	}
	reads := []struct {
		what string
		ask  func() error
	}{
		{"the list", func() error { _, err := t.List(); return err }},
		{"the list under a status", func() error { _, err := t.List(exchange.Param("status", "unread")); return err }},
		{"the conversation", func() error { _, err := t.Thread(c.ID); return err }},
		{"the status poll", func() error { _, err := t.StatusList(); return err }},
	}
	for _, read := range reads {
		if err := read.ask(); err != nil {
			return err
		}
		r, view, err := t.rowIn(c.ID)
		if err != nil {
			return err
		}
		if r.Unread != 1 {
			t.Fail(judge.Finding{Text: "reading " + read.what + " marked a message read", Expected: "unread_count 1", Actual: strconv.FormatInt(r.Unread, 10), Pointer: r.Pointer + "/unread_count"}, view.From)
			return nil
		}
	}
	return nil
}

func checkSendMarksRead(t *T) error {
	c, err := t.customer()
	if err != nil {
		return err
	}
	r, err := t.textRequest(c.Phone, t.nonce("Here we are"))
	if err != nil {
		return err
	}
	if _, err := t.send(r); err != nil {
		return err
	}
	row, view, err := t.rowIn(c.ID)
	if err == nil && row.Unread != 0 {
		t.Fail(judge.Finding{Text: "the conversation is still unread after its customer was written to", Expected: "unread_count 0", Actual: strconv.FormatInt(row.Unread, 10), Pointer: row.Pointer + "/unread_count"}, view.From)
	}
	return err
}

func checkNewFound(what string, term func(controlled) string) func(*T) error {
	return func(t *T) error {
		c, err := t.beginWith(map[string]any{"name": t.nonce("Newcomer جديد")})
		if err != nil {
			return err
		}
		view, err := t.List(exchange.Param("searchTerm", term(c)))
		if err == nil && !view.Has(c.ID) {
			t.Fail(judge.Finding{Text: "a new conversation is not found by its " + what, Expected: fmt.Sprintf("a row with the id %d", c.ID), Actual: fmt.Sprintf("%d other rows", len(view.Rows)), Pointer: "/data"}, view.From)
		}
		return err
	}
}
