package seed

import (
	"math/rand/v2"
	"slices"

	"example.com/awalmock/mockserver/internal/fake"
	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/seed/corpus"
)

// A messagePlan is one message of a generated conversation before it has words: everything that is the same in both languages.
// Times are seconds.
type messagePlan struct {
	line                    *corpus.Line
	age                     int32 // before the start
	delivered, read, failed int32 // after the message; none: never
	dialogue                uint8 // which of the conversation's
	opens, reminds          bool  // is the first of its dialogue; asks again
}

const none int32 = -1

func (m *messagePlan) inbound() bool { return m.line.From == corpus.Customer }

// A conversationPlan is a generated conversation before it has words.
type conversationPlan struct {
	messages []messagePlan
	assignee string
	closed   int32 // age of the closing, none when open
}

// Bounds of ages in seconds. What is neither expired nor closed has its last message well inside the last 24 hours, so
// that a mock that runs for hours stays lively.
const (
	minute = 60
	hour   = 60 * minute
	days   = 24 * hour

	youngest      = 3 * minute
	oldestLively  = 10 * hour
	youngestStale = 25 * hour
	oldestStale   = 7 * days
	youngestShut  = 1 * hour
	oldestShut    = 20 * days
)

// A generator makes the conversations of one fixture and seed.
type generator struct {
	tables         *corpus.Tables
	people, robots []int // indices of the dialogues that an agent, or the bot, leads
	clientID       string
	hi, lo         uint64 // seed of the random sources
}

func newGenerator(f *Fixture, seed uint64) *generator {
	g := &generator{tables: f.Tables, clientID: f.ClientID}
	g.hi, g.lo = fake.Key{Seed: seed, Workspace: f.Workspace, Kind: "conversations"}.Source()
	for i := range f.Tables.Dialogues {
		if f.Tables.Dialogues[i].Bot() {
			g.robots = append(g.robots, i)
		} else {
			g.people = append(g.people, i)
		}
	}
	return g
}

// An rng draws numbers. Its draws are fixed by its seed alone, also between versions of Go.
type rng struct{ source rand.PCG }

// below draws from 0 to n-1.
func (r *rng) below(n int) int { return int(r.source.Uint64() % uint64(n)) }

// from draws between two bounds, both included.
func (r *rng) from(low, high int) int32 { return int32(low + r.below(high-low+1)) }

// key is the conversation's own number, from which its words are chosen.
func (g *generator) key(id int64) uint64 { return g.hi ^ uint64(id)*0x9e3779b97f4a7c15 }

// plan makes a conversation of a status; a pure function of the id and the status. Its messages are stored in buffer if they fit.
func (g *generator) plan(buffer []messagePlan, id int64, status sandbox.Status) conversationPlan {
	var r rng
	r.source.Seed(g.key(id), g.lo)
	c := conversationPlan{messages: buffer[:0], closed: none}
	subjects := g.people
	if status == sandbox.StatusBot {
		subjects = g.robots
	}
	last := subjects[r.below(len(subjects))]
	before, past := r.below(pastDialogues+1), g.past(&r, last)
	for n, which := range past[:before] {
		c.say(g.tables.Dialogues[which].Lines, uint8(n))
	}
	lines := g.tables.Dialogues[last].Lines
	c.say(lines[:end(&r, lines, status)], uint8(before))
	if status == sandbox.StatusUnread {
		c.remind(&r, g.tables.Reminders, uint8(before))
	}
	g.assign(&r, &c, status)
	c.date(&r, status)
	c.receipts(&r, status)
	return c
}

// pastDialogues is how many dialogues a conversation has at most before its last one.
const pastDialogues = 2

// past draws dialogues that were held before the last one: different ones, if there are enough.
func (g *generator) past(r *rng, last int) [pastDialogues]int {
	var past [pastDialogues]int
	taken := [pastDialogues + 1]int{last}
	all := len(g.tables.Dialogues)
	for i := range past {
		past[i] = r.below(all)
		for tries := 0; tries < all && slices.Contains(taken[:i+1], past[i]); tries++ {
			past[i] = (past[i] + 1) % all
		}
		taken[i+1] = past[i]
	}
	return past
}

