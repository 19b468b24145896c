package specs

import (
	"maps"
	"net/http"
	"reflect"
	"strings"
	"time"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/match"
)

// recordTimes compare times in the answers of the whole run. They send no requests.
func recordTimes() Specs {
	return Describe("in all answers of the run",
		It("shows the time of the request in the answer to a command", Requirement("DATA-TIMES"), datesCommands, Suffix(".answer"), Final()),
		It("never changes created_at, and updated_at only with a change", Requirement("DATA-TIMES"), keepsTimes, Suffix(".kept"), Final()),
		It("shows no created_at after the first message, and no updated_at before the last one", Requirement("DATA-TIMES"), agreeWithMessages, Suffix(".conversation"), Operation(document.ListConversations)),
	)
}

// A commandTime is a time in the answer to a command that must be the time of the command.
type commandTime struct {
	e       *exchange.Exchange
	pointer string
	at      time.Time
}

// commandTimes are the times of an answer that must be the time of its request.
func commandTimes(e *exchange.Exchange) []commandTime {
	names := []string{"/message/date", "/data/created_at"}
	switch {
	case e.Request.Op.ID == document.UpdateTicket && e.At("/data/closed_at") != nil:
		names = []string{"/data/closed_at"}
	case e.Request.Op.ID == document.UpdateTicket:
		names = []string{"/data/opened_at"}
	case e.Request.Method != http.MethodPost:
		names = []string{"/data/updated_at"}
	}
	var out []commandTime
	for _, pointer := range names {
		if at, err := exchange.ParseTime(exchange.PlainText(e.At(pointer))); err == nil {
			out = append(out, commandTime{e, pointer, at})
		}
	}
	if seconds := exchange.Number(e.At("/message/timestamp")); seconds != nil {
		out = append(out, commandTime{e, "/message/timestamp", time.Unix(*seconds, 0)})
	}
	return out
}

// datesCommands expects each commandTime to be between the request and its answer. If all are more than a day away, the target's clock is not that of Date, and the
// case is SKIPPED.
func datesCommands(t *T) {
	var all []commandTime
	here := false
	for e := range t.ownExchanges() {
		if !e.OK() || !e.Request.Op.Changes() {
			continue
		}
		for _, s := range commandTimes(e) {
			all = append(all, s)
			here = here || !spanOf(e).isOtherClock(s.at)
		}
		if opened, err := exchange.ParseTime(exchange.PlainText(e.At("/data/opened_at"))); err == nil && e.At("/data/closed_at") != nil {
			closed, _ := exchange.ParseTime(exchange.PlainText(e.At("/data/closed_at")))
			t.About(e).Check(closed).To(match.At("/data/closed_at", match.BeNoEarlierThan(opened.Add(-time.Second))), "a ticket was closed before it was opened")
		}
	}
	if !here {
		t.Skip("no answer to a command shows a time near its Date")
	}
	for _, s := range all {
		when := spanOf(s.e)
		t.About(s.e).Check(s.at).To(match.At(s.pointer, match.BeWithin(when.from, when.to)), "the answer to %s does not show the time of its request", s.e.Request.Op.ID)
	}
}

// A seenRecord is a record as one answer shows it.
type seenRecord struct {
	from    *exchange.Exchange
	item    exchange.Item
	changed int // how many commands to records of its kind the run had sent before
}

// keepsTimes compares the times of each record in all answers of the run. If updated_at changes and nothing else, that is a finding only if it is so for
// several records: one record may have been changed and changed back.
func keepsTimes(t *T) {
	seen, commands, moved, compared := map[string]seenRecord{}, map[string]int{}, map[string]bool{}, false
	for e := range t.ownExchanges() {
		kind, _, _ := strings.Cut(e.Request.Op.Path, "/{")
		if e.Request.Op.Changes() {
			commands[kind]++
		}
		for _, item := range recordsIn(e) {
			key := kind + " " + exchange.PlainText(item.Fields["id"])
			now := seenRecord{e, item, commands[kind]}
			before, again := seen[key]
			made := e.Request.Method == http.MethodPost || e.Request.Method == http.MethodDelete // an id may be used again
			if seen[key] = now; made || !again {
				continue
			}
			compared = true
			expectKeptTime(t, before, now)
			if onlyUpdatedAtChanged(before, now) {
				moved[key] = true
				t.About(before.from, e).Check(int64(len(moved))).To(match.At(item.Pointer+"/updated_at", match.BeBelow(2)), "updated_at of several records changes, and nothing else of them does")
			}
		}
	}
	if !compared {
		t.Skip("no record was seen twice")
	}
}

