package specs

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/match"
	"example.com/awalmock/contract/run"
)

// receivedAgrees compares the event about a customer's message with the conversation.
func receivedAgrees(t *T) {
	c, body := t.create(), t.uniqueText("مرحبا 👩‍👩‍👧 \"quoted\" <b>&amp;</b>\n\\ é")
	received := t.receive(c.ID, body)
	v := t.mustReceive(withName(messageReceived))
	thread := t.read(c.ID)
	m := thread.Message(body)
	if m == nil {
		t.Lacks("a conversation that shows a customer's message")
	}
	about := t.About(thread.From)
	about.Check(v).To(match.HaveData("conversation_id", c.ID))
	about.Check(v).To(match.HaveData("body", body))
	about.Check(v).To(match.HaveData("type", m.Kind))
	about.Check(v).To(match.HaveData("message_id", received.WhatsApp))
	about.Advise(v).To(match.HaveData("from", c.Phone))
	about.Advise(v).To(match.HaveData("timestamp", m.Date))
	t.sameNumber(v)
	t.happenedAt(v, v.Time("timestamp"))
}

// statusAgrees compares the events about a sent message with the status list. The list is read after the event, so its status is the same or a later one.
func statusAgrees(t *T) {
	m := t.sendsAnyText()
	words := []string{""}
	if t.Workspace != nil {
		words = []string{"sent", "delivered", "read"}
	}
	for _, word := range words {
		fits := withStatusOf(m, word)
		if t.Workspace != nil { // the workspace has no other message, so the event is about this one, also if its id differs
			fits = func(v *exchange.Event) bool { return v.Name == messageStatus && v.Text("status") == word }
		}
		v := t.waitForEvent(fits)
		if v == nil {
			continue
		}
		list := t.statuses()
		shown, there := list.NewestStatus()[m.id]
		if !there {
			t.Lacks("a sent message that the status list shows")
		}
		t.About(list.From).Check(v).To(match.HaveData("message_id", m.wamid))
		if exchange.Progress(shown.Status) < exchange.Progress(v.Text("status")) {
			t.Fail(judge.Finding{Text: "the status list shows an earlier status than an event", Expected: shown.Status, Actual: v.Text("status"), Pointer: v.Pointer + "/data/status"}, list.From, v.From)
		}
		if shown.Status == v.Text("status") {
			t.About(list.From).Advise(v).To(match.HaveData("timestamp", shown.At))
		}
	}
}

// waitForEvent waits for an event. In a workspace of the spec it moves the clock forward meanwhile.
func (t *T) waitForEvent(fits func(*exchange.Event) bool) *exchange.Event {
	if t.Workspace == nil {
		return t.mustReceive(fits)
	}
	return t.advanceUntil(fits)
}

// mustReceive waits for an event. If it does not arrive, the case ends as UNVERIFIED: other cases check which events are sent.
func (t *T) mustReceive(fits func(*exchange.Event) bool) *exchange.Event {
	v := t.Event(fits)
	if v == nil {
		t.Lacks("an event")
	}
	return v
}

// createdAgrees compares the event about a new conversation with its row in the list.
func createdAgrees(t *T) {
	begun := t.causeCreated()
	v := t.mustReceive(begun.event)
	row := t.rowByID(begun.conversation)
	about := t.About(row.From)
	about.Check(v).To(match.HaveData("conversation_id", row.ID))
	about.Check(v).To(match.HaveData("phone_number", row.Phone))
	if at, err := exchange.ParseTime(row.Created); err == nil {
		about.Advise(v).To(match.HaveData("created_at", at))
	}
	t.sameContact(v, row.Phone)
	t.happenedAt(v, v.Time("created_at"))
}

// updatedAgrees compares the event about a closed conversation with the conversation. The data of this event are inferred, so a difference is a SHOULD.
func updatedAgrees(t *T) {
	closed := t.causeUpdated()
	v := t.mustReceive(closed.event)
	about := t.About(t.read(closed.conversation).From)
	about.Advise(v).To(match.HaveData("conversation_id", closed.conversation))
	t.happenedAt(v, v.Time("updated_at"))
	if t.Workspace != nil { // without a workspace of its own, the event may be about the opening of the ticket
		about.Advise(v).To(match.HaveData("closed", true))
		about.Advise(v).To(match.HaveData("status", "closed"))
		row := t.rowByID(closed.conversation)
		if at, err := exchange.ParseTime(row.Updated); err == nil {
			t.About(row.From).Advise(v).To(match.HaveData("updated_at", at))
		}
	}
}

// eventsAreIsolated causes events in two workspaces: none of one workspace arrives at the address of the other.
func eventsAreIsolated(t *T) {
	if t.Workspace == nil {
		t.eventsAreIsolatedFromSecond()
		return
	}
	one, first := t.Workspace, t.Inbox
	receivesWebhooks(t)
	other, second := t.Workspace, t.Inbox
	texts := map[*exchange.Credentials]string{}
	for _, own := range []*exchange.Credentials{one, other} {
		t.Workspace, t.Inbox = own, first
		if own == other {
			t.Inbox = second
		}
		texts[own] = t.uniqueText("Hello")
		t.receive(t.create().ID, texts[own])
		t.Event(withName(messageReceived))
	}
	_, err := second.Wait(t.Ctx, quiet, func() bool { return false })
	t.End(err)
	if len(first.Events()) == 0 || len(second.Events()) == 0 {
		t.Lacks("an event of each of two workspaces")
	}
	for _, e := range first.Came() {
		t.expectNotIn(e, texts[other])
	}
	for _, e := range second.Came() {
		t.expectNotIn(e, texts[one])
	}
}

