package specs

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/match"
)

// sends are the specs of the tag messages. They run one at a time, after the specs that only read, and send only to the phones of --send-to.
func sends() Specs {
	return Describe("sends", Capability(document.CapabilitySend), Writes(), Serial(),
		texts(),
		It("never moves the status of a sent message backwards", Requirement("STATUS-FORWARD"), sentForward, Suffix(".sent"), Operation(document.GetMessageStatus), Independent(), Slow()),
		otherKinds(),
		mediaSends(),
		templateSends(),
		refusedKinds(),
	)
}

func texts() Specs {
	return Describe("texts", Operation(document.SendTextMessage),
		It("begins a conversation for a text to an unknown phone", Requirement("SEND-NEW-CONTACT"), func(t *T) { // first, because any message begins the conversation
			t.expectNewConversation(func(phone, name string) *exchange.Request {
				return t.To(t.operationNamed(document.SendTextMessage), 0).WithJSON(map[string]any{"phone": phone, "body": t.uniqueText("Hello"), "name": name, "email": newcomer})
			})
		}),
		It("answers a text with the ids of the message", Requirement("SEND-TEXT"), func(t *T) {
			e := t.answer(t.textTo(t.recipient(), t.uniqueText("Hello")))
			t.Expect(e).To(match.BeAccepted(), "a text was not accepted")
			t.Expect(e).To(match.HaveNumber("/message/id"), "a text was not answered with the id of the message")
			t.Expect(e).To(match.HaveText("/message/messageId"), "a text was not answered with the messageId of the message")
		}),
		It("shows a text once in its conversation, and in no other", Requirement("SEND-TEXT-APPEARS"), showsText),
		It("shows a text exactly as it was sent", Requirement("SEND-TEXT-UNHARMED"), showsTextsExactly),
		It("shows the status of a sent message", Requirement("SEND-STATUS-POLL"), func(t *T) {
			sent := t.sendsText(t.uniqueText("Hello"))
			t.Eventually(func() any { return t.statuses() }).About(sent.e).Should(match.ContainMessage(sent.id), "a sent message has no row in the status list")
		}),
		It("answers with the id that the conversation shows", Requirement("SEND-ID-AGREES"), func(t *T) {
			seen := t.findsText()
			if seen.message == nil {
				t.Lacks("a sent text that its conversation shows")
			}
			t.About(seen.thread.From).Expect(seen.sent.e).To(match.HaveNumber("/message/id", seen.message.ID), "the answer has another id than the message has in its conversation")
		}),
		It("shows a sent text in the row of its conversation", Requirement("SEND-UPDATES-LIST"), rowShowsText),
		It("refuses an unknown reply_to", Requirement("SEND-REPLY-TO"), func(t *T) {
			reply := t.To(t.operationNamed(document.SendTextMessage), 0).WithJSON(map[string]any{"phone": t.recipient(), "body": t.uniqueText("Hello"), "reply_to": "wamid.no-such-message"})
			t.Expect(t.answer(reply.MayBeRefused())).To(match.BeRefused(), "a reply_to that names no message was not refused")
		}),
		It("accepts a reply to a message of the conversation, and shows its text", Requirement("SEND-REPLY-TO"), repliesToAMessage, Suffix(".accepted")),
		It("gives each message ids of its own", Requirement("SEND-ID-AGREES"), givesOwnIDs, Suffix(".unique"), Final()),
		It("shows the status of each kind of message", Requirement("SEND-STATUS-POLL"), listsEachKind, Suffix(".kinds"), Final()),
		It("shows no message after it refused to send one", Requirement("SEND-REFUSED-CHANGES-NOTHING"), refusedLeavesNothing),
	)
}

// repliesToAMessage replies to a message that the conversation shows. Which of its two ids reply_to takes is not documented: one is enough.
func repliesToAMessage(t *T) {
	first := t.findsText()
	if first.message == nil || !first.sent.answered {
		t.Lacks("a sent text that its conversation shows, with both of its ids")
	}
	var refused []*exchange.Exchange
	for _, id := range []string{first.sent.wamid, strconv.FormatInt(first.sent.id, 10)} {
		text := t.uniqueText("Reply")
		fields := map[string]any{"phone": t.recipient(), "body": text, "reply_to": id}
		e := t.answer(t.To(t.operationNamed(document.SendTextMessage), 0).WithJSON(fields).MayBeRefused())
		if !e.OK() {
			refused = append(refused, e)
			continue
		}
		reply := sentOf(e)
		t.Eventually(func() any { return t.recipientThread() }).About(e).Should(match.HaveSentText(reply.id, text), "the text of a reply is not in the conversation")
		return
	}
	t.About(refused[0]).Expect(refused[1]).To(match.BeAccepted(), "a reply to a message of the conversation was refused, by either of its ids")
}

