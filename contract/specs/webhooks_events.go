package specs

import (
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/match"
	"example.com/awalmock/contract/run"
)

// Names of events (vendor page api/webhooks, D).
const (
	messageReceived     = "message.received"
	messageStatus       = "message.status.updated"
	conversationCreated = "conversation.created"
	conversationUpdated = "conversation.updated"
)

const (
	moment = 50 * time.Millisecond  // how long to wait for an event after a step of the clock
	quiet  = 300 * time.Millisecond // how long to wait before it is certain that no event arrives
)

// ownInbox creates a workspace for the spec, and an inbox whose address is not registered yet.
func ownInbox(t *T) {
	ownWorkspace(t)
	t.Inbox = t.Webhooks.Inbox(t.Workspace.Domain)
}

// receivesWebhooks gives the spec an inbox. With the control API it is that of a new workspace, without it the one that is registered at the target.
func receivesWebhooks(t *T) {
	if t.Config.Claims(document.CapabilityControl) {
		ownInbox(t)
		t.register()
		return
	}
	t.Inbox = t.Webhooks.Registered()
}

// registration is a request that registers addresses for the spec's workspace, in place of all earlier ones.
func (t *T) registration(addresses ...string) *exchange.Request {
	endpoints := []map[string]any{}
	for _, address := range addresses {
		endpoints = append(endpoints, map[string]any{"url": address})
	}
	return t.ToControl(http.MethodPut, "/webhooks", t.Workspace.Domain, map[string]any{"endpoints": endpoints})
}

// register registers the address of the spec's inbox. If that fails, the case ends.
func (t *T) register() *exchange.Exchange {
	e, err := t.Ask(t.registration(t.Inbox.URL()))
	t.EndUnlessReached(e, err)
	if e.Status != http.StatusOK {
		t.Lacks("an address that can be registered (%s)", e)
	}
	return e
}

func (t *T) unregister() {
	t.do(t.registration(), exchange.Wanted{Status: http.StatusOK, Shows: []string{"endpoints"}}, nil)
}

// failAll records what package judge has found in a webhook.
func (t *T) failAll(e *exchange.Exchange, findings ...judge.Finding) {
	for _, f := range findings {
		t.Fail(f, e)
	}
}

// withName selects events by name.
func withName(name string) func(*exchange.Event) bool {
	return func(v *exchange.Event) bool { return v.Name == name }
}

// withStatusOf selects events that show a status of a sent message; "" for any status.
func withStatusOf(m *sent, status string) func(*exchange.Event) bool {
	return func(v *exchange.Event) bool {
		return v.Name == messageStatus && v.Text("message_id") == m.wamid && (status == "" || v.Text("status") == status)
	}
}

// A cause is a change of a conversation, and which event it must cause.
type cause struct {
	conversation int64
	event        func(*exchange.Event) bool
	from         []*exchange.Exchange
}

// sendsAnyText sends a text: to a new conversation in a workspace of the spec, else to the recipient.
func (t *T) sendsAnyText() *sent {
	if t.Workspace == nil {
		return t.sendsText(t.uniqueText("Hello"))
	}
	return t.sends(t.textTo(t.create().Phone, t.uniqueText("Hello")))
}

// causeCreated creates a conversation with the control API or, without it, by a text to a phone that has none.
func (t *T) causeCreated() cause {
	if t.Workspace != nil {
		return cause{conversation: t.create().ID, event: withName(conversationCreated)}
	}
	for _, phone := range t.Config.SendTo {
		if known, _ := t.row(phone); known != nil {
			continue
		}
		sent := t.sends(t.textTo(phone, t.uniqueText("Hello")))
		var row *exchange.Row
		t.Eventually(func() any {
			var list *exchange.List
			row, list = t.row(phone)
			return list
		}).About(sent.e).Should(match.ContainPhone(phone), "a text to an unknown phone began no conversation")
		return cause{row.ID, func(v *exchange.Event) bool {
			return v.Name == conversationCreated && (v.Number("conversation_id") == row.ID || strings.TrimLeft(v.Text("phone_number"), "+0") == phone)
		}, []*exchange.Exchange{sent.e}}
	}
	t.Lacks("a phone in --send-to that has no conversation yet")
	return cause{}
}

// causeUpdated closes a conversation with the control API or, without it, with its ticket.
func (t *T) causeUpdated() cause {
	if t.Workspace != nil {
		c := t.create()
		t.change(c.ID, map[string]any{"closed": true})
		return cause{conversation: c.ID, event: withName(conversationUpdated)}
	}
	if !t.Config.Claims(document.CapabilityTickets) {
		t.End(&run.SkippedError{Reason: "neither the capability tickets nor control is claimed"})
	}
	conversation := t.conversationToWrite()
	t.tryTicket(conversation, openTicket)
	closed := t.tryTicket(conversation, closeTicket)
	return cause{conversation, func(v *exchange.Event) bool {
		return v.Name == conversationUpdated && v.Number("conversation_id") == conversation
	}, []*exchange.Exchange{closed}}
}

