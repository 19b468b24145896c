package specs

import (
	"net/http"
	"strings"
	"time"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/match"
)

// These look at what is beside an event: what other operations show of the things that it names, and what was never done.

// refusedIsNoEvent sends what has to be refused: no event says that it was done.
func refusedIsNoEvent(t *T) {
	phone := t.newPhone()
	t.create()
	t.mustReceive(withName(conversationCreated))
	r := t.textTo(phone, "").WithJSON(map[string]any{"phone": phone}).MayBeRefused()
	refused := t.answer(r)
	if refused.Status < http.StatusBadRequest {
		t.Lacks("a text without a body that is refused")
	}
	v := t.AwaitEvent(quiet, func(v *exchange.Event) bool {
		return v.Name == messageStatus || v.Name == conversationCreated && digits(v.Text("phone_number")) == phone
	})
	t.About(refused).Check(v).NotTo(match.HaveArrived("an event"), "an event says something of a text that was refused")
}

// sameNumber compares the number that a customer has written to with the list of numbers. That it is the phone of a sending number is inferred.
func (t *T) sameNumber(v *exchange.Event) {
	op := t.Document.Operation(document.ListWabaNumbers)
	if op == nil || !t.Config.Claims(op.Capability) {
		return
	}
	list := t.answer(t.To(op, 0))
	for _, row := range list.Items() {
		if phone := digits(row.Text("phone_number")); row.Text(exchange.NumberParameter) == t.Workspace.PhoneNumberID && phone != "" {
			t.About(list, v.From).Advise(digits(v.Text("to"))).To(match.At(v.Pointer+"/data/to", match.Equal(phone)), "an event says that a message came to another number than the one that the conversation belongs to")
		}
	}
}

// sameContact compares the contact of a new conversation with the list of contacts. That contact_id is its id is inferred.
func (t *T) sameContact(v *exchange.Event, phone string) {
	c := contactRecords()
	if t.Workspace == nil || t.Document.Operation(c.listOperation) == nil || !t.Config.Claims(document.CapabilityContacts) {
		return
	}
	found := c.search(t, phone)
	for _, row := range found.Items() {
		if id := exchange.Number(row.Fields["id"]); id != nil && row.Text("phone") == phone {
			t.About(found).Advise(v).To(match.HaveData("contact_id", *id))
		}
	}
}

// happenedAt compares the time of an event with the time of what it is about: by how much the two may differ is not documented.
func (t *T) happenedAt(v *exchange.Event, at time.Time) {
	says, err := exchange.ParseTime(exchange.PlainText(v.Fields["timestamp"]))
	if err == nil && !at.IsZero() {
		t.About(v.From).Advise(says).To(match.At(v.Pointer+"/timestamp", match.BeWithin(at.Add(-freshTime), at.Add(freshTime))), "an event is dated otherwise than what it is about")
	}
}

// digits are those of a phone, which may be written with a plus sign, spaces and dashes.
func digits(phone string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, phone)
}
