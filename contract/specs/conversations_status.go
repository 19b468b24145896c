package specs

import (
	"fmt"
	"maps"
	"slices"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/match"
)

func statuses() Specs {
	return Describe("statuses", Operation(document.GetMessageStatus),
		It("shows the status of outbound messages only", Requirement("STATUS-OUTBOUND"), func(t *T) {
			list, messages, compared := t.statusesSeen(), t.Crawl().MessagesByID(), false
			for _, row := range list.Rows {
				if m, seen := messages[row.ID]; seen {
					compared = true
					t.About(m.Thread.From, list.From).Check(m.Message.Direction).NotTo(match.At(row.Pointer+"/message_id", match.Equal("inbound")), "the status list has message %d, which is inbound in conversation %d", row.ID, m.Thread.ID)
				}
			}
			if !compared {
				t.Lacks("a row of the status list whose message can be seen")
			}
		}),
		It("shows statuses only of messages that are in a conversation", Requirement("STATUS-KNOWN-MESSAGE"), func(t *T) {
			list := t.statusesSeen()
			known := t.allMessageIDs()
			unknown := slices.DeleteFunc(slices.Clone(list.Rows), func(r exchange.StatusRow) bool { return known[r.ID] })
			if len(unknown) == 0 {
				return
			}
			again := t.statuses()
			for _, row := range unknown[:min(judge.FindingsKept, len(unknown))] { // each costs requests, and one finding is enough
				if !t.isNewMessage(row) {
					t.Expect(again).NotTo(match.ContainMessage(row.ID), "the status list has message %d, which no conversation has", row.ID)
				}
			}
		}),
		It("shows the same status as the conversation", Requirement("STATUS-AGREES"), expectSameStatus),
		It("never moves the status of a message backwards", Requirement("STATUS-FORWARD"), expectForward, Final()),
	)
}

// expectSameStatus compares the status of each message in its conversation with the status lists that the crawl read before and after the conversation.
func expectSameStatus(t *T) {
	lists := t.Crawl().StatusLists
	if len(lists) < 2 || len(lists[0].Rows) == 0 {
		t.Lacks("rows of the status list before and after conversations were read")
	}
	before, after := lists[0].NewestStatus(), lists[1].NewestStatus()
	messages, compared := t.Crawl().MessagesByID(), false
	for _, id := range slices.Sorted(maps.Keys(messages)) {
		message, thread := messages[id].Message, messages[id].Thread
		first, inFirst := before[id]
		last, inLast := after[id]
		if !inFirst || !inLast || exchange.Progress(message.Status) == 0 || message.Direction != "outbound" {
			continue
		}
		compared = true
		if exchange.Progress(first.Status) <= exchange.Progress(last.Status) { // the conversation was read in between
			t.About(lists[0].From, lists[1].From, thread.From).Check(message.Status).To(match.At(message.Pointer+"/status", match.BeStatusBetween(first.Status, last.Status)), "message %d has one status in the status list and another in conversation %d", id, thread.ID)
		}
	}
	if !compared {
		t.Lacks("a row of the status list whose message can be seen")
	}
}

// statusesSeen is the first status list of the crawl that has rows. Without one, the case ends.
func (t *T) statusesSeen() *exchange.StatusList {
	for _, list := range t.Crawl().StatusLists {
		if len(list.Rows) > 0 {
			return list
		}
	}
	t.Lacks("a row of the status list")
	return nil
}

// allMessageIDs are the ids of all messages of the workspace. If the crawl could not read all of them, the case ends.
func (t *T) allMessageIDs() map[int64]bool {
	if !t.Crawl().Complete() || t.Crawl().CutList(t.Crawl().Before) {
		t.Lacks("a number whose conversations can all be read (%d of %d were)", len(t.Crawl().Threads), len(t.Crawl().Known))
	}
	known := map[int64]bool{}
	for _, thread := range t.threadsRead() {
		if t.Crawl().CutThread(thread) {
			t.Lacks("conversations that are not cut short")
		}
		for _, m := range thread.Messages {
			known[m.ID] = true
		}
	}
	return known
}

// isNewMessage reports whether the message of a row is in a conversation that is new or has changed since the crawl. It is true also if that cannot be read.
func (t *T) isNewMessage(row exchange.StatusRow) bool {
	list, err := t.List()
	if err != nil {
		return true
	}
	for i := range list.Rows {
		now := &list.Rows[i]
		if before := t.Crawl().Known[now.ID]; before != nil && before.Visible() == now.Visible() {
			continue
		}
		thread, err := t.Thread(now.ID)
		if err != nil || slices.ContainsFunc(thread.Messages, func(m exchange.Message) bool { return m.ID == row.ID }) {
			return true
		}
	}
	return false
}

const readAgain = 3 // conversations that readAgainForStatuses reads

// readAgainForStatuses reads the status list and some conversations once more.
func (t *T) readAgainForStatuses() {
	t.statuses()
	read := 0
	for id, thread := range t.threadsRead() {
		if len(thread.Messages) > 0 && read < readAgain {
			read++
			t.read(id)
		}
	}
}

// A seenStatus is the status of a message in one answer.
type seenStatus struct {
	message, status, pointer string
	from                     *exchange.Exchange
}

// expectForward compares the statuses of each message in all answers of the run, in the order of the answers. Two answers are compared only if the second
// was requested after the first had come.
func expectForward(t *T) {
	t.readAgainForStatuses()
	followed, last := false, map[string]seenStatus{}
	for e := range t.ownExchanges() {
		for _, now := range statusesIn(e) {
			before, seen := last[now.message]
			rank := exchange.Progress(now.status)
			if rank == 0 {
				continue
			}
			if seen && e.After(before.from) {
				followed = true
				if !t.About(before.from, e).Check(now.status).To(match.At(now.pointer, match.BeAsFarAs(before.status)), "message %s went from %s to %s", now.message, before.status, now.status) {
					continue
				}
			}
			if !seen || rank > exchange.Progress(before.status) {
				last[now.message] = now
			}
		}
	}
	if !followed {
		t.Lacks("a message that the status list shows twice")
	}
}

// statusesIn are the statuses of outbound messages in an answer. A message of a conversation is named by both ids, since a server may number the messages
// of each conversation from 1.
func statusesIn(e *exchange.Exchange) []seenStatus {
	var out []seenStatus
	if e.Thread != nil {
		for _, m := range e.Thread.Messages {
			if m.Direction == "outbound" {
				out = append(out, seenStatus{fmt.Sprintf("%d of conversation %d", m.ID, e.Thread.ID), m.Status, m.Pointer + "/status", e})
			}
		}
	}
	if e.StatusList != nil {
		for id, row := range e.StatusList.NewestStatus() {
			out = append(out, seenStatus{fmt.Sprint(id), row.Status, row.Pointer + "/status", e})
		}
	}
	return out
}
