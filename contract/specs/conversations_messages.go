package specs

import (
	"net/http"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/match"
	"example.com/awalmock/contract/run"
)

const threadsReadTwice = 5

func messages() Specs {
	return Describe("messages", Operation(document.GetConversationMessages), listedThreads(), shownMessages(), readAgainThreads())
}

func listedThreads() Specs {
	return Describe("of listed conversations",
		It("shows each conversation that is listed", Requirement("MSG-LISTED"), func(t *T) {
			t.wholeList()
			if len(t.Crawl().Order) == 0 {
				t.Lacks("a conversation in the list")
			}
			unread := 0
			for _, id := range t.Crawl().Order {
				if t.Crawl().Threads[id] != nil || unread == judge.FindingsKept {
					continue
				}
				e := t.answer(t.threadRequest(id))
				if e.Thread != nil {
					continue
				}
				unread++
				if list := t.list(); list.Has(id) { // if not, it was deleted in the meantime
					t.About(list.From).Check(e).To(match.ShowConversation(), "conversation %d is listed, but cannot be read", id)
				}
			}
		}),
		It("agrees with the list on phone, name and closed", Requirement("MSG-AGREES-WITH-LIST"), func(t *T) {
			compared := false
			t.compareWithRows(func(r run.RoundAsserter, row *exchange.Row, thread *exchange.Thread) {
				compared = true
				r.Check(thread).To(match.AgreeWith(row))
			})
			if !compared {
				t.Lacks("a listed conversation that can be read")
			}
		}),
		It("answers an unknown id with 404", Requirement("MSG-UNKNOWN-ID"), func(t *T) {
			id := t.unknownID()
			for _, unknown := range []int64{id, id + 7_777_777} {
				t.Check(t.answer(t.threadRequest(unknown))).To(match.HaveStatus(http.StatusNotFound), "the id %d, which no list has, was not answered with 404", unknown)
			}
		}),
	)
}

func shownMessages() Specs {
	return Describe("their direction and conversation",
		It("shows a message in one conversation only", Requirement("MSG-OWN"), showsMessagesOnce),
		It("shows unread messages as inbound, and sent ones as outbound", Requirement("MSG-DIRECTION"), func(t *T) {
			sent, compared := map[int64]bool{}, false
			for _, list := range t.Crawl().StatusLists {
				for _, row := range list.Rows {
					sent[row.ID] = true // only what the business sent has a status
				}
			}
			t.compareWithRows(func(r run.RoundAsserter, row *exchange.Row, thread *exchange.Thread) {
				if !t.Crawl().CutThread(thread) {
					compared = compared || row.Unread > 0
					r.Check(thread).To(match.HaveInbound(row.Unread), "conversation %d has more unread messages than its customer wrote", row.ID)
				}
			})
			for _, thread := range t.threadsRead() {
				t.Check(thread).To(match.ShowOutbound(sent))
			}
			if !compared && len(sent) == 0 {
				t.Lacks("an unread conversation or a row of the status list")
			}
		}),
	)
}

// showsMessagesOnce looks for a message that is in two conversations. A server may number the messages of each conversation from 1: then two messages may
// have the same id, and a text that the business sent to many customers at once may have the same date too, so only inbound messages are compared.
func showsMessagesOnce(t *T) {
	type message struct {
		id                       int64
		date, direction, content string
	}
	first, shown, counted := map[int64]message{}, map[message]*exchange.Thread{}, false
	each := func(do func(thread *exchange.Thread, m exchange.Message, key message)) {
		for _, thread := range t.threadsRead() {
			for _, m := range thread.Messages {
				do(thread, m, message{m.ID, m.Date.String(), m.Direction, m.Content})
			}
		}
	}
	each(func(_ *exchange.Thread, m exchange.Message, key message) {
		before, again := first[m.ID]
		counted = counted || again && before != key
		first[m.ID] = key
	})
	each(func(thread *exchange.Thread, m exchange.Message, key message) {
		if shown[key] == nil {
			shown[key] = thread
		}
		if before := shown[key]; !counted || m.Direction == "inbound" {
			t.About(before.From, thread.From).Check(thread.Asked).To(match.At(m.Pointer, match.Equal(before.Asked)), "message %d is shown in the conversations %s and %s", m.ID, before.Asked, thread.Asked)
		}
	})
	if len(shown) == 0 {
		t.Lacks("messages")
	}
}

func readAgainThreads() Specs {
	return Describe("that are read twice",
		It("does not mark messages as read when a conversation is read", Requirement("MSG-READ-ONLY"), func(t *T) {
			for _, row := range t.readByCrawl() {
				before := t.Crawl().Before.ByID[row.ID]
				t.About(before.From, t.Crawl().Threads[row.ID].From).Check(row).To(match.HaveUnread(before.Unread), "conversation %d has fewer unread messages after it was read through the API", row.ID)
			}
		}),
		It("shows the same messages when it is read again", Requirement("MSG-REPEATABLE"), func(t *T) {
			compared := 0
			for id, thread := range t.threadsRead() {
				if len(thread.Messages) == 0 || compared == threadsReadTwice {
					continue
				}
				compared++
				for range 2 {
					again := t.read(id)
					t.About(thread.From).Check(again).To(match.KeepMessagesOf(thread, t.Crawl().CutThread(again)))
					thread = again
				}
			}
			if compared == 0 {
				t.Lacks("a conversation with messages")
			}
		}, Serial()),
	)
}

// readByCrawl are rows whose unread_count fell while the crawl read their conversations. An agent may have read a message at the same time. So the result
// is empty, unless the count fell in all such conversations, or in more than two and at least half of them.
func (t *T) readByCrawl() []*exchange.Row {
	before, after := t.Crawl().Before, t.Crawl().After
	if before == nil || after == nil {
		t.Lacks("the list before and after conversations were read")
	}
	unread, lost := 0, []*exchange.Row{}
	for _, id := range t.Crawl().Order {
		row, now := before.ByID[id], after.ByID[id]
		if t.Crawl().Threads[id] == nil || row == nil || now == nil || row.Unread == 0 || now.Updated != row.Updated {
			continue
		}
		unread++
		if now.Unread < row.Unread {
			lost = append(lost, now)
		}
	}
	switch {
	case unread == 0:
		t.Lacks("a conversation with unread messages that no other client changes")
	case len(lost) == unread, len(lost) > 2 && 2*len(lost) >= unread:
		return lost
	}
	return nil
}