// recordsIn are the records of an answer that have created_at.
func recordsIn(e *exchange.Exchange) []exchange.Item {
	if !e.OK() || e.List != nil {
		return nil
	}
	items := e.Items()
	if data, ok := e.At("/data").(map[string]any); ok {
		items = append(items, exchange.Item{Fields: data, Pointer: "/data"})
	}
	var out []exchange.Item
	for _, item := range items {
		if exchange.Number(item.Fields["id"]) != nil && item.Text("created_at") != "" {
			out = append(out, item)
		}
	}
	return out
}

// expectKeptTime expects created_at not to change. One second is allowed for rounding.
func expectKeptTime(t *T, before, now seenRecord) {
	was, err := exchange.ParseTime(before.item.Text("created_at"))
	is, wrong := exchange.ParseTime(now.item.Text("created_at"))
	if err == nil && wrong == nil {
		t.About(before.from, now.from).Check(is).To(match.At(now.item.Pointer+"/created_at", match.BeWithin(was.Add(-time.Second), was.Add(time.Second))), "created_at of a record changes")
	}
}

// onlyUpdatedAtChanged reports whether only updated_at of a record differs between two answers of one operation, with no command between them.
func onlyUpdatedAtChanged(before, now seenRecord) bool {
	if before.from.Request.Op != now.from.Request.Op || before.changed != now.changed || before.item.Text("updated_at") == now.item.Text("updated_at") {
		return false
	}
	one, other := maps.Clone(before.item.Fields), maps.Clone(now.item.Fields)
	delete(one, "updated_at")
	delete(other, "updated_at")
	return reflect.DeepEqual(one, other)
}

// longestDelay is how long a customer's message may take to reach the target: a conversation may be created after the date of its first message.
const longestDelay = 10 * time.Minute

// agreeWithMessages compares the rows of the crawl with the messages of their conversations.
func agreeWithMessages(t *T) {
	list, compared := t.wholeList(), false
	listed := spanOf(list.From).from
	for id, thread := range t.threadsRead() {
		row := list.ByID[id]
		if row == nil || len(thread.Messages) == 0 {
			continue
		}
		created, err := exchange.ParseTime(row.Created)
		compared = true
		for _, m := range thread.Messages {
			about := t.About(list.From, thread.From)
			if err == nil {
				about.Check(m.Date).To(match.At(m.Pointer+"/date", match.BeNoEarlierThan(created.Add(-longestDelay))), "a message of conversation %d is older than the conversation", id)
			}
			if m.Date.Before(listed) { // a later message may be newer than the list
				about.Check(row.UpdatedAt).To(match.At(row.Pointer+"/updated_at", match.BeNoEarlierThan(m.Date.Add(-time.Minute))), "conversation %d has a message that is newer than its updated_at", id)
			}
		}
	}
	if !compared {
		t.Lacks("a conversation with a message")
	}
	t.expectStatusesAfterMessages()
}

// expectStatusesAfterMessages expects the time of a status not to be before the date of its message. A minute is allowed for the difference of two clocks.
func (t *T) expectStatusesAfterMessages() {
	messages := t.Crawl().MessagesByID()
	for _, list := range t.Crawl().StatusLists {
		for _, row := range list.Rows {
			if m, known := messages[row.ID]; known && !row.At.IsZero() {
				t.About(m.Thread.From, list.From).Check(row.At).To(match.At(row.Pointer+"/timestamp", match.BeNoEarlierThan(m.Message.Date.Add(-time.Minute))), "message %d has reached its status before its own date", row.ID)
			}
		}
	}
}
