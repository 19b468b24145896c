package specs

import (
	"net/http"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/match"
)

// webhooks are about events that the target sends to the suite. With the control API each spec creates a workspace and registers an address for it. Without
// it, the address is registered already, and the messages that the suite sends cause the events.
func webhooks() Specs {
	return Describe("webhooks", Capability(document.CapabilityWebhooks), Writes(), Serial(),
		challenges(),
		Describe("events", BeforeEach(receivesWebhooks), eventContents(), eventForms(), deliveries()),
	)
}

// challenges are about the challenge that is sent to an address when it is registered. Only the control API can register one.
func challenges() Specs {
	return Describe("the check of an address", Needs(document.CapabilityControl), BeforeEach(ownInbox),
		It("an address receives a challenge when it is registered", Requirement("WEBHOOK-CHALLENGE"), func(t *T) {
			registered, err := t.Ask(t.registration(t.Inbox.URL()))
			t.EndUnlessReached(registered, err)
			came := t.Inbox.Came()
			t.About(registered).Expect(len(came)).NotTo(match.Equal(0), "an address was registered without a challenge")
			for _, e := range came {
				t.Check(e).To(match.HaveText("/challenge"), "a challenge is no text")
				t.failAll(e, t.Judge.Challenge(e)...)
			}
		}),
		It("an address receives another challenge each time", Requirement("WEBHOOK-CHALLENGE-RANDOM"), func(t *T) {
			t.register()
			t.unregister()
			t.register()
			list := t.Inbox.Challenges()
			if len(list) < 2 {
				t.Lacks("a challenge each time that an address is registered")
			}
			one, other := list[0].At("/challenge"), list[len(list)-1].At("/challenge")
			t.About(list[0], list[len(list)-1]).Check(one == other).To(match.At("/challenge", match.Equal(false)), "two challenges are the same")
		}),
		wrongChallenge("another-challenge", "another challenge", func(string) (int, any) { return http.StatusOK, map[string]any{"challenge": "another"} }),
		wrongChallenge("no-challenge", "no challenge", func(string) (int, any) { return http.StatusOK, map[string]any{} }),
		wrongChallenge("status", "the challenge and 500", func(challenge string) (int, any) {
			return http.StatusInternalServerError, map[string]any{"challenge": challenge}
		}),
	)
}

func wrongChallenge(suffix, what string, answer func(challenge string) (int, any)) Specs {
	return It("an address that answers "+what+" receives no events", Requirement("WEBHOOK-CHALLENGE-WRONG"), func(t *T) {
		t.Inbox.AnswerChallenges(answer)
		registered := t.answer(t.registration(t.Inbox.URL()))
		if len(t.Inbox.Challenges()) == 0 {
			t.Lacks("a challenge")
		}
		t.createUnread()
		most := quiet
		if registered.Status < http.StatusMultipleChoices {
			most = t.Config.WebhookWait / 5
		}
		came := t.AwaitEvent(most, func(*exchange.Event) bool { return true })
		t.About(registered).Check(came).NotTo(match.HaveArrived("an event"), "an address that answered the challenge with "+what+" receives events")
	}, Suffix("."+suffix))
}