func (c *conversationPlan) say(lines []corpus.Line, dialogue uint8) {
	for i := range lines {
		c.messages = append(c.messages, messagePlan{line: &lines[i], opens: i == 0, dialogue: dialogue})
	}
}

// remind lets the customer ask again, up to twice, each time in other words.
func (c *conversationPlan) remind(r *rng, reminders []corpus.Line, dialogue uint8) {
	if len(reminders) == 0 {
		return
	}
	first := r.below(len(reminders))
	for i := range min(r.below(3), len(reminders)) {
		c.messages = append(c.messages, messagePlan{line: &reminders[(first+i)%len(reminders)], dialogue: dialogue, reminds: true})
	}
}

// end is where a dialogue is cut off so that it leaves the conversation in its status: the number of lines that stay.
func end(r *rng, lines []corpus.Line, status sandbox.Status) int {
	if status == sandbox.StatusClosed {
		return len(lines)
	}
	first := r.below(len(lines))
	for i := range lines {
		n := (first+i)%len(lines) + 1
		last := lines[n-1].From
		switch status {
		case sandbox.StatusUnread:
			if last == corpus.Customer {
				return n
			}
		case sandbox.StatusBot:
			if last == corpus.Bot {
				return n
			}
		default:
			if n >= 2 {
				return n
			}
		}
	}
	return len(lines)
}

func (g *generator) assign(r *rng, c *conversationPlan, status sandbox.Status) {
	choices := [...]string{g.tables.Agents[r.below(len(g.tables.Agents))], g.clientID, ""}
	switch status {
	case sandbox.StatusUnassigned, sandbox.StatusBot:
		c.assignee = ""
	case sandbox.StatusMy:
		c.assignee = g.clientID
	case sandbox.StatusOpened:
		c.assignee = choices[0]
	default:
		c.assignee = choices[r.below(len(choices))]
	}
}

// date sets the age of each message, from the last one backward, and the age of the closing.
func (c *conversationPlan) date(r *rng, status sandbox.Status) {
	age := r.from(youngest, oldestLively)
	switch status {
	case sandbox.StatusExpired:
		age = r.from(youngestStale, oldestStale)
	case sandbox.StatusClosed:
		age = r.from(youngestShut, oldestShut)
		c.closed = age - r.from(minute, youngestShut-minute)
	}
	for i := len(c.messages) - 1; i >= 0; i-- {
		c.messages[i].age = age
		if i > 0 {
			age += pause(r, &c.messages[i-1], &c.messages[i])
		}
	}
}

// pause is the time between two messages.
func pause(r *rng, first, second *messagePlan) int32 {
	switch {
	case second.opens:
		return r.from(1*days, 15*days)
	case second.reminds:
		return r.from(4*minute, hour)
	case first.line.From == second.line.From:
		return r.from(5, minute)
	case second.line.From == corpus.Bot:
		return r.from(1, 3)
	case second.line.From == corpus.Agent:
		return r.from(30, 15*minute)
	default:
		return r.from(15, 7*minute)
	}
}

// receipts sets when each message was delivered and read. Inbound: read by the one who answers, at the latest when answering; in
// an unread conversation what came after the last answer is not read. Outbound: delivered, and read before the customer
// writes again; what the customer has not answered yet may have got less far.
func (c *conversationPlan) receipts(r *rng, status sandbox.Status) {
	current := c.messages[len(c.messages)-1].dialogue
	open := true // nothing from the other side follows
	for i := len(c.messages) - 1; i >= 0; i-- {
		m := &c.messages[i]
		m.delivered, m.read, m.failed = none, none, none
		limit := m.age // until the next message, or the start
		if i+1 < len(c.messages) {
			limit -= c.messages[i+1].age
			open = open && m.inbound() == c.messages[i+1].inbound()
		}
		switch {
		case m.inbound() && status == sandbox.StatusUnread && open && m.dialogue == current:
		case m.inbound():
			m.read = min(limit, r.from(2, 40))
		case open && r.below(8) == 0: // still sent
		case open && r.below(20) == 0:
			m.failed = min(limit, r.from(1, 4))
		default:
			m.delivered = min(limit, r.from(1, 5))
			if r.below(10) < 9 {
				m.read = min(limit, m.delivered+r.from(1, 90))
			}
		}
	}
}
