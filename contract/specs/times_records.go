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

// recordTimes compare times in the answers of the whole run. They ask nothing.
func recordTimes() Specs {
	return Describe("in all answers of the run",
		It("shows the time of the request in the answer to a command", Requirement("DATA-TIMES"), datesCommands, Suffix(".answer"), Final()),
		It("never changes created_at, and updated_at only with a change", Requirement("DATA-TIMES"), keepsTimes, Suffix(".kept"), Final()),
		It("shows no created_at after the first message, and no updated_at before the last one", Requirement("DATA-TIMES"), agreeWithMessages, Suffix(".conversation"), Operation(document.ListConversations)),
	)
}

// A stamp is a time in the answer to a command, which should be that of the command.
type stamp struct {
	e       *exchange.Exchange
	pointer string
	at      time.Time
}

// stampsOf are the times of an answer that are those of its request.
func stampsOf(e *exchange.Exchange) []stamp {
	names := []string{"/message/date", "/data/created_at"}
	switch {
	case e.Request.Op.ID == document.UpdateTicket && e.At("/data/closed_at") != nil:
		names = []string{"/data/closed_at"}
	case e.Request.Op.ID == document.UpdateTicket:
		names = []string{"/data/opened_at"}
	case e.Request.Method != http.MethodPost:
		names = []string{"/data/updated_at"}
	}
	var out []stamp
	for _, pointer := range names {
		if at, err := exchange.ParseTime(exchange.PlainText(e.At(pointer))); err == nil {
			out = append(out, stamp{e, pointer, at})
		}
	}
	if seconds := exchange.Number(e.At("/message/timestamp")); seconds != nil {
		out = append(out, stamp{e, "/message/timestamp", time.Unix(*seconds, 0)})
	}
	return out
}

// datesCommands wants each stamp between request and answer. Where none is within a day of that, the target's clock is another one than that of Date.
func datesCommands(t *T) {
	var all []stamp
	here := false
	for e := range t.ownExchanges() {
		if !e.OK() || !e.Request.Op.Changes() {
			continue
		}
		for _, s := range stampsOf(e) {
			all = append(all, s)
			here = here || !spanOf(e).elsewhere(s.at)
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

// A sighting is a record in an answer.
type sighting struct {
	from    *exchange.Exchange
	item    exchange.Item
	changed int // how many commands about its kind had been answered
}

// keepsTimes follows each record through the answers of the run. An updated_at that moves while nothing else does is a finding only where it does so for
// several records: one may have been changed, and changed back.
func keepsTimes(t *T) {
	seen, commands, moved, compared := map[string]sighting{}, map[string]int{}, map[string]bool{}, false
	for e := range t.ownExchanges() {
		kind, _, _ := strings.Cut(e.Request.Op.Path, "/{")
		if e.Request.Op.Changes() {
			commands[kind]++
		}
		for _, item := range recordsIn(e) {
			key := kind + " " + exchange.PlainText(item.Fields["id"])
			now := sighting{e, item, commands[kind]}
			before, again := seen[key]
			made := e.Request.Method == http.MethodPost || e.Request.Method == http.MethodDelete // an id may be given anew
			if seen[key] = now; made || !again {
				continue
			}
			compared = true
			expectKeptTime(t, before, now)
			if movedAlone(before, now) {
				moved[key] = true
				t.About(before.from, e).Check(int64(len(moved))).To(match.At(item.Pointer+"/updated_at", match.BeBelow(2)), "updated_at of several records changes, and nothing else of them does")
			}
		}
	}
	if !compared {
		t.Skip("no record was seen twice")
	}
}

// recordsIn are the records of an answer that show created_at.
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

// expectKeptTime expects the created_at of before; a second more or less is rounding.
func expectKeptTime(t *T, before, now sighting) {
	was, err := exchange.ParseTime(before.item.Text("created_at"))
	is, wrong := exchange.ParseTime(now.item.Text("created_at"))
	if err == nil && wrong == nil {
		t.About(before.from, now.from).Check(is).To(match.At(now.item.Pointer+"/created_at", match.BeWithin(was.Add(-time.Second), was.Add(time.Second))), "created_at of a record changes")
	}
}

// movedAlone reports whether two answers of one operation show a record with another updated_at and all else the same, with no command between them.
func movedAlone(before, now sighting) bool {
	if before.from.Request.Op != now.from.Request.Op || before.changed != now.changed || before.item.Text("updated_at") == now.item.Text("updated_at") {
		return false
	}
	one, other := maps.Clone(before.item.Fields), maps.Clone(now.item.Fields)
	delete(one, "updated_at")
	delete(other, "updated_at")
	return reflect.DeepEqual(one, other)
}

// slowHooks is how much later than a customer writes a target may hear of it.
const slowHooks = 10 * time.Minute

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
				about.Check(m.Date).To(match.At(m.Pointer+"/date", match.BeNoEarlierThan(created.Add(-slowHooks))), "a message of conversation %d is older than the conversation", id)
			}
			if m.Date.Before(listed) { // what came later, the list could not know
				about.Check(row.UpdatedAt).To(match.At(row.Pointer+"/updated_at", match.BeNoEarlierThan(m.Date.Add(-time.Minute))), "conversation %d has a message that is newer than its updated_at", id)
			}
		}
	}
	if !compared {
		t.Lacks("a conversation with a message")
	}
	t.expectStatusesAfterMessages()
}

// expectStatusesAfterMessages expects no message to have reached its status before its own date; a minute is the difference of two clocks.
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
