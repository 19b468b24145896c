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

// receivedAgrees compares what an event says of a customer's message with its conversation.
func receivedAgrees(t *T) {
	c, body := t.create(), t.nonce("مرحبا 👩‍👩‍👧 \"quoted\" <b>&amp;</b>\n\\ é")
	received := t.receive(c.ID, body)
	v := t.cameOrLacks(called(messageReceived))
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
}

// statusAgrees compares what events say of a sent message with the status list, which is asked afterwards: it is as far, or further.
func statusAgrees(t *T) {
	m := t.sendsAnyText()
	words := []string{""}
	if t.Own != nil {
		words = []string{"sent", "delivered", "read"}
	}
	for _, word := range words {
		fits := about(m, word)
		if t.Own != nil { // of this workspace it is the only message, even if the event has another name for it
			fits = func(v *exchange.Event) bool { return v.Name == messageStatus && v.Text("status") == word }
		}
		v := t.comesInTime(fits)
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
			t.Fail(judge.Finding{Text: "the status list is behind what an event said", Expected: shown.Status, Actual: v.Text("status"), Pointer: v.Pointer + "/data/status"}, list.From, v.From)
		}
		if shown.Status == v.Text("status") {
			t.About(list.From).Advise(v).To(match.HaveData("timestamp", shown.At))
		}
	}
}

// comesInTime is passesUntil in a workspace of the spec; elsewhere time passes by itself.
func (t *T) comesInTime(fits func(*exchange.Event) bool) *exchange.Event {
	if t.Own == nil {
		return t.cameOrLacks(fits)
	}
	return t.passesUntil(fits)
}

// cameOrLacks waits for an event. If it does not come, the case ends: other cases check which events come.
func (t *T) cameOrLacks(fits func(*exchange.Event) bool) *exchange.Event {
	v := t.Event(fits)
	if v == nil {
		t.Lacks("an event")
	}
	return v
}

// createdAgrees compares what an event says of a new conversation with its row.
func createdAgrees(t *T) {
	begun := t.beginsConversation()
	v := t.cameOrLacks(begun.event)
	row := t.rowByID(begun.conversation)
	about := t.About(row.From)
	about.Check(v).To(match.HaveData("conversation_id", row.ID))
	about.Check(v).To(match.HaveData("phone_number", row.Phone))
	if at, err := exchange.ParseTime(row.Created); err == nil {
		about.Advise(v).To(match.HaveData("created_at", at))
	}
}

// updatedAgrees compares what an event says of a closed conversation with what it shows. All of these data are inferred.
func updatedAgrees(t *T) {
	closed := t.closesConversation()
	v := t.cameOrLacks(closed.event)
	about := t.About(t.read(closed.conversation).From)
	about.Advise(v).To(match.HaveData("conversation_id", closed.conversation))
	if t.Own != nil { // elsewhere the event may be that of the ticket's opening
		about.Advise(v).To(match.HaveData("closed", true))
		about.Advise(v).To(match.HaveData("status", "closed"))
	}
}