// expectNewConversation sends a message to a phone of --send-to that has no conversation: it has one then, with the name that was sent.
func (t *T) expectNewConversation(request func(phone, name string) *exchange.Request) {
	const name = "Contract Suite اختبار"
	for _, phone := range t.Config.SendTo {
		if known, _ := t.row(phone); known != nil {
			continue
		}
		sent := t.sends(request(phone, name))
		var row *exchange.Row
		t.Eventually(func() any {
			var list *exchange.List
			row, list = t.row(phone)
			return list
		}).About(sent.e).Should(match.ContainPhone(phone), "a message to an unknown phone began no conversation")
		t.About(sent.e).Check(row).To(match.ShowName(name), "the new conversation has another name than was sent")
		again := t.sends(request(phone, "Another Name"))
		if row, _ = t.row(phone); row != nil {
			t.About(sent.e, again.e).Advise(row).To(match.ShowName(name), "a name that was sent to a known phone replaced the name of its contact")
		}
		t.expectContact(sent, phone)
		return
	}
	t.Lacks("a phone in --send-to that has no conversation yet")
}

// allSent are the answers to all accepted sends of the run that have both ids of the message.
func (t *T) allSent() []*sent {
	var out []*sent
	for e := range t.ownExchanges() {
		if s := sentOf(e); s.answered && e.Request.Op.Changes() {
			out = append(out, s)
		}
	}
	return out
}

func givesOwnIDs(t *T) {
	ids, wamids := map[int64]*sent{}, map[string]*sent{}
	for _, s := range t.allSent() {
		if before := ids[s.id]; before != nil {
			t.About(before.e).Check(s.e).NotTo(match.HaveNumber("/message/id", s.id), "two messages have one id")
		}
		if before := wamids[s.wamid]; before != nil {
			t.About(before.e).Check(s.e).NotTo(match.HaveValue("/message/messageId", s.wamid), "two messages have one messageId")
		}
		ids[s.id], wamids[s.wamid] = s, s
	}
	if len(ids) < 2 {
		t.Lacks("two sends that are accepted")
	}
}

// listsEachKind looks for the newest message of each operation in the status list.
func listsEachKind(t *T) {
	newest := map[string]*sent{}
	for _, s := range t.allSent() {
		newest[s.e.Request.Op.ID] = s
	}
	if len(newest) == 0 {
		t.Lacks("a send that is accepted")
	}
	var list *exchange.StatusList
	_, err := t.Poll(func() (bool, error) {
		list = t.statuses()
		shown := list.NewestStatus()
		for _, s := range newest {
			if _, there := shown[s.id]; !there {
				return false, nil
			}
		}
		return true, nil
	})
	t.End(err)
	for _, op := range slices.Sorted(maps.Keys(newest)) {
		t.About(newest[op].e).Advise(list).To(match.ContainMessage(newest[op].id), "a message of %s has no row in the status list", op)
	}
}

// newcomer is the email of the contact that a message to an unknown phone creates.
const newcomer = "newcomer@example.com"

// expectContact expects the contact of a phone to exist, with the email that was sent, if the capability contacts is claimed.
func (t *T) expectContact(sent *sent, phone string) {
	c := contactRecords()
	if !t.Config.Claims(document.CapabilityContacts) {
		return
	}
	t.EventuallyAll(func() {
		found := c.search(t, phone)
		for _, row := range found.Items() {
			if id := exchange.Number(row.Fields["id"]); id != nil && row.Text("phone") == phone {
				t.About(sent.e).Advise(c.get(t, *id)).To(match.ShowValue("/data/email", newcomer), "the contact that a send created has another email than was sent")
				return
			}
		}
		t.About(sent.e).Advise(len(found.Items()) > 0).To(match.At("/data", match.Equal(true)), "a message to an unknown phone created no contact")
	})
}

func rowShowsText(t *T) {
	before, _ := t.row(t.recipient())
	text := t.uniqueText("Hello")
	sent := t.sendsText(text)
	var after *exchange.Row
	t.Eventually(func() any {
		var list *exchange.List
		after, list = t.row(t.recipient())
		return list
	}).About(sent.e).Should(match.ShowLastMessage(t.recipient(), text), "the row does not show the message that was sent last")
	if before != nil {
		t.About(sent.e, after.From).Check(after.UpdatedAt).To(match.At(after.Pointer+"/updated_at", match.BeNoEarlierThan(before.UpdatedAt)), "updated_at went back when a message was sent")
	}
}

func refusedLeavesNothing(t *T) {
	mark := t.uniqueText("refused")
	refused := t.answer(t.textTo(t.recipient(), mark+strings.Repeat("x", 4097)).MayBeRefused())
	if refused.Status < http.StatusBadRequest {
		t.Lacks("a send that is refused")
	}
	if thread := t.recipientThread(); thread != nil {
		t.About(refused).Expect(thread).To(match.ContainNoText(mark), "a refused send created a message")
	}
}

// sentForward sends a text, reads the status list for a bit more than a second, and compares the statuses in all answers of the run.
func sentForward(t *T) {
	t.sendsText(t.uniqueText("Hello"))
	t.statuses()
	for range 5 {
		t.End(exchange.Pause(t.Ctx, 200*time.Millisecond))
		t.statuses()
	}
	expectForward(t)
}
