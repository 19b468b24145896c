package specs

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/printable"
	"example.com/awalmock/contract/run"
)

func messages() Specs {
	return Describe("messages", Operation(document.GetConversationMessages),
		It("a listed conversation can be read", Requirement("MSG-LISTED"), asked(checkListed)),
		It("list and conversation agree", Requirement("MSG-AGREES-WITH-LIST"), asked(checkAgrees)),
		It("an unknown id is answered with 404", Requirement("MSG-UNKNOWN-ID"), asked(checkUnknownID)),
		It("no message is shown in two conversations", Requirement("MSG-OWN"), asked(checkOwnMessages)),
		It("unread messages are inbound, sent ones outbound", Requirement("MSG-DIRECTION"), asked(checkDirection)),
		It("reading changes nothing", Requirement("MSG-READ-ONLY"), asked(checkReadOnly)),
		It("asked twice, a conversation has the same messages", Requirement("MSG-REPEATABLE"), asked(checkTalkTwice), Alone()),
	)
}

// checkListed reads again what the crawl could not read: it must be read, or be gone from the list.
func checkListed(t *T) error {
	if err := t.needsList(); err != nil {
		return err
	}
	if len(t.Crawl.Order) == 0 {
		return run.Lacks("a conversation in the list")
	}
	missing := 0
	for _, id := range t.Crawl.Order {
		if t.Crawl.Threads[id] != nil || missing == judge.FindingsKept {
			continue
		}
		e, err := t.Ask(t.To(t.Document.Operation(document.GetConversationMessages), id).Free())
		if err != nil {
			return err
		}
		if e.Thread != nil {
			continue
		}
		missing++
		again, err := t.List()
		if err != nil {
			return err
		}
		if again.Has(id) {
			t.Fail(judge.Finding{Text: fmt.Sprintf("conversation %d is listed, but cannot be read", id), Expected: "200 OK", Actual: e.Result()}, again.From, e)
		}
	}
	return nil
}

func checkAgrees(t *T) error {
	return t.holdPairs("a listed conversation that can be read", func(r *exchange.Row, thread *exchange.Thread) *judge.Finding {
		for _, f := range []struct{ what, list, talk string }{
			{"phone", r.Phone, thread.Phone}, {"name", exchange.Shown(r.Name), exchange.Shown(thread.Name)}, {"closed", strconv.FormatBool(r.Closed()), strconv.FormatBool(thread.Closed())},
		} {
			if f.list != f.talk {
				pointer := "/data/" + f.what
				if f.what == "closed" {
					pointer = "/data/status"
				}
				return &judge.Finding{Text: fmt.Sprintf("conversation %d: list and conversation disagree on %s", r.ID, f.what), Expected: f.list + ", as in the list", Actual: f.talk, Pointer: pointer}
			}
		}
		return nil
	})
}

func checkUnknownID(t *T) error {
	id := t.unknownID()
	for _, unknown := range []int64{id, id + 7_777_777} {
		e, err := t.Ask(t.To(t.Document.Operation(document.GetConversationMessages), unknown).Free())
		if err != nil {
			return err
		}
		t.want(e, fmt.Sprintf("the id %d, which no list contains", unknown), "", http.StatusNotFound)
	}
	return nil
}

// checkOwnMessages looks for a message that two conversations show: the same id, date and content. An id alone may be counted anew in each.
func checkOwnMessages(t *T) error {
	seen := map[string]*exchange.Thread{}
	judged := false
	for _, id := range t.Crawl.Order {
		thread := t.Crawl.Threads[id]
		if thread == nil {
			continue
		}
		for _, m := range thread.Messages {
			key := fmt.Sprintf("%d %s %s %s", m.ID, m.Date, m.Direction, m.Content)
			first := seen[key]
			if first == nil {
				seen[key] = thread
				continue
			}
			if first.Asked != thread.Asked {
				t.Fail(judge.Finding{Text: fmt.Sprintf("message %d is shown in the conversations %s and %s", m.ID, first.Asked, thread.Asked), Expected: "a message in one conversation", Actual: "the same id, date and content in two", Pointer: m.Pointer}, first.From, thread.From)
			}
		}
		judged = judged || len(seen) > 0
	}
	if !judged {
		return run.Lacks("messages")
	}
	return nil
}

