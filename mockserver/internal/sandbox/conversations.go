package sandbox

import (
	"slices"
	"time"
)

// A Query chooses rows of the conversation list.
type Query struct {
	Number string // the sending number
	Status Status // "": any
	Term   string // part of a name or a phone; "": any
}

// A Listing is the answer to a Query, at one instant.
type Listing struct {
	Conversations []*Conversation // newest first
	Unread        int             // conversations of the number with unread messages; the query does not change it
	Now           time.Time
	Client        string // whose view it is
}

// Conversations lists the conversations of a sending number. An unknown number is a NotFound.
func (w *Workspace) Conversations(q Query) (Listing, error) {
	t := newTerm(q.Term, w.FoldArabic)
	now, unlock := w.read()
	defer unlock()
	in, err := w.inbox(q.Number)
	if err != nil {
		return Listing{}, err
	}
	return Listing{Conversations: in.choose(q.Status, &t, now.Unix()), Unread: in.unread, Now: now, Client: w.Client}, nil
}

func (in *inbox) choose(status Status, t *term, now int64) []*Conversation {
	chosen := make([]*Conversation, 0, min(in.rows.count, 16))
	seen := 0
	for _, block := range slices.Backward(in.rows.blocks) {
		for i := len(block) - 1; i >= 0; i-- {
			r := &block[i]
			seen++
			if status != "" && r.status(now) != status || !t.in(r.text) {
				continue
			}
			if len(chosen) == cap(chosen) { // room for as many more as the rows so far let expect
				chosen = slices.Grow(chosen, 16+len(chosen)*(in.rows.count-seen)/seen)
			}
			chosen = append(chosen, r.Conversation)
		}
	}
	return chosen
}

// Conversation is one conversation with its messages, oldest first, at the instant now. An id that does not exist, or
// belongs to another number, is a NotFound.
func (w *Workspace) Conversation(number string, id int64) (c *Conversation, now time.Time, err error) {
	now, unlock := w.read()
	defer unlock()
	c, err = w.findIn(number, id)
	return c, now, err
}