// keptApart brings about events in two workspaces, and expects none of one at the address of the other.
func keptApart(t *T) {
	if t.Own == nil {
		t.keptApartFromSecond()
		return
	}
	one, first := t.Own, t.Inbox
	receivesWebhooks(t)
	other, second := t.Own, t.Inbox
	texts := map[*exchange.Credentials]string{}
	for _, own := range []*exchange.Credentials{one, other} {
		t.Own, t.Inbox = own, first
		if own == other {
			t.Inbox = second
		}
		texts[own] = t.nonce("Hello")
		t.receive(t.create().ID, texts[own])
		t.Event(called(messageReceived))
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

// expectNotIn expects that an exchange does not carry a text of another workspace.
func (t *T) expectNotIn(e *exchange.Exchange, text string) {
	if bytes.Contains(e.Body, []byte(text)) {
		t.Fail(judge.Finding{Text: "an event of one workspace came to the address of another", Expected: "only events of its own workspace", Actual: "a message that says " + text}, e)
	}
}

// keptApartFromSecond lets the second client send, whose events must not come to the address of the first.
func (t *T) keptApartFromSecond() {
	if !t.Config.Claims(document.CapabilitySecondClient) {
		t.End(&run.SkippedError{Reason: "neither the capability second-client nor control is claimed"})
	}
	t.Own = &t.Target.Second
	foreign := t.sendsText(t.nonce("Hello"))
	t.Own = nil
	own := t.sendsAnyText()
	t.cameOrLacks(about(own, ""))
	t.About(foreign.e).Check(t.AwaitEvent(quiet, about(foreign, ""))).NotTo(match.HaveArrived(messageStatus), "an event of the second workspace came to the address of the first")
}

// ownIDs expects an id of each event, and another one of each other event.
func ownIDs(t *T) {
	known := map[string]*exchange.Event{}
	for _, v := range t.Inbox.Events() {
		id := v.From.EventID()
		t.Check(id).NotTo(match.Equal(""), "an event has no id")
		if other := known[id]; id != "" && other != nil && other.From != v.From && other.Same() != v.Same() {
			t.Fail(judge.Finding{Text: "two events have the same id", Expected: "an id for each", Actual: id}, other.From, v.From)
		}
		known[id] = v
	}
}

// comesOnce expects no event again that was answered with 2xx.
func comesOnce(t *T) {
	began := time.Now()
	if t.Own == nil {
		t.cameOrLacks(about(t.sendsAnyText(), ""))
	} else {
		c := t.create()
		for range 3 {
			t.receive(c.ID, t.nonce("Hello"))
		}
		t.sends(t.textTo(c.Phone, t.nonce("Hello")))
		t.cameOrLacks(called(messageStatus))
	}
	// What takes long to come the first time takes as long to come again.
	patience := max(quiet, min(2*time.Since(began), t.Session.Config.WebhookWait))
	for range 2 {
		_, err := t.Inbox.Wait(t.Ctx, patience, func() bool { return false })
		t.End(err)
		if t.Own != nil {
			t.advance(24 * time.Hour)
		}
	}
	t.noneTwice()
}

func (t *T) noneTwice() {
	known := map[string]*exchange.Event{}
	for _, v := range t.Inbox.Events() {
		if !v.From.Accepted() {
			continue
		}
		for _, name := range []string{v.Same(), v.Name + " with the id " + v.From.EventID()} {
			if name == "" || v.From.EventID() == "" && name != v.Same() {
				continue
			}
			if other := known[name]; other != nil && other.From != v.From {
				t.Fail(judge.Finding{Text: "an event was sent again although it was answered with 2xx", Expected: "each event once", Actual: v.Name + " twice"}, other.From, v.From)
			}
			known[name] = v
		}
	}
}

const inARow = 5 // messages of which the order is looked at

// comesInOrder brings about several events of one conversation, and expects them in that order.
func comesInOrder(t *T) {
	var keys []string
	if t.Own == nil {
		for range inARow {
			keys = append(keys, t.sendsAnyText().wamid)
		}
	} else {
		keys = t.receivesInARow()
	}
	t.cameOrLacks(func(v *exchange.Event) bool { return slices.Contains(keys, keyOf(v)) })
	t.Event(func(*exchange.Event) bool { return len(t.order(keys)) == len(keys) }) // other cases check that each comes
	t.expectOrder(keys)
}

// orderAfterFailure refuses the first of several events of one conversation, and expects the others after it all the same.
func orderAfterFailure(t *T) {
	c := t.create()
	t.cameOrLacks(called(conversationCreated))
	t.refuses(theNext())
	keys := t.receivesIn(c.ID)
	accepted := 0
	t.passesUntil(func(v *exchange.Event) bool {
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
		text := t.nonce(fmt.Sprintf("Message %d", i))
		t.receive(conversation, text)
		texts = append(texts, text)
	}
	return texts
}

// keyOf is what names an event of a row: the text of a customer's message, or the id of one that was sent.
func keyOf(v *exchange.Event) string {
	if v.Name == messageReceived {
		return v.Text("body")
	}
	return v.Text("message_id")
}

// order is in which order events of a row were accepted first, by their places in it.
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
	t.About(from...).Check(fmt.Sprint(came)).To(match.Equal(fmt.Sprint(want)), "the events of a conversation came in another order than they happened in")
}