// checkDirection uses the two places that tell a message's direction without naming it: what is unread was written by the customer, and what
// the status poll reports was sent by the business.
func checkDirection(t *T) error {
	sent := map[int64]bool{}
	for _, poll := range t.Crawl.StatusLists {
		for _, r := range poll.Rows {
			sent[r.ID] = true
		}
	}
	judged := false
	err := t.holdPairs("an unread conversation that can be read", func(r *exchange.Row, thread *exchange.Thread) *judge.Finding {
		if t.Crawl.CutThread(thread) {
			return nil
		}
		judged = judged || r.Unread > 0
		if n := thread.Inbound(); r.Unread > n {
			return &judge.Finding{Text: fmt.Sprintf("conversation %d has more unread messages than its customer wrote", r.ID), Expected: fmt.Sprintf("at least %d inbound messages", r.Unread), Actual: strconv.FormatInt(n, 10), Pointer: "/data/messages"}
		}
		return nil
	})
	wrong := 0
	for _, id := range t.Crawl.Order {
		thread := t.Crawl.Threads[id]
		if thread == nil {
			continue
		}
		at := slices.IndexFunc(thread.Messages, func(m exchange.Message) bool { return sent[m.ID] && m.Direction == "inbound" })
		if at >= 0 && wrong < judge.FindingsKept {
			wrong++
			m := thread.Messages[at]
			t.Fail(judge.Finding{Text: fmt.Sprintf("message %d is reported by the status poll, but is inbound in conversation %d", m.ID, thread.ID), Expected: "outbound", Actual: m.Direction, Pointer: m.Pointer + "/direction"}, thread.From)
		}
	}
	if err == nil && !judged && len(sent) == 0 {
		return run.Lacks("an unread conversation or a row of the status poll")
	}
	return err
}

// checkReadOnly compares the list before and after the crawl read the conversations. People read messages too: so one conversation that lost
// its unread messages proves nothing while others kept theirs.
func checkReadOnly(t *T) error {
	before, after := t.Crawl.Before, t.Crawl.After
	if before == nil || after == nil {
		return run.Lacks("the list before and after conversations were read")
	}
	unread, lost := 0, []*exchange.Row{}
	for _, id := range t.Crawl.Order {
		r, now := before.ByID[id], after.ByID[id]
		if t.Crawl.Threads[id] == nil || r == nil || now == nil || r.Unread == 0 || now.Updated != r.Updated {
			continue
		}
		unread++
		if now.Unread < r.Unread {
			lost = append(lost, now)
		}
	}
	if unread == 0 {
		return run.Lacks("a conversation with unread messages that nobody else changes")
	}
	if len(lost) == unread || len(lost) > 2 && 2*len(lost) >= unread {
		for _, r := range lost {
			t.Fail(judge.Finding{Text: fmt.Sprintf("conversation %d lost its unread messages when it was read through the API", r.ID), Expected: fmt.Sprintf("unread_count %d", before.ByID[r.ID].Unread), Actual: strconv.FormatInt(r.Unread, 10), Pointer: r.Pointer + "/unread_count"}, before.From, t.Crawl.Threads[r.ID].From, after.From)
		}
	}
	return nil
}

// checkTalkTwice reads some conversations again. New messages may have come, and statuses may have moved.
func checkTalkTwice(t *T) error {
	compared := 0
	for _, id := range t.Crawl.Order {
		first := t.Crawl.Threads[id]
		if first == nil || len(first.Messages) == 0 || compared == 5 {
			continue
		}
		compared++
		for range 2 {
			again, err := t.Thread(id)
			if err != nil {
				return err
			}
			t.compareTalks(first, again)
			first = again
		}
	}
	if compared == 0 {
		return run.Lacks("a conversation with messages")
	}
	return nil
}

func (t *T) compareTalks(first, again *exchange.Thread) {
	at := -1
	for _, m := range first.Messages {
		now := slices.IndexFunc(again.Messages, func(other exchange.Message) bool { return other.ID == m.ID })
		switch {
		case now < 0:
			if !t.Crawl.CutThread(again) {
				t.Fail(judge.Finding{Text: fmt.Sprintf("message %d of conversation %s is gone", m.ID, first.Asked), Expected: "the same messages", Actual: fmt.Sprintf("%d messages, then %d", len(first.Messages), len(again.Messages)), Pointer: "/data/messages"}, first.From, again.From)
				return
			}
			continue
		case now < at:
			t.Fail(judge.Finding{Text: fmt.Sprintf("message %d of conversation %s changed its place", m.ID, first.Asked), Expected: "the same order", Actual: "another one", Pointer: again.Messages[now].Pointer}, first.From, again.From)
			return
		}
		at = now
		other := again.Messages[now]
		if other.Content != m.Content || other.Kind != m.Kind || other.Direction != m.Direction || !other.Date.Equal(m.Date) {
			t.Fail(judge.Finding{
				Text:     fmt.Sprintf("message %d of conversation %s changed", m.ID, first.Asked),
				Expected: fmt.Sprintf("%s %s %s %q", m.Direction, m.Kind, m.Date, printable.Cut(m.Content, 60)), Actual: fmt.Sprintf("%s %s %s %q", other.Direction, other.Kind, other.Date, printable.Cut(other.Content, 60)), Pointer: other.Pointer,
			}, first.From, again.From)
			return
		}
	}
}