// expectNotIn expects a webhook not to contain a text of another workspace.
func (t *T) expectNotIn(e *exchange.Exchange, text string) {
	if bytes.Contains(e.Body, []byte(text)) {
		t.Fail(judge.Finding{Text: "an event of one workspace was sent to the address of another", Expected: "only events of its own workspace", Actual: "a message that says " + text}, e)
	}
}

// eventsAreIsolatedFromSecond sends a message as the second client: its events do not arrive at the address of the first.
func (t *T) eventsAreIsolatedFromSecond() {
	if !t.Config.Claims(document.CapabilitySecondClient) {
		t.End(&run.SkippedError{Reason: "neither the capability second-client nor control is claimed"})
	}
	t.Workspace = &t.Target.Second
	foreign := t.sendsText(t.uniqueText("Hello"))
	t.Workspace = nil
	own := t.sendsAnyText()
	t.mustReceive(withStatusOf(own, ""))
	t.About(foreign.e).Check(t.AwaitEvent(quiet, withStatusOf(foreign, ""))).NotTo(match.HaveArrived(messageStatus), "an event of the second workspace was sent to the address of the first")
}

// ownIDs expects each event to have an id, and no two events to have the same one.
func ownIDs(t *T) {
	known := map[string]*exchange.Event{}
	for _, v := range t.Inbox.Events() {
		id := v.From.EventID()
		t.Check(id).NotTo(match.Equal(""), "an event has no id")
		if other := known[id]; id != "" && other != nil && other.From != v.From && other.Subject() != v.Subject() {
			t.Fail(judge.Finding{Text: "two events have the same id", Expected: "an id for each", Actual: id}, other.From, v.From)
		}
		known[id] = v
	}
}

// arrivesOnce expects an event that was answered with 2xx not to be sent again.
func arrivesOnce(t *T) {
	began := time.Now()
	if t.Workspace == nil {
		t.mustReceive(withStatusOf(t.sendsAnyText(), ""))
	} else {
		c := t.create()
		for range 3 {
			t.receive(c.ID, t.uniqueText("Hello"))
		}
		t.sends(t.textTo(c.Phone, t.uniqueText("Hello")))
		t.mustReceive(withName(messageStatus))
	}
	// If the first event took long, a repetition would take as long.
	patience := max(quiet, min(2*time.Since(began), t.Session.Config.WebhookWait))
	for range 2 {
		_, err := t.Inbox.Wait(t.Ctx, patience, func() bool { return false })
		t.End(err)
		if t.Workspace != nil {
			t.advance(24 * time.Hour)
		}
	}
	t.expectNoneTwice()
}

func (t *T) expectNoneTwice() {
	known := map[string]*exchange.Event{}
	for _, v := range t.Inbox.Events() {
		if !v.From.Accepted() {
			continue
		}
		for _, name := range []string{v.Subject(), v.Name + " with the id " + v.From.EventID()} {
			if name == "" || v.From.EventID() == "" && name != v.Subject() {
				continue
			}
			if other := known[name]; other != nil && other.From != v.From {
				t.Fail(judge.Finding{Text: "an event was sent again although it was answered with 2xx", Expected: "each event once", Actual: v.Name + " twice"}, other.From, v.From)
			}
			known[name] = v
		}
	}
}

const inARow = 5 // messages whose order is compared

// arrivesInOrder causes several events of one conversation: they arrive in the order in which they happened.
func arrivesInOrder(t *T) {
	var keys []string
	if t.Workspace == nil {
		for range inARow {
			keys = append(keys, t.sendsAnyText().wamid)
		}
	} else {
		keys = t.receivesInARow()
	}
	t.mustReceive(func(v *exchange.Event) bool { return slices.Contains(keys, keyOf(v)) })
	t.Event(func(*exchange.Event) bool { return len(t.order(keys)) == len(keys) }) // other cases check that each event arrives
	t.expectOrder(keys)
}

// orderAfterFailure answers the first of several events of one conversation with 500: the others are still accepted after it.
func orderAfterFailure(t *T) {
	c := t.create()
	t.mustReceive(withName(conversationCreated))
	t.answerOnceWith500(firstOnly())
	keys := t.receivesIn(c.ID)
	accepted := 0
	t.advanceUntil(func(v *exchange.Event) bool {
		accepted = len(t.order(keys))
		return accepted == len(keys)
	})
	if accepted < len(keys) {
		t.Lacks("an event that is sent again")
	}
	t.expectOrder(keys)
}

func (t *T) receivesInARow() []string { return t.receivesIn(t.create().ID) }

func (t *T) receivesIn(conversation int64) (texts []string) {
	for i := range inARow {
		text := t.uniqueText(fmt.Sprintf("Message %d", i))
		t.receive(conversation, text)
		texts = append(texts, text)
	}
	return texts
}

// keyOf names the message of an event: by its text if a customer wrote it, by its id if it was sent.
func keyOf(v *exchange.Event) string {
	if v.Name == messageReceived {
		return v.Text("body")
	}
	return v.Text("message_id")
}

// order is the order in which the events about keys were first accepted, as indexes of keys.
func (t *T) order(keys []string) (out []int) {
	for _, v := range t.Inbox.Events() {
		if i := slices.Index(keys, keyOf(v)); i >= 0 && v.From.Accepted() && !slices.Contains(out, i) {
			out = append(out, i)
		}
	}
	return out
}

func (t *T) expectOrder(keys []string) {
	came := t.order(keys)
	want := slices.Sorted(slices.Values(came))
	var from []*exchange.Exchange
	for _, v := range t.Inbox.Events() {
		if slices.Contains(keys, keyOf(v)) {
			from = append(from, v.From)
		}
	}
	t.About(from...).Check(fmt.Sprint(came)).To(match.Equal(fmt.Sprint(want)), "the events of a conversation were not sent in the order in which they happened")
}
