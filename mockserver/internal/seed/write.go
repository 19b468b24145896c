package seed

import (
	"encoding/base64"
	"time"

	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/seed/corpus"
)

// A rowBuilder makes the rows of generated conversations. Strings that repeat are shared between rows.
type rowBuilder struct {
	*population
	names    [2][]string       // full names that were used already
	texts    map[string]string // contents that were used already
	messages [2]int            // how many there are in each language
}

func newRowBuilder(p *population) *rowBuilder {
	r := &rowBuilder{population: p, texts: map[string]string{}}
	if len(p.generated) == 0 {
		return r
	}
	for l := range r.names {
		r.names[l] = make([]string, p.generator.tables.People[l].Slots())
	}
	return r
}

// scarcerLanguage returns the language that has fewer messages.
func (r *rowBuilder) scarcerLanguage() corpus.Language {
	if r.messages[corpus.English] < r.messages[corpus.Arabic] {
		return corpus.English
	}
	return corpus.Arabic
}

func (r *rowBuilder) row(i int, made *conversationPlan) sandbox.Conversation {
	c := &r.generated[i]
	r.messages[c.language] += len(made.messages)
	people, slot := r.generator.person(c)
	name := &r.names[c.language][slot]
	if *name == "" {
		*name = people.Name(slot)
	}
	last := &made.messages[len(made.messages)-1]
	row := sandbox.Conversation{
		ID: c.id, Number: r.fixture.Numbers[c.number].ID, Phone: r.phone(i), Name: *name,
		Assignee: made.assignee, Bot: statuses[c.status] == sandbox.StatusBot, Closed: made.closed != none,
		CreatedAt:   r.before(made.messages[0].age),
		LastContent: r.shared(r.generator.content(last, c, *name)), LastType: last.line.Type, LastMessageAt: r.before(last.age),
		Messages: len(made.messages),
	}
	if row.Closed {
		row.ChangedAt = r.before(made.closed)
	}
	for i := range made.messages {
		if m := &made.messages[i]; m.inbound() {
			row.LastInboundAt = r.before(m.age)
			if m.read == none {
				row.Unread++
			}
		}
	}
	return row
}

// shared gives one copy of each content that is likely to repeat.
func (r *rowBuilder) shared(content string) string {
	if kept, ok := r.texts[content]; ok {
		return kept
	}
	if len(r.texts) < 1<<12 {
		r.texts[content] = content
	}
	return content
}

func (p *population) before(age int32) time.Time {
	return p.start.Add(-time.Duration(age) * time.Second)
}

func (p *population) phone(i int) string { return p.phones[i*phoneLength : (i+1)*phoneLength] }

// person returns the customer of a generated conversation, as a slot of the people of its language.
func (g *generator) person(c *generatedConversation) (corpus.People, int) {
	people := g.tables.People[c.language]
	return people, people.Draw(corpus.Mix(g.key(c.id)))
}

// content is the text of a message. Messages of one dialogue share their words, such as the order number; those of one
// conversation share the place.
func (g *generator) content(m *messagePlan, c *generatedConversation, name string) string {
	if m.line.Type == "location" {
		place := g.tables.Place(g.key(c.id))
		return coordinates(place.Latitude, place.Longitude)
	}
	return g.tables.Fill(m.line.Text[c.language], c.language, g.key(c.id)+uint64(m.dialogue)<<32, name)
}

// generatedMessages returns the messages of a generated conversation.
func (p *population) generatedMessages(i int) []sandbox.Message {
	c := &p.generated[i]
	made := p.generator.plan(nil, c.id, statuses[c.status])
	people, slot := p.generator.person(c)
	name := people.Name(slot)
	messages := p.withoutWords(make([]sandbox.Message, 0, len(made.messages)), c, made.messages)
	for j := range messages {
		m := &messages[j]
		m.Content = p.generator.content(&made.messages[j], c, name)
		m.WAMID = p.wamid(p.phone(i), m)
	}
	return messages
}

// withoutWords appends the messages of a generated conversation without their contents and WhatsApp's ids.
func (p *population) withoutWords(to []sandbox.Message, c *generatedConversation, plans []messagePlan) []sandbox.Message {
	for j := range plans {
		plan := &plans[j]
		m := sandbox.Message{
			ID: c.first + int64(j), Conversation: c.id, Type: plan.line.Type, Direction: sandbox.Outbound, Date: p.before(plan.age),
			DeliveredAt: p.following(plan, plan.delivered), ReadAt: p.following(plan, plan.read), FailedAt: p.following(plan, plan.failed),
		}
		if plan.inbound() {
			m.Direction = sandbox.Inbound
		}
		to = append(to, m)
	}
	return to
}

// statuses returns a function that appends the messages of a seeded conversation, as far as their statuses need them. One
// goroutine may use it.
func (p *population) statuses() func(to []sandbox.Message, id int64) []sandbox.Message {
	var plans []messagePlan
	return func(to []sandbox.Message, id int64) []sandbox.Message {
		i, found := p.findGenerated(id)
		if !found {
			return append(to, p.messages(id)...)
		}
		c := &p.generated[i]
		plans = p.generator.plan(plans, c.id, statuses[c.status]).messages
		return p.withoutWords(to, c, plans)
	}
}

func (p *population) following(m *messagePlan, seconds int32) time.Time {
	if seconds == none {
		return time.Time{}
	}
	return p.before(m.age - seconds)
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
	raw = appendHex(raw, corpus.Mix(p.wamidKey^uint64(m.ID)), 16) // a bijection: no id comes twice
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

// thread returns the messages of a conversation that is written by hand; first is the id of the first one.
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
