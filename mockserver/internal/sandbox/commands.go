package sandbox

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
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

// Outgoing is a message to be sent.
type Outgoing struct {
	Number, Phone string
	Name          string // of a new contact, "" for the phone
	Type, Content string
	ReplyTo       string // id or wamid of a message of the conversation, "" for none
}

// Send sends a message. An unknown recipient begins a conversation, which is the calling client's (I). accept sees the
// message before anything changes: its error means that nothing does.
func (w *Workspace) Send(o Outgoing, accept func(*Message) error) (*Message, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.begin()
	in, err := w.inbox(o.Number)
	if err != nil {
		return nil, err
	}
	var facts []Fact
	conversation, known := in.byPhone[o.Phone]
	if !known {
		conversation = w.state.nextConversation
		facts = append(facts, ConversationCreated{ID: conversation, Number: o.Number, Phone: o.Phone, Name: o.Name, Assignee: w.Client})
	}
	if err := w.window(conversation, o.Type, now); err != nil {
		return nil, err
	}
	replyTo, err := w.repliedTo(conversation, o.ReplyTo)
	if err != nil {
		return nil, err
	}
	m := &Message{
		ID: w.state.nextMessage, Conversation: conversation, WAMID: wamid(o.Phone, w.state.nextMessage),
		Type: o.Type, Content: o.Content, Direction: Outbound, Date: now, ReplyTo: replyTo,
	}
	w.deliver(m, o.Phone)
	facts = append(facts, MessageSent{m})
	if err := w.decide(now, func() error { return accept(m) }, facts...); err != nil {
		return nil, err
	}
	if o.Phone == RecipientAnswers {
		w.planAnswer(m, o.Phone, now.Add(answersAfter))
	}
	return m, nil
}

// window refuses, with EnforceWindow, a message other than a template to a customer who has not written for a day (I).
func (w *Workspace) window(conversation int64, kind string, now time.Time) error {
	if !w.EnforceWindow || kind == "template" {
		return nil
	}
	c := w.state.conversations[conversation]
	if c != nil && !c.LastInboundAt.IsZero() && now.Sub(c.LastInboundAt) < Window {
		return nil
	}
	return refuse(Invalid, "phone", "has not written within the last 24 hours: only a template can be sent")
}

// repliedTo finds the message that is answered: an id, or a wamid, of the conversation (I).
func (w *Workspace) repliedTo(conversation int64, text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	if c := w.state.conversations[conversation]; c != nil {
		for _, m := range c.Thread() {
			if m.WAMID == text || strconv.FormatInt(m.ID, 10) == text {
				return m.ID, nil
			}
		}
	}
	return 0, refuse(Invalid, "reply_to", "must be the id or the wamid of a message of this conversation")
}

// deliver says when the message will be delivered and read, or fail.
func (w *Workspace) deliver(m *Message, phone string) {
	switch phone {
	case RecipientFails:
		m.FailedAt = m.Date.Add(failsAfter)
	case RecipientSent:
	case RecipientDelivered:
		m.DeliveredAt = m.Date.Add(w.Delivery.Delivered)
	default:
		m.DeliveredAt = m.Date.Add(w.Delivery.Delivered)
		m.ReadAt = m.Date.Add(w.Delivery.Read)
	}
}

func (w *Workspace) planAnswer(to *Message, phone string, at time.Time) {
	w.state.plan(Event{Seq: w.state.nextEvent, At: at, Fact: MessageReceived{&Message{
		ID: w.state.nextMessage, Conversation: to.Conversation, WAMID: wamid(phone, w.state.nextMessage),
		Type: "text", Content: answer, Direction: Inbound, Date: at, ReplyTo: to.ID,
	}}})
}

// wamid is WhatsApp's id of a message that was made here, in the form of the vendor's example (E): base64 that begins
// with the customer's phone.
func wamid(phone string, id int64) string {
	raw := append(make([]byte, 0, 64), 0x1c, 0x18, byte(len(phone)))
	raw = fmt.Appendf(raw, "%s\x15\x02%016X", phone, id)
	return "wamid." + base64.StdEncoding.EncodeToString(raw)
}

