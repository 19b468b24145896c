package otherserver

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

func words() []string {
	return []string{"unassigned", "my", "unread", "expired", "opened", "closed", "bot"}
}

// stamp writes a time as it is three hours east of Greenwich, with a fraction.
func stamp(t time.Time) string {
	return t.In(time.FixedZone("", 3*60*60)).Format("2006-01-02T15:04:05.000-07:00")
}

// list is GET /conversations.
func (s *Server) list(c *call) (any, *failure) {
	now := c.workspace.now()
	status := s.word(c.value("status"))
	if status != "" && !slices.Contains(words(), status) {
		return nil, invalid("status", "is none of "+strings.Join(words(), ", "))
	}
	term := c.value("searchTerm")
	from := c.workspace.conversations
	if s.has("a search reaches over all workspaces") && term != "" {
		from = slices.Concat(s.workspaces[0].conversations, s.workspaces[1].conversations)
	}
	rows, unread := []*conversation{}, 0
	for _, each := range from {
		if each.unread > 0 && !each.closed {
			unread++
		}
		if (status == "" || s.under(each, status, now)) && finds(each, term) {
			rows = append(rows, each)
		}
	}
	slices.SortStableFunc(rows, func(a, b *conversation) int {
		return cmp.Or(b.updated(now).Compare(a.updated(now)), cmp.Compare(b.id, a.id))
	})
	data := make([]any, len(rows))
	for i, row := range rows {
		data[i] = s.row(row, now)
	}
	return object{{"meta", object{{"unread_total", unread}, {"total", len(from)}, {"took_ms", 1}}}, {"data", data}, {"status", true}}, nil
}

// word is a status word as a server with one of the faults reads it.
func (s *Server) word(status string) string {
	switch {
	case s.has("status words in any case"):
		return strings.ToLower(status)
	case s.has("status words may be cut short") && len(status) > 2:
		for _, word := range words() {
			if strings.HasPrefix(word, status) {
				return word
			}
		}
	}
	return status
}

func (s *Server) row(c *conversation, now time.Time) object {
	last, kind := any(nil), any(nil)
	if m := c.newest(now); m != nil {
		last, kind = m.content, m.kind
		if m.kind != "text" {
			last = "[" + m.kind + "]"
		}
	}
	updated := c.updated(now)
	if s.has("updated_at is an hour early") {
		updated = updated.Add(-time.Hour)
	}
	return object{
		{"updated_at", stamp(updated)},
		{"created_at", stamp(c.created)},
		{"status", s.status(c, now)},
		{"unread_count", c.unread},
		{"tags", []any{"vip"}},
		{"last_message_type", kind},
		{"last_message", last},
		{"name", nameOf(c)},
		{"phone", c.phone},
		{"id", c.id},
	}
}

func nameOf(c *conversation) any {
	if c.name == nil {
		return nil
	}
	return *c.name
}

// finds searches name and phone: without regard to case, composition and the forms of alif, and by digits alone.
func finds(c *conversation, term string) bool {
	term = strings.TrimSpace(term)
	if term == "" {
		return true
	}
	if c.name != nil && strings.Contains(plain(*c.name), plain(term)) {
		return true
	}
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, term)
	return digits != "" && strings.Trim(term, "0123456789 +-()") == "" && strings.Contains(c.phone, digits)
}

// plain takes letters for one that differ in case or in the form of alif. Marks stay.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case 'أ', 'إ', 'آ':
			return 'ا'
		}
		return unicode.ToLower(unicode.ToUpper(r))
	}, norm.NFC.String(text))
}

// conversation is GET /conversations/{id}.
func (s *Server) conversation(c *call) (any, *failure) {
	found := c.workspace.byID(c.id)
	if found == nil {
		return nil, notFound("This id is none of ours.")
	}
	now := c.workspace.now()
	status := s.status(found, now)
	if s.options.Views && status != "closed" {
		status = "opened"
	}
	messages := []any{}
	for _, m := range found.messages {
		if !m.hidden.After(now) {
			messages = append(messages, s.message(m, now))
		}
	}
	if s.has("messages are shown newest first now and then") && s.requests.Load()%3 == 0 {
		slices.Reverse(messages)
	}
	return object{{"data", object{
		{"meta", object{{"total_messages", len(messages)}}}, {"messages", messages}, {"status", status}, {"name", nameOf(found)}, {"phone", found.phone}, {"id", found.id},
	}}, {"status", true}}, nil
}

func (s *Server) message(m *message, now time.Time) object {
	direction, status := "inbound", "delivered"
	if m.outbound {
		steps := s.steps(m, now)
		direction, status = "outbound", steps[len(steps)-1].status
	}
	at := m.at
	switch {
	case s.has("a message's date is the time of the answer") && m.outbound && now.Sub(m.at) < time.Hour:
		at = now
	case s.has("a sent message is dated an hour ahead") && now.Sub(m.at) < time.Hour:
		at = at.Add(time.Hour)
	}
	return object{{"status", status}, {"date", stamp(at)}, {"direction", direction}, {"type", m.kind}, {"content", m.content}, {"author", nil}, {"id", m.id}}
}

// statusList is GET /fetch-message-status-app: a row for each status that an outbound message has had.
func (s *Server) statusList(c *call) (any, *failure) {
	now := c.workspace.now()
	rows := []any{}
	from := c.workspace.conversations
	if s.has("the status list has a row of another workspace") {
		other := s.workspaces[0]
		if other == c.workspace {
			other = s.workspaces[1]
		}
		from = append(slices.Clone(from), other.conversations[0])
	}
	for _, each := range from {
		for _, m := range each.messages {
			if !m.outbound || m.hidden.After(now) {
				continue
			}
			for _, step := range s.steps(m, now) {
				at := step.at
				if s.has("times of the status list are an hour late") {
					at = at.Add(time.Hour)
				}
				rows = append(rows, object{{"timestamp", stamp(at)}, {"status", step.status}, {"message_id", m.id}})
			}
		}
	}
	return object{{"data", rows}, {"status", true}}, nil
}
