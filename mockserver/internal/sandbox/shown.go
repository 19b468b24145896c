package sandbox

import (
	"sync/atomic"
	"time"
)

// A Projection makes what callers see of an entity. It returns an error when that would not fit the contract: then the
// change that led to it does not happen.
type Projection interface {
	// Row makes what a list shows of the conversation while it has the given status.
	Row(c *Conversation, status Status) ([]byte, error)
	// CheckMessage tells whether the message can be shown in each status it will have from the instant now on.
	CheckMessage(m *Message, now time.Time) error
}

// Shown is what callers see of a conversation: one text until an instant, another from then on. The domain keeps it with
// the version it belongs to and never looks into it.
type Shown struct {
	first, then []byte
	turns       int64 // Unix second from which `then` holds
}

// At is what callers see at the Unix second now.
func (s *Shown) At(now int64) []byte {
	if s.then != nil && now >= s.turns {
		return s.then
	}
	return s.first
}

// show makes the texts of a conversation from the instant now on. Time never goes back, so a past text is not made.
func (w *Workspace) show(c *Conversation, now time.Time) error {
	status := c.Status(now, w.Client)
	first, err := w.Projection.Row(c, status)
	if err != nil {
		return err
	}
	c.Shown = Shown{first: first}
	if status == StatusClosed || status == StatusExpired {
		return nil
	}
	c.Shown.then, err = w.Projection.Row(c, StatusExpired)
	c.Shown.turns = c.ExpiresAt().Unix()
	return err
}

// A Memo keeps one made text until an instant. The zero Memo is empty.
type Memo struct{ kept atomic.Pointer[memo] }

type memo struct {
	text  []byte
	until time.Time // zero: for good
}

// Get is the kept text if it still holds at the instant now.
func (m *Memo) Get(now time.Time) ([]byte, bool) {
	k := m.kept.Load()
	if k == nil || !k.until.IsZero() && !now.Before(k.until) {
		return nil, false
	}
	return k.text, true
}

// Put keeps a text until an instant (zero: for good).
func (m *Memo) Put(text []byte, until time.Time) { m.kept.Store(&memo{text, until}) }
