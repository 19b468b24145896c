package sandbox

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// An inbox is the conversations of one sending number, in the list's order from its end: the list has the newest updated_at
// first, then the highest id (E, I).
type inbox struct {
	arabic  bool // names are folded as foldArabic does
	rows    rows[row]
	unread  int              // rows with unread messages
	byPhone map[string]int64 // conversation id
	byID    []*Conversation  // ids ascending
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

func newInbox(arabic bool) *inbox {
	return &inbox{arabic: arabic, rows: rows[row]{compare: oldestFirst}}
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

func oldestFirst(a, b *row) int {
	return cmp.Or(cmp.Compare(a.updated, b.updated), cmp.Compare(a.id, b.id))
}

// searchable is the text that a term is looked for in: phone and folded name, apart.
func (in *inbox) searchable(c *Conversation) string {
	if c.Name == "" {
		return c.Phone
	}
	return c.Phone + "\x00" + fold(c.Name, in.arabic)
}

// seed puts the conversations that it begins with in order. The texts lie behind one another in the order of the rows: a search reads
// memory from one end to the other.
func (in *inbox) seed(client string) {
	list := make([]row, 0, len(in.byID))
	in.byPhone = make(map[string]int64, len(in.byID))
	for _, c := range in.byID {
		list = append(list, newRow(client, c, ""))
		in.byPhone[c.Phone] = c.ID
		if c.Unread > 0 {
			in.unread++
		}
	}
	in.rows = newRows(oldestFirst, list)
	in.writeTexts(list)
}

// writeTexts gives the rows their texts, as searchable does. Each name is folded once, however many conversations have it.
func (in *inbox) writeTexts(list []row) {
	folded := map[string]string{}
	ends := make([]int, len(list))
	var texts strings.Builder
	texts.Grow(len(list) * usualText)
	for i := range list {
		c := list[i].Conversation
		texts.WriteString(c.Phone)
		if c.Name != "" {
			name, known := folded[c.Name]
			if !known {
				name = fold(c.Name, in.arabic)
				folded[c.Name] = name
			}
			texts.WriteByte(0)
			texts.WriteString(name)
		}
		ends[i] = texts.Len()
	}
	all, begin := texts.String(), 0
	for i, end := range ends {
		list[i].text, begin = all[begin:end], end
	}
}

// usualText is about how many bytes a phone and a name take.
const usualText = 36

// put replaces the row of old (nil: there was none) by that of c.
func (in *inbox) put(client string, old, c *Conversation) {
	in.keep(c)
	text := ""
	if old == nil {
		in.byPhone[c.Phone] = c.ID
	} else {
		text = in.rows.remove(&row{updated: old.UpdatedAt().Unix(), id: old.ID}).text
		if old.Unread > 0 {
			in.unread--
		}
		if old.Phone != c.Phone {
			if in.byPhone[old.Phone] == old.ID {
				delete(in.byPhone, old.Phone)
			}
			in.byPhone[c.Phone] = c.ID
		}
	}
	if old == nil || old.Name != c.Name || old.Phone != c.Phone {
		text = in.searchable(c)
	}
	in.rows.insert(newRow(client, c, text))
	if c.Unread > 0 {
		in.unread++
	}
}

// keep puts a version into its place by id.
func (in *inbox) keep(c *Conversation) {
	i, found := slices.BinarySearchFunc(in.byID, c.ID, func(c *Conversation, id int64) int { return cmp.Compare(c.ID, id) })
	if found {
		in.byID[i] = c
		return
	}
	in.byID = slices.Insert(in.byID, i, c)
}
