package sandbox

import (
	"encoding/base64"
	"time"
)

// Delivery is how long after it was sent a message is delivered and read (I).
type Delivery struct{ Delivered, Read time.Duration }

// Recipients with a meaning (I): what happens to a message that is sent to them.
const (
	RecipientFails     = "966500000901" // fails after a second
	RecipientSent      = "966500000902" // stays sent
	RecipientDelivered = "966500000903" // stays delivered
	RecipientAnswers   = "966500000904" // answers after three seconds
)

const (
	failsAfter   = time.Second
	answersAfter = 3 * time.Second
	answer       = "Thank you, I got your message 👍"
)

// message is the message of the event. When it will be delivered and read, or fail, follows from the recipient.
func (d MessageSent) message(phone string, at time.Time, after Delivery) Message {
	m := Message{
		ID: d.ID, Conversation: d.Conversation, WAMID: wamid(phone, d.ID),
		Type: d.Type, Content: d.Content, Direction: Outbound, Date: at, ReplyTo: d.ReplyTo,
	}
	switch phone {
	case RecipientFails:
		m.FailedAt = at.Add(failsAfter)
	case RecipientSent:
	case RecipientDelivered:
		m.DeliveredAt = at.Add(after.Delivered)
	default:
		m.DeliveredAt = at.Add(after.Delivered)
		m.ReadAt = at.Add(after.Read)
	}
	return m
}

// message is the message of the event.
func (d MessageReceived) message(phone string, at time.Time) Message {
	return Message{
		ID: d.ID, Conversation: d.Conversation, WAMID: wamid(phone, d.ID),
		Type: d.Type, Content: d.Content, Direction: Inbound, Date: at, ReplyTo: d.ReplyTo,
	}
}

// wamid is WhatsApp's id of a message that was made here, in the form of the vendor's example (E): base64 that begins
// with the customer's phone.
func wamid(phone string, id int64) string {
	var space [96]byte
	raw := append(space[:0], 0x1c, 0x18, byte(len(phone)))
	raw = append(append(raw, phone...), 0x15, 0x02)
	for shift := 60; shift >= 0; shift -= 4 { // sixteen hex digits, upper case
		raw = append(raw, "0123456789ABCDEF"[uint64(id)>>shift&15])
	}
	var text [144]byte
	return string(base64.StdEncoding.AppendEncode(append(text[:0], "wamid."...), raw))
}

// withStatus is the message as it is once it has been given the status at the instant at.
func (m *Message) withStatus(status MessageStatus, at time.Time) *Message {
	changed := *m
	switch status {
	case Failed:
		changed.FailedAt, changed.DeliveredAt, changed.ReadAt = at, time.Time{}, time.Time{}
	case Read:
		changed.FailedAt, changed.ReadAt = time.Time{}, at
		if changed.DeliveredAt.IsZero() || changed.DeliveredAt.After(at) {
			changed.DeliveredAt = at
		}
	default:
		changed.FailedAt, changed.DeliveredAt = time.Time{}, at
		if !changed.ReadAt.IsZero() && changed.ReadAt.Before(at) {
			changed.ReadAt = at
		}
	}
	return &changed
}
