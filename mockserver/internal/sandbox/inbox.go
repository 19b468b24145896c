package sandbox

import (
	"cmp"
	"math"
	"slices"
	"sort"
)

// An inbox is the conversations of one sending number in the order of the list: newest updated_at first, then highest
// id (E, I).
type inbox struct {
	rows    []row
	unread  int              // rows with unread messages
	byPhone map[string]int64 // conversation id
	outbox  *Memo            // for what is made of the outbound messages; a new one when one of them changes
}

// A row is what choosing and ordering need of a conversation, side by side in memory: a list of a hundred thousand
// reads only this.
type row struct {
	updated     int64 // Unix seconds
	id          int64
	turns       int64 // Unix second from which the status is `then`
	first, then Status
	text        string // searchable
	*Conversation
}

func newInbox(size int) *inbox {
	return &inbox{byPhone: make(map[string]int64, size), outbox: new(Memo)}
}

func newRow(client string, c *Conversation) row {
	r := row{
		updated: c.UpdatedAt().Unix(), id: c.ID, turns: math.MaxInt64,
		first: c.timelessStatus(client), then: StatusExpired,
		text: searchable(c), Conversation: c,
	}
	if !c.Closed {
		r.turns = c.ExpiresAt().Unix()
	}
	return r
}

// status is the row's word at the Unix second now.
func (r *row) status(now int64) Status {
	if now >= r.turns {
		return r.then
	}
	return r.first
}

func newestFirst(a, b *row) int {
	return cmp.Or(cmp.Compare(b.updated, a.updated), cmp.Compare(b.id, a.id))
}

// seed adds a conversation without keeping the order: sort has to follow.
func (in *inbox) seed(client string, c *Conversation) {
	in.rows = append(in.rows, newRow(client, c))
	in.byPhone[c.Phone] = c.ID
	if c.Unread > 0 {
		in.unread++
	}
}

func (in *inbox) sort() {
	slices.SortFunc(in.rows, func(a, b row) int { return newestFirst(&a, &b) })
}

// put replaces the row of old (nil: there was none) by that of c.
func (in *inbox) put(client string, old, c *Conversation) {
	if old != nil {
		r := newRow(client, old)
		i := in.find(&r)
		in.rows = slices.Delete(in.rows, i, i+1)
		if old.Unread > 0 {
			in.unread--
		}
	}
	r := newRow(client, c)
	in.rows = slices.Insert(in.rows, in.find(&r), r)
	in.byPhone[c.Phone] = c.ID
	if c.Unread > 0 {
		in.unread++
	}
}

// find is where the row stands, or would stand.
func (in *inbox) find(r *row) int {
	return sort.Search(len(in.rows), func(i int) bool { return newestFirst(&in.rows[i], r) >= 0 })
}
