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

// ConversationOf is a conversation of any sending number, at the instant now. An id that does not exist is a NotFound.
func (w *Workspace) ConversationOf(id int64) (c *Conversation, now time.Time, err error) {
	now, unlock := w.read()
	defer unlock()
	c, err = w.find(id)
	return c, now, err
}

// A ConversationPage is a part of a Listing, with counts of the whole.
type ConversationPage struct {
	Listing
	Total  int            // conversations that the query chooses
	Counts map[Status]int // of those that have the query's term, by status
}

// ConversationPage lists at most limit of the conversations that a query chooses, without the first offset of them. An unknown
// number is a NotFound.
func (w *Workspace) ConversationPage(q Query, offset int64, limit int) (ConversationPage, error) {
	t := newTerm(q.Term, w.FoldArabic)
	now, unlock := w.read()
	defer unlock()
	in, err := w.inbox(q.Number)
	if err != nil {
		return ConversationPage{}, err
	}
	page := in.page(q.Status, &t, now.Unix(), offset, limit)
	page.Unread, page.Now, page.Client = in.unread, now, w.Client
	return page, nil
}

func (in *inbox) page(status Status, t *term, now, offset int64, limit int) ConversationPage {
	page := ConversationPage{Counts: map[Status]int{}}
	for _, block := range slices.Backward(in.rows.blocks) {
		for i := len(block) - 1; i >= 0; i-- {
			r := &block[i]
			if !t.in(r.text) {
				continue
			}
			word := r.status(now)
			page.Counts[word]++
			if status != "" && word != status {
				continue
			}
			if int64(page.Total) >= offset && len(page.Conversations) < limit {
				page.Conversations = append(page.Conversations, r.Conversation)
			}
			page.Total++
		}
	}
	return page
}
