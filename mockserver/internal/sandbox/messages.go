package sandbox

import (
	"cmp"
	"slices"
	"sync"
	"time"
)

// A thread is the messages of a conversation, oldest first. Those of a seeded conversation are made at the first read,
// so that a hundred thousand conversations cost their rows only. A published thread does not change: a change makes a
// new one, which may share the memory behind the old one's end.
type thread struct {
	once         sync.Once
	load         func(conversation int64) []Message // nil: list is there
	conversation int64
	list         []*Message
}

func (t *thread) messages() []*Message {
	t.once.Do(func() {
		if t.load == nil {
			return
		}
		loaded := t.load(t.conversation)
		t.list = make([]*Message, len(loaded))
		for i := range loaded {
			t.list[i] = &loaded[i]
		}
	})
	return t.list
}

// Thread is the conversation's messages, oldest first. The caller must not change them.
func (c *Conversation) Thread() []*Message { return c.thread.messages() }

// NextChange is the first instant after now at which something about the conversation changes by time alone: a message's
// status, or its own. Zero: never.
func (c *Conversation) NextChange(now time.Time) time.Time {
	var next time.Time
	if !c.Closed && c.ExpiresAt().After(now) {
		next = c.ExpiresAt()
	}
	for _, m := range c.Thread() {
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

// Outbox is what has become of every outbound message of a sending number.
type Outbox struct {
	Now      time.Time
	Messages []*Message // by id, ascending; nil when Kept holds a text at Now
	Until    time.Time  // the first instant at which a status changes by time alone; zero: never
	Kept     *Memo      // the place for what is made of this version of the outbox
}

// Outbox lists the outbound messages of a sending number (which messages the vendor's Get Message Status covers is not
// documented; all of them is I). An unknown number is a NotFound.
func (w *Workspace) Outbox(number string) (Outbox, error) {
	now, unlock := w.read()
	defer unlock()
	in, err := w.inbox(number)
	if err != nil {
		return Outbox{}, err
	}
	out := Outbox{Now: now, Kept: in.outbox}
	if _, kept := out.Kept.Get(out.Now); kept {
		return out, nil
	}
	for r := range in.rows.all() {
		for _, m := range r.Thread() {
			if m.Direction == Outbound {
				out.Messages = append(out.Messages, m)
				out.Until = earlier(out.Until, m.NextChange(out.Now))
			}
		}
	}
	slices.SortFunc(out.Messages, func(a, b *Message) int { return cmp.Compare(a.ID, b.ID) })
	return out, nil
}