// Receive is a message from the customer.
func (w *Workspace) Receive(conversation int64, kind, content string) (*Message, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.begin()
	c, err := w.find(conversation)
	if err != nil {
		return nil, err
	}
	m := &Message{
		ID: w.state.nextMessage, Conversation: conversation, WAMID: wamid(c.Phone, w.state.nextMessage),
		Type: kind, Content: content, Direction: Inbound, Date: now,
	}
	return m, w.decide(now, nil, MessageReceived{m})
}

// Create begins a conversation. ID is chosen here. A phone that the number has a conversation with is a Conflict.
func (w *Workspace) Create(f ConversationCreated) (*Conversation, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.begin()
	in, err := w.inbox(f.Number)
	if err != nil {
		return nil, err
	}
	if id, taken := in.byPhone[f.Phone]; taken {
		return nil, refuse(Conflict, "phone", "Conversation %d is with this phone already.", id)
	}
	f.ID = w.state.nextConversation
	if err := w.decide(now, nil, f); err != nil {
		return nil, err
	}
	return w.state.conversations[f.ID], nil
}

// Change sets assignee, bot, closed and unread count. More unread than there are inbound messages is Invalid.
func (w *Workspace) Change(f ConversationChanged) (*Conversation, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.begin()
	c, err := w.find(f.Conversation)
	if err != nil {
		return nil, err
	}
	if f.Unread != nil {
		if inbound := c.inbound(); *f.Unread > inbound {
			return nil, refuse(Invalid, "unread_count", "must be at most %d, the number of messages from the customer", inbound)
		}
	}
	if err := w.decide(now, nil, f); err != nil {
		return nil, err
	}
	return w.state.conversations[c.ID], nil
}

func (c *Conversation) inbound() int {
	n := 0
	for _, m := range c.Thread() {
		if m.Direction == Inbound {
			n++
		}
	}
	return n
}

// ranks order the statuses of an outbound message: none ever goes to a lower rank, and delivered does not fail.
var ranks = map[MessageStatus]int{Sent: 0, Delivered: 1, Read: 2, Failed: 2}

// Force moves an outbound message to a status. Going backward is a Conflict, to the status that it has changes nothing.
func (w *Workspace) Force(message int64, status MessageStatus) (*Message, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.begin()
	m := w.message(message)
	if m == nil {
		return nil, refuse(NotFound, "id", "There is no such message.")
	}
	if m.Direction == Inbound {
		return nil, refuse(Conflict, "status", "The message is from the customer: only outbound messages have a status to force.")
	}
	has, _ := m.Status(now)
	switch {
	case has == status:
		return m, nil
	case ranks[status] <= ranks[has], has == Delivered && status == Failed:
		return nil, refuse(Conflict, "status", "The message is %s already; a status never goes backward.", has)
	}
	if err := w.decide(now, nil, StatusForced{m.Conversation, m.ID, status}); err != nil {
		return nil, err
	}
	return w.message(message), nil
}

// message finds a message by its id; nil: there is none.
func (w *Workspace) message(id int64) *Message {
	conversation, ok := w.state.madeIn[id]
	if !ok {
		conversation, ok = w.state.seededIn(id)
	}
	if !ok {
		return nil
	}
	thread := w.state.conversations[conversation].Thread()
	if i := slices.IndexFunc(thread, func(m *Message) bool { return m.ID == id }); i >= 0 {
		return thread[i]
	}
	return nil
}

func (w *Workspace) find(conversation int64) (*Conversation, error) {
	if c := w.state.conversations[conversation]; c != nil {
		return c, nil
	}
	return nil, refuse(NotFound, "id", "There is no such conversation.")
}

// begin is what every command does first: what is due has happened before.
func (w *Workspace) begin() (now time.Time) {
	now = w.now()
	w.settle(now)
	return now
}
