package sandbox

import (
	"cmp"
	"math"
	"slices"
	"sort"
	"strings"
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
	updated int64  // Unix seconds
	id      int64  // breaks ties
	expires int64  // Unix second from which the status is expired
	before  Status // the status until then
	text    string // searchable
	*Conversation
}

func newInbox(size int) *inbox {
	return &inbox{byPhone: make(map[string]int64, size), outbox: new(Memo)}
}

func newRow(client string, c *Conversation, text string) row {
	r := row{
		updated: c.UpdatedAt().Unix(), id: c.ID, expires: math.MaxInt64, before: c.timelessStatus(client),
		text: text, Conversation: c,
	}
	if !c.Closed {
		r.expires = c.ExpiresAt().Unix()
	}
	return r
}

// status is the row's word at the Unix second now.
func (r *row) status(now int64) Status {
	if now >= r.expires {
		return StatusExpired
	}
	return r.before
}

func newestFirst(a, b *row) int {
	return cmp.Or(cmp.Compare(b.updated, a.updated), cmp.Compare(b.id, a.id))
}

// seed adds a conversation without keeping the order: sort has to follow.
func (in *inbox) seed(client string, c *Conversation) {
	in.rows = append(in.rows, newRow(client, c, searchable(c)))
	in.byPhone[c.Phone] = c.ID
	if c.Unread > 0 {
		in.unread++
	}
}

// sort puts the rows in order, and their texts behind one another: a search reads memory from one end to the other.
func (in *inbox) sort() {
	slices.SortFunc(in.rows, func(a, b row) int { return newestFirst(&a, &b) })
	var texts strings.Builder
	for i := range in.rows {
		texts.WriteString(in.rows[i].text)
	}
	rest := texts.String()
	for i := range in.rows {
		r := &in.rows[i]
		r.text, rest = rest[:len(r.text)], rest[len(r.text):]
	}
}

// put replaces the row of old (nil: there was none) by that of c.
func (in *inbox) put(client string, old, c *Conversation) {
	if old == nil {
		r := newRow(client, c, searchable(c))
		in.rows = slices.Insert(in.rows, in.find(r.updated, r.id), r)
		in.byPhone[c.Phone] = c.ID
	} else {
		in.replace(client, old, c)
	}
	if c.Unread > 0 {
		in.unread++
	}
}

// replace moves only the rows between the old place and the new one.
func (in *inbox) replace(client string, old, c *Conversation) {
	from := in.find(old.UpdatedAt().Unix(), old.ID)
	text := in.rows[from].text
	if old.Name != c.Name {
		text = searchable(c)
	}
	r := newRow(client, c, text)
	to := in.find(r.updated, r.id)
	if to <= from {
		copy(in.rows[to+1:from+1], in.rows[to:from])
	} else {
		to-- // the old row, before it, goes
		copy(in.rows[from:to], in.rows[from+1:to+1])
	}
	in.rows[to] = r
	if old.Unread > 0 {
		in.unread--
	}
}

// find is where the row with this instant and id stands, or would stand.
func (in *inbox) find(updated, id int64) int {
	r := row{updated: updated, id: id}
	return sort.Search(len(in.rows), func(i int) bool { return newestFirst(&in.rows[i], &r) >= 0 })
}
