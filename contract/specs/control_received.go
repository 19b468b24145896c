package specs

import (
	"fmt"
	"strings"
	"time"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/match"
)

// received is about messages of customers, which only the control API can create.
func received() Specs {
	return Describe("a customer's message", BeforeEach(ownWorkspace), receivedMessages(), receivedRows(), newConversations())
}

func receivedMessages() Specs {
	return Describe("in its conversation",
		It("shows a customer's message in its conversation and in no other", Requirement("MSG-RECEIVED"), func(t *T) {
			own, other, text := t.create(), t.create(), t.uniqueText("Where is my order?")
			received := t.receive(own.ID, text)
			thread := t.read(own.ID)
			if t.Check(thread).To(match.HaveMessage(text), "a customer's message is not in the conversation") {
				t.checkReceived(thread, thread.Message(text), received)
			}
			t.Check(t.read(other.ID)).To(match.HaveNoMessages(), "a customer's message is in another conversation too")
		}, Operation(document.GetConversationMessages)),
		It("shows a customer's text exactly as it was written, in the conversation and in the list", Requirement("MSG-RECEIVED-UNHARMED"), func(t *T) {
			conversation := t.create().ID
			for _, text := range append(oddTexts(), strings.Repeat("س", 4096)) {
				t.receive(conversation, text)
				t.checkShown(conversation, text)
				t.advance(time.Second) // so that the next one is newer
			}
		}, Operation(document.GetConversationMessages)),
		It("does not mark a message as read when the list, the conversation or the statuses are read", Requirement("MSG-READ-ONLY"), func(t *T) {
			conversation := t.createUnread().ID
			for _, read := range []struct {
				what string
				ask  func()
			}{
				{"the list", func() { t.list() }},
				{"the list under a status", func() { t.list(exchange.Param("status", "unread")) }},
				{"the conversation", func() { t.read(conversation) }},
				{"the status list", func() { t.statuses() }},
			} {
				read.ask()
				t.Expect(t.rowByID(conversation)).To(match.HaveUnread(1), "reading %s marked a message read", read.what)
			}
		}, Suffix(".unread"), Operation(document.GetConversationMessages)),
	)
}

func receivedRows() Specs {
	return Describe("in the list",
		It("counts a customer's message as unread", Requirement("LIST-UNREAD-RISES"), func(t *T) {
			one, two, total := t.create().ID, t.create().ID, int64(0)
			for _, message := range []struct {
				conversation, unread int64
				first                bool // of its conversation: unread_total rises, whether it counts messages or conversations
			}{{one, 1, true}, {one, 2, false}, {two, 1, true}} {
				t.receive(message.conversation, t.uniqueText("Hello"))
				list := t.list()
				t.Check(t.rowIn(list, message.conversation)).To(match.HaveUnread(message.unread), "a customer's message is not counted as unread")
				total = t.checkTotal(list, total, message.first)
			}
		}, Operation(document.ListConversations)),
		It("lists a conversation first after its customer has written", Requirement("LIST-ORDER"), func(t *T) {
			oldest := t.create()
			for range 2 {
				t.advance(time.Minute)
				t.createUnread()
			}
			t.advance(time.Minute)
			t.receive(oldest.ID, t.uniqueText("Hello"))
			list := t.list()
			t.rowIn(list, oldest.ID)
			t.About(list.From).Check(list.Rows[0].ID).To(match.At("/data/0/id", match.Equal(oldest.ID)), "the conversation whose customer wrote last is not the first")
		}, Suffix(".received"), Operation(document.ListConversations)),
		It("counts no message as unread after the customer is written to", Requirement("SEND-MARKS-READ"), func(t *T) {
			conversation := t.createUnread()
			t.sends(t.textTo(conversation.Phone, t.uniqueText("Here we are")))
			t.Check(t.rowByID(conversation.ID)).To(match.HaveUnread(0), "the conversation is still unread after its customer was written to")
		}, Operation(document.SendTextMessage)),
	)
}

func newConversations() Specs {
	return Describe("in a new conversation", Operation(document.ListConversations),
		It("finds a new conversation by its name", Requirement("LIST-SEARCH-NAME"), func(t *T) {
			created := t.createWith(map[string]any{"name": t.uniqueText("Newcomer جديد")})
			t.Check(t.list(exchange.Param("searchTerm", created.Name))).To(match.ContainRow(created.ID), "a new conversation is not found by its name")
		}, Suffix(".new"), Operation(document.ListConversations)),
		It("finds a new conversation by its phone", Requirement("LIST-SEARCH-PHONE"), func(t *T) {
			created := t.createWith(map[string]any{"name": t.uniqueText("Newcomer جديد")})
			t.Check(t.list(exchange.Param("searchTerm", created.Phone))).To(match.ContainRow(created.ID), "a new conversation is not found by its phone")
		}, Suffix(".new"), Operation(document.ListConversations)),
	)
}

// checkReceived compares all properties of a received message: a SHOULD that fails must not hide a MUST.
func (t *T) checkReceived(in *exchange.Thread, found *exchange.Message, received controlledMessage) {
	about := t.About(in.From)
	about.Check(found.ID).To(match.At(found.Pointer+"/id", match.Equal(received.ID)), "a customer's message has another id than the control API says")
	about.Advise(found.Direction).To(match.At(found.Pointer+"/direction", match.Equal("inbound")), "a customer's message has another direction")
	about.Advise(found.Kind).To(match.At(found.Pointer+"/type", match.Equal("text")), "a customer's text has another type")
}

// checkShown expects a text in a conversation, and as the last message in its row.
func (t *T) checkShown(conversation int64, text string) {
	thread := t.read(conversation)
	actual := "no message"
	if n := len(thread.Messages); n > 0 {
		actual = thread.Messages[n-1].Content
	}
	if thread.Message(text) != nil { // anywhere in the conversation: the order of messages is only a SHOULD
		actual = text
	}
	t.About(thread.From).Check(actual).To(match.At("/data/messages", match.Equal(text)), "a customer's text is not what the conversation shows")
	row, last := t.rowByID(conversation), "null"
	if row.LastMessage != nil {
		last = *row.LastMessage
	}
	t.About(row.From).Check(last).To(match.At(row.Pointer+"/last_message", match.Equal(text)), "a customer's text is not what the list shows as the last message")
}

// checkTotal expects meta.unread_total not to be less than before or, if rises is true, to be more. It returns the total.
func (t *T) checkTotal(list *exchange.List, before int64, rises bool) int64 {
	if list.UnreadTotal == nil {
		return before
	}
	total := *list.UnreadTotal
	if total < before || total == before && rises {
		t.Fail(judge.Finding{Text: "a customer's message does not raise meta.unread_total", Expected: fmt.Sprintf("unread_total above %d", before), Actual: fmt.Sprint(total), Pointer: "/meta/unread_total"}, list.From)
	}
	return total
}
