package sandbox

import (
	"cmp"
	"iter"
	"slices"
	"time"
)

// A thread is the messages of a conversation, oldest first. Those of a seeded conversation are made whenever they are asked
// for, and not kept: a hundred thousand conversations cost their rows only. A thread does not change: a change makes a new
// one, which may share the memory behind the old one's end.
type thread struct {
	load         func(conversation int64) []Message // nil: list is there
	conversation int64
	list         []*Message
}

func (t *thread) messages() []*Message {
	if t.load == nil {
		return t.list
	}
	loaded := t.load(t.conversation)
	list := make([]*Message, len(loaded))
	for i := range loaded {
		list[i] = &loaded[i]
	}
	return list
}

// Thread is the conversation's messages, oldest first. The caller must not change them.
func (c *Conversation) Thread() []*Message { return c.thread.messages() }

// NextChange is the first instant after now at which something about the conversation or its messages changes by time
// alone: a message's status, or its own. Zero: never.
func (c *Conversation) NextChange(thread []*Message, now time.Time) time.Time {
	var next time.Time
	if !c.Closed && c.ExpiresAt().After(now) {
		next = c.ExpiresAt()
	}
	for _, m := range thread {
		next = earlier(next, m.NextChange(now))
	}
	return next
}

// earlier is the earlier of two instants; zero means never.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// An Outbox is what has become of every outbound message of a sending number, at one instant.
type Outbox struct {
	Now           time.Time
	conversations []*Conversation // by id
	statuses      func() func(to []Message, conversation int64) []Message
}

// Outbox is the outbound messages of a sending number (which messages the vendor's Get Message Status covers is not
// documented; all of them is I). An unknown number is a NotFound. It holds the lock for a copy of pointers only.
func (w *Workspace) Outbox(number string) (Outbox, error) {
	now, unlock := w.read()
	defer unlock()
	in, err := w.inbox(number)
	if err != nil {
		return Outbox{}, err
	}
	return Outbox{Now: now, conversations: slices.Clone(in.byID), statuses: w.state.statuses}, nil
}

// Messages are the outbound messages by id, ascending. A message is the caller's until the next one only; its content and WAMID
// may be missing. The ids of those that were seeded lie in blocks, in the order of the conversations, before all others.
func (o Outbox) Messages() iter.Seq[*Message] {
	return func(yield func(*Message) bool) {
		var made []*Message
		var buffer []Message
		var statusesOf func(to []Message, conversation int64) []Message
		if o.statuses != nil {
			statusesOf = o.statuses()
		}
		for _, c := range o.conversations {
			if c.thread.load != nil && statusesOf != nil {
				buffer = statusesOf(buffer[:0], c.ID)
				if !yieldOutbound(buffer, yield) {
					return
				}
				continue
			}
			for _, m := range c.Thread() {
				switch {
				case m.Direction != Outbound:
				case !c.seededMessage(m.ID):
					made = append(made, m)
				case !yield(m):
					return
				}
			}
		}
		slices.SortFunc(made, func(a, b *Message) int { return cmp.Compare(a.ID, b.ID) })
		for _, m := range made {
			if !yield(m) {
				return
			}
		}
	}
}

func yieldOutbound(messages []Message, yield func(*Message) bool) bool {
	for i := range messages {
		if messages[i].Direction == Outbound && !yield(&messages[i]) {
			return false
		}
	}
	return true
}

// seededMessage reports whether the id is in the conversation's block, which was set aside at the seed.
func (c *Conversation) seededMessage(id int64) bool {
	return id >= c.FirstMessage && id < c.FirstMessage+int64(c.seeded)
}