// causeEachEvent causes one event of each possible kind, and waits for them.
func causeEachEvent(t *T) {
	if t.Workspace == nil {
		t.Event(withStatusOf(t.sendsAnyText(), ""))
		if t.Config.Claims(document.CapabilityTickets) {
			t.Event(t.causeUpdated().event)
		}
		return
	}
	t.causeEvents()
	for _, name := range eventNames() {
		t.Event(withName(name)) // other cases check which events are sent
	}
	if len(t.Inbox.Came()) == len(t.Inbox.Challenges()) {
		t.Lacks("an event")
	}
}

// causeEvents causes one event of each kind in the spec's workspace.
func (t *T) causeEvents() {
	c := t.create()
	t.receive(c.ID, t.uniqueText("Where is my order?"))
	t.sends(t.textTo(c.Phone, t.uniqueText("Here it is")))
	t.change(c.ID, map[string]any{"closed": true})
}

func eventNames() []string {
	return []string{conversationCreated, messageReceived, messageStatus, conversationUpdated}
}

// advanceUntil moves the clock of the spec's workspace forward until an event fits, by most of a day in all. It returns nil if none has arrived then.
func (t *T) advanceUntil(fits func(*exchange.Event) bool) *exchange.Event {
	for _, step := range clockSteps() {
		if v := t.AwaitEvent(moment, fits); v != nil {
			return v
		}
		t.advance(step)
	}
	return t.Event(fits)
}

// answerOnceWith500 answers each event that which selects with 500 when it arrives for the first time, and everything else with 200.
func (t *T) answerOnceWith500(which func(*exchange.Event) bool) {
	t.DeferCleanup(func() error {
		t.Inbox.AnswerEvents(nil)
		return nil
	})
	var refused []*exchange.Event
	t.Inbox.AnswerEvents(func(e *exchange.Exchange) int {
		for _, v := range e.Events() {
			if which(v) && !slices.ContainsFunc(refused, func(other *exchange.Event) bool { return sameEvent(v, other) }) {
				refused = append(refused, v)
				return http.StatusInternalServerError
			}
		}
		return http.StatusOK
	})
}

// firstOnly selects only the event that arrives first.
func firstOnly() func(*exchange.Event) bool {
	var once sync.Once
	return func(*exchange.Event) bool {
		first := false
		once.Do(func() { first = true })
		return first
	}
}

// A retried event was answered with 500, and was sent again.
type retried struct{ first, second *exchange.Event }

// causeRetries causes one event of each possible kind, answers it with 500, and waits until it is sent again. If it is not, the case ends: with a finding if the
// clock was moved by most of a day, else as UNVERIFIED, since the vendor does not say when an event is sent again.
func (t *T) causeRetries() (out []retried) {
	if t.Workspace == nil {
		t.answerOnceWith500(firstOnly())
		t.sendsAnyText()
		first := t.mustReceive(wasRefused)
		second := t.AwaitEvent(t.Config.WebhookWait, repetitionOf(first))
		if second == nil {
			t.Lacks("a second attempt within %s: give --webhook-wait more time than the target waits between two attempts", t.Config.WebhookWait)
		}
		return []retried{{first, second}}
	}
	t.answerOnceWith500(func(*exchange.Event) bool { return true })
	t.causeEvents()
	for _, name := range eventNames() {
		first := t.advanceUntil(func(v *exchange.Event) bool { return v.Name == name && wasRefused(v) })
		if first == nil {
			continue // other cases check which events are sent
		}
		second := t.advanceUntil(repetitionOf(first))
		t.About(first.From).Expect(second).To(match.HaveArrived(first.Name), "an event that was answered with 500 was not sent again")
		out = append(out, retried{first, second})
	}
	if len(out) == 0 {
		t.Lacks("an event")
	}
	return out
}

func wasRefused(v *exchange.Event) bool { return !v.From.Accepted() }

// sameEvent reports whether two events are the same event, sent twice. Their ids are not compared.
func sameEvent(v, other *exchange.Event) bool {
	return v.Subject() == other.Subject() && (v.Subject() != "" || reflect.DeepEqual(v.Fields, other.Fields))
}

// repetitionOf selects a later arrival of the same event.
func repetitionOf(first *exchange.Event) func(*exchange.Event) bool {
	return func(v *exchange.Event) bool {
		later := v.From != first.From && v.From.Asked.After(first.From.Asked)
		return later && (sameEvent(v, first) || v.From.EventID() != "" && v.From.EventID() == first.From.EventID())
	}
}
