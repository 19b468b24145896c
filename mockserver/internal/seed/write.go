package seed

import (
	"encoding/base64"
	"time"

	"example.com/awalmock/mockserver/internal/fake"
	"example.com/awalmock/mockserver/internal/sandbox"
)

// A scribe writes the rows of generated conversations. Strings that repeat are shared between rows.
type scribe struct {
	*population
	names    [2][]string       // full names that were used already
	texts    map[string]string // contents that were used already
	messages [2]int            // how many there are in each language
}

func newScribe(p *population) *scribe {
	s := &scribe{population: p, texts: map[string]string{}}
	if len(p.lots) == 0 {
		return s
	}
	for l := range s.names {
		s.names[l] = make([]string, p.maker.tables.People[l].Slots())
	}
	return s
}

// behind is the language that has fewer messages.
func (s *scribe) behind() fake.Language {
	if s.messages[fake.English] < s.messages[fake.Arabic] {
		return fake.English
	}
	return fake.Arabic
}

func (s *scribe) row(i int, made *shape) sandbox.Conversation {
	l := &s.lots[i]
	s.messages[l.language] += len(made.beats)
	people, slot := s.maker.person(l)
	name := &s.names[l.language][slot]
	if *name == "" {
		*name = people.Name(slot)
	}
	last := &made.beats[len(made.beats)-1]
	row := sandbox.Conversation{
		ID: l.id, Number: s.fixture.Numbers[l.number].ID, Phone: s.phone(i), Name: *name,
		Assignee: made.assignee, Bot: statuses[l.status] == sandbox.StatusBot, Closed: made.closed != none,
		CreatedAt:   s.before(made.beats[0].age),
		LastContent: s.shared(s.maker.content(last, l, *name)), LastType: last.line.Type, LastMessageAt: s.before(last.age),
		Messages: len(made.beats),
	}
	if row.Closed {
		row.ChangedAt = s.before(made.closed)
	}
	for i := range made.beats {
		if b := &made.beats[i]; b.inbound() {
			row.LastInboundAt = s.before(b.age)
			if b.read == none {
				row.Unread++
			}
		}
	}
	return row
}

// shared gives one copy of each content that is likely to repeat.
func (s *scribe) shared(content string) string {
	if kept, ok := s.texts[content]; ok {
		return kept
	}
	if len(s.texts) < 1<<12 {
		s.texts[content] = content
	}
	return content
}

func (p *population) before(age int32) time.Time {
	return p.start.Add(-time.Duration(age) * time.Second)
}

func (p *population) phone(i int) string { return p.phones[i*phoneLength : (i+1)*phoneLength] }

// person is the customer of a lot, as a slot of the people of its language.
func (g *generator) person(l *lot) (fake.People, int) {
	people := g.tables.People[l.language]
	return people, people.Draw(fake.Mix(g.key(l.id)))
}

// content is a beat in words. Those of one dialogue share their words, such as the order's number; those of one
// conversation share the place.
func (g *generator) content(b *beat, l *lot, name string) string {
	if b.line.Type == "location" {
		place := g.tables.Place(g.key(l.id))
		return coordinates(place.Latitude, place.Longitude)
	}
	return g.tables.Fill(b.line.Text[l.language], l.language, g.key(l.id)+uint64(b.dialogue)<<32, name)
}

// generated tells the messages of a lot.
func (p *population) generated(i int) []sandbox.Message {
	l := &p.lots[i]
	made := p.maker.shape(nil, l.id, statuses[l.status])
	people, slot := p.maker.person(l)
	name := people.Name(slot)
	messages := make([]sandbox.Message, len(made.beats))
	for j := range made.beats {
		b := &made.beats[j]
		m := &messages[j]
		*m = sandbox.Message{
			ID: l.first + int64(j), Conversation: l.id, Type: b.line.Type, Content: p.maker.content(b, l, name),
			Direction: sandbox.Outbound, Date: p.before(b.age),
			DeliveredAt: p.following(b, b.delivered), ReadAt: p.following(b, b.read), FailedAt: p.following(b, b.failed),
		}
		if b.inbound() {
			m.Direction = sandbox.Inbound
		}
		m.WAMID = p.wamid(p.phone(i), m)
	}
	return messages
}

func (p *population) following(b *beat, seconds int32) time.Time {
	if seconds == none {
		return time.Time{}
	}
	return p.before(b.age - seconds)
}

// wamid makes WhatsApp's id of a message in the form that such ids have: the base64 of some marks, the customer's phone
// and eighteen hex digits (that form is I: the vendor shows only how one begins).
func (p *population) wamid(phone string, m *sandbox.Message) string {
	mark := byte(0x12)
	if m.Direction == sandbox.Outbound {
		mark = 0x11
	}
	var space [96]byte
	raw := append(space[:0], 0x1c, 0x18, byte(len(phone)))
	raw = append(raw, phone...)
	raw = append(raw, 0x15, 0x02, 0x00, mark, 0x18, 0x12)
	raw = appendHex(raw, fake.Mix(p.wamidKey^uint64(m.ID)), 16) // a bijection: no id comes twice
	raw = appendHex(raw, p.wamidKey, 2)
	return "wamid." + base64.StdEncoding.EncodeToString(append(raw, 0))
}

// appendHex writes the last digits of a number in upper-case hex.
func appendHex(to []byte, n uint64, digits int) []byte {
	for digits > 0 {
		digits--
		to = append(to, "0123456789ABCDEF"[n>>(4*digits)&15])
	}
	return to
}

// row is a conversation that is written by hand, without the ids of its messages.
func (c *conversation) row(start time.Time) sandbox.Conversation {
	row := sandbox.Conversation{
		ID: c.id, Number: c.number, Phone: c.phone, Name: c.name, Assignee: c.assignee, Bot: c.bot,
		Closed: c.closed != never, CreatedAt: start.Add(-c.created), ChangedAt: instant(start, c.closed),
		Messages: len(c.messages),
	}
	if c.ticketOpened != never {
		row.Ticket = &sandbox.Ticket{OpenedAt: start.Add(-c.ticketOpened)}
	}
	for i := range c.messages {
		m := &c.messages[i]
		row.LastContent, row.LastType, row.LastMessageAt = m.content, m.kind, start.Add(-m.date)
		if m.inbound {
			row.LastInboundAt = row.LastMessageAt
			if m.readAt == never {
				row.Unread++
			}
		}
	}
	return row
}

func instant(start time.Time, before time.Duration) time.Time {
	if before == never {
		return time.Time{}
	}
	return start.Add(-before)
}

// thread tells the messages of a conversation that is written by hand; first is the id of the first one.
func (c *conversation) thread(p *population, first int64) []sandbox.Message {
	messages := make([]sandbox.Message, len(c.messages))
	for i := range c.messages {
		from, m := &c.messages[i], &messages[i]
		*m = sandbox.Message{
			ID: first + int64(i), Conversation: c.id, Type: from.kind, Content: from.content,
			Direction: sandbox.Outbound, Date: p.start.Add(-from.date),
			DeliveredAt: instant(p.start, from.delivered), ReadAt: instant(p.start, from.readAt), FailedAt: instant(p.start, from.failedAt),
		}
		if from.inbound {
			m.Direction = sandbox.Inbound
		}
		m.WAMID = p.wamid(c.phone, m)
	}
	return messages
}