// eventContents is about which events are sent, and their content.
func eventContents() Specs {
	return Describe("their content",
		It("a customer's message is sent as an event", Requirement("WEBHOOK-RECEIVED"), func(t *T) {
			t.receive(t.create().ID, t.uniqueText("Where is my order?"))
			t.Expect(t.Event(withName(messageReceived))).To(match.HaveArrived(messageReceived), "a customer's message was not sent as an event")
		}, Needs(document.CapabilityControl)),
		It("each new status of a sent message is sent as an event", Requirement("WEBHOOK-STATUS"), func(t *T) {
			sent := t.sendsAnyText()
			if t.Workspace == nil {
				t.About(sent.e).Expect(t.Event(withStatusOf(sent, ""))).To(match.HaveArrived(messageStatus), "no event shows a status of a sent message")
				return
			}
			for _, status := range []string{"delivered", "read"} {
				t.About(sent.e).Expect(t.advanceUntil(withStatusOf(sent, status))).To(match.HaveArrived(messageStatus+" "+status), "no event says that a sent message is "+status)
			}
			t.About(sent.e).Advise(t.AwaitEvent(quiet, withStatusOf(sent, "sent"))).To(match.HaveArrived(messageStatus+" sent"), "no event says that a message is sent")
		}),
		It("a conversation that begins is sent as an event", Requirement("WEBHOOK-CREATED"), func(t *T) {
			cause := t.causeCreated()
			t.About(cause.from...).Expect(t.Event(cause.event)).To(match.HaveArrived(conversationCreated), "no event says that a conversation began")
		}),
		It("a conversation that changes is sent as an event", Requirement("WEBHOOK-UPDATED"), func(t *T) {
			cause := t.causeUpdated()
			t.About(cause.from...).Expect(t.Event(cause.event)).To(match.HaveArrived(conversationUpdated), "no event says that a conversation was closed")
		}),
		It("an event about a customer's message agrees with the conversation", Requirement("WEBHOOK-AGREES"), receivedAgrees, Suffix(".received"), Needs(document.CapabilityControl)),
		It("an event about a sent message agrees with the status list", Requirement("WEBHOOK-AGREES"), statusAgrees, Suffix(".status")),
		It("an event about a new conversation agrees with the list", Requirement("WEBHOOK-AGREES"), createdAgrees, Suffix(".created")),
		It("an event about a change agrees with the conversation", Requirement("WEBHOOK-AGREES"), updatedAgrees, Suffix(".updated")),
		It("no event is about a text that was refused", Requirement("WEBHOOK-AGREES"), refusedIsNoEvent, Suffix(".refused"), Needs(document.CapabilityControl)),
		It("an address receives no event of another workspace", Requirement("WEBHOOK-ISOLATION"), eventsAreIsolated),
	)
}

// eventForms is about the form of every webhook: method, body, signature and id.
func eventForms() Specs {
	return Describe("their form", BeforeEach(causeEachEvent),
		It("a webhook is a POST with one JSON value", Requirement("WEBHOOK-REQUEST"), func(t *T) {
			for _, e := range t.Inbox.Came() {
				t.failAll(e, judge.WebhookForm(e)...)
			}
		}),
		It("the body of an event fits its schema", Requirement("WEBHOOK-PAYLOAD"), func(t *T) {
			for _, e := range t.Inbox.Came() {
				t.failAll(e, t.Judge.Webhook(e)...)
			}
		}),
		It("an event carries a signature", Requirement("WEBHOOK-SIGNED"), func(t *T) {
			for _, v := range t.Inbox.Events() {
				t.Check(v.From).To(match.BeSigned(), "an event carries no signature")
			}
		}),
		It("the signature of a webhook is right", Requirement("WEBHOOK-SIGNATURE"), func(t *T) {
			for _, e := range t.Inbox.Came() {
				t.failAll(e, t.Signer().Signature(e)...)
			}
		}),
		It("each event has an id of its own", Requirement("WEBHOOK-EVENT-ID"), ownIDs),
	)
}

// deliveries is about events that are sent once or several times, and their order.
func deliveries() Specs {
	return Describe("their repetition and order",
		It("an event that was answered with 500 is sent again", Requirement("WEBHOOK-RETRY"), func(t *T) { t.causeRetries() }),
		It("an event that is sent again has the same content and the same id", Requirement("WEBHOOK-RETRY-SAME"), func(t *T) {
			for _, r := range t.causeRetries() {
				about := t.About(r.first.From, r.second.From)
				about.Check(r.second.From.EventID()).To(match.Equal(r.first.From.EventID()), "an event was sent again with another id")
				about.Check(r.second).To(match.HaveSameContent(r.first), "an event was sent again with another content")
			}
		}),
		It("an event that was answered with 200 is not sent again", Requirement("WEBHOOK-ONCE"), arrivesOnce),
		It("the events of a conversation are sent in order", Requirement("WEBHOOK-ORDER"), arrivesInOrder),
		It("the events of a conversation stay in order when one of them is sent again", Requirement("WEBHOOK-ORDER"), orderAfterFailure, Suffix(".retry"), Needs(document.CapabilityControl)),
	)
}
