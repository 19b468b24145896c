package specs

import (
	"fmt"
	"slices"
	"strconv"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/run"
)

func statuses() Specs {
	return Describe("statuses", Operation(document.GetMessageStatus),
		It("a status belongs to an outbound message", Requirement("STATUS-OUTBOUND"), asked(checkOutbound)),
		It("a status belongs to a message that can be read", Requirement("STATUS-KNOWN-MESSAGE"), asked(checkKnownMessage)),
		It("poll and conversation agree on the status", Requirement("STATUS-AGREES"), asked(checkStatusAgrees)),
		It("the status of a message never goes back", Requirement("STATUS-FORWARD"), asked(checkForward), Final()),
	)
}

func (t *T) needsPoll() (*exchange.StatusList, error) {
	for _, poll := range t.Crawl.StatusLists {
		if len(poll.Rows) > 0 {
			return poll, nil
		}
	}
	return nil, run.Lacks("a row of the status poll")
}

func checkOutbound(t *T) error {
	poll, err := t.needsPoll()
	if err != nil {
		return err
	}
	messages, judged := t.Crawl.MessagesByID(), false
	for _, r := range poll.Rows {
		m, seen := messages[r.ID]
		if !seen {
			continue
		}
		judged = true
		if m.Message.Direction == "inbound" {
			t.Fail(judge.Finding{Text: fmt.Sprintf("the status poll has message %d, which is inbound in conversation %d", r.ID, m.Thread.ID), Expected: "outbound messages only", Actual: m.Message.Direction, Pointer: r.Pointer + "/message_id"}, m.Thread.From, poll.From)
		}
	}
	if !judged {
		return run.Lacks("a row of the status poll whose message can be seen")
	}
	return nil
}

// checkKnownMessage is possible only where everything was read: then a row of the first poll must be a message of a conversation.
func checkKnownMessage(t *T) error {
	poll, err := t.needsPoll()
	if err != nil {
		return err
	}
	if !t.Crawl.Complete() || t.Crawl.CutList(t.Crawl.Before) {
		return run.Lacks("a number whose conversations can all be read (%d of %d were)", len(t.Crawl.Threads), len(t.Crawl.Known))
	}
	known := map[int64]bool{}
	for _, thread := range t.Crawl.Threads {
		if t.Crawl.CutThread(thread) {
			return run.Lacks("conversations that are not cut short")
		}
		for _, m := range thread.Messages {
			known[m.ID] = true
		}
	}
	unknown := slices.DeleteFunc(slices.Clone(poll.Rows), func(r exchange.StatusRow) bool { return known[r.ID] })
	if len(unknown) == 0 {
		return nil
	}
	again, err := t.StatusList()
	if err != nil {
		return err
	}
	for _, r := range unknown[:min(judge.FindingsKept, len(unknown))] { // each costs requests, and one finding is enough
		if slices.ContainsFunc(again.Rows, func(other exchange.StatusRow) bool { return other.ID == r.ID }) && !t.cameLater(r) {
			t.Fail(judge.Finding{Text: fmt.Sprintf("the status poll has message %d, which no conversation has", r.ID), Expected: "the id of a message", Actual: strconv.FormatInt(r.ID, 10), Pointer: r.Pointer + "/message_id"}, poll.From)
			return nil
		}
	}
	return nil
}

// cameLater reports whether a row's message stands in a conversation that the crawl did not know, or that has changed since.
func (t *T) cameLater(r exchange.StatusRow) bool {
	list, err := t.List()
	if err != nil {
		return true
	}
	for i := range list.Rows {
		now := &list.Rows[i]
		before := t.Crawl.Known[now.ID]
		if before != nil && before.Visible() == now.Visible() {
			continue
		}
		if thread, err := t.Thread(now.ID); err != nil || slices.ContainsFunc(thread.Messages, func(m exchange.Message) bool { return m.ID == r.ID }) {
			return true
		}
	}
	return false
}

// checkStatusAgrees compares the poll before the conversations were read with what they say: a message may only be further by then.
func checkStatusAgrees(t *T) error {
	if len(t.Crawl.StatusLists) < 2 || len(t.Crawl.StatusLists[0].Rows) == 0 {
		return run.Lacks("rows of the status poll before and after conversations were read")
	}
	before, after := t.Crawl.StatusLists[0].NewestStatus(), t.Crawl.StatusLists[1].NewestStatus()
	judged := false
	for id, m := range t.Crawl.MessagesByID() {
		first, inFirst := before[id]
		last, inLast := after[id]
		rank := exchange.Progress(m.Message.Status)
		if !inFirst || !inLast || rank == 0 || m.Message.Direction != "outbound" {
			continue
		}
		judged = true
		low, high := exchange.Progress(first.Status), exchange.Progress(last.Status)
		if low <= high && (rank < low || rank > high) {
			t.Fail(judge.Finding{
				Text:     fmt.Sprintf("message %d has one status in the status poll and another in conversation %d", id, m.Thread.ID),
				Expected: fmt.Sprintf("%s before and %s after", first.Status, last.Status), Actual: m.Message.Status, Pointer: m.Message.Pointer + "/status",
			}, t.Crawl.StatusLists[0].From, m.Thread.From, t.Crawl.StatusLists[1].From)
		}
	}
	if !judged {
		return run.Lacks("a row of the status poll whose message can be seen")
	}
	return nil
}

const readAgain = 3 // conversations

// lookAgain asks for the status poll and for some conversations once more.
func (t *T) lookAgain() error {
	if _, err := t.StatusList(); err != nil {
		return err
	}
	read := 0
	for _, id := range t.Crawl.Order {
		if thread := t.Crawl.Threads[id]; thread != nil && len(thread.Messages) > 0 && read < readAgain {
			read++
			if _, err := t.Thread(id); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkForward follows every message through the answers of the run, in the order in which they were asked for and answered.
func checkForward(t *T) error {
	type sight struct {
		status string
		from   *exchange.Exchange
	}
	followed, seen := false, map[string]sight{}
	look := func(id, status, pointer string, e *exchange.Exchange) {
		rank := exchange.Progress(status)
		last, before := seen[id]
		if rank == 0 {
			return
		}
		if before && e.Asked.After(last.from.Answered) {
			followed = true
			if old := exchange.Progress(last.status); rank < old || old >= 3 && rank != old {
				t.Fail(judge.Finding{Text: fmt.Sprintf("message %s went from %s to %s", id, last.status, status), Expected: last.status + ", or further", Actual: status, Pointer: pointer + "/status"}, last.from, e)
				return
			}
		}
		if !before || rank > exchange.Progress(last.status) {
			seen[id] = sight{status, e}
		}
	}
	if err := t.lookAgain(); err != nil {
		return err
	}
	for _, e := range t.Client.Exchanges() {
		if e.Thread != nil && !e.Request.Sign.Elsewhere() {
			for _, m := range e.Thread.Messages {
				if m.Direction == "outbound" {
					look(fmt.Sprintf("%d of conversation %d", m.ID, e.Thread.ID), m.Status, m.Pointer, e)
				}
			}
		}
		if e.StatusList != nil && !e.Request.Sign.Elsewhere() {
			for id, r := range e.StatusList.NewestStatus() {
				look(fmt.Sprint(id), r.Status, r.Pointer, e)
			}
		}
	}
	if !followed {
		return run.Lacks("a message that the status poll shows twice")
	}
	return nil
}
