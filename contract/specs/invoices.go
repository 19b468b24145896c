package specs

import (
	"net/http"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/match"
)

// invoices are the specs of the tag invoices. They send only to the phones of --send-to.
func invoices() Specs {
	return Describe("invoices", Operation(document.SendInvoice), Capability(document.CapabilityInvoices), Writes(), Serial(),
		It("creates a contact for an unknown phone", Requirement("INVOICE-NEW-CONTACT"), func(t *T) { // first, because any invoice creates the contact
			t.expectNewConversation(func(phone, name string) *exchange.Request {
				return t.invoice(map[string]any{"phone": phone, "name": name, "email": newcomer})
			})
		}),
		It("answers an invoice with the ids of the message", Requirement("INVOICE-SEND"), func(t *T) {
			e := t.answer(t.invoice(nil))
			t.Expect(e).To(match.BeAccepted(), "an invoice was not accepted")
			t.Check(e).To(match.HaveNumber("/message/id"), "an invoice was not answered with the id of the message")
			t.Check(e).To(match.HaveText("/message/messageId"), "an invoice was not answered with the messageId of the message")
		}),
		It("accepts each kind of header", Requirement("INVOICE-HEADER-TYPE"), takesHeaders),
		It("accepts a PDF as a document, and refuses other files", Requirement("INVOICE-DOCUMENT"), func(t *T) {
			document := func(content string) *exchange.Request {
				file := exchange.Part{FileName: "invoice.pdf", Media: "application/pdf", Value: content}
				return t.invoice(map[string]any{"header_type": "DOCUMENT", "header_value": nil, "header_media": file})
			}
			t.Check(t.answer(document(contentOf("application/pdf")))).To(match.BeAccepted(), "a PDF was not accepted")
			for _, content := range []string{"This is no PDF.", contentOf("image/png"), contentOf("image/jpeg"), contentOf("video/mp4")} {
				t.Check(t.answer(document(content).MayBeRefused())).To(match.HaveStatus(http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType), "a file that is no PDF was not refused")
			}
		}),
		It("shows an invoice in its conversation", Requirement("INVOICE-APPEARS"), func(t *T) {
			text := t.uniqueText("فاتورة Invoice") + " ☎️ e\u0301 👋🏽 &amp; a+b%20 <b>\n"
			sent := t.sends(t.invoice(map[string]any{"message_text": text}))
			t.Eventually(func() any { return t.recipientThread() }).About(sent.e).Should(match.HaveSentText(sent.id, text), "an invoice that was sent is not in the recipient's conversation")
			thread := t.recipientThread()
			t.About(sent.e).Check(thread).To(match.HaveSentOnce(text), sentTwice)
			if m := thread.Sent(text); m != nil && sent.id != 0 {
				t.About(thread.From, sent.e).Check(sent.id).To(match.At("/message/id", match.Equal(m.ID)), "the answer has another id than the message has in its conversation")
			}
			t.expectNowhereElse(sent, t.list(), text)
		}),
	)
}

// takesHeaders sends an invoice with each header_type. Which header_value belongs to a type is inferred, so a refusal is a SHOULD.
func takesHeaders(t *T) {
	for _, header := range []struct{ kind, value string }{
		{"TEXT", "Order ORD-2024-001"},
		{"IMAGE", "https://example.com/invoice.png"},
		{"VIDEO", "https://example.com/invoice.mp4"},
		{"DOCUMENT", "https://example.com/invoice.pdf"},
		{"LOCATION", "24.7136,46.6753"},
	} {
		e := t.answer(t.invoice(map[string]any{"header_type": header.kind, "header_value": header.value}).AnyAnswer())
		t.Advise(e).To(match.BeAccepted(), "an invoice with the header_type %s was not accepted", header.kind)
	}
}

// fillHeader gives an invoice a text as its header.
func fillHeader(fields map[string]any) {
	fields["header_type"], fields["header_value"] = "TEXT", "Order ORD-2024-001"
}

// invoice is a valid invoice to the recipient in which some fields are replaced; nil leaves a field out.
func (t *T) invoice(fields map[string]any) *exchange.Request {
	op := t.operationNamed(document.SendInvoice)
	v, err := t.validBody(op, op.Bodies[0])
	t.End(err)
	valid := any(v.fields)
	for name, value := range fields {
		valid = put(valid, []any{name}, value)
	}
	changed, _ := valid.(map[string]any)
	return v.with(changed)
}
