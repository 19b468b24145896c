package specs

import (
	"net/http"
	"strings"
	"time"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/match"
)

// sends are the specs of the tag messages that no schema says. They run one at a time, after the specs that judge what the crawl saw, and
// write to the phones of SendTo only.
func sends() Specs {
	return Describe("sends", Capability(document.CapabilitySend), Writes(), Alone(),
		texts(),
		It("the status of a sent message never goes back", Requirement("STATUS-FORWARD"), sentForward, Suffix(".sent"), Operation(document.GetMessageStatus)),
		otherKinds(),
		mediaSends(),
		templateSends(),
	)
}

func texts() Specs {
	return Describe("texts", Operation(document.SendTextMessage),
		It("a text to an unknown phone begins a conversation", Requirement("SEND-NEW-CONTACT"), beginsConversation), // before anything else is sent
		It("a text is answered with the ids of the message", Requirement("SEND-TEXT"), func(t *T) {
			e := t.answer(t.textTo(t.recipient(), t.nonce("Hello")))
			t.Expect(e).To(match.BeAccepted(), "a text was not accepted")
			t.Expect(e).To(match.HaveNumber("/message/id"), "a text was not answered with the id of the message")
			t.Expect(e).To(match.HaveText("/message/messageId"), "a text was not answered with the messageId of the message")
		}),
		It("a text stands in its conversation and in no other", Requirement("SEND-TEXT-APPEARS"), asked(checkTextAppears)),
		It("a text is unharmed", Requirement("SEND-TEXT-UNHARMED"), asked(checkTextUnharmed)),
		It("a sent message is in the status poll", Requirement("SEND-STATUS-POLL"), func(t *T) {
			sent := t.sendsText(t.nonce("Hello"))
			t.Eventually(func() any { return t.statuses() }).About(sent.e).Should(match.ContainMessage(sent.id), "a sent message has no row in the status poll")
		}),
		It("the answer has the id of the message", Requirement("SEND-ID-AGREES"), func(t *T) {
			seen := t.findsText()
			if seen.message == nil {
				t.Lacks("a sent text that appears")
			}
			t.About(seen.view.From).Expect(seen.out.e).To(match.HaveNumber("/message/id", seen.message.ID), "the answer has another id than the message has in its conversation")
		}),
		It("the row shows what was sent", Requirement("SEND-UPDATES-LIST"), rowShowsText),
		It("an unknown reply_to is refused", Requirement("SEND-REPLY-TO"), func(t *T) {
			reply := t.To(t.operationNamed(document.SendTextMessage), 0).WithJSON(map[string]any{"phone": t.recipient(), "body": t.nonce("Hello"), "reply_to": "wamid.no-such-message"})
			t.Expect(t.answer(reply.Unacceptable())).To(match.BeRefused(), "a reply_to that names no message was not refused")
		}),
		It("a refused send leaves no message", Requirement("SEND-REFUSED-CHANGES-NOTHING"), refusedLeavesNothing),
	)
}

func beginsConversation(t *T) {
	const name = "Contract Suite اختبار"
	for _, phone := range t.Config.SendTo {
		if known, _ := t.row(phone); known != nil {
			continue
		}
		sent := t.sends(t.To(t.operationNamed(document.SendTextMessage), 0).WithJSON(map[string]any{"phone": phone, "body": t.nonce("Hello"), "name": name}))
		var row *exchange.Row
		t.Eventually(func() any {
			var list *exchange.List
			row, list = t.row(phone)
			return list
		}).About(sent.e).Should(match.ContainPhone(phone), "a text to an unknown phone began no conversation")
		if row.Name == nil || *row.Name != name {
			t.Fail(judge.Finding{Text: "the new conversation has another name than was sent", Expected: name, Actual: exchange.Shown(row.Name)}, sent.e)
		}
		return
	}
	t.Lacks("a phone in --send-to that has no conversation yet")
}

func rowShowsText(t *T) {
	before, _ := t.row(t.recipient())
	said := t.nonce("Hello")
	sent := t.sendsText(said)
	var after *exchange.Row
	t.Eventually(func() any {
		var list *exchange.List
		after, list = t.row(t.recipient())
		return list
	}).About(sent.e).Should(match.ShowLastMessage(t.recipient(), said), "the row does not show what was sent last")
	if before != nil && after.UpdatedAt.Before(before.UpdatedAt) {
		t.Fail(judge.Finding{Text: "updated_at went back when a message was sent", Expected: "not before " + before.Updated, Actual: after.Updated, Pointer: after.Pointer + "/updated_at"}, sent.e)
	}
}

func refusedLeavesNothing(t *T) {
	mark := t.nonce("refused")
	refused := t.answer(t.textTo(t.recipient(), mark+strings.Repeat("x", 4097)).Unacceptable())
	if refused.Status < http.StatusBadRequest {
		t.Lacks("a send that is refused")
	}
	thread, err := t.thread(t.recipient())
	t.End(err)
	if thread != nil {
		t.About(refused).Expect(thread).To(match.ContainNoText(mark), "a send that was refused left a message")
	}
}

// sentForward sends, reads the statuses a few times, and follows every message through the answers of the run.
func sentForward(t *T) {
	t.sendsText(t.nonce("Hello"))
	for range 3 {
		t.statuses()
		t.End(exchange.Pause(t.Ctx, 20*time.Millisecond))
	}
	expectForward(t)
}
